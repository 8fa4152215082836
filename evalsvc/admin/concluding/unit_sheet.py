"""One unit's score tree as the page unfolds it: every figure with its words, parts and facts."""

from dataclasses import dataclass
from fractions import Fraction

from analysis.score.tree import Node
from evalsvc.reports.documents.unit_sheet import SameRows, gather_same
from evalsvc.reports.words.explain import Explanation, explain
from evalsvc.scheme.model import Scheme


@dataclass(frozen=True)
class Fold:
    """A figure that unfolds; `share` and `applied` are percentages inside its parent.

    `facts` are the ballots, answers and events that it came from, those that are alike in one row.
    """

    told: Explanation
    facts: tuple[SameRows, ...]
    share: Fraction | None
    applied: Fraction | None
    parts: tuple["Fold", ...]


def build_fold(node: Node, scheme: Scheme) -> Fold:
    """A node and everything below it. Nobody is named: that is the audit package's matter."""
    told = explain(node, scheme)
    return Fold(
        told,
        gather_same(told.rows[len(node.parts) :]),  # the parts unfold by themselves
        _percent(node.weight),
        _percent(node.applied),
        tuple(build_fold(part, scheme) for part in node.parts),
    )


def _percent(share: Fraction | None) -> Fraction | None:
    return None if share is None else share * 100
