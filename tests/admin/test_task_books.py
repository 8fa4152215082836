"""The workbook of reports on its pages: out, looked at, in, refused, and its size in a browser."""

import io
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest
from axe_playwright_python.sync_playwright import Axe
from sqlalchemy import func, select

from evalsvc.models.assessment import TaskReport
from tests.admin.conftest import Clerk
from tests.admin.test_browser import address, sit_down  # noqa: F401  (a fixture)
from tests.browser import open_desktop, open_phone
from tests.cast import Installation
from tests.office_cast import add_liaison, add_months
from tests.workbooks.filling import save

pytestmark = pytest.mark.slow

PAGE = "/seasons/1/tasks/workbooks"
UNITS, TASKS, LEADS, TALLEST = 59, 5, 6, 20_000


def fill(content: bytes, **cells: str) -> bytes:
    book = openpyxl.load_workbook(io.BytesIO(content))
    for place, value in cells.items():
        book.worksheets[0][place] = value
    return save(book)


def upload(content: bytes) -> dict[str, object]:
    return {"workbook": (io.BytesIO(content), "reports.xlsx")}


def list_grades(installation: Installation) -> dict[str, int]:
    with installation.database.reading() as session:
        rows = session.execute(select(TaskReport.grade, func.count()).group_by(TaskReport.grade))
        return {row[0]: row[1] for row in rows}


def test_a_lead_takes_the_month_along_and_brings_it_back(
    installation: Installation, seat: Callable[[str], Clerk]
) -> None:
    add_months(installation, 3, 2, 2, ("m01",))
    lead = seat("lead1")
    assert lead.get(PAGE).has("报告和评档", "上传并核对")
    book = lead.get(f"{PAGE}/reports.xlsx?round=m01&show=mine").bytes
    sent = lead.post(f"{PAGE}/reports", upload(fill(book, K2="优", L2="提前完成", K3="中")))
    assert sent.location == f"/office{PAGE}/reports/check"
    checked = lead.get(f"{PAGE}/reports/check")
    assert checked.has("确认导入：改动 2", "档次：优", "评语：提前完成", "档次：中")
    assert list_grades(installation).keys() == {""}
    assert lead.post(f"{PAGE}/reports/import").has("已写入：改动 2 个报告。")
    assert {key: n for key, n in list_grades(installation).items() if key} == {
        "tasks.m01.a": 1,
        "tasks.m01.c": 1,
    }
    # Pressed twice, the second finds no file.
    assert lead.post(f"{PAGE}/reports/import").status == 302


def test_an_older_file_is_refused_by_cell_and_writes_nothing(
    installation: Installation, seat: Callable[[str], Clerk]
) -> None:
    add_months(installation, 3, 2, 2, ("m01",))
    lead = seat("lead1")
    book = lead.get(f"{PAGE}/reports.xlsx?round=m01").bytes
    number = openpyxl.load_workbook(io.BytesIO(book)).worksheets[0]["A2"].value
    lead.post(f"/reports/{number}/grade", {"grade": "tasks.m01.a", "note": ""})
    lead.post(f"{PAGE}/reports", upload(fill(book, K2="差", K3="差")))
    checked = lead.get(f"{PAGE}/reports/check")
    assert checked.has("还不能导入", "M2", "给出以后别人改过：现为优，lead1同事。")
    lead.post(f"{PAGE}/reports/import")
    assert list_grades(installation)["tasks.m01.a"] == 1
    assert "tasks.m01.d" not in list_grades(installation)


def test_somebody_without_a_part_gets_no_page_and_no_file(
    installation: Installation, seat: Callable[[str], Clerk]
) -> None:
    add_months(installation, 3, 2, 2, ("m01",))
    nobody = seat("assessor")
    assert [nobody.get(path).status for path in (PAGE, f"{PAGE}/reports.xlsx")] == [403, 403]
    assert nobody.post(f"{PAGE}/reports", upload(b"x")).status == 403
    assert seat("manager").post(f"{PAGE}/reports", upload(b"x")).status == 422
    assert seat("manager").post(f"{PAGE}/reports").has("请选择填好的工作簿。")


@pytest.mark.parametrize("opened", [open_desktop, open_phone], ids=["desktop", "phone"])
@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_whole_month_fits_its_pages(
    browser: object,
    installation: Installation,
    seat: Callable[[str], Clerk],
    address: str,  # noqa: F811  (the fixture)
    opened: Callable[..., object],
    language: str,
    tmp_path: Path,
) -> None:
    """59 units with 5 tasks: a lead's share all graded in one file, its check still a page."""
    season_id = add_months(installation, UNITS, TASKS, LEADS, ("m01",))
    add_liaison(installation, season_id, "u07")
    faults = []
    with opened(browser) as context:  # type: ignore[attr-defined]  # both are context managers
        page = sit_down(context, seat("lead1"), address)
        page.goto(f"{address}{PAGE}?lang={language}")
        faults += look(page)
        with page.expect_download() as waiting:
            page.get_by_role(
                "button", name="下载工作簿" if language == "zh" else "Download"
            ).click()
        book = Path(waiting.value.path()).read_bytes()
        rows = openpyxl.load_workbook(io.BytesIO(book)).worksheets[0].max_row
        filled = tmp_path / "filled.xlsx"
        filled.write_bytes(fill(book, **{f"K{row}": "良" for row in range(2, rows + 1)}))
        page.set_input_files("#workbook", filled)
        page.get_by_role("button", name="上传并核对" if language == "zh" else "Upload").click()
        faults += look(page)
        page.locator("form[action$='/import'] button").first.click()
        page.locator(".notice.good").wait_for()
        faults += look(page)
    assert faults == []
    assert list_grades(installation)["tasks.m01.b"] == rows - 1 >= UNITS * TASKS // LEADS - TASKS


def look(page: object) -> list[str]:
    found = [each["id"] for each in Axe().run(page).response["violations"]]
    tall = page.evaluate("document.documentElement.scrollHeight")  # type: ignore[attr-defined]  # a page
    wide = page.evaluate("document.documentElement.scrollWidth > innerWidth")  # type: ignore[attr-defined]  # a page
    return [*found, *([f"{tall} px"] if tall > TALLEST else []), *(["too wide"] if wide else [])]
