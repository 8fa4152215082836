"""Weights of a panel, by hand and against every margin."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.panel.panel_weights import design_effect, merged_strata, post_stratify, rake
from analysis.panel.sample_sizes import margin_of_error
from analysis.statistics.findings import Flag
from tests.analysis.designs import quick


def test_small_strata_join_their_neighbours():
    assert merged_strata([12, 15, 11]) == (0, 1, 2)
    assert merged_strata([4, 5, 12, 30]) == (0, 0, 0, 1)
    assert merged_strata([20, 20, 3]) == (0, 1, 1)
    assert merged_strata([20, 3]) == (0, 0)
    assert merged_strata([1, 2]) == (0, 0)
    assert merged_strata([]) == ()
    with pytest.raises(ValueError, match="0 or more"):
        merged_strata([-1])


def test_post_stratification_weights_by_hand():
    # 40 and 60 answered, 30:70 in the population: weights .75 and 7/6.
    found = post_stratify([40, 60], [3000, 7000])
    assert found.weights == pytest.approx((0.75, 7 / 6))
    assert found.design_effect == pytest.approx(100 * (40 * 0.75**2 + 60 * (7 / 6) ** 2) / 100**2)
    merged = post_stratify([4, 6, 90], [1, 2, 7])
    assert (merged.groups, merged.respondents) == ((0, 0, 1), (10, 90))
    assert merged.weights == pytest.approx((3, 3, 7 / 9))
    assert merged.shares == pytest.approx((0.3, 0.7))
    assert merged.flags == (Flag.STRATA_MERGED,)


@pytest.mark.parametrize(
    ("respondents", "population", "named"),
    [([1], [0], "population"), ([1, 2], [1], "population"), ([0, 0], [1, 1], "nobody answered")],
)
def test_post_stratification_of_nothing_is_refused(respondents, population, named):
    with pytest.raises(ValueError, match=named):
        post_stratify(respondents, population)


def test_raking_of_a_table_that_separates():
    # Independent cells: the weights are products of the one-way factors.
    found = rake([[20, 20], [30, 30]], [[60, 40], [50, 50]], trim=None)
    assert found.weights == pytest.approx(np.array([[1.5, 1.5], [2 / 3, 2 / 3]]))
    assert max(found.margin_errors) < 1e-8
    assert found.flags == ()


def test_raking_meets_every_margin():
    rng = np.random.default_rng(1)
    n = rng.integers(1, 30, size=(3, 4, 2))
    targets = [[0.2, 0.3, 0.5], None, [0.55, 0.45]]
    found = rake(n, targets)
    table = n * found.weights
    assert table.sum() == pytest.approx(n.sum())
    assert table.sum(axis=(1, 2)) / n.sum() == pytest.approx(targets[0])
    assert table.sum(axis=(0, 1)) / n.sum() == pytest.approx(targets[2])
    assert found.margin_errors[1] == 0.0
    assert found.design_effect == pytest.approx(design_effect(found.weights, n))


def test_trimming_reports_what_it_leaves():
    # 2 of 100 stand for half: weights 25 and about .51; cut at 5 × .51, then mean 1 again.
    found = rake([2, 98], [[50, 50]])
    small = 5 * (50 / 98)
    scale = 100 / (2 * small + 98 * 50 / 98)
    assert found.weights == pytest.approx([small * scale, 50 / 98 * scale])
    assert found.trimmed_citizens == 2
    assert found.flags == (Flag.WEIGHTS_TRIMMED,)
    assert found.margin_errors[0] == pytest.approx(0.5 - 2 * small * scale / 100)


def test_contradicting_margins_do_not_converge():
    found = rake([[10, 0], [0, 10]], [[1, 3], [3, 1]], most_iterations=50)
    assert Flag.NOT_CONVERGED in found.flags
    assert np.isfinite(found.weights).all()


@pytest.mark.parametrize(
    ("n", "margins", "named"),
    [
        (
            [[0, 0], [1, 2]],
            [[1, 1], None],
            "axis 0, category 0: the target is 1 and nobody answered",
        ),
        ([1, 2], [[1, 1], [1, 1]], "as many margins"),
        ([0, 0], [[1, 1]], "nobody answered"),
        ([1, 2], [[1, 1, 1]], "axis 0 needs 2 targets"),
    ],
)
def test_raking_names_what_is_wrong(n, margins, named):
    with pytest.raises(ValueError, match=named):
        rake(n, margins)


def test_a_category_outside_the_population_weighs_nothing():
    assert rake([10, 5, 5], [[1, 1, 0]]).weights.tolist() == pytest.approx([1, 2, 0])


def test_design_effects_and_margins():
    assert design_effect([1, 1, 1]) == 1.0
    assert design_effect([1, 3]) == 2 * 10 / 16
    with pytest.raises(ValueError, match="sum to 0"):
        design_effect([0, 0])
    # 133 answers, SD 24: ±4.
    assert margin_of_error(24, 133) == pytest.approx(4.08, abs=0.01)
    assert margin_of_error(24, 133, design_effect=4) == pytest.approx(2 * margin_of_error(24, 133))
    assert margin_of_error(24, 0) is None


@quick
@given(st.lists(st.integers(0, 60), min_size=1, max_size=8), st.integers(1, 20))
def test_merging_keeps_order_and_reaches_the_minimum(respondents, minimum):
    groups = merged_strata(respondents, minimum=minimum)
    assert list(groups) == sorted(groups)
    assert set(groups) == set(range(max(groups) + 1))
    held = np.bincount(groups, respondents)
    assert held.min() >= min(minimum, sum(respondents))


@quick
@given(st.integers(0, 999))
def test_raking_never_breaks(seed):
    rng = np.random.default_rng(seed)
    n = rng.integers(0, 6, size=(3, 3))
    n[np.arange(3), np.arange(3)] += 1
    found = rake(n, [rng.uniform(0.1, 1, 3), rng.uniform(0.1, 1, 3)], most_iterations=60)
    assert np.isfinite(found.weights).all()
    assert (n * found.weights).sum() == pytest.approx(n.sum())


def test_who_lives_nowhere_known_is_named_not_dropped_in_silence():
    # 60 of 100 answered from a stratum without population: the other 40 weigh 100/40 each.
    found = post_stratify([60, 40], [0, 5000])
    assert found.weights == pytest.approx((0.0, 2.5))
    assert (found.left_out, found.flags) == (60, (Flag.LEFT_OUT,))
    # Kish: 100·40·2.5²/100² = 2.5, so that the 40 are worth what they are.
    assert found.design_effect == pytest.approx(2.5)
    raked = rake([[60, 0], [20, 20]], [[0, 1], [0.5, 0.5]])
    assert (raked.left_out, raked.flags) == (60, (Flag.LEFT_OUT,))
    assert raked.weights == pytest.approx(np.array([[0.0, 0.0], [2.5, 2.5]]))
    # Joined with a neighbour, they count with it.
    joined = post_stratify([6, 40], [0, 5000])
    assert (joined.left_out, joined.flags) == (0, (Flag.STRATA_MERGED,))


def test_strata_are_joined_from_one_answer_on():
    with pytest.raises(ValueError, match="minimum 0"):
        post_stratify([0, 5], [10, 10], minimum=0)
    assert post_stratify([0, 5], [10, 10], minimum=1).groups == (0, 0)
