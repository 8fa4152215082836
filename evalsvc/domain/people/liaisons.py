"""Who speaks for a unit: colleagues bound to units, and what they may therefore see."""

from collections.abc import Mapping

from sqlalchemy import select
from sqlalchemy.orm import Session

from evalsvc.box.log_words import Verb, about_season
from evalsvc.db import Database
from evalsvc.domain.acting import Act
from evalsvc.domain.actor import Actor
from evalsvc.domain.people.bindings import (
    Binding,
    add_binding,
    drop_binding,
    get_staff_with,
    list_bindings,
    list_own_codes,
    require_binding,
)
from evalsvc.domain.seasons import get_season_row
from evalsvc.errors import ENTRY_REFUSED
from evalsvc.models.publication import Liaison
from evalsvc.models.roster import Unit
from evalsvc.text import Text


def bind_liaison(act: Act, season_id: int, login: str, unit: str) -> None:
    """Let a colleague with the role speak for a unit; binding twice is no different."""
    with act.writing() as session:
        get_season_row(session, season_id)
        staff = get_staff_with(session, login, "liaison", Text("单位联络员", "unit liaison"))
        if unit not in list_unit_names(session, season_id):
            raise ENTRY_REFUSED.because(Text("名册里没有这个单位", "the roster has no such unit"))
        if add_binding(session, Liaison.unit, season_id, staff.id, unit):
            detail = {"login": login, "unit": unit}
            act.tell(session, Verb.BIND_LIAISON, about_season(season_id), detail)


def unbind_liaison(act: Act, season_id: int, login: str, unit: str) -> None:
    """Let a colleague no longer speak for a unit."""
    with act.writing() as session:
        if drop_binding(session, Liaison.unit, season_id, login, unit):
            detail = {"login": login, "unit": unit}
            act.tell(session, Verb.UNBIND_LIAISON, about_season(season_id), detail)


def list_liaisons(database: Database, season_id: int) -> tuple[Binding, ...]:
    """All bindings of a season, by unit."""
    return list_bindings(database, Liaison.unit, season_id)


def list_own_units(database: Database, season_id: int, actor: Actor) -> Mapping[str, str]:
    """The units that a colleague speaks for, with their names."""
    with database.reading() as session:
        own = list_own_codes(session, Liaison.unit, season_id, actor)
        names = list_unit_names(session, season_id)
    return {code: name for code, name in names.items() if code in own}


def require_own(session: Session, season_id: int, unit: str, actor: Actor) -> None:
    """Refuse somebody who does not speak for this unit."""
    what = Text("这个单位", "this unit")
    require_binding(session, Liaison.unit, season_id, unit, actor, what)


def list_unit_names(session: Session, season_id: int) -> dict[str, str]:
    """Every unit of a season with its name, in the order of the roster."""
    rows = session.execute(
        select(Unit.code, Unit.name).where(Unit.season_id == season_id).order_by(Unit.position)
    )
    return {row.code: row.name for row in rows}
