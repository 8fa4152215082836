"""Somebody bound to a code of a season: a liaison to a unit, an assessor to an assessing body.

Both are a table of staff, season and code; `column` is the one that holds the code.
"""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import InstrumentedAttribute, Session

from evalsvc.db import Database
from evalsvc.domain.actor import Actor
from evalsvc.errors import ENTRY_REFUSED, NOT_YOURS, Problem
from evalsvc.models.staff import Staff
from evalsvc.text import Text

Column = InstrumentedAttribute[str]


@dataclass(frozen=True)
class Binding:
    """A colleague and the code of what they are bound to."""

    login: str
    name: str
    code: str


def add_binding(session: Session, column: Column, season_id: int, staff_id: int, code: str) -> bool:
    """Bind somebody; False where that was so already."""
    if _is_bound(session, column, season_id, staff_id, code):
        return False
    # One table for units and another for bodies, alike but for the column that holds the code.
    table: Any = column.class_
    session.add(table(staff_id=staff_id, season_id=season_id, **{column.key: code}))
    return True


def drop_binding(session: Session, column: Column, season_id: int, login: str, code: str) -> bool:
    """Bind somebody no longer; False where that was so already."""
    row = session.scalar(
        select(column.class_)
        .join(Staff, Staff.id == column.class_.staff_id)
        .where(Staff.login == login, column.class_.season_id == season_id, column == code)
    )
    if row is None:
        return False
    session.delete(row)
    return True


def list_bindings(database: Database, column: Column, season_id: int) -> tuple[Binding, ...]:
    """All bindings of a season, by code."""
    with database.reading() as session:
        rows = session.execute(
            select(Staff.login, Staff.name, column)
            .join(column.class_, column.class_.staff_id == Staff.id)
            .where(column.class_.season_id == season_id)
            .order_by(column, Staff.login)
        )
        return tuple(Binding(*row) for row in rows)


def list_own_codes(
    session: Session, column: Column, season_id: int, actor: Actor
) -> frozenset[str]:
    """The codes that a colleague is bound to."""
    table = column.class_
    return frozenset(
        session.scalars(
            select(column).where(table.season_id == season_id, table.staff_id == actor.staff_id)
        )
    )


def require_binding(
    session: Session, column: Column, season_id: int, code: str, actor: Actor, what: Text
) -> None:
    """Refuse somebody who is not bound to this."""
    if not _is_bound(session, column, season_id, actor.staff_id, code):
        raise Problem(NOT_YOURS, what=what)


def get_staff_with(session: Session, login: str, role: str, kind: Text) -> Staff:
    """An account that has a role, or what to do about it."""
    staff = session.scalar(select(Staff).where(Staff.login == login))
    if staff is None or not staff.has_role(role):
        raise ENTRY_REFUSED.because(
            Text(
                f"账号 {login} 没有“{kind.zh}”角色，请先在“人员”里给予",
                f"account {login} is no {kind.en}; give the role under “staff” first",
            )
        )
    return staff


def list_candidates(database: Database, role: str) -> tuple[tuple[str, str], ...]:
    """Colleagues with a role, as login and name."""
    with database.reading() as session:
        return tuple(
            (staff.login, staff.name)
            for staff in session.scalars(select(Staff).order_by(Staff.login))
            if staff.has_role(role)
        )


def _is_bound(session: Session, column: Column, season_id: int, staff_id: int, code: str) -> bool:
    table = column.class_
    found = select(column).where(
        table.season_id == season_id, table.staff_id == staff_id, column == code
    )
    return session.scalar(found) is not None
