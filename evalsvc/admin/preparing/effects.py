"""What really sets units apart: how much of it comes from each part of the score tree."""

from collections.abc import Sequence
from fractions import Fraction

from analysis.examining.node_weights import node_weights
from analysis.score.tree import UnitResult


def list_effects(results: Sequence[UnitResult]) -> dict[tuple[str, str], Fraction]:
    """By category and part: how much of what sets units apart one level up comes from the part."""
    return {
        (found.category, part): Fraction(effect)
        for found in node_weights(results)
        for part, effect in zip(found.parts, found.weights.effective, strict=True)
        if effect is not None
    }
