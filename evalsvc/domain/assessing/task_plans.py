"""Plans 任务清单: tasks of a year proposed together, and where each of them stands as one list."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from evalsvc.box.log_words import Verb, about_season
from evalsvc.db import Database
from evalsvc.domain.acting import Act
from evalsvc.domain.actor import Actor
from evalsvc.domain.assessing.task_pages import Eyes, sees
from evalsvc.domain.assessing.tasks import (
    Proposal,
    build_task,
    check_proposal,
    enter_mended,
    get_task_row,
)
from evalsvc.domain.people.bodies import read_bodies
from evalsvc.errors import ENTRY_REFUSED, NOT_FOUND, Problem
from evalsvc.models.assessment import APPROVAL_LEVELS, Task, TaskDecision, TaskPlan
from evalsvc.text import Text


@dataclass(frozen=True)
class PlanRow:
    """A line of a plan's workbook: a new task, or one that was sent back, by its number."""

    proposal: Proposal
    task: int | None = None


@dataclass(frozen=True)
class Said:
    """What one colleague said at one level: to how many of a plan's tasks, first and last."""

    level: str
    by: str
    agreed: int
    returned: int
    first: datetime
    last: datetime


@dataclass(frozen=True)
class PlanView:
    """A plan: its tasks by state, at which level it is as a whole, and who has said what.

    `level` is empty once all stand; `leads` have tasks that still wait for them.
    """

    id: int
    proposed_by: str
    proposed_at: datetime
    n: int
    counts: Mapping[str, int]
    level: str
    leads: tuple[Text, ...]
    said: tuple[Said, ...]


def enter_plan(act: Act, season_id: int, rows: Sequence[PlanRow]) -> tuple[int, int]:
    """Propose the new tasks as one plan and put the mended ones forward again: all, or none.

    How many were proposed and how many mended.
    """
    if not rows:
        raise ENTRY_REFUSED.because(Text("表里没有任务", "the sheet has no tasks"))
    with act.writing() as session:
        fresh = [each.proposal for each in rows if each.task is None]
        for proposal in fresh:
            check_proposal(session, act.actor, season_id, proposal)
        if fresh:
            _propose(session, act, season_id, fresh)
        mended = [each for each in rows if each.task is not None]
        for each in mended:
            task = get_task_row(session, each.task or 0)
            if task.season_id != season_id:
                raise Problem(NOT_FOUND)
            enter_mended(session, act, task, each.proposal)
        return len(fresh), len(mended)


def judge_plan(
    database: Database, season_id: int, actor: Actor, rows: Sequence[PlanRow]
) -> Mapping[int, Text]:
    """Why a page would refuse each of these, by its place in the sequence."""
    refused: dict[int, Text] = {}
    with database.reading() as session:
        for place, row in enumerate(rows):
            try:
                check_proposal(session, actor, season_id, row.proposal)
            except Problem as problem:
                refused[place] = problem.text
    return refused


def list_plans(database: Database, season_id: int, eyes: Eyes) -> tuple[PlanView, ...]:
    """The plans of a season with any task that these eyes see, newest first."""
    with database.reading() as session:
        plans = session.scalars(
            select(TaskPlan)
            .where(
                TaskPlan.season_id == season_id,
                TaskPlan.id.in_(
                    select(Task.plan_id).where(Task.season_id == season_id, sees(eyes))
                ),
            )
            .order_by(TaskPlan.id.desc())
        ).all()
        names = read_bodies(session, season_id) if plans else {}
        tasks, said = _list_tasks(session, season_id), _list_said(session, season_id)
        return tuple(_build_view(plan, tasks[plan.id], said[plan.id], names) for plan in plans)


def _propose(session: Session, act: Act, season_id: int, fresh: Sequence[Proposal]) -> None:
    plan = TaskPlan(season_id=season_id, proposed_by=act.actor.login, proposed_at=act.moment)
    session.add(plan)
    session.flush()
    session.add_all(build_task(act, season_id, each, plan.id) for each in fresh)
    detail = {"plan": str(plan.id), "tasks": str(len(fresh))}
    act.tell(session, Verb.PROPOSE_PLAN, about_season(season_id), detail)


def _build_view(
    plan: TaskPlan,
    tasks: Sequence[tuple[str, str, str]],
    said: Sequence[Said],
    names: Mapping[str, Text],
) -> PlanView:
    first = APPROVAL_LEVELS[0]
    # What was sent back begins anew with the first level.
    levels = [
        level if state == "waiting" else first
        for state, level, _ in tasks
        if state in ("waiting", "returned")
    ]
    leads = dict.fromkeys(lead for _, level, lead in tasks if level == first)
    return PlanView(
        plan.id,
        plan.proposed_by,
        plan.proposed_at,
        len(tasks),
        Counter(state for state, _, _ in tasks),
        min(levels, key=APPROVAL_LEVELS.index, default=""),
        tuple(names.get(lead, Text(lead, lead)) for lead in leads),
        tuple(said),
    )


def _list_tasks(
    session: Session, season_id: int
) -> Mapping[int | None, list[tuple[str, str, str]]]:
    """State, level and lead of each task, by plan."""
    found: dict[int | None, list[tuple[str, str, str]]] = defaultdict(list)
    for plan, state, level, lead in session.execute(
        select(Task.plan_id, Task.state, Task.level, Task.lead)
        .where(Task.season_id == season_id, Task.plan_id.is_not(None))
        .order_by(Task.id)
    ):
        found[plan].append((state, level, lead))
    return found


def _list_said(session: Session, season_id: int) -> Mapping[int | None, list[Said]]:
    found: dict[int | None, list[Said]] = defaultdict(list)
    for plan, level, by, agreed, returned, first, last in session.execute(
        select(
            Task.plan_id,
            TaskDecision.level,
            TaskDecision.decided_by,
            func.count().filter(TaskDecision.agreed),
            func.count().filter(~TaskDecision.agreed),
            func.min(TaskDecision.decided_at),
            func.max(TaskDecision.decided_at),
        )
        .join(Task, Task.id == TaskDecision.task_id)
        .where(Task.season_id == season_id, Task.plan_id.is_not(None))
        .group_by(Task.plan_id, TaskDecision.level, TaskDecision.decided_by)
        .order_by(func.min(TaskDecision.id))
    ):
        found[plan].append(Said(level, by, agreed, returned, first, last))
    return found
