"""A figure that a body or a lead unit handed in, changed by the office: with a reason, and seen."""

import csv
import io
import json
from collections.abc import Callable

import pytest
from sqlalchemy import select

from evalsvc.domain.acting import Act
from evalsvc.domain.assessing import assessments, figure_trail, task_reports
from evalsvc.domain.assessing.assessments import Entry
from evalsvc.domain.assessing.overruled import list_overruled
from evalsvc.domain.concluding import archive, results
from evalsvc.domain.events import list_events
from evalsvc.evidence.archive import read_zip
from evalsvc.evidence.verify.verdict import verify
from evalsvc.models.assessment import TaskReport
from evalsvc.models.figures import Indicator
from tests.admin.conftest import Clerk
from tests.cast import MANAGER, MORNING, Installation
from tests.office_cast import (
    SAFETY,
    add_assessor,
    add_bodies_season,
    add_figures,
    add_liaison,
    add_months,
    ask,
    fill,
)

SHEET = ("year_end", "emergency")
WHY = "市里通报的事故没有算进去"


@pytest.fixture
def season_id(installation: Installation) -> int:
    """应急局 has handed in 88.5 for every unit, and the office has accepted its sheet."""
    found = add_bodies_season(installation)
    add_figures(installation, found)
    ask(installation, found)
    hand_in(installation, found, fill())
    act = Act(installation.database, MANAGER, MORNING)
    assessments.accept_sheet(act, found, *SHEET)
    return found


def hand_in(installation: Installation, season_id: int, entries: list[Entry]) -> None:
    act = Act(installation.database, add_assessor(installation, season_id), MORNING)
    assessments.save_entries(act, season_id, *SHEET, entries, ())
    assessments.hand_in(act, season_id, *SHEET)


def at(season_id: int, unit: str = "u03", component: str = SAFETY) -> str:
    return f"/seasons/{season_id}/figures/table/year_end/{unit}/{component}"


def find(installation: Installation, season_id: int, unit: str = "u03") -> str | None:
    with installation.database.reading() as session:
        return session.get_one(Indicator, (season_id, "year_end", unit, SAFETY)).value


def overrule(manager: Clerk, season_id: int, value: str = "70", why: str = WHY) -> int:
    return manager.post(at(season_id), {"seen": "88.5", "value": value, "reason": why}).status


def test_it_takes_a_reason_and_another_figure(
    installation: Installation, manager: Clerk, season_id: int
) -> None:
    page = manager.get(at(season_id))
    assert page.has("由应急局报", "改应急局报的数", "要写理由")
    assert overrule(manager, season_id, why=" ") == 422
    assert overrule(manager, season_id, value="101") == 422
    assert overrule(manager, season_id, value="") == 422
    assert overrule(manager, season_id, value="88.50") == 422
    assert find(installation, season_id) == "88.5"
    assert overrule(manager, season_id) == 302
    assert find(installation, season_id) == "70"
    told = list_events(installation.database)[0]
    assert (told.verb, told.actor, json.loads(told.detail)) == (
        "overrule_figure",
        "manager",
        {
            "round": "year_end",
            "unit": "u03",
            "component": SAFETY,
            "before": "88.5",
            "after": "70",
            "owner": "应急局",
            "reason": WHY,
        },
    )
    # Done twice, the second meets another figure than it was typed for.
    assert overrule(manager, season_id) == 409


def test_the_body_sees_both_figures_on_its_board_and_its_sheet(
    installation: Installation, manager: Clerk, seat: Callable[[str], Clerk], season_id: int
) -> None:
    body = seat("assessor")
    assert "考评办改过" not in body.get("/").text
    overrule(manager, season_id)
    assert body.get("/").has("考评办改过您报的 1 个数")
    assert body.get(f"/seasons/{season_id}/sheets").has("已采用", "其中 1 个数考评办另改过")
    sheet = body.get(f"/seasons/{season_id}/sheets/year_end/emergency")
    assert sheet.has("已采用，其中 1 个数考评办另改过", "88.5 计 70", "考评办另改过的数", "部门03")
    assert sheet.has(WHY, "考评办")
    assert manager.get(f"/seasons/{season_id}/bodies").has("其中 1 个数考评办另改过")
    # Another body's colleague is told nothing.
    assert list_overruled(installation.database, season_id, {"secrets"}) == ()


def test_the_result_shows_it_everywhere_and_the_package_verifies(
    installation: Installation, manager: Clerk, season_id: int
) -> None:
    overrule(manager, season_id)
    act = Act(installation.database, MANAGER, MORNING)
    results.compute_result(act, installation.settings, season_id)
    page = manager.get(f"/seasons/{season_id}/results/u03")
    assert page.has("采用以后改过的数", "88.5", "70", WHY)
    changes = figure_trail.list_changes(installation.database, season_id)
    assert [(each.unit, each.before, each.after, each.reason) for each in changes] == [
        ("u03", "88.5", "70", WHY)
    ]
    files = read_zip(
        archive.build_audit_package(installation.database, installation.settings, season_id), 10**8
    )
    (row,) = csv.DictReader(io.StringIO(files["changes.csv"].decode()))
    assert (row["before"], row["after"], row["reason"], row["changed_by"]) == (
        "88.5",
        "70",
        WHY,
        "考评办",
    )
    assert verify(files).failed == ()


def test_the_bodys_own_correction_takes_its_place_again(
    installation: Installation, manager: Clerk, season_id: int
) -> None:
    """Sent back, it is the body's to change; handed in anew and accepted, nothing differs."""
    overrule(manager, season_id)
    act = Act(installation.database, MANAGER, MORNING)
    assessments.return_sheet(act, season_id, *SHEET, "请按通报改")
    page = manager.get(at(season_id))
    assert page.has("评分表已经退回给应急局")
    refused = manager.post(at(season_id), {"seen": "70", "value": "71", "reason": WHY})
    assert refused.status in (409, 422)
    hand_in(installation, season_id, [Entry("u03", SAFETY, "65")])
    # Handed in anew it waits for the office, and 70 counts until then.
    assert manager.get(at(season_id)).has("应急局已经报来，还没有采用", "现在是 70")
    waits = manager.post(at(season_id), {"seen": "70", "value": "71", "reason": WHY})
    assert waits.status in (409, 422)
    assert find(installation, season_id) == "70"
    assessments.accept_sheet(act, season_id, *SHEET)
    assert find(installation, season_id) == "65"
    assert list_overruled(installation.database, season_id) == ()
    changes = figure_trail.list_changes(installation.database, season_id)
    assert [(each.before, each.after) for each in changes] == [("88.5", "70"), ("70", "65")]


def test_what_grades_made_is_the_lead_units(
    installation: Installation, manager: Clerk, seat: Callable[[str], Clerk]
) -> None:
    """u01 has a task led by u02, graded 优: weight 1 counts as 优; the office says 0 instead."""
    season_id = add_months(installation, 3, 1, 2, ("m01",))
    with installation.database.writing() as session:
        for report in session.scalars(select(TaskReport)):
            report.grade = "tasks.m01.a"
    act = Act(installation.database, MANAGER, MORNING)
    task_reports.count_grades(act, season_id, "m01")
    place = f"/seasons/{season_id}/figures/table/m01/u01/tasks.m01.a"
    assert manager.get(place).has("由各任务的牵头单位报", "任务档次")
    done = manager.post(place, {"seen": "1", "value": "0", "reason": "任务实际没有完成"})
    assert done.status == 302
    assert manager.get(f"/seasons/{season_id}/tasks").has("考评办另改过的数", "任务实际没有完成")
    assert seat("lead2").get("/").has("考评办改过由任务档次算出的 1 个数")
    assert "考评办改过" not in seat("lead1").get("/").text
    # Counted anew, the grades have the last word again.
    task_reports.count_grades(act, season_id, "m01")
    assert list_overruled(installation.database, season_id) == ()


def test_liaisons_and_auditors_change_nothing(
    installation: Installation, seat: Callable[[str], Clerk], season_id: int
) -> None:
    add_liaison(installation, season_id)
    posted = {"seen": "88.5", "value": "1", "reason": WHY}
    for login in ("auditor", "liaison", "assessor"):
        assert seat(login).post(at(season_id), posted).status == 403
    assert find(installation, season_id) == "88.5"
