"""A pasted list of raters and a survey of LimeSurvey, in a real browser: narrow and wide."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from tests.admin.conftest import Clerk
from tests.admin.test_browser import address, sit_down  # noqa: F401  # a fixture of its own
from tests.browser import open_desktop, open_phone
from tests.cast import Installation, add_panshan
from tests.xlsform.limesurvey.saving import G, Q, save

pytestmark = pytest.mark.slow

GROUP = "专项行动领导小组办公室"
LIST = (
    f"评价主体\t代码\t姓名或席位\t所属单位\n{GROUP}\t3月1日\t王县长\t\n{GROUP}\tL2\tTRUE\t部门01\n"
)
UNITS = {f"SQ{n}": (f"部门{n:02}", "") for n in range(1, 4)}
GRADES = {"A": ("好", "Good"), "B": ("差", "Bad")}


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


def test_a_pasted_list(
    page: Page,
    installation: Installation,
    address: str,  # noqa: F811  # the fixture
) -> None:
    season_id = add_panshan(installation)
    for language in ("en", "zh"):
        page.goto(f"{address}/seasons/{season_id}/roster?lang={language}")
        look_over(page)
    page.locator("#pasted").fill(LIST)
    page.locator("form[enctype] button").click()
    page.wait_for_url("**/check")
    marked = page.locator("td.marked").all_inner_texts()
    assert [text.splitlines()[0] for text in marked] == ["3月1日", "TRUE"]
    look_over(page)


def test_a_survey_of_limesurvey(
    page: Page,
    installation: Installation,
    address: str,  # noqa: F811  # the fixture
    tmp_path: Path,
) -> None:
    season_id = add_panshan(installation)
    survey = tmp_path / "survey.lss"
    asked = [Q("F", "overall", parts=UNITS, answers=GRADES), Q("1", "dual"), Q("S", "why")]
    survey.write_bytes(save([G(("第一组", "Part one"), asked)], 630))
    page.goto(f"{address}/seasons/{season_id}/questionnaires?lang=en")
    look_over(page)
    page.goto(f"{address}/seasons/{season_id}/questionnaires?lang=zh")
    page.locator("#workbook").set_input_files(survey)
    page.locator("form[enctype] button").click()
    page.wait_for_url("**/check")
    assert "没有双量表的题" in page.locator(".problems").first.inner_text()
    look_over(page)
