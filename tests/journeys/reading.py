"""Reads pages as people do, those who see them and those who don't, and taps on them."""

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Locator, Page, expect


def list_violations(page: Page) -> list[str]:
    """What axe finds wrong on the page as it stands, each with its address and first place."""
    answer = Axe().run(page).response
    return [f"{page.url} {one['id']}: {one['nodes'][0]['html']}" for one in answer["violations"]]


def list_violations_in_both(page: Page) -> list[str]:
    """The same in Chinese and in English, the page loaded in each; it is left in Chinese."""
    address = page.url.split("?")[0]
    found: list[str] = []
    for language in ("en", "zh"):
        page.goto(f"{address}?lang={language}")
        found += list_violations(page)
    return found


def read_piles(page: Page) -> dict[str, set[str]]:
    """The check: the units by what was chosen for them; empty piles are left out."""
    page.locator(".piles").first.wait_for()
    piles: dict[str, set[str]] = {}
    for pile in page.locator(".pile").all():
        name = (pile.locator("dt").text_content() or "").rsplit(" ", 1)[0]
        units = set((pile.locator("dd").text_content() or "").split("、")) - {"—"}
        if units:
            piles[name] = piles.get(name, set()) | units
    return piles


def tap_choice(unit: Locator, name: str) -> None:
    """Tap what is chosen for a unit, in the middle of the screen where a thumb would have it."""
    choice = unit.get_by_role("radio", name=name, exact=True)
    choice.evaluate("one => one.scrollIntoView({block: 'center'})")
    choice.tap()
    expect(choice).to_be_checked()
