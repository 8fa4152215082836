"""Opening the box: verify, decrypt in memory, check, and keep only what each group allows.

Everything is counted in memory and written in one transaction at the end: after a crash the work
starts over and nothing is counted twice.
"""

import secrets
from collections.abc import Iterable, Iterator, Mapping

from sqlalchemy import Select, Subquery, func, insert, select
from sqlalchemy.orm import Session

from evalsvc.box.log_words import Verb, about_round
from evalsvc.counting.count import (
    OpenedBallot,
    Outcome,
    Plan,
    Progress,
    SealedBallot,
    build_outcome,
    count_ballots,
)
from evalsvc.counting.favours import PlacedUnit
from evalsvc.domain.acting import Act
from evalsvc.domain.sealing.anchors import anchor_counted, get_seal
from evalsvc.domain.sealing.commitment import commit_opening
from evalsvc.domain.sealing.custody import Passphrases, unlock_box
from evalsvc.domain.sealing.favours import keep_favours
from evalsvc.domain.sealing.states import refuse, require_state
from evalsvc.domain.seasons import get_round_row, read_scheme
from evalsvc.domain.voting.assistance import count_assistance
from evalsvc.domain.voting.papers import list_rated_units
from evalsvc.domain.words.replies import build_reply_rows
from evalsvc.domain.words.voices import build_comment_rows
from evalsvc.evidence.opening import name_ballot, name_rater
from evalsvc.models.box import Ballot, Credential, DealtForm, Invite
from evalsvc.models.opened import (
    CommentText,
    CountedRelation,
    LevelCount,
    OpenedAnswer,
    OpenedComment,
    OpenedReply,
    PanelSum,
    Rejection,
)
from evalsvc.models.roster import Rater, Relation, Unit
from evalsvc.models.season import Round
from evalsvc.questions.unit import PaperUnit
from evalsvc.scheme.model import Scheme
from evalsvc.settings import Settings
from evalsvc.text import Text

_DESTROYED = Text("密钥和邀请已销毁，不能再开", "keys and invitations are destroyed")
_CLOSED_FIRST = Text("先截止，再开箱", "close the round before opening its box")


class Papers:
    """The distinct papers of a round, and which of them each place has."""

    def __init__(self, session: Session, row: Round, scheme: Scheme) -> None:
        self._row = row
        self._scheme = scheme
        self._units = _list_units(session, row, scheme)
        self._numbers: dict[tuple[PaperUnit, ...], int] = {}
        self._empty = self._number([])
        self._forms = {
            (form.group, form.form): self._number(form.units.split())
            for form in session.scalars(select(DealtForm).where(DealtForm.round_id == row.id))
        }
        self._holders = {
            # The unit is known here and in memory until the tests
            # of favours are made; no row of an answer keeps it.
            key: (self._number(codes), shown_as, home)
            for key, codes, shown_as, home in self._list_holders(session)
        }

    @property
    def all(self) -> tuple[tuple[PaperUnit, ...], ...]:
        return tuple(self._numbers)

    def find(self, key: bytes, group: str, form: int) -> tuple[int, str, str]:
        """The number of a place's paper, the name it is counted under and its unit, if any."""
        return self._holders.get(key) or (self._forms.get((group, form), self._empty), "", "")

    def _number(self, codes: list[str]) -> int:
        wanted = set(codes)
        units = tuple(unit for unit in self._units if unit.code in wanted)
        return self._numbers.setdefault(units, len(self._numbers))

    def _list_holders(self, session: Session) -> Iterator[tuple[bytes, list[str], str, str]]:
        held = session.execute(
            select(Credential.key, Rater)
            .join(Invite, Invite.credential == Credential.key)
            .join(Rater, Rater.id == Invite.rater_id)
            # A void card's ballot is not opened: nobody asks what was on it.
            .where(Credential.round_id == self._row.id, Credential.void.is_(False))
        )
        for key, rater in held:
            group = self._scheme.get_group(rater.group)
            codes = list_rated_units(session, self._row.season_id, group, rater)
            # Only under a name is the ballot the rater's.
            # Whoever else holds a card is counted without one.
            shown_as = rater.code if group.identity == "named" else ""
            yield key, codes, shown_as, rater.unit


def open_box(
    act: Act, settings: Settings, round_id: int, passphrases: Passphrases, progress: Progress
) -> None:
    """Open a closed round's box with the custodians' pass-phrases, and count it."""
    with act.database.reading() as session:
        row = get_closed_round(session, round_id)
        private = unlock_box(row, passphrases)
        plan, papers = build_plan(session, row)
        ballots = list_sealed_ballots(session, row.id, papers)
        total = count_counting_ballots(session, row.id)
        count = count_ballots(plan, private, ballots, total, progress)
    keep_outcome(act, settings, round_id, build_outcome(plan, count), {})


def keep_outcome(
    act: Act, settings: Settings, round_id: int, outcome: Outcome, detail: Mapping[str, str]
) -> None:
    """Write what an opened box left, in one transaction, log it and publish the log's head."""
    with act.writing() as session:
        # Asked again, now under lock: of two custodians at once, one is told it is done.
        row = get_closed_round(session, round_id)
        # All in one transaction: rows, the hash of them in the log, and
        # the anchor that makes the hash public. Between two of these
        # whoever writes to the database could change what was opened.
        _write(session, row, outcome)
        row.state, row.counted_at = "counted", act.moment
        relations = _keep_relations(session, row)
        opening = commit_opening(session, settings, row, outcome, relations)
        told = {
            "counted": str(outcome.counted),
            "rejected": str(sum(outcome.rejected.values())),
            "opening": opening.hash.hex(),
            **detail,
        }
        act.tell(session, Verb.OPEN_BOX, about_round(row.id, row.code), told)
        anchor_counted(act, session, settings, [row])


def get_closed_round(session: Session, round_id: int) -> Round:
    """A round that waits for its box to be opened."""
    row = get_round_row(session, round_id)
    require_state(row, ("closed",), _CLOSED_FIRST)
    return row


def get_unopened_or_kept(session: Session, round_id: int) -> Round:
    """A round whose box can be opened, for the first time or once more."""
    row = get_round_row(session, round_id)
    require_state(row, ("closed", "counted"), _CLOSED_FIRST)
    if row.destroyed_at is not None:
        raise refuse(row, _DESTROYED)
    return row


def build_plan(session: Session, row: Round) -> tuple[Plan, Papers]:
    """What counting needs to know of a round, and which paper each of its places has."""
    scheme = read_scheme(row.season)
    papers = Papers(session, row, scheme)
    issued: dict[str, dict[str, int]] = {}
    for group, cell, n in session.execute(
        select(Credential.group, Credential.cell, func.count())
        .where(Credential.round_id == row.id, Credential.void.is_(False))
        .group_by(Credential.group, Credential.cell)
    ):
        issued.setdefault(group, {})[cell] = n
    units = _list_placed(session, row.season_id)
    # As sealed: a ballot of an earlier format in this box does not count (decision 0011).
    sealed_as = get_seal(session, row.id).ballot_format
    plan = Plan(
        row.uid,
        row.season.scheme,
        issued,
        papers.all,
        row.code,
        units,
        sealed_as,
        {one.code: one.thresholds for one in scheme.rounds},
    )
    return plan, papers


def list_sealed_ballots(session: Session, round_id: int, papers: Papers) -> Iterator[SealedBallot]:
    """The newest ballot of every place that is not void, streamed in the order of the keys."""
    # Streamed: a box of a million ballots has more bytes than a process may take.
    rows = session.execute(_select_counting(round_id).execution_options(yield_per=500))
    for key, group, cell, form, seq, nonce, sealed, signature in rows:
        paper, rater, home = papers.find(key, group, form)
        yield SealedBallot(key, group, cell, paper, rater, seq, nonce, sealed, signature, home)


def count_counting_ballots(session: Session, round_id: int) -> int:
    """How many ballots an opening has to count."""
    return (
        session.scalar(
            select(func.count(func.distinct(Ballot.credential)))
            .join(Credential, Credential.key == Ballot.credential)
            .where(Credential.round_id == round_id, Credential.void.is_(False))
        )
        or 0
    )


def _select_counting(round_id: int) -> Select[bytes, str, str, int, int, bytes, bytes, bytes]:
    newest = _select_newest(round_id)
    return (
        select(
            Credential.key,
            Credential.group,
            Credential.cell,
            Credential.form,
            Ballot.seq,
            Ballot.nonce,
            Ballot.sealed,
            Ballot.signature,
        )
        .join(newest, newest.c.credential == Credential.key)
        .join(Ballot, (Ballot.credential == Credential.key) & (Ballot.seq == newest.c.seq))
        # By keys, which come from random codes: no order of issuing and none of arrival.
        .order_by(Credential.key)
    )


def _select_newest(round_id: int) -> Subquery:
    return (
        select(Ballot.credential, func.max(Ballot.seq).label("seq"))
        .join(Credential, Credential.key == Ballot.credential)
        .where(Credential.round_id == round_id, Credential.void.is_(False))
        .group_by(Ballot.credential)
        .subquery()
    )


def _list_units(session: Session, row: Round, scheme: Scheme) -> list[PaperUnit]:
    """Every unit in the order of papers: category by category, then as the roster has them."""
    order = [category.code for category in scheme.categories]
    units = session.scalars(
        select(Unit).where(Unit.season_id == row.season_id).order_by(Unit.position)
    ).all()
    found = sorted(units, key=lambda unit: (order.index(unit.category), unit.position))
    return [PaperUnit(unit.code, unit.name, unit.category, unit.work) for unit in found]


def _list_placed(session: Session, season_id: int) -> tuple[PlacedUnit, ...]:
    units = session.scalars(
        select(Unit).where(Unit.season_id == season_id).order_by(Unit.position, Unit.code)
    )
    return tuple(PlacedUnit(unit.code, unit.category, unit.cluster) for unit in units)


def _write(session: Session, row: Round, outcome: Outcome) -> None:
    answers = _list_answers(row, outcome.ballots)
    # The order of rows tells nothing of the order of keys or of arrival.
    secrets.SystemRandom().shuffle(answers)
    if answers:
        session.execute(insert(OpenedAnswer), answers)
    for (group, reason), n in sorted(outcome.rejected.items()):
        session.add(Rejection(round_id=row.id, group=group, reason=reason, n=n))
    count_assistance(session, row.id, outcome.assisted)
    keep_favours(session, row.id, outcome.favours)
    replies, comments = build_reply_rows(row.id, outcome.replies)
    texts, places = build_comment_rows(comments)
    for kept, rows_of in ((OpenedReply, replies), (CommentText, texts), (OpenedComment, places)):
        if rows_of:
            session.execute(insert(kept), rows_of)
    for table, found in ((LevelCount, outcome.levels), (PanelSum, outcome.sums)):
        rows = [
            {"round_id": row.id, "group": group, **vars(one)}
            for group, ones in found.items()
            for one in ones
        ]
        if rows:
            session.execute(insert(table), rows)


def _list_answers(row: Round, ballots: Iterable[OpenedBallot]) -> list[dict[str, int | str]]:
    """Rows of answers; whoever is not evaluated under a name gets one of the ballot's key."""
    rows: list[dict[str, int | str]] = []
    for ballot in ballots:
        code = name_ballot(ballot.key)
        rater = ballot.rater or name_rater(ballot.group, ballot.key)
        rows += [
            {
                "round_id": row.id,
                "group": ballot.group,
                "ballot": code,
                "rater": rater,
                "unit": answer.unit,
                "item": answer.item,
                "value": answer.value,
            }
            for answer in ballot.answers
        ]
    return rows


def _keep_relations(session: Session, row: Round) -> list[tuple[str, str, str, str]]:
    """The roster may change for the next round; this one's ballots were cast under these."""
    # Without a copy a relation that was changed for the next round voided the ballots of this one.
    kept = session.scalars(select(Relation).where(Relation.season_id == row.season_id)).all()
    for one in kept:
        session.add(
            CountedRelation(
                round_id=row.id, group=one.group, rater=one.rater, unit=one.unit, role=one.role
            )
        )
    return [(one.group, one.rater, one.unit, one.role) for one in kept]
