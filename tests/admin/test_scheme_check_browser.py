"""The page that checks a scheme, in a real browser: narrow and wide, in both languages."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page

from evalsvc.scheme.presets import get_preset_text
from tests.admin.conftest import Clerk
from tests.admin.test_browser import address, sit_down  # noqa: F401  # a fixture of its own
from tests.browser import open_desktop, open_phone
from tests.scheme.test_errors import SMALL

Opened = Callable[[Browser], AbstractContextManager[BrowserContext]]

PASTED = {
    "explained": get_preset_text("three-in-one"),
    "refused": SMALL.replace("weight: 40", "weight: ４０").replace("places: 2", "places: two"),
    "nothing": "",
}


@pytest.fixture(params=[open_desktop, open_phone], ids=["desktop", "phone"])
def page(
    browser: Browser,
    manager: Clerk,
    address: str,  # noqa: F811  # the fixture
    request: pytest.FixtureRequest,
) -> Iterator[Page]:
    with request.param(browser) as context:
        yield sit_down(context, manager, address)


@pytest.mark.slow
@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("handed_in", PASTED)
def test_the_page_passes_axe_and_fits_its_screen(
    page: Page,
    address: str,  # noqa: F811
    language: str,
    handed_in: str,
) -> None:
    page.goto(f"{address}/schemes/check?lang={language}")
    page.locator("#text").fill(PASTED[handed_in])
    page.locator("form[enctype] button").click()
    page.wait_for_load_state()
    assert page.locator("h1").inner_text() == {"zh": "检查方案", "en": "Check a scheme"}[language]
    assert page.locator(".notice, .wrong").count() == 1
    found = Axe().run(page)
    assert found.response["violations"] == [], found.generate_report()
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
