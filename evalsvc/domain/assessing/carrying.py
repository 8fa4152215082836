"""A year's tasks carried into the next, with roster, bodies, liaisons and last year's figures."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from evalsvc.box.log_words import Verb, about_season
from evalsvc.db import Database, Row
from evalsvc.domain.acting import Act
from evalsvc.domain.people.bodies import read_bodies
from evalsvc.domain.people.liaisons import list_unit_names
from evalsvc.domain.seasons import get_season_row, read_scheme
from evalsvc.errors import ACT_REFUSED
from evalsvc.models.assessment import BodyMember, Task, TaskPlan
from evalsvc.models.publication import Liaison
from evalsvc.models.roster import PanelSeats, Rater, Relation, Unit
from evalsvc.models.season import Season
from evalsvc.scheme.model import Scheme
from evalsvc.text import Text

Line = TypeVar("Line", Unit, Rater, Relation, PanelSeats)
# What a unit says of its own year stays with that year.
_OF_A_SEASON = frozenset({"id", "season_id", "account"})


@dataclass(frozen=True)
class Carried:
    """How much was carried, and the tasks whose unit or lead the new season does not have."""

    units: int
    tasks: int
    members: int
    liaisons: int
    left: tuple[str, ...]


def list_earlier(database: Database, season_id: int) -> tuple[tuple[int, str], ...]:
    """The seasons that have tasks to carry on, newest first."""
    with database.reading() as session:
        rows = session.execute(
            select(Season.id, Season.title)
            .where(
                Season.id != season_id,
                exists().where(Task.season_id == Season.id, Task.state == "standing"),
            )
            .order_by(Season.id.desc())
        )
        return tuple((row.id, row.title) for row in rows)


def carry_year(act: Act, season_id: int, earlier_id: int) -> Carried:
    """Propose every standing task of another season anew, its target as last year's figure.

    A season without a roster gets the other's. The four levels see all of it as one list.
    """
    with act.writing() as session:
        scheme = read_scheme(get_season_row(session, season_id))
        earlier = _list_standing(session, season_id, earlier_id)
        units = _carry_roster(session, scheme, season_id, earlier_id)
        bodies, names = read_bodies(session, season_id), list_unit_names(session, season_id)
        fit = [each for each in earlier if each.unit in names and each.lead in bodies]
        plan = TaskPlan(season_id=season_id, proposed_by=act.actor.login, proposed_at=act.moment)
        session.add(plan)
        session.flush()
        known = {each.code for each in scheme.rounds}
        session.add_all(_build_anew(each, season_id, act, plan.id, known) for each in fit)
        members = _carry_bound(session, BodyMember.body, season_id, earlier_id, bodies)
        speaking = _carry_bound(session, Liaison.unit, season_id, earlier_id, names)
        left = tuple(each.title for each in earlier if each not in fit)
        carried = Carried(units, len(fit), members, speaking, left)
        detail = {"from": str(earlier_id), "tasks": str(len(fit)), "left": str(len(left))}
        act.tell(session, Verb.CARRY_TASKS, about_season(season_id), detail)
        return carried


def _list_standing(session: Session, season_id: int, earlier_id: int) -> list[Task]:
    if session.scalar(select(exists().where(Task.season_id == season_id))):
        raise ACT_REFUSED.because(
            Text("这一年已经有任务，不能再接续", "this season has tasks already")
        )
    found = session.scalars(
        select(Task).where(Task.season_id == earlier_id, Task.state == "standing").order_by(Task.id)
    ).all()
    if not found or earlier_id == season_id:
        raise ACT_REFUSED.because(
            Text("那一年没有审定的任务可以接续", "that season has no standing tasks to carry on")
        )
    return list(found)


def _build_anew(task: Task, season_id: int, act: Act, plan: int, known: set[str]) -> Task:
    """Last year's target is this year's least, until somebody raises it."""
    rounds = task.rounds.split()
    return Task(
        season_id=season_id,
        unit=task.unit,
        lead=task.lead,
        title=task.title,
        target=task.target,
        figure=task.figure,
        last_year=task.figure,
        weight=task.weight,
        # With a round that is no more, nobody knows when it is due: then in every one.
        rounds=task.rounds if known.issuperset(rounds) else "",
        plan_id=plan,
        proposed_by=act.actor.login,
        proposed_at=act.moment,
    )


def _carry_roster(session: Session, scheme: Scheme, season_id: int, earlier_id: int) -> int:
    """Whatever of the other's roster this scheme has a place for; none where there is one."""
    if session.scalar(select(exists().where(Unit.season_id == season_id))):
        return 0
    categories = {each.code for each in scheme.categories}
    groups = {each.code for each in scheme.groups}
    units = _copy(session, season_id, _list_all(session, Unit, earlier_id, "category", categories))
    codes = {each.code for each in units}
    # Whoever belonged to a unit that has no place here, or rated one, would be of nothing.
    raters = [
        each
        for each in _list_all(session, Rater, earlier_id, "group", groups)
        if not each.unit or each.unit in codes
    ]
    known = {(each.group, each.code) for each in _copy(session, season_id, raters)}
    relations = [
        each
        for each in _list_all(session, Relation, earlier_id, "group", groups)
        if each.unit in codes and (each.group, each.rater) in known
    ]
    _copy(session, season_id, relations)
    _copy(session, season_id, _list_all(session, PanelSeats, earlier_id, "group", groups))
    session.flush()
    return len(units)


def _list_all(
    session: Session, table: type[Line], season_id: int, by: str, known: set[str]
) -> list[Line]:
    """A season's rows of which another scheme knows what they go by."""
    rows = session.scalars(select(table).where(table.season_id == season_id)).all()
    return [row for row in rows if getattr(row, by) in known]


def _copy(session: Session, season_id: int, rows: Sequence[Line]) -> Sequence[Line]:
    """The same rows again for another season."""
    for row in rows:
        names = [c.key for c in row.__table__.columns if c.key not in _OF_A_SEASON]
        again = {name: getattr(row, name) for name in names}
        session.add(type(row)(season_id=season_id, **again))
    return rows


def _carry_bound(
    session: Session, column: Any, season_id: int, earlier_id: int, known: Iterable[str]
) -> int:
    """Who worked for a body or spoke for a unit does so again."""
    table: type[Row] = column.class_
    bound = set(_list_bound(session, column, season_id))
    fresh = [
        each
        for each in _list_bound(session, column, earlier_id)
        if each not in bound and each[1] in set(known)
    ]
    session.add_all(
        table(season_id=season_id, staff_id=staff, **{column.key: code}) for staff, code in fresh
    )
    return len(fresh)


def _list_bound(session: Session, column: Any, season_id: int) -> list[tuple[int, str]]:
    table = column.class_
    rows = session.execute(select(table.staff_id, column).where(table.season_id == season_id))
    return [(row[0], row[1]) for row in rows]
