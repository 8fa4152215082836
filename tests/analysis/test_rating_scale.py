"""The many-facet rating-scale model against the log-linear model that it is, and by hand."""

import numpy as np
import pytest

from analysis.statistics.findings import Flag
from analysis.statistics.rating_scale import rating_scale_model

GRADES = [[1, 2, 3, 2, 1, 3], [2, 2, 3, 1, 1, 2], [1, 3, 3, 2, 2, 3], [1, 1, 2, 2, 1, 3]]


def test_measures_of_the_log_linear_model():
    """statsmodels 0.15, Poisson GLM of (rater, unit, level) with an effect of every pair."""
    found = rating_scale_model(GRADES)
    units = [-3.76924828, -0.03856805, 3.77168754, -1.10550384, -3.76924828, 3.77168754]
    assert found.unit_measures == pytest.approx(units, abs=1e-4)
    raters = [-0.23295812, 0.76076718, -2.2035832]
    assert found.severities == pytest.approx([*raters, -sum(raters)], abs=1e-4)
    assert found.steps == pytest.approx([-2.18107948, 2.18107948], abs=1e-4)
    assert found.log_likelihood == pytest.approx(-12.533439919, abs=1e-6)
    assert (found.levels, found.flags) == ((1.0, 2.0, 3.0), ())


def test_what_an_average_rater_would_give():
    found = rating_scale_model(GRADES)
    # At θ = −.03856805 the chances are as 1, e^(θ+2.18107948) and e^(2θ).
    theta, step = -0.03856805, 2.18107948
    weights = np.exp([0, theta + step, 2 * theta])
    assert found.expected[1] == pytest.approx(weights @ [1, 2, 3] / weights.sum(), abs=1e-4)
    order = np.argsort(found.expected)
    assert list(order) == list(np.argsort(found.unit_measures))


def test_two_levels_two_raters_by_hand():
    """Rasch: of units that each have one of two, both measures are 0, and raters differ by

    log of their odds twice over: 3 to 1 is 2·log 3 apart (Andersen 1973: joint likelihood doubles).
    """
    found = rating_scale_model([[1, 1, 1, 0], [0, 0, 0, 1]])
    assert found.unit_measures == pytest.approx([0, 0, 0, 0], abs=1e-6)
    assert found.severities == pytest.approx([-np.log(3), np.log(3)], abs=1e-5)
    assert found.steps == (0.0,)


def test_large_tables_give_back_what_was_planted():
    rng = np.random.default_rng(8)
    theta, alpha = rng.normal(size=40), np.linspace(-1, 1, 60)
    logits = np.multiply.outer(theta - alpha[:, np.newaxis], np.arange(4)) - [0, -1, -1, 0]
    shares = np.exp(logits) / np.exp(logits).sum(axis=2, keepdims=True)
    x = (rng.random((60, 40, 1)) > shares.cumsum(axis=2)).sum(axis=2)
    found = rating_scale_model(x)
    slope = np.polyfit(theta, found.unit_measures, 1)[0]
    assert np.corrcoef(theta, found.unit_measures)[0, 1] > 0.98
    # Four seeds gave .98 to 1.16: spread too far rather than too little, as the docstring warns.
    assert 0.9 < slope < 1.25
    assert np.corrcoef(alpha, found.severities)[0, 1] > 0.9
    assert found.steps == pytest.approx([-1, 0, 1], abs=0.35)
    assert np.mean(found.fit) == pytest.approx(1.0, abs=0.05)


def test_who_has_extremes_alone_leaves_no_maximum():
    best = [[3, 2, 1, None], [3, 1, 2, None], [3, 2, 1, None]]
    found = rating_scale_model(best)
    assert found.flags == (Flag.NO_MAXIMUM,)
    assert found.unit_measures[0] > 0 > found.unit_measures[1]
    assert found.unit_measures[3] is None
    strict = rating_scale_model([[1, 1], [2, 3]])
    assert Flag.NO_MAXIMUM in strict.flags


def test_unlinked_groups_leave_no_maximum():
    apart = [[1, 2, None, None], [2, 1, None, None], [None, None, 1, 2], [None, None, 2, 1]]
    assert rating_scale_model(apart).flags == (Flag.NO_MAXIMUM,)


def test_one_level_says_nothing():
    found = rating_scale_model([[2, 2], [2, None]])
    assert (found.levels, found.flags) == ((2.0,), (Flag.NOT_TESTABLE,))
    assert (found.unit_measures, found.severities) == ((None, None), (None, None))
    assert rating_scale_model([[None]]).levels == ()


def test_a_search_that_ends_early_says_so(monkeypatch):
    """A scale in hopeless disorder over few ratings: measures go on and on."""
    from analysis.statistics import rating_scale

    monkeypatch.setattr(rating_scale, "STILL", -1.0)
    assert Flag.NOT_CONVERGED in rating_scale_model(GRADES).flags
