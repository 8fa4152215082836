"""A month of Golmud at its real size in a real browser: six leads grade 295 tasks."""

from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from sqlalchemy import func, select

from evalsvc.models.assessment import TaskReport
from tests.admin.conftest import Clerk
from tests.admin.test_browser import address, sit_down  # noqa: F401  (a fixture)
from tests.browser import open_desktop, open_phone
from tests.cast import Installation
from tests.office_cast import add_liaison, add_months

pytestmark = pytest.mark.slow

LEADS, UNITS, TASKS = 6, 59, 5
MOST_PRESSES, TALLEST = 60, 20_000


def count_graded(installation: Installation) -> dict[str, int]:
    with installation.database.reading() as session:
        rows = session.execute(select(TaskReport.grade, func.count()).group_by(TaskReport.grade))
        return {row[0]: row[1] for row in rows}


class Presses:
    """Counts every click and key of a lead."""

    def __init__(self, page: object) -> None:
        self.page, self.n = page, 0

    def click(self, target: object) -> None:
        self.n += 1
        target.click()  # type: ignore[attr-defined]  # a locator

    def choose(self, label: str, value: str) -> None:
        # Opening the list and choosing from it.
        self.n += 2
        self.page.get_by_label(label).select_option(label=value)  # type: ignore[attr-defined]


def grade_all(page: object, address: str) -> int:  # noqa: F811  (what the fixture gave)
    """From the board: the reports that wait, two exceptions, the rest good, saved."""
    presses = Presses(page)
    page.goto(f"{address}/")  # type: ignore[attr-defined]
    presses.click(page.get_by_text("个任务报告等评档"))  # type: ignore[attr-defined]
    rows = page.locator("[data-comment]")  # type: ignore[attr-defined]
    presses.click(rows.nth(0).get_by_label("优"))
    presses.click(rows.nth(1).get_by_label("差"))
    presses.choose("没有单独选的", "都评良")
    presses.click(page.get_by_role("button", name="评档"))  # type: ignore[attr-defined]
    page.get_by_text("没有这样的报告。").wait_for()  # type: ignore[attr-defined]
    return presses.n


def test_six_leads_grade_a_month_in_sixty_presses(
    browser: object,
    installation: Installation,
    seat: Callable[[str], Clerk],
    address: str,  # noqa: F811  (the fixture)
) -> None:
    add_months(installation, UNITS, TASKS, LEADS, ("m01",))
    presses = 0
    for lead in range(1, LEADS + 1):
        with open_desktop(browser) as context:
            page = sit_down(context, seat(f"lead{lead}"), address)
            presses += grade_all(page, address)
    assert count_graded(installation) == {
        "tasks.m01.a": LEADS,
        "tasks.m01.b": UNITS * TASKS - 2 * LEADS,
        "tasks.m01.d": LEADS,
    }
    assert presses <= MOST_PRESSES


@pytest.mark.parametrize("opened", [open_desktop, open_phone], ids=["desktop", "phone"])
@pytest.mark.parametrize("language", ["zh", "en"])
def test_lists_stay_pages_at_any_width(
    browser: object,
    installation: Installation,
    seat: Callable[[str], Clerk],
    address: str,  # noqa: F811  (the fixture)
    opened: Callable[..., object],
    language: str,
) -> None:
    season_id = add_months(installation, UNITS, TASKS, LEADS, ("m01", "m02"))
    add_liaison(installation, season_id, "u07")
    path, faults = f"/seasons/{season_id}/tasks", []
    for login in ("manager", "lead1", "liaison"):
        with opened(browser) as context:  # type: ignore[attr-defined]  # both are context managers
            page = sit_down(context, seat(login), address)
            for query in ("", "?round=m01", "?round=every&show=mine"):
                page.goto(f"{address}{path}{query}{'&' if query else '?'}lang={language}")
                faults += [(login, query, v["id"]) for v in Axe().run(page).response["violations"]]
                if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
                    faults.append((login, query, "wider than the screen"))
                tall = page.evaluate("document.documentElement.scrollHeight")
                if tall > TALLEST:
                    faults.append((login, query, f"{tall} px"))
    assert faults == []


def test_a_month_is_graded_by_keys_alone(
    browser: object,
    installation: Installation,
    seat: Callable[[str], Clerk],
    address: str,  # noqa: F811  (the fixture)
) -> None:
    season_id = add_months(installation, 4, 2, 2, ("m01",))
    with open_desktop(browser) as context:
        page = sit_down(context, seat("lead1"), address)
        page.goto(f"{address}/seasons/{season_id}/tasks?round=m01&show=mine")
        n = page.locator("[data-comment]").count()
        page.keyboard.press("j")
        for _ in range(n):
            page.keyboard.press("2")  # good, and on to the next
        page.keyboard.press("Enter")
        page.get_by_text("没有这样的报告。").wait_for()
    assert count_graded(installation)["tasks.m01.b"] == n
