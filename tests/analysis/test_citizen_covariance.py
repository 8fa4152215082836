"""Citizens' weighted means and their covariance: from sums by stratum, the same as from answers."""

import numpy as np
import pytest

from analysis.panel.citizen_covariance import weighted_means
from analysis.panel.sums import citizen_sums, unit_indices


def sums_of(y: np.ndarray, strata: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Numbers, Σ y_f and Σ y_f y_g over those who gave both, by stratum."""
    given = ~np.isnan(y)
    blocks = []
    for h in range(strata.max() + 1):
        m, x = given[strata == h].astype(float), np.where(given, y, 0.0)[strata == h]
        blocks.append((m.T @ m, x.T @ m, x.T @ x))
    together, totals, products = (np.array(each) for each in zip(*blocks, strict=True))
    return together, totals, products


def draw(citizens: int = 90, figures: int = 5) -> tuple[np.ndarray, np.ndarray]:
    """Points of 0 to 100 with a mood that a citizen carries over all figures; some not given."""
    rng = np.random.default_rng(8)
    mood = rng.normal(0, 15, (citizens, 1))
    y = (np.linspace(70, 50, figures) + mood + rng.normal(0, 10, (citizens, figures))).round()
    y[rng.random(y.shape) < 0.3] = np.nan
    return y, rng.integers(0, 3, citizens)


def test_two_citizens_by_hand():
    """0 and 100 on one figure, 20 and 60 on the other, both given by both.

    Means 50 and 40; Σ products of deviations (−50)(−20) + 50·20 = 2,000, over n(n−1) = 2: 1,000;
    variances 5,000/2 and 800/2. Of two citizens' products none may be kept: 0 in the end.
    """
    y = np.array([[0.0, 20.0], [100.0, 60.0]])
    found = weighted_means(*sums_of(y, np.array([0, 0])), np.ones((1, 2)), 5)
    assert found.means.tolist() == [50.0, 40.0]
    assert found.covariance == pytest.approx(np.array([[2500.0, 0.0], [0.0, 400.0]]))
    assert found.covariance[0, 1] == 0.0
    repeated = np.tile(y, (3, 1))  # six citizens: Σ = 6,000, over 6·5
    found = weighted_means(*sums_of(repeated, np.zeros(6, dtype=int)), np.ones((1, 2)), 5)
    assert found.covariance[0, 1] == pytest.approx(6000 / 30)


def test_the_same_as_from_the_answers_themselves():
    y, strata = draw()
    worth = np.array([0.5, 1.0, 2.5])
    found = weighted_means(*sums_of(y, strata), np.tile(worth[:, np.newaxis], (1, 5)), 5)
    given, w = ~np.isnan(y), worth[strata]
    for f in range(5):
        own = given[:, f]
        assert found.means[f] == pytest.approx(np.average(y[own, f], weights=w[own]))
        for g in range(5):
            both = given[:, f] & given[:, g]
            cross = (
                w[both] ** 2 * (y[both, f] - found.means[f]) * (y[both, g] - found.means[g])
            ).sum()
            k = 1.0
            for one in (f, g):
                m = w[given[:, one]].sum() ** 2 / (w[given[:, one]] ** 2).sum()
                k *= np.sqrt(m / (m - 1))
            whole = w[given[:, f]].sum() * w[given[:, g]].sum()
            assert found.covariance[f, g] == pytest.approx(k * cross / whole)


def test_the_diagonal_is_the_squared_error_of_the_index():
    y, strata = draw()
    worth = np.array([0.5, 1.0, 2.5])
    found = weighted_means(*sums_of(y, strata), np.tile(worth[:, np.newaxis], (1, 5)), 5)
    errors = [unit.error for unit in unit_indices(citizen_sums(y, y > 60, worth[strata]).units)]
    assert np.sqrt(np.diagonal(found.covariance)).tolist() == pytest.approx(errors)


def test_equal_weights_and_full_forms_give_the_covariance_of_means():
    y, _ = draw()
    y = np.where(np.isnan(y), 55.0, y)
    found = weighted_means(*sums_of(y, np.zeros(len(y), dtype=int)), np.ones((1, 5)), 5)
    assert found.covariance == pytest.approx(np.cov(y.T) / len(y))


def test_one_answer_has_no_error_and_pairs_of_few_count_as_independent():
    y, strata = draw()
    y[:, 4] = np.nan
    y[0, 4] = 70.0  # one citizen's answer
    y[:, 3] = np.nan
    y[5:9, 2:4] = 60.0  # four gave both, others the first alone
    y[20:30, 3] = 40.0
    y[20:30, 2] = np.nan
    found = weighted_means(*sums_of(y, strata), np.ones((3, 5)), 5)
    assert np.isnan(found.means[4])
    assert found.covariance[2, 3] == 0.0
    assert found.covariance[3, 3] > 0.0


def test_where_everybody_says_the_same_no_variance_falls_below_nothing():
    y, strata = draw()
    y[:, 0] = np.where(np.isnan(y[:, 0]), np.nan, 33.3)
    found = weighted_means(*sums_of(y, strata), np.tile([[0.7], [1.1], [0.3]], (1, 5)), 5)
    assert 0.0 <= found.covariance[0, 0] < 1e-9
    assert (np.diagonal(found.covariance)[1:] > 1.0).all()


def test_shapes_that_do_not_fit_are_refused():
    y, strata = draw()
    with pytest.raises(ValueError, match="differ"):
        weighted_means(*sums_of(y, strata), np.ones((2, 5)), 5)
