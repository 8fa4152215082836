"""Every edge that real rounds bring: a result and a flag, never a crash, a warning or a NaN."""

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest

import analysis
from analysis.examining.diagnostics import list_tables
from analysis.score.composite import composite
from analysis.score.facts import Adjustment, Facts, Unit
from analysis.score.rules import Adjusted, AdjustmentRule, Given, Part, Total, Weighted
from analysis.statistics.findings import Flag
from tests.analysis.examined import LEADERS, made_facts

F = Fraction


def test_a_unit_without_valid_ratings_lacks_the_component_and_the_others_carry_its_weight():
    model = analysis.severity_model([[90, None], [80, None]])
    assert model.unit_effects[1] is None
    assert model.unit_flags[1] == (Flag.NO_RATINGS,)
    # 80·.6/.6 for the part that is there, centred on means of 80 and 70.
    found = composite([F(80), None], [F(6, 10), F(4, 10)], "centred", [F(80), F(70)])
    assert (found.value, found.missing) == (F(76), (1,))


def test_fewer_than_three_raters_give_a_score_with_a_flag_and_no_trimming():
    model = analysis.severity_model([[90, 80], [80, 85]])
    assert None not in model.unit_effects
    assert model.unit_flags == ((Flag.FEW_RATERS,), (Flag.FEW_RATERS,))
    found = analysis.drop_high_low_mean([90, 70], minimum=3)
    assert (found.value, found.flags) == (80.0, (Flag.FEW_RATERS, Flag.NOT_TRIMMED))


def test_extremes_stay_below_the_schemes_number_of_raters():
    found = analysis.drop_high_low_mean([100, 90, 80, 0], minimum=5)
    assert (found.value, found.dropped, found.flags) == (67.5, 0, (Flag.NOT_TRIMMED,))


@pytest.mark.parametrize("ballot", [[3.0], [2.0, 2.0, 2.0]])
def test_a_ballot_of_one_unit_or_one_grade_says_nothing(ballot: list[float]):
    found = analysis.rank_normal_scores(ballot)
    assert (found.scores, found.flags) == ((0.0,) * len(ballot), (Flag.NO_INFORMATION,))


def test_all_ratings_equal_leave_reliability_and_concordance_undefined():
    x = np.full((4, 5), 85.0)
    model = analysis.severity_model(x)
    assert model.unit_effects == pytest.approx((85.0,) * 5)
    reliability = analysis.model_reliability(model)
    assert (reliability.mean, reliability.flags) == (None, (Flag.ALL_EQUAL,))
    assert (analysis.kendall_w(x).w, analysis.kendall_w(x).flags) == (None, (Flag.ALL_EQUAL,))
    ballots = analysis.rank_normal_matrix(x).scores
    scores = analysis.scaled_scores(analysis.severity_model(ballots).unit_effects)
    assert scores == pytest.approx((85.0,) * 5)


def test_a_category_of_one_unit_has_a_score_and_no_rank():
    ranks = analysis.rank_intervals([85.0], [[1.0]], 1)
    assert (ranks.low, ranks.high, ranks.flags) == ((1,), (1,), (Flag.SINGLE_UNIT,))
    found = analysis.method_comparison([85.0], [86.0])
    assert (found.spearman, found.flags) == (None, (Flag.SINGLE_UNIT,))


def test_a_single_rater_gives_scores_without_error_and_is_not_tested():
    model = analysis.severity_model([[90, 80, 70]], penalty=0.0)
    assert np.diff(model.rated_effects) == pytest.approx([-10, -10])
    assert model.unit_errors == (None, None, None)
    assert Flag.SINGLE_RATER in model.flags
    assert analysis.residual_tests([[90, 80, 70]]).flags == (Flag.NOT_TESTABLE,)


def test_no_residual_variance_gives_an_error_of_zero_and_p_of_one():
    x = np.arange(12.0) + np.arange(4.0)[:, np.newaxis]
    model = analysis.severity_model(x)
    assert model.unit_errors == (0.0,) * 12
    assert Flag.ZERO_VARIANCE in model.flags
    assert {float(p) for p in analysis.residual_tests(x).p} == {1.0}
    assert {test.p for test in analysis.misfitting_raters(x)} == {1.0}


def test_a_negative_reliability_is_reported_as_nothing_with_a_note():
    x = [np.arange(10.0), 9 - np.arange(10.0)]
    found = analysis.model_reliability(analysis.severity_model(x, penalty=0.0))
    assert (found.mean, found.flags) == (0.0, (Flag.NEGATIVE_ESTIMATE,))
    coefficient = analysis.icc([[1, 2, 1, 2], [2, 1, 2, 1]])
    assert coefficient.icc3.value is not None
    assert coefficient.icc3.value < 0
    assert (coefficient.icc3.reported, coefficient.flags) == (0.0, (Flag.NEGATIVE_ESTIMATE,))


def test_a_ballot_that_breaks_its_rules_is_void_and_stays_out_of_every_figure():
    rule = replace(LEADERS, limits=(F(0), F(100)))
    facts = made_facts()
    broken = replace(
        facts.ballots[0],
        answers=(replace(facts.ballots[0].answers[0], value="101"), *facts.ballots[0].answers[1:]),
    )
    (table,) = list_tables(rule, replace(facts, ballots=(broken, *facts.ballots[1:])), "year")
    assert "L0" not in {rater.rater for rater in table.raters}
    assert {unit.ratings for unit in table.units} == {9}


def test_adjustments_make_no_total_where_there_is_no_base():
    prize = AdjustmentRule("prize", "times", F(1))
    base = Weighted("base", (Part(F(1), Given("goals", "year")),), "not_ranked")
    rule = Total("total", base, Adjusted("extra", (prize,), (), None))
    facts = Facts(
        units=(Unit("u1", "甲局", "office"),),
        adjustments=(Adjustment("year", "u1", "prize", 1, None),),
    )
    (result,) = analysis.score(rule, facts, 2)
    assert (result.tree.value, result.published, result.rank) == (None, None, None)
