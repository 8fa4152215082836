"""The severity model: what a unit would have been given by raters of average severity."""

from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike
from scipy.linalg.lapack import dpotrf, dpotri, dpotrs
from scipy.optimize import minimize_scalar
from scipy.sparse import csr_matrix

from analysis.statistics.connectivity import unit_components
from analysis.statistics.findings import Flag
from analysis.statistics.ratings import (
    BoolArray,
    FloatArray,
    IntArray,
    frozen,
    optional,
    rating_matrix,
)

# λ for numbers when REML has nothing to go by; accuracy is flat between 0.3 and 5.
NUMBERS_PENALTY = 2.0
# A penalty so small that the ridge system would lose its digits is its limit, λ → 0.
SMALLEST_PENALTY = 1e-8
# e² below this share of Σx² is rounding, not disagreement.
ROUNDING = 1e-20
# Tables larger than this with fewer ratings than a fifth of their cells are worked on by ratings.
MOST_DENSE = 100_000
THIN = 0.2


@dataclass(frozen=True, eq=False)
class SeverityModel:
    """A fitted model. Per-unit tuples have None where a unit has no rating.

    Matrices of shape (raters, units) hold NaN where nobody rated, as the ratings do;
    `covariance` is that of the effects of the rated units, in their order, None when the
    residual variance cannot be estimated.
    """

    penalty: float
    unit_effects: tuple[float | None, ...]
    unit_errors: tuple[float | None, ...]
    rater_effects: tuple[float | None, ...]
    ratings_per_unit: tuple[int, ...]
    residual_variance: float | None
    residual_df: float
    covariance: FloatArray | None
    adjusted_ratings: FloatArray
    residuals: FloatArray
    hat_values: FloatArray
    flags: tuple[Flag, ...]
    unit_flags: tuple[tuple[Flag, ...], ...]

    @property
    def rated_units(self) -> IntArray:
        """Positions of the units with at least one rating: the axis of `covariance`."""
        return np.flatnonzero(np.array(self.ratings_per_unit) > 0)

    @property
    def rated_effects(self) -> FloatArray:
        """The effects of the rated units as an array, aligned with `covariance`."""
        return np.array([u for u in self.unit_effects if u is not None], dtype=np.float64)


@dataclass(frozen=True)
class RaterVariance:
    """REML estimates of the additive model with fixed units and random raters."""

    penalty: float
    rater_variance: float | None
    residual_variance: float | None
    flags: tuple[Flag, ...]


@dataclass(frozen=True, eq=False)
class SpreadCorrection:
    """Ratings with every rater's spread brought to the common one, and the spreads used."""

    ratings: FloatArray
    spreads: tuple[float | None, ...]
    common_spread: float | None
    flags: tuple[Flag, ...]


def severity_model(
    ratings: ArrayLike,
    *,
    penalty: float = 1.0,
    weights: ArrayLike | None = None,
    variance: Literal["fixed_effects", "random_raters"] = "fixed_effects",
) -> SeverityModel:
    """Units and rater severities by ridge least squares on x_ij = u_j + r_i + e_ij.

    Minimises Σ w_ij (x_ij − u_j − r_i)² + λ Σ r_i², solved by A u = c − Wᵀ(N+λI)⁻¹t with
    A = D − Wᵀ(N+λI)⁻¹W (Henderson 1975, Biometrics 31:423, with fixed units). λ = 0 is the
    adjusted means of an incomplete-block analysis (Cochran & Cox 1957, ch. 9), severities
    summing to 0 in every component; λ → ∞ the plain means.

    ratings: (raters, units), any scale, NaN for not rated. penalty: λ ≥ 0; 1 for rank-normal
    scores, `rater_variance(...).penalty` or 2 for numbers. weights: (raters, units), ≥ 0; a
    rating of weight 0 is left out.
    variance: σ² from the residuals of the λ→0 fit with N−U−R+components degrees of freedom
    ("fixed_effects", right for rank scores and whatever λ is), or
    [Σx² − Σt²/(n+λ) − bᵀu]/(N−U) ("random_raters", right when λ = σ²/τ² is true, as by REML).
    The errors are √diag(σ²A⁻¹) (with λ = 0, of the constrained estimate).

    Raises ValueError for a negative penalty and for weights of another shape or below 0.
    Do not trust comparisons across components (`connectivity`), nor any error where raters talk
    to each other: errors are taken as independent.
    """
    x = rating_matrix(ratings)
    w = _weights(x, weights)
    if not penalty >= 0:
        raise ValueError(f"the penalty is 0 or more, got {penalty}")
    penalty = 0.0 if penalty < SMALLEST_PENALTY else float(penalty)
    rated = w > 0
    units = np.asarray(rated.any(axis=0), dtype=bool)
    if not units.all():
        # Units that nobody rated would make the system singular.
        x, w, rated = x[:, units], w[:, units], rated[:, units]
    fit = _fit(np.where(rated, x, 0.0), w, penalty)
    if variance == "random_raters" and penalty:
        sigma2, df = _ridge_variance(fit)
    else:
        sigma2, df = _fixed_effects_variance(fit)
    return _model(np.where(rated, x, np.nan), fit, units, sigma2, df)


def rater_variance(ratings: ArrayLike) -> RaterVariance:
    """λ = σ²/τ² for numbers by restricted maximum likelihood, units fixed and raters random.

    Minimises (N−U) log S(λ) + Σ log((n_i+λ)/λ) + log|A(λ)|, S the penalised sum of squares
    (Patterson & Thompson 1971, Biometrika 58:545, profiled to one dimension).
    ratings: (raters, units) numbers. Where the data say nothing about λ (no more ratings than
    units, no residual), λ = 2 comes back flagged FALLBACK.
    Not for rank-normal scores: every ballot sums to 0 there, so REML sees raters without
    severity and would switch the correction off; use λ = 1.
    """
    x = rating_matrix(ratings)
    rated = ~np.isnan(x)
    x, w = x[:, rated.any(axis=0)], rated[:, rated.any(axis=0)].astype(np.float64)
    x0 = np.where(w > 0, x, 0.0)
    if residual_variance(x0, w) in (None, 0.0):
        return RaterVariance(NUMBERS_PENALTY, None, None, (Flag.FALLBACK,))
    # λ from e⁻¹⁴, where nothing is shrunk, to e¹⁴, where nothing is corrected.
    bound = 14.0
    best = minimize_scalar(
        lambda log_penalty: _reml_criterion(x0, w, float(np.exp(log_penalty))),
        bounds=(-bound, bound),
        method="bounded",
        options={"xatol": 1e-9, "maxiter": 500},
    )
    penalty = float(np.exp(best.x))
    sigma2, _ = _ridge_variance(_fit(x0, w, penalty))
    # A bounded search never quite reaches its bound.
    flags = (Flag.ESTIMATE_AT_BOUND,) if abs(best.x) > bound - 0.1 else ()
    return RaterVariance(penalty, (sigma2 or 0.0) / penalty, sigma2, flags)


def residual_variance(x: FloatArray, w: FloatArray) -> float | None:
    """σ² of the λ→0 fit of ratings x with weights w; None without degrees of freedom."""
    return _fixed_effects_variance(_fit(x, w, 0.0))[0]


def spread_correction(ratings: ArrayLike, *, prior_df: float = 10.0) -> SpreadCorrection:
    """Numbers with every rater's spread about the own mean brought to the common spread.

    x̄_i + (x_ij − x̄_i)·s/s̃_i with s̃_i² = (d₀s² + (n_i−1)s_i²)/(d₀+n_i−1), s² the pooled
    variance within raters (the shrinkage of Smyth 2004, Stat. Appl. Genet. Mol. Biol. 3:3).
    Optional, on raw numbers only, before `severity_model`. Raters with one rating keep it.
    Raises ValueError when prior_df is not positive.
    """
    if not prior_df > 0:
        raise ValueError(f"prior degrees of freedom are positive, got {prior_df}")
    x = rating_matrix(ratings)
    rated = ~np.isnan(x)
    n = rated.sum(axis=1)
    mean = np.where(rated, x, 0.0).sum(axis=1) / np.maximum(n, 1)
    # A rater with one rating has no spread, and the deviation of 0 leaves it as it is.
    deviation = np.where(rated, x - mean[:, np.newaxis], 0.0)
    squares = (deviation**2).sum(axis=1)
    df = np.maximum(n - 1, 0)
    if not squares.sum() > 0:
        return SpreadCorrection(frozen(x), (None,) * len(x), None, (Flag.ALL_EQUAL,))
    pooled = squares.sum() / df.sum()
    spread = np.sqrt((prior_df * pooled + squares) / (prior_df + df))
    corrected = mean[:, np.newaxis] + deviation * (np.sqrt(pooled) / spread)[:, np.newaxis]
    used = np.where(n > 0, spread, np.nan)
    return SpreadCorrection(
        frozen(np.where(rated, corrected, np.nan)), optional(used), float(np.sqrt(pooled)), ()
    )


@dataclass(frozen=True, eq=False)
class _Shrinkage:
    """The matrix S that takes raters out: (N+λI)⁻¹, or its constrained form where λ = 0.

    For λ = 0 the constraint Σr = 0 of each component enters as N + 11ᵀ, which a rank-one
    correction inverts: 1/n − (1/n)(1/n)ᵀ/(1 + Σ1/n). `p` is the diagonal part; `q` has a column
    for each component, none where λ > 0.
    """

    p: FloatArray
    q: FloatArray
    factor: FloatArray

    def apply(self, y: FloatArray) -> FloatArray:
        """S·y."""
        plain = self.p[:, np.newaxis] * y
        if not self.factor.size:
            return plain
        return plain - self.q @ (self.factor[:, np.newaxis] * (self.q.T @ y))

    @property
    def diagonal(self) -> FloatArray:
        """The diagonal of S."""
        return self.p - (self.q**2) @ self.factor

    def sandwich(self, w: FloatArray | csr_matrix) -> FloatArray:
        """wᵀ·S·w."""
        if isinstance(w, np.ndarray):
            plain = w.T @ (self.p[:, np.newaxis] * w)
        else:
            plain = (w.T @ w.multiply(self.p[:, np.newaxis])).toarray()
        sums = (w.T @ self.q).T
        return np.asarray(plain - sums.T @ (self.factor[:, np.newaxis] * sums), dtype=np.float64)


@dataclass(frozen=True, eq=False)
class _Fit:
    x: FloatArray
    w: FloatArray
    penalty: float
    labels: IntArray
    u: FloatArray
    r: FloatArray
    b: FloatArray
    a: FloatArray
    root: FloatArray | None
    shrinkage: _Shrinkage
    cells: FloatArray | csr_matrix

    @cached_property
    def inverse(self) -> FloatArray:
        """A⁻¹, symmetric and positive definite."""
        if self.root is None:
            solved = np.linalg.inv(self.a)
            # An inverse is symmetric but for rounding, and a covariance has to be.
            return np.asarray((solved + solved.T) / 2, dtype=np.float64)
        lower = np.tril(dpotri(self.root, lower=1)[0])
        return np.asarray(lower + np.tril(lower, -1).T, dtype=np.float64)


def _weights(x: FloatArray, weights: ArrayLike | None) -> FloatArray:
    rated = ~np.isnan(x)
    if weights is None:
        return rated.astype(np.float64)
    w = np.asarray(weights, dtype=np.float64)
    if w.shape != x.shape or not (w[rated] >= 0).all() or not np.isfinite(w[rated]).all():
        raise ValueError(f"weights need the shape {x.shape} of the ratings and values of 0 or more")
    return np.where(rated, w, 0.0)


def _fit(x: FloatArray, w: FloatArray, penalty: float, earlier: _Fit | None = None) -> _Fit:
    """The solution for one λ; what does not hang on λ is taken from an `earlier` one."""
    labels = earlier.labels if earlier else unit_components(w > 0)
    cells = earlier.cells if earlier else rated_cells(w)
    shrinkage = _shrinkage(w, penalty, labels)
    wx = w * x
    t, c = wx.sum(axis=1), wx.sum(axis=0)
    a = np.diag(w.sum(axis=0)) - shrinkage.sandwich(cells)
    b = c - w.T @ shrinkage.apply(t[:, np.newaxis])[:, 0]
    root = _root(a)
    u = np.linalg.solve(a, b) if root is None else dpotrs(root, b, lower=1)[0]
    r = shrinkage.apply((t - w @ u)[:, np.newaxis])[:, 0]
    return _Fit(x, w, penalty, labels, u, r, b, a, root, shrinkage, cells)


def _shrinkage(w: FloatArray, penalty: float, labels: IntArray) -> _Shrinkage:
    n = w.sum(axis=1)
    active = n > 0
    p = np.where(active, 1.0 / np.where(active, n + penalty, 1.0), 0.0)
    if penalty:
        return _Shrinkage(p, np.zeros((len(n), 0)), np.zeros(0))
    member = np.zeros((len(n), int(labels.max(initial=-1)) + 1))
    if active.any():
        first = (w > 0).argmax(axis=1)
        member[active, labels[first[active]]] = 1.0
    q = member * p[:, np.newaxis]
    return _Shrinkage(p, q, 1.0 / (1.0 + q.sum(axis=0)))


def rated_cells(w: FloatArray) -> FloatArray | csr_matrix:
    """The weights by the cells that hold something, where few do."""
    thin = w.size > MOST_DENSE and np.count_nonzero(w) < THIN * w.size
    return csr_matrix(w) if thin else w


def _root(a: FloatArray) -> FloatArray | None:
    """The Cholesky factor, a third of the work of a general solution; None where it fails."""
    if a.size == 0:
        return None
    root, failed = dpotrf(a, lower=1)
    return None if failed else root


def _ridge_variance(fit: _Fit) -> tuple[float | None, float]:
    n = (fit.w > 0).sum()
    df = float(n - fit.w.shape[1])
    squares = (fit.w * _residuals(fit) ** 2).sum() + fit.penalty * (fit.r**2).sum()
    return _variance(squares, df, fit)


def _fixed_effects_variance(fit: _Fit) -> tuple[float | None, float]:
    if fit.penalty:
        # The variance is that of the λ→0 fit, whatever λ the scores have (docs/analysis).
        fit = _fit(fit.x, fit.w, 0.0, fit)
    rated = fit.w > 0
    groups = int(fit.labels.max(initial=-1)) + 1
    df = float(rated.sum() - rated.shape[1] - rated.any(axis=1).sum() + groups)
    return _variance((fit.w * _residuals(fit) ** 2).sum(), df, fit)


def _variance(squares: float, df: float, fit: _Fit) -> tuple[float | None, float]:
    if df <= 0:
        return None, 0.0
    rounding = ROUNDING * float((fit.w * fit.x**2).sum())
    return (float(squares) / df if squares > rounding else 0.0), df


def _residuals(fit: _Fit) -> FloatArray:
    """x − u − r in every cell; only those with a weight mean anything."""
    return fit.x - fit.u - fit.r[:, np.newaxis]


def _model(
    x: FloatArray, fit: _Fit, units: BoolArray, sigma2: float | None, df: float
) -> SeverityModel:
    scale = _unscaled_covariance(fit)
    active = np.asarray(fit.w.any(axis=1), dtype=bool)
    counts = np.zeros(units.size, dtype=np.int64)
    counts[units] = (fit.w > 0).sum(axis=0)
    errors = None if sigma2 is None else np.sqrt(sigma2 * np.maximum(np.diag(scale), 0.0))
    return SeverityModel(
        penalty=fit.penalty,
        unit_effects=spread_over(fit.u, units),
        unit_errors=(None,) * units.size if errors is None else spread_over(errors, units),
        rater_effects=spread_over(fit.r[active], active),
        ratings_per_unit=tuple(int(d) for d in counts),
        residual_variance=sigma2,
        residual_df=df,
        covariance=None if sigma2 is None else frozen(sigma2 * scale),
        adjusted_ratings=_widen(x - fit.r[:, np.newaxis], units),
        residuals=_widen(np.where(fit.w > 0, _residuals(fit), np.nan), units),
        hat_values=_widen(np.where(fit.w > 0, _hat_values(fit), np.nan), units),
        flags=_flags(fit, sigma2),
        unit_flags=tuple(_unit_flags(int(d)) for d in counts),
    )


def _unscaled_covariance(fit: _Fit) -> FloatArray:
    if fit.penalty:
        return fit.inverse
    # A⁻¹ holds the freedom that the constraint Σr = 0 fixes; 1/R² in each block takes it out.
    together = fit.labels[:, np.newaxis] == fit.labels
    raters = np.array(
        [(fit.w[:, fit.labels == label].any(axis=1)).sum() for label in fit.labels],
        dtype=np.float64,
    )
    return np.asarray(fit.inverse - together / raters**2, dtype=np.float64)


def _hat_values(fit: _Fit) -> FloatArray:
    """z'K⁻¹z of each rating, from the blocks of the inverse of the normal equations."""
    cross = fit.shrinkage.apply(fit.cells @ fit.inverse)
    raters = fit.shrinkage.diagonal + (cross * fit.shrinkage.apply(fit.w)).sum(axis=1)
    hat = np.diag(fit.inverse) - 2.0 * cross + raters[:, np.newaxis]
    return np.asarray(np.clip(fit.w * hat, 0.0, 1.0), dtype=np.float64)


def _flags(fit: _Fit, sigma2: float | None) -> tuple[Flag, ...]:
    found = {
        Flag.NO_RATINGS: fit.u.size == 0,
        Flag.SINGLE_RATER: fit.w.any(axis=1).sum() == 1,
        Flag.DISCONNECTED: int(fit.labels.max(initial=0)) > 0,
        Flag.NO_ERROR: sigma2 is None,
        Flag.ZERO_VARIANCE: sigma2 == 0.0,
    }
    return tuple(flag for flag, holds in found.items() if holds)


def _unit_flags(ratings: int) -> tuple[Flag, ...]:
    if ratings == 0:
        return (Flag.NO_RATINGS,)
    return (Flag.FEW_RATERS,) if ratings < 3 else ()


def spread_over(values: FloatArray, where: BoolArray) -> tuple[float | None, ...]:
    full = np.full(where.size, np.nan)
    full[where] = values
    return optional(full)


def _widen(matrix: FloatArray, units: BoolArray) -> FloatArray:
    if units.all():
        return frozen(matrix)
    full = np.full((matrix.shape[0], units.size), np.nan)
    full[:, units] = matrix
    return frozen(full)


def _reml_criterion(x: FloatArray, w: FloatArray, penalty: float) -> float:
    fit = _fit(x, w, penalty)
    n = w.sum(axis=1)
    df = w.sum() - w.shape[1]
    squares = (w * _residuals(fit) ** 2).sum() + penalty * (fit.r**2).sum()
    return float(df * np.log(squares) + np.log1p(n / penalty).sum() + np.linalg.slogdet(fit.a)[1])
