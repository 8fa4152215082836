"""From which figure on a result is public, as the scheme alone says it.

A score of one rater is that rater's answer. So nothing below the figure that joins a group's score
with others is public, unless the scheme says that more, or less, of the group is.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from analysis.score.rules import (
    ByCategory,
    Deviation,
    Distance,
    Given,
    Limited,
    Mean,
    Rated,
    RatedItems,
    Rule,
    Satisfaction,
    Scaled,
    Summed,
    Total,
    Weighted,
)
from evalsvc.scheme.model import Group, Scheme


@dataclass(frozen=True)
class Figure:
    """A figure of one category's score tree; `group` and `round` where it comes from answers.

    `joined` is how many of its parts weigh anything.
    """

    code: str
    parts: tuple["Figure", ...] = ()
    joined: int = 0
    group: str = ""
    round: str = ""
    entered: bool = False

    def walk(self) -> Iterator["Figure"]:
        """This figure and all below it, parents first."""
        yield self
        for part in self.parts:
            yield from part.walk()


def build_figures(rule: Rule, category: str) -> Figure:
    """The score tree as it is for one category's units."""
    if isinstance(rule, ByCategory):
        branch = rule.rules.get(category)
        return build_figures(branch, category) if branch else Figure(rule.code, entered=True)
    if isinstance(rule, Total):
        return _total(rule, category)
    if isinstance(rule, Rated):
        return Figure(rule.code, group=rule.groups.get(category, ""), round=rule.round)
    if isinstance(rule, Distance):
        # It comes from the ballots themselves, not from the means that it is compared with.
        means = build_figures(rule.rated, category)
        return replace(means, code=rule.code, parts=(means,), joined=1)
    if isinstance(rule, RatedItems):
        first = rule.items[0].rated
        return Figure(rule.code, group=first.groups.get(category, ""), round=first.round)
    if isinstance(rule, Satisfaction):
        return Figure(rule.code, group=rule.group, round=rule.round)
    parts = tuple(build_figures(part, category) for part in rule.below)
    return Figure(rule.code, parts, _count_joined(rule), entered=isinstance(rule, Given))


def list_shown_from(scheme: Scheme, category: str) -> tuple[str, ...]:
    """The figures below which nothing is public of a category's units, by the scheme alone."""
    tree = build_figures(scheme.score, category)
    settings = {group.code: group.public for group in scheme.groups if group.keeps_ballots}
    return keep_highest(
        tree,
        {
            _find_start(path, settings[path[-1].group])
            for path in list_paths(tree)
            if path[-1].group in settings
        },
    )


def find_shown_from(scheme: Scheme, category: str, group: str, round_code: str) -> tuple[str, ...]:
    """The figures from which on a group's answers of one round enter what is public."""
    tree, starts = build_figures(scheme.score, category), list_shown_from(scheme, category)
    found = [
        figure.code
        for path in list_paths(tree)
        if (path[-1].group, path[-1].round) == (group, round_code)
        for figure in path
        if figure.code in starts
    ]
    return tuple(dict.fromkeys(found))


def list_shown_of(scheme: Scheme, group: Group) -> tuple[str, ...] | None:
    """The figures from which on anything of a group is public, in all rounds and categories.

    None for a group whose ballots are not kept apart: its scores are public. Where a figure is
    "score", a group's own score is one of them.
    """
    if not group.keeps_ballots:
        return None
    return tuple(
        dict.fromkeys(
            code
            for category in scheme.categories
            for one in scheme.rounds
            for code in find_shown_from(scheme, category.code, group.code, one.code)
        )
    )


def list_folded(
    scheme: Scheme, category: str, starts: tuple[str, ...] | None = None
) -> frozenset[str]:
    """The figures of its own below which a unit sees nothing either.

    It knows its total and what was entered about it, so it can work out what answers come to
    together: where even that is withheld from the public, the unit sees it, and nothing below.
    `starts` are those of a result, if they are known.
    """
    tree = build_figures(scheme.score, category)
    known = starts if starts is not None else list_shown_from(scheme, category)
    if tree.code not in known:
        return frozenset(known)
    kept = {group.code for group in scheme.groups if group.keeps_ballots}
    return frozenset(
        part.code for part in tree.parts if any(each.group in kept for each in part.walk())
    )


def list_paths(tree: Figure) -> Iterator[tuple[Figure, ...]]:
    """The way from the root to every leaf."""
    for part in tree.parts:
        yield from ((tree, *below) for below in list_paths(part))
    if not tree.parts:
        yield (tree,)


def keep_highest(tree: Figure, codes: set[str]) -> tuple[str, ...]:
    """Of some figures those that lie below no other one, in the order of the tree."""
    if tree.code in codes:
        return (tree.code,)
    return tuple(code for part in tree.parts for code in keep_highest(part, codes))


def raise_start(tree: Figure, code: str) -> str:
    """The next figure above that joins at least two; the root has none above it."""
    for path in list_paths(tree):
        above = [figure for figure in path if figure.code != code]
        place = next((n for n, figure in enumerate(path) if figure.code == code), None)
        if place is not None:
            return next((f.code for f in reversed(above[:place]) if f.joined > 1), tree.code)
    raise KeyError(code)


def list_hidden(tree: Figure, starts: tuple[str, ...]) -> frozenset[str]:
    """Everything that lies below the figures from which on a result is public, and nowhere else."""
    below = {
        each.code
        for figure in tree.walk()
        if figure.code in starts
        for each in figure.walk()
        if each.code != figure.code
    }
    # An entered figure that also stands elsewhere is public there, and the part needs it.
    return frozenset(below - set(_list_open(tree, starts)))


def _list_open(tree: Figure, starts: tuple[str, ...]) -> Iterator[str]:
    """The figures that are reached without passing one from which on a result is public."""
    yield tree.code
    if tree.code not in starts:
        for part in tree.parts:
            yield from _list_open(part, starts)


def _find_start(path: tuple[Figure, ...], setting: str) -> str:
    if setting == "total":
        return path[0].code
    if setting == "score":
        return path[-1].code
    return next((figure.code for figure in reversed(path) if figure.joined > 1), path[0].code)


def _total(rule: Total, category: str) -> Figure:
    base = build_figures(rule.base, category)
    added = (Figure(rule.added.code),) if rule.added else ()
    return Figure(rule.code, (*base.parts, *added), base.joined)


def _count_joined(rule: Rule) -> int:
    if isinstance(rule, Weighted | Summed):
        return sum(1 for part in rule.parts if part.weight)
    if isinstance(rule, Mean):
        return sum(1 for part in rule.parts if part.code not in rule.excepted)
    if isinstance(rule, Scaled | Deviation | Limited):
        # A coefficient, a target or a condition hides nothing: whoever knows it knows the figure.
        return 1
    return len(rule.below)
