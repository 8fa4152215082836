"""Roster and figures: template out, workbook in, dry run, import; nothing written before that."""

import io
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import openpyxl
import pytest

from evalsvc.domain import seasons
from evalsvc.domain.acting import Act
from evalsvc.domain.preparing import figures, rosters
from evalsvc.domain.preparing.figures import Figures, IndicatorRow
from evalsvc.errors import ROSTER_CHANGED, Problem
from evalsvc.workbooks.templates import roster_template
from tests.admin.conftest import Clerk, Page
from tests.cast import (
    MANAGER,
    MORNING,
    Installation,
    add_panel_city,
    add_panshan,
    get_round_id,
    issue_cards,
)
from tests.workbooks.filling import fill, save

pytestmark = pytest.mark.slow

CATEGORIES = ("党政综合服务", "经济管理", "行政执法", "垂直管理")


def send(clerk: Clerk, path: str, content: bytes) -> Page:
    return clerk.post(path, {"workbook": (io.BytesIO(content), "填好的.xlsx")})


@pytest.fixture
def season_id(installation: Installation) -> int:
    return add_panel_city(installation)


@pytest.fixture
def template(installation: Installation, season_id: int) -> bytes:
    return roster_template(seasons.get_season(installation.database, season_id).scheme)


def fill_roster(installation: Installation, season_id: int, template: bytes) -> bytes:
    """Two units of the scheme's first category and a leader."""
    category = seasons.get_season(installation.database, season_id).scheme.categories[0].name.zh
    units = [("a1", "甲局", category, None, "办事"), ("a2", "乙局", category, None, None)]
    return fill(template, {"单位": units, "评价人": [("市领导", "L1", "王市长")]})


def list_spool(installation: Installation) -> list[Path]:
    return list(installation.settings.spool.iterdir())


def test_what_an_import_would_change_is_said_line_by_line_before_it(
    installation: Installation, manager: Clerk, season_id: int
) -> None:
    """One unit under another code, one renamed, one gone with its figures, one leader new."""
    figures.import_figures(
        Act(installation.database, MANAGER, MORNING),
        season_id,
        figures.Figures((IndicatorRow("year_end", "u03", "common", "80"),), ()),
    )
    path = f"/seasons/{season_id}/roster"
    book = openpyxl.load_workbook(io.BytesIO(manager.get(f"{path}.xlsx").bytes))
    units, raters = book["单位"], book["评价人"]
    assert [cell.value for cell in units["A"]][1:4] == ["u01", "u02", "u03"]
    units["A2"], units["B3"] = "x01", "改名后的单位"
    units.delete_rows(4)
    raters.append(["市领导", "L3", "赵市长"])
    send(manager, path, save(book))
    page = manager.get(f"{path}/check")
    assert page.has(
        "导入后的变化 新增 1，代码变了 1，改动 1，删去 1。",
        "删去的单位还有 1 个指标数、加减分和历年结果，会一起删去",
        "代码： u01 → x01 看来是同一个",
        "名称： 单位02 → 改名后的单位",
        "市领导 L3 赵市长 新增",
        "确认导入：新增 1，代码变了 1，改动 1，删去 1",
    )


def test_a_good_roster_is_shown_first_and_then_imported_once(
    installation: Installation, manager: Clerk, season_id: int, template: bytes
) -> None:
    before = rosters.list_units(installation.database, season_id)
    content = fill_roster(installation, season_id, template)
    path = f"/seasons/{season_id}/roster"
    assert send(manager, path, content).location == f"/office{path}/check"
    page = manager.get(f"{path}/check")
    assert page.has("可以导入。现在还没有写入任何内容。", "a1 甲局", "王市长")
    assert rosters.list_units(installation.database, season_id) == before
    assert manager.post(f"{path}/import").has("已导入：新增")
    after = rosters.list_units(installation.database, season_id)
    assert [(unit.code, unit.name) for unit in after] == [("a1", "甲局"), ("a2", "乙局")]
    assert list_spool(installation) == []
    assert manager.post(f"{path}/import").location == f"/office{path}/check"
    assert manager.get(f"{path}/check").location == f"/office{path}"


def test_a_bad_roster_has_its_cells_marked_and_is_never_imported(
    installation: Installation, manager: Clerk, season_id: int, template: bytes
) -> None:
    before = rosters.list_units(installation.database, season_id)
    units = [("a1", "甲局", "不知道", None, None), ("a2", "乙局", "也不知道", None, None)]
    path = f"/seasons/{season_id}/roster"
    send(manager, path, fill(template, {"单位": units}))
    page = manager.get(f"{path}/check")
    assert page.has("还不能导入", "要改 1 类问题", "单位 C2 C3 类别", "现为：不知道、也不知道")
    assert page.html.count('<td class="marked"') == 2
    assert "确认导入" not in page.text
    assert manager.post(f"{path}/import").location == f"/office{path}/check"
    assert rosters.list_units(installation.database, season_id) == before


@pytest.mark.parametrize("content", [b"", b"no workbook at all", b"PK\x03\x04 broken"])
def test_what_is_no_workbook_is_refused_and_not_kept(
    installation: Installation, manager: Clerk, season_id: int, content: bytes
) -> None:
    page = send(manager, f"/seasons/{season_id}/roster", content)
    assert page.status == 422
    assert page.has("文件没有导入")
    assert list_spool(installation) == []


def test_asks_for_the_file(manager: Clerk, season_id: int) -> None:
    page = manager.post(f"/seasons/{season_id}/roster")
    assert page.status == 422
    assert page.has("请选择文件，或者粘贴名单，只用一种。")


def test_an_upload_is_one_browsers_and_can_be_discarded(
    installation: Installation,
    manager: Clerk,
    seat: Callable[[str], Clerk],
    season_id: int,
    template: bytes,
) -> None:
    path = f"/seasons/{season_id}/roster"
    send(manager, path, fill_roster(installation, season_id, template))
    assert manager.get(path).has("有一份上传的文件还没有导入")
    assert seat("plain").get(f"{path}/check").location == f"/office{path}"
    send(manager, path, fill_roster(installation, season_id, template))
    assert len(list_spool(installation)) == 1
    assert manager.post(f"{path}/discard").location == f"/office{path}"
    assert manager.post(f"{path}/discard").location == f"/office{path}"
    assert list_spool(installation) == []


def test_no_roster_is_imported_once_codes_are_out(
    installation: Installation, manager: Clerk, season_id: int, template: bytes
) -> None:
    path = f"/seasons/{season_id}/roster"
    send(manager, path, fill_roster(installation, season_id, template))
    issue_cards(installation, get_round_id(installation, season_id))
    page = manager.post(f"{path}/import")
    assert page.status == 409
    assert page.has("名册现在不能改", "回到考评年度")


def test_the_roster_asks_no_more_for_more_units(
    installation: Installation, manager: Clerk, count_queries: Callable[[Callable[[], object]], int]
) -> None:
    few, many = add_panshan(installation), add_panel_city(installation)
    assert count_queries(lambda: manager.get(f"/seasons/{few}/roster")) == count_queries(
        lambda: manager.get(f"/seasons/{many}/roster")
    )


def test_figures_go_the_same_way(
    installation: Installation, manager: Clerk, season_id: int
) -> None:
    path = f"/seasons/{season_id}/figures"
    book = openpyxl.load_workbook(io.BytesIO(manager.get(f"{path}.xlsx").bytes))
    sheet = book["指标"]
    for row in range(2, sheet.max_row + 1):
        # Two agreed thirds, B-, each with its score, and the common goals.
        for column, figure in enumerate(("B-", 80 + row / 4, "B-", 80 + row / 4, 90), start=2):
            sheet.cell(row, column).value = figure
    content = io.BytesIO()
    book.save(content)
    assert send(manager, path, content.getvalue()).location == f"/office{path}/check"
    assert manager.get(f"{path}/check").has("可以导入", "单位01")
    assert figures.list_indicators(installation.database, season_id) == ()
    assert manager.post(f"{path}/import").has("已导入：新增 60，改动 0，删去 0。")
    found = figures.list_indicators(installation.database, season_id)
    assert IndicatorRow("year_end", "u01", "function.daily.agreed", "6") in found
    assert IndicatorRow("year_end", "u01", "function.daily.score", "80.5") in found
    assert manager.get(path).has("60 个指标数，0 条加减分")


def test_the_dry_run_of_figures_says_what_they_change(
    installation: Installation, manager: Clerk, season_id: int
) -> None:
    """One figure of three is other, one is new, one is taken away; the template brings them all."""
    path = f"/seasons/{season_id}/figures"
    send(manager, path, manager.get(f"{path}.xlsx").bytes)
    assert manager.get(f"{path}/check").has("新增 0，改动 0，去掉 0")
    rows = [
        IndicatorRow("year_end", unit, "common", value)
        for unit, value in (("u01", "81"), ("u02", "82"), ("u03", None))
    ]
    act = Act(installation.database, MANAGER, MORNING)
    figures.import_figures(act, season_id, Figures(tuple(rows)))
    book = openpyxl.load_workbook(io.BytesIO(manager.get(f"{path}.xlsx").bytes))
    sheet = book["指标"]
    assert [sheet.cell(row, 6).value for row in (2, 3, 4, 5)] == [81, 82, "不承担", None]
    for row, value in ((3, 92.5), (4, "清除"), (5, 70)):
        sheet.cell(row, 6).value = value
    content = io.BytesIO()
    book.save(content)
    send(manager, path, content.getvalue())
    page = manager.get(f"{path}/check")
    assert page.has("新增 1，改动 1，去掉 1", "一样的 1", "保持原样的 0")
    assert page.has("单位02 共性目标 改动 82 92.5", "单位03 共性目标 去掉 不承担")
    assert manager.post(f"{path}/import").has("已导入：新增 1，改动 1，删去 1。")


def test_figures_want_a_roster_first(installation: Installation, manager: Clerk) -> None:
    manager.post(
        "/seasons/new", {"title": "空", "office": "办", "contact": "1", "scheme": "panshan-2018"}
    )
    page = manager.get("/seasons/1/figures")
    assert page.has("先导入名册，才有单位可填。", "方案规定的加减分")
    assert figures.list_numbered_adjustments(installation.database, 1) == ()


LEADERS = "评价主体\t代码\t姓名或席位\t所属单位\n县领导\tN1\t新县长\t\n县领导\tN2\t副县长\t部门01\n"


@pytest.mark.parametrize("way", ["pasted", "csv"])
def test_raters_come_as_a_list(installation: Installation, manager: Clerk, way: str) -> None:
    """Relations of leaders who are gone are named, as they would be in a workbook."""
    season_id = add_panshan(installation)
    path = f"/seasons/{season_id}/roster"
    before = rosters.get_roster(installation.database, season_id)
    office = LEADERS.replace("县领导", "专项行动领导小组办公室")
    content = office.replace("\t", ",").encode("gb18030")
    csv = {"workbook": (io.BytesIO(content), "名单.csv")}
    page = manager.post(path, csv if way == "csv" else {"pasted": office})
    assert page.location == f"/office{path}/check"
    check = manager.get(f"{path}/check")
    assert check.has("名单只换下它写到的评价主体", "可以导入", "新县长")
    # What would change is told before anybody confirms, as of a workbook.
    assert check.has("确认导入：新增 2，删去 1", "N1", "副县长", "不变")
    assert manager.post(f"{path}/import").has("已导入：新增 2", "删去 1。")
    after = rosters.get_roster(installation.database, season_id)
    assert [rater.code for rater in after.raters if rater.group == "office"] == ["N1", "N2"]
    assert (after.units, after.relations) == (before.units, before.relations)
    gone = send(manager, path, LEADERS.encode())
    assert manager.get(gone.location.removeprefix("/office")).has("没有这个代码", "还不能导入")


def rename(installation: Installation, season_id: int, code: str, name: str) -> None:
    """What a colleague does meanwhile."""
    seen = rosters.get_roster(installation.database, season_id)
    units = tuple(replace(one, name=name) if one.code == code else one for one in seen.units)
    act = Act(installation.database, MANAGER, MORNING)
    correction = rosters.Correction(f"units {code}", seen)
    rosters.import_roster(act, season_id, replace(seen, units=units), correction)


def read_seen(page: Page) -> str:
    """What the button to confirm says that was shown."""
    found = re.search(r'name="seen" value="([0-9a-f]+)"', page.html)
    assert found is not None
    return found[1]


def test_what_was_confirmed_is_imported_or_shown_again(
    installation: Installation, manager: Clerk
) -> None:
    season_id = add_panshan(installation)
    path = f"/seasons/{season_id}/roster"
    workbook = manager.get(f"{path}.xlsx").bytes
    send(manager, path, workbook)
    seen = read_seen(manager.get(f"{path}/check"))
    rename(installation, season_id, "u02", "县税务局")

    again = manager.post(f"{path}/import", {"seen": seen})

    assert again.status == 409
    assert again.has("有人改过这里的内容，没有导入", "县税务局", "改动 1")
    names = {unit.code: unit.name for unit in rosters.list_units(installation.database, season_id)}
    assert names["u02"] == "县税务局"
    assert manager.post(f"{path}/import", {"seen": read_seen(again)}).has("已导入：新增 0，改动 2")
    names = {unit.code: unit.name for unit in rosters.list_units(installation.database, season_id)}
    assert names["u02"] == "部门02"


def test_a_list_never_puts_older_lines_back(installation: Installation, manager: Clerk) -> None:
    """Between its check and its import a colleague corrects a unit: the list had read the old."""
    season_id = add_panshan(installation)
    path = f"/seasons/{season_id}/roster"
    office = LEADERS.replace("县领导", "专项行动领导小组办公室")
    send(manager, path, office.encode())
    before = rosters.get_roster(installation.database, season_id)
    rename(installation, season_id, "u02", "县税务局")

    with pytest.raises(Problem) as refused:
        rosters.import_roster(
            Act(installation.database, MANAGER, MORNING), season_id, before, seen=before
        )

    assert refused.value.kind is ROSTER_CHANGED
    assert manager.post(f"{path}/import").has("已导入：新增 2")
    names = {unit.code: unit.name for unit in rosters.list_units(installation.database, season_id)}
    assert names["u02"] == "县税务局"


def test_a_file_or_a_pasted_list_but_not_both(manager: Clerk, season_id: int) -> None:
    path = f"/seasons/{season_id}/roster"
    assert manager.post(path, {"pasted": " "}).has("请选择文件，或者粘贴名单，只用一种。")
    both = {"workbook": (io.BytesIO(b"a,b"), "a.csv"), "pasted": LEADERS}
    assert manager.post(path, both).has("请选择文件，或者粘贴名单，只用一种。")
    page = manager.post(path, {"pasted": "县领导\n" + "x" * 200_001})
    assert page.has("粘贴的内容太长，请存为文件上传。")


def test_a_list_that_is_no_text_is_refused_with_what_was_pasted_kept(
    manager: Clerk, season_id: int
) -> None:
    path = f"/seasons/{season_id}/roster"
    page = manager.post(path, {"pasted": 'a\t"b'})
    assert page.status == 422
    assert page.has("引号不成对")
    assert "a\t&#34;b" in page.html
