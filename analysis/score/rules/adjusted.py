"""Bonuses and deductions, as they were entered."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, ClassVar

from analysis.score.adjustments import AdjustmentRule, Cap, Event, adjustment_sum, largest_amounts
from analysis.score.evaluation import ONE, Nodes
from analysis.score.facts import Adjustment, Unit
from analysis.score.season import Season
from analysis.score.span import ZERO, Span, added, cut_span
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

    @property
    def span(self) -> Span:
        """Between which figures it can lie."""
        bonuses = {each.code: _bonus_most(each) for each in self.rules}
        capped = {code for cap in self.caps for code in cap.rules}
        ends = [bound for code, bound in bonuses.items() if code not in capped]
        for cap in self.caps:
            together = added((bonuses[code], ONE) for code in cap.rules)
            ends.append(cap.most if together is None else min(together, cap.most))
        _, most = cut_span((ZERO, added((end, ONE) for end in ends)), None, self.bonus_most)
        deducts = any(_may_give(each, -1) for each in self.rules)
        return Span(None if deducts else ZERO, most)

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
        law = season.facts.law
        largest = largest_amounts(self, entered, law)
        return {
            u.code: _adjusted_node(
                self, season.adjustments.get(u.code, []), entered[u.code], largest, law
            )
            for u in units
        }


def _bonus_most(rule: AdjustmentRule) -> Fraction | None:
    """What a unit can win by one rule: nothing, or without bound, since events may repeat."""
    if rule.method == "largest" and rule.points >= 0:
        return rule.points
    return None if _may_give(rule, 1) else ZERO


def _may_give(rule: AdjustmentRule, sign: int) -> bool:
    """Whether an event under the rule can add points (1) or take some away (-1)."""
    if rule.method == "times":
        return rule.points * sign > 0
    # Whoever may enter a negative amount turns the rule around.
    least, most = rule.amount_range or (None, None)
    up, down = most is None or most > 0, least is None or least < 0
    return (rule.points * sign > 0 and up) or (rule.points * sign < 0 and down)


def _adjusted_node(
    rule: Adjusted,
    entries: Sequence[Adjustment],
    events: Sequence[Event],
    largest: Mapping[str, Fraction],
    law: int,
) -> Node:
    result = adjustment_sum(rule, events, largest, law)
    inputs = tuple(
        Input(
            f"adjustment:{entry.rule}",
            str(entry.times) if entry.amount is None else shown(entry.amount),
            points,
            share,
            "forbidden" if place in result.forbidden else _note(place in result.repeated, share),
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
    if result.forbidden:
        codes = sorted({events[place].rule for place in result.forbidden})
        remarks.append(Remark("forbidden_events", tuple(codes)))
    if result.repeated:
        remarks.append(Remark("project_once", (str(len(result.repeated)),)))
    return Node(rule.code, rule.kind, result.value, inputs=inputs, remarks=tuple(remarks))


def _note(repeated: bool, share: Fraction) -> str:
    # Named before the cap: an event that counts nothing for its project's sake was not cut.
    if repeated:
        return "same_project"
    return "over_cap" if share != 1 else ""
