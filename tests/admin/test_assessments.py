"""The pages of assessing bodies and tasks: sheets, workbooks, four levels, reports."""

import io
from collections.abc import Callable
from datetime import timedelta

import openpyxl
import pytest

from evalsvc.clock import now
from evalsvc.domain.acting import Act
from evalsvc.domain.assessing import assessments, body_sheets, task_list
from evalsvc.domain.people import bodies
from tests.admin.conftest import Clerk, local
from tests.cast import MANAGER, Installation, add_panshan
from tests.office_cast import (
    SAFETY,
    add_assessor,
    add_bodies_season,
    add_liaison,
    add_months,
    add_staff,
)

pytestmark = pytest.mark.slow

TASK = {
    "unit": "u01",
    "lead": "u02",
    "title": "农村公路改造",
    "target": "改造120公里",
    "figure": "90",
    "last_year": "100",
    "lowered": "上年含一次性工程",
    "weight": "2",
}
UNITS = [f"u{n:02d}" for n in range(1, 11)]


@pytest.fixture
def season_id(installation: Installation) -> int:
    found = add_bodies_season(installation)
    add_assessor(installation, found)
    deadline = now() + timedelta(days=9)
    assessments.ask_for_sheets(Act(installation.database, MANAGER, now()), found, deadline)
    return found


@pytest.fixture
def assessor(seat: Callable[[str], Clerk]) -> Clerk:
    return seat("assessor")


def cells(value: str = "88.5") -> dict[str, str]:
    return {f"v|{unit}|{SAFETY}": value for unit in UNITS} | {"n|u01": "无事故", "e|u01": "台账3页"}


def test_a_body_fills_in_hands_in_and_the_office_accepts(
    season_id: int, assessor: Clerk, manager: Clerk
) -> None:
    path = f"/seasons/{season_id}/sheets/year_end/emergency"
    assert assessor.get(f"/seasons/{season_id}/sheets").has("应急局 · 年终", "10 个单位，1 项指标")
    assert assessor.get(path).has("应急局 · 年终", "还缺 10 个数")
    assert assessor.post(path, {**cells("101"), "save": "1"}).has("应为0 到 100 的数字")
    assert 'value="101"' in assessor.post(path, {**cells("101"), "save": "1"}).html
    some = {**cells(), f"v|u10|{SAFETY}": ""}
    assert assessor.post(path, {**some, "hand_in": "1"}).has("还有 1 个数没有填：镇10")
    assert assessor.post(path, {**cells(), "hand_in": "1"}).location == f"/office{path}"
    assert assessor.post(path, {**cells(), "hand_in": "1"}).status == 409
    assert manager.get(path).has("已报送，待审核", "assessor同事 于", "无事故", "台账3页")
    assert manager.get(f"/seasons/{season_id}/bodies").has("0 张表已采用，1 张待审核，共 2 张")
    assert manager.post(f"{path}/accept").status == 302
    assert manager.post(f"{path}/accept").status == 409
    assert manager.post(f"{path}/return", {"reason": ""}).has("请写明退回的理由。")
    assert manager.post(f"{path}/return", {"reason": "u03算错"}).status == 302
    assert assessor.get(path).has("考评办退回：u03算错")
    assessor.post(path, {f"v|u03|{SAFETY}": "不承担", "hand_in": "1"})
    manager.post(f"{path}/accept")
    assert manager.get(f"/seasons/{season_id}/bodies").has(
        "采用以后改过的数", "安全生产工作 部门03", "88.5 不承担 u03算错 assessor同事"
    )


def test_later_changes_stand_on_the_units_page(
    season_id: int, assessor: Clerk, manager: Clerk
) -> None:
    path = f"/seasons/{season_id}/sheets/year_end/emergency"
    assessor.post(path, {**cells(), "hand_in": "1"})
    manager.post(f"{path}/accept")
    manager.post(f"{path}/return", {"reason": "事故算重了"})
    assessor.post(path, {f"v|u01|{SAFETY}": "93", "hand_in": "1"})
    manager.post(f"{path}/accept")
    manager.post(f"/seasons/{season_id}/results")
    assert manager.get(f"/seasons/{season_id}/results/u01").has("88.5 93 事故算重了")
    assert "采用以后改过的数" not in manager.get(f"/seasons/{season_id}/results/u02").text


def test_a_workbook_fills_the_sheet(
    season_id: int, assessor: Clerk, installation: Installation
) -> None:
    path = f"/seasons/{season_id}/sheets/year_end/emergency"
    assessor.post(path, {"n|u01": "=1+1", "e|u01": ""})
    book = openpyxl.load_workbook(io.BytesIO(assessor.get(f"{path}.xlsx").bytes))
    page = book["评分表"]
    # What somebody typed is never a formula.
    assert (page["C2"].value, page["C2"].data_type) == ("=1+1", "s")
    assert [cell.value for cell in page[1]] == ["单位", "安全生产工作", "说明", "依据"]
    assert [row[0].value for row in page.iter_rows(min_row=2)][:2] == ["部门01", "部门02"]
    for number in range(2, 12):
        page.cell(number, 2).value = 80 + number
    page["B11"], page["C2"] = "不承担", "无事故"
    assert assessor.post(f"{path}/workbook", upload(book)).location == f"/office{path}"
    sheet = body_sheets.get_sheet(installation.database, season_id, "year_end", "emergency")
    assert [unit.values[SAFETY] for unit in sheet.units] == [
        "82",
        "83",
        "84",
        "85",
        "86",
        "87",
        "88",
        "89",
        "90",
        "NA",
    ]
    page["B3"], page["A5"] = "很好", "没有的单位"
    assert assessor.post(f"{path}/workbook", upload(book)).has(
        "工作簿有 2 处要改，没有保存", "B3", "A5"
    )
    # A long text is quoted by its beginning, and what is about no cell has no empty heading.
    page["B3"], page["A5"], page["C2"] = 83, "部门04", "长" * 1_001
    page.row_dimensions[4].hidden = True
    told = assessor.post(f"{path}/workbook", upload(book))
    assert told.has("C2", f"现为：{'长' * 38}……", "有 1 行被隐藏")
    assert "长" * 41 not in told.html
    assert "<span>：" not in told.html
    page["C2"] = "无事故"
    assert assessor.post(f"{path}/workbook", upload(book)).has("已经填进下面的表，这些地方值得核对")
    page["B3"], page["A5"] = 300, "部门04"
    assert assessor.post(f"{path}/workbook", upload(book)).has("0 到 100 的数字")
    assert assessor.post(f"{path}/workbook").has("请选择填好的工作簿。")
    junk = {"workbook": (io.BytesIO(b"not a workbook"), "a.xlsx")}
    assert assessor.post(f"{path}/workbook", junk).status == 422


def test_a_workbook_with_notes_alone_fills_the_sheet_and_shows_them(
    season_id: int, assessor: Clerk, installation: Installation
) -> None:
    path = f"/seasons/{season_id}/sheets/year_end/emergency"
    book = openpyxl.load_workbook(io.BytesIO(assessor.get(f"{path}.xlsx").bytes))
    page = book["评分表"]
    page["B2"], page["B3"] = 0.975, 87.9166
    page["B2"].number_format, page["B3"].number_format = "0.0%", "0.0"
    answer = assessor.post(f"{path}/workbook", upload(book))
    assert answer.status == 200
    assert answer.has("请再看一眼", "97.5% [0.975]", "87.9 [87.9166]")
    assert "没有保存" not in answer.text
    sheet = body_sheets.get_sheet(installation.database, season_id, "year_end", "emergency")
    assert [unit.values[SAFETY] for unit in sheet.units][:3] == ["97.5", "87.9", ""]


def upload(book: openpyxl.Workbook) -> dict[str, object]:
    content = io.BytesIO()
    book.save(content)
    content.seek(0)
    return {"workbook": (content, "sheet.xlsx")}


def test_no_body_sees_anothers_sheet(season_id: int, assessor: Clerk) -> None:
    path = f"/seasons/{season_id}/sheets/year_end/secrets"
    for page in (assessor.get(path), assessor.get(f"{path}.xlsx"), assessor.post(path, cells())):
        assert page.status == 403
    assert assessor.get(f"/seasons/{season_id}/sheets/year_end/nobody").status == 404


def test_sheets_are_asked_for_with_a_deadline_ahead(
    installation: Installation, season_id: int, manager: Clerk
) -> None:
    path = f"/seasons/{season_id}/bodies/sheets"
    assert manager.post(path, {"deadline": local(now() + timedelta(days=20))}).status == 302
    assert manager.post(path, {"deadline": local(now() - timedelta(days=2))}).status == 422
    assert manager.post(path, {"deadline": "后天"}).has("请填写时间")
    plain = add_panshan(installation)
    late = {"deadline": local(now() + timedelta(days=20))}
    assert manager.post(f"/seasons/{plain}/bodies/sheets", late).status == 409


def test_people_are_bound_to_bodies(season_id: int, manager: Clerk) -> None:
    path = f"/seasons/{season_id}/bodies/members"
    assert manager.post(path, {"login": "assessor", "code": "leader"}).status == 302
    assert manager.get(f"/seasons/{season_id}/bodies").has("分管领导 assessor同事（assessor）")
    assert manager.post(path, {"login": "auditor", "code": "leader"}).status == 422
    assert manager.post(path, {"login": "assessor", "code": "moon"}).status == 422
    binding = {"login": "assessor", "code": "leader"}
    assert manager.post(f"{path}/removal", binding).status == 302
    assert "分管领导 assessor" not in manager.get(f"/seasons/{season_id}/bodies").text


def test_a_task_passes_four_levels_and_is_reported_on(
    installation: Installation,
    season_id: int,
    manager: Clerk,
    assessor: Clerk,
    seat: Callable[[str], Clerk],
) -> None:
    database, path = installation.database, f"/seasons/{season_id}/tasks"
    add_liaison(installation, season_id)
    liaison = seat("liaison")
    bodies.bind_member(Act(database, MANAGER, now()), season_id, "assessor", "u02")
    assert liaison.post(path, {**TASK, "title": ""}).has("请写明任务名称。")
    assert liaison.post(path, {**TASK, "unit": "u02"}).status == 403
    assert liaison.post(path, TASK).location == f"/office{path}"
    assert assessor.get(path).has("目标数 90 低于上年的 100", "等审（牵头单位）")
    assert assessor.get("/tasks/1").has("目标数 90 低于上年的 100", "意见（牵头单位）")
    decision = "/tasks/1/decision"
    assert manager.post(decision, {"verdict": "agree"}).status == 403
    assert assessor.post(decision, {}).has("请选一种意见。")
    assert assessor.post(decision, {"verdict": "return"}).has("退回要写明理由")
    assert assessor.post(decision, {"verdict": "agree"}).status == 302
    assert manager.post(decision, {"verdict": "return", "reason": "目标偏低"}).status == 302
    assert liaison.get(path).has("退回 manager：目标偏低")
    assert liaison.get("/tasks/1").has("退回 manager", "目标偏低", "修改后再报")
    assert liaison.post("/tasks/1/resubmission", {**TASK, "figure": "100"}).status == 302
    assert liaison.post("/tasks/1/resubmission", TASK).status == 409
    assessor.post(decision, {"verdict": "agree"})
    manager.post(decision, {"verdict": "agree"})
    for login, desk in (("chief", "leader"), ("group", "leading_group")):
        add_staff(installation, login, "assessor")
        bodies.bind_member(Act(database, MANAGER, now()), season_id, login, desk)
        assert seat(login).post(decision, {"verdict": "agree"}).status == 302
    assert manager.post(decision, {"verdict": "agree"}).status == 409
    call = {"round": "year_end", "due": local(now() - timedelta(days=1))}
    assert manager.post(f"{path}/reports", {**call, "due": "昨天"}).status == 422
    assert manager.post(f"{path}/reports", {**call, "round": "moon"}).status == 422
    assert manager.post(f"{path}/reports", call).status == 302
    assert manager.get(path).has("动态预警：1 个报告到时间没有交。")
    assert manager.get(f"{path}?round=year_end&show=late").has("逾期未报")
    report = task_list.list_tasks(database, season_id)[0].reports[0].id
    assert assessor.post(f"/reports/{report}/grade", {"grade": "good"}).status == 409
    assert liaison.post(f"/reports/{report}", {"text": ""}).has("请写明进展。")
    assert liaison.post(f"/reports/{report}", {"text": "完成60公里"}).status == 302
    assert assessor.post(f"/reports/{report}/grade", {"grade": "moon"}).status == 422
    assert assessor.post(f"/reports/{report}/grade", {"grade": "good"}).status == 302
    assert liaison.get(f"{path}?round=year_end").has("完成60公里", "逾期", "良", "已评档")
    assert liaison.get("/tasks/1").has("完成60公里", "逾期", "良", "已评档")
    assert manager.post(f"{path}/grades", {"round": "year_end"}).has("没有用到任务档次")
    assert seat("chief").post(f"/reports/{report}/grade", {"grade": "good"}).status == 403


def test_a_stranger_to_a_task_does_not_see_it(
    installation: Installation, season_id: int, manager: Clerk, seat: Callable[[str], Clerk]
) -> None:
    manager.post(f"/seasons/{season_id}/tasks", TASK)
    assert manager.get(f"/seasons/{season_id}/tasks").has("农村公路改造")
    add_liaison(installation, season_id, "u03")
    assert "农村公路改造" not in seat("liaison").get(f"/seasons/{season_id}/tasks").text
    assert seat("liaison").get("/tasks/1").status == 403


def test_the_next_year_is_set_up_in_ten_actions(
    installation: Installation, manager: Clerk, seat: Callable[[str], Clerk]
) -> None:
    """What the office presses, from the board to 295 tasks that wait for their leads."""
    add_months(installation, 59, 5, 6, ())
    actions = [
        manager.post(
            "/seasons/new",
            {"title": "2027年度", "office": "考评办", "contact": "0979-1", "scheme": "golmud"},
        ),
        manager.post("/seasons/2/tasks/carrying", {"earlier": "1"}),
    ]
    assert actions[0].location == "/office/seasons/2"
    assert actions[1].has("已接续 295 项任务", "60 个单位、6 个经办人")
    for lead in range(1, 7):
        agreed = seat(f"lead{lead}").post("/seasons/2/tasks/decisions", {"rest": "every"})
        assert agreed.status == 302
    actions.append(manager.post("/seasons/2/tasks/decisions", {"rest": "every"}))
    assert actions[-1].status == 302
    found = task_list.list_tasks(installation.database, 2)
    assert {(task.state, task.level) for task in found} == {("waiting", "leader")}
    assert len(actions) <= 10


def test_a_list_that_is_agreed_to_leaves_out_a_lowered_target(
    installation: Installation, season_id: int, manager: Clerk, assessor: Clerk
) -> None:
    bodies.bind_member(Act(installation.database, MANAGER, now()), season_id, "assessor", "u02")
    path = f"/seasons/{season_id}/tasks"
    manager.post(path, TASK)
    manager.post(path, {**TASK, "title": "农村供水", "figure": "120"})
    assert manager.post(f"{path}/decisions", {"rest": "every"}).has("没有选意见")
    assessor.post(f"{path}/decisions", {"rest": "every"})
    manager.post(f"{path}/decisions", {"rest": "every"})
    levels = [task.level for task in task_list.list_tasks(installation.database, season_id)]
    assert levels == ["office", "leader"]


def test_what_was_typed_stays_where_a_list_is_refused(
    installation: Installation, season_id: int, manager: Clerk, assessor: Clerk
) -> None:
    bodies.bind_member(Act(installation.database, MANAGER, now()), season_id, "assessor", "u02")
    path = f"/seasons/{season_id}/tasks"
    manager.post(path, TASK)
    manager.post(path, {**TASK, "title": "农村供水", "figure": "120"})
    rows = {"verdict.1": "agree", "why.1": "同意调低", "verdict.2": "return", "why.2": " "}
    refused = assessor.post(f"{path}/decisions", rows)
    assert refused.status == 422
    assert refused.has("退回要写明理由（“农村供水”没有写）")
    assert 'value="同意调低"' in refused.html
    assert refused.html.count(" checked") == 2


def test_the_board_shows_what_came_back_with_its_text(
    installation: Installation, season_id: int, manager: Clerk, seat: Callable[[str], Clerk]
) -> None:
    add_liaison(installation, season_id)
    lead = add_staff(installation, "lead", "assessor")
    bodies.bind_member(Act(installation.database, MANAGER, now()), season_id, "lead", "u02")
    liaison = seat("liaison")
    liaison.post(f"/seasons/{season_id}/tasks", TASK)
    decision = {"verdict": "return", "reason": "没有进度安排"}
    assert seat(lead.login).post("/tasks/1/decision", decision).status == 302
    assert liaison.get("/").has("农村公路改造", "退回 lead：没有进度安排")
    assert "没有进度安排" not in manager.get("/").text
