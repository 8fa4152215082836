"""Citizens' leniency taken out of the units' scores, from sums alone."""

import math
from dataclasses import dataclass

import numpy as np
from scipy.optimize import minimize_scalar

from analysis.panel.sums import CountSums
from analysis.statistics.connectivity import unit_components
from analysis.statistics.findings import Flag
from analysis.statistics.ratings import FloatArray, IntArray, frozen, optional

# Below it the equations are singular but for rounding, as at λ = 0: there the levels are held.
SMALLEST_PENALTY = 1e-8


@dataclass(frozen=True, eq=False)
class CitizenSeverity:
    """Leniency-adjusted unit effects: what may be kept where the sums may not.

    `covariance` belongs to the rated units in their order.
    """

    penalty: float
    unit_effects: tuple[float | None, ...]
    unit_errors: tuple[float | None, ...]
    covariance: FloatArray | None
    residual_variance: float | None
    flags: tuple[Flag, ...]


def severity_from_sums(
    sums: CountSums, *, penalty: float, weighted: bool = False
) -> CitizenSeverity:
    """The severity model with citizens as raters, for any λ, from the sums alone.

    A = D − Σ_n C_n/(n+λ), b = c − Σ_n (M't)_n/(n+λ): identical to `severity_model` on the table.
    penalty: λ = σ²/τ² (`penalty_from_sums`) where forms were dealt; 0 where citizens chose whom
    to rate, since a large λ would leave part of the bias. σ² with the degrees of freedom of
    fixed effects. weighted: ω-weighted effects, their errors approximate (σ²A⁻¹·Σω²/Σω).
    Raises ValueError for a negative penalty.
    """
    if not penalty >= 0:
        raise ValueError(f"the penalty is 0 or more, got {penalty}")
    penalty = 0.0 if penalty < SMALLEST_PENALTY else float(penalty)
    rated = np.flatnonzero(np.diagonal(sums.together[0].sum(axis=0)) > 0)
    system = _System(sums, int(weighted), penalty, rated)
    u, scale = system.solution()
    sigma2 = _fixed_variance(sums, rated)
    flags = _severity_flags(system, sigma2, weighted)
    effects, errors = np.full((2, sums.unit_scores.shape[1]), np.nan)
    effects[rated] = u
    if sigma2 is None:
        return CitizenSeverity(penalty, optional(effects), optional(errors), None, None, flags)
    scored = sums.counts > 0
    spread = 1.0
    if weighted:
        spread = float(sums.number[2, scored].sum() / sums.number[1, scored].sum())
    covariance = sigma2 * spread * scale
    # Where everybody agrees, rounding leaves a variance just below 0.
    errors[rated] = np.sqrt(np.maximum(np.diag(covariance), 0.0))
    return CitizenSeverity(
        penalty, optional(effects), optional(errors), frozen(covariance), sigma2, flags
    )


def penalty_from_sums(sums: CountSums) -> tuple[float, tuple[Flag, ...]]:
    """λ = σ²/τ² by REML from the sums (criterion of `rater_variance`); 2 when undetermined."""
    rated = np.flatnonzero(np.diagonal(sums.together[0].sum(axis=0)) > 0)
    if not _fixed_variance(sums, rated):
        return 2.0, (Flag.FALLBACK,)
    bound = 14.0
    best = minimize_scalar(
        lambda log_penalty: _System(sums, 0, float(np.exp(log_penalty)), rated).criterion(),
        bounds=(-bound, bound),
        method="bounded",
        options={"xatol": 1e-9, "maxiter": 500},
    )
    # A bounded search comes near its bound and never tries it.
    at_bound = abs(float(best.x)) > bound - 0.1
    return float(np.exp(best.x)), (Flag.ESTIMATE_AT_BOUND,) if at_bound else ()


class _System:
    """The normal equations of the severity model out of the sums by n.

    For λ = 0 the constraint Σωr = 0 of each component enters as in `severity_model`.
    """

    def __init__(self, sums: CountSums, row: int, penalty: float, rated: IntArray) -> None:
        scored = np.flatnonzero(sums.counts > 0)
        size = sums.counts[scored].astype(np.float64)
        together = sums.together[row][np.ix_(scored, rated, rated)]
        totals = sums.unit_totals[row][np.ix_(scored, rated)]
        share = 1.0 / (size + penalty)
        diagonal = np.diagonal(together, axis1=1, axis2=2)
        self.penalty, self.size, self.number = penalty, size, sums.number[row, scored]
        self.n_ratings = float(diagonal.sum())
        self.labels = unit_components(together.sum(axis=0) > 0)
        self.a = np.diag(diagonal.sum(axis=0)) - np.tensordot(share, together, axes=1)
        self.b = sums.unit_scores[row, rated] - share @ totals
        self.squares = float(sums.squares[row] - share @ sums.t_squared[row, scored])
        self.levels: list[tuple[FloatArray, float]] = []
        if penalty == 0.0:
            for label in range(int(self.labels.max(initial=-1)) + 1):
                self._hold_level(self.labels == label, diagonal, totals)

    def _hold_level(self, own: np.ndarray, diagonal: FloatArray, totals: FloatArray) -> None:
        inverse = 1.0 / self.size
        g = (inverse @ diagonal) * own
        factor = 1.0 / (1.0 + float(inverse**2 @ diagonal[:, own].sum(axis=1)))
        mean_total = float(inverse**2 @ totals[:, own].sum(axis=1))
        self.a = self.a + factor * np.outer(g, g)
        self.b = self.b + factor * mean_total * g
        self.squares += factor * mean_total**2
        self.levels.append((own.astype(np.float64), float(g.sum())))

    def solution(self) -> tuple[FloatArray, FloatArray]:
        """Unit effects and their covariance in units of σ²."""
        inverse = np.linalg.inv(self.a)
        # An inverse is symmetric only up to rounding, on which whoever draws from it relies.
        scale = (inverse + inverse.T) / 2
        for own, citizens in self.levels:
            scale = scale - np.outer(own, own) / citizens**2
        return np.linalg.solve(self.a, self.b), scale

    def residual_squares(self) -> float:
        return float(self.squares - self.b @ np.linalg.solve(self.a, self.b))

    def criterion(self) -> float:
        df = self.n_ratings - self.b.size
        logs = float(self.number @ np.log1p(self.size / self.penalty))
        spread = np.linalg.slogdet(self.a)[1]
        # A perfect fit has no logarithm, and the search tries many penalties.
        squares = max(self.residual_squares(), 1e-300)
        return float(df * math.log(squares) + logs + spread)


def _fixed_variance(sums: CountSums, rated: IntArray) -> float | None:
    """σ² of the λ → 0 fit; None without degrees of freedom, 0 when only rounding is left."""
    system = _System(sums, 0, 0.0, rated)
    citizens = float(sums.number[0, sums.counts > 0].sum())
    df = system.n_ratings - rated.size - citizens + len(system.levels)
    # A whole number, but added up from floats.
    if df < 0.5:
        return None
    squares = system.residual_squares()
    return squares / df if squares > 1e-13 * float(sums.squares[0]) else 0.0


def _severity_flags(system: _System, sigma2: float | None, weighted: bool) -> tuple[Flag, ...]:
    found = {
        Flag.NO_RATINGS: system.b.size == 0,
        Flag.DISCONNECTED: int(system.labels.max(initial=0)) > 0,
        Flag.NO_ERROR: sigma2 is None,
        Flag.ZERO_VARIANCE: sigma2 == 0.0,
        Flag.APPROXIMATE: weighted,
    }
    return tuple(flag for flag, holds in found.items() if holds)
