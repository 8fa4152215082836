"""Assisted ballots: counted by group from the opened box, never known ballot by ballot."""

import json
from pathlib import Path

import pytest
from sqlalchemy import select

from evalsvc.domain.acting import Act
from evalsvc.domain.concluding import archive, results
from evalsvc.domain.concluding.contents import get_content
from evalsvc.domain.sealing import rounds
from evalsvc.domain.sealing.opening import open_box
from evalsvc.domain.voting import assistance, casting
from evalsvc.models.box import Assistance
from evalsvc.models.tables import METADATA
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
from tests.domain.test_casting import visit_and_fill
from tests.integrity.counted import failed, unpack

pytestmark = pytest.mark.usefixtures("database_url")

Rows = dict[str, list[tuple[object, ...]]]


def take_rows(place: Installation) -> Rows:
    with place.database.reading() as session:
        return {
            table.name: [tuple(row) for row in session.execute(select(table))]
            for table in METADATA.sorted_tables
        }


def cast(place: Installation, token: str, *, assisted: bool) -> None:
    visit, answers = visit_and_fill(place, token)
    nonce = casting.new_nonce()
    casting.cast(place.database, visit, answers, nonce, MORNING, assisted=assisted)


def list_changed(place: Installation, token: str, *, assisted: bool) -> set[str]:
    """The tables in which casting a ballot changes anything."""
    before = take_rows(place)
    cast(place, token, assisted=assisted)
    after = take_rows(place)
    return {
        name for name in after if sorted(before[name], key=repr) != sorted(after[name], key=repr)
    }


def test_an_assisted_ballot_leaves_what_any_other_leaves(place: Installation) -> None:
    round_id = get_round_id(place, add_panel_city(place))
    cards = open_with_cards(place, round_id)

    assisted = list_changed(place, get_card(cards, "panel").token, assisted=True)
    own = list_changed(place, get_card(cards, "panel", 1).token, assisted=False)

    assert assisted == own == {"pending_ballot"}
    lengths = {len(row[4]) for row in take_rows(place)["pending_ballot"]}  # type: ignore[arg-type]  # content
    assert len(lengths) == 1


def test_packages_and_report_say_how_many_and_verify_agrees(
    place: Installation, tmp_path: Path
) -> None:
    """12 citizens of each stratum; the first five ballots are typed in, one of them replaced."""
    season_id = add_panel_city(place, seats=12)
    round_id = get_round_id(place, season_id)
    cards = open_with_cards(place, round_id)
    panel = [card for card in cards if card.group == "panel"]
    for number, card in enumerate(panel):
        cast(place, card.token, assisted=number < 5)
    cast(place, panel[0].token, assisted=False)
    leader = get_card(cards, "leader")
    cast(place, leader.token, assisted=True)
    assistance.report_sitting(Act(place.database, MANAGER, MORNING), round_id, {"panel": 5})
    rounds.close_round(Act(place.database, MANAGER, MORNING), place.settings, round_id)
    open_box(
        Act(place.database, CUSTODIAN, MORNING),
        place.settings,
        round_id,
        PASSPHRASE,
        ignore_progress,
    )
    results.compute_result(Act(place.database, MANAGER, MORNING), place.settings, season_id)

    packages = archive.build_packages(place.database, place.settings, season_id)

    (tmp_path / "audit").mkdir()
    (tmp_path / "public").mkdir()
    audit = unpack(packages.audit, tmp_path / "audit")
    public = unpack(packages.public, tmp_path / "public")
    told = b"group,reported,counted\nleader,0,1\npanel,5,4\n"
    assert audit["box/year_end/assisted.csv"] == told
    assert public["box/year_end/assisted.csv"] == told
    assert failed(audit) == failed(public) == set()
    turnout = {one.group: one.assisted for one in get_content(place.database, season_id).turnout}
    assert turnout == {"leader": 1, "panel": 4}

    with place.database.writing() as session:
        session.get_one(Assistance, (round_id, "leader")).counted = 3
    again = archive.build_audit_package(place.database, place.settings, season_id)
    (tmp_path / "again").mkdir()
    assert failed(unpack(again, tmp_path / "again")) == {"counters", "opening", "openings"}


def test_the_log_names_no_ballot(place: Installation) -> None:
    round_id = get_round_id(place, add_panel_city(place))
    card = get_card(open_with_cards(place, round_id), "panel")
    cast(place, card.token, assisted=True)
    assistance.report_sitting(Act(place.database, MANAGER, MORNING), round_id, {"panel": 1})

    *_, event = take_rows(place)["event"]

    assert [json.loads(str(value)) for value in event if str(value).startswith("{")] == [
        {"panel": "1"}
    ]
