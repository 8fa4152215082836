"""Sixty units in a forced ratio on a phone: a tap touches little, counters stay in view."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page

from evalsvc.app import create_app
from evalsvc.models.roster import Rater, Unit
from tests.cast import _create, build_installation, get_card, get_round_id, open_with_cards
from tests.public.test_browser import begin
from tests.serving import serve

pytestmark = [pytest.mark.browser, pytest.mark.slow]

UNITS = 60
# How many places of the page a press changes: some dozens at most (25 to place a unit, 49 where the
# band is full and a swap is offered), not one for each unit. How long that takes is not asked here,
# for a busy machine would answer.
PRESS = """(name) => new Promise((done) => {
  const input = document.querySelector(name);
  input.scrollIntoView({ block: "center" });
  requestAnimationFrame(() => setTimeout(() => {
    const watch = new MutationObserver(() => {});
    const all = { subtree: true, childList: true, attributes: true, characterData: true };
    watch.observe(document.body, all);
    input.click();
    done(watch.takeRecords().length);
  }));
})"""
BAR_IN_VIEW = """() => {
  const box = document.querySelector("[data-bar]").getBoundingClientRect();
  return box.bottom <= innerHeight + 1 && box.top >= 0;
}"""


@pytest.fixture
def site(tmp_path: Path) -> Iterator[tuple[str, str]]:
    installation = build_installation(tmp_path)
    season_id = _create(installation, "panshan-2018")
    with installation.database.writing() as session:
        for number in range(1, UNITS + 1):
            session.add(
                Unit(
                    season_id=season_id,
                    position=number,
                    code=f"u{number:02d}",
                    name=f"部门{number:02d}",
                    category="department",
                )
            )
        session.add(Rater(season_id=season_id, group="office", code="O1", name="考评办"))
    cards = open_with_cards(installation, get_round_id(installation, season_id))
    app = create_app(installation.settings)
    with serve(app) as address:
        yield address, get_card(cards, "office").token
    app.extensions["evalsvc"].database.close()
    installation.database.close()


def test_a_tap_among_sixty_units_touches_little(site: tuple[str, str], phone: Page) -> None:
    address, token = site
    begin(phone, address, token)
    changes = []
    for number in range(1, UNITS + 1):
        # Of 60 units 18 are A, 30 B, 12 C; the 19th A and later ones offer a swap, the worst case.
        band = "A" if number <= 20 else "B" if number <= 50 else "C"
        name = f"input[name='a.overall.u{number:02d}'][value='{band}']"
        changes.append(phone.evaluate(PRESS, name))
        assert phone.evaluate(BAR_IN_VIEW)
    assert phone.locator("[data-count]").all_text_contents() == ["20/18", "30/30", "10/12"]
    assert min(changes) > 0
    assert max(changes) < UNITS, changes
