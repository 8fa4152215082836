"""The likelihoods of Plackett–Luce models, without ties and with, and where they are highest."""

from collections import defaultdict
from collections.abc import Mapping

import numpy as np
from scipy.optimize import minimize

from analysis.statistics.ratings import FloatArray, IntArray

MOST_NEWTON_STEPS = 5
# Left of the gradient, in wins of an item: below, log-worths are right to seven digits.
ENOUGH = 1e-7

Buckets = tuple[tuple[int, ...], ...]


class StrictLikelihood:
    """The likelihood without ties, over all ballots at once by sums from the last place up.

    `weights`: how often each ballot counts, None for once.
    """

    def __init__(self, order: IntArray, n_items: int, weights: FloatArray | None = None) -> None:
        self.n_items = n_items
        self.order = order
        self.weights = weights
        # The ghost has worth 0 and the number after the last item.
        there = order < n_items
        self.chosen = there.copy()
        # The last one standing was not chosen.
        self.chosen[:, :-1] &= there[:, 1:]
        self.chosen[:, -1:] = False
        # A ballot counts at every place of it.
        places = None if weights is None else np.broadcast_to(weights[:, np.newaxis], order.shape)
        self.wins = np.bincount(
            order[self.chosen], None if places is None else places[self.chosen], minlength=n_items
        ).astype(np.float64)
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
        logs = np.log(at_risk).sum(axis=1)
        value = self.wins @ shifted - (logs.sum() if self.weights is None else self.weights @ logs)
        np.divide(1.0, at_risk, out=at_risk)
        np.copyto(at_risk, 0.0, where=~self.chosen)
        if self.weights is not None:
            np.multiply(at_risk, self.weights[:, np.newaxis], out=at_risk)
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
        often = 1.0 if self.weights is None else self.weights[:, np.newaxis]
        once = np.cumsum(np.where(self.chosen, often / at_risk, 0.0), axis=1)
        twice = np.cumsum(np.where(self.chosen, often / at_risk**2, 0.0), axis=1)
        diagonal = np.bincount(self.order.ravel(), (worth * once).ravel(), self.n_items + 1)
        matrix = np.diag(diagonal)
        place = np.arange(self.order.shape[1])
        earlier = np.minimum.outer(place, place)
        for order, w, t in zip(self.order, worth, twice, strict=True):
            matrix[np.ix_(order, order)] -= np.outer(w, w) * t[earlier]
        return np.asarray(matrix[: self.n_items, : self.n_items], dtype=np.float64)


class TiedLikelihood:
    """The likelihood with ties of the sizes that occur; x = log-worths, then log δ.

    Ballots of one content are one term, and so are choices from one set of open items, whatever
    was chosen: what was enters by sums alone.
    """

    def __init__(self, ballots: Mapping[Buckets, float], n_items: int) -> None:
        self.n_items = n_items
        self.sizes = tie_sizes(ballots)
        self.n_parameters = n_items + len(self.sizes)
        self.wins = np.zeros(self.n_parameters)
        often: dict[tuple[int, ...], float] = defaultdict(float)
        for ballot, weight in ballots.items():
            for chosen, open_items in list_choices(ballot):
                for j in chosen:
                    self.wins[j] += weight / len(chosen)
                if len(chosen) > 1:
                    self.wins[n_items + self.sizes.index(len(chosen))] += weight
                often[tuple(sorted(open_items))] += weight
        self.scale = np.maximum(self.wins, 1.0)
        lengths = sorted({len(items) for items in often})
        by_length = [[items for items in often if len(items) == n] for n in lengths]
        self.stages = [
            (np.array(sets, dtype=np.int64), np.array([often[items] for items in sets]))
            for sets in by_length
        ]

    def start(self) -> FloatArray:
        """Equal worths."""
        return np.zeros(self.n_parameters)

    def value(self, x: FloatArray) -> tuple[float, FloatArray]:
        """Log-likelihood and gradient."""
        theta, log_delta = x[: self.n_items], x[self.n_items :]
        total, gradient = float(self.wins @ x), self.wins.copy()
        for items, weight in self.stages:
            open_theta = theta[items]
            top = open_theta.max(axis=1)
            log_sum, slope, tie_slope = self._normalisers(
                open_theta - top[:, np.newaxis], log_delta
            )
            total -= float(weight @ (top + log_sum))
            falls = (weight[:, np.newaxis] * slope).ravel()
            gradient[: self.n_items] -= np.bincount(items.ravel(), falls, self.n_items)
            gradient[self.n_items :] -= weight @ tie_slope
        return total, gradient

    def _normalisers(
        self, theta: FloatArray, log_delta: FloatArray
    ) -> tuple[FloatArray, FloatArray, FloatArray]:
        """log Σ over the sets that could have been chosen, and its derivatives, a row a set."""
        slope = np.exp(theta)
        total = slope.sum(axis=1)
        tie_parts = np.zeros((len(theta), log_delta.size))
        for k, size in enumerate(self.sizes):
            if size <= theta.shape[1]:
                root = np.exp(theta / size)
                whole, without = _symmetric_sums(root, size)
                delta = float(np.exp(log_delta[k]))
                tie_parts[:, k] = delta * whole
                slope += delta * root * without / size
        total = total + tie_parts.sum(axis=1)
        shares = total[:, np.newaxis]
        return np.log(total), slope / shares, tie_parts / shares

    def information(self, x: FloatArray) -> FloatArray:
        """Minus the second derivatives, by central differences of the exact gradient."""
        step = 1e-5
        columns = [
            (self.value(x - step * unit)[1] - self.value(x + step * unit)[1]) / (2 * step)
            for unit in np.eye(x.size)
        ]
        matrix = np.array(columns)
        return np.asarray((matrix + matrix.T) / 2, dtype=np.float64)


def tie_sizes(ballots: Mapping[Buckets, float]) -> tuple[int, ...]:
    """The sizes of the ties that occur, smallest first."""
    return tuple(sorted({len(b) for ballot in ballots for b in ballot if len(b) > 1}))


def list_choices(ballot: Buckets) -> list[tuple[list[int], list[int]]]:
    """Each choice with the items that were open; the last one standing was not chosen."""
    found = []
    for place, bucket in enumerate(ballot):
        open_items = [j for later in ballot[place:] for j in later]
        if len(open_items) > 1:
            found.append((list(bucket), open_items))
    return found


def maximum(fit: StrictLikelihood | TiedLikelihood, precision: float) -> tuple[FloatArray, bool]:
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


def centred_covariance(
    fit: StrictLikelihood | TiedLikelihood, x: FloatArray, precision: float, n_items: int
) -> FloatArray:
    """The covariance of log-worths that sum to 0."""
    if n_items == 0:
        return np.zeros((0, 0))
    matrix = fit.information(x) + precision * np.eye(x.size)
    # For the same reason; the centre then takes the free direction out.
    inverse = np.linalg.pinv(matrix, rcond=1e-10, hermitian=True)[:n_items, :n_items]
    centre = np.eye(n_items) - 1.0 / n_items
    return np.asarray(centre @ inverse @ centre, dtype=np.float64)


def _symmetric_sums(values: FloatArray, size: int) -> tuple[FloatArray, FloatArray]:
    """The elementary symmetric polynomial of a degree of every row, and the one below without
    each value."""
    sums = np.zeros((size + 1, len(values)))
    sums[0] = 1.0
    for column in values.T:
        for degree in range(size, 0, -1):
            sums[degree] += column * sums[degree - 1]
    without = np.ones_like(values)
    for degree in range(1, size):
        without = sums[degree][:, np.newaxis] - values * without
    return sums[size], without
