"""How much of a round has been entered: figures, bodies' sheets, reports on tasks."""

from dataclasses import dataclass

from sqlalchemy import func, select

from evalsvc.db import Database
from evalsvc.domain.seasons import get_round_row
from evalsvc.models.assessment import BodySheet, Task, TaskReport
from evalsvc.models.figures import Indicator


@dataclass(frozen=True)
class Entered:
    """Figures that count, sheets with those accepted, reports with those given and graded."""

    figures: int
    sheets: int
    accepted: int
    reports: int
    given: int
    graded: int


def count_entered(database: Database, round_id: int) -> Entered:
    """What has come in for a round without questionnaires."""
    with database.reading() as session:
        row = get_round_row(session, round_id)
        figures = select(func.count()).where(
            Indicator.season_id == row.season_id, Indicator.round == row.code
        )
        sheets = (
            select(func.count(), func.count().filter(BodySheet.state == "accepted"))
            .select_from(BodySheet)
            .where(BodySheet.season_id == row.season_id, BodySheet.round == row.code)
        )
        reports = (
            select(
                func.count(),
                func.count(TaskReport.reported_at),
                func.count().filter(TaskReport.grade != ""),
            )
            .select_from(TaskReport)
            .join(Task, Task.id == TaskReport.task_id)
            .where(Task.season_id == row.season_id, TaskReport.round == row.code)
        )
        n_sheets, accepted = session.execute(sheets).one()
        asked, given, graded = session.execute(reports).one()
        return Entered(session.scalar(figures) or 0, n_sheets, accepted, asked, given, graded)
