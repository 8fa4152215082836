"""Tasks that stand are reported on at set times; the lead body grades, the office lets it count."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from fractions import Fraction

from sqlalchemy import select
from sqlalchemy.orm import Session

from analysis.score.rules import Given, Rule, TaskGrades
from evalsvc.box.log_words import Verb, about_season
from evalsvc.db import Database
from evalsvc.domain.acting import Act
from evalsvc.domain.actor import Actor
from evalsvc.domain.assessing.counted import write_counted
from evalsvc.domain.assessing.figure_trail import note_changes
from evalsvc.domain.assessing.tasks import find_number
from evalsvc.domain.changing import require_changeable
from evalsvc.domain.people.bindings import list_own_codes
from evalsvc.domain.people.bodies import require_member
from evalsvc.domain.people.liaisons import list_unit_names, require_own
from evalsvc.domain.seasons import freeze_scheme, get_season_row, read_scheme
from evalsvc.errors import ACT_REFUSED, ENTRY_REFUSED, NOT_FOUND, Problem
from evalsvc.models.assessment import Task, TaskReport
from evalsvc.models.publication import Liaison
from evalsvc.scheme.model import Scheme
from evalsvc.text import Text

LONGEST_TEXT = 2_000

# Where the scheme's score does not use grades of tasks, they are kept for the record.
PLAIN_GRADES: Mapping[str, Text] = {
    "excellent": Text("优", "excellent"),
    "good": Text("良", "good"),
    "fair": Text("中", "fair"),
    "poor": Text("差", "poor"),
}


@dataclass(frozen=True)
class Progress:
    """How far a task is, and the figure reached where its target is one; decimal text or empty.

    None leaves what was said before.
    """

    text: str | None
    actual: str | None = None


@dataclass(frozen=True)
class Grading:
    """A grade for one report, by the code that the scheme gives it in the report's round."""

    report: int
    grade: str
    note: str


def ask_for_reports(act: Act, season_id: int, round_code: str, due: datetime) -> int:
    """Set the time at which the standing tasks that are due in a round are reported on."""
    with act.writing() as session:
        scheme = read_scheme(get_season_row(session, season_id))
        require_changeable(session, season_id)
        if round_code not in {each.code for each in scheme.rounds}:
            raise ENTRY_REFUSED.because(Text("方案没有这个轮次", "the scheme has no such round"))
        tasks = session.scalars(
            select(Task).where(Task.season_id == season_id, Task.state == "standing")
        ).all()
        if not tasks:
            raise ACT_REFUSED.because(Text("还没有审定的任务", "no task stands yet"))
        # A task that is not due in this round owes nothing, and is not counted in it.
        due_here = [each for each in tasks if is_due(each, round_code)]
        if not due_here:
            raise ACT_REFUSED.because(Text("这一轮没有要报的任务", "no task is due in this round"))
        asked = {row.task_id: row for row in _select_reports(session, season_id, round_code)}
        for task in due_here:
            row = asked.get(task.id) or TaskReport(task_id=task.id, round=round_code, text="")
            # Who has reported did so by the time that was set then.
            if row.reported_at is None:
                row.due = due
            session.add(row)
        detail = {"round": round_code, "due": due.isoformat(), "tasks": str(len(due_here))}
        act.tell(session, Verb.ASK_FOR_REPORTS, about_season(season_id), detail)
        return len(due_here)


def is_due(task: Task, round_code: str) -> bool:
    """Whether a task is reported on in a round: in those it names, or else in every one."""
    return not task.rounds or round_code in task.rounds.split()


def report_task(act: Act, report_id: int, text: str, actual: str | None = None) -> None:
    """A unit reports; until it is graded the report may be replaced."""
    report_tasks(act, None, {report_id: Progress(text, actual)})


def report_tasks(act: Act, season_id: int | None, reports: Mapping[int, Progress]) -> None:
    """Several reports of a season at once: all of them, or with one that is refused none."""
    if not reports:
        raise ENTRY_REFUSED.because(Text("没有写进展", "nothing was written"))
    with act.writing() as session:
        for report_id, progress in reports.items():
            report, task = get_in_season(session, season_id, report_id)
            enter_progress(session, act, task, report, progress)


def grade_report(act: Act, report_id: int, grade: str, note: str) -> None:
    """The lead body grades a report; a later grade takes the place of the first, and is logged."""
    grade_reports(act, None, (Grading(report_id, grade, note),))


def grade_reports(act: Act, season_id: int | None, gradings: Sequence[Grading]) -> None:
    """Several grades of a season at once: all of them, or with one that is refused none."""
    if not gradings:
        raise ENTRY_REFUSED.because(Text("没有选档次", "no grade was chosen"))
    with act.writing() as session:
        for grading in gradings:
            report, task = get_in_season(session, season_id, grading.report)
            scheme = read_scheme(get_season_row(session, task.season_id))
            enter_grade(session, act, scheme, task, report, grading)


def count_grades(act: Act, season_id: int, round_code: str) -> int:
    """Let a round's grades count: the weight of each unit's tasks by grade, as figures.

    A unit without tasks in the round does not carry it.
    """
    with act.writing() as session:
        season = get_season_row(session, season_id)
        scheme = read_scheme(season)
        components = _find_grade_components(scheme.score, round_code)
        if not components:
            raise ACT_REFUSED.because(
                Text(
                    "方案这一轮的计分没有用到任务档次",
                    "the score does not use grades of tasks in this round",
                )
            )
        require_changeable(session, season_id)
        reports = [row for row in _select_reports(session, season_id, round_code) if not row.exempt]
        # Grades that come later would make figures that nobody counted again.
        ungraded = sum(not row.grade for row in reports)
        if ungraded:
            raise ACT_REFUSED.because(
                Text(f"还有 {ungraded} 个报告没有评档", f"{ungraded} reports have no grade yet")
            )
        freeze_scheme(season, act.moment)
        weights = _sum_weights(session, reports)
        figures = {
            # A grade that none of a unit's tasks has is 0;
            # a unit without tasks does not carry it at all.
            (round_code, unit, component): (
                _plain(weights[unit].get(component)) if unit in weights else None
            )
            for unit in list_unit_names(session, season_id)
            for component in components
        }
        # Counted again, what is another figure now is told of like a body's.
        reason = "重新计入任务档次"
        note_changes(session, season_id, figures, reason, act.actor.name, act.moment)
        write_counted(session, act, season_id, figures, "grades")
        detail = {"round": round_code, "units": str(len(weights))}
        act.tell(session, Verb.COUNT_GRADES, about_season(season_id), detail)
        return len(weights)


def list_grades(scheme: Scheme, round_code: str) -> Mapping[str, Text]:
    """The grades of a report in a round: the scheme's components, or plain words."""
    # As the scheme calls the grade; without that, as it calls the figure that counts them.
    names = {each.code: each.name for each in scheme.components} | dict(scheme.grade_names)
    found = {code: names[code] for code in _find_grade_components(scheme.score, round_code)}
    return found or PLAIN_GRADES


def list_rounds(scheme: Scheme) -> tuple[str, ...]:
    """The rounds in which tasks are reported on: those whose score uses grades, or else all."""
    codes = tuple(each.code for each in scheme.rounds)
    graded = tuple(code for code in codes if _find_grade_components(scheme.score, code))
    return graded or codes


def get_task_of_report(database: Database, report_id: int) -> int:
    with database.reading() as session:
        return get_report_row(session, report_id)[1].id


def get_report_row(session: Session, report_id: int) -> tuple[TaskReport, Task]:
    row = session.get(TaskReport, report_id, with_for_update=True)
    if row is None:
        raise Problem(NOT_FOUND)
    return row, session.get_one(Task, row.task_id)


def get_in_season(
    session: Session, season_id: int | None, report_id: int
) -> tuple[TaskReport, Task]:
    """A report with its task, locked; one of another season is not there."""
    report, task = get_report_row(session, report_id)
    if season_id not in (None, task.season_id):
        raise Problem(NOT_FOUND)
    return report, task


def check_progress(
    session: Session, actor: Actor, task: Task, report: TaskReport, progress: Progress
) -> None:
    """Refuse what may not be reported, or not by this colleague."""
    require_own(session, task.season_id, task.unit, actor)
    _require_owed(session, task, report)
    text = (report.text if progress.text is None else progress.text).strip()
    if not text or len(text) > LONGEST_TEXT:
        raise ENTRY_REFUSED.because(
            Text("请写明进展，最多 2000 个字", "say how far it is, in 2000 characters at most")
        )
    if progress.actual and find_number(progress.actual) is None:
        raise ENTRY_REFUSED.because(
            Text(
                f"完成数应为数字，现为 {progress.actual[:20]}",
                f"the figure reached is a number; this is {progress.actual[:20]}",
            )
        )
    # What was graded has to stay what was read.
    if report.grade:
        raise ACT_REFUSED.because(
            Text("牵头单位已经评过这次报告", "the lead body has graded this report")
        )


def enter_progress(
    session: Session, act: Act, task: Task, report: TaskReport, progress: Progress
) -> None:
    check_progress(session, act.actor, task, report, progress)
    report.text = report.text if progress.text is None else progress.text.strip()
    report.actual = report.actual if progress.actual is None else progress.actual
    report.reported_by, report.reported_at = act.actor.name, act.moment
    detail = {"task": str(task.id), "round": report.round}
    act.tell(session, Verb.REPORT_TASK, about_season(task.season_id), detail)


def check_grade(
    session: Session, actor: Actor, scheme: Scheme, task: Task, report: TaskReport, grading: Grading
) -> None:
    """Refuse a grade that may not be given, or not by this colleague."""
    _require_grader(session, task, actor)
    _require_owed(session, task, report)
    if report.reported_at is None:
        raise ACT_REFUSED.because(
            Text(f"“{task.title}”单位还没有报告", f"“{task.title}”: the unit has not reported yet")
        )
    if grading.grade not in list_grades(scheme, report.round):
        raise ENTRY_REFUSED.because(Text("没有这个档次", "there is no such grade"))


def enter_grade(
    session: Session, act: Act, scheme: Scheme, task: Task, report: TaskReport, grading: Grading
) -> None:
    check_grade(session, act.actor, scheme, task, report, grading)
    # The grade before goes into the log; the row has the last one only.
    before, report.grade, report.note = report.grade, grading.grade, grading.note.strip()[:1000]
    report.graded_by, report.graded_at = act.actor.name, act.moment
    report.weight = task.weight
    detail = {"task": str(task.id), "round": report.round, "grade": report.grade, "before": before}
    act.tell(session, Verb.GRADE_REPORT, about_season(task.season_id), detail)


def _require_owed(session: Session, task: Task, report: TaskReport) -> None:
    """Refuse what is about a report that nobody owes, or that a shown result rests on."""
    require_changeable(session, task.season_id)
    if report.exempt:
        raise ACT_REFUSED.because(
            Text(f"“{task.title}”这一轮免报", f"no report on “{task.title}” is owed in this round")
        )


def _require_grader(session: Session, task: Task, actor: Actor) -> None:
    """The lead; the office where a unit leads its own task; and nobody who speaks for the unit."""
    if task.lead != task.unit:
        require_member(session, task.season_id, task.lead, actor)
    elif not actor.has_role("manager"):
        raise ACT_REFUSED.because(
            Text(
                f"“{task.title}”由本单位牵头，不能自己评自己，由考评办评档",
                f"“{task.title}” is led by its own unit, so that the office grades it",
            )
        )
    if task.unit in list_own_codes(session, Liaison.unit, task.season_id, actor):
        raise ACT_REFUSED.because(
            Text(
                f"“{task.title}”是您联络的单位的任务，请由牵头单位的其他同事评档",
                f"“{task.title}” is of a unit that you speak for; a colleague has to grade it",
            )
        )


def _find_grade_components(rule: Rule, round_code: str) -> tuple[str, ...]:
    if isinstance(rule, TaskGrades):
        given = [part.node for part in rule.grades]
        return tuple(n.code for n in given if isinstance(n, Given) and n.round == round_code)
    return tuple(
        dict.fromkeys(
            code for part in rule.below for code in _find_grade_components(part, round_code)
        )
    )


def _sum_weights(session: Session, reports: Sequence[TaskReport]) -> dict[str, dict[str, Fraction]]:
    found: dict[str, dict[str, Fraction]] = {}
    # In the session at once, and not one by one.
    tasks = select(Task).where(
        Task.id.in_(
            select(TaskReport.task_id).where(TaskReport.id.in_([each.id for each in reports]))
        )
    )
    known = {task.id: task for task in session.scalars(tasks)}
    for report in reports:
        task = known[report.task_id]
        own = found.setdefault(task.unit, {})
        own[report.grade] = own.get(report.grade, Fraction(0)) + Fraction(
            report.weight or task.weight
        )
    return found


def _plain(value: Fraction | None) -> str:
    """A sum of decimals is a decimal."""
    if value is None:
        return "0"
    return f"{Decimal(value.numerator) / Decimal(value.denominator):f}"


def _select_reports(session: Session, season_id: int, round_code: str) -> Sequence[TaskReport]:
    return session.scalars(
        select(TaskReport)
        .join(Task, Task.id == TaskReport.task_id)
        .where(Task.season_id == season_id, TaskReport.round == round_code)
    ).all()
