"""Internal consistency: how far the items of one form hang together."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy import stats

from analysis.statistics.findings import Flag
from analysis.statistics.ratings import FloatArray, rating_matrix


@dataclass(frozen=True)
class CronbachAlpha:
    """Internal consistency of the items of one form, raw and standardised, with an interval."""

    alpha: float | None
    standardised: float | None
    low: float | None
    high: float | None
    n: int
    items: int
    flags: tuple[Flag, ...]


def cronbach_alpha(responses: ArrayLike, *, level: float = 0.95) -> CronbachAlpha:
    """Cronbach's α of a form with Feldt's interval.

    α = k/(k−1)·(1 − Σs²_q/s²_total) (Cronbach 1951); standardised from the mean correlation;
    interval 1 − (1−α)F with n−1 and (n−1)(k−1) degrees of freedom (Feldt, Woodruff & Salih
    1987). responses: (respondents, items); rows with a missing answer are left out.
    Undefined for fewer than 2 items or respondents, or no variance of the total.
    """
    x = rating_matrix(responses)
    x = x[~np.isnan(x).any(axis=1)]
    # About their means, or squares of figures far from 0 would drown what they differ by.
    if x.size:
        x = np.where(np.ptp(x, axis=0) == 0, 0.0, x - x.mean(axis=0))
    return cronbach_alpha_from_sums(x.shape[0], x.sum(axis=0), x.T @ x, level=level)


def cronbach_alpha_from_sums(
    n: int, sums: ArrayLike, cross_products: ArrayLike, *, level: float = 0.95
) -> CronbachAlpha:
    """The same from n complete blocks, Σx_q, shape (items,), and Σx_q x_q′, (items, items).

    Sums of squares about 0 keep no more digits than the figures' mean leaves: with a mean of a
    million and a spread of 1 only four. Take off a common origin before summing.
    """
    total, cross = np.asarray(sums, dtype=np.float64), np.asarray(cross_products, dtype=np.float64)
    k = total.size
    if k < 2 or n < 2:
        return CronbachAlpha(None, None, None, None, n, k, (Flag.NOT_TESTABLE,))
    covariance = (cross - np.outer(total, total) / n) / (n - 1)
    own, whole = float(np.trace(covariance)), float(covariance.sum())
    # In proportion to the squares, so that rounding is no variance.
    if whole <= 1e-12 * float(np.trace(cross)) / n:
        return CronbachAlpha(None, None, None, None, n, k, (Flag.ALL_EQUAL,))
    alpha = k / (k - 1) * (1 - own / whole)
    df1, df2 = n - 1, (n - 1) * (k - 1)
    tail = (1 - level) / 2
    return CronbachAlpha(
        alpha=alpha,
        standardised=_standardised_alpha(covariance),
        low=1 - (1 - alpha) * float(stats.f.isf(tail, df1, df2)),
        high=1 - (1 - alpha) * float(stats.f.ppf(tail, df1, df2)),
        n=n,
        items=k,
        flags=(Flag.NEGATIVE_ESTIMATE,) if alpha < 0 else (),
    )


def _standardised_alpha(covariance: FloatArray) -> float | None:
    k = covariance.shape[0]
    spread = np.sqrt(np.maximum(np.diag(covariance), 0.0))
    if not (spread > 0).all():
        return None
    mean = float(((covariance / np.outer(spread, spread)).sum() - k) / (k * (k - 1)))
    return None if 1 + (k - 1) * mean <= 1e-12 else k * mean / (1 + (k - 1) * mean)
