"""What another method would change, and how much each component really weighs."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy import stats

from analysis.statistics.findings import Flag
from analysis.statistics.ratings import FloatArray, optional

# Below this, bringing a component to the common spread would amplify its noise.
LEAST_RELIABILITY = 0.6


@dataclass(frozen=True)
class UnitComparison:
    """One unit under both methods; positive `places` are places gained under the other one."""

    unit: int
    official: float
    other: float
    difference: float
    official_rank: int
    other_rank: int
    places: int


@dataclass(frozen=True)
class MethodComparison:
    """The units that both methods score, with rank correlations over them.

    `entering` and `leaving`: units that the other method brings into the first `top`, or drops.
    """

    units: tuple[UnitComparison, ...]
    spearman: float | None
    kendall: float | None
    mean_absolute_places: float | None
    most_places: int
    entering: tuple[int, ...]
    leaving: tuple[int, ...]
    flags: tuple[Flag, ...]


@dataclass(frozen=True)
class EffectiveWeights:
    """Nominal shares beside the share that each component has in the spread of the total."""

    nominal: tuple[float, ...]
    effective: tuple[float | None, ...]
    n_units: int
    flags: tuple[Flag, ...]


@dataclass(frozen=True)
class EqualisedScores:
    """Components brought to one spread; `equalised` says which, `cut` which units were cut."""

    scores: tuple[tuple[float | None, ...], ...]
    common_deviation: float | None
    equalised: tuple[int, ...]
    cut: tuple[tuple[int, int], ...]
    flags: tuple[Flag, ...]


def rescaled_scores(
    adjusted: Sequence[float | None], plain: Sequence[float | None]
) -> tuple[float | None, ...]:
    """The adjusted figures on the scale of the plain ones: same mean, same standard deviation.

    Over the units that have both, so that a difference between the columns is one of method and
    not of scale. Adjusted figures without spread become the plain mean.
    Raises ValueError when lengths differ.
    """
    x, y = _aligned(adjusted, plain)
    both = ~np.isnan(x) & ~np.isnan(y)
    if not both.any():
        return (None,) * x.size
    spread = float(x[both].std())
    # In proportion: effects that are equal but for rounding would be blown up to the plain spread.
    factor = float(y[both].std()) / spread if spread > 1e-12 * np.abs(x[both]).max() else 0.0
    return optional(y[both].mean() + factor * (x - x[both].mean()))


def method_comparison(
    official: Sequence[float | None], other: Sequence[float | None], *, top: int = 0
) -> MethodComparison:
    """What would change in the ranking: differences, places and rank correlations.

    official, other: (units,) of one category, None where a method gives nothing; compared over
    the units with both, competition ranks (1, 2, 2, 4) among these, higher is better. Spearman's ρ
    and Kendall's τ_b; undefined with fewer than two units or where a method ties everything.
    top: size of the group whose membership is compared. Rescale first where the scales differ.
    Raises ValueError when lengths differ.
    """
    x, y = _aligned(official, other)
    both = np.flatnonzero(~np.isnan(x) & ~np.isnan(y))
    x, y = x[both], y[both]
    rank_x, rank_y = _ranks(x), _ranks(y)
    rows = tuple(
        UnitComparison(
            unit=int(both[k]),
            official=float(x[k]),
            other=float(y[k]),
            difference=float(y[k] - x[k]),
            official_rank=int(rank_x[k]),
            other_rank=int(rank_y[k]),
            places=int(rank_x[k] - rank_y[k]),
        )
        for k in range(both.size)
    )
    spearman, kendall, flags = _correlations(x, y)
    moved = np.abs(rank_x - rank_y)
    return MethodComparison(
        units=rows,
        spearman=spearman,
        kendall=kendall,
        mean_absolute_places=float(moved.mean()) if moved.size else None,
        most_places=int(moved.max(initial=0)),
        # By places: where units tie for the last one, more may enter than leave.
        entering=tuple(int(j) for j in both[(rank_y <= top) & (rank_x > top)]),
        leaving=tuple(int(j) for j in both[(rank_x <= top) & (rank_y > top)]),
        flags=flags,
    )


def effective_weights(scores: ArrayLike, weights: Sequence[float]) -> EffectiveWeights:
    """How much each component decides: cov(w_c s_c, E)/var(E), E = Σ w_c s_c.

    scores: (units, components), NaN where missing; units with all components are used.
    weights: (components,). The shares sum to 1; a negative one means that the component runs
    against the total. Undefined with fewer than two complete units or no variance of E.
    Raises ValueError when shapes differ or weights do not sum above 0.
    """
    s, w = _weighted(scores, weights)
    nominal = tuple(float(v) for v in w / w.sum())
    complete = s[~np.isnan(s).any(axis=1)]
    parts = complete * w
    total = parts.sum(axis=1)
    none = (None,) * w.size
    if len(complete) < 2:
        return EffectiveWeights(nominal, none, len(complete), (Flag.NOT_TESTABLE,))
    deviation = total - total.mean()
    variance = float(deviation @ deviation)
    # In proportion to the totals themselves, whatever scale they are on.
    if variance <= 1e-20 * float(total @ total):
        return EffectiveWeights(nominal, none, len(complete), (Flag.ALL_EQUAL,))
    share = deviation @ (parts - parts.mean(axis=0)) / variance
    return EffectiveWeights(nominal, tuple(float(v) for v in share), len(complete), ())


def equalised_scores(
    scores: ArrayLike,
    reliabilities: Sequence[float | None],
    *,
    low: float = 0.0,
    high: float = 100.0,
) -> EqualisedScores:
    """Components rescaled about their means to a common spread, so that nominal weights hold.

    Only components of reliability 0.6 or more, and with any spread; the common spread is the
    mean standard deviation of these. scores: (units, components), NaN where missing. Results are
    cut to [low, high] and the cuts are named. Raises ValueError when shapes differ.
    """
    s = np.array(scores, dtype=np.float64)
    if s.ndim != 2 or len(reliabilities) != s.shape[1]:
        raise ValueError(f"scores {s.shape} need a reliability for every component")
    spread = np.array([_deviation(column) for column in s.T], dtype=np.float64)
    fit = [
        c
        for c, r in enumerate(reliabilities)
        if r is not None and r >= LEAST_RELIABILITY and spread[c] > 0
    ]
    if not fit:
        rows = tuple(optional(row) for row in s)
        return EqualisedScores(rows, None, (), (), (Flag.NOT_TESTABLE,))
    common = float(spread[fit].mean())
    for c in fit:
        mean = np.nanmean(s[:, c])
        s[:, c] = mean + (s[:, c] - mean) * common / spread[c]
    over = (s < low) | (s > high)
    # What is not rescaled is not cut either.
    over[:, [c for c in range(s.shape[1]) if c not in fit]] = False
    cut = tuple((int(j), int(c)) for j, c in np.argwhere(over))
    s = np.where(over, np.clip(s, low, high), s)
    return EqualisedScores(
        tuple(optional(row) for row in s), common, tuple(fit), cut, (Flag.CUT,) if cut else ()
    )


def _aligned(a: Sequence[float | None], b: Sequence[float | None]) -> tuple[FloatArray, FloatArray]:
    if len(a) != len(b):
        raise ValueError(f"{len(a)} and {len(b)} figures; give one a unit in both")
    return np.array(a, dtype=np.float64), np.array(b, dtype=np.float64)


def _ranks(x: FloatArray) -> FloatArray:
    return np.asarray(stats.rankdata(-x, method="min"), dtype=np.float64)


def _correlations(
    x: FloatArray, y: FloatArray
) -> tuple[float | None, float | None, tuple[Flag, ...]]:
    if x.size < 2:
        return None, None, (Flag.SINGLE_UNIT,) if x.size else (Flag.NO_RATINGS,)
    if np.ptp(x) == 0 or np.ptp(y) == 0:
        return None, None, (Flag.ALL_EQUAL,)
    rho = np.corrcoef(stats.rankdata(x), stats.rankdata(y))[0, 1]
    return float(rho), float(stats.kendalltau(x, y).statistic), ()


def _weighted(scores: ArrayLike, weights: Sequence[float]) -> tuple[FloatArray, FloatArray]:
    s, w = np.asarray(scores, dtype=np.float64), np.asarray(weights, dtype=np.float64)
    if s.ndim != 2 or w.shape != s.shape[1:] or not (w >= 0).all() or not w.sum() > 0:
        raise ValueError(f"scores {s.shape} need a weight of 0 or more for every component")
    return s, w


def _deviation(column: FloatArray) -> float:
    known = column[~np.isnan(column)]
    if known.size < 2 or np.ptp(known) <= 1e-12 * np.abs(known).max():
        return 0.0
    return float(known.std(ddof=1))
