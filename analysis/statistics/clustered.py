"""Means of people who were asked in groups: villages, departments, households."""

import math
from collections.abc import Hashable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from analysis.statistics.findings import Flag
from analysis.statistics.ratings import FloatArray, IntArray

# With fewer clusters the error itself is a rough guess (Cameron & Miller 2015, VI).
ENOUGH_CLUSTERS = 20


@dataclass(frozen=True)
class ClusteredMean:
    """A mean with its error where members of a cluster answer alike.

    `design_effect`: the variance over that of as many single people asked at random; `n` over it
    is what the sample is worth. `intraclass`: how alike two members of a cluster are, from
    −1/(m−1) to 1. `df` for a t interval, clusters less one.
    """

    value: float | None
    error: float | None
    design_effect: float | None
    intraclass: float | None
    n: int
    clusters: int
    df: int
    flags: tuple[Flag, ...]


def clustered_mean(
    values: ArrayLike, clusters: Sequence[Hashable], *, weights: ArrayLike | None = None
) -> ClusteredMean:
    """The weighted mean Σwy/Σw with its cluster-robust error, design effect and intraclass ρ.

    Variance G/(G−1)·Σ_g(Σ_{i∈g} w(y−ȳ))²/(Σw)² over G clusters (Liang & Zeger 1986; Cameron &
    Miller 2015, J. Hum. Resour. 50:317); over s²/n, s² = n/(n−1)·Σw(y−ȳ)²/Σw, it is the design
    effect, for clusters of one size about 1 + (m−1)ρ (Kish 1965, ch. 5). ρ by one-way analysis of
    variance of the unweighted values, m₀ = (n − Σm²/n)/(G−1) (Donner 1986).
    values (n,), in any unit, which the error shares; clusters: a label each; weights (n,): above
    0, default 1. No error with one cluster (NO_ERROR), no effect or ρ for equal values
    (ALL_EQUAL), no ρ where every cluster has one member. Below 20 clusters FEW_UNITS: the error
    tends to be too small; take t with `df`. Not to be trusted where few clusters hold most
    members. Raises ValueError for lengths that differ, values not finite, weights of 0 or less.
    """
    y, w, labels = _sample(values, clusters, weights)
    sizes = np.bincount(labels)
    groups = int(sizes.size)
    if y.size == 0:
        return ClusteredMean(None, None, None, None, 0, 0, 0, (Flag.NO_RATINGS,))
    mean = float(w @ y / w.sum())
    if groups == 1:
        return ClusteredMean(mean, None, None, None, y.size, 1, 0, (Flag.NO_ERROR,))
    sums = np.bincount(labels, w * (y - mean))
    variance = groups / (groups - 1) * float((sums**2).sum()) / float(w.sum()) ** 2
    spread = float(w @ (y - mean) ** 2 / w.sum()) / (y.size - 1)
    flags = (Flag.FEW_UNITS,) if groups < ENOUGH_CLUSTERS else ()
    if np.ptp(y) == 0:
        flags = (*flags, Flag.ALL_EQUAL)
        return ClusteredMean(mean, 0.0, None, None, y.size, groups, groups - 1, flags)
    return ClusteredMean(
        value=mean,
        error=math.sqrt(variance),
        design_effect=variance / spread,
        intraclass=_intraclass(y, labels, sizes),
        n=y.size,
        clusters=groups,
        df=groups - 1,
        flags=flags,
    )


def _sample(
    values: ArrayLike, clusters: Sequence[Hashable], weights: ArrayLike | None
) -> tuple[FloatArray, FloatArray, IntArray]:
    y = np.asarray(values, dtype=np.float64)
    if y.ndim != 1 or len(clusters) != y.size or not np.isfinite(y).all():
        raise ValueError("need one finite value and one cluster label for each member")
    w = np.ones(y.size) if weights is None else np.asarray(weights, dtype=np.float64)
    if w.shape != y.shape or not (w > 0).all():
        raise ValueError("weights are above 0, one for each member")
    place = {label: g for g, label in enumerate(dict.fromkeys(clusters))}
    return y, w, np.array([place[label] for label in clusters], dtype=np.int64)


def _intraclass(y: FloatArray, labels: IntArray, sizes: IntArray) -> float | None:
    n, groups = y.size, sizes.size
    if n == groups:
        return None
    means = np.bincount(labels, y) / sizes
    between = float((sizes * (means - y.mean()) ** 2).sum()) / (groups - 1)
    within = float(((y - means[labels]) ** 2).sum()) / (n - groups)
    usual = (n - float((sizes**2).sum()) / n) / (groups - 1)
    return (between - within) / (between + (usual - 1) * within)
