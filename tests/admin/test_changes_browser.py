"""A unit renamed and another's figure changed, in a real browser: narrow and wide, by axe."""

from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from evalsvc.domain.acting import Act
from evalsvc.domain.assessing import assessments
from evalsvc.domain.preparing import rosters
from tests.admin.conftest import Clerk
from tests.admin.test_browser import address, sit_down  # noqa: F401  # a fixture of its own
from tests.browser import open_desktop, open_phone
from tests.cast import MANAGER, MORNING, Installation, add_panshan
from tests.office_cast import SAFETY, add_assessor, add_bodies_season, ask, fill

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


def test_a_unit_is_renamed(
    page: Page,
    installation: Installation,
    address: str,  # noqa: F811  # the fixture
) -> None:
    season_id = add_panshan(installation)
    page.goto(f"{address}/seasons/{season_id}/roster/changes?unit=u02")
    look_over(page)
    page.get_by_label("新名称").fill("大数据局")
    page.get_by_label("从哪天起").fill("2018-07-01")
    page.get_by_role("button", name="看随之发生什么").click()
    page.get_by_role("heading", name="部门02 → 大数据局").wait_for()
    look_over(page)
    page.get_by_role("button", name="确认，写入").click()
    page.get_by_text("改名：现名大数据局").wait_for()
    look_over(page)
    page.goto(f"{address}/seasons/{season_id}/roster?lang=en")
    page.get_by_text("formerly 部门02").wait_for()
    look_over(page)
    names = [unit.name for unit in rosters.list_units(installation.database, season_id)]
    assert names[1] == "大数据局"


def test_another_s_figure_is_changed_with_a_reason(
    page: Page,
    installation: Installation,
    address: str,  # noqa: F811  # the fixture
) -> None:
    season_id = add_bodies_season(installation)
    ask(installation, season_id)
    body = Act(installation.database, add_assessor(installation, season_id), MORNING)
    sheet = (season_id, "year_end", "emergency")
    assessments.save_entries(body, *sheet, fill(), ())
    assessments.hand_in(body, *sheet)
    assessments.accept_sheet(Act(installation.database, MANAGER, MORNING), *sheet)
    page.goto(f"{address}/seasons/{season_id}/figures/table/year_end/u03/{SAFETY}")
    page.get_by_label("改为").fill("70")
    page.get_by_role("button", name="改这个数").click()
    page.get_by_text("请写明改动的理由").wait_for()
    look_over(page)
    assert page.get_by_label("改为").input_value() == "70"
    page.get_by_label("理由").fill("市里通报的事故没有算进去")
    page.get_by_role("button", name="改这个数").click()
    page.get_by_text("应急局报的是 88.5，考评办另改过").wait_for()
    look_over(page)
    page.goto(f"{address}/seasons/{season_id}/sheets/year_end/emergency")
    page.get_by_text("已采用，其中 1 个数考评办另改过").wait_for()
    look_over(page)
