"""Whether units that rate each other return favours: in all, or inside groups named beforehand.

Single pairs are never tested: one round cannot prove a trade between two, however large.
"""

import math
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import ndtr

from analysis.statistics.findings import Flag
from analysis.statistics.outliers import benjamini_hochberg
from analysis.statistics.permutations import placed_among
from analysis.statistics.ratings import BoolArray, FloatArray, frozen, optional, rating_matrix
from analysis.statistics.severity import severity_model

LEAST_UNITS = 4
LEAST_GROUP = 3


@dataclass(frozen=True, eq=False)
class SocialRelations:
    """Effects and variances of a complete round-robin; `relations` has NaN on the diagonal.

    `dyadic_reciprocity` = cov/var_rel, the correlation of the two sides of a pair after giver
    and receiver are taken out. `effect_covariance` is that of what one gives with what one
    receives, and `general_reciprocity` its correlation. The two reliabilities say which share of
    the spread of the effects is no chance of the pairs; None where a variance is not above 0.
    """

    mean: float | None
    giver_effects: tuple[float | None, ...]
    receiver_effects: tuple[float | None, ...]
    relations: FloatArray
    giver_variance: float | None
    receiver_variance: float | None
    relation_variance: float | None
    relation_covariance: float | None
    dyadic_reciprocity: float | None
    flags: tuple[Flag, ...]
    effect_covariance: float | None = None
    general_reciprocity: float | None = None
    giver_reliability: float | None = None
    receiver_reliability: float | None = None


@dataclass(frozen=True)
class ReciprocityTest:
    """Correlation of what is given with what is returned, with a one-sided permutation p.

    `z` is how many standard deviations of the shuffled tables it lies above their mean; None
    where it is not tested or shuffling changes nothing.
    """

    reciprocity: float | None
    p: float | None
    pairs: int
    permutations: int
    flags: tuple[Flag, ...]
    z: float | None = None


@dataclass(frozen=True)
class GroupTest:
    """Whether the members of one named group favour each other; None where not testable."""

    name: Hashable
    members: tuple[int, ...]
    mean_favour: float | None
    z: float | None
    p: float | None
    adjusted_p: float | None
    flagged: bool
    flags: tuple[Flag, ...]


def social_relations(ratings: ArrayLike) -> SocialRelations:
    """The social relations model of a complete n × n table, diagonal ignored.

    With R, C row and column means and G the grand mean,
    a_i = ((n−1)²R_i + (n−1)C_i)/(n(n−2)) − (n−1)G/(n−2), b alike with R and C swapped,
    g_ij = x_ij − a_i − b_j − G; variances from the mean squares of sums and differences of g
    (Warner, Kenny & Stoto 1979; Schönbrodt, Back & Schmukle 2012, TripleR). The covariance of
    effects is s_ab − cov(n−1)/(n(n−2)) − var_rel/(n(n−2)), a reliability var/s² (Kenny 1994,
    Interpersonal Perception, app. B).
    ratings: (givers, receivers), the same n units in both. Undefined for n < 4 (NOT_TESTABLE) or
    missing cells (INCOMPLETE: take `mutual_residuals`).
    Variances may come out negative in small tables; the reciprocity is then None.
    Raises ValueError for a table that is not square.
    """
    x = _square(ratings)
    n = x.shape[0]
    off = ~np.eye(n, dtype=bool)
    problem: tuple[Flag, ...] = (Flag.NOT_TESTABLE,) if n < LEAST_UNITS else ()
    if not problem and np.isnan(x[off]).any():
        problem = (Flag.INCOMPLETE,)
    if problem:
        nothing = (None,) * n
        blank = frozen(np.full((n, n), np.nan))
        return SocialRelations(None, nothing, nothing, blank, None, None, None, None, None, problem)
    mean, a, b, g = _round_robin(x, off)
    relation, covariance = _relation_moments(g)
    excess = relation * (n - 1) / (n * (n - 2)) + covariance / (n * (n - 2))
    crossed = covariance * (n - 1) / (n * (n - 2)) + relation / (n * (n - 2))
    reciprocity, flags = _ratio(relation, covariance, x[off])
    spread_a, spread_b = float(a.var(ddof=1)), float(b.var(ddof=1))
    giver, receiver = spread_a - excess, spread_b - excess
    together = float(np.cov(a, b)[0, 1]) - crossed
    real = min(giver, receiver) > 0 and not flags
    return SocialRelations(
        mean=mean,
        giver_effects=optional(a),
        receiver_effects=optional(b),
        relations=frozen(np.where(off, g, np.nan)),
        giver_variance=giver,
        receiver_variance=receiver,
        relation_variance=relation,
        relation_covariance=covariance,
        dyadic_reciprocity=reciprocity,
        flags=flags,
        effect_covariance=together,
        general_reciprocity=together / math.sqrt(giver * receiver) if real else None,
        giver_reliability=giver / spread_a if giver > 0 and not flags else None,
        receiver_reliability=receiver / spread_b if receiver > 0 and not flags else None,
    )


def mutual_residuals(ratings: ArrayLike) -> FloatArray:
    """What is left of a mutual table (givers, receivers) without givers' and receivers' levels.

    The social relations residuals of a complete table, else those of the severity model with
    λ = 1. NaN on the diagonal and where nobody rated.
    """
    relations = social_relations(ratings)
    if relations.mean is not None:
        return relations.relations
    x = _square(ratings)
    np.fill_diagonal(x, np.nan)
    return severity_model(x).residuals


def global_reciprocity(
    residuals: ArrayLike, rng: np.random.Generator | int, *, permutations: int = 999
) -> ReciprocityTest:
    """Whether favours are returned across the whole table.

    Correlation Σ g_ij g_ji/Σ g² over pairs rated both ways; p = (1 + #{permuted ≥ observed})/
    (1 + permutations), residuals shuffled inside each giver's row, one-sided for returned
    favours. residuals: (units, units), of `mutual_residuals`. Fewer than 4 units or 3 pairs:
    NOT_TESTABLE; no residuals at all: p = 1.
    Labelled APPROXIMATE: shuffling does not keep the receivers' sums at 0. A positive value may
    be honest cooperation; it is context, not proof.
    """
    g = _square(residuals)
    rated = ~np.isnan(g)
    np.fill_diagonal(rated, val=False)
    both = np.triu(rated & rated.T)
    pairs = int(both.sum())
    if g.shape[0] < LEAST_UNITS or pairs < 3:
        return ReciprocityTest(None, None, pairs, 0, (Flag.NOT_TESTABLE,))
    g = np.where(rated, g, 0.0)
    observed = float((g * g.T)[both].sum())
    size = float((g**2)[both | both.T].sum()) / 2
    if size <= 1e-24:
        # No favours at all are none returned.
        return ReciprocityTest(None, 1.0, pairs, 0, (Flag.ZERO_VARIANCE,))
    generator = np.random.default_rng(rng)
    shuffled = _Shuffle(g, rated)
    tables = (shuffled.draw(generator) for _ in range(permutations))
    p, z = placed_among([float((h * h.T)[both].sum()) for h in tables], observed)
    return ReciprocityTest(observed / size, p, pairs, permutations, (Flag.APPROXIMATE,), z)


def named_groups(
    residuals: ArrayLike, groups: Mapping[Hashable, Sequence[int]], *, level: float = 0.05
) -> tuple[GroupTest, ...]:
    """Whether groups fixed beforehand (one leader, one system, one building) favour themselves.

    z = Σ_within g/√((var_rel + cov)·m(m−1)), upper tail, Benjamini–Hochberg over the groups; with
    missing cells the variance is var_rel for each cell plus 2·cov for each mutual pair.
    residuals: (units, units) of `mutual_residuals`; groups: name → positions. Groups of two are
    refused a test (NOT_TESTABLE): a pair cannot be judged. Never look for groups in the same data.
    Raises ValueError for positions that do not exist or stand twice in a group.
    """
    g = _square(residuals)
    np.fill_diagonal(g, np.nan)
    n = g.shape[0]
    for name, members in groups.items():
        if len(set(members)) < len(members) or any(not 0 <= j < n for j in members):
            raise ValueError(f"group {name!r}: positions are 0 to {n - 1}, each once")
    variance, covariance = _pooled_moments(g)
    tested = [_within(g, list(m), variance, covariance) for m in groups.values()]
    # All groups in one call: it is for their number that p is adjusted.
    family = benjamini_hochberg([t[2] for t in tested], level=level)
    return tuple(
        GroupTest(
            name,
            tuple(groups[name]),
            mean,
            z,
            p,
            family.adjusted[k],
            family.rejected[k],
            (Flag.NOT_TESTABLE,) if p is None else (),
        )
        for k, (name, (mean, z, p)) in enumerate(zip(groups, tested, strict=True))
    )


def bipartite_reciprocity(
    forth: ArrayLike, back: ArrayLike, rng: np.random.Generator | int, *, permutations: int = 999
) -> ReciprocityTest:
    """Whether two sides that rate each other (towns and departments) return favours.

    Correlation of the residuals E(t→d) with E(d→t) over pairs rated both ways; p by shuffling
    inside the rows of `forth`. forth: (t, d), back: (d, t), residuals of two severity models.
    Fewer than 3 pairs: NOT_TESTABLE; no residuals on one side: p = 1. APPROXIMATE as above.
    Raises ValueError when the shapes are not each other's transpose.
    """
    a, b = rating_matrix(forth), rating_matrix(back).T
    if a.shape != b.shape:
        raise ValueError(f"back needs the shape {a.shape[::-1]}, got {b.shape[::-1]}")
    both = ~np.isnan(a) & ~np.isnan(b)
    pairs = int(both.sum())
    if pairs < 3:
        return ReciprocityTest(None, None, pairs, 0, (Flag.NOT_TESTABLE,))
    rated = ~np.isnan(a)
    a = np.where(rated, a, 0.0)
    centred = np.where(both, b - b[both].mean(), 0.0)
    observed = _correlation(a[both], centred[both])
    if observed is None:
        return ReciprocityTest(None, 1.0, pairs, 0, (Flag.ZERO_VARIANCE,))
    generator = np.random.default_rng(rng)
    shuffled = _Shuffle(a, rated)
    tables = (shuffled.draw(generator) for _ in range(permutations))
    p, z = placed_among([_correlation(h[both], centred[both]) for h in tables], observed)
    return ReciprocityTest(observed, p, pairs, permutations, (Flag.APPROXIMATE,), z)


def _square(table: ArrayLike) -> FloatArray:
    x = rating_matrix(table)
    if x.shape[0] != x.shape[1]:
        raise ValueError(f"a mutual table is square (givers, receivers), got shape {x.shape}")
    return x


def _round_robin(x: FloatArray, off: BoolArray) -> tuple[float, FloatArray, FloatArray, FloatArray]:
    n = x.shape[0]
    x0 = np.where(off, x, 0.0)
    rows, columns = x0.sum(axis=1) / (n - 1), x0.sum(axis=0) / (n - 1)
    mean = float(x0.sum() / (n * (n - 1)))
    centre = (n - 1) * mean / (n - 2)
    a = ((n - 1) ** 2 * rows + (n - 1) * columns) / (n * (n - 2)) - centre
    b = ((n - 1) ** 2 * columns + (n - 1) * rows) / (n * (n - 2)) - centre
    return mean, a, b, np.where(off, x0 - a[:, np.newaxis] - b - mean, 0.0)


def _relation_moments(g: FloatArray) -> tuple[float, float]:
    n = g.shape[0]
    upper = np.triu_indices(n, 1)
    half = (n - 1) * (n - 2) / 2
    between = 2 * float((((g + g.T)[upper] / 2) ** 2).sum()) / (half - 1)
    within = float(((g - g.T)[upper] ** 2).sum()) / 2 / half
    return (between + within) / 2, (between - within) / 2


def _ratio(
    relation: float, covariance: float, values: FloatArray
) -> tuple[float | None, tuple[Flag, ...]]:
    if relation <= 1e-20 * float((values**2).mean()):
        return None, (Flag.ZERO_VARIANCE,)
    return covariance / relation, ()


class _Shuffle:
    """Draws of a table with the rated cells of each row in random order."""

    def __init__(self, table: FloatArray, rated: BoolArray) -> None:
        # Rated cells first in each row; keys of the others are infinite, so they stay behind.
        self.places = np.argsort(~rated, axis=1, kind="stable")
        self.packed = np.take_along_axis(table, self.places, axis=1)
        self.behind = ~np.take_along_axis(rated, self.places, axis=1)

    def draw(self, generator: np.random.Generator) -> FloatArray:
        keys = generator.random(self.packed.shape, dtype=np.float32)
        keys[self.behind] = np.inf
        mixed = np.take_along_axis(self.packed, np.argsort(keys, axis=1), axis=1)
        table = np.empty_like(mixed)
        np.put_along_axis(table, self.places, mixed, axis=1)
        return table


def _pooled_moments(g: FloatArray) -> tuple[float, float]:
    """var_rel and cov, by mean squares of a complete table, else as plain moments."""
    n = g.shape[0]
    off = ~np.eye(n, dtype=bool)
    if n >= LEAST_UNITS and not np.isnan(g[off]).any():
        return _relation_moments(np.where(off, g, 0.0))
    rated = ~np.isnan(g)
    both = rated & rated.T
    variance = float((g[rated] ** 2).mean()) if rated.any() else 0.0
    covariance = float((g * g.T)[both].mean()) if both.any() else 0.0
    return variance, covariance


def _within(
    g: FloatArray, members: list[int], variance: float, covariance: float
) -> tuple[float | None, float | None, float | None]:
    inside = g[np.ix_(members, members)]
    rated = ~np.isnan(inside)
    cells = int(rated.sum())
    if len(members) < LEAST_GROUP or g.shape[0] < LEAST_UNITS or cells == 0:
        return None, None, None
    total = float(inside[rated].sum())
    spread = cells * variance + int((rated & rated.T).sum()) * covariance
    if spread <= 1e-20:
        return total / cells, 0.0, 1.0
    z = total / math.sqrt(spread)
    return total / cells, z, float(ndtr(-z))


def _correlation(a: FloatArray, b: FloatArray) -> float | None:
    a, b = a - a.mean(), b - b.mean()
    size = math.sqrt(float((a**2).sum() * (b**2).sum()))
    return float((a * b).sum()) / size if size > 1e-20 else None
