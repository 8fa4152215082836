"""A plan on its pages: proposed by workbook, decided on as one list, mended by row."""

import io
from collections.abc import Callable

import openpyxl
import pytest
from axe_playwright_python.sync_playwright import Axe

from evalsvc.domain.acting import Act
from evalsvc.domain.assessing import task_list, task_plans
from evalsvc.domain.assessing.task_plans import PlanRow
from evalsvc.domain.assessing.tasks import Proposal
from evalsvc.domain.people import bodies
from tests.admin.conftest import Clerk
from tests.admin.test_browser import address, sit_down  # noqa: F401  (a fixture)
from tests.browser import open_desktop, open_phone
from tests.cast import MANAGER, MORNING, Installation
from tests.office_cast import add_golmud, add_liaison, add_staff
from tests.workbooks.filling import fill

pytestmark = pytest.mark.slow

PAGE = "/seasons/1/tasks/workbooks"
UNITS, TASKS, LEADS, TALLEST = 59, 5, 6, 20_000
# Each of six leads, the office, the leader and the leading group: the list, a choice, a button.
MOST_ACTIONS = 10


def add_people(installation: Installation, units: int, leads: int) -> None:
    add_golmud(installation, units - 1)
    act = Act(installation.database, MANAGER, MORNING)
    bound = {f"lead{n}": f"u{n:02d}" for n in range(1, leads + 1)}
    for login, body in (bound | {"leader": "leader", "group": "leading_group"}).items():
        add_staff(installation, login, "assessor")
        bodies.bind_member(act, 1, login, body)


def upload(clerk: Clerk, content: bytes) -> None:
    sent = clerk.post(f"{PAGE}/plan", {"workbook": (io.BytesIO(content), "plan.xlsx")})
    assert sent.location == f"/office{PAGE}/plan/check"


def list_states(installation: Installation) -> list[str]:
    return [task.state for task in task_list.list_tasks(installation.database, 1)]


def test_a_unit_proposes_its_year_and_mends_what_came_back(
    installation: Installation, seat: Callable[[str], Clerk]
) -> None:
    add_people(installation, 4, 2)
    add_liaison(installation, 1, "u03")
    liaison = seat("liaison")
    assert liaison.get("/seasons/1/tasks").has("用工作簿提出一份清单")
    empty = liaison.get(f"{PAGE}/plan.xlsx").bytes
    lines = [
        [None, "部门03", "部门01", "公路", "改造公路"],
        [None, "部门03", "部门02", "桥梁", "修桥", None, None, None, 2, "每季度"],
    ]
    upload(liaison, fill(empty, {"任务清单": lines}))
    assert liaison.get(f"{PAGE}/plan/check").has("确认导入：新增 2", "报告时间：每季度")
    assert list_states(installation) == []
    assert liaison.post(f"{PAGE}/plan/import").has("已报出：新任务 2 项，改好再报 0 项")
    assert seat("lead1").get("/").has("1 项任务等审")
    assert seat("lead1").post("/seasons/1/tasks/decisions?plan=1", {"rest": "every"}).status == 302
    seat("lead2").post(
        "/seasons/1/tasks/decisions?plan=1",
        {"verdict.2": "return", "why.2": "写明几座桥", "rest": "every"},
    )
    assert list_states(installation) == ["waiting", "returned"]
    assert liaison.get("/seasons/1/tasks?plan=1").has("1 项退回，改好再报后与其余的一起往下走")
    back = liaison.get(f"{PAGE}/plan.xlsx").bytes
    sheet = openpyxl.load_workbook(io.BytesIO(back)).worksheets[0]
    assert [cell.value for cell in sheet[2]][3::7] == ["桥梁", "lead2：写明几座桥"]
    upload(liaison, fill(back, {"任务清单": [[None, None, None, None, "修桥两座"]]}))
    assert liaison.get(f"{PAGE}/plan/check").has("确认导入：改动 1", "目标：修桥 → 修桥两座")
    assert liaison.post(f"{PAGE}/plan/import").has("已报出：新任务 0 项，改好再报 1 项")
    assert list_states(installation) == ["waiting", "waiting"]


def test_another_units_task_and_a_second_upload_are_refused(
    installation: Installation, seat: Callable[[str], Clerk]
) -> None:
    add_people(installation, 4, 2)
    add_liaison(installation, 1, "u03")
    liaison = seat("liaison")
    empty = liaison.get(f"{PAGE}/plan.xlsx").bytes
    upload(liaison, fill(empty, {"任务清单": [[None, "部门02", "部门01", "公路", "改造"]]}))
    assert liaison.get(f"{PAGE}/plan/check").has("没有这个责任单位", "还不能导入")
    own = fill(empty, {"任务清单": [[None, "部门03", "部门01", "公路", "改造"]]})
    upload(liaison, own)
    liaison.post(f"{PAGE}/plan/import")
    upload(liaison, own)
    assert liaison.get(f"{PAGE}/plan/check").has("这个单位已经有同名的任务")
    assert seat("lead1").get(f"{PAGE}/plan.xlsx").status == 403
    assert list_states(installation) == ["waiting"]


@pytest.mark.parametrize("opened", [open_desktop, open_phone], ids=["desktop", "phone"])
def test_a_year_of_295_tasks_passes_four_levels_in_few_actions(
    browser: object,
    installation: Installation,
    seat: Callable[[str], Clerk],
    address: str,  # noqa: F811  (the fixture)
    opened: Callable[..., object],
) -> None:
    """An action is one form sent: each of nine colleagues sends one for all 295 tasks."""
    add_people(installation, UNITS, LEADS)
    rows = [
        PlanRow(Proposal(f"u{unit:02d}", f"u{(unit * TASKS + n) % LEADS + 1:02d}",
                         f"重点任务 {unit:02d}-{n + 1}", "按季度推进，年底完成", "", "", "1"))
        for unit in range(1, UNITS + 1) for n in range(TASKS)
    ]  # a table, read by rows  # fmt: skip
    task_plans.enter_plan(
        Act(installation.database, add_staff(installation, "plain", "manager"), MORNING), 1, rows
    )
    actions, faults = 0, []
    for login in (*(f"lead{n}" for n in range(1, LEADS + 1)), "manager", "leader", "group"):
        with opened(browser) as context:  # type: ignore[attr-defined]  # both are context managers
            page = sit_down(context, seat(login), address)
            page.goto(f"{address}/seasons/1/tasks?plan=1&show=mine")
            if login in ("lead1", "manager"):
                faults += look(page)
            page.get_by_label("没有单独选的").select_option(label="各页都同意")
            page.get_by_role("button", name="提交意见").click()
            page.get_by_text("没有这样的任务。").wait_for()
            actions += 1
    assert faults == []
    assert set(list_states(installation)) == {"standing"}
    assert actions <= MOST_ACTIONS


def look(page: object) -> list[str]:
    found = [each["id"] for each in Axe().run(page).response["violations"]]
    tall = page.evaluate("document.documentElement.scrollHeight")  # type: ignore[attr-defined]  # a page
    wide = page.evaluate("document.documentElement.scrollWidth > innerWidth")  # type: ignore[attr-defined]  # a page
    return [*found, *([f"{tall} px"] if tall > TALLEST else []), *(["too wide"] if wide else [])]
