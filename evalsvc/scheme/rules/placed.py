"""Points by the place inside the category."""

from typing import cast

from analysis.score.rules import Placed, Ties
from evalsvc.scheme.file.source import Field
from evalsvc.scheme.rules.bounds import read_order
from evalsvc.scheme.rules.given import read_component
from evalsvc.scheme.rules.kind import Kind, always
from evalsvc.scheme.rules.place_points import read_place_points
from evalsvc.scheme.rules.telling import tell_worked
from evalsvc.scheme.tree import Tree, node_code, node_record
from evalsvc.text import Text

TIES = ("shared", "mean", "void_tied", "void_all")


def _placed(tree: Tree, found: Field, code: str) -> Placed:
    reading = tree.reading
    parts = node_record(tree, found, ("of", "points"), ("step", "least", "order", "ties"))
    return Placed(
        node_code(tree, parts, found, code),
        read_component(tree, parts["of"]),
        *read_place_points(reading, parts),
        read_order(reading, parts["order"]),
        cast(Ties, reading.choice(parts["ties"], TIES)),
    )


PLACED = Kind(
    Placed,
    name=Text("按名次计分", "points by place"),
    how=always(Text("按在本类中的名次得分", "points by the place in the category")),
    tell=tell_worked,
    readers={"placed": _placed},
)
