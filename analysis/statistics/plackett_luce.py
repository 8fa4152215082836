"""The Plackett–Luce model of full and partial orders, with small ties; a cross-check only."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise, product

import numpy as np
from numpy.typing import ArrayLike
from scipy.optimize import minimize
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import connected_components

from analysis.statistics.findings import Flag
from analysis.statistics.ratings import FloatArray, IntArray, frozen, rating_matrix

# Beyond four the tied sets that a choice could have made grow too many to mean anything.
LARGEST_TIE = 4
PENALTY = 0.1
MOST_NEWTON_STEPS = 5
# Left of the gradient, in wins of an item: below, log-worths are right to seven digits.
ENOUGH = 1e-7

Ballot = Sequence[int | Sequence[int]]
Buckets = tuple[tuple[int, ...], ...]


@dataclass(frozen=True, eq=False)
class PlackettLuce:
    """A fitted model. `log_worths` sum to 0 over all items; `worths` sum to 1.

    `tie_log_prevalences`: (size, log δ) of each tie size that occurs. `covariance` belongs to
    the log-worths in the same constraint. `components` are the groups of items within which the
    maximum exists; one group means that it exists.
    """

    log_worths: FloatArray
    worths: FloatArray
    tie_log_prevalences: tuple[tuple[int, float], ...]
    log_likelihood: float
    penalty: float
    covariance: FloatArray | None
    components: tuple[tuple[int, ...], ...]
    flags: tuple[Flag, ...]

    @property
    def standard_errors(self) -> FloatArray:
        """Errors of the log-worths against the average item. Raises like the next."""
        return np.asarray(np.sqrt(np.maximum(np.diag(self._known_covariance()), 0.0)))

    def standard_errors_against(self, item: int) -> FloatArray:
        """Errors of the log-worths against one item, 0 for the item itself.

        Raises ValueError for a model that was fitted without errors.
        """
        v = self._known_covariance()
        return np.asarray(np.sqrt(np.maximum(np.diag(v) + v[item, item] - 2 * v[item], 0.0)))

    def _known_covariance(self) -> FloatArray:
        if self.covariance is None:
            raise ValueError("fitted without errors; fit again with with_errors=True")
        return self.covariance


def plackett_luce(
    ballots: Sequence[Ballot],
    n_items: int,
    *,
    penalty: float | None = None,
    with_errors: bool = True,
) -> PlackettLuce:
    """Worths of items from orders, best first, by maximum likelihood.

    P(j1 > j2 > …) = Π_s α_js / Σ_{t≥s} α_jt over the items of the ballot only (Luce 1959;
    Plackett 1975, Appl. Statist. 24:193). Ties of 2 to 4 by the generalised Davidson form
    f(S) = δ_|S| (Π α)^(1/|S|) (Turner et al. 2020, Comput. Statist. 35:1027).

    ballots: each a list of item numbers 0 … n_items−1, best first; a nested list is a tie.
    Items need not all be ranked. penalty: precision of a normal prior on the log-worths; None
    takes 0 if the maximum exists and 0.1 otherwise (then flagged NO_MAXIMUM; the log δ are
    penalised alike). It exists if and only if every split of the items has somebody of each part
    beating somebody of the other (Hunter 2004, Ann. Statist. 32:384, Assumption 1); with ties,
    where this is sufficient, every tie size must also have been avoided once.
    with_errors: whether to work out the covariance, the longer half of the time.
    Raises ValueError for unknown items, an item twice on a ballot, larger ties (those belong to
    `bucket_plackett_luce`), and for a penalty of 0 where no maximum exists.
    Do not read a worth of a penalised fit as a probability of winning.
    """
    orders = _find_orders(ballots, n_items)
    parsed = (
        []
        if orders is not None
        else [_parse(ballot, n_items, row) for row, ballot in enumerate(ballots)]
    )
    if penalty is not None and not penalty >= 0:
        raise ValueError(f"the penalty is 0 or more, got {penalty}")
    components = strong_components(parsed if orders is None else orders, n_items)
    # A group that is never beaten from outside would run off without end.
    exists = len(components) <= 1 and _ties_avoided(parsed)
    precision = (0.0 if exists else PENALTY) if penalty is None else float(penalty)
    if precision == 0.0 and not exists:
        raise ValueError(
            "without a penalty no maximum exists: items are not beaten both ways "
            f"({len(components)} groups)"
        )
    sizes = _sizes(parsed)
    fit = (
        _TiedFit(parsed, n_items)
        if sizes
        else _StrictFit(_filled(parsed, n_items) if orders is None else orders, n_items)
    )
    x, converged = _maximum(fit, precision)
    theta, worths = _scaled(x[:n_items])
    holds = {
        Flag.NO_MAXIMUM: not exists,
        Flag.NOT_CONVERGED: not converged,
        Flag.NO_RATINGS: orders is None and not any(parsed),
    }
    return PlackettLuce(
        log_worths=frozen(theta),
        worths=frozen(worths),
        tie_log_prevalences=tuple(
            (size, float(d)) for size, d in zip(sizes, x[n_items:], strict=True)
        ),
        log_likelihood=float(fit.value(x)[0]),
        penalty=precision,
        covariance=frozen(_covariance(fit, x, precision, n_items)) if with_errors else None,
        components=components,
        flags=tuple(flag for flag, held in holds.items() if held),
    )


def ballots_from_ranks(ranks: ArrayLike) -> tuple[tuple[tuple[int, ...], ...], ...]:
    """Ballots of a rank matrix (raters, items), 1 = best, equal = tied, NaN = not ranked."""
    rows = []
    for row in rating_matrix(ranks):
        levels = np.unique(row[~np.isnan(row)])
        rows.append(tuple(tuple(int(j) for j in np.flatnonzero(row == level)) for level in levels))
    return tuple(rows)


def strong_components(
    ballots: Sequence[Sequence[Sequence[int]]] | IntArray, n_items: int
) -> tuple[tuple[int, ...], ...]:
    """Groups of items that beat each other both ways, over others where need be.

    The maximum exists within a group only; ballots are lists of groups of item numbers, best
    first, or a table of orders. Links between neighbours carry the same paths.
    """
    links = np.zeros((n_items, n_items), dtype=np.int64)
    if isinstance(ballots, np.ndarray):
        links[ballots[:, :-1], ballots[:, 1:]] = 1
    else:
        beats = {
            pair
            for ballot in ballots
            for better, worse in pairwise(ballot)
            for pair in product(better, worse)
        }
        links[[better for better, _ in beats], [worse for _, worse in beats]] = 1
    _, labels = connected_components(csr_matrix(links), directed=True, connection="strong")
    order = dict.fromkeys(labels.tolist())
    return tuple(tuple(int(j) for j in np.flatnonzero(labels == label)) for label in order)


def _find_orders(ballots: Sequence[Ballot], n_items: int) -> IntArray | None:
    """Ballots of one length without ties as a table; None for others, and for what is wrong."""
    if len({len(ballot) for ballot in ballots}) != 1:
        return None
    try:
        orders = np.asarray(ballots)
    except ValueError:  # ties make it ragged
        return None
    if orders.ndim != 2 or orders.dtype.kind not in "iu" or orders.size == 0:
        return None
    ordered = np.sort(orders, axis=1)
    if ordered.min() < 0 or ordered.max() >= n_items or (ordered[:, 1:] == ordered[:, :-1]).any():
        return None
    return orders.astype(np.int64)


def _filled(ballots: Sequence[Buckets], n_items: int) -> IntArray:
    """Ballots without ties as a table; short ones are filled up with a ghost item of worth 0."""
    orders = [[bucket[0] for bucket in ballot] for ballot in ballots if len(ballot) > 1]
    table = np.full((len(orders), max(map(len, orders), default=0)), n_items, dtype=np.int64)
    for row, order in enumerate(orders):
        table[row, : len(order)] = order
    return table


def _parse(ballot: Ballot, n_items: int, row: int) -> Buckets:
    buckets = tuple(
        (int(b),) if isinstance(b, int | np.integer) else tuple(int(j) for j in b) for b in ballot
    )
    items = [j for bucket in buckets for j in bucket]
    if any(not 0 <= j < n_items for j in items):
        raise ValueError(f"ballot {row}: items are 0 to {n_items - 1}, got {items}")
    if len(set(items)) < len(items):
        raise ValueError(f"ballot {row}: an item stands on it twice: {items}")
    if max(map(len, buckets), default=0) > LARGEST_TIE:
        raise ValueError(f"ballot {row}: ties of more than {LARGEST_TIE} need bucket_plackett_luce")
    return tuple(bucket for bucket in buckets if bucket)


def _scaled(theta: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Log-worths that sum to 0, and worths that sum to 1."""
    if not theta.size:
        return theta, theta
    worth = np.exp(theta - theta.max())
    return theta - theta.mean(), worth / worth.sum()


def _sizes(ballots: Iterable[Buckets]) -> tuple[int, ...]:
    return tuple(sorted({len(b) for ballot in ballots for b in ballot if len(b) > 1}))


def _ties_avoided(ballots: Sequence[Buckets]) -> bool:
    """Whether a tie of every size that occurs was possible, and not chosen, at least once."""
    sizes = _sizes(ballots)
    choices = [choice for ballot in ballots for choice in _choices(ballot)] if sizes else []
    return all(
        any(len(open_items) >= size != len(chosen) for chosen, open_items in choices)
        for size in sizes
    )


class _StrictFit:
    """The likelihood without ties, over all ballots at once by sums from the last place up."""

    def __init__(self, order: IntArray, n_items: int) -> None:
        self.n_items = n_items
        self.order = order
        # The ghost has worth 0 and the number after the last item.
        there = order < n_items
        self.chosen = there.copy()
        # The last one standing was not chosen.
        self.chosen[:, :-1] &= there[:, 1:]
        self.chosen[:, -1:] = False
        self.wins = np.bincount(order[self.chosen], minlength=n_items).astype(np.float64)
        self.n_parameters = n_items
        self.scale = np.maximum(self.wins, 1.0)
        # Written over at every step: fresh memory of this size costs more than the sums.
        self.worth, self.sums = np.empty(order.shape), np.empty(order.shape)

    def start(self) -> FloatArray:
        """One step of the classical iteration from equal worths (Hunter 2004)."""
        expected = self.wins - self.value(np.zeros(self.n_items))[1]
        # Who has won nothing would start without end below.
        start = np.log(np.maximum(self.wins, 0.5) / np.maximum(expected, 0.5))
        return np.asarray(start - start.mean(), dtype=np.float64)

    def _stages(self, theta: FloatArray) -> tuple[FloatArray, FloatArray]:
        worth = np.append(np.exp(theta - theta.max(initial=0.0)), 0.0)
        np.take(worth, self.order, out=self.worth, mode="clip")
        np.cumsum(self.worth[:, ::-1], axis=1, out=self.sums[:, ::-1])
        np.copyto(self.sums, 1.0, where=~self.chosen)
        return self.worth, self.sums

    def value(self, theta: FloatArray) -> tuple[float, FloatArray]:
        """Log-likelihood and gradient."""
        worth, at_risk = self._stages(theta)
        shifted = theta - theta.max(initial=0.0)
        value = self.wins @ shifted - np.log(at_risk).sum()
        np.divide(1.0, at_risk, out=at_risk)
        np.copyto(at_risk, 0.0, where=~self.chosen)
        inverse = np.cumsum(at_risk, axis=1, out=at_risk)
        expected = np.bincount(
            self.order.ravel(),
            np.multiply(worth, inverse, out=worth).ravel(),
            minlength=self.n_items + 1,
        )
        return float(value), self.wins - expected[: self.n_items]

    def information(self, theta: FloatArray) -> FloatArray:
        """Minus the second derivatives: Σ over choices of diag(p) − pp'."""
        worth, at_risk = self._stages(theta)
        once = np.cumsum(np.where(self.chosen, 1.0 / at_risk, 0.0), axis=1)
        twice = np.cumsum(np.where(self.chosen, 1.0 / at_risk**2, 0.0), axis=1)
        diagonal = np.bincount(self.order.ravel(), (worth * once).ravel(), self.n_items + 1)
        matrix = np.diag(diagonal)
        place = np.arange(self.order.shape[1])
        earlier = np.minimum.outer(place, place)
        for order, w, t in zip(self.order, worth, twice, strict=True):
            matrix[np.ix_(order, order)] -= np.outer(w, w) * t[earlier]
        return np.asarray(matrix[: self.n_items, : self.n_items], dtype=np.float64)


class _TiedFit:
    """The likelihood with ties of the sizes that occur; x = log-worths, then log δ."""

    def __init__(self, ballots: Sequence[Buckets], n_items: int) -> None:
        self.n_items = n_items
        self.sizes = _sizes(ballots)
        self.choices = [choice for ballot in ballots for choice in _choices(ballot)]
        self.n_parameters = n_items + len(self.sizes)
        self.scale = np.ones(self.n_parameters)

    def start(self) -> FloatArray:
        """Equal worths."""
        return np.zeros(self.n_parameters)

    def value(self, x: FloatArray) -> tuple[float, FloatArray]:
        """Log-likelihood and gradient."""
        theta, log_delta = x[: self.n_items], x[self.n_items :]
        total, gradient = 0.0, np.zeros_like(x)
        for chosen, open_items in self.choices:
            top = theta[open_items].max()
            size = len(chosen)
            total += float((theta[chosen] - top).mean())
            gradient[chosen] += 1.0 / size
            if size > 1:
                k = self.sizes.index(size)
                total += float(log_delta[k])
                gradient[self.n_items + k] += 1.0
            log_sum, slope, tie_slope = self._normaliser(theta[open_items] - top, log_delta)
            total -= log_sum
            gradient[open_items] -= slope
            gradient[self.n_items :] -= tie_slope
        return total, gradient

    def _normaliser(
        self, theta: FloatArray, log_delta: FloatArray
    ) -> tuple[float, FloatArray, FloatArray]:
        """log Σ over the sets that could have been chosen, and its derivatives."""
        worth = np.exp(theta)
        total, slope = float(worth.sum()), worth.copy()
        tie_parts = np.zeros(log_delta.size)
        for k, size in enumerate(self.sizes):
            if size <= theta.size:
                root = np.exp(theta / size)
                whole, without = _symmetric_sums(root, size)
                delta = float(np.exp(log_delta[k]))
                tie_parts[k] = delta * whole
                slope += delta * root * without / size
        total += float(tie_parts.sum())
        return float(np.log(total)), slope / total, tie_parts / total

    def information(self, x: FloatArray) -> FloatArray:
        """Minus the second derivatives, by central differences of the exact gradient."""
        step = 1e-5
        columns = [
            (self.value(x - step * unit)[1] - self.value(x + step * unit)[1]) / (2 * step)
            for unit in np.eye(x.size)
        ]
        matrix = np.array(columns)
        return np.asarray((matrix + matrix.T) / 2, dtype=np.float64)


def _choices(ballot: Buckets) -> list[tuple[list[int], list[int]]]:
    """Each choice with the items that were open; the last one standing was not chosen."""
    found = []
    for place, bucket in enumerate(ballot):
        open_items = [j for later in ballot[place:] for j in later]
        if len(open_items) > 1:
            found.append((list(bucket), open_items))
    return found


def _symmetric_sums(values: FloatArray, size: int) -> tuple[float, FloatArray]:
    """The elementary symmetric polynomial of a degree, and the one below without each value."""
    sums = [1.0]
    for power in _power_sums(values, size):
        degree = len(sums)
        signs = [(-1.0) ** k * sums[degree - 1 - k] * p for k, p in enumerate(power)]
        sums.append(sum(signs) / degree)
    without = np.ones_like(values)
    for degree in range(1, size):
        without = sums[degree] - values * without
    return sums[size], without


def _power_sums(values: FloatArray, size: int) -> list[list[float]]:
    powers = [float((values**k).sum()) for k in range(1, size + 1)]
    return [powers[:k] for k in range(1, size + 1)]


def _maximum(fit: _StrictFit | _TiedFit, precision: float) -> tuple[FloatArray, bool]:
    """L-BFGS, then Newton steps until nothing is left of the gradient."""
    if fit.n_parameters == 0:
        return np.zeros(0), True

    def target(x: FloatArray) -> tuple[float, FloatArray]:
        value, gradient = fit.value(x)
        return precision / 2 * float(x @ x) - value, precision * x - gradient

    found = minimize(
        target,
        fit.start(),
        jac=True,
        method="L-BFGS-B",
        options={"maxiter": 2000, "ftol": 1e-15, "gtol": 1e-9, "maxcor": 20},
    )
    x = np.asarray(found.x, dtype=np.float64)
    gradient, steps = target(x)[1], 0
    while np.abs(gradient / fit.scale).max() >= ENOUGH and steps < MOST_NEWTON_STEPS:
        matrix = fit.information(x) + precision * np.eye(x.size)
        # By least squares: only differences of log-worths are known, so the matrix has no inverse.
        x = x - np.linalg.lstsq(matrix, gradient, rcond=1e-12)[0]
        gradient, steps = target(x)[1], steps + 1
    return x, bool(np.abs(gradient / fit.scale).max() < 1e-5)


def _covariance(
    fit: _StrictFit | _TiedFit, x: FloatArray, precision: float, n_items: int
) -> FloatArray:
    if n_items == 0:
        return np.zeros((0, 0))
    matrix = fit.information(x) + precision * np.eye(x.size)
    # For the same reason; the centre then takes the free direction out.
    inverse = np.linalg.pinv(matrix, rcond=1e-10, hermitian=True)[:n_items, :n_items]
    centre = np.eye(n_items) - 1.0 / n_items
    return np.asarray(centre @ inverse @ centre, dtype=np.float64)
