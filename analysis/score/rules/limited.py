"""A figure that goes no further where another one has missed, or reached, something."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, ClassVar

from analysis.score.entered import Outcome, each_unit, entered_nodes, within
from analysis.score.evaluation import Nodes
from analysis.score.facts import Unit
from analysis.score.season import Season
from analysis.score.span import Bound, Span, cut_span, highest, lowest, span_of
from analysis.score.tree import Remark, shown

if TYPE_CHECKING:
    from analysis.score.rules import Rule


@dataclass(frozen=True)
class Condition:
    """That a figure is `below` a number, or `at_least` so large, or both."""

    node: "Rule"
    below: Bound = None
    at_least: Bound = None

    def holds(self, figure: Fraction | None) -> bool:
        """Of what a unit does not carry nothing holds."""
        if figure is None:
            return False
        under = self.below is None or figure < self.below
        return under and (self.at_least is None or figure >= self.at_least)


@dataclass(frozen=True)
class Limited:
    """`node`, kept inside `least` and `most` where any of `conditions` holds, or with `together`
    all of them."""

    kind: ClassVar[str] = "limited"

    code: str
    node: "Rule"
    conditions: tuple[Condition, ...]
    least: Bound = None
    most: Bound = None
    together: bool = False
    places: int | None = None

    @property
    def below(self) -> "tuple[Rule, ...]":
        """What is limited, and what decides about it."""
        return (self.node, *(each.node for each in self.conditions))

    @property
    def span(self) -> Span:
        """As without the limit, or inside it."""
        inner = span_of(self.node)
        least, most = cut_span((inner.least, inner.most), self.least, self.most)
        return Span(
            lowest((inner.least, least)),
            highest((inner.most, most)),
            inner.full,
            stated=inner.stated,
        )

    def nodes(self, season: Season, units: Sequence[Unit]) -> Nodes:
        """Each unit's figure, with what it came from and what decided below it."""
        return entered_nodes(self, season, units, each_unit(self._points), rises_with=1)

    def _points(self, figure: Fraction | None, *deciding: Fraction | None) -> Outcome:
        if figure is None:
            return None, [Remark("not_carried")]
        held = [each.holds(x) for each, x in zip(self.conditions, deciding, strict=True)]
        if not (all if self.together else any)(held):
            return figure, [Remark("not_limited", (shown(figure),))]
        value, _ = within(figure, self.least, self.most)
        codes = (c.node.code for c, holds in zip(self.conditions, held, strict=True) if holds)
        return value, [Remark("limited", (shown(figure), shown(value), *codes))]
