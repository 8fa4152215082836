"""Satisfaction from counts, by hand."""

from dataclasses import replace
from fractions import Fraction as F  # noqa: N817  # many of them stand in one line

import pytest

from analysis import Appraisal, appraisal
from analysis.score.rules import Satisfaction
from analysis.score.satisfaction import citizen_weights, merged_plan

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


def weigh(*units):
    """The panel's weights where these units' counts are all there are."""
    return citizen_weights(RULE.strata, units)


def test_strata_count_by_the_plan_not_by_their_size():
    counts = {
        "grassroots": {"good": 5, "fair": 5, "unknown": 10},  # 20 answers, mean of valid ones 90
        "firms": {"good": 10, "bad": 30},  # 40 answers, mean 25
    }
    # One answer counts .6/20 = .03 among grassroots and .4/40 = .01 among firms. Valid answers
    # weigh 10 × .03 = .3 and 40 × .01 = .4, so the strata share 3 : 4.
    found = appraisal(RULE, counts, weigh(counts))
    assert found == Appraisal(
        valid=50,
        unknown=10,
        score=F(90) * F(3, 7) + F(25) * F(4, 7),
        satisfied_rate=F(1, 2) * F(3, 7) + F(1, 4) * F(4, 7),
        satisfied_or_basically_rate=F(3, 7) + F(1, 4) * F(4, 7),
        weights={"grassroots": F(3, 7), "firms": F(4, 7)},
        empty=(),
        answers={"grassroots": 10, "firms": 40},
    )
    assert found.unknown_share == F(1, 6)


def test_few_who_know_a_unit_do_not_speak_for_their_whole_stratum():
    known = {"grassroots": {"good": 99, "unknown": 1}, "firms": {"bad": 1, "unknown": 99}}
    # Plan .6 and .4 over 100 answers each: 99 × .6 against 1 × .4.
    assert appraisal(RULE, known, weigh(known)).score == F(9900 * 6, 99 * 6 + 4)


def test_a_citizen_weighs_the_same_for_every_unit():
    first = {"grassroots": {"good": 30}, "firms": {"good": 10}}
    second = {"grassroots": {"good": 10}, "firms": {"bad": 30}}
    # Forty answers in each stratum over both units, so ω = .6/40 and .4/40.
    weights = weigh(first, second)
    assert weights == {"grassroots": F(6, 400), "firms": F(4, 400)}
    assert appraisal(RULE, second, weights).score == F(100 * 10 * 6, 10 * 6 + 30 * 4)


def test_an_empty_stratum_is_named():
    counts = {"grassroots": {"fair": 30}, "firms": {"unknown": 3}}
    found = appraisal(RULE, counts, weigh(counts))
    assert (found.score, found.weights, found.empty) == (F(80), {"grassroots": F(1)}, ("firms",))


def test_below_the_threshold_there_is_no_figure():
    counts = {"grassroots": {"good": 29, "unknown": 100}}
    found = appraisal(RULE, counts, weigh(counts))
    assert (found.valid, found.score, found.satisfied_rate) == (29, None, None)


def test_nobody_answered():
    found = appraisal(RULE, {}, weigh())
    assert (found.valid, found.unknown, found.unknown_share, found.score) == (0, 0, None, None)


def test_without_a_plan_all_answers_weigh_the_same():
    rule = Satisfaction("s", "r", "g", "i", RULE.points, {}, 30)
    assert appraisal(rule, {"a": {"good": 30}, "b": {"bad": 10}}, {}).score == 75


def test_strata_counted_together_have_their_weights_together():
    plan = {"grassroots": F(5, 10), "firms": F(3, 10), "organs": F(2, 10)}
    assert merged_plan(plan, {"grassroots", "firms+organs"}) == {
        "grassroots": F(5, 10),
        "firms+organs": F(5, 10),
    }
    with pytest.raises(KeyError, match="others"):
        merged_plan(plan, {"firms+others"})


def test_one_answer_is_enough_where_one_is_asked_for():
    rule = replace(RULE, min_valid=1)
    one = {"grassroots": {"fair": 1}}
    assert appraisal(rule, one, weigh(one)).score == 80
    nobody = {"grassroots": {"unknown": 1}}
    assert appraisal(replace(rule, min_valid=0), nobody, weigh(nobody)).score is None


def test_a_figure_that_three_villagers_decide_says_so():
    """Villages weigh .6 and towns .4; of each 100 answers, three villagers know the unit, and 97.

    A villager's answer counts .6/100, a townsman's .4/100: 1.8 against 38.8. Where only three
    villagers answered at all, ω = .6/3 = .2 against .4/97: they carry .6, each a fifth.
    """
    counts = {"grassroots": {"bad": 3}, "firms": {"good": 97}}
    found = appraisal(RULE, counts, weigh(counts))
    assert found.weights == {"grassroots": F(6, 10), "firms": F(4, 10)}
    # 1/(.36/3 + .16/97) = 1/(.12 + .00165) = 8.2 answers of equal weight.
    assert found.effective == 1 / (F(36, 300) + F(16, 9700))
    assert found.carried_by_few == ("grassroots",)
    even = {"grassroots": {"bad": 40, "unknown": 20}, "firms": {"good": 40}}
    assert appraisal(RULE, even, weigh(even)).carried_by_few == ()
    # Too few for a score as it is: that says enough.
    few = {"grassroots": {"bad": 3}, "firms": {"good": 5}}
    assert appraisal(RULE, few, weigh(few)).carried_by_few == ()
    assert appraisal(RULE, {}, weigh()).effective is None
