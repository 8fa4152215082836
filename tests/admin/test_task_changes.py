"""A task's own page: mended, split, withdrawn, exempted, and closed once a result is shown."""

from collections.abc import Callable

import pytest

from evalsvc.domain.assessing import task_list
from evalsvc.models.assessment import TaskReport
from tests.admin.conftest import Clerk
from tests.cast import Installation
from tests.domain.test_task_changes import show
from tests.office_cast import add_months

pytestmark = pytest.mark.slow

WORDS = {"unit": "u03", "lead": "u01", "title": "公路", "target": "改造", "weight": "3"}


@pytest.fixture
def task(installation: Installation) -> task_list.TaskView:
    """u03's first task, of weight 1, led by u01 and asked for in January; nobody has reported."""
    add_months(installation, 3, 2, 2, ("m01",))
    with installation.database.writing() as session:
        for report in session.query(TaskReport):
            report.reported_at = None
    return next(t for t in task_list.list_tasks(installation.database, 1) if t.unit == "u03")


def test_each_change_needs_its_reason_and_leaves_its_trail(
    task: task_list.TaskView, manager: Clerk
) -> None:
    page = f"/tasks/{task.id}"
    assert manager.get(page).has("改动任务", "这一轮的任务量由 2 变为 1")
    assert manager.post(f"{page}/mending", WORDS).has("请写明理由。")
    manager.post(f"{page}/mending", {**WORDS, "reason": "项目扩大"})
    assert manager.get(page).has("变动记录", "修改", "项目扩大", "权重：1 → 3")
    report = task.reports[0].id
    assert manager.post(f"/reports/{report}/exemption").status == 422
    manager.post(f"/reports/{report}/exemption", {"reason": "洪灾停工"})
    assert manager.get(page).has("免报，不计任务量", "本单位这一轮的任务量：4 → 1")
    parts = {
        "title.1": "一期",
        "target.1": "路基",
        "weight.1": "1",
        "title.3": "二期",
        "target.3": "路面",
        "weight.3": "１.5",
    }
    refused = manager.post(f"{page}/splitting", {**parts, "reason": "分两期"})
    assert refused.has("各项权重之和应等于原来的 3，现为 2.5")
    # What was typed is still there.
    assert 'value="路基"' in refused.html
    manager.post(f"{page}/splitting", {**parts, "weight.3": "2", "reason": "分两期"})
    assert manager.get(page).has("已拆分", "一期：3 → 1", "二期：3 → 2")
    assert manager.get("/seasons/1/tasks").has("一期", "二期")
    assert "改动任务" not in manager.get(page).text


def test_a_task_is_withdrawn(task: task_list.TaskView, manager: Clerk) -> None:
    page = f"/tasks/{task.id}"
    assert manager.post(f"{page}/withdrawal", {"reason": "上级取消"}).status == 302
    assert manager.get(page).has("已撤销", "上级取消")
    assert manager.post(f"{page}/withdrawal", {"reason": "又一次"}).has("这项任务已经不在了")


def test_a_shown_result_closes_tasks_until_they_are_opened_for_a_correction(
    installation: Installation,
    task: task_list.TaskView,
    manager: Clerk,
    seat: Callable[[str], Clerk],
) -> None:
    show(installation, 1)
    page = f"/tasks/{task.id}"
    assert manager.get(page).has("第 1 版结果已经公示，任务不再改")
    assert manager.post(f"{page}/withdrawal", {"reason": "改"}).has("开启更正")
    assert manager.get("/seasons/1/tasks").has("确有错误，为更正重新打开")
    assert "为更正重新打开" not in seat("lead1").get("/seasons/1/tasks").text
    assert manager.post("/seasons/1/tasks/reopening").status == 422
    manager.post("/seasons/1/tasks/reopening", {"reason": "一月录错"})
    assert manager.get("/seasons/1/tasks").has("第 1 版公示后重新打开", "一月录错")
    assert manager.post(f"{page}/withdrawal", {"reason": "改"}).status == 302


@pytest.mark.parametrize("login", ["lead1", "liaison", "auditor"])
def test_nobody_else_changes_a_task(
    task: task_list.TaskView, seat: Callable[[str], Clerk], login: str
) -> None:
    paths = [f"/tasks/{task.id}/{what}" for what in ("mending", "splitting", "withdrawal")]
    paths += [f"/reports/{task.reports[0].id}/exemption", "/seasons/1/tasks/reopening"]
    answers = {seat(login).post(path, {"reason": "改"}).status for path in paths}
    assert answers == {403}
