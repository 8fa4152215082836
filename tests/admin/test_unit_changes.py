"""Units renamed, merged, split, new and dissolved in the course of a year, and what follows."""

import re
from collections.abc import Callable, Mapping

import pytest
from sqlalchemy import func, select

from evalsvc.domain.acting import Act
from evalsvc.domain.concluding import earlier_results, history
from evalsvc.domain.people import bodies, liaisons
from evalsvc.domain.people.former_names import list_unit_changes
from evalsvc.domain.preparing import rosters
from evalsvc.domain.preparing.rosters import RaterRow, RelationRow
from evalsvc.models.assessment import Task
from evalsvc.models.figures import Indicator
from evalsvc.models.publication import Publication
from tests.admin.conftest import Clerk, Page
from tests.cast import MANAGER, MORNING, Installation, add_panshan, get_round_id, issue_cards
from tests.office_cast import add_assessor, add_figures, add_liaison, add_months, add_published

DAY = {"since": "2018-07-01", "reason": "盘编〔2018〕12号"}


@pytest.fixture
def season_id(installation: Installation) -> int:
    """Six departments, four towns; leaders L1 and L2 are in charge of u01 to u05."""
    found = add_panshan(installation)
    add_figures(installation, found)
    return found


def at(season_id: int, asked: str = "") -> str:
    return f"/seasons/{season_id}/roster/changes{asked}"


def plan(clerk: Clerk, season_id: int, **given: str) -> Page:
    return clerk.post(at(season_id, "/plan"), {**DAY, **given})


def confirm(clerk: Clerk, season_id: int, **given: str) -> Page:
    """What the page of what follows posts, and nothing more."""
    page = plan(clerk, season_id, **given)
    assert page.status == 200, page.text
    posted = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', page.html))
    posted.pop("csrf_token")
    return clerk.post(at(season_id), posted)


def get_names(installation: Installation, season_id: int) -> Mapping[str, str]:
    units = rosters.list_units(installation.database, season_id)
    return {unit.code: unit.name for unit in units}


def count_figures(installation: Installation, season_id: int, unit: str) -> int:
    with installation.database.reading() as session:
        found = select(func.count()).select_from(Indicator)
        of_unit = found.where(Indicator.season_id == season_id, Indicator.unit == unit)
        return session.scalar(of_unit) or 0


def test_a_renamed_unit_keeps_everything_and_its_former_name(
    installation: Installation, manager: Clerk, season_id: int
) -> None:
    figures = count_figures(installation, season_id, "u02")
    line = manager.get(f"/seasons/{season_id}/roster/lines/units/line?key=u02")
    assert f'href="/office{at(season_id, "?unit=u02")}"' in line.html
    page = plan(manager, season_id, kind="renamed", unit="u02", name="大数据局")
    assert page.has("部门02 → 大数据局", "还没有写入", "历年结果", "都跟着它")
    assert get_names(installation, season_id)["u02"] == "部门02"
    done = confirm(manager, season_id, kind="renamed", unit="u02", name="大数据局")
    assert done.location.endswith(at(season_id))
    assert get_names(installation, season_id)["u02"] == "大数据局"
    assert count_figures(installation, season_id, "u02") == figures
    raters = rosters.list_raters(installation.database, season_id)
    assert RaterRow("mutual_department", "u02", "大数据局", "u02") in raters
    (change,) = list_unit_changes(installation.database, season_id)
    assert (change.kind, change.name, change.other_name, change.since, change.reason) == (
        "renamed",
        "部门02",
        "大数据局",
        "2018-07-01",
        "盘编〔2018〕12号",
    )
    assert manager.get(at(season_id)).has("部门02", "改名：现名大数据局", "2018-07-01")
    assert manager.get(f"/seasons/{season_id}/roster").has("大数据局 （ 原部门02 ）")
    table = f"/seasons/{season_id}/figures/table"
    assert manager.get(f"{table}?round=year_end").has("大数据局 （ 原部门02 ）")
    assert manager.get(f"{table}/year_end/u02/I.common.依法行政").has("大数据局 （ 原部门02 ）")
    history.set_year(Act(installation.database, MANAGER, MORNING), season_id, 2019)
    assert manager.get(f"/seasons/{season_id}/history?lang=en").has("formerly 部门02")


def test_last_years_result_is_found_by_the_former_name(
    installation: Installation, manager: Clerk
) -> None:
    """Last year's 部门02 is this year's 大数据局; of 部门03, merged into it, nothing is taken."""
    earlier = add_published(installation)
    with installation.database.writing() as session:
        session.get_one(Publication, (earlier, 1)).state = "final"
    season_id = add_panshan(installation)
    act = Act(installation.database, MANAGER, MORNING)
    history.set_year(act, season_id, 2019)
    confirm(manager, season_id, kind="renamed", unit="u02", name="大数据局")
    confirm(manager, season_id, kind="merged", unit="u03", other="u02")
    taken, _ = earlier_results.take_over_season(act, season_id, earlier, 2018)
    assert [row.unit for row in taken.rows] == [
        "u01",
        "u02",
        "u04",
        "u05",
        "u06",
        "u07",
        "u08",
        "u09",
        "u10",
    ]
    assert taken.strangers == ("部门03",)
    assert taken.lacking == ()
    page = manager.get(f"/seasons/{season_id}/history")
    assert page.has("大数据局 （ 原部门02；含原部门03 ）")


def test_a_merged_unit_hands_on_what_can_be_handed_on(
    installation: Installation, manager: Clerk
) -> None:
    """u02 goes into u01: its task, those that it leads, its liaison, its colleagues of a body."""
    season_id = add_months(installation, 3, 1, 2, ("m01",))
    add_liaison(installation, season_id, "u02")
    add_assessor(installation, season_id, "u02")
    page = plan(manager, season_id, kind="merged", unit="u02", other="u01")
    assert page.has("部门02 → 部门01", "转给“部门01”：3 项任务，3 个联络员和经办人")
    confirm(manager, season_id, kind="merged", unit="u02", other="u01")
    assert list(get_names(installation, season_id)) == ["u01", "u03", "u04"]
    with installation.database.reading() as session:
        tasks = session.execute(select(Task.unit, Task.lead).order_by(Task.id)).all()
    assert [tuple(row) for row in tasks] == [("u01", "u01"), ("u01", "u01"), ("u03", "u01")]
    database = installation.database
    assert [each.code for each in liaisons.list_liaisons(database, season_id)] == ["u01"]
    members = {each.code for each in bodies.list_members(database, season_id)}
    assert members == {"u01"}


def test_whoever_rated_a_merged_unit_rates_the_other_and_never_its_own(
    installation: Installation, manager: Clerk, season_id: int
) -> None:
    """L1 and L2 rate u05, not u06; L2 belongs to u06."""
    manager.post(
        f"/seasons/{season_id}/roster/lines/raters/line", {"key": "leader/L2", "cell.unit": "u06"}
    )
    confirm(manager, season_id, kind="merged", unit="u05", other="u06")
    found = rosters.list_relations(installation.database, season_id)
    about = {(each.rater, each.unit) for each in found if each.unit in ("u05", "u06")}
    assert about == {("L1", "u06")}
    assert count_figures(installation, season_id, "u05") == 0


def test_a_unit_that_is_split_off_is_rated_by_the_same(
    installation: Installation, manager: Clerk, season_id: int
) -> None:
    page = plan(manager, season_id, kind="split", unit="u02", name="数据局", code="u11")
    assert page.has("它要填 31 个指标数", "2 个评价关系一起抄过来", "它自动成为评价人")
    confirm(manager, season_id, kind="split", unit="u02", name="数据局", code="u11")
    names = list(get_names(installation, season_id))
    assert names[1:4] == ["u02", "u11", "u03"]
    found = rosters.list_relations(installation.database, season_id)
    assert RelationRow("leader", "L1", "u11", "in_charge") in found
    assert manager.get(f"/seasons/{season_id}/roster").has("数据局 （ 由部门02分设 ）")
    assert count_figures(installation, season_id, "u02") > 0


def test_a_new_unit_says_what_it_owes(
    installation: Installation, manager: Clerk, season_id: int
) -> None:
    given = {"kind": "new", "name": "新区", "code": "u12", "category": "department"}
    page = plan(manager, season_id, **given)
    assert page.has(
        "它要填 31 个指标数", "谁评它，由名单决定的要另外勾选：县领导", "历年结果从今年开始"
    )
    confirm(manager, season_id, **given)
    assert get_names(installation, season_id)["u12"] == "新区"
    table = manager.get(f"/seasons/{season_id}/figures/table?round=year_end&gaps=on")
    assert table.has("新区", "缺 31")


def test_a_dissolved_unit_goes_with_its_figures_which_is_said_before(
    installation: Installation, manager: Clerk, season_id: int
) -> None:
    figures = count_figures(installation, season_id, "u06")
    add_liaison(installation, season_id, "u06")
    page = plan(manager, season_id, kind="dissolved", unit="u06")
    assert page.has(f"它的 {figures} 个指标数、加减分和历年结果一起删去", "1 个联络员和经办人")
    confirm(manager, season_id, kind="dissolved", unit="u06")
    assert "u06" not in get_names(installation, season_id)
    assert count_figures(installation, season_id, "u06") == 0
    assert liaisons.list_liaisons(installation.database, season_id) == ()
    assert manager.get(at(season_id)).has("部门06", "撤销")


def test_a_unit_with_tasks_is_not_dissolved_but_merged(
    installation: Installation, manager: Clerk
) -> None:
    season_id = add_months(installation, 3, 1, 2, ("m01",))
    assert plan(manager, season_id, kind="dissolved", unit="u01").has("请改用“并入”")
    refused = manager.post(at(season_id), {**DAY, "kind": "dissolved", "unit": "u01"})
    assert refused.status == 409
    assert "u01" in get_names(installation, season_id)


def test_after_a_round_was_issued_nobody_is_taken_off(
    installation: Installation, manager: Clerk, season_id: int
) -> None:
    issue_cards(installation, get_round_id(installation, season_id))
    page = plan(manager, season_id, kind="dissolved", unit="u06")
    assert page.has("名册里的单位不能再去掉：本年度留着它")
    refused = manager.post(at(season_id), {**DAY, "kind": "dissolved", "unit": "u06"})
    assert refused.status == 409
    assert "u06" in get_names(installation, season_id)
    assert list_unit_changes(installation.database, season_id) == ()


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"kind": "renamed", "unit": "u02", "name": "部门02"}, "名称没有变"),
        ({"kind": "renamed", "unit": "u02", "name": "部门03"}, "重复"),
        ({"kind": "renamed", "unit": "", "name": "部门03"}, "请选名册里的单位"),
        ({"kind": "renamed", "unit": "u02", "name": ""}, "不能空着"),
        ({"kind": "merged", "unit": "u02", "other": "u02"}, "并入的要是另一个单位"),
        ({"kind": "split", "unit": "u02", "name": "数据局", "code": "u03"}, "重复"),
        ({"kind": "new", "name": "新区", "code": "u12", "category": "nothing"}, "类别"),
        ({"kind": "dissolved", "unit": "u02", "since": "七月"}, "请填写日期，例如 2026-07-01"),
    ],
)
def test_what_is_not_allowed_is_said_and_nothing_is_written(
    installation: Installation, manager: Clerk, season_id: int, given: Mapping[str, str], said: str
) -> None:
    before = rosters.get_roster(installation.database, season_id)
    for path in (at(season_id, "/plan"), at(season_id)):
        page = manager.post(path, {**DAY, **given})
        assert page.status == 422
        assert page.has(said)
    assert rosters.get_roster(installation.database, season_id) == before
    assert manager.get(at(season_id, "?kind=eaten")).status == 404


def test_auditors_look_and_others_do_not(
    seat: Callable[[str], Clerk], stranger: Clerk, season_id: int
) -> None:
    assert "看随之发生什么" not in seat("auditor").get(at(season_id)).text
    for login in ("auditor", "liaison"):
        posted = {**DAY, "kind": "dissolved", "unit": "u02"}
        assert seat(login).post(at(season_id), posted).status == 403
    assert seat("liaison").get(at(season_id)).status == 403
    assert stranger.get(at(season_id)).location.startswith("/office/sign-in")
