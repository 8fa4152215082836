"""The whole visit with every kind of question: without script, and without mouse or finger."""

from dataclasses import dataclass

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import func, select

from evalsvc.models.box import PendingBallot
from tests.browser import new_context, watched_page
from tests.public.conftest import Site
from tests.public.every_question import fill_leader

pytestmark = pytest.mark.browser

RECEIPT = {"zh": "答卷已提交，谢谢", "en": "Your answers are submitted. Thank you."}
MOST_STOPS = 150  # on one page; who gets past it is going in circles
STOP = """() => {
  const one = document.activeElement;
  const has_ring = (seen) => {
    const style = seen && getComputedStyle(seen);
    return Boolean(style) && style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2;
  };
  const buttons = Array.from(document.querySelectorAll(".part:not([hidden]) .bar .main"));
  return {
    kind: one.type || one.tagName, name: one.name || "", value: one.value || "",
    free: one.matches(".take[aria-pressed=false]"),
    leads_on: one === buttons[buttons.length - 1] || one.matches(".acts .main"),
    ring: has_ring(one) || has_ring(one.nextElementSibling),
  };
}"""
PLACE_OF = """([name, value]) => Array.from(document.getElementsByName(name))
  .findIndex((one) => one.value === value)"""
# Names of units say that they are Chinese; the rest that is not ours is this.
OWN_WORDS = ["考评办公室", "测试年度", "来回跑", "多下乡"]
CHINESE_TEXTS = """(names) => {
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const found = [];
  while (walker.nextNode()) {
    const place = walker.currentNode.parentElement;
    const text = names.reduce((rest, name) => rest.replace(name, ""), walker.currentNode.data);
    if (/[\\u4e00-\\u9fff]/.test(text) && place.offsetParent !== null
        && !place.closest("[lang=zh-CN]")) found.push(text.trim());
  }
  return found;
}"""


@dataclass(frozen=True)
class Stop:
    """What the Tab key has come to."""

    kind: str
    name: str
    value: str
    free: bool
    leads_on: bool
    ring: bool


def count_ballots(site: Site) -> int:
    with site.installation.database.reading() as session:
        return session.scalar(select(func.count()).select_from(PendingBallot)) or 0


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_kind_is_answered_without_script(site: Site, browser: Browser, language: str) -> None:
    context = new_context(
        browser, viewport={"width": 390, "height": 844}, java_script_enabled=False
    )
    with watched_page(context, set()) as page:
        page.goto(f"{site.address}/r?lang={language}#{site.leader}")
        page.locator("#code").fill(site.leader)
        page.locator("main form button").click()
        expect(page.locator("#who-sees")).to_be_visible()
        fill_by_hand(page, "a.overall.")
        page.locator("noscript button").click()  # keep it, and go on
        expect(page.locator(".intro .notice")).to_be_visible()
        fill_by_hand(page, "a.")
        page.locator(".bar .main").last.click()
        expect(page.locator(".piles").first).to_be_visible()
        page.locator(".acts .main").click()

        expect(page.locator("h1")).to_have_text(RECEIPT[language])
    context.close()
    assert count_ballots(site) == 1


def fill_by_hand(page: Page, beginning: str) -> None:
    for name, value in fill_leader().items():
        field = page.locator(f"[name='{name}']")
        if not name.startswith(beginning):
            continue
        if field.first.get_attribute("type") in ("radio", "checkbox"):
            for one in value.split():
                page.locator(f"[name='{name}'][value='{one}']").check()
        else:
            field.fill(value)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_kind_is_answered_by_keyboard_alone(site: Site, desktop: Page, language: str) -> None:
    desktop.goto(f"{site.address}/r?lang={language}#{site.leader}")
    desktop.locator("[data-read]").wait_for()
    say_what_is_chinese(desktop, language)
    desktop.keyboard.press("Enter")  # the scan leaves the focus on the button
    desktop.locator("#questions").wait_for()
    say_what_is_chinese(desktop, language)
    for number in range(1, 5):
        expect(desktop.locator(".pages")).to_contain_text(str(number))
        fill_by_keys(desktop)
        say_what_is_chinese(desktop, language)
        desktop.keyboard.press("Enter")
    desktop.locator("input[name=nonce]").wait_for(state="attached")
    say_what_is_chinese(desktop, language)
    fill_by_keys(desktop)
    desktop.keyboard.press("Enter")

    expect(desktop.locator("h1")).to_have_text(RECEIPT[language])
    say_what_is_chinese(desktop, language)
    assert count_ballots(site) == 1


def fill_by_keys(page: Page) -> None:
    """From stop to stop, answering what is asked there, up to the button that leads on."""
    wanted = fill_leader()
    for _ in range(MOST_STOPS):
        page.keyboard.press("Tab")
        stop = Stop(**page.evaluate(STOP))
        if stop.kind == "BODY":  # round the end of the page, through the browser's own bar
            continue
        assert stop.ring, stop
        if stop.leads_on:
            return
        answer_by_keys(page, stop, wanted.get(stop.name, ""))
    raise AssertionError("no button leads on")


def answer_by_keys(page: Page, stop: Stop, value: str) -> None:
    keys = page.keyboard
    if stop.free:
        keys.press("Enter")
    elif stop.kind == "radio" and value:
        for _ in range(page.evaluate(PLACE_OF, [stop.name, value])):
            keys.press("ArrowRight")
        if stop.value == value:
            keys.press("Space")
    elif stop.kind == "checkbox" and stop.value in value.split():
        keys.press("Space")
    elif stop.kind in ("text", "textarea") and value:
        keys.type(value)


def say_what_is_chinese(page: Page, language: str) -> None:
    if language == "en":
        assert page.evaluate(CHINESE_TEXTS, OWN_WORDS) == []
