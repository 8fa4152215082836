"""A scheme's score tree as indented lines for the scheme page: every node with its weight."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

from analysis.examining.node_weights import node_weights
from analysis.score import rules
from analysis.score.tree import UnitResult
from evalsvc.scheme.model import Scheme
from evalsvc.scheme.outline import say_rule
from evalsvc.text import Text


@dataclass(frozen=True)
class Branch:
    """One line of the tree: a node, its depth, how it comes about, and whom it is read from.

    `percent` is its weight inside its parent, `full` its full marks where points are added.
    """

    depth: int
    code: str
    percent: Fraction | None
    full: Fraction | None
    how: Text
    groups: tuple[str, ...] = ()
    category: str = ""


@dataclass(frozen=True)
class Place:
    """What a part weighs in the node above it: a percentage, or full marks, or nothing fixed."""

    percent: Fraction | None = None
    full: Fraction | None = None


def list_effects(results: Sequence[UnitResult]) -> dict[tuple[str, str], Fraction]:
    """By category and part: how much of what sets units apart one level up comes from the part."""
    return {
        (found.category, part): Fraction(effect)
        for found in node_weights(results)
        for part, effect in zip(found.parts, found.weights.effective, strict=True)
        if effect is not None
    }


def list_branches(scheme: Scheme) -> tuple[Branch, ...]:
    """The whole tree, parents first."""
    return tuple(_walk(scheme.score, 0, Place(), ""))


def _walk(rule: rules.Rule, depth: int, place: Place, category: str) -> Iterator[Branch]:
    if isinstance(rule, rules.ByCategory):
        for code, each in rule.rules.items():
            yield from _walk(each, depth, place, code)
        return
    yield Branch(
        depth, rule.code, place.percent, place.full, say_rule(rule), _groups(rule), category
    )
    for below, part in _parts(rule):
        yield from _walk(part, depth + 1, below, "")


def _parts(rule: rules.Rule) -> Iterator[tuple[Place, rules.Rule]]:
    if isinstance(rule, rules.Total):
        yield from _parts(rule.base)
        if rule.added is not None:
            yield Place(), rule.added
    elif isinstance(rule, rules.Weighted):
        for part in rule.parts:
            yield Place(percent=part.weight * 100), part.node
    elif isinstance(rule, rules.Summed):
        for part in rule.parts:
            yield Place(full=part.weight), part.node
    elif isinstance(rule, rules.RatedItems):
        for item in rule.items:
            yield Place(percent=item.weight * 100), item.rated
    else:
        for each in rule.below:
            yield Place(), each


def _groups(rule: rules.Rule) -> tuple[str, ...]:
    if isinstance(rule, rules.Rated):
        return tuple(dict.fromkeys(rule.groups.values()))
    if isinstance(rule, rules.Satisfaction):
        return (rule.group,)
    if isinstance(rule, rules.RatedItems):
        return tuple(dict.fromkeys(group for item in rule.items for group in _groups(item.rated)))
    return ()
