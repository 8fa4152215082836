"""One figure corrected in a real browser, counted from the board on; many by the keyboard."""

from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from evalsvc.models.figures import Indicator
from tests.admin.conftest import Clerk
from tests.admin.test_browser import address, sit_down  # noqa: F401  # a fixture of its own
from tests.browser import open_desktop, open_phone
from tests.cast import Installation, add_panshan
from tests.office_cast import add_figures

pytestmark = pytest.mark.slow
LAW = "I.common.依法行政"


@pytest.fixture(params=[open_desktop, open_phone], ids=["desktop", "phone"])
def page(
    browser: Browser,
    manager: Clerk,
    address: str,  # noqa: F811  # the fixture
    request: pytest.FixtureRequest,
) -> Iterator[Page]:
    with request.param(browser) as context:
        yield sit_down(context, manager, address)


def find(installation: Installation, season_id: int, unit: str, component: str) -> str | None:
    with installation.database.reading() as session:
        return session.get_one(Indicator, (season_id, "year_end", unit, component)).value


def look_over(page: Page) -> None:
    found = Axe().run(page)
    assert found.response["violations"] == [], found.generate_report()
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    assert page.evaluate("document.documentElement.scrollHeight") <= 20_000


def test_one_figure_is_corrected_in_five_actions_from_the_board(
    page: Page,
    installation: Installation,
    address: str,  # noqa: F811  # the fixture
) -> None:
    season_id = add_panshan(installation)
    add_figures(installation, season_id)
    page.goto(address)
    actions = (
        lambda: page.get_by_role("link", name="测试年度", exact=True).first.click(),
        lambda: page.get_by_role("link", name="指标数一览").click(),
        lambda: page.get_by_role("link", name="部门02 信息工作 92").click(),
        lambda: page.locator("#value").fill("88.5"),
        lambda: page.get_by_role("button", name="保存").click(),
    )
    for act in actions:
        act()
    page.get_by_text("88.5", exact=True).first.wait_for()
    look_over(page)
    assert len(actions) <= 5
    assert find(installation, season_id, "u02", "I.common.信息工作") == "88.5"


def test_a_column_is_filled_by_the_keyboard(
    page: Page,
    installation: Installation,
    address: str,  # noqa: F811  # the fixture
) -> None:
    """Enter goes down and posts nothing; what is refused comes back with what was typed."""
    season_id = add_panshan(installation)
    add_figures(installation, season_id)
    page.goto(f"{address}/seasons/{season_id}/figures/table?round=year_end&component={LAW}&edit=on")
    look_over(page)
    page.get_by_label("部门01 依法行政").fill("71")
    for text in ("72", "x"):
        page.keyboard.press("Enter")
        page.keyboard.type(text)
    page.keyboard.press("ArrowUp")
    page.keyboard.type("73")
    page.get_by_role("button", name="保存").click()
    page.get_by_role("alert").wait_for()
    look_over(page)
    assert page.get_by_label("部门02 依法行政").input_value() == "73"
    page.get_by_label("部门03 依法行政").fill("74")
    page.get_by_role("button", name="保存").click()
    page.get_by_text("改了 3 个数").wait_for()
    found = [find(installation, season_id, f"u0{n}", LAW) for n in range(1, 5)]
    assert found == ["71", "73", "74", "94"]
