"""What a unit's result says of figures that a rule forbids: which, why, and what they count."""

from collections.abc import Iterator

from analysis.score.forbidden import FORBIDDEN, FORBIDDEN_EVENTS, list_forbidden
from analysis.score.tree import Node
from evalsvc.reports.words.remarks import IN_SENTENCES, remark_sentence
from evalsvc.scheme.model import Scheme
from evalsvc.scheme.wording import node_name
from evalsvc.text import NOTHING, Text

_ABOUT = Text("“%(name)s”：%(why)s", "“%(name)s”: %(why)s")


def list_forbidden_sentences(tree: Node, scheme: Scheme) -> tuple[Text, ...]:
    """One sentence a figure, each figure once, wherever in the tree it stands."""
    return tuple(dict.fromkeys(_tell(tree, scheme)))


def _tell(tree: Node, scheme: Scheme) -> Iterator[Text]:
    for node in list_forbidden(tree):
        # Why stands at what was entered, which may lie below what counts the least for it.
        reasons = [
            remark_sentence(remark, scheme)
            for each in node.walk()
            for remark in each.remarks
            if remark.code != FORBIDDEN and remark.code not in IN_SENTENCES
        ]
        counts = next(remark for remark in node.remarks if remark.code == FORBIDDEN)
        why = NOTHING.join(dict.fromkeys((*reasons, remark_sentence(counts, scheme))))
        yield _ABOUT.filled(name=node_name(scheme, node.code), why=why)
    for node in tree.walk():
        for remark in node.remarks:
            if remark.code == FORBIDDEN_EVENTS:
                yield _ABOUT.filled(
                    name=node_name(scheme, node.code), why=remark_sentence(remark, scheme)
                )
