"""The page of earlier years: the year said first, workbook, season and package, gaps as gaps."""

import io

import openpyxl
import pytest

from evalsvc.clock import now
from evalsvc.domain.acting import Act
from evalsvc.domain.concluding import archive, history, publishing, results
from evalsvc.domain.concluding.history import PastRow
from tests.admin.conftest import Clerk, Page
from tests.cast import MANAGER, Installation
from tests.domain.test_history import add_worked
from tests.office_cast import LATER, add_published, complete
from tests.workbooks.filling import fill

pytestmark = pytest.mark.slow


def send(clerk: Clerk, path: str, content: bytes, **more: str) -> Page:
    field = "package" if path.endswith("package") else "workbook"
    return clerk.post(path, {field: (io.BytesIO(content), "填好的.xlsx"), **more})


@pytest.fixture
def season_id(installation: Installation) -> int:
    return add_worked(installation)


@pytest.fixture
def path(season_id: int) -> str:
    return f"/seasons/{season_id}/history"


def test_the_year_comes_first(manager: Clerk, path: str) -> None:
    page = manager.get(path)
    assert page.has("还没有填本考评年度是哪一年")
    assert 'value="2018"' in page.html
    assert "用工作簿导入" not in page.text
    assert send(manager, path, b"x").has("请先填本考评年度是哪一年")
    assert manager.post(f"{path}/year", {"year": "二〇一八"}).has("请填四位年份")
    assert manager.post(f"{path}/year", {"year": "2018"}).location == f"/office{path}"
    assert manager.get(path).has("本考评年度：2018 年", "11 处空缺", "用工作簿导入")


def test_a_workbook_goes_out_with_what_is_known_and_comes_back_checked(
    installation: Installation, manager: Clerk, season_id: int, path: str
) -> None:
    manager.post(f"{path}/year", {"year": "2018"})
    template = manager.get(f"{path}.xlsx").bytes
    sheet = openpyxl.load_workbook(io.BytesIO(template))["历年结果"]
    names = [cell.value for cell in sheet["A"]]
    assert [cell.value for cell in sheet[1]] == ["单位", "年度", "得分", "名次"]
    assert [cell.value for cell in sheet["B"]] == ["年度", *[2017] * 11]
    rows = [[name, 2017, None, None] for name in names[1:]]
    rows[4][2], rows[0][2] = 58, "五十八"
    assert send(manager, path, fill(template, {"历年结果": rows})).location.endswith("/check")
    assert manager.get(f"{path}/check").has("历年结果 C2", "应为数字", "现为：五十八")
    assert manager.post(f"{path}/import").location == f"/office{path}/check"
    rows[0][2] = None
    send(manager, path, fill(template, {"历年结果": rows}))
    assert manager.get(f"{path}/check").has("可以导入。")
    assert manager.post(f"{path}/import").has("已导入：新增 1，改动 0，删去 0", "10 处空缺", "58")
    assert history.list_past_rows(installation.database, season_id) == (PastRow("e05", 2017, "58"),)
    complete(installation, season_id)
    results.compute_result(
        Act(installation.database, MANAGER, now()), installation.settings, season_id
    )
    assert manager.get(path).has("连续2年，每年低于60分")
    assert manager.get(path).has("连续两年低于 60 分", "2017、2018", "系统不对任何单位或个人作决定")
    assert manager.get(path).has("2017 年没有结果，要人核实后才能判断")


def test_an_earlier_season_is_taken_over_by_one_press(
    installation: Installation, manager: Clerk, path: str
) -> None:
    other = add_published(installation)
    publishing.make_final(
        Act(installation.database, MANAGER, LATER), installation.settings, other, 1
    )
    manager.post(f"{path}/year", {"year": "2018"})
    assert manager.get(path).has("接续", "第 1 版")
    refused = manager.post(f"{path}/seasons/{other}", {"year": "2018"})
    assert (refused.status, refused.has("2018 年不在 1990 到 2017 之间")) == (422, True)
    # None of Panshan's departments is on Zaozhuang's roster.
    taken = manager.post(f"{path}/seasons/{other}", {"year": "2017"})
    assert taken.has("已导入：新增 0", "那一年的这些单位现在的名册里没有", "部门01")
    assert manager.post(f"{path}/seasons/98", {"year": "2017"}).status == 404


def test_a_package_is_shown_before_it_is_taken(
    installation: Installation, manager: Clerk, path: str
) -> None:
    earlier = add_worked(installation, "2017")
    results.compute_result(
        Act(installation.database, MANAGER, now()), installation.settings, earlier
    )
    content = archive.build_public_package(installation.database, installation.settings, earlier)
    manager.post(f"{path}/year", {"year": "2018"})
    assert send(manager, f"{path}/package", content).has("请填是哪一年的结果")
    assert send(manager, f"{path}/package", b"PK no zip", year="2017").status == 422
    page = send(manager, f"{path}/package", content, year="2017")
    assert page.location == f"/office{path}/package/check"
    assert manager.get(f"{path}/package/check").has(
        "证据包通过了验证", "签名的钥匙是", "107.00", "第一名", "可以导入"
    )
    assert manager.get(path).has("有一份上传的文件还没有导入")
    assert manager.post(f"{path}/package/import").has("已导入：新增 11", "证据包")
    assert manager.get(f"{path}/package/check").location == f"/office{path}"


def test_the_pages_are_complete_in_english(manager: Clerk, path: str) -> None:
    manager.post(f"{path}/year", {"year": "2018"})
    assert manager.get(f"{path}?lang=en").has("Earlier years", "gap", "Take over from a season")
