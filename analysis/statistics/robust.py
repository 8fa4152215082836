"""Means that a few extreme raters cannot move far, on one unit's ratings."""

import math
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import ndtr

from analysis.statistics.findings import Flag
from analysis.statistics.ratings import FloatArray, values_of

# Makes the median absolute deviation estimate σ under normality: 1/Φ⁻¹(3/4).
MAD_SCALE = 1.4826
# Both iterations contract; the bound only ends those that rounding keeps moving.
MOST_ROUNDS = 10_000


@dataclass(frozen=True)
class RobustMean:
    """A location with what was done to get it.

    `n` ratings came in, `dropped` were left out at each end, `scale` is the robust spread where
    one was used. `value` is None without ratings.
    """

    value: float | None
    n: int
    dropped: int = 0
    scale: float | None = None
    flags: tuple[Flag, ...] = ()


def drop_high_low_mean(values: ArrayLike, *, minimum: int) -> RobustMean:
    """The mean without one highest and one lowest rating, from `minimum` ratings on.

    values: one unit's ratings, NaN or None for missing. minimum is the scheme's number (6 in
    "only above five raters", 5 in others), at least 3; below it the plain mean, flagged
    NOT_TRIMMED. Cheap insurance against one extreme voter, none against groups.
    Raises ValueError for a minimum under 3.
    """
    if minimum < 3:
        raise ValueError(f"dropping two ratings needs a minimum of 3 or more, got {minimum}")
    x = np.sort(values_of(values))
    return _trimmed(x, 1 if x.size >= minimum else 0)


def trimmed_mean(values: ArrayLike, *, share: float) -> RobustMean:
    """The mean without the floor(share·n) highest and as many lowest ratings.

    The number is rounded down: a share of 10% drops nothing below 10 ratings, which is flagged
    NOT_TRIMMED. share: 0 to below 0.5, at each end.
    Raises ValueError outside that range.
    """
    if not 0 <= share < 0.5:
        raise ValueError(f"the share at each end is 0 to below 0.5, got {share}")
    x = np.sort(values_of(values))
    # The decimal that was written, not its binary neighbour: 0.29·100 is 29.
    return _trimmed(x, math.floor(Fraction(str(share)) * int(x.size)))


def median(values: ArrayLike) -> RobustMean:
    """The median. Unusable on grades: with 3 to 5 values nearly all units tie."""
    x = values_of(values)
    if x.size == 0:
        return RobustMean(None, 0, flags=(Flag.NO_RATINGS,))
    return RobustMean(float(np.median(x)), x.size, scale=_mad(x), flags=_few(x.size))


def median_absolute_deviation(values: ArrayLike) -> float | None:
    """1.4826·median|x − median|; None without ratings. 0 on most grade data: never divide."""
    x = values_of(values)
    return _mad(x) if x.size else None


def huber_location(values: ArrayLike, *, k: float = 1.5) -> RobustMean:
    """Huber's M-estimate with the scale fixed at the median absolute deviation.

    Solves Σψ((x − μ)/s) = 0, ψ cut at ±k (Huber 1964, Ann. Math. Statist. 35:73; Venables &
    Ripley 2002, section 5.5). A scale of 0 leaves the median, flagged ZERO_VARIANCE.
    Raises ValueError when k is not positive.
    """
    x = values_of(values)
    start = _start(x, k)
    if not start.scale or start.value is None:
        return start
    mu, s = start.value, start.scale
    step, rounds = math.inf, 0
    # In units of the spread, so that points and shares stop alike.
    while abs(step) >= 1e-12 * s and rounds < MOST_ROUNDS:
        step = float(np.clip(x, mu - k * s, mu + k * s).mean()) - mu
        mu, rounds = mu + step, rounds + 1
    return RobustMean(mu, x.size, scale=s, flags=_few(x.size))


def huber_proposal_2(values: ArrayLike, *, k: float = 1.5) -> RobustMean:
    """Huber's proposal 2: location and scale together.

    Σψ = 0 and Σψ² = (n − 1)β with β = E[ψ²] under normality (Huber 1981, Robust Statistics,
    section 6.4). Starts at median and MAD; a MAD of 0 leaves the median, flagged ZERO_VARIANCE.
    Raises ValueError when k is not positive.
    """
    x = values_of(values)
    start = _start(x, k)
    if not start.scale or start.value is None:
        return start
    inside = 2 * float(ndtr(k)) - 1
    density = math.exp(-0.5 * k * k) / math.sqrt(2 * math.pi)
    beta = inside + k * k * (1 - inside) - 2 * k * density
    mu, s = start.value, start.scale
    moved, rounds = math.inf, 0
    while moved >= 1e-12 * start.scale and rounds < MOST_ROUNDS:
        cut = np.clip(x, mu - k * s, mu + k * s)
        new_mu = float(cut.mean())
        new_s = math.sqrt(float(((cut - new_mu) ** 2).sum()) / (x.size - 1) / beta)
        moved = max(abs(new_mu - mu), abs(new_s - s))
        mu, s, rounds = new_mu, new_s, rounds + 1
    return RobustMean(mu, x.size, scale=s, flags=_few(x.size))


def _trimmed(x: FloatArray, cut: int) -> RobustMean:
    if x.size == 0:
        return RobustMean(None, 0, flags=(Flag.NO_RATINGS,))
    flags = _few(x.size) + ((Flag.NOT_TRIMMED,) if cut == 0 else ())
    return RobustMean(float(x[cut : x.size - cut].mean()), x.size, dropped=cut, flags=flags)


def _start(x: FloatArray, k: float) -> RobustMean:
    if not k > 0:
        raise ValueError(f"k is above 0, got {k}")
    if x.size == 0:
        return RobustMean(None, 0, flags=(Flag.NO_RATINGS,))
    scale = _mad(x)
    flags = _few(x.size) + ((Flag.ZERO_VARIANCE,) if scale == 0.0 else ())
    return RobustMean(float(np.median(x)), x.size, scale=scale, flags=flags)


def _mad(x: FloatArray) -> float:
    return MAD_SCALE * float(np.median(np.abs(x - np.median(x))))


def _few(n: int) -> tuple[Flag, ...]:
    return (Flag.FEW_RATERS,) if n < 3 else ()
