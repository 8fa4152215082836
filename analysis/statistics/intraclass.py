"""Intraclass correlations: how much of what raters say is about the unit."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy import stats

from analysis.statistics.findings import Flag
from analysis.statistics.mean_squares import MeanSquares, two_way_mean_squares, unfit_table
from analysis.statistics.ratings import rating_matrix


@dataclass(frozen=True)
class IntraclassCorrelation:
    """One coefficient with its interval; `reported` is the estimate, cut at 0 from below."""

    value: float | None
    low: float | None
    high: float | None
    f: float | None
    p: float | None

    @property
    def reported(self) -> float | None:
        """What a page prints: a negative estimate counts as 0."""
        return None if self.value is None else max(self.value, 0.0)


@dataclass(frozen=True)
class IntraclassCorrelations:
    """The six forms of Shrout & Fleiss: one rater, and the mean of all k raters."""

    icc1: IntraclassCorrelation
    icc2: IntraclassCorrelation
    icc3: IntraclassCorrelation
    icc1k: IntraclassCorrelation
    icc2k: IntraclassCorrelation
    icc3k: IntraclassCorrelation
    flags: tuple[Flag, ...]


def icc(ratings: ArrayLike, *, level: float = 0.95) -> IntraclassCorrelations:
    """The six intraclass correlations with F-based intervals (Shrout & Fleiss 1979; McGraw &
    Wong 1996).

    ratings: (raters, units), complete numbers. 1: each unit its own raters; 2: raters a sample,
    their severity counts as error; 3: these raters only; k: the mean of all. Undefined for
    missing ratings, fewer than 2 raters or units, and no variance at all. An estimate may be
    negative; print `reported`. For incomplete tables use `model_reliability`.
    """
    x = rating_matrix(ratings).T
    problem = unfit_table(x)
    if not problem and np.ptp(x) == 0:
        problem = (Flag.ALL_EQUAL,)
    if problem:
        none = IntraclassCorrelation(None, None, None, None, None)
        return IntraclassCorrelations(none, none, none, none, none, none, problem)
    table = two_way_mean_squares(x)
    one, two, three = _icc1(table, level), _icc2(table, level), _icc3(table, level)
    k = x.shape[1]
    negative = any(c.value is not None and c.value < 0 for c in (one, two, three))
    return IntraclassCorrelations(
        icc1=one,
        icc2=two,
        icc3=three,
        icc1k=_stepped_up(one, k),
        icc2k=_stepped_up(two, k),
        icc3k=_stepped_up(three, k),
        flags=(Flag.NEGATIVE_ESTIMATE,) if negative else (),
    )


def _icc1(t: MeanSquares, level: float) -> IntraclassCorrelation:
    df = (t.n_rows - 1, t.n_rows * (t.n_columns - 1))
    return _from_f(t.rows, t.within, t.n_columns, df, level)


def _icc2(t: MeanSquares, level: float) -> IntraclassCorrelation:
    """Agreement: the raters' own variance stands in the denominator (Satterthwaite's df)."""
    n, k = t.n_rows, t.n_columns
    whole = t.rows + (k - 1) * t.error + k * (t.columns - t.error) / n
    # In proportion: where nobody differs, rounding leaves a little of each.
    if whole <= 1e-12 * (t.rows + t.error + t.columns):
        return IntraclassCorrelation(None, None, None, None, None)
    value = (t.rows - t.error) / whole
    if t.error == 0:
        # Raters who differ by a constant alone leave no error, and F no value.
        return IntraclassCorrelation(value, None, None, None, None)
    f = t.rows / t.error
    low, high = _icc2_interval(t, value, level)
    return IntraclassCorrelation(
        value, low, high, f, float(stats.f.sf(f, n - 1, (n - 1) * (k - 1)))
    )


def _icc2_interval(t: MeanSquares, value: float, level: float) -> tuple[float | None, float | None]:
    n, k = t.n_rows, t.n_columns
    own = k * value * t.columns / t.error
    mix = n * (1 + (k - 1) * value) - k * value
    spread = (n - 1) * own**2 + mix**2
    df = (n - 1) * (k - 1) * (own + mix) ** 2 / spread if spread > 0 else 0.0
    if df < 1e-6:
        return None, None
    tail = (1 - level) / 2
    upper, lower = float(stats.f.isf(tail, n - 1, df)), float(stats.f.isf(tail, df, n - 1))
    noise = k * t.columns + (k * n - k - n) * t.error
    return (
        n * (t.rows - upper * t.error) / (upper * noise + n * t.rows),
        n * (lower * t.rows - t.error) / (noise + n * lower * t.rows),
    )


def _icc3(t: MeanSquares, level: float) -> IntraclassCorrelation:
    df = (t.n_rows - 1, (t.n_rows - 1) * (t.n_columns - 1))
    if t.rows == 0 and t.error == 0:
        return IntraclassCorrelation(None, None, None, None, None)
    return _from_f(t.rows, t.error, t.n_columns, df, level)


def _from_f(
    ms: float, error: float, k: int, df: tuple[float, float], level: float
) -> IntraclassCorrelation:
    value = (ms - error) / (ms + (k - 1) * error)
    if error == 0:
        # Without error the ratio is as large as can be at every level.
        return IntraclassCorrelation(value, value, value, None, 0.0)
    f = ms / error
    low, high = _ratio_interval(f, k, df, level)
    return IntraclassCorrelation(value, low, high, f, float(stats.f.sf(f, *df)))


def _ratio_interval(f: float, k: int, df: tuple[float, float], level: float) -> tuple[float, float]:
    """Limits of (F−1)/(F+k−1) from those of the variance ratio."""
    tail = (1 - level) / 2
    low = f / float(stats.f.isf(tail, *df))
    # The lower quantile of F is one over the upper one, with its degrees of freedom exchanged.
    high = f * float(stats.f.isf(tail, *df[::-1]))
    return (low - 1) / (low + k - 1), (high - 1) / (high + k - 1)


def _stepped_up(c: IntraclassCorrelation, k: int) -> IntraclassCorrelation:
    """Spearman–Brown: from one rater to the mean of k."""

    def step(rho: float | None) -> float | None:
        if rho is None or 1 + (k - 1) * rho <= 1e-12:
            return None
        return k * rho / (1 + (k - 1) * rho)

    return IntraclassCorrelation(step(c.value), step(c.low), step(c.high), c.f, c.p)
