"""One sentence a figure, with the arithmetic that gave it: each rule has its own."""

from analysis.score.forbidden import is_forbidden
from analysis.score.tree import Node
from evalsvc.scheme.model import Scheme
from evalsvc.scheme.rules.kinds import TELLERS
from evalsvc.scheme.rules.telling import show_term
from evalsvc.text import Text, same


def node_sentence(node: Node, scheme: Scheme) -> Text:
    """How the figure came about; a rule unknown here gives the bare value."""
    if node.value is None:
        return _no_value(node)
    if is_forbidden(node):
        # The rule's own sentence would tell how the figure came about that does not count.
        return Text("按%(value)s分计。", "Counts as %(value)s.").filled(value=show_term(node.value))
    if node.rule == "known":
        return _known(node)
    tell = TELLERS.get(node.rule)
    return tell(node, scheme) if tell else same(f"= {show_term(node.value)}")


def _no_value(node: Node) -> Text:
    if node.rule in ("weighted", "total"):
        return Text(
            "缺少规定的部分，没有分数。",
            "A part that the scheme demands is missing, so there is no score.",
        )
    return Text("没有分数。", "No score.")


def _known(node: Node) -> Text:
    return Text(
        "由档案直接给出：%(value)s。", "Taken from the archive as it stands: %(value)s."
    ).filled(value=show_term(node.value))
