"""The event log: every act of staff, chained by hashes inside the act's own transaction."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, or_, select, text
from sqlalchemy.orm import Session

from evalsvc.box import chain
from evalsvc.box.log_words import Subject, Verb
from evalsvc.db import Database
from evalsvc.models.event import Event

# Any fixed number will do: PostgreSQL's writers of the log queue behind it.
_LOG_LOCK = 4_151_820


@dataclass(frozen=True)
class EventQuery:
    """Which acts are wanted: with all of these words, of a verb, of a person, before a number."""

    words: str = ""
    verb: str = ""
    actor: str = ""
    before: int | None = None


def record(
    session: Session,
    actor_login: str,
    verb: Verb,
    subject: Subject,
    detail: Mapping[str, str],
    moment: datetime,
) -> None:
    """Chain one act to the log; it is kept or lost together with what it tells of."""
    # SQLite has one writer. On PostgreSQL two would chain to the same entry.
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOG_LOCK})
    # An act may leave several entries, and the second must find the first.
    session.flush()
    newest, previous = get_head(session)
    act = chain.Event(newest + 1, moment.isoformat(), actor_login, verb.value, subject, detail)
    session.add(
        Event(
            seq=act.seq,
            at=act.at,
            actor=act.actor,
            verb=act.verb,
            subject=act.subject,
            detail=json.dumps(dict(detail), ensure_ascii=False, sort_keys=True),
            previous=previous,
            hash=chain.event_hash(previous, act),
        )
    )


def get_head(session: Session) -> tuple[int, bytes]:
    """The number and hash of the newest act."""
    newest = session.scalar(select(func.max(Event.seq))) or 0
    return newest, session.scalar(select(Event.hash).where(Event.seq == newest)) or chain.GENESIS


def search_events(database: Database, query: EventQuery, limit: int | None) -> Sequence[Event]:
    """The acts that a query finds, newest first."""
    statement = select(Event).order_by(Event.seq.desc()).limit(limit)
    for word in query.words.split():
        places = (Event.subject, Event.detail, Event.actor, Event.verb)
        found = (place.contains(word, autoescape=True) for place in places)
        statement = statement.where(or_(*found))
    if query.verb:
        statement = statement.where(Event.verb == query.verb)
    if query.actor:
        statement = statement.where(Event.actor == query.actor)
    if query.before is not None:
        statement = statement.where(Event.seq < query.before)
    with database.reading() as session:
        return session.scalars(statement).all()


def list_events(database: Database, limit: int = 200) -> Sequence[Event]:
    """The newest acts, newest first."""
    with database.reading() as session:
        return session.scalars(select(Event).order_by(Event.seq.desc()).limit(limit)).all()


def list_chain(database: Database) -> list[chain.ChainedEvent]:
    """The whole log in order, ready to be verified."""
    with database.reading() as session:
        return [
            chain.ChainedEvent(
                chain.Event(
                    row.seq, row.at, row.actor, row.verb, row.subject, json.loads(row.detail)
                ),
                row.hash,
            )
            for row in session.scalars(select(Event).order_by(Event.seq))
        ]
