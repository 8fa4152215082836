"""The lowest or the highest of some figures."""

from collections.abc import Callable

from analysis.score.rules import Extreme
from analysis.score.rules.extreme import Which
from analysis.score.tree import Node
from evalsvc.scheme.file.source import Field
from evalsvc.scheme.model import Scheme
from evalsvc.scheme.rules.kind import Kind
from evalsvc.scheme.rules.node import read_rule
from evalsvc.scheme.rules.telling import find_remark, show_term
from evalsvc.scheme.tree import Tree, node_code, node_record
from evalsvc.text import AND, Text


def _read(which: Which) -> Callable[[Tree, Field, str], Extreme]:
    def read(tree: Tree, found: Field, code: str) -> Extreme:
        parts = node_record(tree, found, ("parts",), ())
        children = tuple(read_rule(tree, each) for each in tree.reading.sequence(parts["parts"]))
        if parts["parts"].content is not None and len(children) < 2:
            tree.reading.report(
                parts["parts"], Text("至少要有两个部分", "expected at least two parts")
            )
        return Extreme(node_code(tree, parts, found, code), children, which)

    return read


def _say_how(rule: Extreme) -> Text:
    if rule.which == "lowest":
        return Text("下列各项中最低的", "the lowest of the parts below")
    return Text("下列各项中最高的", "the highest of the parts below")


def _tell(node: Node, _scheme: Scheme) -> Text:
    value = show_term(node.value)
    for which, words in _SAID.items():
        remark = find_remark(node, which)
        if remark is not None:
            return words.filled(figures=AND.join(remark.figures), value=value)
    return Text("得%(value)s。", "It is %(value)s.").filled(value=value)


_SAID = {
    "lowest": Text("%(figures)s中最低的：%(value)s。", "The lowest of %(figures)s: %(value)s."),
    "highest": Text("%(figures)s中最高的：%(value)s。", "The highest of %(figures)s: %(value)s."),
}

EXTREME = Kind(
    Extreme,
    name=Text("取最低或最高", "lowest or highest"),
    how=_say_how,
    tell=_tell,
    readers={"lowest": _read("lowest"), "highest": _read("highest")},
)
