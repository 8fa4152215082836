"""Parts that count in points, each with full marks."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from fractions import Fraction

from analysis.score.rules import Part, Rule, Summed
from analysis.score.tree import Node
from evalsvc.scheme.file.source import Field
from evalsvc.scheme.model import Scheme
from evalsvc.scheme.rules.bounds import read_bounds
from evalsvc.scheme.rules.kind import Kind, Share, always
from evalsvc.scheme.rules.marks import read_out_of, settle_out_of
from evalsvc.scheme.rules.parts import read_missing, read_parts, split_by_weights
from evalsvc.scheme.rules.telling import added_terms, show_term
from evalsvc.scheme.tree import Tree, node_code, node_record
from evalsvc.text import STOP, Text, same


def _summed(tree: Tree, found: Field, code: str) -> Rule:
    parts = node_record(tree, found, ("parts", "missing"), ("least", "most"))
    own = node_code(tree, parts, found, code)
    return read_summed_of(tree, parts, own, lambda rule: rule)


def read_summed_of(
    tree: Tree, parts: Mapping[str, Field], code: str, finish: Callable[[Summed], Rule]
) -> Rule:
    reading = tree.reading
    children, full = read_parts(tree, parts["parts"], "full")
    missing = read_missing(reading, parts["missing"])
    least, most = read_bounds(reading, parts)
    fields = reading.sequence(parts["parts"])
    out_of = [read_out_of(reading, child) for child in fields]

    def build(own: Sequence[Fraction]) -> Rule:
        marks = tuple(
            Part(full, node, settle_out_of(reading, child, given, full, node))
            for full, node, child, given in zip(own, children, fields, out_of, strict=True)
        )
        # Extras alone (`full: 0`) make no book: nothing would be full marks.
        if own and not any(own):
            reading.report(parts["parts"], Text("满分不能全为 0", "expected full marks above 0"))
        return finish(Summed(code, marks, missing, least, most))

    return split_by_weights(tree, code, full, build)


def _weigh(rule: Summed) -> Iterator[Share]:
    full = sum((part.weight for part in rule.parts), Fraction(0))
    for part in rule.parts:
        # Of the whole, for the outline; an extra has no share in it.
        of = part.weight / full if full else None
        yield Share(part.node, part.weight, of, in_points=True, out_of=part.out_of)


def tell_sum(node: Node, _scheme: Scheme) -> Text:
    """Points are added; a part that also stands for a missing one counts for more."""
    return same(f"{added_terms(node)} = {show_term(node.value)}") + STOP


SUMMED = Kind(
    Summed,
    name=Text("各项得分相加", "points added up"),
    how=always(Text("下列各项得分相加", "the points below, added")),
    tell=tell_sum,
    readers={"sum": _summed},
    weigh=_weigh,
)
