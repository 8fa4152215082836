"""A score inside a segment that was agreed before."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, ClassVar

from analysis.score.entered import Outcome, each_unit, entered_nodes
from analysis.score.evaluation import Nodes
from analysis.score.facts import Unit
from analysis.score.season import Season
from analysis.score.span import Span, span_of_points
from analysis.score.tree import Remark, shown

if TYPE_CHECKING:
    from analysis.score.rules import Rule


@dataclass(frozen=True)
class Segment:
    """A range of scores, its lower edge included, the upper one only where `closed`."""

    code: str
    lower: Fraction
    upper: Fraction
    closed: bool = False


@dataclass(frozen=True)
class Segments:
    """A score in two steps 三三分档: a segment agreed first, by its number from 1, best first, then
    a score that must lie inside it."""

    kind: ClassVar[str] = "segments"

    code: str
    agreed: "Rule"
    score: "Rule"
    segments: tuple[Segment, ...]
    places: int | None = None

    @property
    def below(self) -> "tuple[Rule, ...]":
        """The entered facts."""
        return (self.agreed, self.score)

    @property
    def span(self) -> Span:
        """Between which figures it can lie."""
        return span_of_points(edge for each in self.segments for edge in (each.lower, each.upper))

    def nodes(self, season: Season, units: Sequence[Unit]) -> Nodes:
        """Each unit's points, with the facts below them."""
        return entered_nodes(self, season, units, each_unit(self._points))

    def _points(self, agreed: Fraction | None, score: Fraction | None) -> Outcome:
        """The score, if it lies in the segment that was agreed before."""
        if agreed is None and score is None:
            return None, [Remark("not_carried")]
        # `in range` refuses 1.5 as well: a third is named by a whole number.
        if agreed is None or agreed not in range(1, len(self.segments) + 1):
            return None, [Remark("not_agreed", (shown(agreed),))]
        segment = self.segments[int(agreed) - 1]
        figures = (segment.code, shown(segment.lower), shown(segment.upper))
        if score is None:
            return None, [Remark("not_scored", figures)]
        # The upper edge belongs to the better third, so that no score lies in two of them.
        inside = segment.lower <= score < segment.upper or (
            segment.closed and score == segment.upper
        )
        if not inside:
            return None, [Remark("outside_segment", (shown(score), *figures))]
        return score, [Remark("segment", figures)]
