"""Points in proportion to the best of the category."""

from analysis.score.rules import ToBest
from evalsvc.scheme.file.source import Field
from evalsvc.scheme.rules.bounds import read_full, read_order
from evalsvc.scheme.rules.given import read_component
from evalsvc.scheme.rules.kind import Kind, always
from evalsvc.scheme.rules.telling import tell_worked
from evalsvc.scheme.tree import Tree, node_code, node_record
from evalsvc.text import Text


def _to_best(tree: Tree, found: Field, code: str) -> ToBest:
    parts = node_record(tree, found, ("of",), ("full", "order"))
    return ToBest(
        node_code(tree, parts, found, code),
        read_full(tree.reading, parts["full"]),
        read_component(tree, parts["of"]),
        read_order(tree.reading, parts["order"]),
    )


TO_BEST = Kind(
    ToBest,
    name=Text("与最好单位比", "in proportion to the best"),
    how=always(
        Text("本类最好的得满分，其余按比例", "full marks for the best, in proportion for others")
    ),
    tell=tell_worked,
    readers={"to_best": _to_best},
)
