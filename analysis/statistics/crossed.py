"""Units and raters both taken as random: their variances, and what is predicted of each."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.linalg.lapack import dpotrf, dpotri, dpotrs
from scipy.optimize import minimize
from scipy.sparse import csr_matrix

from analysis.statistics.findings import Flag
from analysis.statistics.ratings import FloatArray, rating_matrix
from analysis.statistics.severity import rated_cells, residual_variance, spread_over

# A root of a ratio below this is 0.
NO_VARIANCE = 1e-5
# Up to so many units a second search, from elsewhere, costs next to nothing.
FEW = 200


@dataclass(frozen=True)
class CrossedEffects:
    """REML estimates and predictions of the model with random units and random raters."""

    mean: float | None
    unit_variance: float | None
    rater_variance: float | None
    residual_variance: float | None
    unit_predictions: tuple[float | None, ...]
    rater_predictions: tuple[float | None, ...]
    flags: tuple[Flag, ...]


def crossed_effects(ratings: ArrayLike) -> CrossedEffects:
    """Variances of units, raters and residual by REML, with best linear unbiased predictions.

    x_ij = μ + u_j + r_i + e_ij, all random but μ (Davies & Goldsmith 1972, section 6.6; the
    profiled criterion of Bates et al. 2015, J. Stat. Software 67(1)). ratings: (raters, units),
    incomplete or not. Needs 2 rated units, 2 raters and a residual; else all None, flagged
    NOT_TESTABLE. A variance at 0 is flagged ESTIMATE_AT_BOUND.
    Predictions are shrunk towards the mean: for probabilities and reliabilities, not for scores.
    """
    x = rating_matrix(ratings)
    w = (~np.isnan(x)).astype(np.float64)
    x0 = np.where(w > 0, x, 0.0)
    units, raters = np.asarray(w.any(axis=0), dtype=bool), np.asarray(w.any(axis=1), dtype=bool)
    x1, w1 = x0[np.ix_(raters, units)], w[np.ix_(raters, units)]
    if min(w1.shape) < 2 or residual_variance(x1, w1) in (None, 0.0):
        none_u, none_r = (None,) * x.shape[1], (None,) * x.shape[0]
        return CrossedEffects(None, None, None, None, none_u, none_r, (Flag.NOT_TESTABLE,))
    # About their mean, or squares of figures far from 0 would drown what they differ by.
    centre = float(x1.sum() / w1.sum())
    sums = _crossed_sums(x1 - centre, w1)
    roots = _crossed_ratios(sums)
    found = _Crossed(sums, roots)
    sigma2, (u, r) = found.residual_variance, found.predictions
    return CrossedEffects(
        mean=centre + found.mean,
        unit_variance=float(roots[0] ** 2 * sigma2),
        rater_variance=float(roots[1] ** 2 * sigma2),
        residual_variance=sigma2,
        unit_predictions=spread_over(u, units),
        rater_predictions=spread_over(r, raters),
        flags=(Flag.ESTIMATE_AT_BOUND,) if (roots == 0.0).any() else (),
    )


@dataclass(frozen=True, eq=False)
class _CrossedSums:
    """What the criterion needs of the data: who rated whom, and sums of 1 and of x.

    `of_units` (units, 2), `of_raters` (raters, 2) and `plain` (2, 2) hold numbers and totals.
    """

    w: FloatArray | csr_matrix
    n: float
    of_units: FloatArray
    of_raters: FloatArray
    plain: FloatArray


def _crossed_sums(x: FloatArray, w: FloatArray) -> _CrossedSums:
    wx = w * x
    return _CrossedSums(
        w=rated_cells(w),
        n=float(w.sum()),
        of_units=np.column_stack([w.sum(axis=0), wx.sum(axis=0)]),
        of_raters=np.column_stack([w.sum(axis=1), wx.sum(axis=1)]),
        plain=np.array([[w.sum(), wx.sum()], [wx.sum(), (wx * x).sum()]]),
    )


def _crossed_ratios(sums: _CrossedSums) -> FloatArray:
    """τ_u²/σ² and τ_r²/σ² at the minimum, searched as square roots so that 0 is inside."""
    starts = ((1.0, 1.0), (0.2, 0.2)) if len(sums.of_units) <= FEW else ((1.0, 1.0),)
    runs = [
        minimize(
            lambda roots: _Crossed(sums, roots).criterion(),
            np.array(start),
            jac=True,
            method="BFGS",
            # In proportion to the ratings, as the curvature of the criterion is.
            options={"gtol": 1e-8 * sums.n, "maxiter": 200},
        )
        for start in starts
    ]
    best = min(runs, key=lambda run: float(run.fun))
    roots = np.abs(np.asarray(best.x, dtype=np.float64))
    return np.where(roots < NO_VARIANCE, 0.0, roots)


class _Crossed:
    """Mean, σ² and predictions at given ratios, and the REML criterion with its slopes.

    Works on K = I + ΓZ'ZΓ with Γ the square roots of the ratios, which stays regular at 0. Its
    block of raters is diagonal and eliminated; what is left is positive definite.
    """

    def __init__(self, sums: _CrossedSums, roots: FloatArray) -> None:
        self.sums, self.roots = sums, roots
        gamma_u, gamma_r = (float(g) for g in roots)
        self.own = 1.0 + gamma_r**2 * sums.of_raters[:, 0]
        rest = -((gamma_u * gamma_r) ** 2) * _shared(sums.w, 1.0 / self.own)
        rest[np.diag_indices_from(rest)] += 1.0 + gamma_u**2 * sums.of_units[:, 0]
        self.root, _ = dpotrf(rest, lower=1)
        of_raters, of_units = gamma_r * sums.of_raters, gamma_u * sums.of_units
        right = of_units - gamma_u * gamma_r * (sums.w.T @ (of_raters / self.own[:, np.newaxis]))
        # Γ_u Z_u'V⁻¹ of 1 and of x, and the same of the raters.
        self.units = dpotrs(self.root, right, lower=1)[0]
        given = sums.w @ self.units
        self.raters = (of_raters - gamma_u * gamma_r * given) / self.own[:, np.newaxis]
        q = sums.plain - of_units.T @ self.units - of_raters.T @ self.raters
        self.ones = float(q[0, 0])
        self.mean = float(q[0, 1] / q[0, 0])
        self.squares = float(q[1, 1] - self.mean * q[0, 1])

    @property
    def residual_variance(self) -> float:
        return self.squares / (self.sums.n - 1)

    @property
    def predictions(self) -> tuple[FloatArray, FloatArray]:
        """Best linear unbiased predictions of units and raters."""
        gamma_u, gamma_r = (float(g) for g in self.roots)
        return (
            gamma_u * (self.units[:, 1] - self.mean * self.units[:, 0]),
            gamma_r * (self.raters[:, 1] - self.mean * self.raters[:, 0]),
        )

    def criterion(self) -> tuple[float, FloatArray]:
        """(n−1) log S + log|K| + log 1'V⁻¹1, and its derivatives by the roots."""
        log_det = float(np.log(self.own).sum() + 2 * np.log(np.diag(self.root)).sum())
        # Against the total sum of squares, or rounding would hide the bottom of the valley.
        share = self.squares / self.sums.plain[1, 1]
        value = (self.sums.n - 1) * np.log(share) + log_det + np.log(self.ones)
        return float(value), self._slopes()

    def _slopes(self) -> FloatArray:
        """2/γ·[tr(I − K⁻¹) − |s(1)|²/1'V⁻¹1 − |s(Px)|²/σ²] of each block, s = ΓZ'V⁻¹."""
        traces = self._traces()
        slopes = np.zeros(2)
        for k, found in enumerate((self.units, self.raters)):
            # At 0 the criterion is level, since it depends on squares.
            if abs(self.roots[k]) > NO_VARIANCE / 10:
                left = found[:, 1] - self.mean * found[:, 0]
                of_mean = float(found[:, 0] @ found[:, 0]) / self.ones
                of_rest = float(left @ left) / self.residual_variance
                slopes[k] = 2 / self.roots[k] * (traces[k] - of_mean - of_rest)
        return slopes

    def _traces(self) -> tuple[float, float]:
        """tr(I − K⁻¹) of the block of units and of that of raters."""
        gamma_u, gamma_r = (float(g) for g in self.roots)
        lower = np.tril(dpotri(self.root, lower=1)[0])
        inverse = lower + np.tril(lower, -1).T
        through = (gamma_u * gamma_r) ** 2 * float(
            (inverse * _shared(self.sums.w, 1.0 / self.own**2)).sum()
        )
        return (
            len(inverse) - float(np.trace(inverse)),
            self.own.size - float((1.0 / self.own).sum()) - through,
        )


def _shared(w: FloatArray | csr_matrix, scale: FloatArray) -> FloatArray:
    """w'·diag(scale)·w."""
    if isinstance(w, np.ndarray):
        return np.asarray(w.T @ (scale[:, np.newaxis] * w), dtype=np.float64)
    return np.asarray((w.T @ w.multiply(scale[:, np.newaxis])).toarray(), dtype=np.float64)
