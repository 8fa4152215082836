"""What voids a ballot of fixed steps: a number between two, and too many of the best together.

A provincial department's sheet: ten fixed steps (100, 95, 90 / 85, 80, 75 / 70, 65, 60 / 55), the
three of 优秀 together at most 20% of those rated.
"""

from dataclasses import replace
from fractions import Fraction

import pytest

from analysis.score.facts import Answer, Ballot, Facts, Unit
from analysis.score.quotas import LevelLimit
from analysis.score.rules import Rated
from analysis.score.validity import Breach, checked_ballots

F = Fraction

POINTS: dict[str, F | None] = {"a": F(100), "b": F(95), "c": F(90), "d": F(80), "none": None}
BEST = frozenset({"a", "b", "c"})
RULE = Rated("r", "y", {"all": "leader"}, "q", POINTS, None)


def breaches(rule: Rated, values: list[str]) -> tuple[Breach, ...]:
    units = tuple(Unit(f"u{n}", f"u{n}", "all") for n in range(len(values)))
    answers = tuple(Answer(u.code, "q", value) for u, value in zip(units, values, strict=True))
    (checked,) = checked_ballots(rule, Facts(units, (Ballot("y", "leader", "b1", "r1", answers),)))
    return checked.breaches


def test_levels_taken_together():
    rule = replace(RULE, level_limits=(LevelLimit(BEST, most_share=F(1, 5)),))
    # Of 12 rated 20% are 2.4: two.
    assert breaches(rule, ["a", "c", *["d"] * 10]) == ()
    assert breaches(rule, ["a", "b", "c", *["d"] * 9]) == (
        Breach("proportions", ("all", "0", "2", "3")),
    )
    # Whom the rater does not know is not rated: of 9 it is one.
    assert breaches(rule, ["a", "c", *["d"] * 7, "none", "none", "NA"]) == (
        Breach("proportions", ("all", "0", "1", "2")),
    )


def test_at_least_and_at_most():
    rule = replace(RULE, level_limits=(LevelLimit(frozenset({"d"}), least=1, most=2),))
    assert breaches(rule, ["a", "d", "d"]) == ()
    assert breaches(rule, ["a", "a", "a"]) == (Breach("proportions", ("all", "1", "2", "0")),)
    assert breaches(rule, ["d", "d", "d"]) == (Breach("proportions", ("all", "1", "2", "3")),)


@pytest.mark.parametrize(("mark", "is_step"), [("55", True), ("85", True), ("86", False)])
def test_steps_of_a_number(mark: str, is_step: bool):
    rule = replace(RULE, points=None, limits=(F(55), F(100)), step=F(5))
    expected = () if is_step else (Breach("out_of_range", ("u0", mark)),)
    assert breaches(rule, [mark]) == expected
