"""Plackett–Luce for forced grades: exact probabilities of ordered groups of any size."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.optimize import minimize

from analysis.statistics.findings import Flag
from analysis.statistics.plackett_luce import strong_components
from analysis.statistics.ratings import FloatArray, frozen

# The rule of the method: 40 Gauss–Legendre nodes in v = z⁸. Exact to 1e-12 while the exponents of a
# group sum to 30, to 1e-6 at 64, and off by 1e-3 at a few hundred.
_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(40)
_Z = (_NODES + 1) / 2
_USUAL = (8 * np.log(_Z), np.log(4 * _WEIGHTS) + 7 * np.log(_Z))
# Beyond, v = exp(−exp(t)) makes the integrand smooth on the scale of 1 whatever the worths are,
# and the trapezoid rule is exact to 1e-13 with this step.
_STEP = 0.25
_T = np.arange(-38.0, 7.0, _STEP)
_EXTREME = (-np.exp(_T), _T - np.exp(_T) + np.log(_STEP))
_USUAL_LIMIT = 64.0

Partition = Sequence[Sequence[int]]


@dataclass(frozen=True, eq=False)
class BucketPlackettLuce:
    """Penalised log-worths of the rated items, which average 0, and the fit.

    `unrated_items` stand on no ballot: they have no worth (NaN) and no place.
    """

    log_worths: FloatArray
    log_likelihood: float
    objective: float
    unrated_items: tuple[int, ...]
    flags: tuple[Flag, ...]


def bucket_log_probability(log_worths: Sequence[float] | FloatArray, partition: Partition) -> float:
    """log P(S1 > S2 > …): every item of a group finishes before all items of the next.

    Σ_b log ∫₀¹ Π_{i∈S_b} (1 − v^(w_i/W_b)) dv, W_b the worth of all later groups, in the
    exponential race with rates w = exp(log_worths) (cf. DeLong, Guirguis & So 1994, Biometrika
    81:607). partition: groups of item numbers, best first; items left out take no part.
    Raises ValueError when an item stands in it twice.
    """
    theta = np.asarray(log_worths, dtype=np.float64)
    return _log_probability(theta, _parse(partition, theta.size, 0))[0]


def bucket_plackett_luce(
    ballots: Sequence[Partition], n_items: int, *, precision: float = 0.1
) -> BucketPlackettLuce:
    """Worths of items from forced grades, by maximum a posteriori.

    Maximises Σ `bucket_log_probability` − precision/2·Σθ². ballots: each a list of groups of
    item numbers, best group first. The prior keeps the worths finite whatever the ballots are
    (flagged NO_MAXIMUM where it alone does: where items are not beaten both ways); severity drops
    out since every ballot is conditioned on its own quota.
    Raises ValueError for a precision that is not positive, unknown items, or an item twice.
    A sensitivity column only: simulations found it no better than rank-normal scores.
    """
    if not precision > 0:
        raise ValueError(f"the precision is above 0, got {precision}")
    parsed = [_parse(ballot, n_items, row) for row, ballot in enumerate(ballots)]
    rated = {j for ballot in parsed for group in ballot for j in group}
    unrated = tuple(j for j in range(n_items) if j not in rated)
    theta, converged = _maximum(parsed, n_items, precision) if rated else (np.zeros(n_items), True)
    # Of the prior alone they would have the worth of an average item.
    theta_of_rated = np.where(np.isin(np.arange(n_items), unrated), np.nan, theta)
    likelihood = sum((_log_probability(theta, ballot)[0] for ballot in parsed), 0.0)
    holds = {
        Flag.NO_RATINGS: bool(unrated) or not rated,
        Flag.NO_MAXIMUM: len(strong_components(parsed, n_items)) - len(unrated) > 1,
        Flag.NOT_CONVERGED: not converged,
    }
    return BucketPlackettLuce(
        log_worths=frozen(theta_of_rated),
        log_likelihood=likelihood,
        objective=likelihood - precision / 2 * float(theta @ theta),
        unrated_items=unrated,
        flags=tuple(flag for flag, held in holds.items() if held),
    )


def _maximum(
    ballots: Sequence[list[list[int]]], n_items: int, precision: float
) -> tuple[FloatArray, bool]:
    """The worths at the maximum, and whether the gradient says that it is one."""

    def target(theta: FloatArray) -> tuple[float, FloatArray]:
        value, gradient = precision / 2 * float(theta @ theta), precision * theta
        for ballot in ballots:
            log_p, slope = _log_probability(theta, ballot)
            value, gradient = value - log_p, gradient - slope
        return value, gradient

    found = minimize(
        target,
        np.zeros(n_items),
        jac=True,
        method="L-BFGS-B",
        options={"maxiter": 2000, "ftol": 1e-15, "gtol": 1e-9},
    )
    theta = np.asarray(found.x, dtype=np.float64)
    # By the gradient and not by what the search says of itself.
    return theta, bool(np.abs(target(theta)[1]).max() < 1e-4)


def _parse(partition: Partition, n_items: int, row: int) -> list[list[int]]:
    groups = [[int(j) for j in group] for group in partition if len(group)]
    items = [j for group in groups for j in group]
    if any(not 0 <= j < n_items for j in items):
        raise ValueError(f"ballot {row}: items are 0 to {n_items - 1}, got {items}")
    if len(set(items)) < len(items):
        raise ValueError(f"ballot {row}: an item stands on it twice: {items}")
    return groups


def _log_probability(theta: FloatArray, groups: list[list[int]]) -> tuple[float, FloatArray]:
    """The log-probability and its gradient; the last group follows from the others."""
    gradient = np.zeros_like(theta)
    total = 0.0
    for place, group in enumerate(groups[:-1]):
        rest = [j for later in groups[place + 1 :] for j in later]
        # Relative to the largest, so that no exponential overflows.
        top = theta[rest].max()
        worth_rest = np.exp(theta[rest] - top)
        log_rest = top + np.log(worth_rest.sum())
        log_integral, slope = _group_integral(np.exp(theta[group] - log_rest))
        total += log_integral
        gradient[group] += slope
        gradient[rest] -= slope.sum() * worth_rest / worth_rest.sum()
    return total, gradient


def _group_integral(exponents: FloatArray) -> tuple[float, FloatArray]:
    """log ∫₀¹ Π(1 − v^c) dv and its derivatives by log c."""
    log_v, log_measure = _USUAL if exponents.sum() <= _USUAL_LIMIT else _EXTREME
    powers = np.outer(exponents, log_v)
    missing = -np.expm1(powers)
    log_terms = np.log(missing).sum(axis=0) + log_measure
    top = log_terms.max()
    terms = np.exp(log_terms - top)
    slope = (-np.exp(powers) * powers / missing) @ terms / terms.sum()
    return float(top + np.log(terms.sum())), slope
