"""Points of a choice, of which not too many may have the best."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, ClassVar, Literal

from analysis.score.entered import Below, Outcome, Outcomes, entered_nodes
from analysis.score.evaluation import Nodes
from analysis.score.facts import Unit
from analysis.score.forbidden import is_forbidden
from analysis.score.season import Season
from analysis.score.span import Span, span_of_points
from analysis.score.tree import Remark, shown

if TYPE_CHECKING:
    from analysis.score.rules import Rule


@dataclass(frozen=True)
class ShareCap:
    """At most so large a share of the category has the value; `over` says what else happens.

    `refuse`: nobody with this value has a figure until it is mended; `next`: all of them get the
    points of the next choice.
    """

    value: Fraction
    share: Fraction
    over: Literal["refuse", "next"] = "refuse"


@dataclass(frozen=True)
class Graded:
    """A choice turned into points; `points` lists the choices best first."""

    kind: ClassVar[str] = "graded"

    code: str
    node: "Rule"
    points: Mapping[Fraction, Fraction]
    cap: ShareCap | None = None
    places: int | None = None

    @property
    def below(self) -> "tuple[Rule, ...]":
        """The entered facts."""
        return (self.node,)

    @property
    def span(self) -> Span:
        """Between which figures it can lie."""
        return span_of_points(self.points.values())

    def nodes(self, season: Season, units: Sequence[Unit]) -> Nodes:
        """Each unit's points, with the facts below them."""
        return entered_nodes(self, season, units, self._work_out)

    def _work_out(self, below: Below) -> Outcomes:
        """Points of the choice; a choice that too many have is refused or counts as the next."""
        figures = {unit: part.value for unit, (part,) in below.items()}
        # A choice that is none is carried as well: without it the others' share would shrink.
        carried = [u for u, x in figures.items() if x is not None or is_forbidden(below[u][0])]
        over = _over_share(self, [*figures.values()], len(carried))
        # One of few outcomes: worked out once for each choice, not for each unit.
        outcomes = {value: _grade_points(self, value, over) for value in {*figures.values()}}
        return {unit: outcomes[value] for unit, value in figures.items()}


def _over_share(rule: Graded, figures: Sequence[Fraction | None], carried: int) -> Remark | None:
    if rule.cap is None:
        return None
    # Of the units that carry the figure: others neither use up the share nor add to it.
    given, share = figures.count(rule.cap.value), rule.cap.share * carried
    most = share.numerator // share.denominator
    return Remark("over_share", (str(given), str(most), rule.cap.over)) if given > most else None


def _grade_points(rule: Graded, value: Fraction | None, over: Remark | None) -> Outcome:
    if value is None:
        return None, [Remark("not_carried")]
    if value not in rule.points:
        return None, [Remark("not_a_choice", (shown(value),))]
    if rule.cap is None or over is None or value != rule.cap.value:
        return rule.points[value], []
    # Best first, so what follows is the next worse. The last choice has none: it stays refused.
    following = [*rule.points.values()][[*rule.points].index(value) + 1 :]
    return (following[0] if rule.cap.over == "next" and following else None), [over]
