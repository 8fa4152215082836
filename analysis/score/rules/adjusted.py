"""Bonuses and deductions, as they were entered."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, ClassVar

from analysis.score.adjustments import AdjustmentRule, Cap, Event, adjustment_sum, largest_amounts
from analysis.score.evaluation import Nodes
from analysis.score.facts import Adjustment, Unit
from analysis.score.season import Season
from analysis.score.tree import Input, Node, Remark, shown

if TYPE_CHECKING:
    from analysis.score.rules import Rule


@dataclass(frozen=True)
class Adjusted:
    """Bonuses under their caps and the overall cap, then deductions, which have no cap.

    Events under the rules `once_per_project` that name the same project count once, at the
    highest points.
    """

    kind: ClassVar[str] = "adjusted"

    code: str
    rules: tuple[AdjustmentRule, ...]
    caps: tuple[Cap, ...]
    bonus_most: Fraction | None
    once_per_project: frozenset[str] = frozenset()
    places: int | None = None

    @property
    def below(self) -> "tuple[Rule, ...]":
        """Events are facts, and no rules of their own."""
        return ()

    def nodes(self, season: Season, units: Sequence[Unit]) -> Nodes:
        # Of all units, whatever their category (docs/schemes, `by: largest`): who is largest must
        # not hang on which units this node is asked for.
        entered = {
            unit.code: [
                Event(a.rule, a.times, a.amount, a.project)
                for a in season.adjustments.get(unit.code, [])
            ]
            for unit in season.facts.units
        }
        largest = largest_amounts(self, entered)
        return {
            u.code: _adjusted_node(
                self, season.adjustments.get(u.code, []), entered[u.code], largest
            )
            for u in units
        }


def _adjusted_node(
    rule: Adjusted,
    entries: Sequence[Adjustment],
    events: Sequence[Event],
    largest: Mapping[str, Fraction],
) -> Node:
    result = adjustment_sum(rule, events, largest)
    inputs = tuple(
        Input(
            f"adjustment:{entry.rule}",
            str(entry.times) if entry.amount is None else shown(entry.amount),
            points,
            share,
            _adjustment_note(place in result.repeated, share),
        )
        for place, (entry, points, share) in enumerate(
            zip(entries, result.points, result.shares, strict=True)
        )
    )
    entered = {entry.rule for entry in entries}
    remarks = [
        # Said only where the unit has such an event: a sheet is about one unit.
        Remark("largest", (each.code, shown(largest[each.code]), shown(each.points)))
        for each in rule.rules
        if each.method == "largest" and each.code in entered
    ]
    remarks += [
        Remark("cap", (shown(hit.before), shown(hit.most), *hit.rules)) for hit in result.caps
    ]
    if result.repeated:
        remarks.append(Remark("project_once", (str(len(result.repeated)),)))
    return Node(rule.code, rule.kind, result.value, inputs=inputs, remarks=tuple(remarks))


def _adjustment_note(repeated: bool, share: Fraction) -> str:
    # Named before the cap: an event that counts nothing for its project's sake was not cut.
    if repeated:
        return "same_project"
    return "over_cap" if share != 1 else ""
