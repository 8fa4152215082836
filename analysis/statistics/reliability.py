"""Reliability of severity-adjusted scores: would other raters have said the same."""

from dataclasses import dataclass

import numpy as np

from analysis.statistics.findings import Flag
from analysis.statistics.generalizability import check_target, count_up
from analysis.statistics.ratings import optional
from analysis.statistics.severity import SeverityModel
from analysis.statistics.uncertainty import unit_variance


@dataclass(frozen=True)
class ModelReliability:
    """Reliability of severity-adjusted scores from the same model as the scores.

    `per_unit`: τ²/(τ² + V_jj), None for units without ratings or error.
    """

    single: float | None
    mean: float | None
    per_unit: tuple[float | None, ...]
    raters: float
    raters_needed: int | None
    target: float
    flags: tuple[Flag, ...]


def model_reliability(model: SeverityModel, *, target: float = 0.8) -> ModelReliability:
    """Reliability of one rater, τ²/(τ²+σ²), and of the scores, mean τ²/(τ²+V_jj), any design.

    τ² = `unit_variance` of the fitted effects; raters needed = target/(1−target)·σ²/τ², rounded
    up. A τ² of 0 is reported as reliability 0, flagged NEGATIVE_ESTIMATE where the estimate was
    below; all ratings equal, one unit or no known error leave it undefined (None).
    Raises ValueError unless 0 < target < 1.
    """
    check_target(target)
    counts = [d for d in model.ratings_per_unit if d]
    raters = sum(counts) / len(counts) if counts else 0.0
    none = (None,) * len(model.unit_effects)
    problem = _no_reliability(model)
    if problem or model.covariance is None or model.residual_variance is None:
        return ModelReliability(None, None, none, raters, None, target, problem)
    tau2, negative = unit_variance(model.rated_effects, model.covariance)
    flags = (Flag.NEGATIVE_ESTIMATE,) if negative else ()
    # Without differences no number of raters would bring them out.
    if tau2 == 0:
        zero = tuple(None if d == 0 else 0.0 for d in model.ratings_per_unit)
        return ModelReliability(0.0, 0.0, zero, raters, None, target, flags)
    per_unit = np.full(len(none), np.nan)
    per_unit[model.rated_units] = tau2 / (tau2 + np.diag(model.covariance))
    single = tau2 / (tau2 + model.residual_variance)
    mean = float(np.nanmean(per_unit))
    needed = count_up(target / (1 - target) * model.residual_variance / tau2)
    return ModelReliability(single, mean, optional(per_unit), raters, needed, target, flags)


def _no_reliability(model: SeverityModel) -> tuple[Flag, ...]:
    effects = model.rated_effects
    if effects.size < 2:
        return (Flag.SINGLE_UNIT,) if effects.size else (Flag.NO_RATINGS,)
    if model.residual_variance is None:
        return (Flag.NO_ERROR,)
    # In proportion; equal effects differ by rounding.
    equal = model.residual_variance == 0 and np.ptp(effects) <= 1e-9 * np.abs(effects).max()
    return (Flag.ALL_EQUAL,) if equal else ()
