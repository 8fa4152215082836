"""Plackett–Luce against closed forms, brute force over tied sets, and hopeless data."""

from itertools import combinations
from math import exp, log

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.statistics.findings import Flag
from analysis.statistics.plackett_luce import PlackettLuce, ballots_from_ranks, plackett_luce
from tests.analysis.designs import quick


def likelihood(model: PlackettLuce, ballots: list[list[list[int]]]) -> float:
    """The definition, summing over every set that could have been chosen."""
    theta, log_delta = model.log_worths, dict(model.tie_log_prevalences)
    total = 0.0
    for ballot in ballots:
        for place, chosen in enumerate(ballot):
            left = [j for later in ballot[place:] for j in later]
            if len(left) == 1:
                continue
            sets = {1: 0.0, **log_delta}
            total += sets[len(chosen)] + np.mean(theta[chosen])
            total -= log(
                sum(
                    exp(d + np.mean(theta[list(s)]))
                    for k, d in sets.items()
                    for s in combinations(left, k)
                )
            )
    return total


def test_two_items_are_a_coin():
    # Three wins to one: log-worths differ by log 3 with variance 1/(n p q) = 4/3.
    model = plackett_luce([[0, 1]] * 3 + [[1, 0]], 2)
    assert model.worths == pytest.approx([0.75, 0.25])
    assert model.standard_errors_against(1) == pytest.approx([(4 / 3) ** 0.5, 0])
    assert model.standard_errors == pytest.approx([(1 / 3) ** 0.5] * 2)
    assert model.log_likelihood == pytest.approx(3 * log(0.75) + log(0.25))
    assert (model.penalty, model.flags) == (0.0, ())


def test_partial_orders_use_the_items_of_the_ballot_only():
    pairs = [[0, 1]] * 2 + [[1, 0]] + [[1, 2]] * 2 + [[2, 1]]
    assert plackett_luce(pairs, 3).worths == pytest.approx([4 / 7, 2 / 7, 1 / 7])


def test_davidson_ties_of_a_pair():
    # 2 wins, 1 loss, 3 ties: worths 2:1 in odds, δ√(2)/(2+1) = 3/(2+1) → δ = 3/√2.
    model = plackett_luce([[0, 1]] * 2 + [[1, 0]] + [[[0, 1]]] * 3, 2)
    assert model.worths == pytest.approx([2 / 3, 1 / 3])
    assert model.tie_log_prevalences == ((2, pytest.approx(log(3 / 2**0.5))),)


def test_ties_up_to_four_agree_with_the_definition():
    ballots = [
        [[0, 1], [2], [3, 4, 5]],
        [[5], [4, 3], [2, 1], [0]],
        [[1, 2, 3, 0], [4], [5]],
        [[2], [0], [1]],
        [[3], [0], [2, 4]],
    ]
    model = plackett_luce(ballots, 6)
    assert model.flags == ()
    assert model.log_likelihood == pytest.approx(likelihood(model, ballots))
    # A maximum: any small move is downhill.
    rng = np.random.default_rng(0)
    for _ in range(20):
        moved = PlackettLuce(
            model.log_worths + 1e-2 * rng.normal(size=6), model.worths,
            model.tie_log_prevalences, 0.0, 0.0, None, (), (), (),
        )  # a table, read by rows  # fmt: skip
        assert likelihood(moved, ballots) < model.log_likelihood


def test_an_item_that_always_wins_has_no_maximum():
    model = plackett_luce([[0, 1, 2], [0, 2, 1]], 3)
    assert model.components == ((0,), (1, 2))
    assert (model.penalty, model.flags) == (0.1, (Flag.NO_MAXIMUM,))
    assert model.log_worths[0] > model.log_worths[1] == pytest.approx(model.log_worths[2])
    with pytest.raises(ValueError, match=r"no maximum exists.*\(2 groups\)"):
        plackett_luce([[0, 1, 2], [0, 2, 1]], 3, penalty=0)


def test_ties_that_nobody_avoided_have_no_maximum():
    assert plackett_luce([[[0, 1]]], 2).flags == (Flag.NO_MAXIMUM,)
    assert plackett_luce([[[0, 1]], [0, 1]], 2).flags == (Flag.NO_MAXIMUM,)


def test_penalty_pulls_the_worths_together():
    ballots = [[0, 1]] * 3 + [[1, 0]]
    free, held = plackett_luce(ballots, 2), plackett_luce(ballots, 2, penalty=1.0)
    assert 0 < held.log_worths[0] < free.log_worths[0]
    # Stationary: 3 − 4p = θ.
    p = 1 / (1 + exp(-2 * held.log_worths[0]))
    assert 3 - 4 * p == pytest.approx(held.log_worths[0])


@pytest.mark.parametrize(
    ("ballot", "named"),
    [([0, 3], "items are 0 to 2"), ([0, [1, 0]], "stands on it twice"), ([-1], "items are")],
)
def test_impossible_ballots_are_refused(ballot, named):
    with pytest.raises(ValueError, match=named):
        plackett_luce([[0, 1], ballot], 3)


def test_large_ties_and_negative_penalties_are_refused():
    with pytest.raises(ValueError, match="bucket_plackett_luce"):
        plackett_luce([[[0, 1, 2, 3, 4]]], 5)
    with pytest.raises(ValueError, match="0 or more"):
        plackett_luce([[0, 1]], 2, penalty=-1)


def test_errors_can_be_left_out():
    model = plackett_luce([[0, 1], [1, 0]], 2, with_errors=False)
    assert model.covariance is None
    with pytest.raises(ValueError, match="with_errors=True"):
        _ = model.standard_errors


@pytest.mark.parametrize("n_items", [0, 1, 3])
def test_no_ballots_at_all(n_items):
    model = plackett_luce([], n_items)
    assert np.isnan(model.log_worths).tolist() == [True] * n_items
    assert model.unrated_items == tuple(range(n_items))
    assert Flag.NO_RATINGS in model.flags


def test_ranks_become_ballots():
    assert ballots_from_ranks([[2, 1, None], [1, 1, 2]]) == (((1,), (0,)), ((0, 1), (2,)))


@quick
@given(st.integers(1, 6), st.integers(0, 8), st.integers(0, 999))
def test_random_ballots_always_fit(n_items, n_ballots, seed):
    rng = np.random.default_rng(seed)
    ballots = [
        list(rng.permutation(n_items)[: rng.integers(0, n_items + 1)]) for _ in range(n_ballots)
    ]
    if seed % 2 and n_items > 1:
        ballots.append([[0, 1]])
    model = plackett_luce(ballots, n_items)
    rated = [j for j in range(n_items) if j not in model.unrated_items]
    assert np.isfinite(model.log_worths).sum() == len(rated)
    assert np.isfinite(model.covariance).all()
    assert model.covariance.shape == (len(rated), len(rated))
    assert np.nansum(model.worths) == pytest.approx(1.0 if rated else 0.0)
    compared = {j for b in ballots if np.size(b) > 1 for j in np.ravel(b)}
    assert rated == sorted(compared)
    assert Flag.NOT_CONVERGED not in model.flags


@pytest.mark.parametrize(
    "ballots",
    [
        [[0, 2]] * 3 + [[2, 0]],  # orders of one length
        [[0, 2]] * 3 + [[2, 0], [1]],  # alone on a ballot, it was compared with nobody
        [[0, 2]] * 3 + [[2, 0], [], [[1]]],
    ],
)
def test_an_item_that_nobody_compared_has_no_worth_and_spoils_none(ballots):
    """Three wins to one as above, and an item 1 that nobody ranked: neither ahead nor behind."""
    model = plackett_luce(ballots, 3)
    assert model.worths == pytest.approx([0.75, np.nan, 0.25], nan_ok=True)
    assert model.log_worths == pytest.approx([log(3) / 2, np.nan, -log(3) / 2], nan_ok=True)
    assert model.standard_errors == pytest.approx(
        [(1 / 3) ** 0.5, np.nan, (1 / 3) ** 0.5], nan_ok=True
    )
    against = model.standard_errors_against(2)
    assert against == pytest.approx([(4 / 3) ** 0.5, np.nan, 0.0], nan_ok=True)
    with pytest.raises(ValueError, match="compared with nobody"):
        model.standard_errors_against(1)
    assert (model.unrated_items, model.components) == ((1,), ((0, 2),))
    assert (model.penalty, model.flags) == (0.0, (Flag.NO_RATINGS,))


def test_weights_are_numbers_of_ballots():
    """Turner et al. 2020, section 2: a ballot cast n times is n ballots."""
    strict = [[0, 1, 2], [2, 0, 1], [1, 2], [2, 1, 0]]
    tied = [[0, [1, 2]], [2, 0, 1], [[1, 2], 0], [1, 2]]
    for ballots in (strict, tied):
        often = [3, 2, 4, 1]
        repeated = [b for b, n in zip(ballots, often, strict=True) for _ in range(n)]
        found, expected = plackett_luce(ballots, 3, weights=often), plackett_luce(repeated, 3)
        assert found.log_worths == pytest.approx(expected.log_worths, abs=1e-7)
        assert found.covariance == pytest.approx(expected.covariance, abs=1e-6)
        assert found.log_likelihood == pytest.approx(expected.log_likelihood)
        assert len(found.tie_log_prevalences) == len(expected.tie_log_prevalences)
    same = plackett_luce([[0, 1], [1, 0]], 2, weights=[0.75, 0.25])
    assert same.worths == pytest.approx([0.75, 0.25])
    # What was cast no time is not there: item 2 was compared with nobody.
    assert plackett_luce([[0, 1], [1, 0], [2, 0]], 3, weights=[1, 1, 0]).unrated_items == (2,)
    for wrong in ([1], [1, -1], [1, float("nan")]):
        with pytest.raises(ValueError, match="weight of 0 or more"):
            plackett_luce([[0, 1], [1, 0]], 2, weights=wrong)
