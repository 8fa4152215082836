"""A rule applied to units: what the rules of a tree share, whatever they are."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING

from analysis.score.facts import Unit
from analysis.score.rounding import half_up
from analysis.score.season import Season
from analysis.score.tree import Input, Node, Remark, shown

if TYPE_CHECKING:
    from analysis.score.rules import Rule

ONE = Fraction(1)

Nodes = Mapping[str, Node]
"""One node per unit code."""


def evaluate(rule: "Rule", season: Season, units: Sequence[Unit]) -> Nodes:
    """The rule's node for every unit; a value that the facts already know replaces the rule."""
    # A public package has no answers below its start, so the figures there are given as they stand,
    # and everything above them is computed as usual.
    known = season.facts.known
    open_units = [unit for unit in units if (unit.code, rule.code) not in known]
    found = rule.nodes(season, open_units)
    nodes = {unit: _rounded(node, rule.places) for unit, node in found.items()}
    for unit in units:
        if (unit.code, rule.code) in known:
            value = known[unit.code, rule.code]
            taken = Input("known", shown(value), value, ONE if value is not None else Fraction(0))
            nodes[unit.code] = Node(rule.code, "known", value, inputs=(taken,))
    return nodes


def group_by_category(units: Sequence[Unit]) -> dict[str, list[Unit]]:
    found: dict[str, list[Unit]] = {}
    for unit in units:
        found.setdefault(unit.category, []).append(unit)
    return found


def mean_value(values: Iterable[Fraction | None]) -> Fraction | None:
    there = [value for value in values if value is not None]
    return sum(there, Fraction(0)) / len(there) if there else None


def _rounded(node: Node, places: int | None) -> Node:
    """The node with its value as it enters what is above it, where the scheme rounds it there."""
    if places is None or node.value is None:
        return node
    # Only where the scheme says so (`places`, `node_places`): the
    # presets stay exact until the total is shown (decision 0001).
    value = Fraction(half_up(node.value, places))
    if value == node.value:
        return node
    told = Remark("rounded", (shown(node.value), half_up(node.value, places)))
    return replace(node, value=value, remarks=(*node.remarks, told))
