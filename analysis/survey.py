"""Citizens as a sample: indices and rates with their errors, weights for a panel, sample sizes."""

import math
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy.typing import ArrayLike
from scipy import stats

from analysis.findings import Flag
from analysis.ratings import FloatArray, frozen

# χ² of one degree of freedom at .05 as printed by Krejcie & Morgan.
KREJCIE_MORGAN_CHI_SQUARE = Fraction("3.841")


@dataclass(frozen=True)
class SatisfactionIndex:
    """One unit's satisfaction from counts by level.

    `index` is the mean of the points of the valid answers, `score` the same where it may count
    and None where too few answered. `low` and `high` are the index if every "don't know" had
    given the fewest or the most points. Rates are shares of the valid answers.
    """

    index: float | None
    score: float | None
    deviation: float | None
    error: float | None
    n_valid: int
    n_dont_know: int
    dont_know_share: float | None
    low: float | None
    high: float | None
    satisfied_rate: float | None
    dissatisfied_rate: float | None
    net_rate: float | None
    flags: tuple[Flag, ...]


@dataclass(frozen=True)
class SurveyEstimate:
    """A figure of a weighted sample; error None where a stratum has one member only."""

    value: float | None
    error: float | None
    design_effect: float | None
    n: int
    flags: tuple[Flag, ...]


@dataclass(frozen=True)
class StratumWeights:
    """One weight per citizen of each declared stratum (mean 1 over the citizens).

    `groups[h]` is the merged stratum that h belongs to, `shares` the population shares of the
    merged strata, `respondents` the citizens in them.
    """

    groups: tuple[int, ...]
    weights: tuple[float, ...]
    shares: tuple[float, ...]
    respondents: tuple[int, ...]
    design_effect: float
    flags: tuple[Flag, ...]


@dataclass(frozen=True, eq=False)
class Raking:
    """Weights by cell (mean 1 over the citizens, 0 in empty cells).

    `margin_errors`: the largest |share − target| of each axis with these weights: below the
    tolerance when nothing was trimmed, else what trimming left.
    """

    weights: FloatArray
    margin_errors: tuple[float, ...]
    trimmed_citizens: int
    design_effect: float
    iterations: int
    flags: tuple[Flag, ...]


def level_points(levels: int, *, low: float = 0.0, high: float = 100.0) -> tuple[float, ...]:
    """Evenly spaced points, worst level first: 100(level − 1)/(K − 1) by default.

    The habit 20/40/60/80/100 is low=20: the same ranks and a spread, hence an effective weight,
    smaller by a fifth. Raises ValueError for fewer than two levels.
    """
    if levels < 2:
        raise ValueError(f"a scale has two or more levels, got {levels}")
    return tuple(low + (high - low) * k / (levels - 1) for k in range(levels))


def satisfaction_index(
    counts: Sequence[int],
    points: Sequence[float],
    *,
    dont_know: int = 0,
    satisfied: int = 2,
    dissatisfied: int = 2,
    least_valid: int = 30,
    thin_below: int = 100,
    most_dont_know: float = 0.4,
) -> SatisfactionIndex:
    """Mean points, rates and bounds from the counts of one unit.

    index = Σ n_k p_k/Σ n_k over the levels, "don't know" left out; error s/√n, s with n − 1.
    counts, points: (levels,), in the same order, whichever. satisfied, dissatisfied: how many
    levels from the top and from the bottom of the points make the rates.
    Fewer than least_valid valid answers, or a larger share of "don't know" than most_dont_know:
    score None (the component is missing), flagged; up to thin_below flagged THIN.
    Raises ValueError for lengths that differ, negative counts, or rates that overlap.
    The error supposes a random sample of equal weights.
    """
    n, p = _checked_counts(counts, points, dont_know)
    if satisfied + dissatisfied > n.size or min(satisfied, dissatisfied) < 0:
        raise ValueError(
            f"{satisfied} satisfied and {dissatisfied} dissatisfied levels of {n.size} overlap"
        )
    valid, asked = int(n.sum()), int(n.sum()) + dont_know
    flags = _answer_flags(valid, dont_know, least_valid, thin_below, most_dont_know)
    share = dont_know / asked if asked else None
    if valid == 0:
        low, high = (float(p.min()), float(p.max())) if asked else (None, None)
        return SatisfactionIndex(
            None, None, None, None, 0, dont_know, share, low, high, None, None, None, flags
        )
    index = float(n @ p) / valid
    deviation = math.sqrt(float(n @ (p - index) ** 2) / (valid - 1)) if valid > 1 else None
    order = np.argsort(-p, kind="stable")
    up = float(n[order[:satisfied]].sum()) / valid
    down = float(n[order[n.size - dissatisfied :]].sum()) / valid
    missing = Flag.TOO_FEW_ANSWERS in flags or Flag.MANY_DONT_KNOW in flags
    return SatisfactionIndex(
        index=index,
        score=None if missing else index,
        deviation=deviation,
        error=None if deviation is None else deviation / math.sqrt(valid),
        n_valid=valid,
        n_dont_know=dont_know,
        dont_know_share=share,
        low=float(n @ p + dont_know * p.min()) / asked,
        high=float(n @ p + dont_know * p.max()) / asked,
        satisfied_rate=up,
        dissatisfied_rate=down,
        net_rate=up - down,
        flags=flags,
    )


def multi_item_index(
    means: Sequence[float], weights: Sequence[float], *, levels: int
) -> float:
    """100(Σ w x̄ − Σ w)/(Σ w (K − 1)) for item means on 1 … K (Fornell et al. 1996, ACSI).

    Raises ValueError when lengths differ, weights do not sum above 0 or means leave the scale.
    """
    x, w = np.asarray(means, dtype=np.float64), np.asarray(weights, dtype=np.float64)
    if x.shape != w.shape or not (w >= 0).all() or not w.sum() > 0 or levels < 2:
        raise ValueError("need a weight of 0 or more for every item mean, and two levels")
    if not ((x >= 1) & (x <= levels)).all():
        raise ValueError(f"item means lie between 1 and {levels}, got {tuple(means)}")
    return float(100 * (w @ x - w.sum()) / (w.sum() * (levels - 1)))


def stratified_mean(
    values: ArrayLike,
    strata: Sequence[Hashable],
    population: Mapping[Hashable, int] | None = None,
    *,
    weights: ArrayLike | None = None,
) -> SurveyEstimate:
    """The weighted mean of a stratified sample with its linearised error.

    Σwy/Σw; variance Σ_h (1−f_h)·n_h/(n_h−1)·Σ(z−z̄_h)² of z = w(y−ȳ)/Σw, f_h = n_h/N_h
    (Särndal, Swensson & Wretman 1992, ch. 5); design effect against simple random sampling
    without replacement from Σw. values (n,); strata: a label each; population: N_h by label
    (None: no correction); weights: default N_h/n_h, or 1.
    Raises ValueError for missing labels, populations smaller than the sample, weights ≤ 0.
    """
    y, w = _sample(values, strata, population, weights)
    if y.size == 0:
        return SurveyEstimate(None, None, None, 0, (Flag.NO_RATINGS,))
    mean = float(w @ y / w.sum())
    variance = _linearised(w * (y - mean) / w.sum(), strata, population)
    if variance is None:
        return SurveyEstimate(mean, None, None, y.size, (Flag.NO_ERROR,))
    spread = float(w @ (y - mean) ** 2 / w.sum()) * y.size / (y.size - 1)
    simple = spread / y.size
    if population is not None:
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


def merged_strata(respondents: Sequence[int], *, minimum: int = 10) -> tuple[int, ...]:
    """Which merged stratum each declared stratum belongs to, so that each holds `minimum`.

    Neighbours in the declared order are joined, from the first on; what is left over at the end
    joins the last. One set for all units: never merge unit by unit. Raises ValueError for
    negative numbers.
    """
    if any(n < 0 for n in respondents):
        raise ValueError(f"respondents are 0 or more, got {tuple(respondents)}")
    groups: list[int] = []
    held, group = 0, 0
    for n in respondents:
        if held >= minimum:
            held, group = 0, group + 1
        groups.append(group)
        held += n
    if group and held < minimum:
        groups = [min(g, group - 1) for g in groups]
    return tuple(groups)


def post_stratify(
    respondents: Sequence[int], population: Sequence[float], *, minimum: int = 10
) -> StratumWeights:
    """Weights that bring the strata of a panel to their shares in the population.

    ω_h = (N_h/N)/(n_h/n) on strata merged by `merged_strata`. respondents, population:
    (strata,), in declared order; a stratum without population is not in it.
    Raises ValueError when lengths differ, nobody answered, or nobody lives there.
    Corrects the known margin only, never who chose to answer.
    """
    n, size = np.asarray(respondents, dtype=np.float64), np.asarray(population, dtype=np.float64)
    if n.shape != size.shape or not (size >= 0).all() or not size.sum() > 0:
        raise ValueError("need a population of 0 or more for every stratum, and not all 0")
    if not n.sum() > 0:
        raise ValueError("nobody answered; there is nothing to weight")
    groups = merged_strata(respondents, minimum=minimum)
    count = max(groups) + 1
    held = np.bincount(groups, n, minlength=count)
    shares = np.bincount(groups, size, minlength=count) / size.sum()
    weight = shares * n.sum() / held
    merged = count < n.size
    return StratumWeights(
        groups=groups,
        weights=tuple(float(weight[g]) for g in groups),
        shares=tuple(float(s) for s in shares),
        respondents=tuple(int(h) for h in held),
        design_effect=design_effect(weight, held),
        flags=(Flag.STRATA_MERGED,) if merged else (),
    )


def post_stratified_mean(
    respondents: Sequence[int],
    means: Sequence[float | None],
    variances: Sequence[float | None],
    population: Sequence[float],
) -> SurveyEstimate:
    """ȳ = Σ W_h ȳ_h with variance Σ W_h² s_h²/n_h over the strata with an answer.

    W_h = N_h/N among those (a stratum without answers gives its share to the others, flagged
    INCOMPLETE). A stratum with one answer leaves the error unknown. All (strata,).
    Raises ValueError when lengths differ.
    """
    n, size = np.asarray(respondents, dtype=np.float64), np.asarray(population, dtype=np.float64)
    if not len(means) == len(variances) == n.size == size.size:
        raise ValueError("respondents, means, variances and population differ in length")
    some = (n > 0) & (size > 0)
    if not some.any():
        return SurveyEstimate(None, None, None, 0, (Flag.NO_RATINGS,))
    share = size[some] / size[some].sum()
    y = np.array(means, dtype=np.float64)[some]
    s2 = np.array(variances, dtype=np.float64)[some]
    flags = (Flag.INCOMPLETE,) if (~some & (size > 0)).any() else ()
    if np.isnan(s2).any():
        flags = (*flags, Flag.NO_ERROR)
        return SurveyEstimate(float(share @ y), None, None, int(n.sum()), flags)
    error = math.sqrt(float((share**2 * s2 / n[some]).sum()))
    return SurveyEstimate(float(share @ y), error, None, int(n.sum()), flags)


def rake(
    citizens: ArrayLike,
    margins: Sequence[Sequence[float] | None],
    *,
    trim: float | None = 5.0,
    tolerance: float = 1e-8,
    most_iterations: int = 1000,
) -> Raking:
    """Weights of cells whose margins equal the targets (Deming & Stephan 1940), then trimmed.

    citizens: how many answered in each cell, one axis per margin. margins: target counts or
    shares of each axis, None for an axis without one. Iterates until every share is within
    `tolerance`, cuts weights at `trim` × the median weight of a citizen, renormalises to mean 1,
    and reports the margin error that this leaves (flagged WEIGHTS_TRIMMED).
    Raises ValueError, naming axis and category, where a target is above 0 and nobody answered,
    and for shapes or targets that do not fit. Contradicting targets end NOT_CONVERGED.
    """
    n = np.asarray(citizens, dtype=np.float64)
    targets = _targets(n, margins)
    weight = np.ones(n.shape)
    error, iterations = math.inf, 0
    while error >= tolerance and iterations < most_iterations:
        for axis, target in targets.items():
            weight = weight * _factors(n * weight, axis, target)
        iterations += 1
        error = max(_margin_errors(n * weight, targets).values(), default=0.0)
    flags = () if error < tolerance else (Flag.NOT_CONVERGED,)
    weight = np.where(n > 0, weight, 0.0)
    cut = math.inf if trim is None else trim * _median_weight(weight, n)
    trimmed = int(n[weight > cut * (1 + 1e-12)].sum())
    weight = np.minimum(weight, cut)
    weight = weight * n.sum() / (n * weight).sum()
    left = _margin_errors(n * weight, targets)
    return Raking(
        weights=frozen(weight),
        margin_errors=tuple(left.get(axis, 0.0) for axis in range(n.ndim)),
        trimmed_citizens=trimmed,
        design_effect=design_effect(weight, n),
        iterations=iterations,
        flags=(*flags, Flag.WEIGHTS_TRIMMED) if trimmed else flags,
    )


def design_effect(weights: ArrayLike, counts: ArrayLike | None = None) -> float:
    """Kish's design effect of weighting, n·Σw²/(Σw)²; 1 where nothing is weighted.

    counts: how many share each weight, default one. Raises ValueError where all weigh 0.
    """
    w = np.asarray(weights, dtype=np.float64)
    n = np.ones(w.shape) if counts is None else np.asarray(counts, dtype=np.float64)
    total = float((n * w).sum())
    if not total > 0:
        raise ValueError("weights sum to 0; there is nothing to weight")
    return float(n.sum() * (n * w**2).sum() / total**2)


def margin_of_error(
    deviation: float, n: int, *, design_effect: float = 1.0, level: float = 0.95
) -> float | None:
    """z·SD·√(deff/n); None for n = 0. On 0–100 points the deviation is 20 to 25."""
    if n <= 0:
        return None
    return _z(level) * deviation * math.sqrt(design_effect / n)


def sample_size_for_margin(
    margin: float, deviation: float, *, design_effect: float = 1.0, level: float = 0.95
) -> int:
    """How many answers keep the margin of error of a mean: ⌈deff·(z·SD/margin)²⌉.

    Raises ValueError when margin or deviation is not above 0.
    """
    _check_positive(margin, deviation)
    return math.ceil(design_effect * (_z(level) * deviation / margin) ** 2 - 1e-9)


def sample_size_for_difference(
    difference: float,
    deviation: float,
    *,
    power: float = 0.8,
    design_effect: float = 1.0,
    level: float = 0.95,
) -> int:
    """Answers per unit that tell two units apart: ⌈2·deff·((z_α + z_β)·SD/difference)²⌉.

    Raises ValueError when difference or deviation is not above 0.
    """
    _check_positive(difference, deviation)
    z = _z(level) + float(stats.norm.ppf(power))
    return math.ceil(2 * design_effect * (z * deviation / difference) ** 2 - 1e-9)


def krejcie_morgan(
    population: int, *, proportion: str = "0.5", margin: str = "0.05"
) -> int:
    """Sample size for a proportion in a finite population (Krejcie & Morgan 1970, Table 1).

    s = χ²NP(1−P)/(d²(N−1) + χ²P(1−P)), χ² = 3.841, rounded half up, in exact arithmetic.
    Raises ValueError for a negative population.
    """
    if population < 0:
        raise ValueError(f"a population is 0 or more, got {population}")
    if population == 0:
        return 0
    p, d = Fraction(proportion), Fraction(margin)
    spread = KREJCIE_MORGAN_CHI_SQUARE * p * (1 - p)
    return math.floor(spread * population / (d * d * (population - 1) + spread) + Fraction(1, 2))


def rate_interval(
    hits: float, n: float, *, design_effect: float = 1.0, level: float = 0.95
) -> tuple[float, float] | None:
    """Wilson's interval of a rate (Wilson 1927), on n/deff answers; None for n = 0.

    Raises ValueError unless 0 ≤ hits ≤ n.
    """
    if not 0 <= hits <= n:
        raise ValueError(f"hits lie between 0 and {n}, got {hits}")
    if n == 0:
        return None
    p, size, z = hits / n, n / design_effect, _z(level)
    centre = p + z * z / (2 * size)
    half = z * math.sqrt(p * (1 - p) / size + z * z / (4 * size * size))
    scale = 1 + z * z / size
    return max((centre - half) / scale, 0.0), min((centre + half) / scale, 1.0)


def _checked_counts(
    counts: Sequence[int], points: Sequence[float], dont_know: int
) -> tuple[FloatArray, FloatArray]:
    n, p = np.asarray(counts, dtype=np.float64), np.asarray(points, dtype=np.float64)
    if n.shape != p.shape or n.size == 0:
        raise ValueError(f"{n.size} counts for {p.size} levels; give one count a level")
    if (n < 0).any() or dont_know < 0:
        raise ValueError("counts are 0 or more")
    return n, p


def _answer_flags(
    valid: int, dont_know: int, least: int, thin: int, most_dont_know: float
) -> tuple[Flag, ...]:
    found = []
    if valid < least:
        found.append(Flag.TOO_FEW_ANSWERS)
    elif valid < thin:
        found.append(Flag.THIN)
    if dont_know > most_dont_know * (valid + dont_know):
        found.append(Flag.MANY_DONT_KNOW)
    return tuple(found)


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
        if fraction == 1.0:
            continue
        if n == 1:
            return None
        own = z[[other == label for other in strata]]
        variance += (1 - fraction) * n / (n - 1) * float(((own - own.mean()) ** 2).sum())
    return variance


def _estimate(value: float, variance: float | None, n: int) -> SurveyEstimate:
    if variance is None:
        return SurveyEstimate(value, None, None, n, (Flag.NO_ERROR,))
    return SurveyEstimate(value, math.sqrt(variance), None, n, ())


def _targets(
    n: FloatArray, margins: Sequence[Sequence[float] | None]
) -> dict[int, FloatArray]:
    if len(margins) != n.ndim or not (n >= 0).all():
        raise ValueError(f"{n.ndim} axes of counts of 0 or more need as many margins")
    if not n.sum() > 0:
        raise ValueError("nobody answered; there is nothing to weight")
    targets = {}
    for axis, margin in enumerate(margins):
        if margin is None:
            continue
        target = np.asarray(margin, dtype=np.float64)
        if target.shape != (n.shape[axis],) or not (target >= 0).all() or not target.sum() > 0:
            raise ValueError(f"axis {axis} needs {n.shape[axis]} targets of 0 or more, not all 0")
        empty = np.flatnonzero((target > 0) & (_margin(n, axis) == 0))
        if empty.size:
            raise ValueError(
                f"axis {axis}, category {empty[0]}: the target is {target[empty[0]]:g} and nobody "
                "answered; merge the category with its neighbour"
            )
        targets[axis] = target / target.sum()
    return targets


def _margin(table: FloatArray, axis: int) -> FloatArray:
    others = tuple(a for a in range(table.ndim) if a != axis)
    return np.asarray(table.sum(axis=others), dtype=np.float64)


def _factors(table: FloatArray, axis: int, target: FloatArray) -> FloatArray:
    now = _margin(table, axis)
    factor = np.where(now > 0, target * now.sum() / np.where(now > 0, now, 1.0), 0.0)
    shape = [1] * table.ndim
    shape[axis] = -1
    return factor.reshape(shape)


def _margin_errors(table: FloatArray, targets: Mapping[int, FloatArray]) -> dict[int, float]:
    return {
        axis: float(np.abs(_margin(table, axis) / table.sum() - target).max())
        for axis, target in targets.items()
    }


def _median_weight(weight: FloatArray, n: FloatArray) -> float:
    """The weight of the middle citizen, of those who weigh anything."""
    used = (weight > 0) & (n > 0)
    order = np.argsort(weight[used])
    reached = np.cumsum(n[used][order])
    return float(weight[used][order][np.searchsorted(reached, reached[-1] / 2)])


def _z(level: float) -> float:
    return float(stats.norm.isf((1 - level) / 2))


def _check_positive(*numbers: float) -> None:
    if not all(number > 0 for number in numbers):
        raise ValueError(f"need numbers above 0, got {numbers}")
