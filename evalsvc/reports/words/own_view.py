"""What a unit may see of its own score tree: every figure and its rule, nobody's ballot.

Below the figures from which on the result is public a unit sees no more than anybody. A figure that
comes from one or two ballots would tell how somebody voted, so the parts of a figure stay folded
where one of them does, too.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from fractions import Fraction

from analysis.panel import small_cells
from analysis.panel.small_cells import may_show_score
from analysis.score.tree import Node
from evalsvc.language import translate
from evalsvc.reports.words.explain import explain
from evalsvc.scheme.model import Scheme

RATED = ("rated", "rated_items")


@dataclass(frozen=True)
class OwnLine:
    """A figure of the unit; `share` and `applied` are percentages inside the figure above it."""

    code: str
    depth: int
    title: str
    value: Fraction | None
    share: Fraction | None
    applied: Fraction | None
    sentence: str
    remarks: tuple[str, ...]


def visible_tree(node: Node, folded: Collection[str] = ()) -> Node:
    """The tree without ballots, what is `folded`, and figures that are one or two people's."""
    parts = tuple(visible_tree(part, folded) for part in _visible_parts(node, folded))
    return replace(node, parts=parts, inputs=() if node.rule in RATED else node.inputs)


def list_own_lines(
    node: Node, scheme: Scheme, language: str, folded: Collection[str] = ()
) -> tuple[OwnLine, ...]:
    """The visible tree as lines, parents first."""
    return tuple(_walk(node, 0, scheme, language, folded))


def count_raters(node: Node) -> int:
    """How many ballots a rated figure comes from."""
    return sum(1 for each in node.inputs if each.points is not None)


def _walk(
    node: Node, depth: int, scheme: Scheme, language: str, folded: Collection[str]
) -> Iterator[OwnLine]:
    rated, parts = node.rule in RATED, _visible_parts(node, folded)
    told = explain(node, scheme, language)
    yield OwnLine(
        code=node.code,
        depth=depth,
        title=told.title,
        value=node.value,
        share=_percent(node.weight),
        applied=_percent(node.applied),
        sentence=_sentence(node, told.sentence, folded, language),
        remarks=() if rated or node.code in folded else told.remarks,
    )
    for part in parts:
        yield from _walk(part, depth + 1, scheme, language, folded)


def _visible_parts(node: Node, folded: Collection[str]) -> tuple[Node, ...]:
    shut = node.rule in RATED or node.code in folded or any(map(_tells, node.parts))
    return () if shut else node.parts


def _sentence(node: Node, told: str, folded: Collection[str], language: str) -> str:
    if node.code in folded and node.parts:
        return translate("由各评价主体的评价合成，不再展开，免得推出谁怎么评的。", language)
    if node.rule in RATED:
        n = count_raters(node)
        return translate("%(n)s 票平均得出，逐票不公开。", language, n=n) if n else ""
    if _visible_parts(node, folded) != node.parts:
        least = small_cells.THRESHOLDS.raters_for_unit_groups
        return translate("组成中有不足%(n)s票得出的分数，不再展开。", language, n=least)
    return told


def _tells(node: Node) -> bool:
    """Whether this figure is of so few ballots that it tells them."""
    if node.rule in RATED:
        raters = count_raters(node)
        return raters > 0 and not may_show_score(raters)
    there = [part for part in node.parts if part.value is not None]
    return len(there) == 1 and _tells(there[0])


def _percent(share: Fraction | None) -> Fraction | None:
    return None if share is None else share * 100
