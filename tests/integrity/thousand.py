"""A thousand raters of an anonymous group whose ballots are kept, no two with the same answers."""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from analysis.score.facts import Answer
from evalsvc.box.cards import Card
from evalsvc.box.roots import Voter, derive_root
from evalsvc.domain.voting import casting
from evalsvc.domain.voting.peppers import find_pepper
from evalsvc.models.roster import Rater
from evalsvc.models.season import Round
from evalsvc.scheme.presets import get_preset_text
from tests.cast import (
    MORNING,
    Installation,
    add_panel_city,
    build_installation,
    get_round_id,
    open_with_cards,
)

PEOPLE = 1000
SEED = 20181201


@dataclass(frozen=True)
class Crowd:
    """An open round, and its people in the order in which they will come."""

    place: Installation
    round_id: int
    arrivals: tuple[Card, ...]


def build_crowd(
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    database_url: str | None = None,
    people: int = PEOPLE,
) -> Crowd:
    """The city's scheme with leaders made anonymous and numbers of six decimals."""
    text = get_preset_text("three-in-one").replace("places: 0", "places: 6")
    text = text.replace("identity: named", "identity: unit\n    members: general_service")
    monkeypatch.setattr("tests.cast.get_preset_text", lambda _code: text)
    place = build_installation(folder, database_url)
    season_id = add_panel_city(place, seats=5)
    with place.database.writing() as session:
        session.add_all(
            Rater(season_id=season_id, group="leader", code=f"P{n:04d}", name=f"评价人{n:04d}")
            for n in range(people - 2)
        )
    round_id = get_round_id(place, season_id)
    cards = [card for card in open_with_cards(place, round_id) if card.group == "leader"]
    assert len(cards) == people
    random.Random(SEED).shuffle(cards)
    return Crowd(place, round_id, tuple(cards))


def answer_of(person: int) -> str:
    """What this person alone answers about every unit: a number that stands nowhere else."""
    return f"{10 + person % 89}.{(918_273 + 7_919 * person) % 1_000_000:06d}"


def cast_all(crowd: Crowd) -> Iterator[int]:
    """Everybody answers, one after another; yields each person's number once they have."""
    for person, card in enumerate(crowd.arrivals):
        visit = casting.admit(crowd.place.database, crowd.place.settings, card.token, MORNING)
        paper = casting.get_paper(crowd.place.database, visit, MORNING)
        answers = [Answer(unit.code, "overall", answer_of(person)) for unit in paper.units]
        casting.cast(crowd.place.database, visit, answers, casting.new_nonce(), MORNING)
        yield person


def list_keys(crowd: Crowd) -> list[bytes]:
    """Who holds the pepper and all codes knows everybody's place."""
    with crowd.place.database.reading() as session:
        uid = session.get_one(Round, crowd.round_id).uid
    pepper = find_pepper(crowd.place.settings, uid)
    assert pepper is not None
    return [Voter(derive_root(pepper, card.token)).credential for card in crowd.arrivals]
