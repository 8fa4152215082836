"""How much each part of a weighted node really decides, beside what the scheme says it should."""

from collections.abc import Sequence
from dataclasses import dataclass

from analysis.score.tree import Node, UnitResult
from analysis.statistics.comparison import EffectiveWeights, effective_weights

ADDED = ("sum", "total")
"""Nodes whose parts without a weight are points that are added."""


@dataclass(frozen=True)
class NodeWeights:
    """The parts of one weighted node in one category, with nominal and effective weights."""

    category: str
    node: str
    parts: tuple[str, ...]
    weights: EffectiveWeights


def node_weights(results: Sequence[UnitResult]) -> tuple[NodeWeights, ...]:
    """Effective weights cov(w·s, E)/var(E) of every node with weighted or added parts, by category.

    Added points, and adjustments beside weighted parts, have w = 1. Floating point, for the
    office's eyes only: nothing official follows from it.
    """
    found: dict[tuple[str, str], list[Node]] = {}
    for result in results:
        for node in result.tree.walk():
            # A part that stands alone decides everything, whatever its weight.
            if sum(1 for part in node.parts if _weight(node, part)) > 1:
                found.setdefault((result.category, node.code), []).append(node)
    return tuple(_weights(*key, nodes) for key, nodes in found.items())


def _weight(node: Node, part: Node) -> float | None:
    if part.weight is not None:
        return float(part.weight)
    return 1.0 if node.rule in ADDED else None


def _weights(category: str, code: str, nodes: Sequence[Node]) -> NodeWeights:
    """A node's parts are the same for all units of a category."""
    parts = [[part for part in node.parts if _weight(node, part) is not None] for node in nodes]
    scores = [
        [float("nan") if part.value is None else float(part.value) for part in own] for own in parts
    ]
    nominal = [_weight(nodes[0], part) or 0.0 for part in parts[0]]
    return NodeWeights(
        category, code, tuple(part.code for part in parts[0]), effective_weights(scores, nominal)
    )
