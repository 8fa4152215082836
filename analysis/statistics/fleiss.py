"""Fleiss' kappa: whether raters choose the same level more often than chance would have it."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import ndtr

from analysis.statistics.findings import Flag
from analysis.statistics.ratings import FloatArray, rating_matrix


@dataclass(frozen=True)
class LevelKappa:
    """Agreement on one level against all others: its share, kappa, and z for no agreement."""

    level: float
    share: float
    kappa: float
    z: float


@dataclass(frozen=True)
class FleissKappa:
    """Agreement beyond chance: 1 perfect, 0 as by chance, below 0 less than that.

    `error` is that where there is no agreement, for the test; `p` is one-sided. `raters` is how
    many ratings each unit has. `levels` in order of their value.
    """

    kappa: float | None
    error: float | None
    z: float | None
    p: float | None
    raters: int
    levels: tuple[LevelKappa, ...]
    flags: tuple[Flag, ...]


def fleiss_kappa(ratings: ArrayLike) -> FleissKappa:
    """κ = (P̄ − P̄_e)/(1 − P̄_e) of levels without an order, with the z of Fleiss, Nee & Landis.

    P̄ the mean share of agreeing pairs, P̄_e = Σp² (Fleiss 1971, Psychol. Bull. 76:378); variance
    without agreement 2[(Σpq)² − Σpq(q−p)]/(Nn(n−1)(Σpq)²), of one level 2/(Nn(n−1)) (Fleiss, Nee
    & Landis 1979, Psychol. Bull. 86:974).
    ratings: (raters, units), each number a level, NaN for not rated; every unit that is rated
    needs the same number n ≥ 2 of ratings, by the same raters or others. Units without a rating
    drop out. Undefined (None) for other numbers of ratings (INCOMPLETE: take
    `krippendorff_alpha`), fewer than 2 (NOT_TESTABLE), one level throughout (ALL_EQUAL).
    Not to be trusted for levels in an order, which it takes for mere names (`krippendorff_alpha`
    with metric="ordinal"), nor under a forced ratio, whose shares are no chance; z is for many
    units: flagged FEW_UNITS below 10.
    """
    x = rating_matrix(ratings)
    x = x[:, (~np.isnan(x)).any(axis=0)]
    each = (~np.isnan(x)).sum(axis=0)
    n = int(each.max(initial=0))
    if n < 2 or (each != n).any():
        problem = Flag.NOT_TESTABLE if n < 2 else Flag.INCOMPLETE
        return FleissKappa(None, None, None, None, n, (), (problem,))
    levels = np.unique(x[~np.isnan(x)])
    if levels.size == 1:
        return FleissKappa(None, None, None, None, n, (), (Flag.ALL_EQUAL,))
    counts = (x[:, :, np.newaxis] == levels).sum(axis=0).astype(np.float64)
    return _kappa(counts, levels, n)


def _kappa(counts: FloatArray, levels: FloatArray, n: int) -> FleissKappa:
    """From how many raters chose each level, (units, levels)."""
    units = counts.shape[0]
    pairs = units * n * (n - 1)
    p = counts.sum(axis=0) / (units * n)
    q = 1 - p
    apart = (counts * (n - counts)).sum(axis=0)
    chance = float((p * q).sum())
    kappa = 1 - float(apart.sum()) / (pairs * chance)
    spread = chance**2 - float((p * q * (q - p)).sum())
    error = math.sqrt(2 * spread / pairs) / chance
    z = kappa / error
    of_levels = 1 - apart / (pairs * p * q)
    tests = of_levels / math.sqrt(2 / pairs)
    told = tuple(
        LevelKappa(*map(float, one)) for one in zip(levels, p, of_levels, tests, strict=True)
    )
    flags = (Flag.FEW_UNITS,) if units < 10 else ()
    return FleissKappa(kappa, error, z, float(ndtr(-z)), n, told, flags)
