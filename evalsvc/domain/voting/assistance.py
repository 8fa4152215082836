"""Assisted entry: ballots typed in at the office's counter on their holders' own codes, counted.

The mark stands inside the sealed ballot. What is counted before the box is open is written by the
sitting, never beside a ballot, so that no row tells which ballots were typed in.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from analysis.score.facts import Answer
from evalsvc.ballots.paper import Paper
from evalsvc.box.log_words import Verb, about_round
from evalsvc.db import Database
from evalsvc.domain.acting import Act
from evalsvc.domain.seasons import get_round_row, read_scheme
from evalsvc.domain.voting import casting
from evalsvc.domain.voting.desks import KeepingNothing, Kind
from evalsvc.domain.voting.visit import Visit
from evalsvc.models.box import Assistance


@dataclass(frozen=True)
class AssistedDesk(KeepingNothing):
    """The office's counter: a card's holder hands over code and answers, somebody types.

    Nothing that the holder filled in before is shown, and nothing is kept before it is cast.
    `note` hears the round and the group of each new ballot.
    """

    kind: Kind = "assisted"
    note: Callable[[int, str], None] = lambda _round, _group: None

    def cast(
        self,
        database: Database,
        visit: Visit,
        answers: Sequence[Answer],
        nonce: bytes,
        moment: datetime,
        paper: Paper,
    ) -> casting.Receipt:
        """Cast as the holder's phone would, with the mark inside."""
        given = casting.cast(database, visit, answers, nonce, moment, paper, assisted=True)
        if given.times_cast > paper.times_cast:  # else it is the same act sent again
            self.note(visit.round_id, paper.group.code)
        return given


def report_sitting(act: Act, round_id: int, entered: Mapping[str, int]) -> None:
    """Add what a sitting at the counter has typed in, by group; one event for all of it."""
    with act.writing() as session:
        row = get_round_row(session, round_id)
        known = {group.code for group in read_scheme(row.season).groups}
        # What comes back from a browser is looked at like anything else that is posted.
        added = {group: n for group, n in sorted(entered.items()) if group in known and n > 0}
        # In a transaction of its own and never in the one that casts: beside a ballot this row
        # would tell by its number which one was typed in (decision 0006).
        for group, n in added.items():
            _get_row(session, round_id, group).reported += n
        if added:
            detail = {group: str(n) for group, n in added.items()}
            act.tell(session, Verb.ASSIST, about_round(row.id, row.code), detail)


def count_assistance(session: Session, round_id: int, counted: Mapping[str, int]) -> None:
    """Keep what the opened box says, inside the transaction that keeps the count."""
    # Also groups of which none counted: 0 takes the place of what
    # was reported, which a card typed in twice had counted as two.
    for group in {*counted, *list_assistance_rows(session, round_id)}:
        _get_row(session, round_id, group).counted = counted.get(group, 0)


def count_assisted(session: Session, round_id: int) -> dict[str, int]:
    """By group: what the opened box says; before that, what the counter has reported."""
    return {
        group: row.reported if row.counted is None else row.counted
        for group, row in list_assistance_rows(session, round_id).items()
    }


def list_assistance_rows(session: Session, round_id: int) -> dict[str, Assistance]:
    """A round's rows by group."""
    rows = session.scalars(select(Assistance).where(Assistance.round_id == round_id))
    return {row.group: row for row in rows}


def _get_row(session: Session, round_id: int, group: str) -> Assistance:
    # Two counters may end a sitting at once.
    row = session.get(Assistance, (round_id, group), with_for_update=True)
    if row is None:
        row = Assistance(round_id=round_id, group=group, reported=0)
        session.add(row)
    return row
