"""What is done to a task that stands: mended, split, withdrawn, exempted; each with its reason.

What was graded stays as it was graded, with the weight of that time. What is still open goes by
the change: a report that is no longer owed is neither missing nor counted.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from evalsvc.box.log_words import Verb, about_season
from evalsvc.db import Database
from evalsvc.domain.acting import Act
from evalsvc.domain.assessing.task_closing import check_reason
from evalsvc.domain.assessing.task_list import TaskView
from evalsvc.domain.assessing.task_reports import get_report_row, is_due
from evalsvc.domain.assessing.tasks import (
    Proposal,
    build_task,
    check_proposal,
    get_task_row,
    lowers,
    write_words,
)
from evalsvc.domain.changing import require_changeable
from evalsvc.errors import ACT_REFUSED, ENTRY_REFUSED
from evalsvc.models.assessment import Task, TaskChange, TaskReport
from evalsvc.text import Text

MOST_PARTS = 6
_WORDS = ("lead", "title", "target", "figure", "weight", "rounds")


@dataclass(frozen=True)
class Part:
    """What a task is split into: all but its weight and words stays the task's."""

    title: str
    target: str
    weight: str


@dataclass(frozen=True)
class ChangeView:
    """One thing that was done; `told` says by what: before and after."""

    kind: str
    round: str
    told: Mapping[str, tuple[str, str]]
    reason: str
    by: str
    at: datetime


def mend_task(act: Act, task_id: int, proposal: Proposal, reason: str) -> None:
    """Other words, another weight or other rounds, from the reports on that are not graded yet."""
    said = check_reason(reason)
    with act.writing() as session:
        task = _get_open(session, task_id)
        lower = lowers(proposal.figure, proposal.last_year)
        wanted = replace(proposal, unit=task.unit, lowered=said if lower else "")
        check_proposal(session, act.actor, task.season_id, wanted)
        before = {word: getattr(task, word) or "" for word in _WORDS}
        write_words(task, wanted)
        after = {word: getattr(task, word) or "" for word in _WORDS}
        told = {word: (before[word], after[word]) for word in _WORDS if before[word] != after[word]}
        if not told:
            raise ENTRY_REFUSED.because(Text("没有改动", "nothing is changed"))
        exempted = _list_exempted(session, task)
        for report in _list_open(session, task):
            # What was exempted for a reason of its own stays so.
            report.exempt = report.round in exempted or not is_due(task, report.round)
        note_change(session, act, task, "mended", told, said)


def split_task(act: Act, task_id: int, parts: Sequence[Part], reason: str) -> None:
    """Several tasks in the place of one; their weights are its weight, so that volume stays."""
    said = check_reason(reason)
    with act.writing() as session:
        task = _get_open(session, task_id)
        proposals = [_build_part(task, each) for each in parts]
        if not 2 <= len(parts) <= MOST_PARTS:
            raise ENTRY_REFUSED.because(
                Text(f"请拆成 2 至 {MOST_PARTS} 项", f"split it into 2 to {MOST_PARTS} tasks")
            )
        for proposal in proposals:
            check_proposal(session, act.actor, task.season_id, proposal)
        total = sum(Decimal(each.weight) for each in proposals)
        if total != Decimal(task.weight):
            raise ENTRY_REFUSED.because(
                Text(
                    f"各项权重之和应等于原来的 {task.weight}，现为 {total}",
                    f"the weights have to add up to {task.weight}; they are {total}",
                )
            )
        _require_none_ungraded(session, task)
        for proposal in proposals:
            _add_part(session, act, task, proposal)
        _end(session, task, "split")
        told = {each.title: (task.weight, each.weight) for each in parts}
        note_change(session, act, task, "split", told, said)


def withdraw_task(act: Act, task_id: int, reason: str) -> None:
    """A task that is no more: what was graded stays, and nothing further is owed."""
    said = check_reason(reason)
    with act.writing() as session:
        task = get_task_row(session, task_id)
        require_changeable(session, task.season_id)
        if task.state not in ("standing", "waiting", "returned"):
            raise ACT_REFUSED.because(Text("这项任务已经不在了", "this task is no more"))
        _require_none_ungraded(session, task)
        told = {"state": (task.state, "withdrawn")}
        _end(session, task, "withdrawn")
        note_change(session, act, task, "withdrawn", told, said)


def exempt_report(act: Act, report_id: int, reason: str) -> None:
    """One round in which a task need not be reported on; the unit carries so much less in it."""
    said = check_reason(reason)
    with act.writing() as session:
        report, task = get_report_row(session, report_id)
        require_changeable(session, task.season_id)
        if report.grade or report.exempt:
            raise ACT_REFUSED.because(
                Text("这次报告已经评档或者免报", "this report is graded or exempt already")
            )
        volume = _sum_volumes(session, task.season_id, task.unit).get(report.round, Decimal(0))
        report.exempt = True
        told = {"volume": (f"{volume}", f"{volume - Decimal(task.weight)}")}
        note_change(session, act, task, "exempted", told, said, report.round)


def restore_report(act: Act, report_id: int, reason: str) -> None:
    """Owe a report again that was exempted by mistake."""
    said = check_reason(reason)
    with act.writing() as session:
        report, task = get_report_row(session, report_id)
        require_changeable(session, task.season_id)
        if not report.exempt or task.state != "standing" or not is_due(task, report.round):
            raise ACT_REFUSED.because(
                Text(
                    "这次报告没有免报，或者任务已经不报这一轮",
                    "this report is not exempt, or the task is not due in this round",
                )
            )
        volume = _sum_volumes(session, task.season_id, task.unit).get(report.round, Decimal(0))
        report.exempt = False
        told = {"volume": (f"{volume}", f"{volume + Decimal(task.weight)}")}
        note_change(session, act, task, "restored", told, said, report.round)


def list_changes(database: Database, task_id: int) -> tuple[ChangeView, ...]:
    """What was done to a task, in its order."""
    with database.reading() as session:
        rows = session.scalars(
            select(TaskChange).where(TaskChange.task_id == task_id).order_by(TaskChange.id)
        )
        return tuple(
            ChangeView(
                row.kind,
                row.round,
                {word: (pair[0], pair[1]) for word, pair in json.loads(row.told).items()},
                row.reason,
                row.changed_by,
                row.changed_at,
            )
            for row in rows
        )


def tell_exemptions(database: Database, task: TaskView) -> Mapping[str, tuple[Decimal, Decimal]]:
    """How much the task's unit carries in each of its rounds, and how much without this task."""
    with database.reading() as session:
        volumes = _sum_volumes(session, task.season_id, task.unit)
        weight = Decimal(task.weight)
        return {
            each.round: (volumes[each.round], volumes[each.round] - weight)
            for each in task.reports
            if not each.exempt
        }


def _get_open(session: Session, task_id: int) -> Task:
    task = get_task_row(session, task_id)
    require_changeable(session, task.season_id)
    if task.state != "standing":
        raise ACT_REFUSED.because(
            Text("只有审定的任务可以这样改", "only a task that stands is changed like this")
        )
    return task


def _list_open(session: Session, task: Task) -> Sequence[TaskReport]:
    """Reports that were neither given nor graded."""
    return session.scalars(
        select(TaskReport).where(
            TaskReport.task_id == task.id, TaskReport.grade == "", TaskReport.reported_at.is_(None)
        )
    ).all()


def _list_exempted(session: Session, task: Task) -> frozenset[str]:
    """The rounds that somebody exempted, and nobody restored since."""
    rows = session.execute(
        select(TaskChange.round, TaskChange.kind)
        .where(TaskChange.task_id == task.id, TaskChange.kind.in_(("exempted", "restored")))
        .order_by(TaskChange.id)
    )
    last = {row.round: row.kind for row in rows}
    return frozenset(code for code, kind in last.items() if kind == "exempted")


def _require_none_ungraded(session: Session, task: Task) -> None:
    """What a unit has written is graded before its task goes."""
    n = len(
        session.scalars(
            select(TaskReport.id).where(
                TaskReport.task_id == task.id,
                TaskReport.grade == "",
                TaskReport.reported_at.is_not(None),
                ~TaskReport.exempt,
            )
        ).all()
    )
    if n:
        raise ACT_REFUSED.because(
            Text(
                f"还有 {n} 个已报的报告没有评档，请先评档或者免报",
                f"{n} reports that were given have no grade; grade or exempt them first",
            )
        )


def _build_part(task: Task, part: Part) -> Proposal:
    return Proposal(
        unit=task.unit,
        lead=task.lead,
        title=part.title,
        target=part.target,
        figure="",
        last_year="",
        weight=part.weight,
        rounds=tuple(task.rounds.split()),
    )


def _add_part(session: Session, act: Act, task: Task, proposal: Proposal) -> None:
    """A part stands at once, and owes what its task still owed."""
    part = build_task(act, task.season_id, proposal)
    part.state, part.level = "standing", ""
    session.add(part)
    session.flush()
    session.add_all(
        TaskReport(task_id=part.id, round=report.round, due=report.due, text="")
        for report in _list_open(session, task)
        if not report.exempt
    )


def _end(session: Session, task: Task, state: str) -> None:
    for report in _list_open(session, task):
        report.exempt = True
    task.state, task.level = state, ""


def _sum_volumes(session: Session, season_id: int, unit: str) -> dict[str, Decimal]:
    found: dict[str, Decimal] = {}
    rows = session.execute(
        select(TaskReport.round, TaskReport.weight, Task.weight)
        .join(Task, Task.id == TaskReport.task_id)
        .where(Task.season_id == season_id, Task.unit == unit, ~TaskReport.exempt)
    )
    for code, graded, weight in rows:
        found[code] = found.get(code, Decimal(0)) + Decimal(graded or weight)
    return found


def note_change(
    session: Session,
    act: Act,
    task: Task,
    kind: str,
    told: Mapping[str, tuple[str, str]],
    reason: str,
    round_code: str = "",
) -> None:
    """Leave a step in a task's trail, and in the log."""
    session.add(
        TaskChange(
            task_id=task.id,
            kind=kind,
            round=round_code,
            told=json.dumps(told, ensure_ascii=False),
            reason=reason,
            changed_by=act.actor.name,
            changed_at=act.moment,
        )
    )
    detail = {"task": str(task.id), "kind": kind, "round": round_code, "reason": reason}
    act.tell(session, Verb.CHANGE_TASK, about_season(task.season_id), detail)
