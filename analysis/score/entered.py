"""Points from entered facts: what the indicator methods share. The arithmetic is kept."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING

from analysis.score.evaluation import Nodes, evaluate, group_by_category
from analysis.score.facts import LEAST, Unit
from analysis.score.forbidden import forbid, holds_forbidden, is_refused
from analysis.score.season import Season
from analysis.score.tree import Node, Remark, list_awaited, shown

if TYPE_CHECKING:
    from analysis.score.rules import Rule

ZERO = Fraction(0)

Below = Mapping[str, Sequence[Node]]
"""The nodes of a rule's facts by unit, for the units of one category."""

Outcome = tuple[Fraction | None, list[Remark]]
Outcomes = dict[str, Outcome]


def entered_nodes(
    rule: "Rule",
    season: Season,
    units: Sequence[Unit],
    work_out: Callable[[Below], Outcomes],
    rises_with: int = 0,
) -> Nodes:
    """The rule's node for every unit, worked out category by category.

    The first `rises_with` parts may hold a forbidden figure and the rule still be worked out: it
    gives no more for less. Of any other part, less may be more: few events are the best.
    """
    facts = [evaluate(fact, season, units) for fact in rule.below]
    nodes: dict[str, Node] = {}
    # A place, the best and a capped share are those of the category; nothing reaches across.
    for own in group_by_category(units).values():
        below = {unit.code: tuple(fact[unit.code] for fact in facts) for unit in own}
        found = _category_nodes(rule, below, work_out, season.facts.law, rises_with)
        nodes |= found
    return nodes


def each_unit(method: Callable[..., Outcome]) -> Callable[[Below], Outcomes]:
    """A method that looks at one unit's figures only."""
    return lambda below: {
        unit: method(*(fact.value for fact in facts)) for unit, facts in below.items()
    }


def within(value: Fraction, least: Fraction | None, most: Fraction | None) -> tuple[Fraction, bool]:
    cut = value if least is None else max(value, least)
    cut = cut if most is None else min(cut, most)
    return cut, cut != value


def bounded(value: Fraction, least: Fraction | None, most: Fraction | None, text: str) -> Outcome:
    cut, was_cut = within(value, least, most)
    remarks = [arithmetic(text, value)]
    if was_cut:
        remarks.append(Remark("bounded", (shown(value), shown(cut))))
    return cut, remarks


def arithmetic(text: str, value: Fraction) -> Remark:
    """The figure as it was worked out, in signs that every language shares."""
    return Remark("arithmetic", (f"{text} = {shown(value)}",))


def _category_nodes(
    rule: "Rule", below: Below, work_out: Callable[[Below], Outcomes], law: int, rises_with: int
) -> dict[str, Node]:
    """A unit that does not carry the indicator (its facts are `NA`) has no value, and so has one
    whose facts are not all entered: a count that nobody entered is not 0."""
    # What nobody entered is never taken for 0 (docs/schemes, components): in a deduction from full
    # marks it would be the best figure of all. So such units do not reach the method.
    awaited = {unit: _not_entered(facts, law) for unit, facts in below.items()}
    spoilt = {unit: _forbidden(facts[rises_with:]) for unit, facts in below.items()}
    # What is put in the place of a forbidden figure is nobody's best and takes no place.
    found = work_out(
        {
            unit: [*facts[:rises_with], *map(_masked, facts[rises_with:])]
            for unit, facts in below.items()
            if not awaited[unit]
        }
    )
    nodes = {}
    for unit, facts in below.items():
        value, remarks = found.get(unit, (None, []))
        if spoilt[unit]:
            # What was worked out without the forbidden figure says nothing of this one.
            value, remarks = None, []
        if awaited[unit]:
            remarks = [Remark("missing_fact", awaited[unit])]
        elif value is None and not spoilt[unit] and (owed := list_awaited(facts)):
            # Further down nobody has entered it: that is not a part which the unit does not carry.
            told = Remark("missing_fact", owed)
            remarks = [told if each.code == "not_carried" else each for each in remarks]
        node = Node(rule.code, rule.kind, value, parts=tuple(facts), remarks=tuple(remarks))
        if law >= LEAST and not awaited[unit]:
            node = _judge(rule, node, spoilt[unit], facts[:rises_with])
        nodes[unit] = node
    return nodes


def _judge(rule: "Rule", node: Node, spoilt: tuple[str, ...], lower: Sequence[Node]) -> Node:
    """The node as it counts where a rule forbids something at it or below."""
    if spoilt or is_refused(node):
        return forbid(rule, node, spoilt)
    low = [part for part in lower if holds_forbidden(part)]
    if any(part.value is None for part in low):
        return forbid(rule, node, tuple(part.code for part in low))
    # A floor must not lift what a forbidden figure has lowered.
    values = [part.value for part in low if part.value is not None]
    if node.value is None or not values:
        return node
    return replace(node, value=min(node.value, *values))


def _masked(part: Node) -> Node:
    return replace(part, value=None) if holds_forbidden(part) else part


def _forbidden(parts: Sequence[Node]) -> tuple[str, ...]:
    return tuple(part.code for part in parts if holds_forbidden(part))


def _not_entered(parts: Sequence[Node], law: int) -> tuple[str, ...]:
    """Parts that somebody still has to enter, or by the law of before has to enter again."""
    # NA is an answer and not waited for.
    reasons = {"not_entered"} if law >= LEAST else {"not_entered", "out_of_bounds", "not_a_choice"}
    return tuple(
        part.code
        for part in parts
        if part.value is None and any(r.code in reasons for r in part.remarks)
    )
