"""Exact probabilities of ordered groups against enumeration of all orders."""

from itertools import permutations
from math import exp, log

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.statistics.bucket_plackett_luce import bucket_log_probability, bucket_plackett_luce
from analysis.statistics.findings import Flag
from tests.analysis.designs import quick


def enumerated(theta: np.ndarray, partition: list[list[int]]) -> float:
    """Sum over all orders inside the groups of the plain Plackett–Luce probability."""
    total = 0.0
    for order in _orders(partition):
        p = 1.0
        for place in range(len(order)):
            p *= exp(theta[order[place]]) / sum(exp(theta[j]) for j in order[place:])
        total += p
    return log(total)


def _orders(partition: list[list[int]]):
    if not partition:
        yield []
        return
    for head in permutations(partition[0]):
        for tail in _orders(partition[1:]):
            yield [*head, *tail]


@quick
@given(st.lists(st.integers(0, 2), min_size=1, max_size=6), st.integers(0, 99))
def test_probability_is_the_sum_over_orders(bands, seed):
    theta = np.random.default_rng(seed).normal(0, 1.5, size=len(bands))
    partition = [[j for j, b in enumerate(bands) if b == band] for band in range(3)]
    assert bucket_log_probability(theta, partition) == pytest.approx(
        enumerated(theta, [g for g in partition if g]), abs=2e-6
    )


@pytest.mark.parametrize("lead", [0.0, 1.0, 2.0, 4.0, 6.0, 9.0, 20.0])
def test_probability_is_exact_for_moderate_and_for_crushing_leads(lead):
    theta = np.array([lead, 0.3, -0.4, 0.1, 0.0])
    partition = [[0, 1], [2, 3], [4]]
    assert bucket_log_probability(theta, partition) == pytest.approx(
        enumerated(theta, partition), abs=1e-11
    )


def test_equal_worths_count_subsets():
    # 3 of 10 on top: one set in C(10, 3) = 120.
    partition = [list(range(3)), list(range(3, 10))]
    assert bucket_log_probability([0.0] * 10, partition) == pytest.approx(-log(120))


def test_map_is_stationary_for_a_pair():
    # One ballot 0 > 1: 1 − p = precision·θ with p = 1/(1 + exp(−2θ)).
    model = bucket_plackett_luce([[[0], [1]]], 2, precision=0.5)
    theta = model.log_worths[0]
    assert model.log_worths[1] == pytest.approx(-theta)
    assert 1 - 1 / (1 + exp(-2 * theta)) == pytest.approx(0.5 * theta, abs=1e-6)
    assert model.objective == pytest.approx(model.log_likelihood - 0.5 * theta**2)
    assert (model.unrated_items, model.flags) == ((), (Flag.NO_MAXIMUM,))


def test_unrated_items_have_no_worth_and_are_named():
    model = bucket_plackett_luce([[[0], [2]]], 3)
    assert np.isnan(model.log_worths).tolist() == [False, True, False]
    assert model.unrated_items == (1,)
    assert model.flags == (Flag.NO_RATINGS, Flag.NO_MAXIMUM)
    both_ways = bucket_plackett_luce([[[0], [2]], [[2], [0]]], 3)
    assert both_ways.flags == (Flag.NO_RATINGS,)


@pytest.mark.parametrize("ballots", [[], [[]], [[[]]]])
def test_nothing_rated(ballots):
    model = bucket_plackett_luce(ballots, 2)
    assert np.isnan(model.log_worths).all()
    assert model.flags == (Flag.NO_RATINGS,)


def test_a_single_band_says_nothing():
    model = bucket_plackett_luce([[[0, 1, 2]]], 3)
    assert (model.log_worths.tolist(), model.flags) == ([0.0] * 3, (Flag.NO_MAXIMUM,))


def test_items_beaten_both_ways_need_no_prior():
    # 0 > {1, 2} and {1, 2} > 0 link all three, though 1 and 2 never stood above each other.
    assert bucket_plackett_luce([[[0], [1, 2]], [[1, 2], [0]]], 3).flags == ()
    apart = bucket_plackett_luce([[[0], [1]], [[1], [0]], [[2], [3]], [[3], [2]]], 4)
    assert apart.flags == (Flag.NO_MAXIMUM,)


def test_sixty_units_of_forced_grades_find_the_true_order():
    rng = np.random.default_rng(4)
    true = np.linspace(3, -3, 20)
    ballots = []
    for _ in range(30):
        order = np.argsort(-(true + rng.gumbel(size=20))).tolist()
        ballots.append([order[:6], order[6:16], order[16:]])
    model = bucket_plackett_luce(ballots, 20)
    assert np.corrcoef(model.log_worths, true)[0, 1] > 0.97


@pytest.mark.parametrize(
    ("ballot", "named"), [([[0], [2]], "items are 0 to 1"), ([[0], [0]], "stands on it twice")]
)
def test_impossible_ballots_are_refused(ballot, named):
    with pytest.raises(ValueError, match=named):
        bucket_plackett_luce([ballot], 2)


def test_a_prior_is_needed():
    with pytest.raises(ValueError, match="above 0"):
        bucket_plackett_luce([[[0], [1]]], 2, precision=0)
