"""How far raters agree with each other on orders and on levels."""

import math
from dataclasses import dataclass
from itertools import permutations
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike
from scipy import stats

from analysis.statistics.findings import Flag
from analysis.statistics.mean_squares import unfit_table
from analysis.statistics.ratings import FloatArray, IntArray, rating_matrix

# From so many units on χ² is near enough to the distribution of W.
ENOUGH_UNITS = 8
# Sums of ranks held at once for an exact probability: a tenth of a second each rater.
MOST_SUMS = 100_000


@dataclass(frozen=True)
class KendallW:
    """Concordance of complete rankings, 0 to 1, with the Friedman test.

    `p` is that of χ²; `exact_p` counts every order that the raters could have given, None where
    those are too many to count.
    """

    w: float | None
    chi_square: float | None
    df: int
    p: float | None
    exact_p: float | None
    flags: tuple[Flag, ...]


@dataclass(frozen=True)
class KrippendorffAlpha:
    """Agreement with missing values: 1 perfect, 0 as by chance, below 0 worse than chance."""

    alpha: float | None
    observed: float | None
    expected: float | None
    n_values: int
    flags: tuple[Flag, ...]


def kendall_w(ratings: ArrayLike) -> KendallW:
    """Kendall's W with the correction for ties: 12S/(m²(n³−n) − mΣT), χ² = m(n−1)W.

    S = Σ(R_j − R̄)² over rank sums with midranks, T = Σ(t³ − t) over all ties (Kendall & Gibbons
    1990, ch. 6). The exact probability of a W as large is that under all permutations of each
    rater's own midranks (Friedman 1937, J. Amer. Statist. Assoc. 32:675), for few raters of few
    units. ratings: (raters, units), complete. Undefined (None) for missing ratings (INCOMPLETE),
    fewer than 2 raters or units, and where every rater ties everything (ALL_EQUAL). Below 8
    units χ² is rough: flagged FEW_UNITS; go by `exact_p` where it is there. Low by design under
    a forced ratio with few grades: set no pass mark.
    """
    x = rating_matrix(ratings)
    m, n = x.shape
    problem = unfit_table(x)
    if problem:
        return KendallW(None, None, max(n - 1, 0), None, None, problem)
    ranks = stats.rankdata(x, axis=1)
    ties = sum(float((t**3 - t).sum()) for t in (_tie_sizes(row) for row in x))
    most = m * m * (n**3 - n) - m * ties
    if most <= 0:
        return KendallW(None, None, n - 1, None, None, (Flag.ALL_EQUAL,))
    sums = ranks.sum(axis=0)
    w = float(12 * ((sums - sums.mean()) ** 2).sum() / most)
    chi_square = m * (n - 1) * w
    p = float(stats.chi2.sf(chi_square, n - 1))
    flags = (Flag.FEW_UNITS,) if n < ENOUGH_UNITS else ()
    return KendallW(w, chi_square, n - 1, p, _exact_concordance(ranks), flags)


def krippendorff_alpha(
    ratings: ArrayLike, *, metric: Literal["nominal", "ordinal", "interval", "ratio"] = "ordinal"
) -> KrippendorffAlpha:
    """Krippendorff's α = 1 − D_o/D_e on the coincidence matrix (Krippendorff 2011).

    δ²: nominal 0/1; ordinal (Σ_{g=c..k} n_g − (n_c+n_k)/2)²; interval (c−k)²;
    ratio ((c−k)/(c+k))². ratings: (raters, units), NaN allowed; a unit with one rating pairs
    with nothing and drops out. Undefined with fewer than two pairable values (NOT_TESTABLE) or a
    single value throughout (ALL_EQUAL). Low by design under a forced ratio.
    """
    x = rating_matrix(ratings)
    x = x[:, (~np.isnan(x)).sum(axis=0) > 1]
    values = x[~np.isnan(x)]
    if values.size < 2:
        return KrippendorffAlpha(None, None, None, int(values.size), (Flag.NOT_TESTABLE,))
    observed, expected = (
        _interval_disagreement(x) if metric == "interval" else _disagreement(x, metric)
    )
    if expected <= 0:
        return KrippendorffAlpha(None, observed, 0.0, values.size, (Flag.ALL_EQUAL,))
    return KrippendorffAlpha(1 - observed / expected, observed, expected, values.size, ())


def _exact_concordance(ranks: FloatArray) -> float | None:
    """P(S ≥ the observed one) over all permutations of every row; None where they are too many.

    Sums are kept sorted: which unit has which does not matter to S, nor to the next row.
    """
    rows = np.rint(2 * ranks).astype(np.int64)  # midranks are halves
    n = rows.shape[1]
    sums = np.sort(rows[:1], axis=1)
    shares: FloatArray = np.ones(1)
    for row in rows[1:]:
        if math.factorial(n) * len(sums) > MOST_SUMS:
            return None
        orders = np.array(list(permutations(row)), dtype=np.int64)
        every = np.sort((sums[:, np.newaxis] + orders).reshape(-1, n), axis=1)
        sums, place = np.unique(every, axis=0, return_inverse=True)
        weights = np.repeat(shares / len(orders), len(orders))
        shares = np.bincount(place.ravel(), weights).astype(np.float64)
    return float(shares[_spread_of(sums) >= _spread_of(rows.sum(axis=0))].sum())


def _spread_of(sums: IntArray) -> IntArray:
    """S up to a constant, in whole numbers."""
    return np.asarray((sums**2).sum(axis=-1), dtype=np.int64)


def _tie_sizes(row: FloatArray) -> FloatArray:
    return np.unique(row, return_counts=True)[1].astype(np.float64)


def _interval_disagreement(x: FloatArray) -> tuple[float, float]:
    """D_o and D_e of squared differences, by sums: no matrix of all values is needed."""
    rated = ~np.isnan(x)
    x = np.where(rated, x - np.nanmean(x), 0.0)
    m = rated.sum(axis=0)
    within = 2 * (m * (x**2).sum(axis=0) - x.sum(axis=0) ** 2) / (m - 1)
    n = int(m.sum())
    overall = 2 * (n * (x**2).sum() - x.sum() ** 2) / (n - 1)
    # By the values themselves: the sums of a constant
    # leave rounding, and α would be a ratio of that.
    constant = np.ptp(x[rated]) == 0
    return float(max(within.sum(), 0.0) / n), 0.0 if constant else float(overall / n)


def _disagreement(x: FloatArray, metric: str) -> tuple[float, float]:
    rated = ~np.isnan(x)
    values, index = np.unique(x[rated], return_inverse=True)
    counts = np.zeros((x.shape[1], values.size))
    np.add.at(counts, (np.nonzero(rated)[1], index), 1.0)
    m = counts.sum(axis=1)
    scaled = counts / (m - 1)[:, np.newaxis]
    coincidences = counts.T @ scaled - np.diag(scaled.sum(axis=0))
    totals = coincidences.sum(axis=1)
    n = totals.sum()
    delta = _delta(values, totals, metric)
    expected = np.outer(totals, totals) - np.diag(totals)
    return float((coincidences * delta).sum() / n), float((expected * delta).sum() / n / (n - 1))


def _delta(values: FloatArray, totals: FloatArray, metric: str) -> FloatArray:
    if metric == "nominal":
        return 1.0 - np.eye(values.size)
    if metric == "ordinal":
        # Ranks up to the middle of each value: differences of them are the sums of the formula.
        middle = np.cumsum(totals) - totals / 2
        return np.subtract.outer(middle, middle) ** 2
    total = np.add.outer(values, values)
    return (np.subtract.outer(values, values) / np.where(total == 0, 1.0, total)) ** 2
