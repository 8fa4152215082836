"""Satisfaction from counts, by hand."""

from fractions import Fraction as F  # noqa: N817  # many of them stand in one line

import pytest

from analysis import Appraisal, appraisal
from analysis.rules import Satisfaction
from analysis.satisfaction import merged_plan

RULE = Satisfaction(
    "social",
    "year_end",
    "panel",
    "satisfaction",
    {"good": F(100), "fair": F(80), "bad": F(0), "unknown": None},
    {"grassroots": F(6, 10), "firms": F(4, 10)},
    min_valid=30,
    satisfied=frozenset({"good"}),
    basically=frozenset({"fair"}),
)


def test_strata_count_by_the_plan_not_by_their_size():
    counts = {
        "grassroots": {"good": 5, "fair": 5, "unknown": 7},  # mean 90
        "firms": {"good": 10, "bad": 30},  # mean 25
    }
    assert appraisal(RULE, counts) == Appraisal(
        valid=50,
        unknown=7,
        score=F(90) * F(6, 10) + F(25) * F(4, 10),
        satisfied_rate=F(1, 2) * F(6, 10) + F(1, 4) * F(4, 10),
        satisfied_or_basically_rate=F(6, 10) + F(1, 4) * F(4, 10),
        weights=RULE.strata,
        empty=(),
    )
    assert appraisal(RULE, counts).unknown_share == F(7, 57)


def test_an_empty_stratum_gives_its_weight_to_the_others_and_is_named():
    found = appraisal(RULE, {"grassroots": {"fair": 30}, "firms": {"unknown": 3}})
    assert (found.score, found.weights, found.empty) == (F(80), {"grassroots": F(1)}, ("firms",))


def test_below_the_threshold_there_is_no_figure():
    found = appraisal(RULE, {"grassroots": {"good": 29, "unknown": 100}})
    assert (found.valid, found.score, found.satisfied_rate) == (29, None, None)


def test_nobody_answered():
    found = appraisal(RULE, {})
    assert (found.valid, found.unknown, found.unknown_share, found.score) == (0, 0, None, None)


def test_without_a_plan_all_answers_weigh_the_same():
    rule = Satisfaction("s", "r", "g", "i", RULE.points, {}, 30)
    assert appraisal(rule, {"a": {"good": 30}, "b": {"bad": 10}}).score == 75


def test_strata_counted_together_have_their_weights_together():
    plan = {"grassroots": F(5, 10), "firms": F(3, 10), "organs": F(2, 10)}
    assert merged_plan(plan, {"grassroots", "firms+organs"}) == {
        "grassroots": F(5, 10),
        "firms+organs": F(5, 10),
    }
    with pytest.raises(KeyError, match="others"):
        merged_plan(plan, {"firms+others"})
