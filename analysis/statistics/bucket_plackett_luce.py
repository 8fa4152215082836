"""Plackett–Luce for forced grades: exact probabilities of ordered groups of any size."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.optimize import minimize
from scipy.special import expit, ndtri

from analysis.statistics.findings import Flag
from analysis.statistics.plackett_luce import strong_components
from analysis.statistics.ratings import FloatArray, IntArray, frozen

# The rule of the method: 40 Gauss–Legendre nodes in v = z⁸. Exact to 1e-12 while the exponents of a
# group sum to 30, to 1e-6 at 64, and off by 1e-3 at a few hundred.


def _rule(count: int) -> tuple[FloatArray, FloatArray]:
    """log v and the logarithm of what each node counts for."""
    nodes, weights = np.polynomial.legendre.leggauss(count)
    log_z = np.log((nodes + 1) / 2)
    return 8 * log_z, np.log(4 * weights) + 7 * log_z


_USUAL = _rule(40)
# As exact with half as many for small groups whose exponents sum to little: most groups are such.
_EASY = _rule(20)
_EASY_SIZE, _EASY_LIMIT = 5, 4.0
# Beyond, v = exp(−exp(t)) makes the integrand smooth on the scale of 1 whatever the worths are,
# and the trapezoid rule is exact to 1e-13 with this step.
_STEP = 0.25
_T = np.arange(-38.0, 7.0, _STEP)
_EXTREME = (-np.exp(_T), _T - np.exp(_T) + np.log(_STEP))
_USUAL_LIMIT = 64.0
# The logarithm of the largest exponent that is told from a larger one.
LARGEST = 300.0
# Log-worths of middling certainty over normal scores: where the search starts, and no more.
STRETCH = 1.5
# Numbers worked on at once.
AT_ONCE = 60_000

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
    return _Likelihood([_parse(partition, theta.size, 0)], theta.size).value(theta)[0]


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
    likelihood = _Likelihood(parsed, n_items).value(theta)[0]
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
    likelihood = _Likelihood(ballots, n_items)

    def target(theta: FloatArray) -> tuple[float, FloatArray]:
        value, gradient = likelihood.value(theta)
        return precision / 2 * float(theta @ theta) - value, precision * theta - gradient

    found = minimize(
        target,
        likelihood.start(),
        jac=True,
        method="L-BFGS-B",
        # In proportion to the ballots, as what rounding leaves of the gradient is.
        options={"maxiter": 2000, "ftol": 1e-15, "gtol": 2e-7 * len(ballots), "maxcor": 20},
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


@dataclass(frozen=True, eq=False)
class _Groups:
    """All groups of one size but the last of each ballot, from all ballots.

    `items` (groups, size); `ballots` and `ends` say after which place of which ballot one ends.
    """

    items: IntArray
    ballots: IntArray
    ends: IntArray


class _Likelihood:
    """The log-probability of all ballots at once; of each the last group follows."""

    def __init__(self, ballots: Sequence[list[list[int]]], n_items: int) -> None:
        orders = [[j for group in ballot for j in group] for ballot in ballots]
        self.middles = [_middles(ballot) for ballot in ballots]
        self.n_items = n_items
        # Short ballots are filled up with a ghost, which is never worth anything.
        self.order = np.full((len(orders), max(map(len, orders), default=0)), n_items)
        for row, order in enumerate(orders):
            self.order[row, : len(order)] = order
        self.groups = _by_size(ballots)

    def start(self) -> FloatArray:
        """Near the maximum: the mean normal score of an item's places, stretched to log-worths."""
        total, number = np.zeros((2, self.n_items + 1))
        for row, middles in enumerate(self.middles):
            items = self.order[row, : len(middles)]
            total[items] += ndtri(np.array(middles) / len(middles))
            number[items] += 1.0
        return np.asarray(-STRETCH * (total / np.maximum(number, 1.0))[: self.n_items])

    def value(self, theta: FloatArray) -> tuple[float, FloatArray]:
        """Log-likelihood and gradient, all in logarithms: worths may lie any distance apart."""
        in_order = np.append(theta, -np.inf)[self.order]
        # log Σ of the worths from each place to the end of the ballot.
        rest = np.logaddexp.accumulate(in_order[:, ::-1], axis=1)[:, ::-1]
        total, gradient = 0.0, np.zeros(self.n_items + 1)
        # What every item of the later groups loses, by the place after which they begin.
        lost = np.full(self.order.shape, -np.inf)
        for groups in self.groups:
            log_rest = rest[groups.ballots, groups.ends]
            log_integrals, slopes = _integrals(theta[groups.items] - log_rest[:, np.newaxis])
            total += float(log_integrals.sum())
            gradient += np.bincount(groups.items.ravel(), slopes.ravel(), self.n_items + 1)
            lost[groups.ballots, groups.ends] = np.log(slopes.sum(axis=1)) - log_rest
        falls = np.exp(in_order + np.logaddexp.accumulate(lost, axis=1))
        gradient -= np.bincount(self.order.ravel(), falls.ravel(), self.n_items + 1)
        return total, gradient[: self.n_items]


def _middles(ballot: list[list[int]]) -> list[float]:
    """The middle of the places that each item's group holds, in the order of the ballot."""
    found: list[float] = []
    for group in ballot:
        found += [len(found) + len(group) / 2] * len(group)
    return found


def _by_size(ballots: Sequence[list[list[int]]]) -> list[_Groups]:
    found: dict[int, list[tuple[list[int], int, int]]] = defaultdict(list)
    for row, ballot in enumerate(ballots):
        end = 0
        for group in ballot[:-1]:
            end += len(group)
            found[len(group)].append((group, row, end))
    return [
        _Groups(*(np.array(column) for column in zip(*found[size], strict=True)))
        for size in sorted(found)
    ]


def _integrals(log_exponents: FloatArray) -> tuple[FloatArray, FloatArray]:
    """log ∫₀¹ Π(1 − v^c) dv of groups of one size, and the derivatives by log c."""
    # Beyond, nothing changes but that numbers would overflow.
    log_c = np.minimum(log_exponents, LARGEST)
    if log_c.shape[1] == 1:
        # c/(1 + c), the choice of Plackett and Luce.
        return -np.logaddexp(0.0, -log_c[:, 0]), expit(-log_c)
    c = np.exp(log_c)
    if log_c.shape[1] == 2:
        return _pair_integrals(log_c, c)
    values, slopes = np.empty(len(c)), np.empty(c.shape)
    sums = c.sum(axis=1)
    easy = sums <= (_EASY_LIMIT if c.shape[1] <= _EASY_SIZE else 0.0)
    usual = sums <= _USUAL_LIMIT
    kinds = ((easy, _EASY), (usual & ~easy, _USUAL), (~usual, _EXTREME))
    for rows, (log_v, log_measure) in kinds:
        # Few enough at a time to stay in the processor's cache.
        where = np.flatnonzero(rows)
        step = max(1, AT_ONCE // (c.shape[1] * log_v.size))
        for start in range(0, where.size, step):
            part = where[start : start + step]
            values[part], slopes[part] = _quadrature(c[part], log_v, log_measure)
    return values, slopes


def _pair_integrals(log_c: FloatArray, c: FloatArray) -> tuple[FloatArray, FloatArray]:
    """ab(2 + a + b)/((1 + a)(1 + b)(1 + a + b)), worked out of the four terms of the product."""
    both = c.sum(axis=1, keepdims=True)
    values = (log_c - np.log1p(c)).sum(axis=1) + (np.log(2 + both) - np.log1p(both))[:, 0]
    return values, 1 / (1 + c) + c / (2 + both) - c / (1 + both)


def _quadrature(
    c: FloatArray, log_v: FloatArray, log_measure: FloatArray
) -> tuple[FloatArray, FloatArray]:
    powers = c[:, :, np.newaxis] * log_v
    missing = -np.expm1(powers)
    log_terms = np.log(missing).sum(axis=1) + log_measure
    top = log_terms.max(axis=1, keepdims=True)
    terms = np.exp(log_terms - top)
    whole = terms.sum(axis=1, keepdims=True)
    # v^c is what is missing to 1.
    powers *= missing - 1.0
    powers /= missing
    slopes = (powers @ (terms / whole)[:, :, np.newaxis])[:, :, 0]
    return (top + np.log(whole))[:, 0], slopes
