"""Whether units that rate each other return favours, or favour their own cluster, on the whole.

Each relation gives a handful of rounded numbers; no pair and no ballot is ever told of. For
reference only, like all diagnostics.
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from analysis.examining.diagnostics import ResidualTable
from analysis.score.facts import Facts
from analysis.statistics.clusters import cluster_preference
from analysis.statistics.ratings import BoolArray, FloatArray
from analysis.statistics.reciprocity import bipartite_reciprocity, global_reciprocity

FavourKind = Literal["mutual", "cluster"]

# Below so many rating units on a side there is no power worth the name, and few enough ways to
# put ballots beside units that a number could tell which is whose.
LEAST_GIVERS = 10
_ROUNDING = 1e-9


@dataclass(frozen=True)
class Favour:
    """One test over everybody, rounded to what a reader needs.

    `mutual`: what rater group `forth` gives against what `back` returns, the same group where
    units of one category rate each other; `effect` is their correlation. `cluster`: ratings by
    `forth` of category `back`; `effect` is how much higher, in standard deviations of a rating,
    units rate those of their own cluster. `givers` and `takers` are the units that rated on
    either side (of a cluster test: raters, and units rated), `cells` the pairs, or the ratings
    inside clusters. `p` is one-sided, by permutation, and rounded up to one digit.
    """

    kind: FavourKind
    forth: str
    back: str
    givers: int
    takers: int
    cells: int
    effect: float
    z: float
    p: float


@dataclass(frozen=True, eq=False)
class _Given:
    """What a group's units, all of category `home`, gave a category on the mean of its figures.

    `residuals` (givers, takers), a row for every unit of `home`, NaN where it gave none.
    """

    group: str
    home: str
    category: str
    givers: tuple[str, ...]
    takers: tuple[str, ...]
    residuals: FloatArray

    @property
    def gave(self) -> BoolArray:
        return np.asarray((~np.isnan(self.residuals)).any(axis=1))


def list_favours(
    tables: Sequence[ResidualTable], facts: Facts, clusters: Mapping[str, str], seed: int
) -> tuple[Favour, ...]:
    """Every mutual evaluation among a round's tables, and every one inside named clusters.

    Tests: `global_reciprocity` inside a category, `bipartite_reciprocity` between two,
    `cluster_preference` for clusters. Figures of one group about one category are averaged, so
    that each relation has one result.
    tables: of `list_residuals`, each (raters, units). facts: `own_units` says which unit a rater
    belongs to. clusters: unit → name of its 片区 or 分管口, fixed before anybody voted. seed: of
    all permutations, so that the same ballots give the same numbers.
    Left out: groups of whom a rater's unit is not known or whose raters belong to several
    categories, sides on which fewer than 10 units rated, ratings without any difference.
    A positive effect may be honest cooperation or better knowledge: context, never proof. Not to
    be trusted for few units: at 15 a true correlation of .2 is found about half the time.
    """
    given = list(_list_given(tables, facts))
    found = [
        *(_mutual(one, other, seed) for one, other in _list_pairs(given)),
        *(_within_clusters(one, clusters, seed) for one in given),
    ]
    return tuple(favour for favour in found if favour is not None)


def _list_given(tables: Sequence[ResidualTable], facts: Facts) -> Iterator[_Given]:
    categories = {unit.code: unit.category for unit in facts.units}
    together: dict[tuple[str, str], list[ResidualTable]] = {}
    for table in tables:
        together.setdefault((table.group, table.category), []).append(table)
    for (group, category), own in together.items():
        home = _home(own, facts, categories)
        if home is not None:
            givers = tuple(code for code, its in categories.items() if its == home)
            residuals = _by_unit(own, facts, givers)
            yield _Given(group, home, category, givers, own[0].units, residuals)


def _home(
    tables: Sequence[ResidualTable], facts: Facts, categories: Mapping[str, str]
) -> str | None:
    """The category that all of the tables' raters belong to; None where that isn't known of all."""
    own = [facts.own_units.get((each.group, rater)) for each in tables for rater in each.raters]
    homes = {categories.get(unit) if unit else None for unit in own}
    # Of raters from several categories it is not known who could return what.
    return homes.pop() if len(homes) == 1 else None


def _by_unit(tables: Sequence[ResidualTable], facts: Facts, givers: Sequence[str]) -> FloatArray:
    """Mean residuals with a row for each giving unit, over its raters and the group's figures."""
    shape = (len(givers), len(tables[0].units))
    sums, counts = np.zeros(shape), np.zeros(shape)
    row = {unit: k for k, unit in enumerate(givers)}
    for table in tables:
        for rater, residuals in zip(table.raters, table.residuals, strict=True):
            at = row[facts.own_units[table.group, rater]]
            sums[at] += np.nan_to_num(residuals)
            counts[at] += ~np.isnan(residuals)
    return np.where(counts > 0, sums / np.maximum(counts, 1), np.nan)


def _list_pairs(given: Sequence[_Given]) -> Iterator[tuple[_Given, _Given]]:
    """Each evaluation with the one that answers it; inside a category that is itself."""
    for place, one in enumerate(given):
        if one.home == one.category:
            yield one, one
            continue
        # Each pair of relations once; the one behind has met this one.
        for other in given[place + 1 :]:
            if (other.home, other.category) == (one.category, one.home):
                yield one, other


def _mutual(one: _Given, other: _Given, seed: int) -> Favour | None:
    givers, takers = int(one.gave.sum()), int(other.gave.sum())
    if min(givers, takers) < LEAST_GIVERS:
        return None
    if one is other:
        test = global_reciprocity(one.residuals, seed)
    else:
        test = bipartite_reciprocity(one.residuals, other.residuals, seed)
    figures = test.reciprocity, test.z, test.p
    return _told("mutual", (one.group, other.group), (givers, takers, test.pairs), figures)


def _within_clusters(given: _Given, clusters: Mapping[str, str], seed: int) -> Favour | None:
    givers = int(given.gave.sum())
    if givers < LEAST_GIVERS:
        return None
    own = [clusters.get(code, "") for code in given.givers]
    theirs = [clusters.get(code, "") for code in given.takers]
    takers = None if given.home == given.category else theirs
    test = cluster_preference(given.residuals, own, seed, takers=takers)
    rated = int((~np.isnan(given.residuals)).any(axis=0).sum())
    figures = test.difference, test.z, test.p
    return _told("cluster", (given.group, given.category), (givers, rated, test.inside), figures)


def _told(
    kind: FavourKind,
    between: tuple[str, str],
    sizes: tuple[int, int, int],
    figures: tuple[float | None, float | None, float | None],
) -> Favour | None:
    """Rounded, so that the numbers tell a reader as much as they can use and nobody more."""
    effect, z, p = figures
    if effect is None or z is None or p is None:
        return None
    # Adding 0.0 makes −0.0 a 0.
    effect, z = round(effect, 2) + 0.0, round(z, 1) + 0.0
    return Favour(kind, *between, *sizes, effect, z, _one_digit(p))


def _one_digit(p: float) -> float:
    """A probability rounded up to one digit: below .05 only where it truly is."""
    # Up, so that no one is told a smaller one than there was. Second and third digits told more of
    # the nameless ballots than of favours (November 2026).
    step = 10.0 ** math.floor(math.log10(p) + _ROUNDING)
    return round(math.ceil(p / step - _ROUNDING) * step, 6)
