"""Figures that a rule forbids: they count the least, never nothing, and are named.

A figure that is left out hands its weight to the unit's others, so that what is forbidden would
pay. It counts 0 instead, or the least that the rule gives where that lies below 0: no entry that a
rule allows gives less, and neither does having no figure there (decision 0031).
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from analysis.score.span import ZERO, Bound, span_of
from analysis.score.tree import Node, Remark, shown

if TYPE_CHECKING:  # a rule knows what becomes of a forbidden figure, which knows it by type alone
    from analysis.score.rules import Rule

FORBIDDEN, FORBIDDEN_EVENTS = "forbidden", "forbidden_events"
REFUSALS = frozenset({
    "out_of_bounds", "not_a_choice", "outside_segment", "not_agreed", "not_scored", "over_share",
    "no_target", "negative_amount",
})  # a table, read by rows  # fmt: skip
"""Why a rule can't take what was entered. A tie that voids a place is no entry, and not among
them: there the rule book itself says that nobody has a figure."""


def forbid(rule: "Rule", node: Node, figures: tuple[str, ...] = ()) -> Node:
    """The node with the least that its rule gives, said with what is forbidden about it.

    Where nothing bounds the rule below there is no figure that could not be a gain: the node has
    none, and neither has anything above it.
    """
    value = least_of(rule)
    remark = Remark(FORBIDDEN, (shown(value), *figures))
    return replace(node, value=value, remarks=(*node.remarks, remark))


def least_of(rule: "Rule") -> Bound:
    """0, or the least that the rule gives where that is less."""
    least = span_of(rule).least
    return None if least is None else min(ZERO, least)


def is_refused(node: Node) -> bool:
    """Whether the rule could not take what was entered."""
    return node.value is None and any(each.code in REFUSALS for each in node.remarks)


def is_forbidden(node: Node) -> bool:
    """Whether this figure stands for one that a rule forbids."""
    return any(each.code == FORBIDDEN for each in node.remarks)


def holds_forbidden(node: Node) -> bool:
    """Whether it, or anything below it, does."""
    return any(is_forbidden(each) for each in node.walk())


def forbids_something(tree: Node) -> bool:
    """Whether anything of a unit's facts is not allowed, be it a figure or an event."""
    codes = {FORBIDDEN, FORBIDDEN_EVENTS}
    return any(remark.code in codes for node in tree.walk() for remark in node.remarks)


def list_forbidden(node: Node) -> tuple[Node, ...]:
    """The forbidden figures below a node, each where it counts its least: none inside another."""
    if is_forbidden(node) and not is_withheld(node):
        return (node,)
    below = tuple(each for part in node.parts for each in list_forbidden(part))
    return below or ((node,) if is_forbidden(node) else ())


def is_withheld(node: Node) -> bool:
    """Whether not even a least figure could be put in its place."""
    return node.value is None and is_forbidden(node)


def withhold(node: Node, counted: Sequence[Node]) -> Node:
    """Without a figure where one of the parts that count in it is withheld."""
    lacking = tuple(each.code for each in counted if is_withheld(each))
    if not lacking:
        return node
    return replace(node, value=None, remarks=(*node.remarks, Remark(FORBIDDEN, ("NA", *lacking))))
