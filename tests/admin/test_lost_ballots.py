"""Ballots whose tray key is gone: told on the round's page and beside the result."""

from evalsvc.domain.acting import Act
from evalsvc.domain.concluding import results
from evalsvc.domain.concluding.contents import get_content
from evalsvc.domain.sealing import opening, rounds
from evalsvc.domain.sealing.losses import list_lost
from evalsvc.reports.documents.notes import list_lost as list_lost_notes
from evalsvc.results.rejections import LostBallots
from tests.admin.conftest import Clerk
from tests.cast import (
    CUSTODIAN,
    MANAGER,
    MORNING,
    PASSPHRASE,
    Installation,
    add_panel_city,
    get_card,
    get_round_id,
    ignore_progress,
    open_with_cards,
)
from tests.domain.test_tray import cast

SAID = "有 3 张票读不出来：它们在票盘上等候入箱时，票盘的密钥丢失了"
AGAIN = "投票的人可以用原来的编码重新投。"
OVER = "投票的人截止以前重新投了的，以重新投的为准。"


def test_lost_ballots_are_told_while_the_round_is_open_and_afterwards(
    installation: Installation, manager: Clerk
) -> None:
    database, settings = installation.database, installation.settings
    season_id = add_panel_city(installation, seats=6)
    round_id = get_round_id(installation, season_id)
    cards = open_with_cards(installation, round_id)
    page, result = f"/rounds/{round_id}", f"/seasons/{season_id}/results"
    for place in range(3):
        cast(installation, get_card(cards, "panel", place).token)
    assert list_lost(database, season_id) == ()
    assert "读不出来" not in manager.get(page).text + manager.get(result).text
    for file in settings.peppers.glob("*.tray*"):
        file.unlink()
    assert list_lost(database, season_id) == (LostBallots("year_end", 3, closed=False),)
    assert manager.get(page).has(SAID, AGAIN)
    assert manager.get(result).has(SAID, AGAIN)

    cast(installation, get_card(cards, "panel").token)
    act = Act(database, MANAGER, MORNING)
    rounds.close_round(act, settings, round_id)
    custodian = Act(database, CUSTODIAN, MORNING)
    opening.open_box(custodian, settings, round_id, PASSPHRASE, ignore_progress)
    results.compute_result(act, settings, season_id)
    assert list_lost(database, season_id) == (LostBallots("year_end", 3, closed=True),)
    assert manager.get(page).has(SAID, OVER)
    assert manager.get(result).has(SAID, OVER)
    assert manager.get(f"{page}?lang=en").has("3 ballots can't be read", "the later ballot counts")
    (note,) = list_lost_notes(get_content(database, season_id))
    assert note.subject.en == "Unreadable ballots"
    assert note.text.en == (
        "Year-end: 3 ballots can't be read: the key of the tray was lost while they waited there "
        "for the box (most likely the database was restored from a backup). They count in no "
        "score; of those who cast them and voted again before closing, the later ballot counts."
    )
