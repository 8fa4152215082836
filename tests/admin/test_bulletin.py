"""The bulletin of tasks: what was due, given, late and graded by then, by lead body."""

import io
from collections.abc import Callable
from datetime import timedelta

import pypdf
import pytest

from evalsvc.domain.acting import Act
from evalsvc.domain.assessing import task_reports
from evalsvc.reports.documents.bulletin import LateTask, ReportCounts
from evalsvc.work.bulletin import build_bulletin
from tests.admin.conftest import Clerk
from tests.cast import MORNING, Installation
from tests.domain.test_attachments import add_report
from tests.office_cast import add_bodies_season, add_liaison, add_staff
from tests.saying import spoken

DUE = MORNING + timedelta(days=5)
BEFORE, AFTER = MORNING + timedelta(days=1), MORNING + timedelta(days=6)


@pytest.fixture
def season_id(installation: Installation) -> int:
    """Two tasks of u01, led by u02; the first is to be reported on."""
    found = add_bodies_season(installation)
    add_report(installation, found)
    return found


def test_a_round_is_counted_by_lead_body(installation: Installation, season_id: int) -> None:
    database = installation.database
    early = spoken(build_bulletin(database, season_id, "year_end", BEFORE))
    assert (early.total, early.late) == (ReportCounts(1, 0, 0, 0, 0, {}), ())
    missed = spoken(build_bulletin(database, season_id, "year_end", AFTER))
    assert missed.leads == (("部门02", ReportCounts(1, 0, 0, 1, 0, {})),)
    assert [(u.name, u.counts.missed, u.place) for u in missed.units] == [("部门01", 1, None)]
    assert missed.late == (LateTask("部门01", "农村公路", "部门02", DUE, None),)
    liaison = add_liaison(installation, season_id)
    lead = add_staff(installation, "lead", "assessor")
    task_reports.report_task(Act(database, liaison, AFTER), 1, "已完工")
    task_reports.grade_report(Act(database, lead, AFTER), 1, "good", "")
    done = spoken(build_bulletin(database, season_id, "year_end", AFTER))
    assert done.total == ReportCounts(1, 1, 1, 0, 1, {1: 1})
    assert done.late == (LateTask("部门01", "农村公路", "部门02", DUE, AFTER),)
    assert spoken(build_bulletin(database, season_id, "half_year", AFTER)).leads == ()


def test_the_office_downloads_it(
    season_id: int, manager: Clerk, seat: Callable[[str], Clerk]
) -> None:
    assert manager.get(f"/seasons/{season_id}/tasks").has("下载通报：年终（PDF）")
    path = f"/seasons/{season_id}/tasks/bulletin"
    pdf = pypdf.PdfReader(io.BytesIO(manager.get(f"{path}/year_end.pdf").bytes))
    text = "".join(page.extract_text() for page in pdf.pages).replace("\n", "")
    for said in ("任务进展情况通报（年终）", "应报告任务1项", "到时间没有报告1项", "没有报告"):
        assert said in text.replace(" ", "")
    assert manager.get(f"{path}/none.pdf").status == 404
    assert seat("liaison").get(f"{path}/year_end.pdf").status == 403
    assert "下载通报" not in seat("liaison").get(f"/seasons/{season_id}/tasks").text
    english = manager.get(f"{path}/year_end.pdf?lang=en").bytes
    assert "Bulletin of tasks" in pypdf.PdfReader(io.BytesIO(english)).pages[0].extract_text()
