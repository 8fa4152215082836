"""A person's decision on a flagged ballot: excluded with a reason, or taken back with one.

A flag never changes a score. A decision does, at the next computation, and takes two people: one
proposes, another agrees. Once a result has been shown, only a correction changes it.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from evalsvc.box.log_words import Verb, about_round
from evalsvc.db import Database
from evalsvc.domain.acting import Act
from evalsvc.domain.concluding.diagnostics import list_flagged
from evalsvc.domain.people import approvals
from evalsvc.domain.people.approvals import ApprovalView
from evalsvc.domain.sealing.anchors import anchor_season
from evalsvc.domain.seasons import get_season_row, read_scheme
from evalsvc.errors import ACT_REFUSED, ENTRY_REFUSED, NOT_FOUND, Problem
from evalsvc.models.exclusion import BallotExclusion, PlainFigure
from evalsvc.models.opened import OpenedAnswer
from evalsvc.models.publication import Publication
from evalsvc.models.roster import Rater
from evalsvc.models.season import Round
from evalsvc.results.diagnostics import FlaggedBallot
from evalsvc.results.exclusions import ExcludedBallots, Exclusions, PlainStanding
from evalsvc.scheme.model import Scheme
from evalsvc.settings import Settings
from evalsvc.text import Text

EXCLUDE, RESTORE = "exclude_ballot", "restore_ballot"
LONGEST_REASON = 200


@dataclass(frozen=True)
class DecidedExclusion:
    """An exclusion as the pages show it; `restored_at` once it has been taken back.

    `rater` is whose ballot it is in groups with names, and empty in all others.
    """

    id: int
    round: str
    group: str
    ballot: str
    rater: str
    flag: str
    reason: str
    decided_by: str
    agreed_by: str
    decided_at: datetime
    restored_reason: str
    restored_by: str
    restored_at: datetime | None

    @property
    def stands(self) -> bool:
        return self.restored_at is None


def propose_exclusion(
    act: Act, settings: Settings, season_id: int, round_code: str, ballot: str, reason: str
) -> int:
    """Propose to exclude a flagged ballot; in a small office it is excluded at once."""
    reason = _check_reason(reason)
    found = _get_flagged(act.database, season_id, round_code, ballot)
    with act.database.reading() as session:
        row = _get_counted_round(session, season_id, round_code)
        # What people have read changes by a correction that says what changed
        # and why, never by a decision in a back room (decision 0009).
        _require_unpublished(session, season_id)
        rater = _find_rater(session, season_id, row.id, found.group, ballot)
    # One flag is enough for a decision (decision 0009).
    detail = {"group": found.group, "ballot": ballot, "flag": found.flags[0], **rater}
    # Two proposals about one ballot could be agreed to one after the other.
    _require_no_other(act.database, row.id, ballot)
    approval_id = approvals.propose(act, settings, EXCLUDE, season_id, row.id, reason, detail)
    return _finish(act, settings, approval_id)


def propose_restoration(act: Act, settings: Settings, exclusion_id: int, reason: str) -> int:
    """Propose to count an excluded ballot again; in a small office it counts again at once."""
    reason = _check_reason(reason)
    with act.database.reading() as session:
        row = session.get(BallotExclusion, exclusion_id)
        if row is None or row.restored_at is not None:
            raise Problem(NOT_FOUND)
        season_id = _get_round(session, row.round_id).season_id
        _require_unpublished(session, season_id)
        rater = _find_rater(session, season_id, row.round_id, row.group, row.ballot)
    detail = {"group": row.group, "ballot": row.ballot, "flag": row.flag, **rater}
    _require_no_other(act.database, row.round_id, row.ballot)
    approval_id = approvals.propose(act, settings, RESTORE, season_id, row.round_id, reason, detail)
    return _finish(act, settings, approval_id)


def carry_out(act: Act, settings: Settings, found: ApprovalView) -> None:
    """Do what two people have agreed on, in one transaction with its entry in the log."""
    assert found.round_id is not None  # noqa: S101  # both kinds are about a round
    group, ballot = found.detail["group"], found.detail["ballot"]
    with act.writing() as session:
        # Again, in the transaction that acts: the result may have been shown since it was proposed.
        _require_unpublished(session, found.season_id)
        # Spent here: an agreement is good for one act.
        people = approvals.spend(session, settings, found.id, found.kind, round_id=found.round_id)
        standing = _find_standing(session, found.round_id, group, ballot)
        if found.kind == EXCLUDE:
            if standing is not None:
                raise ACT_REFUSED.because(Text("这张票已经排除", "this ballot is excluded already"))
            session.add(_build_exclusion(found, act.moment))
        else:
            if standing is None:
                raise ACT_REFUSED.because(Text("这张票没有被排除", "this ballot is not excluded"))
            standing.restored_reason, standing.restored_by = found.reason, found.proposed_by
            standing.restored_at = act.moment
        # With the reason, as both were given it: `verify` compares the package with the log.
        told = {**found.detail, "reason": found.reason, **people}
        act.tell(
            session,
            Verb(found.kind),
            about_round(found.round_id, _get_round(session, found.round_id).code),
            told,
        )
        # The log's head is published with the decision: none can be slipped in later.
        anchor_season(act, session, settings, found.season_id)


def list_decisions(
    database: Database, season_id: int, round_code: str
) -> tuple[DecidedExclusion, ...]:
    """Every decision on a round's ballots, also those taken back, oldest first."""
    with database.reading() as session:
        rows = session.execute(
            select(BallotExclusion, Round.code)
            .join(Round, Round.id == BallotExclusion.round_id)
            .where(Round.season_id == season_id, Round.code == round_code)
            .order_by(BallotExclusion.id)
        )
        return tuple(
            _build_decision(
                row, code, _find_rater(session, season_id, row.round_id, row.group, row.ballot)
            )
            for row, code in rows.all()
        )


def may_decide(database: Database, season_id: int) -> bool:
    """Whether ballots may still be excluded: until a result is shown."""
    with database.reading() as session:
        return not _is_published(session, season_id)


def read_exclusions(
    session: Session, season_id: int, version: int, computed_at: datetime
) -> Exclusions:
    """What one computation left out by decision, and its plain figures where they may be shown."""
    counts = _count(session, season_id, computed_at)
    if not counts:
        return Exclusions()
    scheme = read_scheme(get_season_row(session, season_id))
    telling = list_telling(counts, scheme)
    if telling:
        return Exclusions(counts, None, withheld=True, least=max(telling))
    return Exclusions(counts, list_plain(session, season_id, version))


def list_telling(counts: Sequence[ExcludedBallots], scheme: Scheme) -> list[int]:
    """Where official and plain figures together would tell ballots that no page may show: how
    many would have to be left out, for each round and group of which it is so."""
    # Groups with names the office may read anyway; of all
    # others the two scores side by side would tell the ballots.
    anonymous = {group.code for group in scheme.groups if group.identity != "named"}
    sizes: Counter[tuple[str, str]] = Counter()
    for each in counts:
        if each.group in anonymous:
            # Over all flags together: it is how many ballots differ that tells what was on them.
            sizes[each.round, each.group] += each.n
    return [
        thresholds.answers_between_populations
        for (code, _), n in sizes.items()
        for thresholds in (scheme.get_round(code).thresholds,)
        if not thresholds.may_show_apart(n)
    ]


def list_plain(session: Session, season_id: int, version: int) -> dict[str, PlainStanding]:
    """The plain figures of a computation by unit; the pages ask `read_exclusions` instead."""
    rows = session.scalars(
        select(PlainFigure).where(
            PlainFigure.season_id == season_id, PlainFigure.version == version
        )
    )
    return {row.unit: PlainStanding(row.published, row.rank) for row in rows}


def _finish(act: Act, settings: Settings, approval_id: int) -> int:
    """In a small office nobody else need agree."""
    if settings.small_office:
        found = approvals.get_approval(act.database, approval_id)
        carry_out(act, settings, found)
    return approval_id


def _get_flagged(database: Database, season_id: int, round_code: str, ballot: str) -> FlaggedBallot:
    # Excluding without a flag would be choosing who votes (decision 0009).
    found = {each.ballot: each for each in list_flagged(database, season_id, round_code)}
    if ballot not in found:
        raise ACT_REFUSED.because(
            Text(
                "只有带标记的票才能由人决定排除，这张没有标记，或者已经排除",
                "only a flagged ballot may be excluded by decision; this one has no flag, or is "
                "excluded already",
            )
        )
    return found[ballot]


def _get_counted_round(session: Session, season_id: int, code: str) -> Round:
    row = session.scalar(
        select(Round).where(
            Round.season_id == season_id, Round.code == code, Round.state == "counted"
        )
    )
    if row is None:
        raise Problem(NOT_FOUND)
    return row


def _get_round(session: Session, round_id: int) -> Round:
    row = session.get(Round, round_id)
    assert row is not None  # noqa: S101  # the database holds the reference
    return row


def _require_no_other(database: Database, round_id: int, ballot: str) -> None:
    for each in approvals.list_waiting(database, round_id=round_id):
        if each.kind in (EXCLUDE, RESTORE) and each.detail.get("ballot") == ballot:
            raise ACT_REFUSED.because(
                Text(
                    "这张票已经有人提出，等待第二人决定",
                    "somebody has proposed this already; it waits for a second person",
                )
            )


def _require_unpublished(session: Session, season_id: int) -> None:
    if _is_published(session, season_id):
        raise ACT_REFUSED.because(
            Text(
                "结果已经公示，不能再排除或恢复票；有错误请按复核程序更正",
                "the result has been shown, so no ballot can be excluded or restored any more; "
                "mistakes are put right by a review and a correction",
            )
        )


def _is_published(session: Session, season_id: int) -> bool:
    shown = select(Publication.version).where(
        Publication.season_id == season_id, Publication.state != "proposed"
    )
    # A proposal that the office alone has seen may still be given up.
    return session.scalar(shown.limit(1)) is not None


def _find_standing(
    session: Session, round_id: int, group: str, ballot: str
) -> BallotExclusion | None:
    return session.scalar(
        select(BallotExclusion).where(
            BallotExclusion.round_id == round_id,
            BallotExclusion.group == group,
            BallotExclusion.ballot == ballot,
            BallotExclusion.restored_at.is_(None),
        )
    )


def _build_exclusion(found: ApprovalView, moment: datetime) -> BallotExclusion:
    return BallotExclusion(
        round_id=found.round_id,
        group=found.detail["group"],
        ballot=found.detail["ballot"],
        flag=found.detail["flag"],
        reason=found.reason,
        decided_by=found.proposed_by,
        agreed_by=found.decided_by or "",
        decided_at=moment,
    )


def _find_rater(
    session: Session, season_id: int, round_id: int, group: str, ballot: str
) -> dict[str, str]:
    """Whose ballot it is, under `rater`; nothing where the rater has a random name only."""
    name = session.scalar(
        select(Rater.name)
        .join(
            OpenedAnswer, (OpenedAnswer.group == Rater.group) & (OpenedAnswer.rater == Rater.code)
        )
        .where(
            Rater.season_id == season_id,
            OpenedAnswer.round_id == round_id,
            OpenedAnswer.group == group,
            OpenedAnswer.ballot == ballot,
        )
        .limit(1)
    )
    return {} if name is None else {"rater": name}


def _build_decision(row: BallotExclusion, code: str, rater: Mapping[str, str]) -> DecidedExclusion:
    return DecidedExclusion(
        row.id,
        code,
        row.group,
        row.ballot,
        rater.get("rater", ""),
        row.flag,
        row.reason,
        row.decided_by,
        row.agreed_by,
        row.decided_at,
        row.restored_reason,
        row.restored_by,
        row.restored_at,
    )


def _count(session: Session, season_id: int, moment: datetime) -> tuple[ExcludedBallots, ...]:
    """The exclusions that stood at a moment: those of a computation, whatever came after it."""
    rows = session.execute(
        select(BallotExclusion, Round)
        .join(Round, Round.id == BallotExclusion.round_id)
        .where(Round.season_id == season_id)
    ).all()
    standing = [
        (round_.position, round_.code, row.group, row.flag)
        for row, round_ in rows
        # As of the computation: what was decided after it belongs to the next one.
        if row.decided_at <= moment and (row.restored_at is None or row.restored_at > moment)
    ]
    return tuple(ExcludedBallots(*key[1:], n) for key, n in _sorted_counts(standing))


def _sorted_counts(
    keys: Iterable[tuple[int, str, str, str]],
) -> list[tuple[tuple[int, str, str, str], int]]:
    return sorted(Counter(keys).items())


def _check_reason(reason: str) -> str:
    reason = " ".join(reason.split())
    if not reason:
        raise ENTRY_REFUSED.because(Text("请写明理由", "please give a reason"))
    if len(reason) > LONGEST_REASON:
        raise ENTRY_REFUSED.because(Text("理由最多200个字", "a reason has 200 characters at most"))
    return reason
