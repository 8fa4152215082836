"""An act of the office: who does something, when and where, and how it comes into the log."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import event
from sqlalchemy.orm import ORMExecuteState, Session

from evalsvc.box.log_words import Subject, Verb
from evalsvc.db import Database
from evalsvc.domain import (
    events,
    facts_mark,  # noqa: F401  (whatever process writes facts counts them)
)
from evalsvc.domain.actor import Actor

_CHANGED, _TOLD = "changed", "told"


class UntoldActError(RuntimeError):
    """A verb that changed something and told the log nothing: none of it is kept."""


@dataclass(frozen=True)
class Act:
    """Who acts, when, and in which database: what every verb of the office begins with."""

    database: Database
    actor: Actor
    moment: datetime

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """One transaction that leaves an entry in the log, or changes nothing."""
        with self.database.writing() as session:
            _watch(session)
            yield session
            # What is only in the session's memory has told no listener yet.
            session.flush()
            if _CHANGED in session.info and _TOLD not in session.info:
                raise UntoldActError("a verb changed something and told the log nothing")

    def tell(
        self, session: Session, verb: Verb, subject: Subject, detail: Mapping[str, str]
    ) -> None:
        """Enter this act in the log; it is kept or lost together with what it tells of."""
        events.record(session, self.actor.login, verb, subject, detail, self.moment)
        session.info[_TOLD] = True


def _watch(session: Session) -> None:
    """Note that something is written, by whichever of the two ways that a session has."""

    @event.listens_for(session, "after_flush")
    def note_flush(flushed: Session, _context: Any) -> None:
        flushed.info[_CHANGED] = True

    @event.listens_for(session, "do_orm_execute")
    def note_statement(state: ORMExecuteState) -> None:
        if state.is_insert or state.is_update or state.is_delete:
            state.session.info[_CHANGED] = True
