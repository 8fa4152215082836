"""Destroyed is destroyed: what verbs delete leaves the database's files by the next purge.

The verb asks inside its own transaction. The service purges at once where its role may; else the
timer does, as the owner of the tables.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from evalsvc.box.log_words import SERVICE, Verb, about_round
from evalsvc.db import Database
from evalsvc.domain.acting import Act
from evalsvc.domain.actor import TIMER
from evalsvc.erasing.database import erase
from evalsvc.erasing.notes import HINDERING
from evalsvc.models.purge import Purge
from evalsvc.models.season import Round

# Where what was destroyed has stood.
TABLES: Mapping[str, frozenset[str]] = {
    "keys": frozenset({"round", "invite", "approval"}),
    "old_keys": frozenset({"round"}),
    "roll": frozenset({"credential", "invite", "dealt_form"}),
    "card": frozenset({"invite"}),
    "drafts": frozenset({"draft"}),
    "account": frozenset({"staff", "staff_session", "recovery_code"}),
}
# For these, no beginning of a row may stay, either.
WHOLE = frozenset({"keys", "old_keys", "roll"})


@dataclass(frozen=True)
class PurgeView:
    """A destruction as pages and the command show it."""

    kind: str
    round_id: int | None
    asked_at: datetime
    done_at: datetime | None
    notes: tuple[str, ...]


def ask_purge(session: Session, kind: str, round_id: int | None, moment: datetime) -> None:
    """Note, inside the act that destroys, that it has to leave the files."""
    session.add(Purge(kind=kind, round_id=round_id, asked_at=moment))


def purge(database: Database, moment: datetime) -> tuple[PurgeView, ...]:
    """Erase whatever was destroyed since the last time; returns how each of it stands."""
    with database.reading() as session:
        waiting = session.scalars(select(Purge).where(Purge.done_at.is_(None))).all()
        open_rounds = session.scalars(select(Round.id).where(Round.state == "open")).all()
    if not waiting:
        return ()
    tables = frozenset[str]().union(*(TABLES[row.kind] for row in waiting))
    whole = any(row.kind in WHOLE for row in waiting)
    notes = erase(database, tables, whole=whole, answering=bool(open_rounds))
    act = Act(database, TIMER, moment)
    # What hinders is noted, too, and is no act: only the end of a destruction is told.
    with database.writing() as session:
        rows = [session.get_one(Purge, row.id, with_for_update=True) for row in waiting]
        for row in rows:
            _note(act, session, row, notes)
        return tuple(_build_view(row) for row in rows)


def find_destruction(database: Database, round_id: int) -> PurgeView | None:
    """How the destruction of a round's keys stands; None before it."""
    with database.reading() as session:
        row = session.scalar(
            select(Purge)
            .where(Purge.kind == "keys", Purge.round_id == round_id)
            .order_by(Purge.id.desc())
            .limit(1)
        )
        return _build_view(row) if row else None


def _note(act: Act, session: Session, row: Purge, notes: frozenset[str]) -> None:
    """Finished where nothing stands in the way; two at once finish it once."""
    if row.done_at is not None:
        return
    row.notes = " ".join(sorted(notes))
    if notes & HINDERING:
        return
    row.done_at = act.moment
    found = session.get(Round, row.round_id) if row.round_id else None
    subject = about_round(found.id, found.code) if found else SERVICE
    detail = {"what": row.kind, "asked_at": row.asked_at.isoformat()}
    act.tell(session, Verb.PURGE, subject, detail)


def _build_view(row: Purge) -> PurgeView:
    return PurgeView(row.kind, row.round_id, row.asked_at, row.done_at, tuple(row.notes.split()))
