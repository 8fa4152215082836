"""What must hold for any facts: order changes nothing, better ratings never hurt."""

import random
from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis import score
from analysis.score.facts import Answer, Ballot, Facts, Indicator, Unit
from analysis.score.rules import Given, Part, Rated, Trim, Weighted
from evalsvc.scheme.presets import load_preset
from tests.evidence.panshan import package

pytestmark = pytest.mark.slow

HUNDRED = (Fraction(0), Fraction(100))
UNITS = tuple(Unit(f"u{n}", f"单位{n}", "all") for n in range(3))
RULE = Weighted(
    "total",
    (
        Part(Fraction(3, 4), Rated("rated", "r", {"all": "g"}, "q", None, Trim(4), limits=HUNDRED)),
        Part(Fraction(1, 4), Given("given", "r")),
    ),
    "centred",
)
MARKS = st.lists(st.lists(st.integers(0, 100), min_size=3, max_size=3), min_size=1, max_size=7)


@given(st.integers(0, 2**32))
@settings(max_examples=15, deadline=None)
def test_the_order_of_rows_changes_nothing(seed: int):
    facts, scheme, draw = package().facts, load_preset("panshan-2018"), random.Random(seed)

    def shuffled(rows: tuple) -> tuple:
        return tuple(draw.sample(rows, len(rows)))

    mixed = replace(
        facts,
        ballots=tuple(replace(b, answers=shuffled(b.answers)) for b in shuffled(facts.ballots)),
        indicators=shuffled(facts.indicators),
        adjustments=shuffled(facts.adjustments),
    )
    assert score(scheme.score, mixed, 2) == score(scheme.score, facts, 2)


def facts_of(marks: list[list[int]]) -> Facts:
    ballots = tuple(
        Ballot(
            "r",
            "g",
            f"b{rater}",
            f"r{rater}",
            tuple(Answer(unit.code, "q", str(mark)) for unit, mark in zip(UNITS, row, strict=True)),
        )
        for rater, row in enumerate(marks)
    )
    entered = (Indicator("r", "u0", "given", Fraction(80)), Indicator("r", "u1", "given", None))
    return Facts(UNITS, ballots, indicators=entered)


@given(MARKS, st.data())
@settings(max_examples=60, deadline=None)
def test_raising_a_rating_never_lowers_that_unit(marks: list[list[int]], data: st.DataObject):
    rater = data.draw(st.integers(0, len(marks) - 1))
    unit = data.draw(st.integers(0, 2))
    raised = [list(row) for row in marks]
    raised[rater][unit] = data.draw(st.integers(marks[rater][unit], 100))
    before, after = (score(RULE, facts_of(each), 2)[unit] for each in (marks, raised))
    assert after.tree.value >= before.tree.value
    assert after.rank <= before.rank


@given(MARKS)
@settings(max_examples=60, deadline=None)
def test_a_mean_lies_between_its_extremes(marks: list[list[int]]):
    for place, result in enumerate(score(RULE, facts_of(marks), 2)):
        own = [row[place] for row in marks]
        assert min(own) <= result.tree.parts[0].value <= max(own)
