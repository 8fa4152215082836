"""Reports that never came: they count the lowest grade, so that the others' round can be closed.

One unit that does not report would hold up the month for everybody. Whoever had a good reason is
exempted (`task_changes`); the others have what the scheme gives least for, by an act of the office
with its reason, which stands in each task's trail.
"""

from fractions import Fraction

from sqlalchemy import select

from analysis.score.rules import Given, TaskGrades
from evalsvc.domain.acting import Act
from evalsvc.domain.assessing.task_changes import note_change
from evalsvc.domain.assessing.task_closing import check_reason
from evalsvc.domain.assessing.task_reports import list_grades
from evalsvc.domain.changing import require_changeable
from evalsvc.domain.seasons import get_season_row, read_scheme
from evalsvc.errors import ACT_REFUSED
from evalsvc.models.assessment import Task, TaskReport
from evalsvc.scheme.model import Scheme, list_rules
from evalsvc.text import Text

_NOTE = "到期没有报告"


def settle_missed(act: Act, season_id: int, round_code: str, reason: str) -> int:
    """Give the lowest grade to every report of a round that is overdue and has not come."""
    said = check_reason(reason)
    with act.writing() as session:
        scheme = read_scheme(get_season_row(session, season_id))
        require_changeable(session, season_id)
        rows = session.execute(
            select(TaskReport, Task)
            .join(Task, Task.id == TaskReport.task_id)
            .where(
                Task.season_id == season_id,
                TaskReport.round == round_code,
                TaskReport.reported_at.is_(None),
                TaskReport.due < act.moment,
                TaskReport.grade == "",
                ~TaskReport.exempt,
            )
        ).all()
        if not rows:
            raise ACT_REFUSED.because(
                Text("这一轮没有到期未报的任务", "no report of this round is overdue")
            )
        grade = find_lowest_grade(scheme, round_code)
        for report, task in rows:
            report.grade, report.note, report.weight = grade, f"{_NOTE}：{said}"[:1000], task.weight
            report.graded_by, report.graded_at = act.actor.name, act.moment
            told = {"grade": ("", list_grades(scheme, round_code)[grade].zh)}
            note_change(session, act, task, "missed", told, said, round_code)
        return len(rows)


def find_lowest_grade(scheme: Scheme, round_code: str) -> str:
    """What the score gives least for; where it uses no grades, the last one that is listed."""
    worth: dict[str, Fraction] = {}
    for rule in list_rules(scheme.score):
        for part in rule.grades if isinstance(rule, TaskGrades) else ():
            if isinstance(part.node, Given) and part.node.round == round_code:
                worth[part.node.code] = part.weight
    grades = [*list_grades(scheme, round_code)]
    return min(grades, key=lambda code: (worth.get(code, Fraction(0)), -grades.index(code)))
