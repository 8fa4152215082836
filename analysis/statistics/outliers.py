"""Ratings and raters that do not fit: flags with their p-values, which never change a score."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike
from scipy import stats

from analysis.statistics.findings import Flag
from analysis.statistics.ratings import FloatArray, IntArray, frozen, optional, rating_matrix
from analysis.statistics.severity import SeverityModel, severity_model

# Below these sizes honest raters are flagged too often, or nobody can be.
LEAST_RESIDUAL_DF = 10
LEAST_UNITS = 10
LEAST_FOR_ESD = 25
RESPONDENTS_PER_ITEM = 10


@dataclass(frozen=True)
class MultipleTests:
    """p-values of a family of tests, adjusted; None where there was no test."""

    adjusted: tuple[float | None, ...]
    rejected: tuple[bool, ...]
    bonferroni_rejected: tuple[bool, ...]


@dataclass(frozen=True)
class FlaggedRating:
    """One rating that stands out, and what its removal would do to its unit."""

    rater: int
    unit: int
    z: float
    p: float
    adjusted_p: float
    effect: float
    effect_without: float
    rank: int
    rank_without: int


@dataclass(frozen=True, eq=False)
class ResidualTests:
    """The tested ratings as parallel arrays, and those flagged."""

    raters: IntArray
    units: IntArray
    z: FloatArray
    p: FloatArray
    adjusted_p: FloatArray
    flagged: tuple[FlaggedRating, ...]
    flags: tuple[Flag, ...]


@dataclass(frozen=True)
class RaterTest:
    """One rater's test; statistic and p are None where it is not testable."""

    rater: int
    units: int
    statistic: float | None
    p: float | None
    adjusted_p: float | None
    flagged: bool
    flags: tuple[Flag, ...]


@dataclass(frozen=True)
class CarelessIndices:
    """Per respondent: longest and mean run of equal answers, and the spread of the answers."""

    longstring: tuple[int, ...]
    average_string: tuple[float | None, ...]
    variability: tuple[float | None, ...]


@dataclass(frozen=True)
class MahalanobisDistances:
    """Squared distances of the respondents from the centre, and the farthest of them."""

    squared: tuple[float | None, ...]
    p: tuple[float | None, ...]
    farthest: tuple[int, ...]
    flags: tuple[Flag, ...]


@dataclass(frozen=True)
class GrubbsTest:
    """The largest deviation in standard deviations, its critical value and approximate p."""

    statistic: float | None
    critical: float | None
    p: float | None
    position: int | None
    is_outlier: bool
    flags: tuple[Flag, ...]


@dataclass(frozen=True)
class EsdTest:
    """Rosner's statistics and critical values, and the positions declared outliers."""

    statistics: tuple[float, ...]
    critical: tuple[float, ...]
    outliers: tuple[int, ...]
    flags: tuple[Flag, ...]


def benjamini_hochberg(p_values: Sequence[float | None], *, level: float = 0.05) -> MultipleTests:
    """False-discovery-rate adjustment: min over k ≥ i of p_(k)·m/k (Benjamini & Hochberg 1995).

    p_values in [0, 1], None where nothing was tested (not counted in m). Beside it the number
    that Bonferroni would reject (p ≤ level/m). Raises ValueError outside [0, 1].
    Holds for independent or positively dependent tests.
    """
    p = np.array(p_values, dtype=np.float64)
    tested = np.flatnonzero(~np.isnan(p))
    if not ((p[tested] >= 0) & (p[tested] <= 1)).all():
        raise ValueError("p-values lie between 0 and 1")
    adjusted = np.full(p.shape, np.nan)
    adjusted[tested] = _step_up(p[tested])
    with_none = optional(adjusted)
    bound = level / max(tested.size, 1)
    return MultipleTests(
        adjusted=with_none,
        rejected=tuple(a is not None and a <= level for a in with_none),
        bonferroni_rejected=tuple(bool(value <= bound) for value in p),
    )


def residual_tests(
    ratings: ArrayLike, *, level: float = 0.05, penalty: float = 1.0
) -> ResidualTests:
    """Ratings far from what their unit and rater would lead one to expect.

    z_ij = e_ij/(σ̂√(1 − h_ij)) of the additive model with λ → 0, h the hat value; two-sided p
    from t = z√((ν−1)/(ν−z²)) with ν−1 degrees of freedom (Cook & Weisberg 1982, section 2.2.2),
    Benjamini–Hochberg over the whole table.
    ratings: (raters, units), numbers or ballot scores. penalty: λ of the model that scores, used
    only for the effect of a removal. Ratings with h = 1 fit themselves and are not tested; below
    10 residual degrees of freedom nothing is, flagged NOT_TESTABLE.
    A flag is a question, never misconduct, and dropping flagged ratings makes honest tables
    worse.
    """
    x = rating_matrix(ratings)
    model = severity_model(x, penalty=0.0)
    free = 1.0 - np.where(np.isnan(model.hat_values), 1.0, model.hat_values)
    # A rating that alone fits its rater or its unit fits itself, whatever it is.
    raters, units = np.nonzero(free > 1e-8)
    if model.residual_variance is None or model.residual_df < LEAST_RESIDUAL_DF:
        nothing = np.zeros(0, dtype=np.int64)
        empty = np.zeros(0)
        return ResidualTests(nothing, nothing, empty, empty, empty, (), (Flag.NOT_TESTABLE,))
    z = _studentised(model, free, raters, units)
    p = _residual_p(z, model.residual_df)
    adjusted = _step_up(p)
    # As the scores are made, since the question is what the rating does to these.
    before = np.array(severity_model(x, penalty=penalty).unit_effects, dtype=np.float64)
    found = tuple(
        _flagged(x, penalty, before, (int(raters[k]), int(units[k])), (z[k], p[k], adjusted[k]))
        for k in np.flatnonzero(adjusted <= level)
    )
    flags = (Flag.ZERO_VARIANCE,) if model.residual_variance == 0.0 else ()
    return ResidualTests(raters, units, frozen(z), frozen(p), frozen(adjusted), found, flags)


def misfitting_raters(ratings: ArrayLike, *, level: float = 0.05) -> tuple[RaterTest, ...]:
    """Raters whose residuals are larger than those of the others, one test a rater.

    F = (SS_i/ν_i)/((SS − SS_i)/(ν − ν_i)) with ν_i = Σ_j (1 − h_ij), which is
    (n_i−1)(R−1)/R on a complete table; upper tail, Benjamini–Hochberg. Residuals of λ → 0.
    A rater of fewer than 10 units is not tested. Severity is corrected, never flagged.
    p is approximate: the two sums of squares are correlated.
    """
    x = rating_matrix(ratings)
    model = severity_model(x, penalty=0.0)
    squares = np.nansum(model.residuals**2, axis=1)
    df = np.nansum(1.0 - model.hat_values, axis=1)
    counts = (~np.isnan(x)).sum(axis=1)
    pairs = [
        _f_test(model, float(squares[i]), float(squares.sum()), float(df[i]))
        if counts[i] >= LEAST_UNITS
        else None
        for i in range(x.shape[0])
    ]
    return _rater_tests(counts, pairs, level)


def reversed_raters(ratings: ArrayLike, *, level: float = 0.05) -> tuple[RaterTest, ...]:
    """Raters whose order runs against everybody else's, as when a scale is read upside down.

    Spearman's correlation of a rater with the mean of the other raters (severities taken out,
    λ → 0) over the units they share, one-sided p for a negative one by
    t = ρ√((n−2)/(1−ρ²)), Benjamini–Hochberg. Fewer than 10 shared units, or no variation:
    not tested.
    """
    x = rating_matrix(ratings)
    adjusted = severity_model(x, penalty=0.0).adjusted_ratings
    rated = ~np.isnan(x)
    level_sum, count = np.where(rated, adjusted, 0.0).sum(axis=0), rated.sum(axis=0)
    results = []
    shared_counts = np.zeros(x.shape[0], dtype=np.int64)
    for i, row in enumerate(rated):
        # Where nobody else rated there is nothing to be set against.
        shared = row & (count > 1)
        shared_counts[i] = shared.sum()
        others = (level_sum[shared] - adjusted[i, shared]) / (count[shared] - 1)
        results.append(_negative_spearman(x[i, shared], others))
    return _rater_tests(shared_counts, results, level)


def straight_liners(ratings: ArrayLike, *, minimum: int = LEAST_UNITS) -> tuple[bool | None, ...]:
    """Whether each rater gave one value to everything; None below `minimum` ratings.

    On fewer than 10 units honest raters do so too often (5.9% at 5 units on five levels).
    Meaningless under a forced ratio, where nobody can. Such a ballot carries no information and
    adds nothing once severity is taken out.
    """
    x = rating_matrix(ratings)
    rows = [row[~np.isnan(row)] for row in x]
    return tuple(bool((row == row[0]).all()) if row.size >= minimum else None for row in rows)


def careless_indices(responses: ArrayLike) -> CarelessIndices:
    """Longstring, average string and intra-individual response variability of each respondent.

    responses: (respondents, items) in the order asked; missing answers are left out. Longstring
    is the longest run of equal answers (Johnson 2005), average string the mean run, variability
    the standard deviation with n − 1 (Dunn et al. 2018). None where there are too few answers.
    Any cut-off is arbitrary: show the most extreme 1% and read them. Needs several items.
    """
    rows = [row[~np.isnan(row)] for row in rating_matrix(responses)]
    runs = [_runs(row) for row in rows]
    return CarelessIndices(
        longstring=tuple(max(run, default=0) for run in runs),
        average_string=tuple(sum(run) / len(run) if run else None for run in runs),
        variability=tuple(float(np.std(row, ddof=1)) if row.size > 1 else None for row in rows),
    )


def mahalanobis_distances(responses: ArrayLike, *, share: float = 0.01) -> MahalanobisDistances:
    """Squared Mahalanobis distances over several items, with χ² p-values.

    responses: (respondents, items); incomplete rows get None. Needs 10 complete respondents an
    item, else NOT_TESTABLE. `farthest`: the share (1%, at least one) with the largest distance,
    to be looked at. Items that follow from others are taken out by the pseudo-inverse.
    p supposes normal answers, which five levels are not.
    """
    x = rating_matrix(responses)
    complete = np.flatnonzero(~np.isnan(x).any(axis=1))
    items = x.shape[1]
    none = (None,) * x.shape[0]
    if items == 0 or complete.size < RESPONDENTS_PER_ITEM * items:
        return MahalanobisDistances(none, none, (), (Flag.NOT_TESTABLE,))
    centred = x[complete] - x[complete].mean(axis=0)
    covariance = centred.T @ centred / (complete.size - 1)
    rank = int(np.linalg.matrix_rank(covariance, hermitian=True))
    if rank == 0:
        return MahalanobisDistances(none, none, (), (Flag.ALL_EQUAL,))
    inverse = np.linalg.pinv(covariance, rcond=1e-10, hermitian=True)
    squared, p = np.full(x.shape[0], np.nan), np.full(x.shape[0], np.nan)
    squared[complete] = np.maximum(((centred @ inverse) * centred).sum(axis=1), 0.0)
    # Items that follow from others add no dimension.
    p[complete] = stats.chi2.sf(squared[complete], rank)
    shown = max(1, math.floor(share * complete.size))
    order = complete[np.argsort(-squared[complete], kind="stable")]
    return MahalanobisDistances(
        optional(squared), optional(p), tuple(int(i) for i in order[:shown]), ()
    )


def grubbs_test(
    values: ArrayLike,
    *,
    alternative: Literal["two-sided", "high", "low"] = "two-sided",
    level: float = 0.05,
) -> GrubbsTest:
    """Grubbs' test for one outlier in a normal sample (Grubbs 1969; NIST handbook 1.3.5.17.1).

    G = max |x − x̄|/s against (n−1)/√n·√(t²/(n−2+t²)), t the upper level/n (one-sided) or
    level/2n point of Student's t with n−2. values: one column, missing allowed; position counts
    them. Fewer than 3 values: NOT_TESTABLE; no spread: p = 1.
    Below about 15 ratings it finds one dishonest rating in three; skewed scores make it
    flag honest ones (8% at n = 10, 22% at 100). Flag only.
    """
    x = rating_matrix(np.array(values, dtype=np.float64).reshape(1, -1))[0]
    places = np.flatnonzero(~np.isnan(x))
    n = places.size
    if n < 3:
        return GrubbsTest(None, None, None, None, False, (Flag.NOT_TESTABLE,))
    sides = 2 if alternative == "two-sided" else 1
    t = float(stats.t.isf(level / (sides * n), n - 2))
    critical = (n - 1) / math.sqrt(n) * math.sqrt(t * t / (n - 2 + t * t))
    deviation = x[places] - x[places].mean()
    spread = float(np.std(x[places], ddof=1))
    if _no_spread(x[places]):
        return GrubbsTest(0.0, critical, 1.0, None, False, (Flag.ZERO_VARIANCE,))
    size = {"two-sided": np.abs(deviation), "high": deviation, "low": -deviation}[alternative]
    k = int(np.argmax(size))
    g = float(size[k]) / spread
    return GrubbsTest(
        statistic=g,
        critical=critical,
        p=_grubbs_p(g, n, sides),
        position=int(places[k]),
        is_outlier=g > critical,
        flags=(),
    )


def generalised_esd(values: ArrayLike, *, most: int, level: float = 0.05) -> EsdTest:
    """Up to `most` outliers in a normal sample of 25 or more (Rosner 1983, Technometrics 25:165).

    R_i = max |x − x̄|/s after i−1 removals against
    λ_i = (n−i)t/√((n−i−1+t²)(n−i+1)), t the 1−level/(2(n−i+1)) point with n−i−1 degrees of
    freedom; as many outliers as the last i with R_i > λ_i. Below 25 values: NOT_TESTABLE.
    Raises ValueError unless 1 ≤ most ≤ n/2. For numbers known to be normal; never for grades.
    """
    x = rating_matrix(np.array(values, dtype=np.float64).reshape(1, -1))[0]
    places = np.flatnonzero(~np.isnan(x))
    n = places.size
    if n < LEAST_FOR_ESD:
        return EsdTest((), (), (), (Flag.NOT_TESTABLE,))
    if not 1 <= most <= n // 2:
        raise ValueError(f"look for 1 to {n // 2} outliers among {n}, got {most}")
    found, critical, removed = [], [], []
    for i in range(1, most + 1):
        left = x[places]
        if _no_spread(left):
            break
        deviation = np.abs(left - left.mean())
        k = int(np.argmax(deviation))
        found.append(float(deviation[k] / np.std(left, ddof=1)))
        t = float(stats.t.isf(level / (2 * (n - i + 1)), n - i - 1))
        critical.append((n - i) * t / math.sqrt((n - i - 1 + t * t) * (n - i + 1)))
        removed.append(int(places[k]))
        places = np.delete(places, k)
    # The last one that passes and not the first that fails: two outliers hide each other.
    count = max((i + 1 for i, r in enumerate(found) if r > critical[i]), default=0)
    flags = (Flag.ZERO_VARIANCE,) if len(found) < most else ()
    return EsdTest(tuple(found), tuple(critical), tuple(removed[:count]), flags)


def _step_up(p: FloatArray) -> FloatArray:
    order = np.argsort(p)
    scaled = p[order] * p.size / np.arange(1, p.size + 1)
    adjusted = np.empty_like(p)
    adjusted[order] = np.minimum(np.minimum.accumulate(scaled[::-1])[::-1], 1.0)
    return adjusted


def _studentised(
    model: SeverityModel, free: FloatArray, raters: IntArray, units: IntArray
) -> FloatArray:
    if not model.residual_variance:
        return np.zeros(raters.size)
    spread = np.sqrt(model.residual_variance * free[raters, units])
    return np.asarray(model.residuals[raters, units] / spread, dtype=np.float64)


def _residual_p(z: FloatArray, df: float) -> FloatArray:
    # z² cannot exceed ν; rounding may leave it there, which is a p of 0.
    room = np.maximum(df - z**2, 1e-12)
    return np.asarray(2 * stats.t.sf(np.abs(z) * np.sqrt((df - 1) / room), df - 1))


def _flagged(
    x: FloatArray,
    penalty: float,
    before: FloatArray,
    cell: tuple[int, int],
    test: tuple[float, float, float],
) -> FlaggedRating:
    rater, unit = cell
    fewer = x.copy()
    fewer[rater, unit] = np.nan
    after = severity_model(fewer, penalty=penalty).unit_effects
    z, p, adjusted_p = (float(value) for value in test)
    # A rating that is tested has company, so the unit keeps an effect without it.
    return FlaggedRating(
        rater=rater,
        unit=unit,
        z=z,
        p=p,
        adjusted_p=adjusted_p,
        effect=float(before[unit]),
        effect_without=float(after[unit] or 0.0),
        rank=_rank(before, unit),
        rank_without=_rank(np.array(after, dtype=np.float64), unit),
    )


def _rank(effects: FloatArray, unit: int) -> int:
    return 1 + int((effects > effects[unit]).sum())


def _f_test(
    model: SeverityModel, mine: float, total: float, df: float
) -> tuple[float | None, float] | None:
    rest_df = model.residual_df - df
    # A rater of whom nothing is left over, or who leaves nothing to the others, has no ratio.
    if model.residual_variance is None or df < 1e-8 or rest_df < 1e-8:
        return None
    if model.residual_variance == 0.0:
        return None, 1.0
    ratio = (mine / df) / max((total - mine) / rest_df, 1e-300)
    return ratio, float(stats.f.sf(ratio, df, rest_df))


def _negative_spearman(mine: FloatArray, others: FloatArray) -> tuple[float, float] | None:
    n = mine.size
    if n < LEAST_UNITS or _no_spread(mine) or _no_spread(others):
        return None
    a, b = stats.rankdata(mine), stats.rankdata(others)
    rho = float(np.clip(np.corrcoef(a, b)[0, 1], -1.0, 1.0))
    t = rho * math.sqrt((n - 2) / max(1.0 - rho * rho, 1e-300))
    return rho, float(stats.t.cdf(t, n - 2))


def _no_spread(x: FloatArray) -> bool:
    """Constant up to rounding: a spread of a few ulps is no data."""
    return bool(np.ptp(x) <= 1e-12 * np.abs(x).max(initial=0.0))


def _rater_tests(
    counts: IntArray, results: Sequence[tuple[float | None, float] | None], level: float
) -> tuple[RaterTest, ...]:
    family = benjamini_hochberg([None if r is None else r[1] for r in results], level=level)
    return tuple(
        RaterTest(
            rater=i,
            units=int(counts[i]),
            statistic=None if result is None else result[0],
            p=None if result is None else result[1],
            adjusted_p=family.adjusted[i],
            flagged=family.rejected[i],
            flags=(Flag.NOT_TESTABLE,) if result is None else (),
        )
        for i, result in enumerate(results)
    )


def _runs(row: FloatArray) -> list[int]:
    if row.size == 0:
        return []
    ends = np.flatnonzero(np.append(row[1:] != row[:-1], True))
    return [int(length) for length in np.diff(ends, prepend=-1)]


def _grubbs_p(g: float, n: int, sides: int) -> float:
    room = (n - 1) ** 2 - n * g * g
    if room <= 0:
        return 0.0
    return min(1.0, sides * n * float(stats.t.sf(g * math.sqrt(n * (n - 2) / room), n - 2)))
