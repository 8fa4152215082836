"""A panel member's way: the letter in the hand, the phone's camera, eight units, a receipt."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from evalsvc.clock import now
from evalsvc.domain.acting import Act
from evalsvc.domain.sealing import rounds
from tests.cast import MANAGER, add_panel_city, get_round_id
from tests.journeys.conftest import Served, read_turnout, sign_in
from tests.journeys.invitations import Letters, print_letters
from tests.journeys.reading import read_piles, tap_choice

pytestmark = [pytest.mark.slow, pytest.mark.browser]

# One of each level, "don't know" among them, for the eight units of a form.
LEVELS = ("满意", "基本满意", "不满意", "不了解", "满意", "满意", "基本满意", "满意")
RECEIPT = re.compile("[A-Z2-9]{4}(?:-[A-Z2-9]{4}){3}")


@pytest.fixture
def panel(served: Served, tmp_path: Path) -> tuple[int, Letters]:
    """An open round of the three-in-one scheme: its id and its letters, twenty to the panel."""
    season_id = add_panel_city(served.installation, seats=5)
    round_id = get_round_id(served.installation, season_id)
    letters = print_letters(served.installation, season_id, round_id, tmp_path)
    place = served.installation
    rounds.open_round(Act(place.database, MANAGER, now()), place.settings, round_id)
    return round_id, letters


def test_from_the_scanned_letter_to_the_receipt(
    served: Served, panel: tuple[int, Letters], phone: Page, desktop: Page
) -> None:
    round_id, letters = panel
    letter = letters.open("基层群众 0001")
    assert letter.link == f"{served.address}/r#{letter.token}"

    phone.goto(letter.link)
    expect(phone.locator("#code")).to_have_value(letter.code)
    phone.get_by_role("button", name="开始").tap()
    chosen = answer(phone)
    phone.locator(".bar .main").tap()
    assert read_piles(phone) == chosen
    assert served.get_cast(round_id) == {"leader": (2, 0), "panel": (20, 0)}
    phone.get_by_role("button", name="提交这张票").tap()

    expect(phone.locator(".receipt")).to_have_text(RECEIPT)
    assert served.get_cast(round_id) == {"leader": (2, 0), "panel": (20, 1)}
    sign_in(desktop, served, "manager", "考评办", ["manager", "distributor"])
    assert list(read_turnout(desktop, served, round_id).values()) == [(2, 0), (20, 1)]


def test_the_same_way_without_script_by_the_typed_code(
    served: Served, panel: tuple[int, Letters], plain_phone: Page
) -> None:
    round_id, letters = panel
    letter = letters.open("人大代表、政协委员 0003")

    plain_phone.goto(f"{served.address}/")
    plain_phone.get_by_label("信上的16位编码").fill(letter.code.lower())
    plain_phone.get_by_role("button", name="开始").click()
    chosen = answer(plain_phone)
    plain_phone.get_by_role("button", name="核对答卷").click()
    assert read_piles(plain_phone) == chosen
    plain_phone.get_by_role("button", name="提交这张票").click()

    expect(plain_phone.locator(".receipt")).to_have_text(RECEIPT)
    assert served.get_cast(round_id) == {"leader": (2, 0), "panel": (20, 1)}


def answer(page: Page) -> dict[str, set[str]]:
    """Tap a level for each of the eight units; returns the units by level."""
    units = page.locator(".unit")
    expect(units).to_have_count(8)
    chosen: dict[str, set[str]] = {}
    for unit, level in zip(units.all(), LEVELS, strict=True):
        tap_choice(unit, level)
        chosen.setdefault(level, set()).add(unit.locator("h3").text_content() or "")
    return chosen
