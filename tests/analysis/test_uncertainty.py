"""Intervals, ranks and totals against closed forms and their promised coverage."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import norm, t

from analysis.statistics.findings import Flag
from analysis.statistics.severity import severity_model
from analysis.statistics.uncertainty import (
    bootstrap_intervals,
    indistinguishable_units,
    probability_top,
    rank_confidence_sets,
    rank_intervals,
    score_intervals,
    total_errors,
    unit_variance,
)
from tests.analysis.designs import has_nan, quick, rating_designs


def test_score_intervals_relative_to_the_category():
    # V = diag(4, 4): relative to the mean of two, CVC = diag 2.
    first = score_intervals([0.0, 1.0], np.diag([4.0, 4.0]), centre=85, spread=5)[0]
    assert (first.score, first.error) == (85.0, pytest.approx(5 * 2**0.5))
    assert first.high - first.score == pytest.approx(norm.ppf(0.975) * 5 * 2**0.5)
    absolute = score_intervals([0.0, 1.0], np.diag([4.0, 4.0]), relative=False, df=5)[1]
    assert (absolute.score, absolute.error) == (1.0, 2.0)
    assert absolute.score - absolute.low == pytest.approx(2 * t.ppf(0.975, 5))


def test_no_known_error_shows_none():
    only = score_intervals([1.0], None, centre=85, spread=5)[0]
    assert (only.score, only.error, only.low, only.high) == (90.0, None, None, None)


def test_intervals_cover_what_they_promise():
    rng = np.random.default_rng(12)
    hits, total = 0, 0
    for _ in range(150):
        truth = rng.normal(size=12)
        x = truth + rng.normal(size=(6, 1)) + rng.normal(size=(6, 12))
        x[rng.random(x.shape) < 0.25] = np.nan
        model = severity_model(x, penalty=0.0)
        for j, interval in zip(
            model.rated_units,
            score_intervals(model.rated_effects, model.covariance, df=model.residual_df),
            strict=True,
        ):
            centred = truth[j] - truth[model.rated_units].mean()
            shift = model.rated_effects.mean()
            hits += interval.low - shift <= centred <= interval.high - shift
            total += 1
    assert hits / total == pytest.approx(0.95, abs=0.015)


def test_unit_variance_by_hand():
    # s² of (1, 2, 3) is 1; V = diag .3: tr CVC = .6, /2 = .3.
    assert unit_variance([1.0, 2.0, 3.0], 0.3 * np.eye(3)) == (pytest.approx(0.7), False)
    assert unit_variance([1.0, 2.0, 3.0], 3.0 * np.eye(3)) == (0.0, True)
    assert unit_variance([5.0], [[1.0]]) == (0.0, False)
    assert unit_variance([5.0, 5.0], np.zeros((2, 2))) == (0.0, False)


def test_two_units_rank_by_their_posterior_difference():
    # û = ±3, V = I: τ² = 18 − 1 = 17; posterior ±3·17/18, variance 17/18.
    found = rank_intervals([3.0, -3.0], np.eye(2), 1)
    assert found.unit_variance == pytest.approx(17.0)
    assert found.posterior_mean == pytest.approx([3 * 17 / 18, -3 * 17 / 18])
    assert found.posterior_error == pytest.approx([(17 / 18) ** 0.5] * 2)
    p = norm.cdf(6 * 17 / 18 / (2 * 17 / 18) ** 0.5)
    assert found.top(1)[0] == pytest.approx(p, abs=2e-4)
    assert (found.low, found.high) == ((1, 2), (1, 2))


def test_the_same_seed_gives_the_same_ranks():
    effects, v = np.arange(5.0), np.eye(5)
    assert rank_intervals(effects, v, 3).top(2) == rank_intervals(effects, v, 3).top(2)


def test_units_near_a_cut_are_within_its_margin():
    found = rank_intervals([9.0, 1.0, 0.9, -9.0], 0.5 * np.eye(4), 2)
    assert found.within_margin(2) == (False, True, True, False)
    # A share of draws at the bound itself is not within, whatever its sum leaves.
    at_bound = replace(found, probabilities=np.array([[0.1 * 3 - 0.25, 0.95]]))
    assert at_bound.within_margin(1) == (False,)


def test_no_differences_leave_every_rank_open():
    found = rank_intervals([0.1, 0.0, -0.1], np.eye(3), 1)
    assert found.flags == (Flag.NEGATIVE_ESTIMATE,)
    assert found.top(1) == pytest.approx((1 / 3,) * 3)
    assert (found.low, found.high) == ((1, 1, 1), (3, 3, 3))


def test_exact_ties_share_the_first_rank():
    equal = rank_intervals([5.0, 5.0], np.zeros((2, 2)), 1)
    assert (equal.low, equal.high, equal.flags) == ((1, 1), (1, 1), (Flag.ALL_EQUAL,))
    exact = rank_intervals([7.0, 5.0, 7.0], np.zeros((3, 3)), 1)
    assert (exact.low, exact.high) == ((1, 3, 1), (1, 3, 1))


def test_a_category_of_one_or_none():
    assert rank_intervals([80.0], [[1.0]], 1).flags == (Flag.SINGLE_UNIT,)
    assert rank_intervals([80.0], [[1.0]], 1).top(1) == (1.0,)
    assert rank_intervals([], np.empty((0, 0)), 1).flags == (Flag.NO_RATINGS,)
    assert rank_confidence_sets([80.0], [[1.0]], 1).high == (1,)
    assert rank_confidence_sets([], np.empty((0, 0)), 1).flags == (Flag.NO_RATINGS,)
    assert score_intervals([], np.empty((0, 0))) == ()


def test_rank_intervals_cover_what_they_promise():
    rng = np.random.default_rng(9)
    hits = []
    for _ in range(60):
        truth = rng.normal(size=15)
        noisy = truth + 0.5 * rng.normal(size=15)
        found = rank_intervals(noisy, 0.25 * np.eye(15), rng, draws=1000)
        rank = 1 + (truth[None, :] > truth[:, None]).sum(axis=1)
        hits.extend((np.array(found.low) <= rank) & (rank <= np.array(found.high)))
    assert 0.88 < np.mean(hits) < 0.97


def test_probability_top_of_two_and_of_ties():
    p = norm.cdf(1 / 2**0.5)
    assert probability_top([1.0, 0.0], [1.0, 1.0]) == pytest.approx((p, 1 - p), abs=1e-10)
    assert probability_top([5.0, 5.0, 4.0], [0.0, 0.0, 0.0]) == (1.0, 1.0, 0.0)
    assert probability_top([5.0, 4.0, 3.0], [0.0, 0.0, 0.0], 2) == (1.0, 1.0, 0.0)
    mixed = probability_top([1.0, 0.0], [0.0, 1.0])
    assert mixed == pytest.approx((norm.cdf(1), 1 - norm.cdf(1)), abs=1e-4)


@quick
@given(st.integers(1, 6), st.integers(1, 6), st.integers(0, 99))
def test_places_among_the_first_k_add_up(n, k, seed):
    rng = np.random.default_rng(seed)
    p = probability_top(rng.normal(size=n), rng.uniform(0.3, 2, size=n), k)
    assert sum(p) == pytest.approx(min(k, n), abs=1e-6)


@pytest.mark.parametrize(
    ("means", "errors", "k"), [([1.0], [-1.0], 1), ([1.0], [1.0, 2.0], 1), ([1.0], [1.0], 0)]
)
def test_probability_top_refuses_nonsense(means, errors, k):
    with pytest.raises(ValueError, match=r"errors of 0 or more|k is 1"):
        probability_top(means, errors, k)


def test_confidence_sets_of_clear_and_of_equal_units():
    clear = rank_confidence_sets([9.0, 5.0, 1.0], 0.01 * np.eye(3), 1)
    assert (clear.low, clear.high) == ((1, 2, 3), (1, 2, 3))
    open_ = rank_confidence_sets([0.1, 0.0, -0.1], np.eye(3), 1, simultaneous=True)
    assert (open_.low, open_.high) == ((1, 1, 1), (3, 3, 3))
    # Two units: the critical value is that of one normal difference.
    pair = rank_confidence_sets([1.0, 0.0], np.eye(2), 1, draws=40_000)
    assert pair.critical == pytest.approx((norm.ppf(0.975),) * 2, abs=0.04)


def test_simultaneous_sets_contain_marginal_ones():
    u = np.linspace(2, -2, 12)
    v = 0.2 * np.eye(12)
    one, all_ = (rank_confidence_sets(u, v, 5, simultaneous=s) for s in (False, True))
    assert all(a >= b for a, b in zip(one.low, all_.low, strict=True))
    assert all(a <= b for a, b in zip(one.high, all_.high, strict=True))
    assert all_.critical[0] > max(one.critical)


def test_confidence_sets_without_error_are_the_ranks():
    found = rank_confidence_sets([3.0, 3.0, 1.0], np.zeros((3, 3)), 1)
    assert (found.low, found.high) == ((1, 1, 3), (2, 2, 3))
    assert found.flags == (Flag.ZERO_VARIANCE,)


def test_indistinguishable_is_not_transitive():
    # Errors of a difference: 1.96·√2·.5 = 1.386.
    found = indistinguishable_units([0.0, 2.0, 1.0, 5.0], 0.25 * np.eye(4))
    assert found.pairs.tolist() == [
        [True, False, True, False],
        [False, True, True, False],
        [True, True, True, False],
        [False, False, False, True],
    ]
    assert found.runs == ((3,), (1, 2), (2, 0))
    assert indistinguishable_units([], np.empty((0, 0))).runs == ()


def test_shapes_and_levels_are_checked():
    with pytest.raises(ValueError, match="covariance of that size"):
        score_intervals([1.0, 2.0], np.eye(3))
    with pytest.raises(ValueError, match="level"):
        indistinguishable_units([1.0], [[1.0]], level=1.0)


def test_bootstrap_of_many_raters_is_near_the_normal_interval():
    rng = np.random.default_rng(3)
    x = rng.normal(80, 6, size=(60, 2))
    x = np.column_stack([x, np.full(60, np.nan)])
    found = bootstrap_intervals(x, 1, draws=4000)
    half = norm.ppf(0.95) * x[:, 0].std() / 60**0.5
    assert found.means[0] == pytest.approx(x[:, 0].mean())
    assert found.high[0] - found.low[0] == pytest.approx(2 * half, rel=0.06)
    assert (found.means[2], found.low[2], found.flags) == (None, None, ())


def test_bootstrap_says_when_not_to_trust_it():
    assert bootstrap_intervals(np.ones((5, 1)), 1).flags == (Flag.APPROXIMATE,)
    empty = bootstrap_intervals(np.full((20, 2), np.nan), 1)
    assert (empty.means, empty.flags) == ((None, None), (Flag.NO_RATINGS,))


def test_error_of_a_complete_total():
    # scale .3, weights .6 and .4, errors 2 and 3: .3·√(1.44 + 1.44).
    first = total_errors([[2.0, 3.0], [1.0, 1.0]], np.ones((2, 2)), [0.6, 0.4], scale=0.3)[0]
    assert first.error == pytest.approx(0.3 * 2.88**0.5)
    assert (first.counted, first.taken_as_given, first.missing) == ((0, 1), (), ())
    assert first.finding is None


def test_error_of_a_total_that_leans_on_means():
    # Unit 2 lacks part 2: E = w1·s21 + w2·(m2 + s21 − m1)
    #   = s21 + w2·(s12 − (s11 + s21)/2), and w2 = .4: .8·s21 + .4·s12 − .2·s11.
    found = total_errors([[2.0, 3.0], [1.0, np.nan]], [[1, 1], [1, 0]], [6, 4])
    assert found[1].error == pytest.approx((0.8**2 * 1 + 0.4**2 * 9 + 0.2**2 * 4) ** 0.5)
    assert (found[1].counted, found[1].missing) == ((0,), (1,))


def test_a_single_rater_is_named_and_not_counted_as_sure():
    found = total_errors([[2.0, np.nan]], [[1, 1]], [0.6, 0.4])[0]
    assert found.error == pytest.approx(1.2)
    assert found.taken_as_given == (1,)
    assert found.finding.flag is Flag.TAKEN_AS_GIVEN
    nothing = total_errors([[np.nan, np.nan]], [[1, 0]], [0.6, 0.4])[0]
    assert (nothing.error, nothing.counted) == (None, ())
    # Unit 2 lacks the office's part and leans on a mean of unknown error.
    leaning = total_errors([[1.0, np.nan], [1.0, np.nan]], [[1, 1], [1, 0]], [0.6, 0.4])[1]
    assert leaning.taken_as_given == (1,)


@pytest.mark.parametrize(
    ("errors", "weights"), [([[1.0, 2.0]], [1.0]), ([[1.0]], [0.0]), ([1.0], [1.0])]
)
def test_totals_refuse_what_does_not_fit(errors, weights):
    with pytest.raises(ValueError, match=r"differ|above 0"):
        total_errors(errors, np.ones(np.shape(errors)), weights)


@quick
@given(rating_designs())
def test_no_design_breaks_the_intervals(x):
    model = severity_model(x)
    for interval in score_intervals(model.rated_effects, model.covariance):
        assert not has_nan([interval.score, interval.error, interval.low])
    if model.covariance is None:
        return
    u, v = model.rated_effects, model.covariance
    ranks = rank_intervals(u, v, 1, draws=50)
    assert np.allclose(ranks.probabilities.sum(axis=1), 1.0)
    assert not has_nan(ranks.posterior_mean)
    sets = rank_confidence_sets(u, v, 1, draws=50)
    assert all(1 <= a <= b <= u.size for a, b in zip(sets.low, sets.high, strict=True))
    assert {j for run in indistinguishable_units(u, v).runs for j in run} == set(range(u.size))
