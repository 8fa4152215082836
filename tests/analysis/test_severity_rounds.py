"""The severity model over rounds: against statsmodels, one round's model, and planted rounds."""

import numpy as np
import pytest

from analysis.statistics.findings import Flag
from analysis.statistics.severity import severity_model
from analysis.statistics.severity_rounds import severity_over_rounds

# Three rounds, four raters, six units; 0 is nobody.
RATINGS = np.array([
    [[74, 69, 73, 81, 81, 73], [0, 68, 73, 76, 79, 77], [77, 0, 80, 0, 82, 0],
     [78, 77, 0, 85, 0, 83]],
    [[73, 0, 75, 0, 83, 0], [0, 0, 73, 80, 80, 78], [79, 73, 81, 83, 89, 80],
     [83, 77, 83, 85, 92, 0]],
    [[0, 0, 0, 0, 0, 0], [80, 75, 80, 82, 86, 80], [82, 80, 84, 85, 92, 83],
     [0, 80, 89, 89, 91, 86]],
], dtype=float)  # a table, read by rows  # fmt: skip
RATINGS[RATINGS == 0] = np.nan


def test_effects_and_errors_of_statsmodels():
    """statsmodels 0.15, OLS with sum-to-zero raters and rounds; λ near 0 is that fit."""
    found = severity_over_rounds(RATINGS, penalty=1e-7)
    units = [78.08210309, 73.91189632, 79.32931947, 82.44224983, 85.72931947, 79.95106374]
    assert found.unit_effects == pytest.approx(units, abs=1e-5)
    raters = [-2.70581737, -2.99970261, 1.39188322]
    assert found.rater_effects == pytest.approx([*raters, -sum(raters)], abs=1e-5)
    rounds = [-2.36303529, -0.68537529]
    assert found.round_effects == pytest.approx([*rounds, -sum(rounds)], abs=1e-6)
    assert found.round_errors[:2] == pytest.approx([0.3459084, 0.32921335], abs=1e-6)
    assert (found.residual_variance, found.residual_df) == (pytest.approx(2.814923109721391), 42)
    assert found.flags == ()


def test_one_round_is_the_severity_model():
    first, plain = severity_over_rounds(RATINGS[:1]), severity_model(RATINGS[0])
    assert first.unit_effects == pytest.approx(plain.unit_effects)
    assert first.rater_effects == pytest.approx(plain.rater_effects)
    assert first.unit_errors == pytest.approx(plain.unit_errors)
    assert first.covariance == pytest.approx(plain.covariance)
    assert first.residual_variance == pytest.approx(plain.residual_variance)
    assert (first.round_effects, first.round_errors) == ((0.0,), (0.0,))


def test_a_mild_round_is_taken_out():
    """Half of the units were rated in a round ten points milder: their places were its gift."""
    rng = np.random.default_rng(6)
    quality, severity = 5 * rng.normal(size=30), 3 * rng.normal(size=(8, 1))
    x = 80 + quality + severity + rng.normal(size=(2, 8, 30))
    x[1] += 10
    x[0, :, 22:] = np.nan
    x[1, :, :8] = np.nan
    with_rounds = np.corrcoef(severity_over_rounds(x).unit_effects, quality)[0, 1]
    stacked = severity_model(np.vstack(list(x))).unit_effects
    pooled = np.nanmean(x, axis=(0, 1))
    assert with_rounds > 0.99 > np.corrcoef(pooled, quality)[0, 1]
    # With a row for each rater and round the penalty holds the whole round back.
    assert with_rounds > np.corrcoef(stacked, quality)[0, 1]


def test_who_has_no_rating_has_no_figure():
    x = np.full((4, 5, 7), np.nan)
    x[:3, :4, :6] = RATINGS
    found, plain = severity_over_rounds(x), severity_over_rounds(RATINGS)
    assert found.unit_effects == (*plain.unit_effects, None)
    assert found.rater_effects == (*plain.rater_effects, None)
    assert found.round_effects == (*plain.round_effects, None)
    assert found.unit_errors[-1] is found.round_errors[-1] is None


def test_rounds_without_a_unit_in_common_are_not_told_apart():
    x = np.full((2, 3, 4), np.nan)
    x[0, :, :2] = [[80, 70], [82, 74], [78, 71]]
    x[1, :, 2:] = [[90, 85], [91, 88], [89, 84]]
    found = severity_over_rounds(x)
    assert found.flags == (Flag.DISCONNECTED, Flag.NO_ERROR)
    assert (found.covariance, found.unit_errors) == (None, (None,) * 4)
    assert all(effect is not None for effect in found.unit_effects)


def test_edges():
    nobody = severity_over_rounds(np.full((2, 2, 2), np.nan))
    assert (nobody.unit_effects, nobody.flags) == ((None, None), (Flag.NO_RATINGS, Flag.NO_ERROR))
    alone = severity_over_rounds([[[80, 90]]])
    assert (alone.residual_variance, alone.flags) == (None, (Flag.NO_ERROR,))
    exact = severity_over_rounds(np.full((2, 3, 3), 80.0))
    assert (exact.residual_variance, exact.flags) == (0.0, (Flag.ZERO_VARIANCE,))
    assert exact.unit_errors == (0.0, 0.0, 0.0)


@pytest.mark.parametrize(
    ("ratings", "penalty"), [([[1, 2]], 1.0), ([[[np.inf]]], 1.0), ([[[1.0]]], 0.0)]
)
def test_a_wrong_call(ratings, penalty):
    with pytest.raises(ValueError, match=r"axes \(rounds|penalty is above 0"):
        severity_over_rounds(ratings, penalty=penalty)
