"""A scheme's score tree as indented lines for the scheme page: every node with its weight."""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from analysis import rules
from analysis.validity import list_parts
from evalsvc.scheme.model import Scheme


@dataclass(frozen=True)
class Branch:
    """One line of the tree: a node, its depth, its percentage, and whom it is read from."""

    depth: int
    code: str
    percent: Fraction | None
    kind: str
    groups: tuple[str, ...] = ()
    category: str = ""


def list_branches(scheme: Scheme) -> tuple[Branch, ...]:
    """The whole tree, parents first."""
    return tuple(_walk(scheme.score, 0, None, ""))


def _walk(rule: rules.Rule, depth: int, weight: Fraction | None, category: str) -> Iterator[Branch]:
    if isinstance(rule, rules.ByCategory):
        for code, each in rule.rules.items():
            yield from _walk(each, depth, weight, code)
        return
    percent = None if weight is None else weight * 100
    yield Branch(depth, rule.code, percent, type(rule).__name__.lower(), _groups(rule), category)
    for share, part in _parts(rule):
        yield from _walk(part, depth + 1, share, "")


def _parts(rule: rules.Rule) -> Iterator[tuple[Fraction | None, rules.Rule]]:
    if isinstance(rule, rules.Total):
        yield from _parts(rule.base)
        if rule.added is not None:
            yield None, rule.added
    elif isinstance(rule, rules.Weighted):
        for part in rule.parts:
            yield part.weight, part.node
    else:
        for each in list_parts(rule):
            yield None, each


def _groups(rule: rules.Rule) -> tuple[str, ...]:
    if isinstance(rule, rules.Rated):
        return tuple(dict.fromkeys(rule.groups.values()))
    if isinstance(rule, rules.Satisfaction):
        return (rule.group,)
    if isinstance(rule, rules.RatedItems):
        return tuple(dict.fromkeys(group for item in rule.items for group in _groups(item.rated)))
    return ()
