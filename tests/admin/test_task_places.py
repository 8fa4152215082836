"""The page of places by tasks and the papers of the same figures, looked at in a browser."""

import io
from collections.abc import Callable

import pypdf
import pytest
from axe_playwright_python.sync_playwright import Axe

from evalsvc.models.assessment import TaskReport
from evalsvc.models.figures import Indicator
from tests.admin.conftest import Clerk
from tests.admin.test_browser import address, sit_down  # noqa: F401  (a fixture)
from tests.browser import open_desktop, open_phone
from tests.cast import Installation
from tests.office_cast import add_months

pytestmark = pytest.mark.slow

PAGE, TALLEST = "/seasons/1/tasks/places", 20_000


def add_quarter(installation: Installation, units: int, tasks: int) -> None:
    """Three months in which the n-th unit has n tasks of a hundred graded 差 and the rest 优."""
    add_months(installation, units, tasks, 2, ("m01", "m02", "m03"))
    with installation.database.writing() as session:
        for report in session.query(TaskReport):
            report.grade = f"tasks.{report.round}.a"
        for number in range(1, units + 1):
            for code in ("m01", "m02", "m03"):
                for grade, value in zip("abcd", (100 - number, 0, 0, number), strict=True):
                    session.add(
                        Indicator(season_id=1, round=code, unit=f"u{number:02d}",
                                  component=f"tasks.{code}.{grade}", value=str(value))
                    )  # a table, read by rows  # fmt: skip


def test_page_and_paper_say_the_same(
    installation: Installation, manager: Clerk, seat: Callable[[str], Clerk]
) -> None:
    """u02: (98 x 100 + 2 x 50) / 100 = 99, u03 98.5."""
    add_quarter(installation, 3, 2)
    page = manager.get(f"{PAGE}?period=q1")
    assert page.has("任务排名：第一季度", "部门01 1 / 3 99.50", "部门03 3 / 3 98.50", "季度报告")
    assert manager.get(PAGE).has("任务排名：一月", "部门02 2 / 3 99.00")
    titles = {
        "m01": "任务进展情况通报（一月）",
        "q1": "任务进展季度报告（第一季度）",
        "h1": "任务进展半年小结（上半年）",
    }
    for period, title in titles.items():
        paper = manager.get(f"/seasons/1/tasks/bulletin/{period}.pdf").bytes
        pages = pypdf.PdfReader(io.BytesIO(paper)).pages
        text = "".join(each.extract_text() for each in pages).replace("\n", "").replace(" ", "")
        assert title in text
        assert "三、各责任单位" in text
        assert "99.50" in text
        assert "98.50" in text
    assert seat("lead1").get(PAGE).status == 403
    assert manager.get("/seasons/1/tasks").has("看任务排名、季度和半年的")


@pytest.mark.parametrize("opened", [open_desktop, open_phone], ids=["desktop", "phone"])
@pytest.mark.parametrize("language", ["zh", "en"])
def test_59_units_over_a_half_year_stay_a_page(
    browser: object,
    installation: Installation,
    seat: Callable[[str], Clerk],
    address: str,  # noqa: F811  (the fixture)
    opened: Callable[..., object],
    language: str,
) -> None:
    add_quarter(installation, 59, 1)
    with opened(browser) as context:  # type: ignore[attr-defined]  # both are context managers
        page = sit_down(context, seat("manager"), address)
        for period in ("m01", "h1"):
            page.goto(f"{address}{PAGE}?period={period}&lang={language}")
            assert [each["id"] for each in Axe().run(page).response["violations"]] == []
            assert page.evaluate("document.documentElement.scrollHeight") <= TALLEST
            assert not page.evaluate("document.documentElement.scrollWidth > innerWidth")
