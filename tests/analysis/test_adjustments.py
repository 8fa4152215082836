"""Bonuses under their caps, by hand."""

from fractions import Fraction as F  # noqa: N817  # many of them stand in one line

import pytest

from analysis.score.adjustments import AdjustmentSum, CapHit, Event, adjustment_sum, largest_amounts
from analysis.score.facts import Adjustment, Facts, Indicator, Unit
from analysis.score.rules import Adjusted, AdjustmentRule, Cap, Given, Part, Total, Weighted
from analysis.score.scoring import score

RULE = Adjusted(
    "adjustments",
    (
        AdjustmentRule("single.central", "times", F(2, 10)),
        AdjustmentRule("single.city", "times", F(15, 100)),
        AdjustmentRule("commended", "times", F(1)),
        AdjustmentRule("active", "amount", F(1)),
        AdjustmentRule("funds", "largest", F(2)),
        AdjustmentRule("criticised", "times", F(-2)),
        AdjustmentRule("late", "amount", F(-1)),
    ),
    (Cap(("single.central", "single.city"), F(4, 10)),),
    F(3),
)


def points(*events: Event, largest: F = F(0)) -> F:
    return adjustment_sum(RULE, events, {"funds": largest}).value


def test_a_cap_over_two_rules_cuts_both_in_proportion():
    events = (Event("single.central", 1, None), Event("single.city", 3, None))
    # 0.2 + 0.45 = 0.65, of which 0.4 counts
    assert adjustment_sum(RULE, events, {}) == AdjustmentSum(
        F(4, 10),
        (F(2, 10), F(45, 100)),
        (F(40, 65), F(40, 65)),
        (CapHit(RULE.caps[0].rules, F(65, 100), F(4, 10)),),
    )


def test_all_bonuses_together_and_then_deductions_without_cap():
    events = (Event("commended", 5, None), Event("criticised", 2, None))
    assert points(*events) == 3 - 4


def test_the_overall_cap_comes_after_the_caps_of_groups():
    events = (Event("commended", 2, None), Event("single.central", 9, None))
    assert points(*events) == F(24, 10)  # 2 + 0.4, not cut at 3


def test_amounts_and_amounts_in_proportion():
    assert points(Event("active", 1, F(15, 100))) == F(15, 100)
    assert points(Event("late", 1, F(1, 2))) == F(-1, 2)
    assert points(Event("funds", 1, F(54_000)), largest=F(12_000_000)) == F(9, 1000)
    assert points(Event("funds", 1, F(0)), largest=F(0)) == 0
    # However small the largest is: half of it is half of the points.
    assert points(Event("funds", 1, F(1, 4)), largest=F(1, 2)) == 1


def test_the_largest_amount_is_a_units_sum():
    events = {
        "u1": [Event("funds", 1, F(30)), Event("funds", 1, F(40))],
        "u2": [Event("funds", 1, F(60)), Event("commended", 1, None)],
    }
    assert largest_amounts(RULE, events) == {"funds": F(70)}


def test_an_unknown_rule_is_refused():
    with pytest.raises(KeyError, match="praise"):
        points(Event("praise", 1, None))


def test_a_cap_reached_exactly_takes_nothing_away():
    result = adjustment_sum(RULE, (Event("single.central", 2, None),), {})
    assert (result.value, result.shares, result.caps) == (F(4, 10), (F(1),), ())


PROJECTS = Adjusted(
    "adjustments",
    (
        AdjustmentRule("city", "times", F(4)),
        AdjustmentRule("province", "times", F(8)),
        AdjustmentRule("other", "times", F(1)),
    ),
    (Cap(("city", "province"), F(12)),),
    None,
    once_per_project=frozenset({"city", "province"}),
)


def test_one_project_counts_once_at_its_highest():
    events = (
        Event("city", 1, None, "water"),
        Event("province", 1, None, "water"),
        Event("city", 1, None, "roads"),
        Event("other", 1, None, "water"),  # not one of the rules that share projects
    )
    # water 8, roads 4, other 1; 12 of the cap are reached exactly.
    assert adjustment_sum(PROJECTS, events, {}) == AdjustmentSum(
        F(13), (F(4), F(8), F(4), F(1)), (F(0), F(1), F(1), F(1)), (), frozenset({0})
    )


def test_equal_points_for_a_project_count_the_first_and_no_project_counts_each_time():
    twice = (Event("city", 1, None, "water"), Event("city", 1, None, "water"))
    assert adjustment_sum(PROJECTS, twice, {}).shares == (F(1), F(0))
    unnamed = (Event("city", 1, None), Event("city", 1, None))
    assert adjustment_sum(PROJECTS, unnamed, {}).value == 8


def test_an_adjustment_of_a_unit_that_is_not_evaluated_changes_nothing():
    rule = Total("t", Weighted("t.base", (Part(F(1), Given("x", "r")),), "zero"), PROJECTS)
    facts = Facts(
        (Unit("u1", "甲", "a"),),
        indicators=(Indicator("r", "u1", "x", F(80)),),
        adjustments=(Adjustment("r", "nobody", "city", 1, None),),
    )
    assert [(r.unit, r.published) for r in score(rule, facts, 0)] == [("u1", "80")]


def test_an_amount_counts_as_often_as_it_was_earned():
    assert points(Event("active", 2, F(3, 4))) == F(3, 2)
    assert points(Event("late", 3, F(1, 2))) == F(-3, 2)


def test_an_amount_that_nobody_gave_is_worth_nothing():
    assert points(Event("active", 1, None)) == 0
    assert points(Event("funds", 1, None), largest=F(10)) == 0
    assert largest_amounts(RULE, {"u1": [Event("funds", 1, None)]}) == {"funds": 0}


def test_where_nobody_has_any_amount_the_largest_gives_nothing():
    assert largest_amounts(RULE, {}) == {"funds": 0}
    assert points(Event("funds", 1, F(0)), largest=F(0)) == 0
    # However small the largest is: half of it is half of the points.
    assert points(Event("funds", 1, F(1, 4)), largest=F(1, 2)) == 1


def test_a_cap_takes_nothing_from_an_event_without_points():
    events = (Event("single.central", 3, None), Event("single.city", 0, None))
    # .6 is cut to .4; the second had nothing to lose and keeps its share.
    assert adjustment_sum(RULE, events, {}).shares == (F(2, 3), 1)
