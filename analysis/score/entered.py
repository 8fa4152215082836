"""Points from entered facts: what the indicator methods share. The arithmetic is kept."""

from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from typing import TYPE_CHECKING

from analysis.score.evaluation import Nodes, evaluate, group_by_category
from analysis.score.facts import Unit
from analysis.score.season import Season
from analysis.score.tree import Node, Remark, shown

if TYPE_CHECKING:
    from analysis.score.rules import Rule

ZERO = Fraction(0)

Below = Mapping[str, Sequence[Node]]
"""The nodes of a rule's facts by unit, for the units of one category."""

Outcome = tuple[Fraction | None, list[Remark]]
Outcomes = dict[str, Outcome]


def entered_nodes(
    rule: "Rule", season: Season, units: Sequence[Unit], work_out: Callable[[Below], Outcomes]
) -> Nodes:
    """The rule's node for every unit, worked out category by category."""
    facts = [evaluate(fact, season, units) for fact in rule.below]
    nodes: dict[str, Node] = {}
    # A place, the best and a capped share are those of the category; nothing reaches across.
    for own in group_by_category(units).values():
        below = {unit.code: tuple(fact[unit.code] for fact in facts) for unit in own}
        nodes |= _category_nodes(rule, below, work_out)
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
    rule: "Rule", below: Below, work_out: Callable[[Below], Outcomes]
) -> dict[str, Node]:
    """A unit that does not carry the indicator (its facts are `NA`) has no value, and so has one
    whose facts are not all entered: a count that nobody entered is not 0."""
    # What nobody entered is never taken for 0 (docs/schemes, components): in a deduction from full
    # marks it would be the best figure of all. So such units do not reach the method.
    found = work_out({unit: facts for unit, facts in below.items() if not _not_entered(facts)})
    nodes = {}
    for unit, facts in below.items():
        lacking = tuple(fact.code for fact in _not_entered(facts))
        value, remarks = (None, [Remark("missing_fact", lacking)]) if lacking else found[unit]
        nodes[unit] = Node(rule.code, rule.kind, value, parts=tuple(facts), remarks=tuple(remarks))
    return nodes


def _not_entered(parts: Sequence[Node]) -> list[Node]:
    """Parts that somebody still has to enter, or has to enter again."""
    return [
        part
        for part in parts
        if part.value is None
        # A refused figure is waited for like an empty cell; NA is an answer and is not.
        and any(r.code in ("not_entered", "out_of_bounds", "not_a_choice") for r in part.remarks)
    ]
