"""Weights that bring a panel of citizens to the known margins of the population."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from analysis.statistics.findings import Flag
from analysis.statistics.ratings import FloatArray, frozen


@dataclass(frozen=True)
class StratumWeights:
    """One weight per citizen of each declared stratum (mean 1 over the citizens).

    `groups[h]` is the merged stratum that h belongs to, `shares` the population shares of the
    merged strata, `respondents` the citizens in them; `left_out` citizens weigh nothing, since
    their merged stratum has no population.
    """

    groups: tuple[int, ...]
    weights: tuple[float, ...]
    shares: tuple[float, ...]
    respondents: tuple[int, ...]
    left_out: int
    design_effect: float
    flags: tuple[Flag, ...]


@dataclass(frozen=True, eq=False)
class Raking:
    """Weights by cell (mean 1 over the citizens, 0 in empty cells).

    `margin_errors`: the largest |share − target| of each axis with these weights: below the
    tolerance when nothing was trimmed, else what trimming left. `left_out` citizens weigh
    nothing, since they are of a category whose target is 0.
    """

    weights: FloatArray
    margin_errors: tuple[float, ...]
    trimmed_citizens: int
    left_out: int
    design_effect: float
    iterations: int
    flags: tuple[Flag, ...]


def merged_strata(respondents: Sequence[int], *, minimum: int = 10) -> tuple[int, ...]:
    """Which merged stratum each declared stratum belongs to, so that each holds `minimum`.

    Neighbours in the declared order are joined, from the first on; what is left over at the end
    joins the last. One set for all units: never merge unit by unit. Raises ValueError for
    negative numbers, and for a minimum below 1: a stratum without answers can't be weighted.
    """
    if minimum < 1:
        raise ValueError(f"strata are joined until each holds 1 or more, got a minimum {minimum}")
    if any(n < 0 for n in respondents):
        raise ValueError(f"respondents are 0 or more, got {tuple(respondents)}")
    groups: list[int] = []
    held, group = 0, 0
    for n in respondents:
        if held >= minimum:
            held, group = 0, group + 1
        groups.append(group)
        held += n
    # What is left over would stand for itself with too few, so it goes to its neighbour.
    if group and held < minimum:
        groups = [min(g, group - 1) for g in groups]
    return tuple(groups)


def post_stratify(
    respondents: Sequence[int], population: Sequence[float], *, minimum: int = 10
) -> StratumWeights:
    """Weights that bring the strata of a panel to their shares in the population.

    ω_h = (N_h/N)/(n_h/n) on strata merged by `merged_strata`. respondents, population:
    (strata,), in declared order. A merged stratum without population has weight 0: its answers
    are counted in `left_out` and flagged LEFT_OUT.
    Raises ValueError when lengths differ, nobody answered, nobody lives anywhere, or the minimum
    is below 1.
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
    left_out = int(held[shares == 0].sum())
    holds = {Flag.STRATA_MERGED: count < n.size, Flag.LEFT_OUT: left_out > 0}
    return StratumWeights(
        groups=groups,
        weights=tuple(float(weight[g]) for g in groups),
        shares=tuple(float(s) for s in shares),
        respondents=tuple(int(h) for h in held),
        left_out=left_out,
        design_effect=design_effect(weight, held),
        flags=tuple(flag for flag, is_so in holds.items() if is_so),
    )


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
    and reports the margin error that this leaves (flagged WEIGHTS_TRIMMED). Answers of a category
    whose target is 0 weigh nothing: counted in `left_out` and flagged LEFT_OUT.
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
    converged = error < tolerance
    # A cell in which nobody answered has nobody to weigh.
    weight = np.where(n > 0, weight, 0.0)
    cut = math.inf if trim is None else trim * _median_weight(weight, n)
    # A weight at the cut itself, but for rounding, has lost nothing and is not called trimmed.
    trimmed = int(n[weight > cut * (1 + 1e-12)].sum())
    weight = np.minimum(weight, cut)
    weight = weight * n.sum() / (n * weight).sum()
    left = _margin_errors(n * weight, targets)
    left_out = int(n[weight == 0].sum())
    holds = {
        Flag.NOT_CONVERGED: not converged,
        Flag.WEIGHTS_TRIMMED: trimmed > 0,
        Flag.LEFT_OUT: left_out > 0,
    }
    return Raking(
        weights=frozen(weight),
        margin_errors=tuple(left.get(axis, 0.0) for axis in range(n.ndim)),
        trimmed_citizens=trimmed,
        left_out=left_out,
        design_effect=design_effect(weight, n),
        iterations=iterations,
        flags=tuple(flag for flag, held in holds.items() if held),
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


def _targets(n: FloatArray, margins: Sequence[Sequence[float] | None]) -> dict[int, FloatArray]:
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
        # No factor lifts an empty category: the iteration would go on to its end and say nothing.
        empty = np.flatnonzero((target > 0) & (_margin(n, axis) == 0))
        if empty.size:
            raise ValueError(
                f"axis {axis}, category {empty[0]}: the target is {target[empty[0]]:g} and nobody "
                "answered; merge the category with its neighbour"
            )
        targets[axis] = target / target.sum()
    return targets


def _factors(table: FloatArray, axis: int, target: FloatArray) -> FloatArray:
    now = _margin(table, axis)
    # Whose target is 0 becomes empty after one turn, and 0/0 is no factor.
    factor = np.where(now > 0, target * now.sum() / np.where(now > 0, now, 1.0), 0.0)
    shape = [1] * table.ndim
    shape[axis] = -1
    return factor.reshape(shape)


def _margin_errors(table: FloatArray, targets: Mapping[int, FloatArray]) -> dict[int, float]:
    return {
        axis: float(np.abs(_margin(table, axis) / table.sum() - target).max())
        for axis, target in targets.items()
    }


def _margin(table: FloatArray, axis: int) -> FloatArray:
    others = tuple(a for a in range(table.ndim) if a != axis)
    return np.asarray(table.sum(axis=others), dtype=np.float64)


def _median_weight(weight: FloatArray, n: FloatArray) -> float:
    """The weight of the middle citizen, of those who weigh anything."""
    used = (weight > 0) & (n > 0)
    order = np.argsort(weight[used])
    reached = np.cumsum(n[used][order])
    return float(weight[used][order][np.searchsorted(reached, reached[-1] / 2)])
