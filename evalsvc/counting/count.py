"""Counts sealed ballots without a database: batch by batch, on every core, merged by addition.

What a batch leaves is merged in the order of the batches, however many processes counted them,
so that the same box gives the same sums to the last digit.
"""

import os
from collections import Counter, deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import dataclass, field
from functools import cached_property
from itertools import chain, islice
from multiprocessing import get_context, parent_process
from threading import Thread

from analysis.examining.favours import Favour
from analysis.panel.small_cells import DEFAULTS, Thresholds
from analysis.score.facts import Answer
from evalsvc.ballots.breaches import list_breaches
from evalsvc.box.receipts import leaf_hash
from evalsvc.box.sealing import CannotOpen, Opener, ballot_message, verify_ballot
from evalsvc.counting.favours import HomeBallot, PlacedUnit, build_favours
from evalsvc.counting.panel import CountRow, PanelTally, SumRow
from evalsvc.counting.replies import Reply, split_answers
from evalsvc.questions.questionnaire import Questionnaire
from evalsvc.questions.unit import PaperUnit
from evalsvc.results.rejections import Reason
from evalsvc.scheme.model import Category, Scheme
from evalsvc.scheme.reader import load_scheme

Progress = Callable[[int, int], None]

# With two processes of this batch an opening stays below the memory that it may take (200 MB above
# the start; 163 measured with a hundred thousand ballots, docs/benchmarks). Of a questionnaire of
# three questions the 28th digit of some sums follows from it: another number, and a box that was
# opened before gives another hash when it is opened again.
BATCH = 200
# Below this many ballots, starting processes costs more than they save.
LEAST_FOR_PROCESSES = 10 * BATCH
# Batches under way or waiting for each process: enough to keep it busy, too few to fill memory.
AHEAD = 2


@dataclass(frozen=True)
class SealedBallot:
    """The ballot of a place that counts, still sealed.

    `paper` is the number of its paper in the plan; `rater` names whoever is evaluated under their
    name, and is empty for everybody else. `home` is the unit that the rater belongs to: known
    while ballots are counted, and kept with none of them.
    """

    key: bytes
    group: str
    cell: str
    paper: int
    rater: str
    seq: int
    nonce: bytes
    sealed: bytes
    signature: bytes
    home: str = ""


@dataclass(frozen=True)
class Plan:
    """All that counting needs to know of a round besides its ballots and its private key."""

    round_uid: str
    scheme_text: str
    issued: Mapping[str, Mapping[str, int]]
    papers: tuple[tuple[PaperUnit, ...], ...]
    round_code: str = ""
    units: tuple[PlacedUnit, ...] = ()
    # The oldest format of sealed ballots that counts in this round.
    ballot_format: int = 1
    # Of each round of the scheme, by its code.
    thresholds: Mapping[str, Thresholds] = field(default_factory=dict)

    @cached_property
    def scheme(self) -> Scheme:
        return load_scheme(self.scheme_text, self.thresholds)

    def build_count(self) -> "BoxCount":
        """Nothing counted yet."""
        return BoxCount(
            panels={
                group.code: PanelTally(
                    group,
                    self.scheme.get_questionnaire(group.code),
                    self.issued.get(group.code, {}),
                    self.thresholds.get(self.round_code, DEFAULTS),
                    {unit.code: unit.category for paper in self.papers for unit in paper},
                )
                for group in self.scheme.groups
                if group.identity == "counts"
            }
        )


@dataclass(frozen=True)
class OpenedBallot:
    """A valid ballot of a group whose ballots are kept; `rater` as in the sealed one.

    `leaf` says which sealed ballot it is, and `key` opens that one and no other.
    """

    group: str
    rater: str
    answers: tuple[Answer, ...]
    leaf: bytes
    key: bytes = field(repr=False)


@dataclass(frozen=True)
class RejectedBallot:
    """A ballot of such a group that did not count; the key is empty where none was looked for."""

    group: str
    reason: str
    leaf: bytes
    key: bytes = field(repr=False)


@dataclass
class BoxCount:
    """What opened ballots leave, gathered in memory."""

    ballots: list[OpenedBallot] = field(default_factory=list)
    # The same ballots beside their units, for the tests of favours; no outcome carries them.
    homes: list[HomeBallot] = field(default_factory=list)
    rejected: Counter[tuple[str, str]] = field(default_factory=Counter)
    # Those of groups whose ballots are kept, so that an auditor can look into each.
    rejected_ballots: list[RejectedBallot] = field(default_factory=list)
    panels: dict[str, PanelTally] = field(default_factory=dict)
    counted: int = 0
    replies: list[Reply] = field(default_factory=list)
    # By group, of those that count: typed in at the office's counter.
    assisted: Counter[str] = field(default_factory=Counter)

    def merge(self, other: "BoxCount") -> None:
        """Add what another batch left."""
        self.ballots += other.ballots
        self.homes += other.homes
        self.replies += other.replies
        self.rejected.update(other.rejected)
        self.rejected_ballots += other.rejected_ballots
        self.counted += other.counted
        self.assisted.update(other.assisted)
        for code, panel in other.panels.items():
            self.panels[code].merge(panel)


@dataclass(frozen=True)
class Outcome:
    """What is kept of an opened box: the ballots of groups that keep them, and sums."""

    ballots: tuple[OpenedBallot, ...]
    rejected: Mapping[tuple[str, str], int]
    counted: int
    levels: Mapping[str, tuple[CountRow, ...]]
    sums: Mapping[str, tuple[SumRow, ...]]
    replies: tuple[Reply, ...] = ()
    assisted: Mapping[str, int] = field(default_factory=dict)
    favours: tuple[Favour, ...] = ()
    rejected_ballots: tuple[RejectedBallot, ...] = ()


def build_outcome(plan: Plan, count: BoxCount) -> Outcome:
    """The rows of a whole count; merging strata, weighting and testing favours come last."""
    return Outcome(
        tuple(count.ballots),
        dict(count.rejected),
        count.counted,
        {code: tuple(panel.list_counts()) for code, panel in count.panels.items()},
        {code: tuple(panel.list_sums()) for code, panel in count.panels.items()},
        tuple(sorted(count.replies)),
        dict(count.assisted),
        build_favours(plan.scheme, plan.round_code, plan.round_uid, plan.units, count.homes),
        tuple(count.rejected_ballots),
    )


def count_ballots(
    plan: Plan,
    private: bytes,
    ballots: Iterator[SealedBallot],
    total: int,
    progress: Progress,
    processes: int | None = None,
) -> BoxCount:
    """Open and count a stream of ballots; the private key travels through memory alone."""
    whole, done = plan.build_count(), 0
    processes = processes or os.cpu_count() or 1
    alone = total < LEAST_FOR_PROCESSES or processes == 1
    counted = (
        _count_here(plan, private, ballots)
        if alone
        else _count_in_processes(plan, private, ballots, processes)
    )
    for size, count in counted:
        whole.merge(count)
        done += size
        progress(done, max(total, done))
    progress(done, done)
    return whole


class BatchCounter:
    """One process at work: the plan and the key made ready for many ballots."""

    def __init__(self, plan: Plan, private: bytes) -> None:
        self._plan = plan
        self._opener = Opener(private, plan.ballot_format)
        self._papers = [_Paper(plan.scheme, units) for units in plan.papers]

    def count(self, batch: Sequence[SealedBallot]) -> BoxCount:
        """Count some ballots, or name why one does not count."""
        count = self._plan.build_count()
        for ballot in batch:
            self._count_one(ballot, count)
        return count

    def _count_one(self, ballot: SealedBallot, count: BoxCount) -> None:
        panel = count.panels.get(ballot.group)
        if panel:
            panel.note_cast(ballot.cell)
        unread, key, answers, assisted = self._read_answers(ballot)
        # What can't be read has broken no rule: the first reason alone is told and counted.
        reason = unread or self._papers[ballot.paper].find_breach(ballot.group, answers)
        if reason:
            count.rejected[ballot.group, reason] += 1
            if panel:
                panel.note_rejected(ballot.cell)
            else:
                # So that an auditor finds the ballot in the box and looks into it by its own key.
                # Of a panel's ballots nothing is kept, not even that.
                leaf = leaf_hash(ballot.sealed)
                count.rejected_ballots.append(RejectedBallot(ballot.group, reason, leaf, key))
            return
        count.counted += 1
        count.assisted[ballot.group] += assisted
        scheme = self._plan.scheme
        scored, replies = split_answers(
            scheme.get_group(ballot.group),
            scheme.get_questionnaire(ballot.group),
            ballot.rater,
            answers,
        )
        count.replies += replies
        if panel:
            panel.add(ballot.cell, scored)
        else:
            leaf = leaf_hash(ballot.sealed)
            kept = OpenedBallot(ballot.group, ballot.rater, tuple(scored), leaf, key)
            count.ballots.append(kept)
            # For the tests of favours alone, and in memory: kept
            # beside a nameless ballot, the unit would be its name.
            if ballot.home:
                count.homes.append(HomeBallot(ballot.group, ballot.home, tuple(scored)))

    def _read_answers(
        self, ballot: SealedBallot
    ) -> tuple[Reason | None, bytes, list[Answer], bool]:
        """Verify and open one ballot: why not, its key, its answers, whether it was typed in."""
        uid = self._plan.round_uid
        message = ballot_message(uid, ballot.key, ballot.seq, ballot.nonce, ballot.sealed)
        if not verify_ballot(ballot.key, message, ballot.signature):
            # The signature first: what is not signed by the place's
            # own code is nobody's ballot, and is not opened.
            return "signature", b"", [], False
        key = b""
        try:
            key = self._opener.find_key(ballot.sealed)
            content = self._opener.open_with(key, ballot.sealed)
        except CannotOpen:
            # The key goes along: an auditor is shown that it opens nothing.
            return "unreadable", key, [], False
        match content:
            case {"round": found, "credential": owner, "answers": list(answers), **marks}:
                # A sealed ballot that was copied from another place or round opens well. What
                # stands inside says whose it is, and then it does not count.
                if found == uid and owner == ballot.key.hex() and _are_answers(answers):
                    given = [Answer(unit, item, value) for unit, item, value in answers]
                    return None, key, given, marks.get("assisted") == 1
        return "foreign_content", key, [], False


def _are_answers(given: list[object]) -> bool:
    """Lists of three texts each; asked of every ballot, so in as few steps as can be."""
    # Answer by answer this cost a tenth of an opening: 388
    # microseconds a ballot, 273 like this (November 2026).
    if set(map(type, given)) - {list}:
        return False
    parts: list[list[object]] = given  # type: ignore[assignment]  # as was just seen
    texts = set(map(type, chain.from_iterable(parts)))
    return not texts - {str} and not set(map(len, parts)) - {3}


class _Paper:
    """The units of one paper, and the quickest way to see that a ballot about them is valid."""

    def __init__(self, scheme: Scheme, units: tuple[PaperUnit, ...]) -> None:
        self._scheme = scheme
        self._units = units
        shown = {unit.category for unit in units}
        self._categories: list[Category] = [one for one in scheme.categories if one.code in shown]
        self._choices: dict[str, dict[tuple[str, str], frozenset[str]] | None] = {}

    def find_breach(self, group: str, answers: Sequence[Answer]) -> str:
        """The kind of the first breach; empty for a valid ballot."""
        questionnaire = self._scheme.get_questionnaire(group)
        if group not in self._choices:
            self._choices[group] = _list_choices(questionnaire, self._units)
        choices = self._choices[group]
        # Of a panel nearly every ballot is one level for each unit. That is seen by two look-ups;
        # all else goes through every rule, and only those name a breach.
        if choices is not None and len(answers) == len(choices):
            given = {(answer.item, answer.unit): answer.value for answer in answers}
            if given.keys() == choices.keys() and all(
                value in choices[place] for place, value in given.items()
            ):
                return ""
        breaches = list_breaches(questionnaire, self._categories, self._units, answers)
        return breaches[0].kind if breaches else ""


def _list_choices(
    questionnaire: Questionnaire, units: Sequence[PaperUnit]
) -> dict[tuple[str, str], frozenset[str]] | None:
    """What may stand where, if levels are all that is asked; else None, and every rule is asked."""
    levels_only = all(question.scale for question in questionnaire.questions)
    if not (questionnaire.is_plain and levels_only):
        return None
    return {
        (question.code, unit.code): frozenset(level.code for level in question.scale)
        for question in questionnaire.questions
        for unit in units
    }


def _batches(ballots: Iterator[SealedBallot]) -> Iterator[list[SealedBallot]]:
    while batch := list(islice(ballots, BATCH)):
        yield batch


def _count_here(
    plan: Plan, private: bytes, ballots: Iterator[SealedBallot]
) -> Iterator[tuple[int, BoxCount]]:
    counter = BatchCounter(plan, private)
    for batch in _batches(ballots):
        yield len(batch), counter.count(batch)


def _count_in_processes(
    plan: Plan, private: bytes, ballots: Iterator[SealedBallot], processes: int
) -> Iterator[tuple[int, BoxCount]]:
    # A fork of this process would carry the database's connections along; forks of a server that
    # has read the modules share them: 20 MB for each process, where a new one takes 90.
    context = get_context("forkserver")
    context.set_forkserver_preload([__name__])
    # The key travels to each process once, through the
    # pipe of its start, and stands in no argument.
    with ProcessPoolExecutor(
        processes, context, initializer=_begin, initargs=(plan, private)
    ) as pool:
        under_way: deque[tuple[int, Future[BoxCount]]] = deque()
        for batch in _batches(ballots):
            under_way.append((len(batch), pool.submit(_count_batch, batch)))
            # Waits for the oldest even where a later one is done: the
            # order of merging must not hang on which process was quicker.
            if len(under_way) >= processes * AHEAD:
                size, future = under_way.popleft()
                yield size, future.result()
        for size, future in under_way:
            yield size, future.result()


# In a process of the pool: what its first call has made ready for all the others.
_ready: list[BatchCounter] = []


def _begin(plan: Plan, private: bytes) -> None:
    Thread(target=_end_with_parent, daemon=True).start()
    _ready[:] = [BatchCounter(plan, private)]


def _end_with_parent() -> None:
    """Where the opening is killed, no process stays behind that holds the private key."""
    parent = parent_process()
    if parent is not None:
        parent.join()
        # Not `sys.exit`, which in a thread ends the thread alone.
        os._exit(1)


def _count_batch(batch: list[SealedBallot]) -> BoxCount:
    return _ready[0].count(batch)
