"""The plain mean of parts."""

from collections.abc import Iterator
from fractions import Fraction

from analysis.score.rules import Mean
from analysis.score.tree import Node
from evalsvc.scheme.file.source import Field
from evalsvc.scheme.model import Scheme
from evalsvc.scheme.rules.kind import Kind, Share, always
from evalsvc.scheme.rules.marks import check_scales
from evalsvc.scheme.rules.node import read_rule
from evalsvc.scheme.rules.telling import abridged, show_term
from evalsvc.scheme.tree import Tree, node_code, node_record
from evalsvc.text import Text


def _mean(tree: Tree, found: Field, code: str) -> Mean:
    reading = tree.reading
    parts = node_record(tree, found, ("parts",), ("except",))
    children = tuple(read_rule(tree, child) for child in reading.sequence(parts["parts"]))
    codes = tuple(child.code for child in children)
    excepted = frozenset(
        reading.known(out, codes, Text("部分", "part")) for out in reading.sequence(parts["except"])
    )
    # All excepted, and no mean would be left.
    if parts["parts"].content is not None and not set(codes) - excepted:
        reading.report(
            parts["parts"], Text("至少要有一个计入的部分", "expected a part that counts")
        )
    counted = [
        (Fraction(1), node, field)
        for node, field in zip(children, reading.sequence(parts["parts"]), strict=True)
        if node.code not in excepted
    ]
    check_scales(reading, parts["parts"], tree.categories, counted)
    return Mean(node_code(tree, parts, found, code), children, excepted)


def _weigh(rule: Mean) -> Iterator[Share]:
    counted = [part for part in rule.parts if part.code not in rule.excepted]
    for each in rule.parts:
        yield Share(each, of=Fraction(1, len(counted)) if each in counted else None)


def _tell(node: Node, _scheme: Scheme) -> Text:
    counted = [part.value for part in node.parts if part.applied and part.value is not None]
    return Text(
        "%(n)s项平均：(%(terms)s) ÷ %(n)s = %(value)s。",
        "Mean of %(n)s items: (%(terms)s) ÷ %(n)s = %(value)s.",
    ).filled(
        n=len(counted),
        terms=abridged([show_term(value) for value in counted]),
        value=show_term(node.value),
    )


MEAN = Kind(
    Mean,
    name=Text("平均", "mean"),
    how=always(Text("下列各项的平均", "the mean of the parts below")),
    tell=_tell,
    readers={"mean": _mean},
    weigh=_weigh,
)
