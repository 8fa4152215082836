"""The plain mean of parts."""

from collections.abc import Iterator
from fractions import Fraction

from analysis.score.rules import Mean
from evalsvc.scheme.file.source import Field
from evalsvc.scheme.rules.kind import Kind, Share, always
from evalsvc.scheme.rules.node import read_rule
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
    if parts["parts"].content is not None and not set(codes) - excepted:
        reading.report(
            parts["parts"], Text("至少要有一个计入的部分", "expected a part that counts")
        )
    return Mean(node_code(tree, parts, found, code), children, excepted)


def _weigh(rule: Mean) -> Iterator[Share]:
    counted = [part for part in rule.parts if part.code not in rule.excepted]
    for each in rule.parts:
        yield Share(each, of=Fraction(1, len(counted)) if each in counted else None)


MEAN = Kind(
    Mean,
    name=Text("平均", "mean"),
    how=always(Text("下列各项的平均", "the mean of the parts below")),
    readers={"mean": _mean},
    weigh=_weigh,
)
