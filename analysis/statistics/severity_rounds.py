"""The severity model over several rounds, when a whole round may be milder than another."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike

from analysis.statistics.findings import Flag
from analysis.statistics.ratings import BoolArray, FloatArray, IntArray, frozen, optional
from analysis.statistics.severity import ROUNDING

# A direction whose share of the largest is less says nothing but rounding.
RANK = 1e-10


@dataclass(frozen=True, eq=False)
class RoundsModel:
    """Units, raters and rounds of one additive model; None where nobody rated.

    `unit_effects` are at the mean of the rounds, on the ratings' scale; `round_effects` sum to 0,
    above 0 for a mild round. `covariance` is that of the rated units' effects, in their order.
    """

    penalty: float
    unit_effects: tuple[float | None, ...]
    unit_errors: tuple[float | None, ...]
    rater_effects: tuple[float | None, ...]
    round_effects: tuple[float | None, ...]
    round_errors: tuple[float | None, ...]
    residual_variance: float | None
    residual_df: int
    covariance: FloatArray | None
    flags: tuple[Flag, ...]


def severity_over_rounds(ratings: ArrayLike, *, penalty: float = 1.0) -> RoundsModel:
    """Units, raters and rounds by ridge least squares on x_tij = u_j + r_i + ρ_t + e.

    Minimises Σ(x − u_j − r_i − ρ_t)² + λΣr², Σρ = 0: rounds are fixed, raters shrunken as in
    `severity_model`, to which it comes down for one round (Henderson 1975, Biometrics 31:423).
    σ² from the λ→0 fit with N − rank degrees of freedom; covariance σ²(XᵀX + λP)⁻¹.
    ratings: (rounds, raters, units), NaN for not rated; a rater keeps the row in every round.
    penalty: λ > 0, as there. Rounds that share no unit can't be told from their units:
    DISCONNECTED, the shortest solution is given, and no error. Without residual degrees of freedom
    NO_ERROR. Not to be trusted where units really changed between rounds: a general rise of all
    units counts as the round's mildness.
    Raises ValueError for another number of axes, infinite ratings and a penalty of 0 or less.
    """
    x = np.array(ratings, dtype=np.float64)
    if x.ndim != 3 or np.isinf(x).any():
        raise ValueError(f"ratings need axes (rounds, raters, units), finite, got {x.shape}")
    if not penalty > 0:
        raise ValueError(f"the penalty is above 0, got {penalty}")
    rated = ~np.isnan(x)
    there = tuple(np.asarray(rated.any(axis=tuple({0, 1, 2} - {k}))) for k in range(3))
    if not rated.any():
        rounds, raters, units = ((None,) * n for n in x.shape)
        flags = (Flag.NO_RATINGS, Flag.NO_ERROR)
        return RoundsModel(penalty, units, units, raters, rounds, rounds, None, 0, None, flags)
    # Whoever has no rating would make the system singular.
    kept = x[np.ix_(*there)]
    return _widened(_fitted(kept, penalty), there)


def _fitted(x: FloatArray, penalty: float) -> RoundsModel:
    rounds, raters, units = x.shape
    cells = np.argwhere(~np.isnan(x))
    design, y = _design(cells, x.shape), x[~np.isnan(x)]
    ridge = np.zeros(design.shape[1])
    ridge[units : units + raters] = penalty
    inverse = np.linalg.pinv(design.T @ design + np.diag(ridge), rcond=RANK, hermitian=True)
    solved = inverse @ (design.T @ y)
    fixed = np.delete(design, np.s_[units : units + raters], axis=1)
    linked = bool(np.linalg.matrix_rank(fixed) == fixed.shape[1])
    sigma2, df = _variance(design, y)
    holds = {
        Flag.DISCONNECTED: not linked,
        Flag.NO_ERROR: sigma2 is None or not linked,
        Flag.ZERO_VARIANCE: sigma2 == 0.0,
    }
    # Each round's effect from those of all but the last, which is what they leave of 0.
    to_rounds = np.vstack([np.eye(rounds - 1), -np.ones((1, rounds - 1))])
    effects = to_rounds @ solved[units + raters :]
    errors: tuple[tuple[float | None, ...], ...] = ((None,) * units, (None,) * rounds)
    covariance = None
    if sigma2 is not None and linked:
        covariance = frozen(np.asarray(sigma2 * inverse[:units, :units], dtype=np.float64))
        of_rounds = sigma2 * to_rounds @ inverse[units + raters :, units + raters :] @ to_rounds.T
        errors = tuple(optional(np.sqrt(np.diag(each))) for each in (covariance, of_rounds))
    return RoundsModel(
        penalty=penalty,
        unit_effects=optional(solved[:units]),
        unit_errors=errors[0],
        rater_effects=optional(solved[units : units + raters]),
        round_effects=optional(effects),
        round_errors=errors[1],
        residual_variance=sigma2,
        residual_df=df,
        covariance=covariance,
        flags=tuple(flag for flag, held in holds.items() if held),
    )


def _design(cells: IntArray, shape: tuple[int, ...]) -> FloatArray:
    """Indicators of units, of raters, and of all rounds but the last, which has −1 in each."""
    rounds, raters, units = shape
    at = np.arange(len(cells))
    design = np.zeros((len(cells), units + raters + rounds))
    for column, start in ((2, 0), (1, units), (0, units + raters)):
        design[at, start + cells[:, column]] = 1.0
    last = design[:, -1:]
    of_rounds = design[:, units + raters : -1] - last
    return np.hstack([design[:, : units + raters], of_rounds])


def _variance(design: FloatArray, y: FloatArray) -> tuple[float | None, int]:
    """σ² of the fit without penalty."""
    solved, _, rank, _ = np.linalg.lstsq(design, y, rcond=RANK)
    df = int(y.size - rank)
    if df <= 0:
        return None, 0
    squares = float(((y - design @ solved) ** 2).sum())
    return (squares / df if squares > ROUNDING * float((y**2).sum()) else 0.0), df


def _widened(model: RoundsModel, there: tuple[BoolArray, ...]) -> RoundsModel:
    """None again for whoever has no rating."""
    rounds, raters, units = there
    return replace(
        model,
        unit_effects=_spread(model.unit_effects, units),
        unit_errors=_spread(model.unit_errors, units),
        rater_effects=_spread(model.rater_effects, raters),
        round_effects=_spread(model.round_effects, rounds),
        round_errors=_spread(model.round_errors, rounds),
    )


def _spread(values: tuple[float | None, ...], where: BoolArray) -> tuple[float | None, ...]:
    left = iter(values)
    return tuple(next(left) if held else None for held in where)
