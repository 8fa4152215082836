"""One unit's score tree as the page unfolds it: every figure with its words, parts and facts."""

from dataclasses import dataclass
from fractions import Fraction

from analysis.tree import Node
from evalsvc.reports.explain import Explanation, explain
from evalsvc.scheme.model import Scheme


@dataclass(frozen=True)
class Fold:
    """A figure that unfolds; `share` and `applied` are percentages inside its parent."""

    told: Explanation
    share: Fraction | None
    applied: Fraction | None
    parts: tuple["Fold", ...]

    @property
    def is_leaf(self) -> bool:
        return not self.parts


def build_fold(node: Node, scheme: Scheme, language: str) -> Fold:
    """A node and everything below it. Nobody is named: that is the audit package's matter."""
    return Fold(
        explain(node, scheme, language),
        _percent(node.weight),
        _percent(node.applied),
        tuple(build_fold(part, scheme, language) for part in node.parts),
    )


def _percent(share: Fraction | None) -> Fraction | None:
    return None if share is None else share * 100
