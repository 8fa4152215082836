"""Whether units of one area or line of work (片区, 分管口) rate their own higher than others do.

All clusters together give one number; no cluster and no pair has one of its own.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from analysis.statistics.findings import Flag
from analysis.statistics.permutations import placed_among
from analysis.statistics.ratings import BoolArray, FloatArray, rating_matrix

LEAST_CLUSTERS = 2
LEAST_MEMBERS = 3


@dataclass(frozen=True)
class ClusterTest:
    """Ratings inside clusters against all others, with a one-sided permutation p.

    `difference` and `z` are None where nothing is tested; `inside` and `outside` are numbers of
    ratings, `clusters` those large enough to count.
    """

    difference: float | None
    z: float | None
    p: float | None
    clusters: int
    inside: int
    outside: int
    permutations: int
    flags: tuple[Flag, ...]


def cluster_preference(
    residuals: ArrayLike,
    givers: Sequence[str],
    rng: np.random.Generator | int,
    *,
    takers: Sequence[str] | None = None,
    permutations: int = 999,
) -> ClusterTest:
    """Mean residual inside clusters minus the mean of all other ratings.

    d = mean{e_ij : c_i = c_j} − mean{e_ij : c_i ≠ c_j}, p by giving the names of clusters to the
    raters in random order, one-sided (Mantel 1967; Krackhardt 1988).
    residuals: (raters, units), those of a severity model, NaN where nobody rated; d has their
    unit. givers: the raters' clusters, "" for none. takers: the units' clusters; None where raters
    and units are the same in the same order, and then both sides change names together.
    Clusters with fewer than 3 raters or 3 units that take part count as none: of two units nothing
    is said. Fewer than 2 clusters left: NOT_TESTABLE; no residuals at all: p = 1.
    Not to be trusted where clusters were formed after looking, or where those of a cluster really
    know more of each other: then a higher rating may be the better informed one.
    Raises ValueError where names and table differ in size.
    """
    e = rating_matrix(residuals)
    columns = givers if takers is None else takers
    if e.shape != (len(givers), len(columns)):
        raise ValueError(
            f"residuals need the shape {(len(givers), len(columns))} of the names, got {e.shape}"
        )
    rated = ~np.isnan(e)
    rows, units, clusters = _numbered(rated, givers, columns)
    inside = _same(rows, units) & rated
    counts = (len(clusters), int(inside.sum()), int((rated & ~inside).sum()))
    if len(clusters) < LEAST_CLUSTERS or not counts[1] or not counts[2]:
        return ClusterTest(None, None, None, *counts, 0, (Flag.NOT_TESTABLE,))
    e = np.where(rated, e, 0.0)
    # Where everybody is fitted exactly there is nothing to prefer by.
    if float((e**2).sum()) <= 1e-24:
        return ClusterTest(None, None, 1.0, *counts, 0, (Flag.ZERO_VARIANCE,))
    observed = _difference(e, rated, inside) or 0.0
    shuffled = []
    generator = np.random.default_rng(rng)
    # Whoever rated nobody takes no part in the shuffle, either.
    took_part = np.flatnonzero(rated.any(axis=1))
    for _ in range(permutations):
        order = np.arange(len(rows))
        order[took_part] = generator.permutation(took_part)
        own = _same(rows[order], units[order] if takers is None else units)
        shuffled.append(_difference(e, rated, own & rated))
    p, z = placed_among(shuffled, observed)
    return ClusterTest(observed, z, p, *counts, permutations, ())


def _numbered(
    rated: BoolArray, givers: Sequence[str], takers: Sequence[str]
) -> tuple[np.ndarray, np.ndarray, list[str]]:
    """A number for each cluster that is large enough on both sides; −1 for everybody else."""
    raters = Counter(name for name, row in zip(givers, rated, strict=True) if row.any())
    units = Counter(name for name, column in zip(takers, rated.T, strict=True) if column.any())
    large = sorted(
        name for name in raters if name and min(raters[name], units[name]) >= LEAST_MEMBERS
    )
    number = {name: place for place, name in enumerate(large)}
    rows, columns = ([number.get(name, -1) for name in names] for names in (givers, takers))
    return np.array(rows, dtype=np.intp), np.array(columns, dtype=np.intp), large


def _same(rows: np.ndarray, columns: np.ndarray) -> BoolArray:
    return np.asarray((rows[:, np.newaxis] == columns) & (rows[:, np.newaxis] >= 0))


def _difference(e: FloatArray, rated: BoolArray, inside: BoolArray) -> float | None:
    """None where a shuffle leaves one of the two sides without ratings."""
    own, others = int(inside.sum()), int((rated & ~inside).sum())
    if not own or not others:
        return None
    return float(e[inside].sum() / own - e[rated & ~inside].sum() / others)
