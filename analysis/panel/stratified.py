"""Figures of a stratified sample with their errors."""

import math
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from analysis.statistics.findings import Flag
from analysis.statistics.ratings import FloatArray


@dataclass(frozen=True)
class SurveyEstimate:
    """A figure of a weighted sample; error None where a stratum has one member only."""

    value: float | None
    error: float | None
    design_effect: float | None
    n: int
    flags: tuple[Flag, ...]


def stratified_mean(
    values: ArrayLike,
    strata: Sequence[Hashable],
    population: Mapping[Hashable, int] | None = None,
    *,
    weights: ArrayLike | None = None,
) -> SurveyEstimate:
    """The weighted mean of a stratified sample with its linearised error.

    Σwy/Σw; variance Σ_h (1−f_h)·n_h/(n_h−1)·Σ(z−z̄_h)² of z = w(y−ȳ)/Σw, f_h = n_h/N_h
    (Särndal, Swensson & Wretman 1992, ch. 5). Design effect: the variance over that of as many
    members drawn at random, (1−n/Σw)·s²/n with s² = n/(n−1)·Σw(y−ȳ)²/Σw; the factor 1−n/Σw, for
    drawing without replacement, only where the population is given.
    values (n,); strata: a label each; population: N_h by label (None: no correction); weights:
    default N_h/n_h, or 1.
    Raises ValueError for missing labels, populations smaller than the sample, weights ≤ 0.
    """
    y, w = _sample(values, strata, population, weights)
    if y.size == 0:
        return SurveyEstimate(None, None, None, 0, (Flag.NO_RATINGS,))
    mean = float(w @ y / w.sum())
    variance = _linearised(w * (y - mean) / w.sum(), strata, population)
    if variance is None:
        return SurveyEstimate(mean, None, None, y.size, (Flag.NO_ERROR,))
    # A population of one, asked, has neither error nor spread; n − 1 would be 0.
    spread = float(w @ (y - mean) ** 2 / w.sum()) * y.size / max(y.size - 1, 1)
    simple = spread / y.size
    if population is not None:
        # Weights that add up to fewer than the sample would make it less than nothing.
        simple *= max(1 - y.size / float(w.sum()), 0.0)
    effect = variance / simple if simple > 0 else None
    flags = () if spread > 0 else (Flag.ALL_EQUAL,)
    return SurveyEstimate(mean, math.sqrt(variance), effect, y.size, flags)


def stratified_total(
    values: ArrayLike,
    strata: Sequence[Hashable],
    population: Mapping[Hashable, int] | None = None,
    *,
    weights: ArrayLike | None = None,
) -> SurveyEstimate:
    """The estimated population total Σwy, arguments and errors as in `stratified_mean`."""
    y, w = _sample(values, strata, population, weights)
    if y.size == 0:
        return SurveyEstimate(None, None, None, 0, (Flag.NO_RATINGS,))
    variance = _linearised(w * y, strata, population)
    return _estimate(float(w @ y), variance, y.size)


def stratified_ratio(
    numerator: ArrayLike,
    denominator: ArrayLike,
    strata: Sequence[Hashable],
    population: Mapping[Hashable, int] | None = None,
    *,
    weights: ArrayLike | None = None,
) -> SurveyEstimate:
    """The ratio of two totals Σwy/Σwx, linearised; arguments as in `stratified_mean`.

    A denominator of 0 leaves it undefined, flagged NOT_TESTABLE.
    """
    y, w = _sample(numerator, strata, population, weights)
    x, _ = _sample(denominator, strata, population, weights)
    total = float(w @ x)
    if y.size == 0 or total == 0:
        return SurveyEstimate(None, None, None, y.size, (Flag.NOT_TESTABLE,))
    ratio = float(w @ y) / total
    return _estimate(ratio, _linearised(w * (y - ratio * x) / total, strata, population), y.size)


def post_stratified_mean(
    respondents: Sequence[int],
    means: Sequence[float | None],
    variances: Sequence[float | None],
    population: Sequence[float],
) -> SurveyEstimate:
    """ȳ = Σ W_h ȳ_h with variance Σ W_h² s_h²/n_h over the strata with an answer.

    W_h = N_h/N among those (a stratum without answers gives its share to the others, flagged
    INCOMPLETE). Answers of a stratum without population count in nothing, flagged LEFT_OUT. A
    stratum with one answer leaves the error unknown. All (strata,).
    Raises ValueError when lengths differ.
    """
    n, size = np.asarray(respondents, dtype=np.float64), np.asarray(population, dtype=np.float64)
    if not len(means) == len(variances) == n.size == size.size:
        raise ValueError("respondents, means, variances and population differ in length")
    some = (n > 0) & (size > 0)
    if not some.any():
        left_out = (Flag.LEFT_OUT,) if n.any() else ()
        return SurveyEstimate(None, None, None, 0, (Flag.NO_RATINGS, *left_out))
    share = size[some] / size[some].sum()
    y = np.array(means, dtype=np.float64)[some]
    s2 = np.array(variances, dtype=np.float64)[some]
    counted = int(n[some].sum())
    holds = {
        Flag.INCOMPLETE: bool((~some & (size > 0)).any()),
        Flag.LEFT_OUT: bool((~some & (n > 0)).any()),
    }
    flags = tuple(flag for flag, held in holds.items() if held)
    if np.isnan(s2).any():
        flags = (*flags, Flag.NO_ERROR)
        return SurveyEstimate(float(share @ y), None, None, counted, flags)
    error = math.sqrt(float((share**2 * s2 / n[some]).sum()))
    return SurveyEstimate(float(share @ y), error, None, counted, flags)


def _sample(
    values: ArrayLike,
    strata: Sequence[Hashable],
    population: Mapping[Hashable, int] | None,
    weights: ArrayLike | None,
) -> tuple[FloatArray, FloatArray]:
    y = np.asarray(values, dtype=np.float64)
    if y.ndim != 1 or len(strata) != y.size or not np.isfinite(y).all():
        raise ValueError("need one finite value and one stratum label for each member")
    sizes = _stratum_sizes(strata)
    for label, n in sizes.items():
        if population is not None and population.get(label, 0) < n:
            raise ValueError(f"stratum {label!r}: {n} in the sample, fewer in the population")
    if weights is not None:
        w = np.asarray(weights, dtype=np.float64)
    elif population is not None:
        w = np.array([population[label] / sizes[label] for label in strata], dtype=np.float64)
    else:
        w = np.ones(y.size)
    if w.shape != y.shape or not (w > 0).all():
        raise ValueError("weights are above 0, one for each member")
    return y, w


def _stratum_sizes(strata: Sequence[Hashable]) -> dict[Hashable, int]:
    sizes: dict[Hashable, int] = {}
    for label in strata:
        sizes[label] = sizes.get(label, 0) + 1
    return sizes


def _linearised(
    z: FloatArray, strata: Sequence[Hashable], population: Mapping[Hashable, int] | None
) -> float | None:
    variance = 0.0
    for label, n in _stratum_sizes(strata).items():
        fraction = 0.0 if population is None else n / population[label]
        # Whoever has all of a stratum has no sampling error there, also of one member.
        if fraction == 1.0:
            continue
        # One of several says nothing about how the others differ.
        if n == 1:
            return None
        own = z[[other == label for other in strata]]
        variance += (1 - fraction) * n / (n - 1) * float(((own - own.mean()) ** 2).sum())
    return variance


def _estimate(value: float, variance: float | None, n: int) -> SurveyEstimate:
    if variance is None:
        return SurveyEstimate(value, None, None, n, (Flag.NO_ERROR,))
    return SurveyEstimate(value, math.sqrt(variance), None, n, ())
