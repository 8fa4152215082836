"""Reliability of severity-adjusted scores: would other raters have said the same."""

from dataclasses import dataclass

import numpy as np

from analysis.statistics.findings import Flag
from analysis.statistics.generalizability import check_target, count_up
from analysis.statistics.ratings import FloatArray, optional
from analysis.statistics.severity import SeverityModel
from analysis.statistics.uncertainty import unit_variance


@dataclass(frozen=True)
class ModelReliability:
    """The relative reliability Eρ² of severity-adjusted scores, by the model that gave them.

    `single`: that of one rater's marks; `mean`: that of the scores as they are, averaged over the
    units; `per_unit`: each unit's, None for units without ratings or error. `raters` is the mean
    number on a unit, `raters_needed` what `mean` asks for to reach `target`.
    """

    single: float | None
    mean: float | None
    per_unit: tuple[float | None, ...]
    raters: float
    raters_needed: int | None
    target: float
    flags: tuple[Flag, ...]


def model_reliability(model: SeverityModel, *, target: float = 0.8) -> ModelReliability:
    """Relative reliability of one rater, τ²/(τ²+σ²), and of the scores, τ²/(τ²+e_j), any design.

    e_j = ½·mean over the other units k of V_jj + V_kk − 2V_jk: half the error variance of a
    difference, which is what an order hangs on and what no common level enters, whatever the
    penalty. On a complete table e_j = σ²/k, so that `mean` is `single` stepped up by
    Spearman–Brown, Eρ² (Brennan 2001, ch. 2) and, with σ² of the λ→0 fit, ICC(3,k) (Shrout &
    Fleiss 1979). Severity is no error here, since the model takes it out; for scores against
    fixed marks use Φ of `generalizability`.
    τ² = `unit_variance` of the fitted effects. raters_needed = raters · odds(target)/odds(mean),
    rounded up: Spearman–Brown for more raters who share out the units as these did.
    A τ² of 0 is reported as reliability 0, flagged NEGATIVE_ESTIMATE where the estimate was
    below; all ratings equal, one unit or no known error leave it undefined (None).
    Raises ValueError unless 0 < target < 1.
    Not to be trusted with few units: with six, the interval of ICC(3,k) easily spans 0.4.
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
    per_unit[model.rated_units] = tau2 / (tau2 + _relative_errors(model.covariance))
    single = tau2 / (tau2 + model.residual_variance)
    mean = float(np.nanmean(per_unit))
    needed = count_up(raters * target / (1 - target) * (1 - mean) / mean)
    return ModelReliability(single, mean, optional(per_unit), raters, needed, target, flags)


def _relative_errors(v: FloatArray) -> FloatArray:
    """Each unit's share in the error variance of its differences from the others."""
    n, own = len(v), np.diag(v)
    # A unit differs from itself by 0, so that the mean over all n is that over the others.
    shared = n * own + own.sum() - 2 * v.sum(axis=1)
    # Rounding may leave a variance a little below 0.
    return np.asarray(np.maximum(shared, 0.0) / (2 * (n - 1)), dtype=np.float64)


def _no_reliability(model: SeverityModel) -> tuple[Flag, ...]:
    effects = model.rated_effects
    if effects.size < 2:
        return (Flag.SINGLE_UNIT,) if effects.size else (Flag.NO_RATINGS,)
    if model.residual_variance is None:
        return (Flag.NO_ERROR,)
    # In proportion; equal effects differ by rounding.
    equal = model.residual_variance == 0 and np.ptp(effects) <= 1e-9 * np.abs(effects).max()
    return (Flag.ALL_EQUAL,) if equal else ()
