"""The whole: parts, and bonuses and deductions beside them."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, ClassVar

from analysis.score.evaluation import ONE, Nodes, evaluate
from analysis.score.facts import Unit
from analysis.score.rules.adjusted import Adjusted
from analysis.score.rules.summed import Summed
from analysis.score.rules.weighted import Weighted
from analysis.score.season import Season
from analysis.score.span import Span, added, span_of
from analysis.score.tree import Node

if TYPE_CHECKING:
    from analysis.score.rules import Rule


@dataclass(frozen=True)
class Total:
    """A weighted node or a sum of points with adjustments added to it."""

    kind: ClassVar[str] = "total"

    code: str
    base: Weighted | Summed
    added: Adjusted | None
    places: int | None = None

    @property
    def below(self) -> "tuple[Rule, ...]":
        """The parts as a whole, then the adjustments."""
        return (self.base, self.added) if self.added else (self.base,)

    @property
    def span(self) -> Span:
        """Between which figures it can lie."""
        base = span_of(self.base)
        if self.added is None:
            return base
        events = span_of(self.added)
        return replace(
            base,
            least=added(((base.least, ONE), (events.least, ONE))),
            most=added(((base.most, ONE), (events.most, ONE))),
            stated=True,
        )

    def nodes(self, season: Season, units: Sequence[Unit]) -> Nodes:
        base = evaluate(self.base, season, units)
        added = evaluate(self.added, season, units) if self.added else {}
        return {u.code: _total_node(self, base[u.code], added.get(u.code)) for u in units}


def _total_node(rule: Total, base: Node, added: Node | None) -> Node:
    """The base's parts with the adjustments beside them, so that the total unfolds in one step."""
    if added is None:
        return replace(base, code=rule.code, rule=rule.kind)
    # Adjustments do not stand in for a total: who has no base has no rank, whatever it won.
    value = None
    if base.value is not None and added.value is not None:
        value = base.value + added.value
    parts = (*base.parts, replace(added, applied=ONE))
    return Node(rule.code, rule.kind, value, parts=parts, inputs=base.inputs, remarks=base.remarks)
