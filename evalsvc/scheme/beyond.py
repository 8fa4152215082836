"""What a scheme states beyond its full marks: extras, figures that may exceed theirs, bonuses."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

from analysis.score.rules import Adjusted, Part, Rule, Summed, Total, Weighted
from analysis.score.span import Bound, span_of


@dataclass(frozen=True)
class Addition:
    """A part by its code, and by how much it can go beyond full marks; None without bound."""

    code: str
    most: Bound


def list_beyond(rule: Rule) -> tuple[Addition, ...]:
    """The additions of a figure: together with its full marks they are the most that it can be.

    Where they do not add up to that (a part that stands for a missing one carries its own along),
    the figure itself is the one that goes beyond. Empty where it states no full marks.
    """
    span = span_of(rule)
    if span.full is None or (span.most is not None and span.most <= span.full):
        return ()
    found = tuple(_list_parts(rule))
    whole = None if span.most is None else span.most - span.full
    return found if found and _add(found) == whole else (Addition(rule.code, whole),)


def _add(additions: Sequence[Addition]) -> Bound:
    known = [each.most for each in additions if each.most is not None]
    return sum(known, Fraction(0)) if len(known) == len(additions) else None


def _list_parts(rule: Rule) -> Iterator[Addition]:
    if isinstance(rule, Total):
        yield from list_beyond(rule.base)
        bonus = span_of(rule.added).most if isinstance(rule.added, Adjusted) else Fraction(0)
        if rule.added is not None and bonus != 0:
            yield Addition(rule.added.code, bonus)
    elif isinstance(rule, Summed):
        for part in rule.parts:
            yield from _list_of(part)
    elif isinstance(rule, Weighted):
        counted = [part.node for part in rule.parts if part.weight]
        # Of several weighted parts no single one's points are the total's.
        if len(counted) == 1:
            yield from list_beyond(counted[0])


def _list_of(part: Part) -> Iterator[Addition]:
    """Of an extra all, of a part what goes beyond its full marks."""
    most = span_of(part.node).most
    worth = None if most is None else most * part.weight / part.divisor if part.weight else most
    beyond = None if worth is None else worth - part.weight
    if beyond is not None and beyond <= 0:
        return
    inner = list_beyond(part.node) if part.divisor == part.weight else ()
    yield from inner if inner and _add(inner) == beyond else (Addition(part.node.code, beyond),)
