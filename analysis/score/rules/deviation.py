"""Points by how far a figure lies above or below its target."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, ClassVar

from analysis.score.entered import ZERO, Outcome, bounded, each_unit, entered_nodes
from analysis.score.evaluation import ONE, Nodes
from analysis.score.facts import Unit
from analysis.score.season import Season
from analysis.score.span import Bound, Span, added, cut_span, highest, lowest
from analysis.score.tree import Remark, shown

if TYPE_CHECKING:
    from analysis.score.rules import Rule

HUNDRED = Fraction(100)


@dataclass(frozen=True)
class Slope:
    """So many `points` for each `each` of deviation on one side of the target, in sum no more than
    `most`; with `whole` only full steps count."""

    each: Fraction
    points: Fraction
    most: Bound = None
    whole: bool = False

    def worth(self, distance: Fraction) -> Fraction:
        """The points of a distance from the target, which is never negative."""
        steps = distance / self.each
        points = self.points * (Fraction(math.floor(steps)) if self.whole else steps)
        if self.most is None:
            return points
        return min(points, self.most) if points > 0 else max(points, -self.most)

    @property
    def ends(self) -> tuple[Bound, Bound]:
        """Between which points it lies."""
        if self.points > 0:
            return ZERO, self.most
        return None if self.most is None else -self.most, ZERO


@dataclass(frozen=True)
class Deviation:
    """`start` at the target, and the points of the slope `above` or `below` it.

    The deviation is done − target, or with `relative` its percentage of the target, which has to be
    above 0. Below `threshold`, a share of the target, there is nothing. The whole is kept inside
    `least` and `most`.
    """

    kind: ClassVar[str] = "deviation"

    code: str
    start: Fraction
    done: "Rule"
    target: "Rule | Fraction"
    relative: bool = False
    above: Slope | None = None
    under: Slope | None = None
    threshold: Fraction | None = None
    least: Bound = None
    most: Bound = None
    places: int | None = None

    @property
    def below(self) -> "tuple[Rule, ...]":
        """The figure, and its target where it is one of the unit's own."""
        return (self.done,) if isinstance(self.target, Fraction) else (self.done, self.target)

    @property
    def span(self) -> Span:
        """Full marks are those at the target; what lies beyond is said by `most`."""
        ends = [slope.ends for slope in (self.above, self.under) if slope is not None]
        least = added(((self.start, ONE), (lowest((ZERO, *(low for low, _ in ends))), ONE)))
        most = added(((self.start, ONE), (highest((ZERO, *(high for _, high in ends))), ONE)))
        least, most = cut_span((least, most), self.least, self.most)
        if self.threshold is not None:
            # Nothing is nothing, whatever `least` says.
            least, most = lowest((least, ZERO)), highest((most, ZERO))
        # A scheme that lets a slope rise says where it ends, or that it does not.
        return Span(least, most, self.start or None, stated=True)

    def nodes(self, season: Season, units: Sequence[Unit]) -> Nodes:
        """Each unit's points, with the facts below them."""
        return entered_nodes(self, season, units, each_unit(self._points))

    def _points(self, done: Fraction | None, *entered: Fraction | None) -> Outcome:
        target = self.target if isinstance(self.target, Fraction) else entered[0]
        if done is None or target is None:
            return None, [Remark("not_carried")]
        # A percentage of nothing is none, and a share of it neither.
        if target <= 0 and (self.relative or self.threshold is not None):
            return None, [Remark("no_target", (shown(target),))]
        if self.threshold is not None and done < target * self.threshold:
            return ZERO, [Remark("below_threshold", (shown(done / target), shown(self.threshold)))]
        deviation = done - target
        if self.relative:
            deviation = deviation / target * HUNDRED
        slope = self.above if deviation > 0 else self.under
        points = ZERO if slope is None else slope.worth(abs(deviation))
        unit = "%" if self.relative else ""
        told = [Remark("deviation", (shown(done), shown(target), f"{shown(deviation)}{unit}"))]
        sign = "−" if points < 0 else "+"
        text = f"{shown(self.start)} {sign} {shown(abs(points))}"
        value, remarks = bounded(self.start + points, self.least, self.most, text)
        return value, [*told, *remarks]
