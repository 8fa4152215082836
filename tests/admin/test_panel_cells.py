"""The round's page says how a panel was dealt, which strata were joined, and why."""

import re
from datetime import timedelta

from evalsvc.domain.acting import Act
from evalsvc.domain.sealing import rounds
from evalsvc.domain.sealing.opening import open_box
from evalsvc.models.roster import PanelSeats
from tests.admin.conftest import Clerk
from tests.cast import (
    CUSTODIAN,
    MANAGER,
    MORNING,
    PASSPHRASE,
    Installation,
    add_panel_city,
    add_panshan,
    get_round_id,
    ignore_progress,
    issue_cards,
)


def test_joined_strata_and_the_reason(installation: Installation, manager: Clerk) -> None:
    season_id = add_panel_city(installation)
    with installation.database.writing() as session:
        session.get_one(PanelSeats, (season_id, "panel", "deputies")).seats = 3
    round_id = get_round_id(installation, season_id)
    assert "问卷套数" not in manager.get(f"/rounds/{round_id}").text
    issue_cards(installation, round_id)

    page = manager.get(f"/rounds/{round_id}")
    assert page.has("怎样分卷", "一格至少要 10 人", "按分层次序与相邻的合并")
    figures = re.sub(r"\s*\n\s*", "", page.html)
    assert figures.count('class="figure">20</td><td class="figure">4</td>') == 2
    assert figures.count('class="figure">23</td><td class="figure">4</td>') == 1
    assert "开箱计票时" not in page.text

    evening = MORNING + timedelta(hours=8)
    rounds.open_round(Act(installation.database, MANAGER, MORNING), installation.settings, round_id)
    rounds.close_round(
        Act(installation.database, MANAGER, evening), installation.settings, round_id
    )
    open_box(
        Act(installation.database, CUSTODIAN, evening),
        installation.settings,
        round_id,
        PASSPHRASE,
        ignore_progress,
    )
    # Nobody answered, so nothing may stand apart.
    assert manager.get(f"/rounds/{round_id}").has("开箱计票时又合并为：", "有效票不到 10 张")


def test_a_round_without_a_panel_says_nothing_of_it(
    installation: Installation, manager: Clerk
) -> None:
    round_id = get_round_id(installation, add_panshan(installation))
    issue_cards(installation, round_id)
    assert "怎样分卷" not in manager.get(f"/rounds/{round_id}").text
