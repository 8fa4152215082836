"""Ballots that waited on the tray when their key was lost: how many, as long as anybody asks.

While a round is open they still lie there, unreadable; closing clears the tray and logs the number.
"""

import json
from collections import Counter
from collections.abc import Sequence

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
        told = _list_told(session, [row for row in rows if row.state != "open"])
        found = (
            LostBallots(row.code, count_lost(session, database, row), closed=False)
            if row.state == "open"
            else LostBallots(row.code, told[about_round(row.id, row.code)], closed=True)
            for row in rows
        )
        return tuple(one for one in found if one.n)


def _list_told(session: Session, rows: Sequence[Round]) -> Counter[str]:
    """What the log tells of rounds by its subject: from closing on nothing else is left of them."""
    events = session.execute(
        select(Event.subject, Event.detail).where(
            Event.verb == Verb.LOSE_BALLOTS,
            Event.subject.in_([about_round(row.id, row.code) for row in rows]),
        )
    )
    told = Counter[str]()
    for subject, detail in events:
        told[subject] += int(json.loads(detail)["n"])
    return told
