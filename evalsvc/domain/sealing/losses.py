"""Ballots that waited on the tray when their key was lost: how many, as long as anybody asks.

While a round is open they still lie there, unreadable; closing clears the tray and logs the number.
"""

import json

from sqlalchemy import select
from sqlalchemy.orm import Session

from evalsvc.box.log_words import Verb, about_round
from evalsvc.db import Database
from evalsvc.domain.voting.tray import count_lost
from evalsvc.models.event import Event
from evalsvc.models.season import Round
from evalsvc.results.rejections import LostBallots


def list_lost(database: Database, season_id: int) -> tuple[LostBallots, ...]:
    """Of each round of a season that has lost any, in the scheme's order."""
    with database.reading() as session:
        rows = session.scalars(
            select(Round).where(Round.season_id == season_id).order_by(Round.position)
        ).all()
        found = (
            LostBallots(row.code, _count(session, database, row), row.state != "open")
            for row in rows
        )
        return tuple(one for one in found if one.n)


def _count(session: Session, database: Database, row: Round) -> int:
    if row.state == "open":
        return count_lost(session, database, row)
    # From closing on the rows are gone; the log's entry is what is left of them.
    details = session.scalars(
        select(Event.detail).where(
            Event.verb == Verb.LOSE_BALLOTS, Event.subject == about_round(row.id, row.code)
        )
    )
    return sum(int(json.loads(detail)["n"]) for detail in details)
