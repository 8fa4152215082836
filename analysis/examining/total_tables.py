"""How far the places by total are open, from the errors of every evaluated figure below them.

For reference only, like all diagnostics.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

import numpy as np

from analysis.examining.citizen_tables import CitizenTable, citizen_covariance
from analysis.examining.diagnostics import SEED, RatedTable, UnitStanding, list_categories
from analysis.score.facts import Facts
from analysis.score.rules import Rule
from analysis.score.scoring import score
from analysis.score.tree import Node, UnitResult
from analysis.statistics.comparison import EffectiveWeights, effective_weights
from analysis.statistics.ratings import FloatArray
from analysis.statistics.uncertainty import indistinguishable_units, rank_intervals, score_intervals

# Rules of figures that answers make by themselves.
ANSWERED = ("rated", "rated_items", "satisfaction")


@dataclass(frozen=True)
class Weighing:
    """Nominal and effective weights of a node's parts in one category."""

    node: str
    category: str
    parts: tuple[str, ...]
    weights: EffectiveWeights


@dataclass(frozen=True, eq=False)
class TotalTable:
    """One category's totals: places with their ranges, and what the error leaves out.

    `units` carry the published total as `official`. `given` are the rated figures whose error
    cannot be known (a single rater, say): they are taken as they stand. `partial` are units that
    lack a rated figure which others have: their range leaves out the means that they lean on.
    `apart` are citizens' figures whose errors count as independent for want of a covariance.
    """

    category: str
    units: tuple[UnitStanding, ...]
    alike: tuple[tuple[str, ...], ...]
    given: tuple[str, ...]
    partial: tuple[str, ...]
    apart: tuple[str, ...]
    weighings: tuple[Weighing, ...]


def list_totals(
    rule: Rule,
    facts: Facts,
    places: int,
    tables: Sequence[RatedTable],
    citizens: Sequence[CitizenTable] = (),
) -> tuple[TotalTable, ...]:
    """How far each total's place is open, from the errors of all evaluated figures below it.

    The slope of a total in a figure is found by moving the figures by about a point, half of them
    up and half down, and scoring again, which follows every rule of the scheme. Whatever the move
    leaves as it is, is settled beforehand: no ballot is read twice. Indicators count as exact.
    """
    results = score(rule, facts, places)
    moving = tuple(dict.fromkeys([*(t.node for t in tables), *(t.node for t in citizens)]))
    settled = _settled(facts, results, moving)
    slopes = {node: _slopes(rule, settled, places, results, node) for node in moving}
    return tuple(
        _total(
            category,
            [r for r in results if r.category == category],
            [t for t in tables if t.category == category and not t.is_empty],
            [t for t in citizens if t.category == category and t.units],
            slopes,
        )
        for category in list_categories(facts)
    )


def _settled(facts: Facts, results: Sequence[UnitResult], moving: Collection[str]) -> Facts:
    """The facts with every figure known that no moving figure enters, and nothing below it."""
    known = {
        (result.unit, node.code): node.value
        for result in results
        for node in _list_settled(result.tree, moving)
    }
    return Facts(units=facts.units, known={**facts.known, **known})


def _list_settled(node: Node, moving: Collection[str]) -> Iterator[Node]:
    """The moving figures and the highest ones that none of them enters.

    What comes from answers is read off them and never off its parts, whatever moves below it.
    """
    inside = {each.code for each in node.walk()}
    if node.rule in ANSWERED or node.code in moving or not inside & set(moving):
        yield node
        return
    for part in node.parts:
        yield from _list_settled(part, moving)


def _slopes(
    rule: Rule, facts: Facts, places: int, results: Sequence[UnitResult], node: str
) -> dict[str, float]:
    """By how much each unit's total rises when its own figure of one node rises by one point."""
    before = {r.unit: r.tree.value for r in results}
    shifts = _shifts(results, node)
    moved = {(unit, node): value + shift for unit, (value, shift) in shifts.items()}
    after = score(rule, replace(facts, known={**facts.known, **moved}), places)
    return {
        r.unit: float((r.tree.value - start) / shifts[r.unit][1])
        for r in after
        if r.unit in shifts and r.tree.value is not None
        if (start := before[r.unit]) is not None
    }


def _shifts(results: Sequence[UnitResult], node: str) -> dict[str, tuple[Fraction, Fraction]]:
    """Each unit's figure and a shift of about a point, which leave every category's mean alone."""
    found: dict[str, tuple[Fraction, Fraction]] = {}
    for category in dict.fromkeys(r.category for r in results):
        figures = [
            (r.unit, value)
            for r in results
            if r.category == category and (value := _find_value(r.tree, node)) is not None
        ]
        # Half up and half down, so that the category's mean stays: `centred` leans on it.
        up = (len(figures) + 1) // 2
        down = Fraction(-up, max(len(figures) - up, 1))
        found |= {
            unit: (value, Fraction(1) if place < up else down)
            for place, (unit, value) in enumerate(figures)
        }
    return found


def _find_value(tree: Node, code: str) -> Fraction | None:
    return next((node.value for node in tree.walk() if node.code == code), None)


def _total(
    category: str,
    results: Sequence[UnitResult],
    own: Sequence[RatedTable],
    citizens: Sequence[CitizenTable],
    slopes: Mapping[str, Mapping[str, float]],
) -> TotalTable:
    ranked = [r for r in results if r.published is not None]
    codes = [r.unit for r in ranked]
    totals = np.array([float(r.published or 0) for r in ranked], dtype=np.float64)
    v = _carried_by_citizens(citizens, codes, slopes)
    for table in own:
        v += _carried(table, codes, slopes[table.node])
    # No error at all is one that nobody knows, and no sign that every place is settled.
    known = bool(v.any())
    units = [
        UnitStanding(r.unit, 0, float(r.published or 0), r.rank, float(r.published or 0))
        for r in ranked
    ]
    if known:
        units = _with_ranges(units, totals, v)
    return TotalTable(
        category=category,
        units=tuple(units),
        alike=_totals_alike(codes, totals, v) if known else (),
        given=tuple(t.node for t in own if t.covariance is None),
        partial=tuple(
            code
            for code in codes
            if any(_lacks(table, code) for table in own)
            or any(_lacks_answers(table, code) for table in citizens)
        ),
        apart=tuple(table.node for table in citizens if table.panel is None),
        weighings=_weighings(category, [r.tree for r in results]),
    )


def _lacks(table: RatedTable, code: str) -> bool:
    return any(unit.unit == code and unit.official is None for unit in table.units)


def _lacks_answers(table: CitizenTable, code: str) -> bool:
    return not any(unit.unit == code and unit.index is not None for unit in table.units)


def _carried_by_citizens(
    tables: Sequence[CitizenTable], codes: Sequence[str], slopes: Mapping[str, Mapping[str, float]]
) -> FloatArray:
    """The citizens' covariance as it reaches the totals, with that between their questions."""
    v = np.zeros((len(codes), len(codes)))
    reach = [np.array([slopes[table.node].get(code, 0.0) for code in codes]) for table in tables]
    for a, above in zip(tables, reach, strict=True):
        for b, beside in zip(tables, reach, strict=True):
            v += citizen_covariance(a, b, codes) * np.outer(above, beside)
    return v


def _carried(table: RatedTable, codes: Sequence[str], slopes: Mapping[str, float]) -> FloatArray:
    """A table's covariance as it reaches the totals, about the category's mean."""
    there = [unit.unit for unit in table.units if unit.reference is not None]
    v = np.zeros((len(codes), len(codes)))
    if table.covariance is None:
        return v
    # About the category's mean: what moves all units alike moves no place.
    centre = np.eye(len(there)) - 1 / len(there)
    own = centre @ table.covariance @ centre
    at = [(codes.index(unit), k) for k, unit in enumerate(there) if unit in codes]
    rows, columns = [a for a, _ in at], [k for _, k in at]
    slope = np.array([slopes.get(codes[a], 0.0) for a in rows])
    v[np.ix_(rows, rows)] = own[np.ix_(columns, columns)] * np.outer(slope, slope)
    return v


def _with_ranges(
    units: Sequence[UnitStanding], totals: FloatArray, v: FloatArray
) -> list[UnitStanding]:
    scores = score_intervals(totals, v, relative=False)
    ranks = rank_intervals(totals, v, SEED)
    return [
        replace(
            unit,
            low=scores[j].low,
            high=scores[j].high,
            place_low=ranks.low[j],
            place_high=ranks.high[j],
        )
        for j, unit in enumerate(units)
    ]


def _totals_alike(
    codes: Sequence[str], totals: FloatArray, v: FloatArray
) -> tuple[tuple[str, ...], ...]:
    runs = indistinguishable_units(totals, v).runs
    return tuple(tuple(codes[j] for j in run) for run in runs if len(run) > 1)


def _weighings(category: str, trees: Sequence[Node]) -> tuple[Weighing, ...]:
    """Every weighted node of the first tree with the parts that all its units share."""
    return tuple(
        found
        for node in trees[0].walk()
        if len(node.parts) > 1 and all(part.weight for part in node.parts)
        if (found := _weighing(category, node, trees)) is not None
    )


def _weighing(category: str, node: Node, trees: Sequence[Node]) -> Weighing | None:
    parts = tuple(part.code for part in node.parts)
    values = [[_find_value(tree, part) for part in parts] for tree in trees]
    rows = np.array([[np.nan if v is None else float(v) for v in row] for row in values])
    weights = effective_weights(rows, [float(part.weight or 0) for part in node.parts])
    if weights.effective[0] is None:
        return None
    return Weighing(node.code, category, parts, weights)
