"""Codes that lead nowhere say what to do, and a receipt survives reloading and going back."""

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import func, select, update

from evalsvc.box.roots import Voter, derive_root
from evalsvc.box.tokens import new_token
from evalsvc.clock import now
from evalsvc.domain.acting import Act
from evalsvc.domain.sealing import rounds
from evalsvc.domain.seasons import get_round
from evalsvc.domain.voting.peppers import find_pepper
from evalsvc.models.box import Credential, PendingBallot
from tests.cast import (
    MANAGER,
    MORNING,
    add_panel_city,
    get_card,
    get_round_id,
    issue_cards,
    open_with_cards,
    set_deadline,
)
from tests.journeys.conftest import Served
from tests.journeys.reading import list_violations, tap_choice

pytestmark = [pytest.mark.slow, pytest.mark.browser]

# What each kind of code is answered with, and the way on that the page offers.
UNKNOWN = ("没有正在进行的评价使用这个编码。请核对是否是本次的信件", "输入编码")
VOID = ("这个编码已经作废，换发过新的编码。请使用新的信件", "输入编码")
CLOSED = ("本轮评价已经截止，不再接收答卷。之前提交的答卷有效，不需要再做什么。", None)
NOT_OPEN = ("本轮评价还没有开始。编码有效，请在信上写明的时间之后再来。", "知道了")


@pytest.fixture
def round_id(served: Served) -> int:
    season_id = add_panel_city(served.installation, seats=2)
    return get_round_id(served.installation, season_id)


def test_an_unknown_code(
    served: Served, round_id: int, phone: Page, expected_problems: set[str]
) -> None:
    open_with_cards(served.installation, round_id)
    expected_problems.add("404")
    assert_turned_away(phone, served, new_token(), *UNKNOWN)


def test_a_code_that_was_replaced(
    served: Served, round_id: int, phone: Page, expected_problems: set[str]
) -> None:
    cards = open_with_cards(served.installation, round_id)
    expected_problems.add("410")
    token = get_card(cards, "leader").token
    void(served, round_id, token)
    assert_turned_away(phone, served, token, *VOID)
    assert served.get_cast(round_id) == {"leader": (1, 0), "panel": (8, 0)}


def test_a_code_after_the_deadline_and_after_the_closing(
    served: Served, round_id: int, phone: Page, expected_problems: set[str]
) -> None:
    token = get_card(open_with_cards(served.installation, round_id), "panel").token
    expected_problems.update({"410", "404"})
    set_deadline(served.installation, round_id, MORNING)
    assert_turned_away(phone, served, token, *CLOSED)
    place = served.installation
    rounds.close_round(Act(place.database, MANAGER, now()), place.settings, round_id)
    assert_turned_away(phone, served, token, *UNKNOWN)


def test_a_code_before_the_opening(
    served: Served, round_id: int, phone: Page, expected_problems: set[str]
) -> None:
    token = get_card(issue_cards(served.installation, round_id), "leader").token
    expected_problems.add("409")
    assert_turned_away(phone, served, token, *NOT_OPEN)


def test_reloading_and_going_back_lose_nothing_and_cast_nothing_more(
    served: Served, round_id: int, phone: Page
) -> None:
    token = get_card(open_with_cards(served.installation, round_id), "panel").token
    phone.goto(f"{served.address}/r#{token}")
    phone.get_by_role("button", name="开始").tap()
    phone.locator("#questions").wait_for()
    for unit in phone.locator(".unit").all():
        tap_choice(unit, "满意")
    phone.locator(".bar .main").tap()
    phone.get_by_role("button", name="提交这张票").wait_for()
    phone.wait_for_load_state()
    phone.reload()
    expect(phone.locator(".bar .main")).to_have_text("核对答卷")
    phone.locator(".bar .main").tap()
    phone.get_by_role("button", name="提交这张票").tap()
    receipt = phone.locator(".receipt").text_content() or ""

    phone.reload()
    expect(phone.locator(".receipt")).to_have_text(receipt)
    phone.go_back()
    expect(phone.locator(".notice")).to_contain_text("已经提交过1次")
    phone.go_forward()
    expect(phone.locator(".receipt")).to_have_text(receipt)

    assert count_ballots(served) == 1
    assert served.get_cast(round_id) == {"leader": (2, 0), "panel": (8, 1)}


def assert_turned_away(
    page: Page, served: Served, token: str, said: str, way_on: str | None
) -> None:
    """The page after a scan says what is the matter and leads on, for everybody to read."""
    page.goto(f"{served.address}/r#{token}")
    page.get_by_role("button", name="开始").tap()
    expect(page.locator(".error")).to_contain_text(said)
    if way_on:
        expect(page.get_by_role("link", name=way_on)).to_be_visible()
    assert list_violations(page) == []


def void(served: Served, round_id: int, token: str) -> None:
    """Take a place off the roll, as whoever replaces a card would."""
    database, settings = served.installation.database, served.installation.settings
    pepper = find_pepper(settings, get_round(database, round_id).uid)
    assert pepper
    key = Voter(derive_root(pepper, token)).credential
    with database.writing() as session:
        session.execute(update(Credential).where(Credential.key == key).values(void=True))


def count_ballots(served: Served) -> int:
    with served.installation.database.reading() as session:
        return session.scalar(select(func.count()).select_from(PendingBallot)) or 0
