"""Preview and assisted entry in a real browser: frames without script, and nothing left behind."""

from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Frame, Page

from tests.admin.conftest import Clerk
from tests.admin.test_browser import address, sit_down  # noqa: F401 (a fixture, by its name)
from tests.browser import new_context, open_desktop, open_phone
from tests.cast import Installation, add_panshan, get_card, get_round_id, open_with_cards

BANDS = "ABBBCC"  # of six departments 30% are 1, 50% are 3, the rest 2


def fill_in(frame: Frame | Page) -> None:
    for place, band in enumerate(BANDS):
        frame.locator(".unit").nth(place).locator(f"input[value={band}]").check(force=True)


def get_frame(page: Page, title: str) -> Frame:
    element = page.locator(f"iframe[title='{title}']").element_handle()
    assert element
    frame = element.content_frame()
    assert frame
    return frame


def test_both_frames_work_without_script(
    browser: Browser,
    installation: Installation,
    manager: Clerk,
    address: str,  # noqa: F811 (the fixture imported above)
) -> None:
    round_id = get_round_id(installation, add_panshan(installation))
    context = new_context(
        browser, viewport={"width": 1280, "height": 900}, java_script_enabled=False
    )
    page = sit_down(context, manager, address)
    page.goto(f"{address}/rounds/{round_id}/preview?group=mutual_town&in=en")

    for title in ("手机上的问卷", "电脑上的问卷"):
        frame = get_frame(page, title)
        fill_in(frame)
        frame.locator("form#ballot button.main").first.click()
        frame.wait_for_url("**/check")
        frame.locator("form#ballot button.main").first.click()
        frame.wait_for_url("**/receipt")
        assert "TEST-TEST-TEST-TEST" in frame.content()
        assert 'lang="en"' in frame.content()
    context.close()


@pytest.mark.parametrize("opened", [open_desktop, open_phone], ids=["desktop", "phone"])
def test_the_desks_pages_pass_axe_and_fit_the_screen(
    browser: Browser,
    installation: Installation,
    seat: Callable[[str], Clerk],
    address: str,  # noqa: F811 (the fixture imported above)
    opened: Callable[..., object],
) -> None:
    round_id = get_round_id(installation, add_panshan(installation))
    open_with_cards(installation, round_id)
    faults = []
    with opened(browser) as context:  # type: ignore[attr-defined]  # both are context managers
        for login, path in (
            ("manager", f"/rounds/{round_id}/preview"),
            ("manager", f"/rounds/{round_id}/preview/office/0/zh/answer"),
            ("manager", f"/rounds/{round_id}/replies"),
            ("counter", "/assisted"),
        ):
            page = sit_down(context, seat(login), address)
            page.goto(address + path)
            found = Axe().run(page).response["violations"]
            faults += [(path, violation["id"]) for violation in found]
            if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
                faults.append((path, "wider than the screen"))
    assert faults == []


def test_the_counters_browser_keeps_no_answer(
    browser: Browser,
    installation: Installation,
    seat: Callable[[str], Clerk],
    address: str,  # noqa: F811 (the fixture imported above)
) -> None:
    cards = open_with_cards(installation, get_round_id(installation, add_panshan(installation)))
    with open_desktop(browser) as context:
        page = sit_down(context, seat("counter"), address)
        page.goto(f"{address}/assisted")
        page.fill("#code", get_card(cards, "mutual_town").token)
        page.click("button.filled")
        fill_in(page)
        page.locator("form#ballot button.main").first.click()
        page.wait_for_url("**/check")
        page.locator("form#ballot button.main").first.click()
        page.wait_for_url("**/receipt")

        kept = page.evaluate("[sessionStorage.length, localStorage.length]")
        page.click("form.acts button.main")

        assert kept == [0, 0]
        assert page.url == f"{address}/assisted"
        assert [one["name"] for one in context.cookies() if one["name"] == "assisted"] == []
