"""Clusters that favour their own: by hand, planted and found, honest and left alone."""

import numpy as np
import pytest

from analysis.statistics.clusters import cluster_preference
from analysis.statistics.findings import Flag
from analysis.statistics.severity import severity_model

NAN = np.nan
AREAS = ("东", "南", "西")


def residuals(seed: int, favour: float, mutual: bool) -> np.ndarray:
    """Twelve raters of three areas and as many units; own areas get so many standard deviations."""
    rng = np.random.default_rng(seed)
    own = np.equal.outer(np.arange(12) % 3, np.arange(12) % 3)
    x = rng.normal(size=(12, 12)) + favour * own
    x += rng.normal(size=(12, 1)) + 2 * rng.normal(size=12)
    if mutual:
        np.fill_diagonal(x, NAN)
    return severity_model(x, penalty=0.0).residuals


def names(number: int = 12) -> list[str]:
    return [AREAS[place % 3] for place in range(number)]


def test_the_difference_by_hand():
    # Two clusters of three, everybody rates everybody else: 12 ratings inside, 18 across. All
    # inside are 3, all across 1.
    givers = ["a", "a", "a", "b", "b", "b"]
    own = np.equal.outer(np.array(givers), np.array(givers))
    e = np.where(own, 3.0, 1.0)
    np.fill_diagonal(e, NAN)
    found = cluster_preference(e, givers, 1, permutations=1999)
    assert (found.difference, found.inside, found.outside) == (2.0, 12, 18)
    assert (found.clusters, found.permutations, found.flags) == (2, 1999, ())
    # Of the 20 ways to name the six, two leave these clusters as they are.
    assert found.p == pytest.approx(0.1, abs=0.02)
    # Elsewhere each name is with two of one cluster and one of the other: of its 6 ratings inside
    # 2 are a 3, so 4 of 12 against 8 of 18: 1.667 − 1.889 = −0.222, and the 20 ways have mean 0.
    spread = (2 * 2.0**2 + 18 * (2 / 9) ** 2) / 20
    assert found.z == pytest.approx(2.0 / spread**0.5, rel=0.1)


@pytest.mark.parametrize("mutual", [True, False])
def test_a_planted_preference_is_found_and_its_size_told(mutual):
    e = residuals(3, 1.0, mutual)
    found = cluster_preference(e, names(), 1, takers=None if mutual else names())
    assert found.difference == pytest.approx(1.0, abs=0.35)
    assert found.p == 0.001
    assert found.z > 3


@pytest.mark.parametrize("mutual", [True, False])
def test_honest_raters_are_told_from_chance_as_often_as_stated(mutual):
    ps = [
        cluster_preference(
            residuals(seed, 0.0, mutual),
            names(),
            seed,
            takers=None if mutual else names(),
            permutations=99,
        ).p
        for seed in range(200)
    ]
    # 200 tests at 5%: 10 expected, fewer than 3 or more than 19 happen once in 150.
    assert 3 <= sum(p <= 0.05 for p in ps) <= 19


def test_clusters_of_two_are_none():
    e = residuals(3, 0.0, mutual=True)
    pairs = ["东", "东", "东", "西", "西", "西", "南", "南", "", "", "", ""]
    found = cluster_preference(e, pairs, 1, permutations=19)
    assert (found.clusters, found.inside) == (2, 12)
    pairs[5] = ""
    assert cluster_preference(e, pairs, 1).flags == (Flag.NOT_TESTABLE,)


def test_a_cluster_whose_raters_stayed_away_is_none():
    e = residuals(3, 0.0, mutual=True).copy()
    e[[0, 3], :] = NAN
    found = cluster_preference(e, names(), 1, permutations=19)
    assert found.clusters == 2


def test_nothing_inside_nothing_to_compare():
    e = np.ones((6, 6))
    givers = ["a", "a", "a", "b", "b", "b"]
    own = np.equal.outer(np.array(givers), np.array(givers))
    only_across = cluster_preference(np.where(own, NAN, e), givers, 1, takers=givers)
    assert (only_across.inside, only_across.flags) == (0, (Flag.NOT_TESTABLE,))
    only_within = cluster_preference(np.where(own, e, NAN), givers, 1, takers=givers)
    assert (only_within.outside, only_within.difference) == (0, None)


def test_ratings_without_differences():
    found = cluster_preference(np.zeros((6, 6)), ["a"] * 3 + ["b"] * 3, 1)
    assert (found.p, found.z, found.flags) == (1.0, None, (Flag.ZERO_VARIANCE,))


def test_shuffles_that_leave_one_side_empty_are_no_hits():
    # Everybody rated one unit of their own cluster, and a rater without a cluster one of the first.
    # In 4 of the 140 ways to name the seven raters nobody rated inside: no difference there.
    givers = ["a", "a", "a", "b", "b", "b", ""]
    e = np.full((7, 6), NAN)
    e[range(6), range(6)] = 1.0
    e[6, 0] = 0.0
    found = cluster_preference(e, givers, 1, takers=givers[:6], permutations=1999)
    assert (found.difference, found.inside, found.outside) == (1.0, 6, 1)
    # Of the others only the true names have the 0 outside and every 1 inside.
    assert found.p == pytest.approx(1 / 140, abs=0.004)


def test_names_fit_the_table():
    with pytest.raises(ValueError, match=r"shape \(2, 3\) of the names, got \(2, 2\)"):
        cluster_preference(np.ones((2, 2)), ["a", "b"], 1, takers=["a", "b", "c"])
