"""Who rates whom, painted in a real browser, looked at and confirmed; narrow and wide."""

from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from evalsvc.domain.preparing import rosters
from tests.admin.conftest import Clerk
from tests.admin.test_browser import address, sit_down  # noqa: F401  # a fixture of its own
from tests.browser import open_desktop, open_phone
from tests.cast import Installation, add_panshan

pytestmark = pytest.mark.slow


@pytest.fixture(params=[open_desktop, open_phone], ids=["desktop", "phone"])
def page(
    browser: Browser,
    manager: Clerk,
    address: str,  # noqa: F811  # the fixture
    request: pytest.FixtureRequest,
) -> Iterator[Page]:
    with request.param(browser) as context:
        yield sit_down(context, manager, address)


def look_over(page: Page) -> None:
    found = Axe().run(page)
    assert found.response["violations"] == [], found.generate_report()
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def list_own(installation: Installation, season_id: int, rater: str) -> set[str]:
    found = rosters.list_relations(installation.database, season_id)
    return {each.unit for each in found if each.rater == rater}


def test_a_row_is_painted_and_a_column_turned(
    page: Page,
    installation: Installation,
    address: str,  # noqa: F811  # the fixture
) -> None:
    """L1's u02 to u04 are dragged away; u06, which nobody had, is turned on for both."""
    season_id = add_panshan(installation)
    page.goto(f"{address}/seasons/{season_id}/roster/matrix/leader")
    look_over(page)
    first, last = (page.get_by_label(f"领导L1 部门0{n}", exact=True) for n in (2, 4))
    middle = page.get_by_label("领导L1 部门03", exact=True)
    first.scroll_into_view_if_needed()
    first.hover()
    page.mouse.down()
    middle.hover()
    last.hover()
    page.mouse.up()
    assert [box.is_checked() for box in (first, middle, last)] == [False] * 3
    page.get_by_role("button", name="部门06 整列").click()
    page.get_by_role("button", name="看会改什么").last.click()
    page.get_by_text("2 个评价人：多评 2 个，少评 3 个").wait_for()
    look_over(page)
    page.get_by_role("button", name="确认，写入").click()
    page.get_by_text("改了 5 个评价关系").wait_for()
    assert list_own(installation, season_id, "L1") == {"u01", "u05", "u06"}
    assert list_own(installation, season_id, "L2") == {f"u0{n}" for n in range(1, 7)}
