"""Every kind of question in a real browser: order buttons, pages, conditions, undo, finding."""

from collections.abc import Iterator
from itertools import pairwise

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser import new_context, watched_page
from tests.public.conftest import Site
from tests.public.every_question import BANDS, RANKS, SCHEME, UNITS, fill_leader
from tests.public.reading import SMALL_TARGETS, TOO_WIDE, list_violations
from tests.public.test_browser import begin

pytestmark = pytest.mark.browser

IN_VIEW = ".part:not([hidden])"
UP_TO = SCHEME.read_text().replace(
    "ordered: true", "ordered: true\n        proportions: at_most", 1
)

NOTED = SCHEME.read_text().replace(
    'show_if: {question: met, is: ["yes"]}',
    'show_if: {question: met, is: ["yes"]}\n        note: {zh: 到基层以后。, en: There.}',
    1,
)

JOINED = SCHEME.read_text().replace(
    "longest: 300",
    """longest: 300
        show_if:
          any:
            - {question: met, is: ["no"]}
            - all: [{question: met, is: ["yes"]}, {question: visits, is: [many]}]""",
    1,
)


def press(page: Page, name: str, value: str) -> None:
    choice = page.locator(f"input[name='{name}'][value='{value}']")
    choice.evaluate("one => one.scrollIntoView({block: 'center'})")
    choice.check()


def turn(page: Page) -> None:
    page.locator(f"{IN_VIEW} .bar .main").last.click()


def fill_bands(page: Page) -> None:
    for unit, band in zip(UNITS, BANDS, strict=True):
        press(page, f"a.overall.{unit}", band)


def order_bands(page: Page) -> None:
    """Every unit that has no place yet takes the next one in its band."""
    while (free := page.locator(f"{IN_VIEW} .take[aria-pressed=false]:visible")).count():
        free.first.click()


def test_places_follow_the_buttons_and_close_up(site: Site, phone: Page) -> None:
    begin(phone, site.address, site.leader)
    fill_bands(phone)
    order_bands(phone)
    place = phone.locator("input[name='a.overall.place.u02']")

    expect(place).to_have_value("1")
    phone.get_by_role("button", name="部门02 下移").first.click()
    expect(place).to_have_value("2")
    expect(phone.locator("input[name='a.overall.place.u03']")).to_have_value("1")
    press(phone, "a.overall.u03", "C")

    expect(place).to_have_value("1")
    expect(phone.locator("input[name='a.overall.place.u03']")).to_have_value("3")


def drag(page: Page, unit: str, onto: str) -> None:
    """By the unit's grip, in steps, as a finger moves."""
    grip, target = (
        page.locator(".unit", has=page.locator(f"input[name='a.order.{one}']")).locator(".grip")
        for one in (unit, onto)
    )
    target.scroll_into_view_if_needed()
    grip.hover()
    page.mouse.down()
    box = target.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 10, box["y"] + 10, steps=5)
    page.mouse.up()


def test_places_follow_a_dragged_unit(site: Site, desktop: Page) -> None:
    begin(desktop, site.address, site.leader)
    for _ in range(2):
        _fill_page(desktop, sound=True)
        turn(desktop)
    order_bands(desktop)
    fields = [desktop.locator(f"input[name='a.order.u0{n}']") for n in range(1, 6)]

    def places() -> str:
        return "".join(field.input_value() for field in fields)

    assert places() == "12345"
    drag(desktop, "u04", onto="u02")  # up: takes the place, the others move on
    assert places() == "13425"
    drag(desktop, "u01", onto="u05")  # down: behind the one that stood there
    assert places() == "52314"
    drag(desktop, "u03", onto="u06")  # another category is no place to go
    assert places() == "52314"


def test_pages_turn_one_by_one_and_a_fault_leads_back_to_its_page(
    site: Site, phone: Page, expected_problems: set[str]
) -> None:
    expected_problems.add("422")
    begin(phone, site.address, site.leader)

    turn(phone)
    expect(phone.locator(".pages")).to_have_text("第1页，共4页")
    expect(phone.locator(f"{IN_VIEW} [data-word]").first).to_have_text("还没有评：部门01")
    _fill_all_but_the_last(phone)
    press(phone, "a.met.", "no")
    turn(phone)

    phone.locator("#faults a").first.click()
    expect(phone.locator(".pages")).to_have_text("第3页，共4页")


def test_question_with_a_condition_comes_and_goes(site: Site, phone: Page) -> None:
    begin(phone, site.address, site.leader)
    _fill_all_but_the_last(phone, sound=True)
    visits = phone.locator("input[name='a.visits.']").first

    expect(visits).to_be_hidden()
    press(phone, "a.met.", "yes")
    expect(visits).to_be_visible()
    expect(phone.locator(f"{IN_VIEW} .bar .main").last).to_have_text("还差1项")
    press(phone, "a.met.", "no")

    expect(visits).to_be_hidden()
    turn(phone)
    phone.locator("input[name=nonce]").wait_for(state="attached")


@pytest.mark.parametrize("site", [JOINED], indirect=True, ids=["joined"])
def test_a_question_of_several_conditions_comes_and_goes(site: Site, phone: Page) -> None:
    """Where one answer alone asks it, or another one with a third beside it."""
    begin(phone, site.address, site.leader)
    _fill_all_but_the_last(phone, sound=True)
    wishes = phone.locator("textarea[name='a.wishes.']")

    expect(wishes).to_be_hidden()
    press(phone, "a.met.", "no")
    expect(wishes).to_be_visible()
    expect(
        phone.get_by_text(
            "只有“今年到过基层吗”选了“否”，或者（“今年到过基层吗”选了“是”，并且“去过几次”选了“三次以上”）才回答。"
        )
    ).to_be_visible()
    press(phone, "a.met.", "yes")
    expect(wishes).to_be_hidden()
    press(phone, "a.visits.", "few")
    expect(wishes).to_be_hidden()
    press(phone, "a.visits.", "many")
    expect(wishes).to_be_visible()
    assert not list_violations(phone)


CHAINED = SCHEME.read_text().replace(
    "longest: 300",
    """longest: 300
        required: true
        show_if: {question: visits, is: [many]}""",
    1,
)


@pytest.mark.parametrize("site", [CHAINED], indirect=True, ids=["chained"])
def test_an_answer_that_is_not_asked_any_more_asks_for_nothing(site: Site, phone: Page) -> None:
    begin(phone, site.address, site.leader)
    _fill_all_but_the_last(phone, sound=True)
    press(phone, "a.met.", "yes")
    press(phone, "a.visits.", "many")
    wishes = phone.locator("textarea[name='a.wishes.']")
    expect(wishes).to_be_visible()

    press(phone, "a.met.", "no")

    expect(wishes).to_be_hidden()
    turn(phone)
    phone.locator("input[name=nonce]").wait_for(state="attached")


@pytest.mark.parametrize("site", [NOTED], indirect=True, ids=["noted"])
def test_a_text_above_a_question_goes_with_it(site: Site, phone: Page) -> None:
    begin(phone, site.address, site.leader)
    _fill_all_but_the_last(phone, sound=True)
    note = phone.get_by_text("到基层以后。")

    expect(note).to_be_hidden()
    press(phone, "a.met.", "yes")
    expect(note).to_be_visible()
    press(phone, "a.met.", "no")
    expect(note).to_be_hidden()


def test_undo_takes_the_last_choice_back(site: Site, phone: Page) -> None:
    begin(phone, site.address, site.leader)
    press(phone, "a.overall.u01", "A")
    press(phone, "a.overall.u01", "B")
    undo = phone.get_by_role("button", name="撤销").first

    undo.click()
    expect(phone.locator("input[name='a.overall.u01'][value='A']")).to_be_checked()
    undo.click()

    assert phone.locator("input[name='a.overall.u01']:checked").count() == 0


def test_only_what_is_missing_can_be_shown(site: Site, phone: Page) -> None:
    begin(phone, site.address, site.leader)
    press(phone, "a.overall.u01", "A")
    order_bands(phone)
    rows = phone.locator(f"{IN_VIEW} .unit:visible")

    phone.get_by_role("button", name="只看没填的").first.click()
    assert rows.count() == len(UNITS) - 1
    press(phone, "a.overall.u02", "B")
    assert rows.count() == len(UNITS) - 1
    phone.get_by_role("button", name="全部显示").first.click()

    assert rows.count() == len(UNITS)


def test_unit_left_out_changes_the_places_of_the_bands(site: Site, phone: Page) -> None:
    begin(phone, site.address, site.leader)
    counts = phone.locator("#s1 [data-count]")

    assert counts.all_text_contents() == ["0/1", "0/2", "0/2"]
    phone.locator(".recusal summary").first.click()
    phone.locator("input[name='a.recusal.u01']").fill("亲属")

    assert counts.all_text_contents() == ["0/1", "0/1", "0/2"]
    expect(phone.locator("input[name='a.overall.u01']").first).to_be_hidden()


def test_citizen_chooses_whom_to_judge(site: Site, phone: Page) -> None:
    begin(phone, site.address, site.citizen)
    rows = phone.locator("[data-unit]:visible")

    expect(rows).to_have_count(0)
    phone.locator(".dealt label", has_text="部门02").locator("input").check()
    expect(rows).to_have_count(1)
    assert phone.locator("h2:visible small").all_text_contents() == ["5个单位"]  # and no towns
    press(phone, "a.satisfaction.u02", "good")
    press(phone, "a.age.", "young")
    phone.locator(".bar .main").last.click()

    phone.locator("input[name=nonce]").wait_for(state="attached")


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("device", ["phone", "desktop"])
def test_everybody_can_read_and_press_every_kind(
    site: Site,
    request: pytest.FixtureRequest,
    expected_problems: set[str],
    device: str,
    language: str,
) -> None:
    expected_problems.add("422")
    page: Page = request.getfixturevalue(device)

    found = [
        (name, list_violations(page), page.evaluate(SMALL_TARGETS), page.evaluate(TOO_WIDE))
        for name in _walk(page, site, language)
    ]

    assert [one for one in found if one[1:] != ([], 0, False)] == []
    assert len(found) == 9


def _walk(page: Page, site: Site, language: str) -> Iterator[str]:
    begin(page, site.address, site.citizen, language)
    page.locator(".dealt input").first.check()
    yield "citizen"
    begin(page, site.address, site.leader, language)
    for number in range(1, 4):
        _fill_page(page, sound=number < 3)
        yield f"page {number}"
        if number == 1:
            yield from _leave_out(page)
        turn(page)
    press(page, "a.met.", "yes")
    press(page, "a.visits.", "many")
    yield "page 4"
    turn(page)
    page.locator("#faults").wait_for()
    yield "faults"
    page.locator("input[name='a.share.u01']").evaluate("one => { one.value = '20'; }")
    page.locator("#ballot").evaluate("form => form.submit()")
    page.locator("input[name=nonce]").wait_for(state="attached")
    yield "check"


def _leave_out(page: Page) -> Iterator[str]:
    """A reason, and the refusal of one that is too long; then as it was before."""
    page.locator(".recusal summary").first.click()
    reason = page.locator("input[name='a.recusal.u01']")
    reason.fill("亲属")
    yield "left out"
    reason.fill("亲" * 201)
    page.locator("#ballot").evaluate("form => form.submit()")
    page.locator("#faults").wait_for()
    yield "reason refused"
    page.locator("input[name='a.recusal.u01']").fill("")
    _fill_page(page, sound=True)


def _fill_all_but_the_last(page: Page, sound: bool = False) -> None:
    for number in range(1, 4):
        _fill_page(page, sound=sound or number < 3)
        turn(page)


def _fill_page(page: Page, sound: bool) -> None:
    """What a sound ballot has on the page in view; unsound: one point too many."""
    for name, value in fill_leader().items():
        field = page.locator(f"{IN_VIEW} [name='{name}']")
        if not field.count() or "place" in name or ".order." in name:
            continue
        if field.first.get_attribute("type") in ("radio", "checkbox"):
            for one in value.split():
                press(page, name, one)
        else:
            field.fill("21" if name == "a.share.u01" and not sound else value)
    order_bands(page)
    assert len(RANKS) == len(UNITS)


@pytest.mark.parametrize("site", [UP_TO], indirect=True, ids=["at_most"])
def test_where_shares_are_upper_limits_fewer_are_right(site: Site, phone: Page) -> None:
    begin(phone, site.address, site.leader)
    part = phone.locator(IN_VIEW)
    fill_bands(phone)
    order_bands(phone)

    expect(part.locator(".hint").first).to_contain_text("最多可以有：好 1 较好 2")
    bound = part.locator("[data-limit] .band")
    expect(bound).to_have_text(["好", "较好"])  # the last takes the rest
    press(phone, "a.overall.u01", "C")
    order_bands(phone)
    expect(part.locator("[data-limit] [data-count]")).to_have_text(["0/1", "2/2"])
    expect(part.locator(".bar .main").last).not_to_have_text("名额还不对")
    press(phone, "a.overall.u05", "B")
    expect(part.locator(".bar .main").last).to_have_text("名额还不对")


def test_points_in_bands_are_counted_over_both_categories(site: Site, phone: Page) -> None:
    begin(phone, site.address, site.leader)
    for _ in range(2):
        _fill_page(phone, sound=True)
        turn(phone)
    counts = phone.locator("[data-joint] [data-count]")
    rests = phone.locator("[data-joint] [data-rest]")

    expect(counts).to_have_text(["0/1", "0/1"])
    press(phone, "a.points.u01", "9")
    expect(rests).to_have_text(["已满", "已满"])
    press(phone, "a.points.u07", "10")
    expect(counts).to_have_text(["2/1", "2/1"])
    expect(rests).to_have_text(["多了1个", "多了1个"])
    press(phone, "a.points.u01", "8")
    expect(counts).to_have_text(["1/1", "1/1"])


def test_points_in_bands_are_counted_without_script(site: Site, browser: Browser) -> None:
    context = new_context(
        browser, viewport={"width": 390, "height": 844}, java_script_enabled=False
    )
    with watched_page(context, set()) as page:
        page.goto(f"{site.address}/r")
        page.locator("#code").fill(site.leader)
        page.locator("main form button").click()
        page.locator("[name='a.points.u01'][value='9']").check()
        page.locator("[name='a.points.u07'][value='10']").check()

        assert _list_counted(page) == ["1", "2"]  # down to each bar
    context.close()


def _list_counted(page: Page) -> list[str]:
    """What the style sheet counts, as a reader hears it."""
    session = page.context.new_cdp_session(page)
    nodes = session.send("Accessibility.getFullAXTree")["nodes"]
    texts = [n["name"]["value"] for n in nodes if n.get("role", {}).get("value") == "StaticText"]
    return [one for one, after in pairwise(texts) if after == "/1"]


def test_room_for_words_is_said_as_one_writes(site: Site, phone: Page) -> None:
    begin(phone, site.address, site.citizen)
    for name in ("部门01", "部门02", "部门03", "部门04", "部门05", "镇06"):
        phone.locator(".dealt label", has_text=name).click()
    fields = [phone.locator(f"textarea[name='a.comment.u0{n}']") for n in range(1, 7)]
    room = [phone.locator(f"textarea[name='a.comment.u0{n}'] + .room") for n in range(1, 7)]

    fields[0].fill(" 好𠮷\n ")
    expect(room[0]).to_have_text("还可以写198字")
    fields[0].fill("字" * 201)
    expect(room[0]).to_have_text("多了1字，请缩短")
    for field in fields[:5]:
        field.fill("字" * 190)
    fields[5].fill("字" * 40)

    expect(room[5]).to_have_text("还可以写10字")  # of a thousand on the whole form
    expect(phone.locator("p.hint", has_text="整张问卷的文字一共最多1000字")).to_be_visible()
    assert phone.evaluate(TOO_WIDE) is False
    assert list_violations(phone) == []
