"""Bootstrap of the severity model over raters, all draws at once."""

import numpy as np
from numpy.typing import ArrayLike

from analysis.statistics.findings import Flag
from analysis.statistics.ratings import FloatArray, optional, rating_matrix
from analysis.statistics.severity import severity_model
from analysis.statistics.uncertainty import LEAST_FOR_BOOTSTRAP, BootstrapIntervals

# Draws that are solved together; more would not fit the processor's cache.
BATCH = 50


def severity_bootstrap(
    ratings: ArrayLike,
    rng: np.random.Generator | int,
    *,
    penalty: float = 1.0,
    draws: int = 1000,
    level: float = 0.90,
) -> BootstrapIntervals:
    """Percentile intervals of the units' severity-adjusted effects over weighted raters.

    A rater drawn g times brings g severities, so the normal equations are linear in the weights:
    A = Σ g_i(diag M_i − M_i M_iᵀ/(n_i+λ)); g exponential, the Bayesian bootstrap (Rubin 1981).
    ratings: (raters, units), NaN for not rated; penalty: λ > 0; level of the intervals. Effects
    are those about their mean over the rated units. Below 15 raters it is flagged APPROXIMATE,
    the intervals are then too short: show those of the model's own errors instead. Raises
    ValueError for a penalty that is not positive or a level outside 0 to 1.
    """
    if not penalty > 0:
        raise ValueError(f"the penalty is above 0, got {penalty}")
    if not 0 < level < 1:
        raise ValueError(f"the level lies between 0 and 1, got {level}")
    x = rating_matrix(ratings)
    some = ~np.isnan(x).all(axis=0)
    few: tuple[Flag, ...] = (Flag.APPROXIMATE,) if x.shape[0] < LEAST_FOR_BOOTSTRAP else ()
    if not some.any():
        none = (None,) * x.shape[1]
        return BootstrapIntervals(none, none, none, (Flag.NO_RATINGS, *few))
    effects = _draw(x[:, some], np.random.default_rng(rng), penalty, draws)
    limits = np.full((3, x.shape[1]), np.nan)
    fitted = severity_model(x, penalty=penalty).rated_effects
    # About the mean: levels of units are only known against each other.
    limits[0, some] = fitted - fitted.mean()
    limits[1:, some] = np.quantile(effects, [(1 - level) / 2, (1 + level) / 2], axis=0)
    means, low, high = (optional(row) for row in limits)
    return BootstrapIntervals(means, low, high, few)


def _draw(x: FloatArray, generator: np.random.Generator, penalty: float, draws: int) -> FloatArray:
    """Effects about their mean, (draws, units)."""
    m = (~np.isnan(x)).astype(np.float64)
    y = np.where(m > 0, x, 0.0)
    shrink = 1.0 / (m.sum(axis=1) + penalty)
    right = y - m * (y.sum(axis=1) * shrink)[:, np.newaxis]
    units = x.shape[1]
    # One row a rater: the pairs of units that it rated, so that a product sums over raters.
    pairs = np.einsum("iu,iv->iuv", m, m * shrink[:, np.newaxis]).reshape(len(m), -1)
    found = np.empty((draws, units))
    # In batches, since each draw has a system of its own in memory.
    for start in range(0, draws, BATCH):
        g = generator.standard_exponential((min(BATCH, draws - start), len(m)))
        a = -(g @ pairs).reshape(-1, units, units)
        a[:, range(units), range(units)] += g @ m
        u = np.linalg.solve(a, (g @ right)[:, :, np.newaxis])[:, :, 0]
        found[start : start + BATCH] = u - u.mean(axis=1, keepdims=True)
    return found
