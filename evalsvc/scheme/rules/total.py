"""The whole: parts, and bonuses and deductions beside them."""

from collections.abc import Iterator, Mapping

from analysis.score.rules import Adjusted, Rule, Summed, Total
from analysis.score.tree import Node
from evalsvc.scheme.file.reading import Reading
from evalsvc.scheme.file.source import Field
from evalsvc.scheme.model import Scheme
from evalsvc.scheme.rules.kind import Kind, Share
from evalsvc.scheme.rules.node import read_rule
from evalsvc.scheme.rules.summed import SUMMED, read_summed_of, tell_sum
from evalsvc.scheme.rules.telling import centred_terms, find_remark, show_term, weighted_terms
from evalsvc.scheme.rules.weighted import WEIGHTED, read_weighted_of
from evalsvc.scheme.tree import Tree, node_code, node_record
from evalsvc.text import SEMICOLON, STOP, Text, same


def _total(tree: Tree, found: Field, code: str) -> Rule:
    """Weighted parts, or parts with full marks, and the adjustments."""
    in_points = _has_full_marks(tree.reading, found)
    optional = ("least", "most") if in_points else ("limits", "missing_most")
    parts = node_record(tree, found, ("parts", "missing"), (*optional, "added"))
    own = node_code(tree, parts, found, code)
    added = _added(tree, parts["added"])
    if in_points:
        # The base has a code of its own, though its parts
        # stand under the total: the total unfolds in one step.
        return read_summed_of(tree, parts, f"{own}.base", lambda base: Total(own, base, added))
    return read_weighted_of(tree, parts, f"{own}.base", lambda base: Total(own, base, added))


def _has_full_marks(reading: Reading, found: Field) -> bool:
    parts = reading.entries(found).get("parts")
    # The first part decides which of the two is meant;
    # a part that does not fit is told where it stands.
    first = parts.content[0] if parts and isinstance(parts.content, tuple) and parts.content else 0
    return (
        isinstance(first, Field)
        and isinstance(first.content, Mapping)
        and ("full" in first.content)
    )


def _added(tree: Tree, found: Field) -> Adjusted | None:
    if found.content is None:
        return None
    added = read_rule(tree, found)
    if isinstance(added, Adjusted):
        # Any other rule would be a part without a weight.
        return added
    tree.reading.report_following(
        found, Text("added 只能用 rule: adjustments", "“added” takes rule: adjustments only")
    )
    return None


def _say_how(rule: Total) -> Text:
    if rule.added is None:
        return SUMMED.how(rule.base) if isinstance(rule.base, Summed) else WEIGHTED.how(rule.base)
    if isinstance(rule.base, Summed):
        return Text("下列各项得分相加，再加减分", "the points below, added, and the adjustments")
    return Text("下列各项加权，再加减分", "the parts below, weighted, and the adjustments")


def _weigh(rule: Total) -> Iterator[Share]:
    """The parts of what is added to, and then what is added."""
    if isinstance(rule.base, Summed):
        yield from SUMMED.weigh(rule.base)
    else:
        yield from WEIGHTED.weigh(rule.base)
    if rule.added is not None:
        yield Share(rule.added)


def _tell(node: Node, scheme: Scheme) -> Text:
    """As for weighted parts or a sum of points, then the adjustments, which have no weight."""
    means = find_remark(node, "centred_means")
    # Adjustments have no weight; parts with full marks have none here either.
    parts = [part for part in node.parts if part.weight is not None]
    if not parts:
        return tell_sum(node, scheme)
    terms = same(centred_terms(node, means.figures) if means else weighted_terms(parts))
    cut = find_remark(node, "cut")
    if cut:
        terms += same(f" = {cut.figures[0]}") + SEMICOLON + same(cut.figures[1])
    return terms + same(f"{_adjusted_terms(node)} = {show_term(node.value)}") + STOP


def _adjusted_terms(node: Node) -> str:
    return "".join(
        f" {'−' if part.value < 0 else '+'} {show_term(abs(part.value))}"
        for part in node.parts
        if part.weight is None and part.value is not None
    )


TOTAL = Kind(
    Total,
    name=Text("加总", "total"),
    how=_say_how,
    tell=_tell,
    readers={"total": _total},
    weigh=_weigh,
)
