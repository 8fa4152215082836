"""A year's tasks carried into the next, with roster, bodies, liaisons and last year's figures."""

from dataclasses import dataclass

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from evalsvc.box.log_words import Verb, about_season
from evalsvc.db import Database
from evalsvc.domain.acting import Act
from evalsvc.domain.assessing.roster_copy import copy_bound, copy_roster
from evalsvc.domain.people.bodies import read_bodies
from evalsvc.domain.people.liaisons import list_unit_names
from evalsvc.domain.seasons import get_season_row, read_scheme
from evalsvc.errors import ACT_REFUSED
from evalsvc.models.assessment import BodyMember, Task, TaskPlan
from evalsvc.models.publication import Liaison
from evalsvc.models.season import Season
from evalsvc.text import Text


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
        units = copy_roster(session, scheme, season_id, earlier_id)
        bodies, names = read_bodies(session, season_id), list_unit_names(session, season_id)
        fit = [each for each in earlier if each.unit in names and each.lead in bodies]
        plan = TaskPlan(season_id=season_id, proposed_by=act.actor.login, proposed_at=act.moment)
        session.add(plan)
        session.flush()
        known = {each.code for each in scheme.rounds}
        session.add_all(_build_anew(each, season_id, act, plan.id, known) for each in fit)
        members = copy_bound(session, BodyMember.body, season_id, earlier_id, bodies)
        speaking = copy_bound(session, Liaison.unit, season_id, earlier_id, names)
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
