"""Opening the box: verify, decrypt in memory, check, and keep only what each group allows.

Everything is counted in memory and written in one transaction at the end: after a crash the work
starts over and nothing is counted twice.
"""

import secrets
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from analysis.facts import Answer
from evalsvc.box.sealing import CannotOpen, Opener, ballot_message, verify_ballot
from evalsvc.db import Database
from evalsvc.domain import events
from evalsvc.domain.actor import Actor
from evalsvc.domain.ballots import list_breaches
from evalsvc.domain.panel import PanelTally
from evalsvc.domain.papers import PaperUnit, find_rater, list_paper_units
from evalsvc.domain.rounds import STATE_NAMES, unlock_box
from evalsvc.domain.seasons import get_round_row, read_scheme
from evalsvc.errors import WRONG_STATE, Problem
from evalsvc.models.box import Ballot, Credential
from evalsvc.models.opened import CountedRelation, LevelCount, OpenedAnswer, PanelSum, Rejection
from evalsvc.models.roster import Relation
from evalsvc.models.season import Round
from evalsvc.scheme.model import Group, Scheme, Text

Progress = Callable[[int, int], None]

_CLOSED_FIRST = Text("先截止，再开箱", "close the round before opening its box")


@dataclass(frozen=True)
class SealedBallot:
    """The ballot of a place that counts, still sealed."""

    place: Credential
    seq: int
    nonce: bytes
    sealed: bytes
    signature: bytes


@dataclass
class Opened:
    """What an opened box leaves, gathered in memory."""

    answers: list[OpenedAnswer] = field(default_factory=list)
    rejected: Counter[tuple[str, str]] = field(default_factory=Counter)
    panels: dict[str, PanelTally] = field(default_factory=dict)
    counted: int = 0


def open_box(
    database: Database,
    round_id: int,
    passphrase: str,
    actor: Actor,
    moment: datetime,
    progress: Progress,
) -> None:
    """Open a closed round's box with the custodian's pass-phrase, and count it."""
    with database.reading() as session:
        row = _get_closed_round(session, round_id)
        opener = Opener(unlock_box(row, passphrase))
        opened = _count_box(session, row, opener, progress)
    with database.writing() as session:
        # Asked again, now under lock: of two custodians at once, one is told it is done.
        row = _get_closed_round(session, round_id)
        _write(session, row, opened)
        row.state, row.counted_at = "counted", moment
        detail = {
            "counted": str(opened.counted),
            "rejected": str(opened.rejected.total()),
        }
        events.record(
            session, actor.login, "open_box", f"round {row.id} {row.code}", detail, moment
        )


def list_counting_ballots(session: Session, round_id: int) -> Iterator[SealedBallot]:
    """The newest ballot of every place that is not void, streamed in the order of the keys."""
    rows = session.execute(
        select(Credential, Ballot.seq, Ballot.nonce, Ballot.sealed, Ballot.signature)
        .join(Ballot, Ballot.credential == Credential.key)
        .where(Credential.round_id == round_id, Credential.void.is_(False))
        .order_by(Credential.key, Ballot.seq)
        .execution_options(yield_per=500)
    )
    newest: SealedBallot | None = None
    for place, seq, nonce, sealed, signature in rows:
        if newest is not None and newest.place.key != place.key:
            yield newest
        newest = SealedBallot(place, seq, nonce, sealed, signature)
    if newest is not None:
        yield newest


def _get_closed_round(session: Session, round_id: int) -> Round:
    row = get_round_row(session, round_id)
    if row.state != "closed":
        raise Problem(WRONG_STATE, state=STATE_NAMES[row.state], needed=_CLOSED_FIRST)
    return row


def _count_box(session: Session, row: Round, opener: Opener, progress: Progress) -> Opened:
    scheme = read_scheme(row.season.scheme)
    opened = Opened(panels=_empty_panels(session, row, scheme))
    total = session.scalar(
        select(func.count(func.distinct(Ballot.credential)))
        .join(Credential, Credential.key == Ballot.credential)
        .where(Credential.round_id == row.id, Credential.void.is_(False))
    )
    names = _Pseudonyms()
    for done, ballot in enumerate(list_counting_ballots(session, row.id), 1):
        _count_ballot(session, row, scheme, opener, ballot, names, opened)
        if done % 50 == 0:
            progress(done, total or 0)
    progress(total or 0, total or 0)
    return opened


def _empty_panels(session: Session, row: Round, scheme: Scheme) -> dict[str, PanelTally]:
    issued = session.execute(
        select(Credential.group, Credential.cell, func.count())
        .where(Credential.round_id == row.id, Credential.void.is_(False))
        .group_by(Credential.group, Credential.cell)
    ).all()
    return {
        group.code: PanelTally(
            group,
            scheme.get_questionnaire(group.code),
            {cell: n for code, cell, n in issued if code == group.code},
        )
        for group in scheme.groups
        if group.identity == "counts"
    }


def _count_ballot(
    session: Session,
    row: Round,
    scheme: Scheme,
    opener: Opener,
    ballot: SealedBallot,
    names: "_Pseudonyms",
    opened: Opened,
) -> None:
    """Count one ballot, or name why it does not count."""
    group = scheme.get_group(ballot.place.group)
    panel = opened.panels.get(group.code)
    if panel:
        panel.note_cast(ballot.place.cell)
    try:
        answers = _read_answers(row, opener, ballot)
    except CannotOpen as error:
        reason = str(error.args[0]) if error.args else "unreadable"
        _reject(opened, panel, ballot, reason)
        return
    units = _list_units(session, row, scheme, group, ballot.place)
    shown = {unit.category for unit in units}
    categories = [one for one in scheme.categories if one.code in shown]
    breaches = list_breaches(scheme.get_questionnaire(group.code), categories, units, answers)
    if breaches:
        _reject(opened, panel, ballot, breaches[0].kind)
        return
    opened.counted += 1
    if panel:
        panel.add(ballot.place.cell, answers)
    else:
        rater = find_rater(session, ballot.place)
        shown_as = rater.code if rater and group.identity == "named" else names.new(group.code)
        code = names.new("b")
        opened.answers += [
            OpenedAnswer(
                round_id=row.id,
                group=group.code,
                ballot=code,
                rater=shown_as,
                unit=answer.unit,
                item=answer.item,
                value=answer.value,
            )
            for answer in answers
        ]


def _read_answers(row: Round, opener: Opener, ballot: SealedBallot) -> list[Answer]:
    """Verify and open one ballot; raises CannotOpen with the reason's code."""
    key = ballot.place.key
    message = ballot_message(row.uid, key, ballot.seq, ballot.nonce, ballot.sealed)
    if not verify_ballot(key, message, ballot.signature):
        raise CannotOpen("signature")
    try:
        content = opener.open(ballot.sealed)
    except CannotOpen as error:
        raise CannotOpen("unreadable") from error
    match content:
        case {"round": row.uid, "credential": str(owner), "answers": list(answers)}:
            if owner == key.hex():
                return [Answer(unit, item, value) for unit, item, value in answers]
    raise CannotOpen("foreign_content")


def _reject(opened: Opened, panel: PanelTally | None, ballot: SealedBallot, reason: str) -> None:
    opened.rejected[ballot.place.group, reason] += 1
    if panel:
        panel.note_rejected(ballot.place.cell)


def _list_units(
    session: Session, row: Round, scheme: Scheme, group: Group, place: Credential
) -> Sequence[PaperUnit]:
    rater = find_rater(session, place) if group.identity != "counts" else None
    return list_paper_units(session, row, scheme, group, place, rater)


def _write(session: Session, row: Round, opened: Opened) -> None:
    # The order of rows tells nothing of the order of keys or of arrival.
    secrets.SystemRandom().shuffle(opened.answers)
    session.add_all(opened.answers)
    _keep_relations(session, row)
    for (group, reason), n in sorted(opened.rejected.items()):
        session.add(Rejection(round_id=row.id, group=group, reason=reason, n=n))
    for group, panel in opened.panels.items():
        counts = [
            {"round_id": row.id, "group": group, **vars(count)} for count in panel.list_counts()
        ]
        sums = [{"round_id": row.id, "group": group, **vars(one)} for one in panel.list_sums()]
        if counts:
            session.execute(insert(LevelCount), counts)
        if sums:
            session.execute(insert(PanelSum), sums)


def _keep_relations(session: Session, row: Round) -> None:
    """The roster may change for the next round; this one's ballots were cast under these."""
    for one in session.scalars(select(Relation).where(Relation.season_id == row.season_id)):
        session.add(
            CountedRelation(
                round_id=row.id, group=one.group, rater=one.rater, unit=one.unit, role=one.role
            )
        )


class _Pseudonyms:
    """Random names, each given once."""

    def __init__(self) -> None:
        self._given: set[str] = set()

    def new(self, prefix: str) -> str:
        while True:
            name = f"{prefix}-{secrets.token_hex(4)}"
            if name not in self._given:
                self._given.add(name)
                return name
