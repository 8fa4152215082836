"""Indicators that join during the year: four levels agree 四级联审, then units report on them.

A task that stands is reported on at set times; its lead body grades each report, and the office
lets the grades of a round count as the figures that the scheme asks for.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal, InvalidOperation
from fractions import Fraction

from sqlalchemy import select
from sqlalchemy.orm import Session

from analysis.rules import Given, Rule, TaskGrades
from analysis.validity import list_parts
from evalsvc.db import Database
from evalsvc.domain import events
from evalsvc.domain.actor import Actor
from evalsvc.domain.bodies import DESKS, read_bodies, require_member
from evalsvc.domain.liaisons import list_unit_names, require_own
from evalsvc.domain.seasons import get_season_row, read_scheme
from evalsvc.errors import ACT_REFUSED, ENTRY_REFUSED, NOT_ALLOWED, NOT_FOUND, Problem
from evalsvc.models.assessment import APPROVAL_LEVELS, Task, TaskDecision, TaskReport
from evalsvc.models.figures import Indicator
from evalsvc.scheme.model import Scheme, Text

LONGEST_TEXT = 2_000

# Where the scheme's score does not use grades of tasks, they are kept for the record.
PLAIN_GRADES: Mapping[str, Text] = {
    "excellent": Text("优", "excellent"),
    "good": Text("良", "good"),
    "fair": Text("中", "fair"),
    "poor": Text("差", "poor"),
}


@dataclass(frozen=True)
class Proposal:
    """A task as proposed; `figure` and `last_year` are decimal text or empty."""

    unit: str
    lead: str
    title: str
    target: str
    figure: str
    last_year: str
    weight: str


@dataclass(frozen=True)
class DecisionView:
    """What one level said."""

    level: str
    agreed: bool
    reason: str
    decided_by: str
    decided_at: datetime


@dataclass(frozen=True)
class ReportView:
    """One report of a task, due or given or graded."""

    id: int
    round: str
    due: datetime
    text: str
    reported_by: str | None
    reported_at: datetime | None
    grade: str
    note: str
    graded_by: str | None

    def is_overdue(self, moment: datetime) -> bool:
        return self.reported_at is None and moment > self.due

    @property
    def was_late(self) -> bool:
        return self.reported_at is not None and self.reported_at > self.due


@dataclass(frozen=True)
class TaskView:
    """A task with everything that was said about it."""

    id: int
    season_id: int
    unit: str
    unit_name: str
    lead: str
    lead_name: Text
    title: str
    target: str
    figure: str
    last_year: str
    weight: str
    state: str
    level: str
    proposed_by: str
    proposed_at: datetime
    decisions: tuple[DecisionView, ...]
    reports: tuple[ReportView, ...]

    @property
    def lowers_target(self) -> bool:
        """就高不就低: the new target is below last year's."""
        return bool(self.figure and self.last_year) and (
            Decimal(self.figure) < Decimal(self.last_year)
        )


def propose_task(
    database: Database, season_id: int, proposal: Proposal, actor: Actor, moment: datetime
) -> int:
    """A unit's liaison proposes for it, the office for any; then the four levels follow."""
    _check(proposal)
    with database.writing() as session:
        if not actor.has_role("manager"):
            require_own(session, season_id, proposal.unit, actor)
        _check_codes(session, season_id, proposal)
        row = Task(
            season_id=season_id, unit=proposal.unit, lead=proposal.lead,
            title=proposal.title.strip(), target=proposal.target.strip(),
            figure=proposal.figure or None, last_year=proposal.last_year or None,
            weight=proposal.weight, proposed_by=actor.login, proposed_at=moment,
        )  # fmt: skip
        session.add(row)
        session.flush()
        detail = {"task": str(row.id), "unit": row.unit, "lead": row.lead, "title": row.title}
        events.record(session, actor.login, "propose_task", f"season {season_id}", detail, moment)
        return row.id


def decide_task(
    database: Database, task_id: int, reason: str, actor: Actor, moment: datetime, *, agreed: bool
) -> None:
    """The level that a task waits for agrees, or sends it back with a reason."""
    reason = reason.strip()
    if not agreed and not reason:
        raise _refuse_entry("退回要写明理由", "give the reason for sending it back")
    with database.writing() as session:
        task = _get_task(session, task_id)
        if task.state != "waiting":
            raise _refuse("这项任务不在等审", "this task waits for nobody")
        _require_level(session, task, actor)
        if _has_decided(session, task, actor):
            raise _refuse("四级要由不同的人审；您已经审过这项任务",
                          "every level is another person's; you have decided on this task already")
        session.add(
            TaskDecision(task_id=task.id, level=task.level, agreed=agreed, reason=reason[:2000],
                         decided_by=actor.login, decided_at=moment)
        )  # fmt: skip
        level = task.level
        _move_on(task, agreed=agreed)
        detail = {"task": str(task.id), "level": level, "agreed": str(agreed).lower()}
        subject = f"season {task.season_id}"
        events.record(session, actor.login, "decide_task", subject, detail, moment)


def resubmit_task(
    database: Database, task_id: int, proposal: Proposal, actor: Actor, moment: datetime
) -> None:
    """Put a task that was sent back forward again, as mended; all four levels see it anew."""
    _check(proposal)
    with database.writing() as session:
        task = _get_task(session, task_id)
        if task.state != "returned":
            raise _refuse("只有被退回的任务可以修改后再报", "only a task sent back can be mended")
        if not actor.has_role("manager"):
            require_own(session, task.season_id, task.unit, actor)
        _check_codes(session, task.season_id, proposal)
        task.lead, task.title = proposal.lead, proposal.title.strip()
        task.target, task.weight = proposal.target.strip(), proposal.weight
        task.figure, task.last_year = proposal.figure or None, proposal.last_year or None
        task.state, task.level = "waiting", APPROVAL_LEVELS[0]
        detail = {"task": str(task.id)}
        subject = f"season {task.season_id}"
        events.record(session, actor.login, "resubmit_task", subject, detail, moment)


def ask_for_reports(
    database: Database,
    season_id: int,
    round_code: str,
    due: datetime,
    actor: Actor,
    moment: datetime,
) -> int:
    """Set the time at which every standing task is reported on in a round."""
    with database.writing() as session:
        scheme = read_scheme(get_season_row(session, season_id).scheme)
        if round_code not in {each.code for each in scheme.rounds}:
            raise _refuse_entry("方案没有这个轮次", "the scheme has no such round")
        tasks = session.scalars(
            select(Task).where(Task.season_id == season_id, Task.state == "standing")
        ).all()
        if not tasks:
            raise _refuse("还没有审定的任务", "no task stands yet")
        asked = {row.task_id: row for row in _select_reports(session, season_id, round_code)}
        for task in tasks:
            row = asked.get(task.id) or TaskReport(task_id=task.id, round=round_code, text="")
            if row.reported_at is None:
                row.due = due
            session.add(row)
        detail = {"round": round_code, "due": due.isoformat(), "tasks": str(len(tasks))}
        subject = f"season {season_id}"
        events.record(session, actor.login, "ask_for_reports", subject, detail, moment)
        return len(tasks)


def report_task(
    database: Database, report_id: int, text: str, actor: Actor, moment: datetime
) -> None:
    """A unit reports; until it is graded the report may be replaced."""
    text = text.strip()
    if not text or len(text) > LONGEST_TEXT:
        raise _refuse_entry("请写明进展，最多 2000 个字",
                            "say how far it is, in 2000 characters at most")
    with database.writing() as session:
        report, task = _get_report(session, report_id)
        require_own(session, task.season_id, task.unit, actor)
        if report.grade:
            raise _refuse("牵头单位已经评过这次报告", "the lead body has graded this report")
        report.text, report.reported_by, report.reported_at = text, actor.name, moment
        detail = {"task": str(task.id), "round": report.round}
        subject = f"season {task.season_id}"
        events.record(session, actor.login, "report_task", subject, detail, moment)


def grade_report(
    database: Database, report_id: int, grade: str, note: str, actor: Actor, moment: datetime
) -> None:
    """The lead body grades a report; a later grade takes the place of the first, and is logged."""
    with database.writing() as session:
        report, task = _get_report(session, report_id)
        require_member(session, task.season_id, task.lead, actor)
        if report.reported_at is None:
            raise _refuse("单位还没有报告", "the unit has not reported yet")
        scheme = read_scheme(get_season_row(session, task.season_id).scheme)
        if grade not in list_grades(scheme, report.round):
            raise _refuse_entry("没有这个档次", "there is no such grade")
        before, report.grade, report.note = report.grade, grade, note.strip()[:1000]
        report.graded_by, report.graded_at = actor.name, moment
        detail = {"task": str(task.id), "round": report.round, "grade": grade, "before": before}
        subject = f"season {task.season_id}"
        events.record(session, actor.login, "grade_report", subject, detail, moment)


def count_grades(
    database: Database, season_id: int, round_code: str, actor: Actor, moment: datetime
) -> int:
    """Let a round's grades count: the weight of each unit's tasks by grade, as figures.

    A unit without tasks in the round does not carry it.
    """
    with database.writing() as session:
        scheme = read_scheme(get_season_row(session, season_id).scheme)
        components = _find_grade_components(scheme.score, round_code)
        if not components:
            raise _refuse("方案这一轮的计分没有用到任务档次",
                          "the score does not use grades of tasks in this round")
        reports = _select_reports(session, season_id, round_code)
        ungraded = sum(not row.grade for row in reports)
        if ungraded:
            raise _refuse(f"还有 {ungraded} 个报告没有评档",
                          f"{ungraded} reports have no grade yet")
        weights = _sum_weights(session, reports)
        for unit in list_unit_names(session, season_id):
            for component in components:
                value = _plain(weights[unit].get(component)) if unit in weights else None
                session.merge(
                    Indicator(season_id=season_id, round=round_code, unit=unit,
                              component=component, value=value)
                )  # fmt: skip
        detail = {"round": round_code, "units": str(len(weights))}
        events.record(session, actor.login, "count_grades", f"season {season_id}", detail, moment)
        return len(weights)


def list_tasks(database: Database, season_id: int) -> tuple[TaskView, ...]:
    """All tasks of a season with decisions and reports."""
    with database.reading() as session:
        units = list_unit_names(session, season_id)
        bodies = read_bodies(session, season_id)
        tasks = session.scalars(
            select(Task).where(Task.season_id == season_id).order_by(Task.id)
        ).all()
        ids = [task.id for task in tasks]
        decisions = session.scalars(
            select(TaskDecision).where(TaskDecision.task_id.in_(ids)).order_by(TaskDecision.id)
        ).all()
        reports = session.scalars(
            select(TaskReport).where(TaskReport.task_id.in_(ids)).order_by(TaskReport.due)
        ).all()
        return tuple(_build_view(task, units, bodies, decisions, reports) for task in tasks)


def list_grades(scheme: Scheme, round_code: str) -> Mapping[str, Text]:
    """The grades of a report in a round: the scheme's components, or plain words."""
    names = {each.code: each.name for each in scheme.components}
    found = {code: names[code] for code in _find_grade_components(scheme.score, round_code)}
    return found or PLAIN_GRADES


def get_season_of_task(database: Database, task_id: int) -> int:
    with database.reading() as session:
        return _get_task(session, task_id).season_id


def get_season_of_report(database: Database, report_id: int) -> int:
    with database.reading() as session:
        return _get_report(session, report_id)[1].season_id


def _check(proposal: Proposal) -> None:
    if not proposal.title.strip() or len(proposal.title) > 120:
        raise _refuse_entry("请写明任务名称，最多 120 个字", "give the task's name, 120 characters")
    if not proposal.target.strip() or len(proposal.target) > 500:
        raise _refuse_entry("请写明目标，最多 500 个字", "give the target, 500 characters")
    for text in (proposal.figure, proposal.last_year):
        if text and _find_number(text) is None:
            raise _refuse_entry(f"目标数应为数字，现为 {text[:20]}",
                                f"a target figure is a number; this is {text[:20]}")
    weight = _find_number(proposal.weight)
    if weight is None or not 0 < weight <= 1000:
        raise _refuse_entry("权重应为大于 0 的数字", "the weight is a number above 0")


def _check_codes(session: Session, season_id: int, proposal: Proposal) -> None:
    if proposal.unit not in list_unit_names(session, season_id):
        raise _refuse_entry("名册里没有这个单位", "the roster has no such unit")
    if proposal.lead not in read_bodies(session, season_id).keys() - DESKS.keys():
        raise _refuse_entry("没有这个牵头单位", "there is no such lead body")


def _find_number(text: str) -> Decimal | None:
    try:
        number = Decimal(text)
    except InvalidOperation:
        return None
    return number if number.is_finite() and abs(number) < Decimal(10) ** 12 else None


def _require_level(session: Session, task: Task, actor: Actor) -> None:
    if task.level == "office":
        if not actor.has_role("manager"):
            raise Problem(NOT_ALLOWED, roles=Text("考评管理员", "manager"))
    else:
        body = task.lead if task.level == "lead" else task.level
        require_member(session, task.season_id, body, actor)


def _has_decided(session: Session, task: Task, actor: Actor) -> bool:
    """Whether this person has agreed since the task was last sent back."""
    rows = session.scalars(
        select(TaskDecision).where(TaskDecision.task_id == task.id).order_by(TaskDecision.id)
    ).all()
    since = max((place for place, row in enumerate(rows, 1) if not row.agreed), default=0)
    return any(row.decided_by == actor.login for row in rows[since:])


def _move_on(task: Task, *, agreed: bool) -> None:
    if not agreed:
        task.state, task.level = "returned", ""
        return
    further = APPROVAL_LEVELS[APPROVAL_LEVELS.index(task.level) + 1 :]
    task.state, task.level = ("waiting", further[0]) if further else ("standing", "")


def _find_grade_components(rule: Rule, round_code: str) -> tuple[str, ...]:
    if isinstance(rule, TaskGrades):
        given = [part.node for part in rule.grades]
        return tuple(n.code for n in given if isinstance(n, Given) and n.round == round_code)
    return tuple(
        dict.fromkeys(
            code for part in list_parts(rule) for code in _find_grade_components(part, round_code)
        )
    )


def _sum_weights(
    session: Session, reports: Sequence[TaskReport]
) -> dict[str, dict[str, Fraction]]:
    found: dict[str, dict[str, Fraction]] = {}
    for report in reports:
        task = session.get_one(Task, report.task_id)
        own = found.setdefault(task.unit, {})
        own[report.grade] = own.get(report.grade, Fraction(0)) + Fraction(task.weight)
    return found


def _plain(value: Fraction | None) -> str:
    """A sum of decimals is a decimal."""
    if value is None:
        return "0"
    return f"{Decimal(value.numerator) / Decimal(value.denominator):f}"


def _get_task(session: Session, task_id: int) -> Task:
    row = session.get(Task, task_id, with_for_update=True)
    if row is None:
        raise Problem(NOT_FOUND)
    return row


def _get_report(session: Session, report_id: int) -> tuple[TaskReport, Task]:
    row = session.get(TaskReport, report_id, with_for_update=True)
    if row is None:
        raise Problem(NOT_FOUND)
    return row, session.get_one(Task, row.task_id)


def _select_reports(session: Session, season_id: int, round_code: str) -> Sequence[TaskReport]:
    return session.scalars(
        select(TaskReport)
        .join(Task, Task.id == TaskReport.task_id)
        .where(Task.season_id == season_id, TaskReport.round == round_code)
    ).all()


def _build_view(
    task: Task,
    units: Mapping[str, str],
    bodies: Mapping[str, Text],
    decisions: Sequence[TaskDecision],
    reports: Sequence[TaskReport],
) -> TaskView:
    return TaskView(
        id=task.id,
        season_id=task.season_id,
        unit=task.unit,
        unit_name=units.get(task.unit, task.unit),
        lead=task.lead,
        lead_name=bodies.get(task.lead, Text(task.lead, task.lead)),
        title=task.title,
        target=task.target,
        figure=task.figure or "",
        last_year=task.last_year or "",
        weight=task.weight,
        state=task.state,
        level=task.level,
        proposed_by=task.proposed_by,
        proposed_at=task.proposed_at,
        decisions=tuple(
            DecisionView(row.level, row.agreed, row.reason, row.decided_by, row.decided_at)
            for row in decisions
            if row.task_id == task.id
        ),
        reports=tuple(
            ReportView(row.id, row.round, row.due, row.text, row.reported_by, row.reported_at,
                       row.grade, row.note, row.graded_by)
            for row in reports
            if row.task_id == task.id
        ),
    )  # fmt: skip


def _refuse(zh: str, en: str) -> Problem:
    return Problem(ACT_REFUSED, reason=Text(zh, en))


def _refuse_entry(zh: str, en: str) -> Problem:
    return Problem(ENTRY_REFUSED, reason=Text(zh, en))
