"""What is kept of citizens' answers: sums that add up over shards, and the figures from them.

No citizen's answers can be read back from these as long as no cell holds only a few citizens.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from typing import Self

import numpy as np
from numpy.typing import ArrayLike

from analysis.statistics.consistency import CronbachAlpha, cronbach_alpha_from_sums
from analysis.statistics.findings import Flag
from analysis.statistics.ratings import FloatArray, IntArray, frozen, optional
from analysis.statistics.uncertainty import Indistinguishable, indistinguishable_units


class _Summed:
    """Sums of the same shapes add up field by field; the order of the shards does not matter."""

    def __add__(self, other: Self) -> Self:
        parts = []
        for field in fields(self):  # type: ignore[arg-type]  # every subclass is a dataclass
            mine, theirs = getattr(self, field.name), getattr(other, field.name)
            if np.shape(mine) != np.shape(theirs):
                raise ValueError(f"{field.name}: shapes {np.shape(mine)} and {np.shape(theirs)}")
            parts.append(mine + theirs)
        return type(self)(*parts)


@dataclass(frozen=True, eq=False)
class LevelSums(_Summed):
    """1. Answers by unit, item, merged stratum and level, "don't know" and blank being levels.

    Each (units, items, strata, levels): numbers, Σω, Σω².
    """

    n: FloatArray
    weight: FloatArray
    weight_squared: FloatArray


@dataclass(frozen=True, eq=False)
class CellSums(_Summed):
    """2. Cards and ballots by weighting cell, (cells,), and rejected ones by (cells, rules)."""

    issued: IntArray
    cast: IntArray
    valid: IntArray
    rejected: IntArray
    flagged: IntArray
    assisted: IntArray

    @property
    def unreconciled(self) -> tuple[int, ...]:
        """Cells where cast ≠ valid + rejected, or more were cast than issued."""
        wrong = (self.cast != self.valid + self.rejected.sum(axis=1)) | (self.cast > self.issued)
        return tuple(int(c) for c in np.flatnonzero(wrong))

    @property
    def turnout(self) -> tuple[float | None, ...]:
        """Cast of issued in each cell; None where no card was issued."""
        issued = np.where(self.issued > 0, self.issued, 1)
        return optional(np.where(self.issued > 0, self.cast / issued, np.nan))


@dataclass(frozen=True, eq=False)
class UnitSums(_Summed):
    """3. By unit, (units,): Σω, Σω², Σωy, Σωy², Σω²y, Σω²y²."""

    w: FloatArray
    ww: FloatArray
    wy: FloatArray
    wyy: FloatArray
    wwy: FloatArray
    wwyy: FloatArray


@dataclass(frozen=True, eq=False)
class ItemSums(_Summed):
    """4. By category, over complete item blocks: n (categories,), Σx_q (categories, items),
    Σx_q x_q′ (categories, items, items)."""

    n: IntArray
    sums: FloatArray
    cross_products: FloatArray


@dataclass(frozen=True, eq=False)
class PanelSums(_Summed):
    """5. Over all citizens, each as (Σω·, Σω²·), shape (2,), of 1, n, n², t, t², nt, s, s², ns.

    n units scored, t the total of the scores, s units rated satisfied. The second row is what
    the error of a weighted ratio needs.
    """

    one: FloatArray
    n: FloatArray
    nn: FloatArray
    t: FloatArray
    tt: FloatArray
    nt: FloatArray
    s: FloatArray
    ss: FloatArray
    ns: FloatArray


@dataclass(frozen=True, eq=False)
class CountSums(_Summed):
    """6. By the number n of units that a citizen scored, over all citizens.

    Only numbers that occur are kept, `counts` (S,), smallest first: with forms of eight units nine
    at most, so that the memory grows with the square of the units. First axis of the others:
    plain, ω-weighted (and ω² in `number`); second axis as `counts`. number (3, S) citizens,
    t_squared (2, S) Σt², unit_totals (2, S, U) Σ M_ij t_i, together (2, S, U, U) Σ M_ij M_ik.
    Beside them over all n: unit_scores (2, U) Σy_ij and squares (2,) Σy².
    """

    counts: IntArray
    number: FloatArray
    t_squared: FloatArray
    unit_totals: FloatArray
    together: FloatArray
    unit_scores: FloatArray
    squares: FloatArray

    def has_small_cells(self, least: int) -> bool:
        """Whether a cell holds 1 or more, but fewer than so many citizens: then keep a
        `CitizenSeverity` instead."""
        return _small(self.number[0], least) or _small(self.together[0], least)

    def __add__(self, other: Self) -> Self:
        counts = np.union1d(self.counts, other.counts)
        added = super(CountSums, self._over(counts)).__add__(other._over(counts))
        return replace(added, counts=counts)

    def _over(self, counts: IntArray) -> Self:
        """The same with room for all of these counts, empty where it has none of them."""
        place = np.searchsorted(counts, self.counts)
        wide = {}
        for name in ("number", "t_squared", "unit_totals", "together"):
            narrow = getattr(self, name)
            wide[name] = np.zeros((narrow.shape[0], counts.size, *narrow.shape[2:]))
            wide[name][:, place] = narrow
        return replace(self, counts=counts, **wide)


@dataclass(frozen=True, eq=False)
class PairSums(_Summed):
    """7. By pair of units, (units, units): citizens who scored both, and Σ y_ij y_ik."""

    together: FloatArray
    products: FloatArray

    def has_small_cells(self, least: int) -> bool:
        """Whether a cell holds 1 or more, but fewer than so many citizens: then keep the index
        covariance instead."""
        return _small(self.together, least)


@dataclass(frozen=True, eq=False)
class CitizenSums:
    """The sums 3, 5, 6 and 7 of one population of citizens."""

    units: UnitSums
    panel: PanelSums
    by_count: CountSums
    pairs: PairSums

    def __add__(self, other: "CitizenSums") -> "CitizenSums":
        return CitizenSums(
            self.units + other.units,
            self.panel + other.panel,
            self.by_count + other.by_count,
            self.pairs + other.pairs,
        )


@dataclass(frozen=True)
class UnitIndex:
    """A unit's weighted mean score with its error and the number of equal answers it is worth."""

    index: float | None
    error: float | None
    effective_n: float
    flags: tuple[Flag, ...]


@dataclass(frozen=True)
class PanelRate:
    """A figure over the whole panel with the error that its clustering in citizens gives."""

    value: float | None
    error: float | None


@dataclass(frozen=True)
class PanelRates:
    """The mean score and the satisfied rate over all units that the panel scored."""

    mean_score: PanelRate
    satisfied_rate: PanelRate


@dataclass(frozen=True, eq=False)
class IndexCovariance:
    """Plain unit means, (rated units,), with their covariance through shared citizens."""

    rated_units: tuple[int, ...]
    means: FloatArray
    covariance: FloatArray


def unit_scores(item_points: ArrayLike, item_weights: ArrayLike) -> FloatArray:
    """y_ij, the item-weighted mean points of a citizen for a unit, NaN where not given.

    item_points: (citizens, units, items), NaN for blank or don't know; item_weights: (items,).
    Given when at least half of the item weight is answered. Raises ValueError for weights that
    do not fit or sum to 0.
    """
    x, w = np.asarray(item_points, dtype=np.float64), np.asarray(item_weights, dtype=np.float64)
    if x.ndim != 3 or w.shape != x.shape[2:] or not (w >= 0).all() or not w.sum() > 0:
        raise ValueError(f"points {x.shape} need a weight of 0 or more for every item")
    answered = np.where(np.isnan(x), 0.0, 1.0) @ w
    total = np.where(np.isnan(x), 0.0, x) @ w
    # In proportion, whatever scale the weights are on.
    given = answered >= w.sum() / 2 * (1 - 1e-12)
    return np.where(given, total / np.where(given, answered, 1.0), np.nan)


def level_sums(
    levels: ArrayLike, strata: ArrayLike, weights: ArrayLike, *, n_strata: int, n_levels: int
) -> LevelSums:
    """1 of a shard. levels: (citizens, units, items) from 0 (n_levels−1 the last), −1 for not
    asked; strata: (citizens,) merged strata; weights: ω, (citizens,)."""
    x, h = np.asarray(levels, dtype=np.int64), np.asarray(strata, dtype=np.int64)
    w = np.asarray(weights, dtype=np.float64)
    if x.ndim != 3 or not (len(x) == h.size == w.size) or (x >= n_levels).any():
        raise ValueError(
            f"levels {x.shape} from -1 to {n_levels - 1} need a stratum and a weight "
            "for each citizen"
        )
    if ((h < 0) | (h >= n_strata)).any():
        raise ValueError(f"strata are 0 to {n_strata - 1}")
    citizen, unit, item = np.nonzero(x >= 0)
    shape = (x.shape[1], x.shape[2], n_strata, n_levels)
    cell = np.ravel_multi_index((unit, item, h[citizen], x[citizen, unit, item]), shape)
    n, once, twice = (
        np.bincount(cell, w[citizen] ** power, minlength=math.prod(shape)).reshape(shape)
        for power in (0, 1, 2)
    )
    return LevelSums(n.astype(np.float64), once.astype(np.float64), twice.astype(np.float64))


def item_sums(item_points: ArrayLike, categories: ArrayLike, *, n_categories: int) -> ItemSums:
    """4 of a shard. item_points: (citizens, units, items) with NaN; categories: (units,)."""
    x, category = np.asarray(item_points, dtype=np.float64), np.asarray(categories, dtype=np.int64)
    blocks = [x[:, category == c].reshape(-1, x.shape[2]) for c in range(n_categories)]
    # A product needs both answers: from blocks in part, each item would be of other citizens.
    blocks = [block[~np.isnan(block).any(axis=1)] for block in blocks]
    return ItemSums(
        n=np.array([len(block) for block in blocks], dtype=np.int64),
        sums=np.array([block.sum(axis=0) for block in blocks]),
        cross_products=np.array([block.T @ block for block in blocks]),
    )


def citizen_sums(scores: ArrayLike, satisfied: ArrayLike, weights: ArrayLike) -> CitizenSums:
    """3, 5, 6 and 7 of a shard.

    scores: y, (citizens, units), NaN where not given; satisfied: (citizens, units), whether the
    unit was rated satisfied; weights: ω, (citizens,). Raises ValueError when shapes differ.
    """
    y, s = np.asarray(scores, dtype=np.float64), np.asarray(satisfied, dtype=bool)
    w = np.asarray(weights, dtype=np.float64)
    if y.ndim != 2 or s.shape != y.shape or w.shape != y.shape[:1]:
        raise ValueError(f"scores {y.shape}, satisfied {s.shape} and weights {w.shape} differ")
    m = (~np.isnan(y)).astype(np.float64)
    # In the products below NaN would be NaN even where it weighs 0; `m` says what was given.
    y = np.where(m > 0, y, 0.0)
    n, t, liked = m.sum(axis=1), y.sum(axis=1), (m * s).sum(axis=1)
    both = np.array([w, w**2])
    units = UnitSums(w=w @ m, ww=w**2 @ m, wy=w @ y, wyy=w @ y**2, wwy=w**2 @ y, wwyy=w**2 @ y**2)
    panel = PanelSums(
        one=both.sum(axis=1), n=both @ n, nn=both @ n**2, t=both @ t, tt=both @ t**2,
        nt=both @ (n * t), s=both @ liked, ss=both @ liked**2, ns=both @ (n * liked),
    )  # a table, read by rows  # fmt: skip
    return CitizenSums(units, panel, _count_sums(m, y, n, t, w), PairSums(m.T @ m, y.T @ y))


def unit_indices(sums: UnitSums) -> tuple[UnitIndex, ...]:
    """Each unit's weighted mean Σωy/Σω (Hájek) with its linearised error.

    Var = Σω²(y − ȳ)²/(Σω)²·m/(m−1), m = (Σω)²/Σω² the effective number: s²/n for equal weights.
    No error for an effective number of 1 or less, flagged NO_ERROR.
    """
    return tuple(
        _unit_index(*(float(getattr(sums, f.name)[j]) for f in fields(sums)))
        for j in range(sums.w.size)
    )


def item_indices(
    sums: LevelSums, points: Sequence[float | None]
) -> tuple[tuple[UnitIndex, ...], ...]:
    """The weighted mean points of each unit (outer) and item (inner), errors as in `unit_indices`.

    points: one a level, None for "don't know" and blank, which are left out.
    Raises ValueError for another number of points than levels.
    """
    p = np.array(points, dtype=np.float64)
    if p.shape != sums.n.shape[3:]:
        raise ValueError(f"{p.size} points for {sums.n.shape[3]} levels; give one a level")
    p, counted = np.where(np.isnan(p), 0.0, p), ~np.isnan(p)
    w = np.where(counted, sums.weight, 0.0).sum(axis=2)
    ww = np.where(counted, sums.weight_squared, 0.0).sum(axis=2)
    parts = np.stack([w.sum(axis=2), ww.sum(axis=2), w @ p, w @ p**2, ww @ p, ww @ p**2], axis=-1)
    return tuple(tuple(_unit_index(*(float(v) for v in item)) for item in unit) for unit in parts)


def panel_rates(sums: PanelSums) -> PanelRates:
    """Mean score and satisfied rate per scored unit over the panel: Σωt/Σωn and Σωs/Σωn.

    Citizens are the clusters: Var = Σω²(t − Rn)²/(Σωn)²·m/(m−1).
    """
    return PanelRates(
        _panel_rate(sums, sums.t, sums.tt, sums.nt), _panel_rate(sums, sums.s, sums.ss, sums.ns)
    )


def item_reliabilities(sums: ItemSums, *, level: float = 0.95) -> tuple[CronbachAlpha, ...]:
    """Cronbach's α of the form by category; blocks of one citizen count as independent."""
    return tuple(
        cronbach_alpha_from_sums(int(n), s, c, level=level)
        for n, s, c in zip(sums.n, sums.sums, sums.cross_products, strict=True)
    )


def index_covariance(by_count: CountSums, pairs: PairSums) -> IndexCovariance:
    """Plain means with their covariance: units scored by the same citizens share their mood.

    Cov(ȳ_j, ȳ_k) = (Σy_ij y_ik − n_jk ȳ_j ȳ_k)/(n_j n_k); the diagonal (Σy² − nȳ²)/(n(n−1)).
    Off the diagonal it takes those who scored both to average like all who scored the one, which
    dealing makes true; where citizens chose, it is approximate. Units with one score are left
    out.
    """
    n = np.diagonal(pairs.together)
    rated = np.flatnonzero(n > 1)
    n = n[rated]
    means = by_count.unit_scores[0, rated] / n
    both = pairs.together[np.ix_(rated, rated)]
    shared = pairs.products[np.ix_(rated, rated)] - both * np.outer(means, means)
    covariance = shared / np.outer(n, n)
    covariance[np.diag_indices(n.size)] = np.maximum(np.diagonal(shared), 0.0) / (n * (n - 1))
    return IndexCovariance(tuple(int(j) for j in rated), frozen(means), frozen(covariance))


def indistinguishable_from_sums(
    by_count: CountSums, pairs: PairSums, *, level: float = 0.95
) -> Indistinguishable:
    """Which of the rated units (their order as in `index_covariance`) cannot be told apart."""
    found = index_covariance(by_count, pairs)
    return indistinguishable_units(found.means, found.covariance, level=level)


def _small(cells: FloatArray, least: int) -> bool:
    return bool(((cells > 0) & (cells < least)).any())


def _count_sums(
    m: FloatArray, y: FloatArray, n: FloatArray, t: FloatArray, w: FloatArray
) -> CountSums:
    units = m.shape[1]
    counts = np.unique(n.astype(np.int64))
    number, t_squared = np.zeros((3, counts.size)), np.zeros((2, counts.size))
    totals, together = np.zeros((2, counts.size, units)), np.zeros((2, counts.size, units, units))
    for s, count in enumerate(counts):
        rows = n == count
        for k, weight in enumerate((np.ones(int(rows.sum())), w[rows])):
            number[k, s] = weight.sum()
            t_squared[k, s] = weight @ t[rows] ** 2
            totals[k, s] = (weight * t[rows]) @ m[rows]
            together[k, s] = (m[rows] * weight[:, np.newaxis]).T @ m[rows]
        number[2, s] = (w[rows] ** 2).sum()
    return CountSums(
        counts,
        number,
        t_squared,
        totals,
        together,
        unit_scores=np.array([y.sum(axis=0), w @ y]),
        squares=np.array([(y**2).sum(), float(w @ (y**2).sum(axis=1))]),
    )


def _unit_index(w: float, ww: float, wy: float, wyy: float, wwy: float, wwyy: float) -> UnitIndex:
    if w <= 0:
        return UnitIndex(None, None, 0.0, (Flag.NO_RATINGS,))
    mean, effective = wy / w, w * w / ww
    if effective <= 1 + 1e-9:
        return UnitIndex(mean, None, effective, (Flag.NO_ERROR,))
    variance = max(wwyy - 2 * mean * wwy + mean**2 * ww, 0.0) / w**2 * effective / (effective - 1)
    # Equal answers leave rounding only, which Σωy² shows without it.
    flat = wyy / w - mean**2 <= 1e-12 * max(mean**2, 1e-300)
    return UnitIndex(
        mean, 0.0 if flat else math.sqrt(variance), effective, (Flag.ALL_EQUAL,) if flat else ()
    )


def _panel_rate(sums: PanelSums, t: FloatArray, tt: FloatArray, nt: FloatArray) -> PanelRate:
    if not sums.n[0] > 0:
        return PanelRate(None, None)
    rate = float(t[0] / sums.n[0])
    effective = float(sums.one[0] ** 2 / sums.one[1])
    if effective <= 1 + 1e-9:
        return PanelRate(rate, None)
    squares = max(float(tt[1] - 2 * rate * nt[1] + rate**2 * sums.nn[1]), 0.0)
    return PanelRate(rate, math.sqrt(squares * effective / (effective - 1)) / float(sums.n[0]))
