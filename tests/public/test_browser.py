"""Raters' pages in a real browser: the scan, the counters, the swap, who can use them."""

import gzip
import re
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, expect

from tests.public.conftest import Place, Rater
from tests.public.reading import SMALL_TARGETS, TOO_WIDE, list_violations

pytestmark = pytest.mark.browser  # also where a test asks for its device by name

MOST_BYTES = 40_000
MOST_REQUESTS = 5
# Every band as the proportions want it: of 6 departments 1, 3, 2; of 4 towns 1, 2, 1.
SOUND = "ABBBCC" + "ABBC"


def token_of(place: Place, group: str) -> str:
    return place.seat(group).card.token


def begin(page: Page, address: str, token: str, language: str = "zh") -> None:
    page.goto(f"{address}/r?lang={language}#{token}")
    page.locator("main button").click()
    page.locator("#questions").wait_for()


def choose(page: Page, unit: int, band: str) -> None:
    choice = page.locator(f"input[name='a.overall.u{unit:02d}'][value='{band}']")
    choice.evaluate("one => one.scrollIntoView({block: 'center'})")
    choice.check()


def choose_all(page: Page, bands: str) -> None:
    for unit, band in enumerate(bands, start=1):
        choose(page, unit, band)


def check(page: Page) -> None:
    page.locator(".bar .main").last.click()


def counted(page: Page) -> list[str]:
    return page.locator("[data-count]").all_text_contents()


@pytest.mark.parametrize(
    "tail", ["{}", "{}?from=singlemessage", "{}%20%E5%88%B0%E6%9C%9F", "{}&nsukey=AB", "%20{}"]
)
def test_scan_fills_the_code_and_cleans_the_address(
    place: Place, address: str, phone: Page, tail: str
) -> None:
    token = token_of(place, "office")

    phone.goto(f"{address}/r#{tail.format(token)}")

    expect(phone.locator("#code")).to_have_value("-".join(re.findall("....", token)))
    assert phone.url == f"{address}/r"


def test_cut_fragment_leaves_the_field_to_type_in(address: str, phone: Page) -> None:
    phone.goto(f"{address}/r#ABCD")

    expect(phone.locator("#code")).to_have_value("")
    expect(phone.locator("[data-unread]")).to_be_visible()


def test_counters_follow_every_tap(place: Place, address: str, phone: Page) -> None:
    begin(phone, address, token_of(place, "office"))

    assert counted(phone) == ["0/1", "0/3", "0/2", "0/1", "0/2", "0/1"]
    choose(phone, 1, "A")
    choose(phone, 2, "B")

    assert counted(phone) == ["1/1", "1/3", "0/2", "0/1", "0/2", "0/1"]
    assert phone.locator("[data-rest]").all_text_contents()[:3] == [
        "已满",
        "还可以选2个",
        "还可以选2个",
    ]
    expect(phone.locator(".bar .main").first).to_have_text("还差8项")


def test_full_band_offers_to_swap(place: Place, address: str, phone: Page) -> None:
    begin(phone, address, token_of(place, "office"))
    choose_all(phone, SOUND)

    choose(phone, 2, "A")
    expect(phone.locator("[data-word]").first).to_contain_text("“好”只能选1个")
    phone.locator("[data-word] button", has_text="部门01").click()

    assert counted(phone) == ["1/1", "3/3", "2/2", "1/1", "2/2", "1/1"]
    expect(phone.locator("input[name='a.overall.u01'][value='B']")).to_be_checked()
    expect(phone.locator(".bar .main").first).to_have_text("核对答卷")


def test_button_leads_to_the_first_missing_unit(place: Place, address: str, phone: Page) -> None:
    begin(phone, address, token_of(place, "office"))
    choose_all(phone, SOUND[:9])

    check(phone)

    expect(phone.locator("[data-word]").last).to_have_text("还没有评：镇10")
    expect(phone.locator("input[name='a.overall.u10']").first).to_be_focused()
    assert phone.url.endswith("/answer")


def test_slider_and_field_go_together(place: Place, address: str, phone: Page) -> None:
    begin(phone, address, token_of(place, "city_leader"))
    field, slider = phone.locator(".mark input").nth(0), phone.locator(".mark input").nth(1)

    field.fill("77")
    expect(slider).to_have_value("77")
    slider.fill("60")

    expect(field).to_have_value("60")
    expect(phone.locator("[data-word]")).to_have_text("已填1/12")


def test_language_can_be_changed_with_half_of_it_filled(
    place: Place, address: str, phone: Page
) -> None:
    begin(phone, address, token_of(place, "office"))
    choose(phone, 1, "A")

    phone.locator(".switch").click()

    expect(phone.locator(".bar .main").first).to_have_text("9 to go")
    expect(phone.locator("input[name='a.overall.u01'][value='A']")).to_be_checked()


def test_back_button_finds_everything_filled_until_it_is_cast(
    place: Place, address: str, phone: Page
) -> None:
    begin(phone, address, token_of(place, "office"))
    choose_all(phone, SOUND)
    check(phone)
    phone.locator("input[name=nonce]").wait_for(state="attached")

    phone.goto(f"{address}/answer")
    expect(phone.locator(".bar .main").first).to_have_text("核对答卷")
    check(phone)
    phone.locator(".acts .main").click()
    phone.locator(".receipt").wait_for()
    phone.goto(f"{address}/answer")

    expect(phone.locator(".bar .main").first).to_have_text("还差10项")
    assert phone.evaluate("sessionStorage.length") == 0


def test_typed_numbers_are_found_again_too(place: Place, address: str, phone: Page) -> None:
    begin(phone, address, token_of(place, "city_leader"))
    phone.locator(".mark input").first.fill("66")
    phone.locator(".mark input").first.blur()

    phone.goto(f"{address}/answer")

    expect(phone.locator(".mark input").first).to_have_value("66")


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("device", ["phone", "desktop"])
def test_everybody_can_read_and_press_every_page(
    place: Place,
    address: str,
    request: pytest.FixtureRequest,
    expected_problems: set[str],
    device: str,
    language: str,
) -> None:
    expected_problems.update({"401", "404", "422"})
    page: Page = request.getfixturevalue(device)

    found = [
        (name, list_violations(page), page.evaluate(SMALL_TARGETS), page.evaluate(TOO_WIDE))
        for name in _walk(page, place, address, language)
    ]

    assert [one for one in found if one[1:] != ([], 0, False)] == []
    assert len(found) == 13


@pytest.mark.parametrize("group", ["office", "city_leader", "panel"])
def test_questionnaire_is_light(place: Place, address: str, phone: Page, group: str) -> None:
    asked: list[str] = []
    begin(phone, address, token_of(place, group))
    phone.on("request", lambda request: asked.append(urlsplit(request.url).path))
    rater = place.seat(group)
    rater.start()

    phone.reload(wait_until="networkidle")
    weights = [_weigh(rater, path) for path in asked]

    assert "/answer" in asked
    assert len(asked) <= MOST_REQUESTS
    assert sum(weights) <= MOST_BYTES


def _weigh(rater: Rater, path: str) -> int:
    with rater.client.get(path) as answer:
        return len(gzip.compress(answer.data))


def _walk(page: Page, place: Place, address: str, language: str) -> Iterator[str]:
    """Every kind of page, in the order a rater meets them."""
    page.goto(f"{address}/?lang={language}")
    yield "home"
    page.locator("#code").fill("ABCD")
    page.locator("main button").click()
    page.locator(".error").wait_for()
    yield "mistyped"
    page.goto(f"{address}/nowhere")
    yield "problem"
    for group in ("city_leader", "panel", "office"):
        begin(page, address, token_of(place, group), language)
        yield group
    choose_all(page, SOUND)
    choose(page, 2, "A")
    check(page)
    page.locator("#faults").wait_for()
    yield "faults"
    choose(page, 1, "B")
    check(page)
    page.locator("input[name=nonce]").wait_for(state="attached")
    yield "check"
    page.locator(".acts .main").click()
    page.locator(".receipt").wait_for()
    yield "receipt"
    begin(page, address, token_of(place, "office"), language)
    page.locator(".legal summary").click()
    yield "used before, notice unfolded"
    page.locator(".report button").click()
    page.locator("h1.done").wait_for()
    yield "reported"
    page.goto("about:blank")  # from the same page with another fragment nothing would be loaded
    page.goto(f"{address}/r#{token_of(place, 'office')}")
    page.locator("[data-read]").wait_for()
    yield "card"
    begin(page, address, token_of(place, "office"), language)
    choose_all(page, SOUND)
    page.context.clear_cookies(name="visit")
    check(page)
    page.locator("#code").wait_for()
    yield "resume"
