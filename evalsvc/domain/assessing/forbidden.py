"""Entered figures that a rule of the score forbids, found by the rule itself before they count.

A figure that a rule can't take counts the least that the rule gives (decision 31). It is refused
where it is entered, or handed in. What only the whole shows, a quota, is judged as if every figure
that is still due came and had not the best choice.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Protocol

from analysis.score.facts import Facts, Indicator, Unit
from analysis.score.rules import Given, Graded, Segments
from analysis.score.scoring import score
from analysis.score.tree import Node
from evalsvc.domain.assessing.counted import Key
from evalsvc.scheme.model import Scheme, list_rules
from evalsvc.text import Text

_HALF = Text(
    "档次和分数要么都填，要么都填“不承担”",
    "give both the segment and the score, or say of both that the unit does not carry them",
)
_OUTSIDE = Text(
    "%(score)s 分不在商定的 %(code)s 档（%(lower)s 到 %(upper)s 分）内，请改分数或档次",
    "a score of %(score)s is outside the agreed %(code)s (%(lower)s to %(upper)s points); "
    "please change the score or the segment",
)
_OVER = Text(
    "评为这一等的有 %(given)s 个，最多 %(most)s 个，请改评超出的",
    "%(given)s units are rated so, and at most %(most)s may be; please rate some otherwise",
)


class RatedUnit(Protocol):
    """What is asked of a unit here, whichever list it stands in."""

    @property
    def code(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def category(self) -> str: ...


@dataclass(frozen=True)
class Forbidden:
    """A figure that must not stand as it is, and why."""

    key: Key
    why: Text


def list_forbidden(
    scheme: Scheme, units: Sequence[RatedUnit], figures: Mapping[Key, str | None]
) -> tuple[Forbidden, ...]:
    """What of these figures is forbidden; None: the unit does not carry it, left out: still due."""
    rules = {
        rule.code: rule for rule in list_rules(scheme.score) if isinstance(rule, Segments | Graded)
    }
    if not rules:
        return ()
    whole = {**_fill_due(scheme, units, rules.values(), figures), **figures}
    facts = Facts(
        units=tuple(Unit(each.code, each.name, each.category) for each in units),
        indicators=tuple(
            Indicator(round_code, unit, code, None if value is None else Fraction(value))
            for (round_code, unit, code), value in whole.items()
        ),
    )
    found: dict[Key, Forbidden] = {}
    for result in score(scheme.score, facts, scheme.publication.places):
        for node in result.tree.walk():
            rule = rules.get(node.code)
            if rule is not None:
                # A figure may be read in two parts of the score, and is forbidden once.
                found |= {each.key: each for each in _judge(rule, node, result.unit, figures)}
    return tuple(found.values())


def _judge(
    rule: Segments | Graded, node: Node, unit: str, figures: Mapping[Key, str | None]
) -> Iterator[Forbidden]:
    if isinstance(rule, Graded):
        yield from _judge_share(rule, node, unit, figures)
    elif isinstance(rule.agreed, Given) and isinstance(rule.score, Given):
        yield from _judge_segment(rule.agreed, rule.score, node, unit, figures)


def _judge_segment(
    agreed: Given, given: Given, node: Node, unit: str, figures: Mapping[Key, str | None]
) -> Iterator[Forbidden]:
    segment, points = ((each.round, unit, each.code) for each in (agreed, given))
    if segment not in figures or points not in figures:
        return  # the other half is still due
    if (figures[segment] is None) != (figures[points] is None):
        yield Forbidden(points, _HALF)
    for remark in node.remarks:
        if remark.code == "outside_segment":
            names = dict(zip(("score", "code", "lower", "upper"), remark.figures, strict=True))
            yield Forbidden(points, _OUTSIDE.filled(**names))


def _judge_share(
    rule: Graded, node: Node, unit: str, figures: Mapping[Key, str | None]
) -> Iterator[Forbidden]:
    if not isinstance(rule.node, Given):
        return
    key = (rule.node.round, unit, rule.node.code)
    for remark in node.remarks:
        # `next`: the rule book itself says what becomes of them.
        if remark.code == "over_share" and remark.figures[2] == "refuse" and key in figures:
            given, most, _ = remark.figures
            yield Forbidden(key, _OVER.filled(given=given, most=most))


def _fill_due(
    scheme: Scheme,
    units: Sequence[RatedUnit],
    rules: Iterable[Segments | Graded],
    figures: Mapping[Key, str | None],
) -> dict[Key, str | None]:
    """The worst choice wherever a choice is still due: a share is of all who will have one."""
    due: dict[Key, str | None] = {}
    for rule in rules:
        if isinstance(rule, Graded) and isinstance(rule.node, Given):
            component = scheme.get_component(rule.node.round, rule.node.code)
            for unit in units:
                key = (rule.node.round, unit.code, rule.node.code)
                if unit.category in component.categories and key not in figures:
                    due[key] = str([*rule.points][-1])
    return due
