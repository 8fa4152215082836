"""Who speaks for a unit: colleagues bound to units, and what they may therefore see."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from evalsvc.db import Database
from evalsvc.domain import events
from evalsvc.domain.actor import Actor
from evalsvc.domain.seasons import get_season_row
from evalsvc.errors import ENTRY_REFUSED, NOT_YOURS, Problem
from evalsvc.models.publication import Liaison
from evalsvc.models.roster import Unit
from evalsvc.models.staff import Staff
from evalsvc.scheme.model import Text


@dataclass(frozen=True)
class Binding:
    """A colleague and the code of what they are bound to."""

    login: str
    name: str
    code: str


def bind_liaison(
    database: Database, season_id: int, login: str, unit: str, actor: Actor, moment: datetime
) -> None:
    """Let a colleague with the role speak for a unit; binding twice is no different."""
    with database.writing() as session:
        get_season_row(session, season_id)
        staff = get_staff_with(session, login, "liaison", Text("单位联络员", "unit liaison"))
        if unit not in list_unit_names(session, season_id):
            raise Problem(ENTRY_REFUSED, reason=Text("名册里没有这个单位",
                                                     "the roster has no such unit"))  # fmt: skip
        if session.get(Liaison, (staff.id, season_id, unit)):
            return
        session.add(Liaison(staff_id=staff.id, season_id=season_id, unit=unit))
        detail = {"login": login, "unit": unit}
        events.record(session, actor.login, "bind_liaison", f"season {season_id}", detail, moment)


def unbind_liaison(
    database: Database, season_id: int, login: str, unit: str, actor: Actor, moment: datetime
) -> None:
    """Let a colleague no longer speak for a unit."""
    with database.writing() as session:
        row = session.scalar(
            select(Liaison)
            .join(Staff, Staff.id == Liaison.staff_id)
            .where(Staff.login == login, Liaison.season_id == season_id, Liaison.unit == unit)
        )
        if row is None:
            return
        session.delete(row)
        detail = {"login": login, "unit": unit}
        events.record(session, actor.login, "unbind_liaison", f"season {season_id}", detail, moment)


def list_liaisons(database: Database, season_id: int) -> tuple[Binding, ...]:
    """All bindings of a season, by unit."""
    with database.reading() as session:
        rows = session.execute(
            select(Staff.login, Staff.name, Liaison.unit)
            .join(Liaison, Liaison.staff_id == Staff.id)
            .where(Liaison.season_id == season_id)
            .order_by(Liaison.unit, Staff.login)
        )
        return tuple(Binding(*row) for row in rows)


def list_candidates(database: Database, role: str) -> tuple[tuple[str, str], ...]:
    """Colleagues with a role, as login and name."""
    with database.reading() as session:
        return tuple(
            (staff.login, staff.name)
            for staff in session.scalars(select(Staff).order_by(Staff.login))
            if staff.has_role(role)
        )


def list_own_units(database: Database, season_id: int, actor: Actor) -> Mapping[str, str]:
    """The units that a colleague speaks for, with their names."""
    with database.reading() as session:
        rows = session.execute(
            select(Unit.code, Unit.name)
            .join(Liaison, (Liaison.season_id == Unit.season_id) & (Liaison.unit == Unit.code))
            .where(Liaison.season_id == season_id, Liaison.staff_id == actor.staff_id)
            .order_by(Unit.position)
        )
        return {row.code: row.name for row in rows}


def require_own(session: Session, season_id: int, unit: str, actor: Actor) -> None:
    """Refuse somebody who does not speak for this unit."""
    if session.get(Liaison, (actor.staff_id, season_id, unit)) is None:
        raise Problem(NOT_YOURS, what=Text("这个单位", "this unit"))


def list_unit_names(session: Session, season_id: int) -> dict[str, str]:
    """Every unit of a season with its name, in the order of the roster."""
    rows = session.execute(
        select(Unit.code, Unit.name).where(Unit.season_id == season_id).order_by(Unit.position)
    )
    return {row.code: row.name for row in rows}


def get_staff_with(session: Session, login: str, role: str, kind: Text) -> Staff:
    """An account that has a role, or what to do about it."""
    staff = session.scalar(select(Staff).where(Staff.login == login))
    if staff is None or not staff.has_role(role):
        raise Problem(
            ENTRY_REFUSED,
            reason=Text(f"账号 {login} 没有“{kind.zh}”角色，请先在“人员”里给予",
                        f"account {login} is no {kind.en}; give the role under “staff” first"),
        )  # fmt: skip
    return staff
