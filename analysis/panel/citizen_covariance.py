"""How citizens' weighted means vary together: whoever judges two units or two questions shares
one mood."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from analysis.statistics.ratings import FloatArray, frozen


@dataclass(frozen=True, eq=False)
class WeightedMeans:
    """Hájek means of figures, (figures,), with their linearised covariance, (figures, figures).

    NaN for a figure with an effective number of 1 or less.
    """

    means: FloatArray
    covariance: FloatArray


def weighted_means(
    together: ArrayLike, totals: ArrayLike, products: ArrayLike, weights: ArrayLike, least: int
) -> WeightedMeans:
    """Means ȳ_f = Σωy/Σω and Cov(ȳ_f, ȳ_g) = Σω_f ω_g (y_f − ȳ_f)(y_g − ȳ_g)/(W_f W_g)·√(k_f k_g).

    The sums run over citizens who gave both figures; k = m/(m−1), m = (Σω)²/Σω² the effective
    number, so that the diagonal is the squared error of `unit_indices` and, for equal weights,
    the whole is the covariance of means by paired observations (Särndal, Swensson & Wretman 1992,
    result 5.7.1, for a common sample).

    By stratum, (strata, figures, figures): together the number who gave f and g, totals Σ y_f and
    products Σ y_f y_g over them. weights: (strata, figures), ω of a citizen of the stratum for
    each figure. Pairs that fewer than `least` citizens gave together count as independent: their
    product would tell those citizens' answers, and their share in any error is below least/n.
    Raises ValueError when the shapes do not fit.
    """
    n, t, p = (np.asarray(each, dtype=np.float64) for each in (together, totals, products))
    w = np.asarray(weights, dtype=np.float64)
    if n.ndim != 3 or not n.shape == t.shape == p.shape or w.shape != n.shape[:2]:
        raise ValueError(f"sums {n.shape}, {t.shape}, {p.shape} and weights {w.shape} differ")
    whole = _diagonals(n, w)
    means = _diagonals(t, w) / np.where(whole > 0, whole, np.nan)
    # Σ (y_f − ȳ_f)(y_g − ȳ_g) of each stratum; T_fg sums y_f, its transpose y_g, over the same.
    crossed = means[:, np.newaxis] * np.swapaxes(t, 1, 2)
    spread = p - crossed - np.swapaxes(crossed, 1, 2) + n * np.outer(means, means)
    sums = np.einsum("hf,hg,hfg->fg", w, w, spread)
    effective = whole**2 / _diagonals(n, w**2)
    # An effective number of 1 is one citizen: no error can be known, and the mean would be theirs.
    known = effective > 1.0 + 1e-9
    factor = np.sqrt(np.where(known, effective / np.where(known, effective - 1.0, 1.0), np.nan))
    covariance = sums / np.outer(whole, whole) * np.outer(factor, factor)
    # Where everybody said the same, what rounding leaves may be a little below 0.
    np.fill_diagonal(covariance, np.maximum(np.diagonal(covariance), 0.0))
    pairs = n.sum(axis=0)
    covariance[(pairs > 0) & (pairs < least) & ~np.eye(len(means), dtype=bool)] = 0.0
    return WeightedMeans(frozen(np.where(known, means, np.nan)), frozen(covariance))


def _diagonals(sums: FloatArray, weights: FloatArray) -> FloatArray:
    """Σ_h ω_hf S_hff of every figure."""
    own = np.diagonal(sums, axis1=1, axis2=2)
    return np.asarray((weights * own).sum(axis=0), dtype=np.float64)
