"""Full marks, or none where something has happened."""

from analysis.score.rules import AllOrNothing
from evalsvc.scheme.file.source import Field
from evalsvc.scheme.rules.bounds import read_full
from evalsvc.scheme.rules.given import read_component
from evalsvc.scheme.rules.kind import Kind, always
from evalsvc.scheme.rules.telling import tell_worked
from evalsvc.scheme.tree import Tree, node_code, node_record
from evalsvc.text import Text


def _all_or_nothing(tree: Tree, found: Field, code: str) -> AllOrNothing:
    parts = node_record(tree, found, ("of",), ("full",))
    return AllOrNothing(
        node_code(tree, parts, found, code),
        read_full(tree.reading, parts["full"]),
        read_component(tree, parts["of"]),
    )


ALL_OR_NOTHING = Kind(
    AllOrNothing,
    name=Text("否决计分", "all or nothing"),
    how=always(Text("没有发生得满分，发生就不得分", "full marks without an event, else none")),
    tell=tell_worked,
    readers={"all_or_nothing": _all_or_nothing},
)
