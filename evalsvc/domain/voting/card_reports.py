"""Somebody else has used my card: counted by group and day, so that the office sees it happen.

The report names neither the card nor the person. The card is exchanged in person, by its paper.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, select

from evalsvc.db import Database
from evalsvc.domain.voting.places import hold_place
from evalsvc.domain.voting.visit import Visit
from evalsvc.models.box import CardReport


def report_card(database: Database, visit: Visit, moment: datetime) -> None:
    """Count one report for the visitor's group and today."""
    # The day alone. A time would say who stood where when (docs/secrecy, What is not stored).
    day = moment.date().isoformat()
    with database.writing() as session:
        # Only a card of an open round can report: otherwise anybody could raise the number.
        place = hold_place(session.connection(), visit, moment)
        row = session.get(CardReport, (place.id, place.group, day), with_for_update=True)
        if row is None:
            session.add(CardReport(round_id=place.id, group=place.group, day=day, n=1))
        else:
            row.n += 1


def list_card_reports(database: Database, round_id: int) -> Sequence[CardReport]:
    """A round's reports by day and group."""
    with database.reading() as session:
        return session.scalars(
            select(CardReport)
            .where(CardReport.round_id == round_id)
            .order_by(CardReport.day, CardReport.group)
        ).all()


def count_card_reports(database: Database) -> dict[int, int]:
    """How often it has been reported, by round."""
    counted = select(CardReport.round_id, func.sum(CardReport.n)).group_by(CardReport.round_id)
    with database.reading() as session:
        return {round_id: int(n) for round_id, n in session.execute(counted)}
