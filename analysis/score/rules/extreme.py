"""The lowest or the highest of some figures, such as a baseline."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import TYPE_CHECKING, ClassVar, Literal

from analysis.score.evaluation import ONE, Nodes, evaluate
from analysis.score.facts import Unit
from analysis.score.forbidden import withhold
from analysis.score.season import Season
from analysis.score.span import ZERO, Span, joined_span, span_of
from analysis.score.tree import Node, Remark, list_awaited, shown

if TYPE_CHECKING:
    from analysis.score.rules import Rule

Which = Literal["lowest", "highest"]


@dataclass(frozen=True)
class Extreme:
    """The `which` of the parts that a unit carries."""

    kind: ClassVar[str] = "extreme"

    code: str
    parts: tuple["Rule", ...]
    which: Which = "lowest"
    places: int | None = None

    @property
    def below(self) -> "tuple[Rule, ...]":
        """The parts."""
        return self.parts

    @property
    def span(self) -> Span:
        """Whichever it is, it is one of the parts."""
        return joined_span([span_of(part) for part in self.parts])

    def nodes(self, season: Season, units: Sequence[Unit]) -> Nodes:
        """Each unit's figure, with those that it was chosen from below it."""
        parts = [evaluate(part, season, units) for part in self.parts]
        return {u.code: _extreme_node(self, [part[u.code] for part in parts]) for u in units}


def _extreme_node(rule: Extreme, below: Sequence[Node]) -> Node:
    there = [node.value for node in below if node.value is not None]
    value: Fraction | None = None
    owed = list_awaited(below)
    remarks: tuple[Remark, ...] = (Remark("missing_fact", owed) if owed else Remark("not_carried"),)
    if there:
        value = (min if rule.which == "lowest" else max)(there)
        remarks = (Remark(rule.which, tuple(shown(each) for each in there)),)
    # Of equal ones the first is the one that counts.
    chosen = next((place for place, node in enumerate(below) if node.value == value), None)
    parts = tuple(
        replace(node, applied=ONE if there and place == chosen else ZERO)
        for place, node in enumerate(below)
    )
    return withhold(Node(rule.code, rule.kind, value, parts=parts, remarks=remarks), parts)
