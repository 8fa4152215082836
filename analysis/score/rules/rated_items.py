"""Several questions on one ballot."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, ClassVar

from analysis.score.aggregation import Trim
from analysis.score.ballot_scores import rated_item_nodes
from analysis.score.evaluation import Nodes
from analysis.score.facts import Unit
from analysis.score.rules.rated import Rated
from analysis.score.season import Season
from analysis.score.span import Span, joined_span, span_of

if TYPE_CHECKING:
    from analysis.score.rules import Rule


@dataclass(frozen=True)
class ItemShare:
    """One question of a ballot with its weight among the ballot's questions."""

    weight: Fraction
    rated: Rated


@dataclass(frozen=True)
class RatedItems:
    """The mean of ballots whose points are the weighted mean of their items for a unit.

    What voids a ballot on one item voids it on all; an item answered "don't know" leaves its
    weight to the others. `items` carry no trimming of their own.
    """

    kind: ClassVar[str] = "rated_items"

    code: str
    items: tuple[ItemShare, ...]
    trim: Trim | None = None
    least_raters: int = 1
    places: int | None = None

    @property
    def below(self) -> "tuple[Rule, ...]":
        """The questions, each with a mean of its own."""
        return tuple(item.rated for item in self.items)

    @property
    def span(self) -> Span:
        """Between which figures it can lie."""
        return joined_span([span_of(item.rated) for item in self.items if item.weight])

    def nodes(self, season: Season, units: Sequence[Unit]) -> Nodes:
        return rated_item_nodes(self, season.facts, units)
