"""Favours over a whole mutual evaluation: found where they were put, never by pairs."""

from collections.abc import Mapping
from dataclasses import fields, replace
from fractions import Fraction

import numpy as np
import pytest

from analysis.examining.diagnostics import list_residuals, list_tables
from analysis.examining.favours import Favour, FavourKind, _one_digit, list_favours
from analysis.score.facts import Answer, Ballot, Facts, Unit
from analysis.score.rules import Part, Rated, Rule, Weighted

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
AREAS = {
    code: "东南西"[place % 3] for codes in (TOWNS, OFFICES) for place, code in enumerate(codes)
}


def made(
    givers: tuple[str, ...],
    group: str,
    favours: np.ndarray,
    takers: tuple[str, ...],
    rng: np.random.Generator,
) -> list[Ballot]:
    """Every giver's marks for all takers but itself: quality, severity, noise and its favours."""
    quality, severity = rng.normal(0, 4, len(takers)), rng.normal(0, 3, len(givers))
    noise = rng.normal(0, 2, favours.shape)
    marks = (80 + quality + severity[:, np.newaxis] + noise + favours).round(2)
    return [
        Ballot(
            "year",
            group,
            f"b-{giver}",
            giver,
            tuple(
                Answer(taker, "mark", f"{mark:.2f}")
                for taker, mark in zip(takers, row, strict=True)
                if taker != giver
            ),
        )
        for giver, row in zip(givers, marks, strict=True)
    ]


def season(strength: float, within: bool = False, own_area: float = 0.0, seed: int = 4) -> Facts:
    """Both sides share so much of what each gives the other; so many marks more for one's area."""
    rng = np.random.default_rng(seed)
    shared = strength * rng.normal(0, 2, (12, 12))
    area = own_area * np.equal.outer(np.arange(12) % 3, np.arange(12) % 3)
    ballots = made(
        TOWNS,
        "town",
        area + (shared + shared.T if within else shared),
        TOWNS if within else OFFICES,
        rng,
    )
    if not within:
        ballots += made(OFFICES, "office", area + shared.T, TOWNS, rng)
    return Facts(
        units=(
            *(Unit(code, code, "town") for code in TOWNS),
            *(Unit(code, code, "office") for code in OFFICES),
        ),
        ballots=tuple(ballots),
        own_units={
            (group, code): code
            for group, codes in (("town", TOWNS), ("office", OFFICES))
            for code in codes
        },
    )


def find(rule: Rule, facts: Facts, clusters: Mapping[str, str] | None = None) -> tuple[Favour, ...]:
    return list_favours(list_residuals(rule, facts, "year"), facts, clusters or {}, 7)


def test_favours_between_two_sides_are_found_where_they_are():
    (found,) = find(BETWEEN, season(1.5))
    assert (found.kind, {found.forth, found.back}) == ("mutual", {"town", "office"})
    assert (found.givers, found.takers, found.cells) == (12, 12, 144)
    # Shared variance 9 of 9 + 4 in all: a correlation of about .69.
    assert found.effect == pytest.approx(9 / 13, abs=0.12)
    assert (found.z > 4, found.p) == (True, 0.001)


def test_honest_sides_show_nothing():
    (found,) = find(BETWEEN, season(0.0))
    assert abs(found.effect) < 0.2
    assert abs(found.z) < 2
    assert found.p > 0.05


def test_the_false_alarms_are_as_many_as_stated():
    ps = [find(BETWEEN, season(0.0, seed=seed))[0].p for seed in range(60)]
    # 60 tests at 5%: 3 expected, more than 8 once in 400.
    assert sum(p <= 0.05 for p in ps) <= 8


def test_the_residuals_are_those_of_the_tables():
    facts = season(1.5)
    full, alone = list_tables(BETWEEN, facts, "year"), list_residuals(BETWEEN, facts, "year")
    for one, other in zip(full, alone, strict=True):
        assert (one.node, one.group, one.category) == (other.node, other.group, other.category)
        assert tuple(unit.unit for unit in one.units) == other.units
        assert tuple(rater.rater for rater in one.raters) == other.raters
        np.testing.assert_array_equal(one.residuals, other.residuals)


def test_units_of_one_category_that_rate_each_other():
    (found,) = find(WITHIN, season(1.5, within=True))
    assert (found.forth, found.back) == ("town", "town")
    assert (found.givers, found.takers, found.cells) == (12, 12, 66)
    assert found.p < 0.01


def test_each_evaluation_is_paired_with_the_one_that_answers_it():
    facts, peers = season(1.5), season(1.5, within=True)
    own = {("peer", code): code for code in TOWNS}
    all_three = replace(
        facts,
        ballots=(*facts.ballots, *(replace(one, group="peer") for one in peers.ballots)),
        own_units={**facts.own_units, **own},
    )
    rule: Rule = Weighted(
        "all",
        (
            Part(Fraction(1, 2), BETWEEN),
            Part(Fraction(1, 2), replace(WITHIN, groups={"town": "peer"})),
        ),
        "proportional",
    )
    found = find(rule, all_three)
    assert {(each.forth, each.back, each.cells) for each in found} == {
        ("peer", "peer", 66),
        ("office", "town", 144),
    }


def test_several_figures_and_several_raters_of_a_unit_are_one_relation():
    facts = season(1.5, within=True)
    twice = replace(WITHIN, code="again")
    both: Rule = Weighted(
        "total", (Part(Fraction(1, 2), WITHIN), Part(Fraction(1, 2), twice)), "proportional"
    )
    assert find(both, facts) == find(WITHIN, facts)
    # A second rater of every town says what the first said: the mean is the same.
    second = tuple(
        replace(ballot, ballot=f"{ballot.ballot}-2", rater=f"{ballot.rater}-2")
        for ballot in facts.ballots
    )
    own = {(group, f"{rater}-2"): unit for (group, rater), unit in facts.own_units.items()}
    doubled = replace(
        facts, ballots=(*facts.ballots, *second), own_units={**facts.own_units, **own}
    )
    (one,), (two,) = find(WITHIN, facts), find(WITHIN, doubled)
    assert (two.givers, two.cells, two.effect) == (one.givers, one.cells, one.effect)


def test_ballots_that_no_longer_tell_their_unit_are_not_tested():
    facts = season(1.5)
    cut = replace(
        facts,
        ballots=tuple(
            replace(ballot, rater=f"random-{place}") if ballot.group == "town" else ballot
            for place, ballot in enumerate(facts.ballots)
        ),
    )
    assert find(BETWEEN, cut) == ()
    # What the offices gave can still be put beside their areas, what the towns gave can't.
    assert [(found.kind, found.forth) for found in find(BETWEEN, cut, AREAS)] == [
        ("cluster", "office")
    ]


def test_fewer_than_ten_on_a_side_leave_no_number():
    facts = season(1.5)
    few = replace(
        facts, ballots=tuple(ballot for ballot in facts.ballots if ballot.rater not in TOWNS[:3])
    )
    assert [found.kind for found in find(BETWEEN, few, AREAS)] == ["cluster"]  # the offices' own
    nobody = replace(facts, ballots=())
    assert find(BETWEEN, nobody, AREAS) == ()


def test_marks_without_differences_leave_no_number():
    facts = season(0.0)
    same = replace(
        facts,
        ballots=tuple(
            replace(ballot, answers=tuple(replace(one, value="80") for one in ballot.answers))
            for ballot in facts.ballots
        ),
    )
    assert find(BETWEEN, same, AREAS) == ()


def test_clusters_that_favour_their_own_are_found_and_others_are_not():
    both = find(WITHIN, season(0.0, within=True, own_area=4.0), AREAS)
    assert [(found.kind, found.forth, found.back) for found in both] == [
        ("mutual", "town", "town"),
        ("cluster", "town", "town"),
    ]
    found = both[1]
    # Three areas of four: 3·4·3 ratings inside; 4 marks are two standard deviations of the noise.
    assert (found.givers, found.takers, found.cells) == (12, 12, 36)
    assert found.effect == pytest.approx(2.0, abs=0.6)
    assert (found.z > 4, found.p) == (True, 0.001)
    honest = find(WITHIN, season(0.0, within=True), AREAS)[1]
    assert abs(honest.effect) < 0.5
    assert honest.p > 0.05


def test_clusters_that_span_two_categories():
    found = [
        each for each in find(BETWEEN, season(0.0, own_area=4.0), AREAS) if each.kind == "cluster"
    ]
    assert [(each.forth, each.back, each.cells) for each in found] == [
        ("office", "town", 48),
        ("town", "office", 48),
    ]
    assert all(each.p == 0.001 for each in found)


def test_the_same_ballots_give_the_same_numbers():
    facts = season(0.4)
    backwards = replace(facts, ballots=facts.ballots[::-1])
    assert find(BETWEEN, facts, AREAS) == find(BETWEEN, backwards, AREAS)


def test_nothing_is_told_of_single_pairs_and_numbers_are_rounded():
    assert {field.name: field.type for field in fields(Favour)} == {
        "kind": FavourKind,
        "forth": str,
        "back": str,
        "givers": int,
        "takers": int,
        "cells": int,
        "effect": float,
        "z": float,
        "p": float,
    }
    (found,) = find(BETWEEN, season(0.4))
    assert found.effect == round(found.effect, 2)
    assert found.z == round(found.z, 1)
    assert [_one_digit(each) for each in (0.001, 0.0091, 0.01, 0.041, 0.05, 0.3, 0.301, 1.0)] == [
        0.001,
        0.01,
        0.01,
        0.05,
        0.05,
        0.3,
        0.4,
        1.0,
    ]
    assert found.p == _one_digit(found.p)
