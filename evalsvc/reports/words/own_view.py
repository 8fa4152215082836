"""What a unit may see of its own score tree: every figure and its rule, nobody's ballot.

Below the figures from which on the result is public a unit sees no more than anybody. A figure that
comes from one or two ballots would tell how somebody voted, so the parts of a figure stay folded
where one of them does, too.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from fractions import Fraction

from analysis.score.tree import Node
from evalsvc.reports.words.explain import explain
from evalsvc.scheme.model import Scheme
from evalsvc.text import NOTHING, Text

RATED = ("rated", "rated_items")


@dataclass(frozen=True)
class OwnLine:
    """A figure of the unit; `share` and `applied` are percentages inside the figure above it."""

    code: str
    depth: int
    title: Text
    value: Fraction | None
    share: Fraction | None
    applied: Fraction | None
    sentence: Text
    remarks: tuple[Text, ...]


def visible_tree(node: Node, scheme: Scheme, folded: Collection[str] = ()) -> Node:
    """The tree without ballots, what is `folded`, and figures that are one or two people's."""
    shown = _visible_parts(node, scheme, folded)
    parts = tuple(visible_tree(part, scheme, folded) for part in shown)
    return replace(node, parts=parts, inputs=() if node.rule in RATED else node.inputs)


def list_own_lines(node: Node, scheme: Scheme, folded: Collection[str] = ()) -> tuple[OwnLine, ...]:
    """The visible tree as lines, parents first."""
    return tuple(_walk(node, 0, scheme, folded))


def count_raters(node: Node) -> int:
    """How many ballots a rated figure comes from."""
    return sum(1 for each in node.inputs if each.points is not None)


def _walk(node: Node, depth: int, scheme: Scheme, folded: Collection[str]) -> Iterator[OwnLine]:
    rated, parts = node.rule in RATED, _visible_parts(node, scheme, folded)
    told = explain(node, scheme)
    yield OwnLine(
        code=node.code,
        depth=depth,
        title=told.title,
        value=node.value,
        share=_percent(node.weight),
        applied=_percent(node.applied),
        sentence=_sentence(node, scheme, told.sentence, folded),
        remarks=() if rated or node.code in folded else told.remarks,
    )
    for part in parts:
        yield from _walk(part, depth + 1, scheme, folded)


def _visible_parts(node: Node, scheme: Scheme, folded: Collection[str]) -> tuple[Node, ...]:
    shut = node.rule in RATED or node.code in folded or any(_list_telling(node, scheme))
    return () if shut else node.parts


def _sentence(node: Node, scheme: Scheme, told: Text, folded: Collection[str]) -> Text:
    if node.code in folded and node.parts:
        return Text(
            "由各评价主体的评价合成，不再展开，免得推出谁怎么评的。",
            "Made up of raters' evaluations; not unfolded further, lest it tell how somebody "
            "answered.",
        )
    if node.rule in RATED:
        n = count_raters(node)
        said = Text(
            "%(n)s 票平均得出，逐票不公开。",
            "Mean of %(n)s ballots, which are not shown one by one.",
        )
        return said.filled(n=n) if n else NOTHING
    if _visible_parts(node, scheme, folded) != node.parts:
        return Text(
            "组成中有不足%(n)s票得出的分数，不再展开。",
            "Some parts come from fewer than %(n)s ballots, so they are not unfolded.",
        ).filled(n=max(_list_telling(node, scheme)))
    return told


def _list_telling(node: Node, scheme: Scheme) -> list[int]:
    """How many ballots each part would have to be of that is of so few that it tells them."""
    found = (_find_telling(part, scheme) for part in node.parts)
    return [least for least in found if least is not None]


def _find_telling(node: Node, scheme: Scheme) -> int | None:
    if node.rule in RATED:
        raters, thresholds = count_raters(node), scheme.get_thresholds(node.code)
        tells = raters > 0 and not thresholds.may_show_score(raters)
        return thresholds.raters_for_unit_groups if tells else None
    there = [part for part in node.parts if part.value is not None]
    return _find_telling(there[0], scheme) if len(there) == 1 else None


def _percent(share: Fraction | None) -> Fraction | None:
    return None if share is None else share * 100
