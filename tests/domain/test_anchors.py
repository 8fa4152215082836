"""Anchors on both databases: when one is published, and that each covers the one before."""

from datetime import timedelta

import pytest
from click.testing import CliRunner

from evalsvc.__main__ import main
from evalsvc.box.anchors import FIRST_PREVIOUS, SignedAnchor
from evalsvc.box.merkle import box_root
from evalsvc.domain import events
from evalsvc.domain.acting import Act
from evalsvc.domain.sealing import anchors, rounds
from evalsvc.domain.sealing.box_files import list_leaves
from evalsvc.domain.voting import casting
from evalsvc.models.season import Round
from tests.cast import MANAGER, MORNING, Installation, add_panel_city, get_round_id, open_with_cards
from tests.domain.test_casting import visit_and_fill

pytestmark = pytest.mark.usefixtures("database_url")

NOON, EVENING = MORNING + timedelta(hours=4), MORNING + timedelta(hours=10)


def open_city(place: Installation) -> tuple[int, list[str]]:
    round_id = get_round_id(place, add_panel_city(place, seats=6))
    return round_id, [card.token for card in open_with_cards(place, round_id)]


def cast(place: Installation, tokens: list[str]) -> None:
    for token in tokens:
        visit, answers = visit_and_fill(place, token)
        casting.cast(place.database, visit, answers, casting.new_nonce(), MORNING)


def list_anchors(place: Installation, round_id: int) -> list[SignedAnchor]:
    with place.database.reading() as session:
        return anchors.list_anchors(session, session.get_one(Round, round_id))


def test_a_round_is_anchored_from_its_opening_to_its_closing(place: Installation) -> None:
    round_id, tokens = open_city(place)
    cast(place, tokens[:20])
    anchors.publish_anchor(place.database, place.settings, round_id, NOON)
    cast(place, tokens[20:21])
    rounds.close_round(Act(place.database, MANAGER, EVENING), place.settings, round_id)
    opening, noon, closing = found = list_anchors(place, round_id)
    assert [one.anchor.ballots for one in found] == [0, 20, 21]
    assert [one.anchor.number for one in found] == [1, 2, 3]
    assert [one.moment for one in found] == [MORNING, NOON, EVENING]
    assert all(one.is_genuine for one in found)
    assert [one.anchor.previous for one in found] == [
        FIRST_PREVIOUS.hex(),
        opening.anchor.hash.hex(),
        noon.anchor.hash.hex(),
    ]
    with place.database.reading() as session:
        assert closing.anchor.box_root == box_root(list_leaves(session, round_id)).hex()
    log = {one.event.seq: one for one in events.list_chain(place.database)}
    for one in found:
        assert log[one.anchor.log_seq].hash.hex() == one.anchor.log_head
        told = log[one.anchor.log_seq + 1].event
        assert told.verb == "publish_anchor"
        assert told.detail["sha256"] == one.anchor.hash.hex()
    assert [log[one.anchor.log_seq].event.verb for one in found] == [
        "open_round",
        "publish_anchor",
        "close_round",
    ]


def test_too_few_new_ballots_and_other_states_publish_nothing(place: Installation) -> None:
    round_id, tokens = open_city(place)
    publish = anchors.publish_anchors
    cast(place, tokens[:19])
    assert publish(place.database, place.settings, NOON) == ()
    cast(place, tokens[:1])  # a revision is a ballot, too
    ((code, made),) = publish(place.database, place.settings, NOON)
    assert (code, made.anchor.ballots) == ("year_end", 20)
    assert publish(place.database, place.settings, NOON) == ()
    rounds.close_round(Act(place.database, MANAGER, EVENING), place.settings, round_id)
    assert publish(place.database, place.settings, EVENING) == ()
    assert len(list_anchors(place, round_id)) == 3


def test_the_seal_is_told_in_the_log_and_in_every_anchor(place: Installation) -> None:
    round_id, _ = open_city(place)
    (opening,) = list_anchors(place, round_id)
    with place.database.reading() as session:
        seal = anchors.get_seal(session, round_id)
        scheme = session.get_one(Round, round_id).season.scheme_sha256
    opened = next(
        one.event for one in events.list_chain(place.database) if one.event.verb == "open_round"
    )
    assert opened.detail | {"persons": ""} == {
        "persons": "",
        "scheme_sha256": scheme,
        "roll_root": seal.roll_root,
        "seal": seal.hash.hex(),
    }
    assert (opening.anchor.seal, opening.anchor.roll_root) == (seal.hash.hex(), seal.roll_root)
    assert (seal.places, seal.scheme_sha256) == (26, scheme)


def test_the_timers_command_says_what_it_published(
    place: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, tokens = open_city(place)
    monkeypatch.setenv("EVALSVC_INSTANCE", str(place.settings.instance))
    monkeypatch.setenv("EVALSVC_DATABASE_URL", place.settings.database_url)
    assert "nothing to publish" in CliRunner().invoke(main, ["anchor"]).output
    cast(place, tokens[:20])
    said = CliRunner().invoke(main, ["anchor"]).output
    assert said.startswith("year_end: ")
    assert "20 张 ballots" in said
