"""Cards exchanged and taken back in the open leave a package in order; in secret, they do not."""

import json
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from evalsvc.domain.acting import Act
from evalsvc.domain.concluding import archive, results
from evalsvc.domain.people import approvals
from evalsvc.domain.sealing import reissue, rounds
from evalsvc.domain.sealing.opening import open_box
from evalsvc.domain.sealing.public_box import PlaceCounts, list_boxes
from evalsvc.domain.voting import casting
from tests.cast import (
    AUDITOR,
    CUSTODIAN,
    MANAGER,
    MORNING,
    PASSPHRASE,
    Installation,
    add_panel_city,
    build_installation,
    get_round_id,
    ignore_progress,
    open_with_cards,
)
from tests.domain.test_casting import visit_and_fill
from tests.integrity.counted import failed, unpack


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Installation]:
    """A counted city where, of fifty cards, one was exchanged before use and one revoked after."""
    built = build_installation(tmp_path / "instance")
    season_id = add_panel_city(built, seats=12)
    round_id = get_round_id(built, season_id)
    cards = [card.token for card in open_with_cards(built, round_id)]
    exchanged = approve(built, round_id, "reissue", cards[-1])
    new = reissue.reissue(Act(built.database, MANAGER, MORNING), built.settings, exchanged)
    for token in (*cards[2:-1], new.token):
        visit, answers = visit_and_fill(built, token)
        casting.cast(built.database, visit, answers, casting.new_nonce(), MORNING)
    revoked = approve(built, round_id, "revoke", cards[5])
    reissue.revoke(Act(built.database, MANAGER, MORNING), built.settings, revoked)
    rounds.close_round(Act(built.database, MANAGER, MORNING), built.settings, round_id)
    open_box(
        Act(built.database, CUSTODIAN, MORNING),
        built.settings,
        round_id,
        PASSPHRASE,
        ignore_progress,
    )
    results.compute_result(Act(built.database, MANAGER, MORNING), built.settings, season_id)
    yield built
    built.database.close()


def approve(place: Installation, round_id: int, kind: str, token: str) -> int:
    proposed = reissue.propose_by_code(
        Act(place.database, MANAGER, MORNING), place.settings, kind, round_id, token, "信件遗失"
    )
    if approvals.get_approval(place.database, proposed).state == "pending":
        approvals.decide(Act(place.database, AUDITOR, MORNING), proposed, True)
    return proposed


def failures(place: Installation, folder: Path) -> set[str]:
    package = archive.build_audit_package(place.database, place.settings, 1)
    return failed(unpack(package, folder))


def test_what_the_log_tells_is_in_order(place: Installation, tmp_path: Path) -> None:
    assert failures(place, tmp_path) == set()
    (box,) = list_boxes(place.database)
    # 50 sealed and 1 reissued are 51; 47 used and good, 2 leaders' unused, 2 void.
    assert box.places == PlaceCounts(sealed=50, reissued=1, used=47, unused=2, void=2)


def test_a_successor_of_another_stratum_is_seen(place: Installation, tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "instance" / "evalsvc.sqlite") as connection:
        (detail,) = connection.execute("SELECT detail FROM event WHERE verb = 'reissue'").fetchone()
        key = bytes.fromhex(json.loads(detail)["credential"])
        moved = connection.execute(
            "UPDATE credential SET cell = 'grassroots' WHERE key = ?", (key,)
        )
        assert moved.rowcount == 1
    connection.close()
    # The closing anchor's roll has it in its own stratum, and the panel's counters do, too.
    assert failures(place, tmp_path) == {"roll", "counters"}
