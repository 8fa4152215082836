"""The Plackett–Luce model of full and partial orders, with small ties; a cross-check only."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise, product

import numpy as np
from numpy.typing import ArrayLike
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import connected_components

from analysis.statistics.findings import Flag
from analysis.statistics.order_likelihoods import (
    Buckets,
    StrictLikelihood,
    TiedLikelihood,
    centred_covariance,
    list_choices,
    maximum,
    tie_sizes,
)
from analysis.statistics.ratings import FloatArray, IntArray, frozen, rating_matrix

# Beyond four the tied sets that a choice could have made grow too many to mean anything.
LARGEST_TIE = 4
PENALTY = 0.1

Ballot = Sequence[int | Sequence[int]]


@dataclass(frozen=True, eq=False)
class PlackettLuce:
    """A fitted model. `log_worths` sum to 0 over the compared items; `worths` sum to 1.

    `unrated_items` were compared with nobody: they have no worth (NaN) and no place.

    `tie_log_prevalences`: (size, log δ) of each tie size that occurs. `covariance` belongs to
    the log-worths of the compared items, in their order and the same constraint. `components` are
    the groups of compared items within which the maximum exists; one group means that it exists.
    """

    log_worths: FloatArray
    worths: FloatArray
    tie_log_prevalences: tuple[tuple[int, float], ...]
    log_likelihood: float
    penalty: float
    covariance: FloatArray | None
    components: tuple[tuple[int, ...], ...]
    unrated_items: tuple[int, ...]
    flags: tuple[Flag, ...]

    @property
    def standard_errors(self) -> FloatArray:
        """Errors of the log-worths against the average item. Raises like the next."""
        variances = np.maximum(np.diag(self._known_covariance()), 0.0)
        return _among_all(np.sqrt(variances), self._rated, self.log_worths.size)

    def standard_errors_against(self, item: int) -> FloatArray:
        """Errors of the log-worths against one item, 0 for the item itself.

        Raises ValueError for a model that was fitted without errors, and for an unrated item.
        """
        v = self._known_covariance()
        place = np.flatnonzero(self._rated == item)
        if not place.size:
            raise ValueError(f"item {item} was compared with nobody; choose another")
        own = v[place[0]]
        variances = np.maximum(np.diag(v) + own[place[0]] - 2 * own, 0.0)
        return _among_all(np.sqrt(variances), self._rated, self.log_worths.size)

    @property
    def _rated(self) -> IntArray:
        return np.flatnonzero(~np.isnan(self.log_worths))

    def _known_covariance(self) -> FloatArray:
        if self.covariance is None:
            raise ValueError("fitted without errors; fit again with with_errors=True")
        return self.covariance


def plackett_luce(
    ballots: Sequence[Ballot],
    n_items: int,
    *,
    weights: Sequence[float] | None = None,
    penalty: float | None = None,
    with_errors: bool = True,
) -> PlackettLuce:
    """Worths of items from orders, best first, by maximum likelihood.

    P(j1 > j2 > …) = Π_s α_js / Σ_{t≥s} α_jt over the items of the ballot only (Luce 1959;
    Plackett 1975, Appl. Statist. 24:193). Ties of 2 to 4 by the generalised Davidson form
    f(S) = δ_|S| (Π α)^(1/|S|) (Turner et al. 2020, Comput. Statist. 35:1027).

    ballots: each a list of item numbers 0 … n_items−1, best first; a nested list is a tie.
    Items need not all be ranked; those on no ballot with another item are `unrated_items` (flagged
    NO_RATINGS). weights: how often each ballot was cast, 0 or more, once where None; the errors
    take them for numbers of independent ballots.
    penalty: precision of a normal prior on the log-worths; None takes 0 if the maximum exists and
    0.1 otherwise (then flagged NO_MAXIMUM; the log δ are penalised alike). It exists if and only
    if every split of the items has somebody of each part beating somebody of the other (Hunter
    2004, Ann. Statist. 32:384, Assumption 1); with ties, where this is sufficient, every tie size
    must also have been avoided once.
    with_errors: whether to work out the covariance, the longer half of the time.
    Raises ValueError for unknown items, an item twice on a ballot, larger ties (those belong to
    `bucket_plackett_luce`), weights that don't fit, and for a penalty of 0 where no maximum exists.
    Do not read a worth of a penalised fit as a probability of winning.
    """
    if penalty is not None and not penalty >= 0:
        raise ValueError(f"the penalty is 0 or more, got {penalty}")
    often = _frequencies(ballots, weights)
    orders = _find_orders(ballots, n_items) if often is None else None
    counted = {} if orders is not None else _counted(ballots, n_items, often)
    rated = _rated(orders if orders is not None else counted, n_items)
    if rated.size < n_items:
        # Only who was compared is fitted, under numbers of their own.
        number = np.zeros(n_items, dtype=np.int64)
        number[rated] = np.arange(rated.size)
        orders = None if orders is None else number[orders]
        counted = {
            tuple(tuple(int(number[j]) for j in bucket) for bucket in ballot): n
            for ballot, n in counted.items()
        }
    components = strong_components(list(counted) if orders is None else orders, rated.size)
    # A group that is never beaten from outside would run off without end.
    exists = len(components) <= 1 and _ties_avoided(counted)
    precision = (0.0 if exists else PENALTY) if penalty is None else float(penalty)
    if precision == 0.0 and not exists:
        raise ValueError(
            "without a penalty no maximum exists: items are not beaten both ways "
            f"({len(components)} groups)"
        )
    sizes = tie_sizes(counted)
    fit = TiedLikelihood(counted, rated.size) if sizes else _strict(counted, orders, rated.size)
    x, converged = maximum(fit, precision)
    theta, worths = _scaled(x[: rated.size])
    holds = {
        Flag.NO_MAXIMUM: not exists,
        Flag.NOT_CONVERGED: not converged,
        Flag.NO_RATINGS: rated.size < max(n_items, 1),
    }
    covariance = centred_covariance(fit, x, precision, rated.size) if with_errors else None
    return PlackettLuce(
        log_worths=frozen(_among_all(theta, rated, n_items)),
        worths=frozen(_among_all(worths, rated, n_items)),
        tie_log_prevalences=tuple(
            (size, float(d)) for size, d in zip(sizes, x[rated.size :], strict=True)
        ),
        log_likelihood=float(fit.value(x)[0]),
        penalty=precision,
        covariance=None if covariance is None else frozen(covariance),
        components=tuple(tuple(int(rated[j]) for j in group) for group in components),
        unrated_items=tuple(sorted(set(range(n_items)) - set(rated.tolist()))),
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
    if orders.ndim != 2 or orders.dtype.kind not in "iu" or orders.size == 0 or len(orders[0]) < 2:
        return None
    ordered = np.sort(orders, axis=1)
    if ordered.min() < 0 or ordered.max() >= n_items or (ordered[:, 1:] == ordered[:, :-1]).any():
        return None
    return orders.astype(np.int64)


def _frequencies(ballots: Sequence[Ballot], weights: Sequence[float] | None) -> list[float] | None:
    if weights is None:
        return None
    often = [float(weight) for weight in weights]
    if len(often) != len(ballots) or not all(0 <= weight < np.inf for weight in often):
        raise ValueError(f"give each of {len(ballots)} ballots a weight of 0 or more")
    return often


def _counted(
    ballots: Sequence[Ballot], n_items: int, often: Sequence[float] | None
) -> dict[Buckets, float]:
    """How often each ballot was cast that compares anybody with anybody."""
    counted: dict[Buckets, float] = defaultdict(float)
    for row, ballot in enumerate(ballots):
        parsed = _parse(ballot, n_items, row)
        weight = 1.0 if often is None else often[row]
        if weight and sum(map(len, parsed)) > 1:
            counted[parsed] += weight
    return dict(counted)


def _rated(ballots: Mapping[Buckets, float] | IntArray, n_items: int) -> IntArray:
    """The numbers of the items that stand on a ballot with another one."""
    found = np.zeros(n_items, dtype=bool)
    if isinstance(ballots, np.ndarray):
        found[ballots.ravel()] = True
    else:
        found[[j for ballot in ballots for bucket in ballot for j in bucket]] = True
    return np.flatnonzero(found)


def _strict(
    counted: Mapping[Buckets, float], orders: IntArray | None, n_items: int
) -> StrictLikelihood:
    if orders is not None:
        return StrictLikelihood(orders, n_items)
    return StrictLikelihood(
        _filled(counted, n_items), n_items, np.array(list(counted.values()), dtype=np.float64)
    )


def _among_all(values: FloatArray, rated: IntArray, n_items: int) -> FloatArray:
    """What was worked out of the rated items, in its place among all; NaN for the others."""
    full = np.full(n_items, np.nan)
    full[rated] = values
    return full


def _filled(ballots: Iterable[Buckets], n_items: int) -> IntArray:
    """Ballots without ties as a table; short ones are filled up with a ghost item of worth 0."""
    orders = [[bucket[0] for bucket in ballot] for ballot in ballots]
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


def _ties_avoided(ballots: Mapping[Buckets, float]) -> bool:
    """Whether a tie of every size that occurs was possible, and not chosen, at least once."""
    sizes = tie_sizes(ballots)
    choices = [choice for ballot in ballots for choice in list_choices(ballot)] if sizes else []
    return all(
        any(len(open_items) >= size != len(chosen) for chosen, open_items in choices)
        for size in sizes
    )
