"""How sure a score, a rank and a total are, and which units the data cannot tell apart."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy import stats
from scipy.special import ndtr

from analysis.statistics.findings import Finding, Flag
from analysis.statistics.ratings import BoolArray, FloatArray, frozen, optional, rating_matrix

# Fewer raters than this make bootstrap intervals far too short (.78 for a nominal .90 at 5).
LEAST_FOR_BOOTSTRAP = 15


@dataclass(frozen=True)
class ScoreInterval:
    """A score with its error and interval; None where no error is known."""

    score: float
    error: float | None
    low: float | None
    high: float | None


@dataclass(frozen=True, eq=False)
class RankIntervals:
    """Where each unit may stand. `probabilities[j, r−1]` = P(unit j has rank r)."""

    posterior_mean: FloatArray
    posterior_error: FloatArray
    unit_variance: float
    low: tuple[int, ...]
    high: tuple[int, ...]
    probabilities: FloatArray
    flags: tuple[Flag, ...]

    def top(self, k: int) -> tuple[float, ...]:
        """P(rank ≤ k) of each unit."""
        return tuple(float(p) for p in np.minimum(self.probabilities[:, :k].sum(axis=1), 1.0))

    def within_margin(self, k: int, *, low: float = 0.05, high: float = 0.95) -> tuple[bool, ...]:
        """Units whose place among the first k the data leave open: low < P(rank ≤ k) < high."""
        # Sums of shares of draws: what rounding leaves beside a bound is at the bound.
        return tuple(low + 1e-12 < p < high - 1e-12 for p in self.top(k))


@dataclass(frozen=True)
class RankSets:
    """Confidence sets for ranks, each from `low` to `high`; `critical` is the value used."""

    low: tuple[int, ...]
    high: tuple[int, ...]
    simultaneous: bool
    critical: tuple[float, ...]
    flags: tuple[Flag, ...]


@dataclass(frozen=True, eq=False)
class Indistinguishable:
    """`pairs[j, k]`: units j and k cannot be told apart. `runs`: the longest stretches of the
    ranking, best first, in which no two can; a unit may stand in several."""

    pairs: BoolArray
    runs: tuple[tuple[int, ...], ...]
    flags: tuple[Flag, ...]


@dataclass(frozen=True)
class BootstrapIntervals:
    """Percentile intervals of the plain means; None for units without ratings."""

    means: tuple[float | None, ...]
    low: tuple[float | None, ...]
    high: tuple[float | None, ...]
    flags: tuple[Flag, ...]


@dataclass(frozen=True)
class TotalError:
    """The error of one unit's total, the components counted in it and those taken as given."""

    error: float | None
    counted: tuple[int, ...]
    taken_as_given: tuple[int, ...]
    missing: tuple[int, ...]
    finding: Finding | None


def score_intervals(
    effects: ArrayLike,
    covariance: ArrayLike | None,
    *,
    df: float | None = None,
    level: float = 0.95,
    centre: float = 0.0,
    spread: float = 1.0,
    relative: bool = True,
) -> tuple[ScoreInterval, ...]:
    """Scores centre + spread·u with errors from the pooled residual variance.

    effects (units,), covariance (units, units), as `rated_effects` and `covariance` of a
    severity model. relative: errors about the category mean, √diag(CVC) with C = I − 11ᵀ/U,
    what a comparison inside the category needs; else √diag V. df: Student's t, None for normal.
    covariance None: no error is known and none is shown. Coverage of a nominal 95% is .94–.95.
    Raises ValueError when the shapes differ or the level is not between 0 and 1.
    Read as "had another equally qualified panel voted"; gossip between raters is not in it.
    """
    u = np.asarray(effects, dtype=np.float64)
    _check_level(level)
    if covariance is None:
        return tuple(ScoreInterval(float(centre + spread * x), None, None, None) for x in u)
    v = _covariance(u, covariance)
    v = _relative(v) if relative else v
    # Rounding may leave a variance a little below 0.
    error = abs(spread) * np.sqrt(np.maximum(np.diag(v), 0.0))
    tail = (1 - level) / 2
    half = float(stats.norm.isf(tail) if df is None else stats.t.isf(tail, df)) * error
    return tuple(
        ScoreInterval(float(s), float(e), float(s - h), float(s + h))
        for s, e, h in zip(centre + spread * u, error, half, strict=True)
    )


def unit_variance(effects: ArrayLike, covariance: ArrayLike) -> tuple[float, bool]:
    """τ², the variance of the true effects of a category, and whether it was cut at 0.

    s²(û) − tr(CVC)/(U−1): what is left of the variance of the estimates when that of their
    errors is taken out (method of moments, without bias). 0 for fewer than two units.
    """
    u = np.asarray(effects, dtype=np.float64)
    if u.size < 2:
        return 0.0, False
    v = _relative(_covariance(u, covariance))
    tau2 = float(u.var(ddof=1) - np.trace(v) / (u.size - 1))
    # Constant scores leave only rounding.
    tau2 = 0.0 if abs(tau2) <= 1e-18 * float((u**2).max()) else tau2
    return max(tau2, 0.0), tau2 < 0


def rank_intervals(
    effects: ArrayLike,
    covariance: ArrayLike,
    rng: np.random.Generator | int,
    *,
    draws: int = 10_000,
    level: float = 0.90,
) -> RankIntervals:
    """Empirical-Bayes intervals and probabilities of ranks inside one category.

    Posterior of the effects: mean μ + τ²(V+τ²I)⁻¹(û−μ), covariance τ²V(V+τ²I)⁻¹, with μ the
    mean and τ² by `unit_variance`; `draws` samples are ranked (Laird & Louis 1989, J. Educ.
    Statist. 14:29). A nominal 90% covers .92–.94 in simulations.
    effects (units,), higher is better; covariance (units, units). rng: seeded generator or seed.
    τ² = 0: the data show no differences; every rank is as likely as another, flagged
    NEGATIVE_ESTIMATE (ALL_EQUAL where the errors are 0 too, then all rank first).
    For probabilities only; the shrunken means are no scores.
    """
    u = np.asarray(effects, dtype=np.float64)
    _check_level(level)
    v = _covariance(u, covariance)
    if u.size < 2:
        one = np.ones((u.size, u.size))
        flags = (Flag.SINGLE_UNIT,) if u.size else (Flag.NO_RATINGS,)
        ranks = (1,) * u.size
        return RankIntervals(u, np.zeros(u.size), 0.0, ranks, ranks, one, flags)
    tau2, _ = unit_variance(u, v)
    # Else the posterior had no variance: all would be tied for certain, while the data say nothing.
    if tau2 == 0.0:
        return _without_differences(u, v, level)
    mean, sigma = _posterior(u, v, tau2)
    sample = mean + np.random.default_rng(rng).standard_normal((draws, u.size)) @ _root(sigma).T
    probabilities = _rank_probabilities(sample)
    low, high = _quantile_ranks(probabilities, level)
    error = np.sqrt(np.maximum(np.diag(sigma), 0.0))
    return RankIntervals(frozen(mean), frozen(error), tau2, low, high, frozen(probabilities), ())


def probability_top(means: ArrayLike, errors: ArrayLike, k: int = 1) -> tuple[float, ...]:
    """P(rank ≤ k) of each unit from independent normal estimates, by quadrature.

    For unit j: ∫ φ_j(x)·P(fewer than k of the others exceed x) dx, the count by convolution.
    means, errors: (units,), errors ≥ 0. Ties of exact values share the better rank. No prior:
    the estimates are taken at their word, so use `rank_intervals` for noisy categories.
    Raises ValueError for negative errors or k < 1.
    """
    m, s = np.asarray(means, dtype=np.float64), np.asarray(errors, dtype=np.float64)
    if m.shape != s.shape or m.ndim != 1 or not (s >= 0).all():
        raise ValueError("means and errors need the same length and errors of 0 or more")
    if k < 1:
        raise ValueError(f"k is 1 or more, got {k}")
    return tuple(_top_probability(m, s, j, k) for j in range(m.size))


def rank_confidence_sets(
    effects: ArrayLike,
    covariance: ArrayLike,
    rng: np.random.Generator | int,
    *,
    level: float = 0.95,
    simultaneous: bool = False,
    draws: int = 4000,
) -> RankSets:
    """Confidence sets for ranks that hold whatever the true effects are (Mogstad, Romano,
    Shaikh & Wilhelm 2024, Rev. Econ. Stud. 91:476, single step).

    Simultaneous confidence intervals for the differences θ_k − θ_j, two-sided, with the critical
    value simulated as the quantile of max |t|; a unit's rank lies between 1 + the number of
    units surely better and U − the number surely worse. marginal: over the differences of the one
    unit (its own set holds with `level`); simultaneous: over all pairs (the whole table does).
    effects (units,), higher is better. Wider than `rank_intervals` and free of a prior.
    """
    u = np.asarray(effects, dtype=np.float64)
    _check_level(level)
    v = _covariance(u, covariance)
    if u.size < 2:
        return RankSets(
            (1,) * u.size,
            (1,) * u.size,
            simultaneous,
            (0.0,) * u.size,
            (Flag.SINGLE_UNIT,) if u.size else (Flag.NO_RATINGS,),
        )
    error = _difference_errors(v)
    noise = np.random.default_rng(rng).standard_normal((draws, u.size)) @ _root(v).T
    largest = _largest_t(noise, error)
    if simultaneous:
        critical = np.full(u.size, np.quantile(largest.max(axis=1), level))
    else:
        critical = np.quantile(largest, level, axis=0)
    ahead = np.subtract.outer(u, u).T  # [j, k]: how far k is ahead of j
    bound = critical[:, np.newaxis] * error + _slack(u)
    better, worse = (ahead > bound).sum(axis=1), (ahead < -bound).sum(axis=1)
    return RankSets(
        low=tuple(int(1 + b) for b in better),
        high=tuple(int(u.size - w) for w in worse),
        simultaneous=simultaneous,
        critical=tuple(float(c) for c in critical),
        flags=(Flag.ZERO_VARIANCE,) if not error.any() else (),
    )


def indistinguishable_units(
    effects: ArrayLike, covariance: ArrayLike, *, level: float = 0.95
) -> Indistinguishable:
    """Pairs whose difference lies within its own error, and the stretches they form.

    |û_j − û_k| ≤ z·√(V_jj + V_kk − 2V_jk), each pair by itself at `level`: of many truly equal
    pairs some 5% will look different. effects (units,), covariance (units, units).
    "Cannot be told apart" is no transitive relation: read the runs, not chains of them.
    """
    u = np.asarray(effects, dtype=np.float64)
    _check_level(level)
    error = _difference_errors(_covariance(u, covariance))
    z = float(stats.norm.isf((1 - level) / 2))
    close = np.abs(np.subtract.outer(u, u)) <= z * error + _slack(u)
    return Indistinguishable(close, _runs(u, close), ())


def bootstrap_intervals(
    ratings: ArrayLike, rng: np.random.Generator | int, *, draws: int = 1000, level: float = 0.90
) -> BootstrapIntervals:
    """Percentile intervals of the units' plain means over Dirichlet-weighted raters (Rubin 1981).

    One product (W·X)/(W·M); no unit ever loses all its raters. ratings: (raters, units).
    Below 15 raters it is flagged APPROXIMATE: it then covers .78 where .90 is claimed, so show
    `score_intervals` instead.
    """
    x = rating_matrix(ratings)
    _check_level(level)
    rated = ~np.isnan(x)
    some = rated.any(axis=0)
    generator = np.random.default_rng(rng)
    # Dirichlet weights but for their sum, which the division below takes out.
    weights = generator.standard_exponential((draws, x.shape[0]))
    sums = weights @ np.where(rated, x, 0.0)[:, some]
    means = sums / (weights @ rated[:, some].astype(np.float64))
    tails = [(1 - level) / 2, (1 + level) / 2]
    limits = np.full((2, x.shape[1]), np.nan)
    plain = np.full(x.shape[1], np.nan)
    if some.any():
        limits[:, some] = np.quantile(means, tails, axis=0)
        plain[some] = np.where(rated, x, 0.0).sum(axis=0)[some] / rated.sum(axis=0)[some]
    few = x.shape[0] < LEAST_FOR_BOOTSTRAP
    flags = (() if some.any() else (Flag.NO_RATINGS,)) + ((Flag.APPROXIMATE,) if few else ())
    return BootstrapIntervals(optional(plain), optional(limits[0]), optional(limits[1]), flags)


def total_errors(
    errors: ArrayLike, available: ArrayLike, weights: Sequence[float], *, scale: float = 1.0
) -> tuple[TotalError, ...]:
    """The error of each unit's weighted total under centred redistribution.

    E_j = Σ_c w_c m_c + Σ_{c of j} w_c/W_j·(s_jc − m_c) is linear in all the component scores, m_c
    being the mean over the units that have c; its error includes that of the means:
    SE² = scale²·Σ_k Σ_c a_kc² SE_kc². With nothing missing it is scale²·Σ w_c² SE_jc².

    errors: (units, components), SE of each score, NaN where unknown (a single rater) or missing.
    available: (units, components), whether the unit has the component. weights: (components,),
    taken in proportion. scale: the share of the evaluation in the total (0.3, say).
    A component without a known error is taken as given and *named*, never silently 0; where none
    has one the error is None. Indicators are taken as exact. Errors of units and of components
    are taken as independent. Raises ValueError when shapes differ or weights are not positive.
    """
    se, has = np.asarray(errors, dtype=np.float64), np.asarray(available, dtype=bool)
    w = np.asarray(weights, dtype=np.float64)
    if se.ndim != 2 or se.shape != has.shape or se.shape[1:] != w.shape:
        raise ValueError(f"errors {se.shape}, available {has.shape} and weights {w.shape} differ")
    if not (w > 0).all():
        raise ValueError("weights are above 0")
    w = w / max(float(w.sum()), 1e-300)
    known = has & ~np.isnan(se)
    squares = np.where(known, se, 0.0) ** 2
    own = has * w / np.maximum(has @ w, 1e-300)[:, np.newaxis]
    through_mean = (w - own) / np.maximum(has.sum(axis=0), 1)
    # a_kc is through_mean for every unit k that has c, plus own for unit j itself.
    variance = (through_mean**2) @ squares.sum(axis=0) + (
        ((own + through_mean) ** 2 - through_mean**2) * squares
    ).sum(axis=1)
    # A mean that a unit leans on is as uncertain as the scores in it.
    given = (has & ~known) | ((through_mean > 1e-12) & (has & ~known).any(axis=0))
    return tuple(
        _total_error(scale * math.sqrt(variance[j]), has[j], known[j], given[j])
        for j in range(len(se))
    )


def _check_level(level: float) -> None:
    if not 0 < level < 1:
        raise ValueError(f"the level lies between 0 and 1, got {level}")


def _covariance(u: FloatArray, covariance: ArrayLike) -> FloatArray:
    v = np.asarray(covariance, dtype=np.float64)
    if u.ndim != 1 or v.shape != (u.size, u.size):
        raise ValueError(f"{u.shape} effects need a covariance of that size, got {v.shape}")
    return v


def _relative(v: FloatArray) -> FloatArray:
    if v.size == 0:
        return v
    centred = v - v.mean(axis=0, keepdims=True)
    return np.asarray(centred - centred.mean(axis=1, keepdims=True), dtype=np.float64)


def _posterior(u: FloatArray, v: FloatArray, tau2: float) -> tuple[FloatArray, FloatArray]:
    solve = np.linalg.solve(v + tau2 * np.eye(u.size), np.column_stack([u - u.mean(), v]))
    sigma = tau2 * solve[:, 1:]
    return u.mean() + tau2 * solve[:, 0], (sigma + sigma.T) / 2


def _without_differences(u: FloatArray, v: FloatArray, level: float) -> RankIntervals:
    n = u.size
    mean, error = np.full(n, u.mean()), np.zeros(n)
    if not v.any() and np.ptp(u) <= _slack(u):
        first = np.zeros((n, n))
        first[:, 0] = 1.0
        return RankIntervals(mean, error, 0.0, (1,) * n, (1,) * n, first, (Flag.ALL_EQUAL,))
    even = np.full((n, n), 1 / n)
    low, high = _quantile_ranks(even, level)
    return RankIntervals(mean, error, 0.0, low, high, even, (Flag.NEGATIVE_ESTIMATE,))


def _root(sigma: FloatArray) -> FloatArray:
    """A square root of a covariance that may be singular."""
    values, vectors = np.linalg.eigh((sigma + sigma.T) / 2)
    # A variance that rounding left below 0 has no root.
    return np.asarray(vectors * np.sqrt(np.maximum(values, 0.0)), dtype=np.float64)


def _rank_probabilities(sample: FloatArray) -> FloatArray:
    draws, n = sample.shape
    # Competition ranks from above; exact ties (errors of 0) share the better one.
    order = np.argsort(-sample, axis=1, kind="stable")
    ordered = np.take_along_axis(sample, order, axis=1)
    fresh = np.ones((draws, n), dtype=bool)
    fresh[:, 1:] = ordered[:, 1:] < ordered[:, :-1]
    place = np.maximum.accumulate(np.where(fresh, np.arange(n), 0), axis=1)
    counts = np.bincount((order * n + place).ravel(), minlength=n * n).reshape(n, n)
    return np.asarray(counts / draws, dtype=np.float64)


def _quantile_ranks(
    probabilities: FloatArray, level: float
) -> tuple[tuple[int, ...], tuple[int, ...]]:
    cumulative = np.cumsum(probabilities, axis=1)
    tail = (1 - level) / 2
    # A sum that rounding left on the other side of the tail would move a place.
    low = (cumulative <= tail + 1e-12).sum(axis=1) + 1
    high = np.minimum((cumulative < 1 - tail - 1e-12).sum(axis=1) + 1, probabilities.shape[1])
    return tuple(int(r) for r in low), tuple(int(r) for r in high)


def _top_probability(m: FloatArray, s: FloatArray, j: int, k: int) -> float:
    x, weight = _nodes(m, s, j)
    others = [i for i in range(m.size) if i != j]
    ahead = np.zeros((x.size, min(k, m.size)))
    ahead[:, 0] = 1.0
    for i in others:
        above = 1.0 - ndtr((x - m[i]) / s[i]) if s[i] else (m[i] > x).astype(np.float64)
        moved = ahead * above[:, np.newaxis]
        ahead = ahead - moved
        ahead[:, 1:] += moved[:, :-1]
    return float(np.clip(weight @ ahead.sum(axis=1), 0.0, 1.0))


def _nodes(m: FloatArray, s: FloatArray, j: int) -> tuple[FloatArray, FloatArray]:
    """Nodes and weights for unit j; the grid resolves the sharpest of the other estimates."""
    if s[j] == 0:
        return m[j : j + 1], np.ones(1)
    # A very sharp one among them would ask for a grid without end.
    sharpest = max(float(s.min()), 1e-3 * float(s[j]))
    count = int(np.clip(128 * s[j] / sharpest, 400, 20_000)) | 1
    z = np.linspace(-8.5, 8.5, count)
    weight = np.exp(-0.5 * z * z)
    return m[j] + s[j] * z, weight / weight.sum()


def _difference_errors(v: FloatArray) -> FloatArray:
    d = np.diag(v)
    return np.asarray(np.sqrt(np.maximum(np.add.outer(d, d) - 2 * v, 0.0)), dtype=np.float64)


def _slack(u: FloatArray) -> float:
    """Differences below rounding are none."""
    return 1e-12 * float(np.abs(u).max(initial=0.0))


def _largest_t(noise: FloatArray, error: FloatArray) -> FloatArray:
    """max_k |Z_k − Z_j|/se_jk for each draw and unit j, shape (draws, units)."""
    # A unit and itself differ by 0 with an error of 0.
    inverse = np.where(error > 0, 1.0 / np.where(error > 0, error, 1.0), 0.0)
    return np.column_stack(
        [(np.abs(noise - noise[:, [j]]) * inverse[j]).max(axis=1) for j in range(len(error))]
    )


def _runs(u: FloatArray, close: BoolArray) -> tuple[tuple[int, ...], ...]:
    order = np.argsort(-u, kind="stable")
    runs: list[tuple[int, ...]] = []
    reached = 0
    for start in range(u.size):
        end = start + 1
        while end < u.size and close[order[start:end], order[end]].all():
            end += 1
        # A run inside the one before says nothing new.
        if end > reached:
            runs.append(tuple(int(j) for j in order[start:end]))
            reached = end
    return tuple(runs)


def _total_error(error: float, has: BoolArray, known: BoolArray, unknown: BoolArray) -> TotalError:
    counted = tuple(int(c) for c in np.flatnonzero(known))
    given = tuple(int(c) for c in np.flatnonzero(unknown))
    missing = tuple(int(c) for c in np.flatnonzero(~has))
    finding = Finding(Flag.TAKEN_AS_GIVEN) if given else None
    return TotalError(error if counted else None, counted, given, missing, finding)
