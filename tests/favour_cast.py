"""A Panshan whose twelve departments and twelve towns rate each other, closed and ready to open."""

from collections.abc import Sequence

import numpy as np

from analysis.score.facts import Answer
from analysis.score.quotas import band_quota
from evalsvc.box.cards import Card
from evalsvc.domain import seasons
from evalsvc.domain.acting import Act
from evalsvc.domain.preparing import rosters
from evalsvc.domain.preparing.rosters import RaterRow, Roster, UnitRow
from evalsvc.domain.sealing import rounds
from evalsvc.domain.voting import casting
from evalsvc.scheme.presets import get_preset_text
from tests.cast import MANAGER, MORNING, Installation, get_round_id, open_with_cards

BANDS = (("A", 30), ("B", 50), ("C", 20))
AREAS = ("东片", "南片", "西片")


def close_mutual_round(
    place: Installation, strength: float, own_area: float = 0.0, size: int = 12
) -> int:
    """Its id; both sides share so much of what they think of each other, beside their noise of 1.

    Every third unit has the same area, and is rated by so much higher there.
    """
    season_id = seasons.create_season(
        Act(place.database, MANAGER, MORNING),
        "互评",
        "考评办",
        "0427-0000000",
        get_preset_text("panshan-2018"),
    )
    units = tuple(
        UnitRow(f"{sign}{n:02d}", f"{name}{n:02d}", category, cluster=AREAS[n % 3])
        for sign, name, category in (("d", "部门", "department"), ("t", "镇", "town"))
        for n in range(size)
    )
    raters = (RaterRow("office", "O1", "考评办"), RaterRow("leader", "L1", "领导"))
    rosters.import_roster(Act(place.database, MANAGER, MORNING), season_id, Roster(units, raters))
    round_id = get_round_id(place, season_id)
    opinions = build_opinions(strength, own_area, size)
    for card in open_with_cards(place, round_id):
        if card.group in opinions:
            rater = int(card.addressee[-2:])
            _cast(place, card, opinions[card.group][rater])
    rounds.close_round(Act(place.database, MANAGER, MORNING), place.settings, round_id)
    return round_id


def build_opinions(
    strength: float, own_area: float, size: int, seed: int = 11
) -> dict[str, np.ndarray]:
    """What each rates each by: quality, what they share with the other side, area and noise."""
    rng = np.random.default_rng(seed)
    shared = strength * rng.normal(size=(size, size))
    area = own_area * np.equal.outer(np.arange(size) % 3, np.arange(size) % 3)
    return {
        group: rng.normal(size=size) + its + area + rng.normal(size=(size, size))
        for group, its in (("mutual_town", shared), ("mutual_department", shared.T))
    }


def choose_bands(opinion: Sequence[float]) -> list[str]:
    """A band for each unit in its order, the best opinions first, as many as there are places."""
    quota = band_quota(len(opinion), [share for _, share in BANDS])
    bands = [code for (code, _), n in zip(BANDS, quota, strict=True) for _ in range(n)]
    best_first = sorted(range(len(opinion)), key=lambda place: -opinion[place])
    given = dict(zip(best_first, bands, strict=True))
    return [given[place] for place in range(len(opinion))]


def _cast(place: Installation, card: Card, opinion: Sequence[float]) -> None:
    visit = casting.admit(place.database, place.settings, card.token, MORNING)
    units = casting.get_paper(place.database, visit, MORNING).units
    bands = choose_bands(opinion)
    answers = [Answer(unit.code, "overall", bands[int(unit.code[1:])]) for unit in units]
    casting.cast(place.database, visit, answers, casting.new_nonce(), MORNING)
