"""A leader's way under a forced ratio: the code from the letter, bands with counters, a change."""

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from evalsvc.clock import now
from evalsvc.domain.acting import Act
from evalsvc.domain.sealing import opening, rounds
from evalsvc.models.opened import OpenedAnswer
from tests.cast import CUSTODIAN, MANAGER, PASSPHRASE, add_panshan, get_round_id, ignore_progress
from tests.journeys.conftest import Served, read_turnout, sign_in
from tests.journeys.invitations import Letter, print_letters
from tests.journeys.reading import read_piles, tap_choice

pytestmark = [pytest.mark.slow, pytest.mark.browser]

BANDS = {"A": "好", "B": "较好", "C": "一般"}
DEPARTMENTS = [f"部门{number:02d}" for number in range(1, 6)]
TOWNS = [f"镇{number:02d}" for number in range(7, 11)]
# By hand, 30%, 50% and 20%: of five 1, 2 (2.5) and 2, of four 1, 2 and 1.
FULL = ["1/1", "2/2", "2/2", "1/1", "2/2", "1/1"]
SOUND = dict(zip(DEPARTMENTS + TOWNS, "ABBCC" + "ABBC", strict=True))


@pytest.fixture
def round_id(served: Served) -> int:
    return get_round_id(served.installation, add_panshan(served.installation))


@pytest.fixture
def letter(served: Served, round_id: int, tmp_path: Path) -> Letter:
    """A leader's letter in a round of Panshan that takes answers."""
    letters = print_letters(served.installation, 1, round_id, tmp_path)
    place = served.installation
    rounds.open_round(Act(place.database, MANAGER, now()), place.settings, round_id)
    return letters.open("领导L1")


def test_bands_counters_a_swap_and_the_receipt(
    served: Served, round_id: int, letter: Letter, phone: Page, desktop: Page
) -> None:
    enter(phone, served, letter)
    assert phone.locator(".unit h3").all_text_contents() == DEPARTMENTS + TOWNS
    assert count(phone) == ["0/1", "0/2", "0/2", "0/1", "0/2", "0/1"]

    choose(phone, "部门01", "A")
    assert count(phone) == ["1/1", "0/2", "0/2", "0/1", "0/2", "0/1"]
    assert rest(phone) == [
        "已满",
        "还可以选2个",
        "还可以选2个",
        "还可以选1个",
        "还可以选2个",
        "还可以选1个",
    ]
    expect(phone.locator(".bar .main").first).to_have_text("还差8项")
    choose_all(phone, SOUND)
    assert count(phone) == FULL
    assert rest(phone) == ["已满"] * 6

    choose(phone, "部门02", "A")
    assert count(phone)[:3] == ["2/1", "1/2", "2/2"]
    assert rest(phone)[:3] == ["多了1个", "还可以选1个", "已满"]
    word = phone.locator("[data-word]").first
    expect(word).to_contain_text("“好”只能选1个")
    word.get_by_role("button", name="部门01").tap()
    assert count(phone) == FULL

    submit(phone)
    expect(phone.locator(".receipt")).to_be_visible()
    assert served.get_cast(round_id)["leader"] == (2, 1)
    sign_in(desktop, served, "manager", "考评办", ["manager", "distributor"])
    assert read_turnout(desktop, served, round_id) == {
        "县领导": (2, 1),
        "专项行动领导小组办公室": (1, 0),
        "部门评镇（街道）、园区": (6, 0),
        "镇（街道）、园区评部门": (4, 0),
    }


def test_a_used_code_offers_to_replace_and_counts_once(
    served: Served, round_id: int, letter: Letter, phone: Page
) -> None:
    enter(phone, served, letter)
    choose_all(phone, SOUND)
    submit(phone)
    first = phone.locator(".receipt").text_content()
    phone.get_by_role("button", name="离开").tap()
    phone.wait_for_url(f"{served.address}/")

    enter(phone, served, letter)
    expect(phone.locator(".notice")).to_contain_text("已经提交过1次。可以再填一次")
    assert count(phone) == ["0/1", "0/2", "0/2", "0/1", "0/2", "0/1"]
    changed = {**SOUND, "部门01": "B", "部门02": "A"}
    choose_all(phone, changed)
    submit(phone)

    expect(phone.get_by_text("这是第2次提交，代替以前的答卷。")).to_be_visible()
    assert phone.locator(".receipt").text_content() != first
    assert served.get_cast(round_id)["leader"] == (2, 1)
    assert list_counted(served, round_id) == changed


def test_the_check_shows_what_was_chosen_and_leads_back(
    served: Served, letter: Letter, phone: Page
) -> None:
    enter(phone, served, letter)
    choose_all(phone, SOUND)
    phone.locator(".bar .main").last.tap()
    assert read_piles(phone) == {
        BANDS[band]: {unit for unit, chosen in SOUND.items() if chosen == band} for band in "ABC"
    }

    phone.get_by_role("button", name="返回修改").tap()

    expect(phone.locator(".bar .main").first).to_have_text("核对答卷")
    assert count(phone) == FULL


def test_english_in_the_middle_keeps_what_was_chosen(
    served: Served, letter: Letter, phone: Page
) -> None:
    enter(phone, served, letter)
    choose(phone, "部门03", "C")
    choose(phone, "镇08", "B")

    phone.get_by_role("button", name="English").tap()
    expect(phone.locator(".bar .main").first).to_have_text("7 to go")
    assert count(phone) == ["0/1", "0/2", "1/2", "0/1", "1/2", "0/1"]
    phone.get_by_role("button", name="中文").tap()

    expect(phone.locator(".bar .main").first).to_have_text("还差7项")
    assert count(phone) == ["0/1", "0/2", "1/2", "0/1", "1/2", "0/1"]


def enter(page: Page, served: Served, letter: Letter) -> None:
    """Type the code of the letter, as one does without a camera."""
    page.goto(f"{served.address}/")
    page.get_by_label("信上的16位编码").fill(letter.code)
    page.get_by_role("button", name="开始").tap()
    page.locator("#questions").wait_for()


def choose(page: Page, unit: str, band: str) -> None:
    tap_choice(page.locator(f".unit[data-unit='{unit}']"), BANDS[band])


def choose_all(page: Page, bands: dict[str, str]) -> None:
    for unit, band in bands.items():
        choose(page, unit, band)


def count(page: Page) -> list[str]:
    return page.locator("[data-count]").all_text_contents()


def rest(page: Page) -> list[str]:
    return page.locator("[data-rest]").all_text_contents()


def submit(page: Page) -> None:
    page.locator(".bar .main").last.tap()
    page.get_by_role("button", name="提交这张票").tap()
    page.locator(".receipt").wait_for()


def list_counted(served: Served, round_id: int) -> dict[str, str]:
    """What the opened box has of the leaders' answers, by the unit's name; once each."""
    database, settings = served.installation.database, served.installation.settings
    rounds.close_round(Act(database, MANAGER, now()), settings, round_id)
    opening.open_box(
        Act(database, CUSTODIAN, now()), settings, round_id, PASSPHRASE, ignore_progress
    )
    names = {name.replace("部门", "u").replace("镇", "u"): name for name in DEPARTMENTS + TOWNS}
    with database.reading() as session:
        rows = session.scalars(select(OpenedAnswer).where(OpenedAnswer.round_id == round_id)).all()
        assert len(rows) == len(names)
        return {names[row.unit]: row.value for row in rows}
