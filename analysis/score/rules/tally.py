"""So many points for each event of a kind."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, ClassVar

from analysis.score.entered import ZERO, Outcome, bounded, each_unit, entered_nodes, within
from analysis.score.evaluation import ONE, Nodes
from analysis.score.facts import Unit
from analysis.score.season import Season
from analysis.score.span import Bound, Span, added, cut_span, highest, lowest, span_of
from analysis.score.tree import Remark, shown

if TYPE_CHECKING:
    from analysis.score.rules import Rule


@dataclass(frozen=True)
class EventPoints:
    """So many points for each event that `node` counts, together kept inside `least` and `most`."""

    node: "Rule"
    points: Fraction
    least: Fraction | None = None
    most: Fraction | None = None


@dataclass(frozen=True)
class Tally:
    """`start` and the points of events: deduction (from full marks down) or accumulation (up).

    `open_ended`: the document sets no `most`, which is no bound that was forgotten.
    """

    kind: ClassVar[str] = "tally"

    code: str
    start: Fraction
    events: tuple[EventPoints, ...]
    least: Fraction | None = None
    most: Fraction | None = None
    places: int | None = None
    open_ended: bool = False

    @property
    def below(self) -> "tuple[Rule, ...]":
        """The entered facts."""
        return tuple(event.node for event in self.events)

    @property
    def span(self) -> Span:
        """Between which figures it can lie."""
        ends = [_event_span(event) for event in self.events]
        ends += [(self.start, self.start)]
        least = added((low, ONE) for low, _ in ends)
        # How many may be entered says nothing of how many points a document gives at most.
        most = None if self.open_ended else added((high, ONE) for _, high in ends)
        stated = self.most is not None or self.open_ended or self._every_event_is_bounded(ends)
        return Span(*cut_span((least, most), self.least, self.most), stated=stated)

    def _every_event_is_bounded(self, ends: Sequence[tuple[Bound, Bound]]) -> bool:
        return all(
            event.most is not None or high == 0
            for event, (_, high) in zip(self.events, ends, strict=False)
        )

    def nodes(self, season: Season, units: Sequence[Unit]) -> Nodes:
        """Each unit's points, with the facts below them."""
        return entered_nodes(self, season, units, each_unit(self._points))

    def _points(self, *counts: Fraction | None) -> Outcome:
        """start + Σ points × events, each kind and the whole kept inside their bounds."""
        carried = [(e, n) for e, n in zip(self.events, counts, strict=True) if n is not None]
        if not carried:
            return None, [Remark("not_carried")]
        steps = [(event, count, _event_points(event, count)) for event, count in carried]
        # Each kind is bounded before the sum: one kind's excess must not eat another's points.
        exact = self.start + sum((points for _, _, points in steps), ZERO)
        text = shown(self.start) + "".join(_step(*step) for step in steps)
        return bounded(exact, self.least, self.most, text)


def _event_span(event: EventPoints) -> tuple[Fraction | None, Fraction | None]:
    """The points of a kind at worst and at best; of what a unit does not carry it has none."""
    count = span_of(event.node)
    ends = [None if bound is None else event.points * bound for bound in (count.least, count.most)]
    least, most = cut_span(
        (ends[0], ends[1]) if event.points > 0 else (ends[1], ends[0]), event.least, event.most
    )
    return lowest((least, ZERO)), highest((most, ZERO))


def _event_points(event: EventPoints, count: Fraction) -> Fraction:
    points, _ = within(event.points * count, event.least, event.most)
    return points


def _step(event: EventPoints, count: Fraction, points: Fraction) -> str:
    falls = points < 0 or (points == 0 and event.points < 0)
    sign = " − " if falls else " + "
    # Told as it counts: "2 × 5" of a kind that was cut would not give the sum.
    if points != event.points * count:
        return f"{sign}{shown(abs(points))}"
    return f"{sign}{shown(abs(count))} × {shown(abs(event.points))}"
