"""A scheme's score tree as people read it: every part, its weight, its share of the whole."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction

from analysis.score.rules import ByCategory, CommentsOnly, Given, Rule
from analysis.score.span import span_of
from evalsvc.scheme.beyond import Addition, list_beyond
from evalsvc.scheme.model import Scheme
from evalsvc.scheme.rules.kind import Share
from evalsvc.scheme.rules.kinds import get_kind
from evalsvc.scheme.wording import show_short
from evalsvc.text import AND, NOTHING, SEMICOLON, Text, same


@dataclass(frozen=True)
class Branch:
    """A node: what its rule is called and how it reckons, its weight and its share of the total.

    `weight` is inside the node above, and full marks where that one adds points (`in_points`).
    Weight and share are None where a part has no fixed weight: adjustments, and facts of an
    indicator. `reach` says how far the figure goes where the weight does not: what a mark is out
    of (`out_of`, where that is another number), and the most that it can be. `category` is whose
    branch it is where the rule differs between categories.
    """

    code: str
    name: Text
    kind: Text
    how: Text
    weight: Fraction | None
    in_points: bool
    share: Fraction | None
    groups: tuple[str, ...]
    parts: tuple["Branch", ...]
    rule: Rule
    category: str = ""
    reach: Text = NOTHING
    out_of: Fraction | None = None

    def walk(self) -> Iterator["Branch"]:
        """This branch and all below it, parents first."""
        return (branch for _, branch in self.walk_down())

    def walk_down(self, depth: int = 0) -> Iterator[tuple[int, "Branch"]]:
        """The same, each with how deep it lies."""
        yield depth, self
        for part in self.parts:
            yield from part.walk_down(depth + 1)


def build_outline(scheme: Scheme, category: str) -> Branch:
    """The score tree as one category sees it."""
    (root,) = _list_branches(scheme, Share(scheme.score), Fraction(1), category)
    return root


def list_outline(scheme: Scheme) -> tuple[tuple[int, Branch], ...]:
    """The score tree as all categories see it, each branch with how deep it lies."""
    roots = _list_branches(scheme, Share(scheme.score), Fraction(1), None)
    return tuple(line for root in roots for line in root.walk_down())


def say_rule(rule: Rule) -> Text:
    """How a figure comes about, in a few words; a rule by category is asked branch by branch."""
    return get_kind(rule).how(rule)


def _list_branches(
    scheme: Scheme, place: Share, share: Fraction | None, category: str | None, of: str = ""
) -> Iterator[Branch]:
    """One branch, or one for each category where the rule differs between them."""
    rule = place.part
    if not isinstance(rule, ByCategory):
        yield _build_branch(scheme, place, share, category, of)
        return
    for code, each in rule.rules.items():
        if category in (None, code):
            own = replace(place, part=each)
            yield from _list_branches(scheme, own, share, category, "" if category else code)


def _build_branch(
    scheme: Scheme, place: Share, share: Fraction | None, category: str | None, of: str
) -> Branch:
    rule, kind = place.part, get_kind(place.part)
    return Branch(
        code=rule.code,
        name=scheme.node_names.get(rule.code, Text(rule.code, rule.code)),
        kind=kind.name,
        how=kind.how(rule),
        weight=place.weight,
        in_points=place.in_points,
        share=share,
        groups=kind.groups(rule, category),
        parts=tuple(
            branch
            for part in kind.weigh(rule)
            if _is_for(scheme, part.part, category)
            for branch in _list_branches(scheme, part, _times(share, part.of), category)
        ),
        rule=rule,
        category=of,
        reach=_say_whole(scheme, rule) or _say_reach(place, _is_root(scheme, rule)),
        out_of=place.out_of,
    )


def _is_root(scheme: Scheme, rule: Rule) -> bool:
    return any(rule is root for root in list_roots(scheme.score))


def list_roots(rule: Rule) -> list[Rule]:
    """The total, or what it is in each category."""
    if not isinstance(rule, ByCategory):
        return [rule]
    return [root for each in rule.rules.values() for root in list_roots(each)]


def _say_whole(scheme: Scheme, rule: Rule) -> Text:
    """Of a total its full marks, and apart from them what may be added."""
    additions, full = list_beyond(rule), span_of(rule).full
    # Where only the total itself goes beyond, such as by a coefficient, its most says it.
    by_parts = any(each.code != rule.code for each in additions)
    if not by_parts or not _is_root(scheme, rule):
        return NOTHING
    told = Text(
        "满分%(full)s分；满分以外：%(added)s", "full marks of %(full)s; beyond them: %(added)s"
    )
    listed = AND.join(_say_addition(scheme, each) for each in additions)
    return told.filled(full=show_short(full), added=listed)


def _say_addition(scheme: Scheme, addition: Addition) -> Text:
    name = scheme.node_names.get(addition.code, same(addition.code))
    if addition.most is None:
        return name + Text("不封顶", " without upper bound")
    told = Text("最多加%(most)s分", " up to %(most)s")
    return name + told.filled(most=show_short(addition.most))


def _say_reach(place: Share, is_root: bool) -> Text:
    """How far a figure goes, where full marks alone do not say it."""
    span = span_of(place.part)
    told = NOTHING
    if isinstance(place.part, CommentsOnly):
        return NOTHING
    if place.out_of is not None:
        told = Text(
            "按%(out_of)s分打，折成%(full)s分", "a mark out of %(out_of)s, counted as %(full)s"
        ).filled(out_of=show_short(place.out_of), full=show_short(place.weight))
    elif not is_root and not place.in_points:
        return NOTHING
    expected = place.out_of or place.weight
    if span.most == expected:
        return told
    most = Text("不封顶", "without upper bound")
    if span.most is not None:
        most = Text("最高%(most)s分", "%(most)s at most").filled(most=show_short(span.most))
    return told + SEMICOLON + most if told else most


def _times(share: Fraction | None, of: Fraction | None) -> Fraction | None:
    return None if share is None or of is None else share * of


def _is_for(scheme: Scheme, rule: Rule, category: str | None) -> bool:
    """Whether units of the category have a part; entered figures may be for others only."""
    if category is None:
        return True
    if isinstance(rule, ByCategory):
        return category in rule.rules
    if isinstance(rule, Given):
        known = [each for each in scheme.components if each.code == rule.code]
        return not known or any(category in each.categories for each in known)
    return True
