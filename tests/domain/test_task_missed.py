"""One unit that does not report holds up nobody: the lowest grade by an act, with its trail."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from analysis.score.tree import Node
from evalsvc.domain.acting import Act
from evalsvc.domain.assessing import task_changes, task_missed, task_reports
from evalsvc.domain.concluding import results
from evalsvc.errors import ACT_REFUSED, ENTRY_REFUSED, Problem
from evalsvc.models.assessment import TaskReport
from tests.cast import MANAGER, MORNING, Installation, build_installation
from tests.office_cast import add_months

LATER = MORNING + timedelta(days=2)


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Installation]:
    built = build_installation(tmp_path)
    yield built
    built.database.close()


@pytest.fixture
def season_id(place: Installation) -> int:
    """Two tasks of each of three units; those of the last are not reported on."""
    season_id = add_months(place, 3, 2, 2, ("m01",))
    with place.database.writing() as session:
        reports = session.scalars(select(TaskReport).order_by(TaskReport.id)).all()
        for report in reports[:4]:
            report.grade, report.weight = "tasks.m01.a", "1"
        for report in reports[4:]:
            report.reported_at = report.reported_by = None
    return season_id


def test_the_others_month_is_counted(place: Installation, season_id: int) -> None:
    act = Act(place.database, MANAGER, LATER)
    with pytest.raises(Problem) as found:
        task_reports.count_grades(act, season_id, "m01")
    assert "还有 2 个报告没有评档" in found.value.text.zh
    assert task_missed.settle_missed(act, season_id, "m01", "催报三次未报") == 2
    task_reports.count_grades(act, season_id, "m01")
    results.compute_result(act, place.settings, season_id)
    units = results.get_result(place.database, season_id).units
    # 优 is 100 for both tasks, and 差 50; the town has no tasks.
    assert [find(unit.tree, "goals.m01").value for unit in units] == [100, 100, 50, None]


def find(tree: Node, code: str) -> Node:
    return next(node for node in tree.walk() if node.code == code)


def test_the_trail_says_who_and_why(place: Installation, season_id: int) -> None:
    task_missed.settle_missed(Act(place.database, MANAGER, LATER), season_id, "m01", "催报未报")
    with place.database.reading() as session:
        report = session.scalars(select(TaskReport).order_by(TaskReport.id.desc())).first()
        assert report is not None
        assert (report.grade, report.graded_by, report.note) == (
            "tasks.m01.d",
            MANAGER.name,
            "到期没有报告：催报未报",
        )
        task_id = report.task_id
    (step,) = task_changes.list_changes(place.database, task_id)
    assert (step.kind, step.round, step.reason, step.by) == (
        "missed",
        "m01",
        "催报未报",
        MANAGER.name,
    )


def test_who_is_exempt_or_still_has_time_is_left_alone(place: Installation, season_id: int) -> None:
    early = Act(place.database, MANAGER, MORNING)
    with pytest.raises(Problem) as found:
        task_missed.settle_missed(early, season_id, "m01", "催报未报")
    assert found.value.kind is ACT_REFUSED
    with pytest.raises(Problem) as found:
        task_missed.settle_missed(early, season_id, "m01", " ")
    assert found.value.kind is ENTRY_REFUSED
    with place.database.reading() as session:
        last = max(session.scalars(select(TaskReport.id)))
    task_changes.exempt_report(Act(place.database, MANAGER, LATER), last, "机构改革")
    later = Act(place.database, MANAGER, LATER)
    assert task_missed.settle_missed(later, season_id, "m01", "催报未报") == 1
