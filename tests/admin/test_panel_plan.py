"""The planning page of panels: what the roster's cards will be able to say."""

import re

import pytest
from playwright.sync_api import Browser

from evalsvc.models.roster import PanelSeats
from tests.admin.conftest import Clerk
from tests.admin.test_browser import address, sit_down
from tests.browser import open_phone
from tests.cast import Installation, add_panel_city

__all__ = ["address"]  # a fixture

pytestmark = pytest.mark.slow


@pytest.fixture
def season_id(installation: Installation) -> int:
    return add_panel_city(installation)


def test_the_roster_leads_to_what_its_cards_will_say(
    installation: Installation, manager: Clerk, season_id: int
) -> None:
    assert manager.get(f"/seasons/{season_id}/roster").has("评议卡够不够")
    page = manager.get(f"/seasons/{season_id}/panel-plan")
    assert page.has("评议卡够不够", "照现在的名册", "想更准，要多少张卡", "各层次的一份答卷有多重")
    with installation.database.reading() as session:
        cards = sum(one.seats for one in session.query(PanelSeats).all())
    assert page.has(f"{cards}张评议卡")


@pytest.mark.parametrize("language", ["zh", "en"])
def test_no_table_is_wider_than_a_phone(
    browser: Browser, manager: Clerk, address: str, season_id: int, language: str
) -> None:
    with open_phone(browser) as context:
        page = sit_down(context, manager, address)
        page.goto(f"{address}/?lang={language}")
        page.goto(f"{address}/seasons/{season_id}/panel-plan")
        assert page.locator(".slim svg").is_visible()
        wide = "[...document.querySelectorAll('.sheet')].filter(s => s.scrollWidth > s.clientWidth)"
        assert page.evaluate(f"{wide}.map(s => s.ariaLabel)") == []


def test_the_figures_are_those_of_the_formulas(manager: Clerk, season_id: int) -> None:
    """A margin of 5 points takes 97 answers about each unit at a spread of 25, times deff."""
    html = re.sub(r"\s*\n\s*", "", manager.get(f"/seasons/{season_id}/panel-plan").html)
    found = re.search(r'误差不超过5分</th><td class="figure">(\d+)</td>', html)
    assert found is not None
    assert int(found[1]) >= 97


def test_a_stratum_without_cards_is_told_and_no_cards_at_all_too(
    installation: Installation, manager: Clerk, season_id: int
) -> None:
    with installation.database.writing() as session:
        first = session.query(PanelSeats).first()
        assert first is not None
        first.seats = 0
    page = manager.get(f"/seasons/{season_id}/panel-plan")
    assert page.has("有的层次一张卡也没有")
    with installation.database.writing() as session:
        for one in session.query(PanelSeats).all():
            one.seats = 0
    page = manager.get(f"/seasons/{season_id}/panel-plan")
    assert page.has("名册里还没有评议卡和被评的单位。")
