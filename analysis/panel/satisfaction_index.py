"""Citizens' answers by level: indices, rates, and what "don't know" could have changed."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from analysis.statistics.findings import Flag
from analysis.statistics.ratings import FloatArray


@dataclass(frozen=True)
class SatisfactionIndex:
    """One unit's satisfaction from counts by level.

    `index` is the mean of the points of the valid answers, `score` the same where it may count
    and None where too few answered. `low` and `high` are the index if every "don't know" had
    given the fewest or the most points. Rates are shares of the valid answers.
    """

    index: float | None
    score: float | None
    deviation: float | None
    error: float | None
    n_valid: int
    n_dont_know: int
    dont_know_share: float | None
    low: float | None
    high: float | None
    satisfied_rate: float | None
    dissatisfied_rate: float | None
    net_rate: float | None
    flags: tuple[Flag, ...]


def level_points(levels: int, *, low: float = 0.0, high: float = 100.0) -> tuple[float, ...]:
    """Evenly spaced points, worst level first: 100(level − 1)/(K − 1) by default.

    The habit 20/40/60/80/100 is low=20: the same ranks and a spread, hence an effective weight,
    smaller by a fifth. Raises ValueError for fewer than two levels.
    """
    if levels < 2:
        raise ValueError(f"a scale has two or more levels, got {levels}")
    return tuple(low + (high - low) * k / (levels - 1) for k in range(levels))


def satisfaction_index(
    counts: Sequence[int],
    points: Sequence[float],
    *,
    dont_know: int = 0,
    satisfied: int = 2,
    dissatisfied: int = 2,
    least_valid: int = 30,
    thin_below: int = 100,
    most_dont_know: float = 0.4,
) -> SatisfactionIndex:
    """Mean points, rates and bounds from the counts of one unit.

    index = Σ n_k p_k/Σ n_k over the levels, "don't know" left out; error s/√n, s with n − 1.
    counts, points: (levels,), in the same order, whichever. satisfied, dissatisfied: how many
    levels from the top and from the bottom of the points make the rates.
    Fewer than least_valid valid answers, or a larger share of "don't know" than most_dont_know:
    score None (the component is missing), flagged; up to thin_below flagged THIN.
    Raises ValueError for lengths that differ, negative counts, or rates that overlap.
    The error supposes a random sample of equal weights.
    """
    n, p = _checked_counts(counts, points, dont_know)
    if satisfied + dissatisfied > n.size or min(satisfied, dissatisfied) < 0:
        raise ValueError(
            f"{satisfied} satisfied and {dissatisfied} dissatisfied levels of {n.size} overlap"
        )
    valid = int(n.sum())
    flags = _answer_flags(valid, dont_know, least_valid, thin_below, most_dont_know)
    if valid == 0:
        return _unanswered(p, dont_know, flags)
    asked = valid + dont_know
    index = float(n @ p) / valid
    deviation = math.sqrt(float(n @ (p - index) ** 2) / (valid - 1)) if valid > 1 else None
    # Stable, for levels of equal points: then the order in which they were declared decides.
    best_first = n[np.argsort(-p, kind="stable")]
    up = float(best_first[:satisfied].sum()) / valid
    down = float(best_first[n.size - dissatisfied :].sum()) / valid
    missing = Flag.TOO_FEW_ANSWERS in flags or Flag.MANY_DONT_KNOW in flags
    return SatisfactionIndex(
        index=index,
        score=None if missing else index,
        deviation=deviation,
        error=None if deviation is None else deviation / math.sqrt(valid),
        n_valid=valid,
        n_dont_know=dont_know,
        dont_know_share=dont_know / asked,
        low=float(n @ p + dont_know * p.min()) / asked,
        high=float(n @ p + dont_know * p.max()) / asked,
        satisfied_rate=up,
        dissatisfied_rate=down,
        net_rate=up - down,
        flags=flags,
    )


def multi_item_index(means: Sequence[float], weights: Sequence[float], *, levels: int) -> float:
    """100(Σ w x̄ − Σ w)/(Σ w (K − 1)) for item means on 1 … K (Fornell et al. 1996, ACSI).

    Raises ValueError when lengths differ, weights do not sum above 0 or means leave the scale.
    """
    x, w = np.asarray(means, dtype=np.float64), np.asarray(weights, dtype=np.float64)
    if x.shape != w.shape or not (w >= 0).all() or not w.sum() > 0 or levels < 2:
        raise ValueError("need a weight of 0 or more for every item mean, and two levels")
    if not ((x >= 1) & (x <= levels)).all():
        raise ValueError(f"item means lie between 1 and {levels}, got {tuple(means)}")
    return float(100 * (w @ x - w.sum()) / (w.sum() * (levels - 1)))


def _checked_counts(
    counts: Sequence[int], points: Sequence[float], dont_know: int
) -> tuple[FloatArray, FloatArray]:
    n, p = np.asarray(counts, dtype=np.float64), np.asarray(points, dtype=np.float64)
    if n.shape != p.shape or n.size == 0:
        raise ValueError(f"{n.size} counts for {p.size} levels; give one count a level")
    if (n < 0).any() or dont_know < 0:
        raise ValueError("counts are 0 or more")
    return n, p


def _unanswered(p: FloatArray, dont_know: int, flags: tuple[Flag, ...]) -> SatisfactionIndex:
    """Nobody, or nobody but those who do not know: anything between the points is possible."""
    share, low, high = (1.0, float(p.min()), float(p.max())) if dont_know else (None, None, None)
    return SatisfactionIndex(
        None, None, None, None, 0, dont_know, share, low, high, None, None, None, flags
    )


def _answer_flags(
    valid: int, dont_know: int, least: int, thin: int, most_dont_know: float
) -> tuple[Flag, ...]:
    found = []
    if valid < least:
        found.append(Flag.TOO_FEW_ANSWERS)
    elif valid < thin:
        found.append(Flag.THIN)
    # In exact decimals, since .29 of 100 is a little less than 29 as a float; and multiplied, so
    # that nobody asked is no division by 0.
    if dont_know > Fraction(str(most_dont_know)) * (valid + dont_know):
        found.append(Flag.MANY_DONT_KNOW)
    return tuple(found)
