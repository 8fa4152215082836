"""Bands from a figure to points 分档查表."""

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
class Band:
    """Figures from `lower` on, itself included unless `above`, up to the band before."""

    lower: Fraction
    points: Fraction
    above: bool = False

    def has(self, figure: Fraction) -> bool:
        """Whether a figure reaches the band; the bands before have been asked."""
        return figure > self.lower if self.above else figure >= self.lower


@dataclass(frozen=True)
class Banded:
    """The points of the first of `bands` that a figure reaches, highest first, else `otherwise`."""

    kind: ClassVar[str] = "banded"

    code: str
    node: "Rule"
    bands: tuple[Band, ...]
    otherwise: Fraction
    places: int | None = None

    @property
    def below(self) -> "tuple[Rule, ...]":
        """The figure."""
        return (self.node,)

    @property
    def span(self) -> Span:
        """Between which figures it can lie."""
        return span_of_points((*(band.points for band in self.bands), self.otherwise))

    def nodes(self, season: Season, units: Sequence[Unit]) -> Nodes:
        """Each unit's points, with the figure below them."""
        return entered_nodes(self, season, units, each_unit(self._points))

    def _points(self, figure: Fraction | None) -> Outcome:
        if figure is None:
            return None, [Remark("not_carried")]
        # Compared exactly: 89.996 does not reach 90, though it is shown as 90.00.
        band = next((each for each in self.bands if each.has(figure)), None)
        if band is None:
            least = shown(self.bands[-1].lower)
            return self.otherwise, [Remark("below_bands", (shown(figure), least))]
        code = "above_edge" if band.above else "from_edge"
        return band.points, [Remark(code, (shown(figure), shown(band.lower)))]
