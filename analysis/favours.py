"""Whether units that rate each other return favours on the whole; no pair is ever looked at.

For reference only, like all diagnostics.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from analysis.diagnostics import SEED, RatedTable
from analysis.facts import Facts
from analysis.ratings import FloatArray
from analysis.reciprocity import ReciprocityTest, bipartite_reciprocity, global_reciprocity


@dataclass(frozen=True)
class Favour:
    """One test over everybody: what is given against what is returned.

    `forth` and `back` are rater groups, the same one where units of one category rate each other.
    """

    forth: str
    back: str
    test: ReciprocityTest


def list_favours(tables: Sequence[RatedTable], facts: Facts) -> tuple[Favour, ...]:
    """Every mutual evaluation among a round's tables whose ballots still tell the rater's unit.

    Residuals are those of the tables: levels of units and severities of raters are taken out.
    Groups whose ballots were cut off from their units on opening can't be tested, and are not.
    """
    categories = {unit.code: unit.category for unit in facts.units}
    found = []
    for place, table in enumerate(tables):
        home = _home(table, facts, categories)
        if home is None:
            continue
        if home == table.category:
            test = global_reciprocity(_by_unit(table, facts, _codes(table)), SEED)
            found.append(Favour(table.group, table.group, test))
            continue
        for other in tables[place + 1 :]:
            if (_home(other, facts, categories), other.category) == (table.category, home):
                forth = _by_unit(table, facts, _codes(other))
                back = _by_unit(other, facts, _codes(table))
                test = bipartite_reciprocity(forth, back, SEED)
                found.append(Favour(table.group, other.group, test))
    return tuple(found)


def _home(table: RatedTable, facts: Facts, categories: Mapping[str, str]) -> str | None:
    """The category that all of a table's raters belong to; None where that isn't known of all."""
    own = [facts.own_units.get((table.group, rater.rater)) for rater in table.raters]
    homes = {categories.get(unit) if unit else None for unit in own}
    return homes.pop() if len(homes) == 1 else None


def _codes(table: RatedTable) -> list[str]:
    return [unit.unit for unit in table.units]


def _by_unit(table: RatedTable, facts: Facts, givers: Sequence[str]) -> FloatArray:
    """The residuals with a row for each giving unit, NaN where it gave none."""
    found = np.full((len(givers), len(table.units)), np.nan)
    row = {unit: k for k, unit in enumerate(givers)}
    for k, rater in enumerate(table.raters):
        found[row[facts.own_units[table.group, rater.rater]]] = table.residuals[k]
    return found
