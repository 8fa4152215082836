"""How the ratings tie the units together, and where a comparison hangs on one person."""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import ArrayLike
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import connected_components

from analysis.statistics.findings import Finding, Flag
from analysis.statistics.ratings import BoolArray, IntArray, rating_matrix


@dataclass(frozen=True)
class Bridge:
    """What links two scopes: the raters with ratings in both, and what they weigh together.

    `effective` = Σ a·b/(a + b) over these raters, a and b their numbers of ratings in the two
    scopes: the precision of the comparison, counted in ratings.
    """

    scopes: tuple[Hashable, Hashable]
    raters: tuple[int, ...]
    ratings: int
    effective: float


@dataclass(frozen=True)
class Connectivity:
    """The bipartite graph of raters and units in figures; all indices are positions."""

    components: tuple[tuple[int, ...], ...]
    component_raters: tuple[tuple[int, ...], ...]
    cut_raters: tuple[int, ...]
    isolating_raters: tuple[int, ...]
    unrated_units: tuple[int, ...]
    design_rank: int
    bridges: tuple[Bridge, ...]
    findings: tuple[Finding, ...]

    @property
    def is_connected(self) -> bool:
        """Whether all units can be compared through common raters."""
        return len(self.components) <= 1


def connectivity(ratings: ArrayLike, scopes: Sequence[Hashable] | None = None) -> Connectivity:
    """Components, cut raters, bridges and design rank of a rating matrix (raters, units).

    `components`: units linked by common raters, in order of their first unit; a unit without
    ratings is one of its own. `cut_raters`: those whose removal splits a component, so that there
    are more of them than before. `isolating_raters`, among the cut ones: without them a unit that
    could be compared would have no rating left; the others part groups that both keep raters.
    `design_rank` = U + R − components of the graph, the rank of the fixed-effects design
    (Searle 1971, Linear Models, ch. 7). `scopes`: a label per unit, for instance the leader in
    charge; every pair of scopes then gets a `Bridge`.
    Raises ValueError when `scopes` has another length than the units.
    Connected does not mean well connected: read the bridges too.
    """
    rated = ~np.isnan(rating_matrix(ratings))
    labels = unit_components(rated)
    groups = _members(labels)
    raters = tuple(
        tuple(int(i) for i in np.flatnonzero(rated[:, group].any(axis=1))) for group in groups
    )
    unrated = tuple(int(j) for j in np.flatnonzero(~rated.any(axis=0)))
    idle_raters = int((~rated.any(axis=1)).sum())
    cuts = _cut_raters(rated)
    return Connectivity(
        components=groups,
        component_raters=raters,
        cut_raters=cuts,
        isolating_raters=tuple(i for i in cuts if _isolates(rated, i)),
        unrated_units=unrated,
        # Whoever rated nobody adds a column of zeros, which is no rank.
        design_rank=sum(rated.shape) - len(groups) - idle_raters,
        bridges=_bridges(rated, scopes) if scopes is not None else (),
        findings=_findings(rated, groups, cuts, unrated),
    )


def unit_components(rated: BoolArray) -> IntArray:
    """The component of each unit, numbered by first unit, from who rated whom (raters, units)."""
    # Raters and units as nodes of one graph: two units hang together over whoever rated both.
    raters, units = rated.shape
    i, j = np.nonzero(rated)
    nodes = raters + units
    links = csr_matrix((np.ones(i.size), (i, raters + j)), shape=(nodes, nodes))
    _, labels = connected_components(links, directed=False)
    labels = labels[raters:]
    order = {label: new for new, label in enumerate(dict.fromkeys(labels.tolist()))}
    return np.array([order[label] for label in labels.tolist()], dtype=np.int64)


def _members(labels: IntArray) -> tuple[tuple[int, ...], ...]:
    count = int(labels.max(initial=-1)) + 1
    return tuple(tuple(int(j) for j in np.flatnonzero(labels == c)) for c in range(count))


def _cut_raters(rated: BoolArray) -> tuple[int, ...]:
    """Only a rater who alone links some pair of units can be a cut; the few get looked at."""
    m = rated.astype(np.float64)
    together = m.T @ m
    lone_pairs = (together == 1) & ~np.eye(rated.shape[1], dtype=bool)
    lone_links = ((m @ lone_pairs) * m).sum(axis=1) > 0
    candidates = np.flatnonzero(lone_links | _only_rater_of_a_unit(rated))
    return tuple(int(i) for i in candidates if _splits(together, rated[i]))


def _only_rater_of_a_unit(rated: BoolArray) -> BoolArray:
    return np.asarray((rated & (rated.sum(axis=0) == 1)).any(axis=1), dtype=bool)


def _isolates(rated: BoolArray, rater: int) -> bool:
    return bool((rated[rater] & (rated.sum(axis=0) == 1)).any())


def _splits(together: np.ndarray, row: BoolArray) -> bool:
    mine = row.astype(np.float64)
    # The pairs of units that still have somebody in common without this rater.
    left = csr_matrix(together - np.outer(mine, mine) > 0)
    _, labels = connected_components(left, directed=False)
    return len(set(labels[row].tolist())) > 1


def _bridges(rated: BoolArray, scopes: Sequence[Hashable]) -> tuple[Bridge, ...]:
    if len(scopes) != rated.shape[1]:
        raise ValueError(f"{len(scopes)} scope labels for {rated.shape[1]} units; give one a unit")
    names = tuple(dict.fromkeys(scopes))
    counts = {name: rated[:, [scope == name for scope in scopes]].sum(axis=1) for name in names}
    return tuple(_bridge((a, b), counts[a], counts[b]) for a, b in combinations(names, 2))


def _bridge(names: tuple[Hashable, Hashable], a: IntArray, b: IntArray) -> Bridge:
    both = np.flatnonzero((a > 0) & (b > 0))
    a, b = a[both], b[both]
    return Bridge(
        scopes=names,
        raters=tuple(int(i) for i in both),
        ratings=int(a.sum() + b.sum()),
        # A difference of means over a and b ratings has the variance σ²(1/a + 1/b).
        effective=float((a * b / (a + b)).sum()),
    )


def _findings(
    rated: BoolArray,
    groups: tuple[tuple[int, ...], ...],
    cuts: tuple[int, ...],
    unrated: tuple[int, ...],
) -> tuple[Finding, ...]:
    found = []
    if unrated:
        found.append(Finding(Flag.NO_RATINGS, units=unrated))
    linked = [group for group in groups if group[0] not in unrated]
    if len(linked) > 1:
        found.append(_disconnected(linked))
    found.extend(_one_bridge(i, rated[i]) for i in cuts)
    return tuple(found)


def _disconnected(linked: list[tuple[int, ...]]) -> Finding:
    return Finding(Flag.DISCONNECTED, units=tuple(j for group in linked for j in group))


def _one_bridge(rater: int, row: BoolArray) -> Finding:
    return Finding(
        Flag.ONE_BRIDGE, units=tuple(int(j) for j in np.flatnonzero(row)), raters=(rater,)
    )
