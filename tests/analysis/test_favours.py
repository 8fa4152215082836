"""Returned favours over a whole mutual evaluation: found where they were put, never by pairs."""

from dataclasses import fields, replace
from fractions import Fraction

import numpy as np
import pytest

from analysis.diagnostics import list_tables
from analysis.facts import Answer, Ballot, Facts, Unit
from analysis.favours import Favour, list_favours
from analysis.rules import Part, Rated, Rule, Weighted

TOWNS = tuple(f"t{number:02d}" for number in range(12))
OFFICES = tuple(f"o{number:02d}" for number in range(12))
BETWEEN: Rule = Weighted(
    "total",
    (
        Part(Fraction(1, 2), Rated("by_towns", "year", {"office": "town"}, "mark", None, None)),
        Part(Fraction(1, 2), Rated("by_offices", "year", {"town": "office"}, "mark", None, None)),
    ),
    "proportional",
)
WITHIN = Rated("peers", "year", {"town": "town"}, "mark", None, None)


def made(givers: tuple[str, ...], group: str, favours: np.ndarray, takers: tuple[str, ...],
         rng: np.random.Generator) -> list[Ballot]:  # fmt: skip
    """Every giver's marks for all takers but itself: quality, severity, noise and its favours."""
    quality, severity = rng.normal(0, 4, len(takers)), rng.normal(0, 3, len(givers))
    noise = rng.normal(0, 2, favours.shape)
    marks = (80 + quality + severity[:, np.newaxis] + noise + favours).round(2)
    return [
        Ballot("year", group, f"b-{giver}", giver, tuple(
            Answer(taker, "mark", f"{mark:.2f}")
            for taker, mark in zip(takers, row, strict=True) if taker != giver
        ))
        for giver, row in zip(givers, marks, strict=True)
    ]  # fmt: skip


def season(strength: float, within: bool = False) -> Facts:
    """Both sides share so much of what each gives the other."""
    rng = np.random.default_rng(4)
    shared = strength * rng.normal(0, 2, (12, 12))
    ballots = made(TOWNS, "town", shared + shared.T if within else shared,
                   TOWNS if within else OFFICES, rng)  # fmt: skip
    if not within:
        ballots += made(OFFICES, "office", shared.T, TOWNS, rng)
    return Facts(
        units=(
            *(Unit(code, code, "town") for code in TOWNS),
            *(Unit(code, code, "office") for code in OFFICES),
        ),
        ballots=tuple(ballots),
        own_units={
            (group, code): code
            for group, codes in (("town", TOWNS), ("office", OFFICES)) for code in codes
        },
    )  # fmt: skip


def find(rule: Rule, facts: Facts) -> tuple[Favour, ...]:
    return list_favours(list_tables(rule, facts, "year"), facts)


def test_favours_between_two_sides_are_found_where_they_are():
    (found,) = find(BETWEEN, season(1.5))
    assert {found.forth, found.back} == {"town", "office"}
    assert found.test.pairs == 144
    # Shared variance 9 of 9 + 4 in all: a correlation of about .69.
    assert found.test.reciprocity == pytest.approx(9 / 13, abs=0.12)
    assert found.test.p == pytest.approx(0.001)


def test_honest_sides_show_nothing():
    (found,) = find(BETWEEN, season(0.0))
    assert abs(found.test.reciprocity or 0) < 0.2
    assert (found.test.p or 0) > 0.05


def test_units_of_one_category_that_rate_each_other():
    (found,) = find(WITHIN, season(1.5, within=True))
    assert (found.forth, found.back, found.test.pairs) == ("town", "town", 66)
    assert (found.test.p or 1) < 0.01


def test_ballots_that_no_longer_tell_their_unit_are_not_tested():
    facts = season(1.5)
    cut = replace(facts, ballots=tuple(
        replace(ballot, rater=f"random-{place}") if ballot.group == "town" else ballot
        for place, ballot in enumerate(facts.ballots)
    ))  # fmt: skip
    assert find(BETWEEN, cut) == ()


def test_nothing_is_told_of_single_pairs():
    assert {field.name for field in fields(Favour)} == {"forth", "back", "test"}
