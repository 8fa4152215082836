"""Points by the place inside the category."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, ClassVar, Literal

from analysis.score.entered import ZERO, Below, Outcome, Outcomes, entered_nodes
from analysis.score.evaluation import Nodes
from analysis.score.facts import Unit
from analysis.score.season import Season
from analysis.score.span import Span, span_of_points
from analysis.score.tree import Remark

if TYPE_CHECKING:
    from analysis.score.rules import Rule


Order = Literal["highest", "lowest"]
Ties = Literal["shared", "mean", "void_tied", "void_all"]


@dataclass(frozen=True)
class Placed:
    """Points by the place inside the category: `points` for the first places, then `step` less
    for each further one, never below `least`.

    Where units tie: `shared` gives each the better place, `mean` the mean of their places' points,
    `void_tied` leaves the tied ones without a figure, `void_all` the whole category.
    """

    kind: ClassVar[str] = "placed"

    code: str
    node: "Rule"
    points: tuple[Fraction, ...]
    step: Fraction = Fraction(0)
    least: Fraction = Fraction(0)
    order: Order = "highest"
    ties: Ties = "shared"
    places: int | None = None

    @property
    def below(self) -> "tuple[Rule, ...]":
        """The entered facts."""
        return (self.node,)

    @property
    def span(self) -> Span:
        """Between which figures it can lie."""
        return span_of_points((*self.points, self.least))

    def nodes(self, season: Season, units: Sequence[Unit]) -> Nodes:
        """Each unit's points, with the facts below them."""
        return entered_nodes(self, season, units, self._work_out)

    def _work_out(self, below: Below) -> Outcomes:
        """The points of each unit's place; a unit without a figure takes none."""
        figures = {unit: part.value for unit, (part,) in below.items()}
        tied = Counter(value for value in figures.values() if value is not None)
        # Counted once for all: looked up unit by unit, 10,000 of them would take 100 million steps.
        firsts, units = _first_places(tied, reverse=self.order == "highest"), tied.total()
        any_tie = len(tied) < units
        return {
            unit: (None, [Remark("not_carried")])
            if value is None
            else _place(self, firsts[value], tied[value], units, any_tie)
            for unit, value in figures.items()
        }


def _first_places(tied: Mapping[Fraction, int], *, reverse: bool) -> dict[Fraction, int]:
    """By figure the first of the places that those with it hold."""
    found, place = {}, 1
    for value in sorted(tied, reverse=reverse):
        found[value] = place
        place += tied[value]
    return found


def _place(rule: Placed, place: int, tied: int, units: int, any_tie: bool) -> Outcome:
    remarks = [Remark("place", (str(place), str(units)))]
    if tied > 1:
        remarks.append(Remark("tied", (str(tied), rule.ties)))
    # Before the single tie: one pair anywhere takes the indicator from the whole category.
    if rule.ties == "void_all" and any_tie:
        return None, [*remarks, Remark("voided_by_tie")]
    if rule.ties == "void_tied" and tied > 1:
        return None, remarks
    held = range(place, place + tied) if rule.ties == "mean" else range(place, place + 1)
    return sum((_place_points(rule, each) for each in held), ZERO) / len(held), remarks


def _place_points(rule: Placed, place: int) -> Fraction:
    if place <= len(rule.points):
        return rule.points[place - 1]
    # `least` bounds the steps alone; listed points stand as the document has them.
    return max(rule.points[-1] - rule.step * (place - len(rule.points)), rule.least)
