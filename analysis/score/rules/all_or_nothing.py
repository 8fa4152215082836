"""Full marks, or none where something has happened."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, ClassVar

from analysis.score.entered import ZERO, Outcome, each_unit, entered_nodes
from analysis.score.evaluation import Nodes
from analysis.score.facts import Unit
from analysis.score.season import Season
from analysis.score.span import Span
from analysis.score.tree import Remark, shown

if TYPE_CHECKING:
    from analysis.score.rules import Rule


@dataclass(frozen=True)
class AllOrNothing:
    """`full` where `node` counts no event, else 0."""

    kind: ClassVar[str] = "all_or_nothing"

    code: str
    full: Fraction
    node: "Rule"
    places: int | None = None

    @property
    def below(self) -> "tuple[Rule, ...]":
        """The entered facts."""
        return (self.node,)

    @property
    def span(self) -> Span:
        """Between which figures it can lie."""
        return Span(ZERO, self.full, full=self.full)

    def nodes(self, season: Season, units: Sequence[Unit]) -> Nodes:
        """Each unit's points, with the facts below them."""
        return entered_nodes(self, season, units, each_unit(self._points))

    def _points(self, events: Fraction | None) -> Outcome:
        # No entry is no event only where somebody has entered 0.
        if events is None:
            return None, [Remark("not_carried")]
        return (ZERO, [Remark("vetoed", (shown(events),))]) if events else (self.full, [])
