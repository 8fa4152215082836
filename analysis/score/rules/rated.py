"""One question on the ballots of a group."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING, ClassVar, Literal

from analysis.score.aggregation import Trim
from analysis.score.ballot_scores import rated_nodes
from analysis.score.evaluation import Nodes
from analysis.score.facts import Unit
from analysis.score.place_points import ByPlace
from analysis.score.quotas import BandQuota, LevelLimit, NumberLimit
from analysis.score.season import Season
from analysis.score.span import Span, span_of_points

if TYPE_CHECKING:
    from analysis.score.rules import Rule


Relation = Literal["all", "all_but_own", "listed", "own"]


@dataclass(frozen=True)
class Rated:
    """The mean of ballots' points for a unit, over the raters of a group, after trimming.

    `points` turns a band or level into points; None takes the number itself. `by_place` takes the
    unit's place on the ballot instead. With `sum_to` a ballot's numbers add up to it in every
    category. With `share_of` the points are 100 for these answers and 0 for all others, so that the
    figure is their percentage. `role` keeps only raters with that role towards the unit, and who
    has none stated has `default_role`. `groups` maps the category to the rater group. What voids a
    ballot: breaking the proportions of `quota`, a number outside `limits` or between two `step`s,
    levels or numbers too often, a unit outside the `relations` of its category, and with
    `void_uniform` the same answer for everybody. A unit with fewer than `least_raters` raters has
    no score.
    """

    kind: ClassVar[str] = "rated"

    code: str
    round: str
    groups: Mapping[str, str]
    item: str
    points: Mapping[str, Fraction | None] | None
    trim: Trim | None
    role: str = ""
    quota: BandQuota | None = None
    default_role: str = ""
    limits: tuple[Fraction, Fraction] | None = None
    relations: Mapping[str, Relation] = field(default_factory=dict)
    void_uniform: bool = False
    least_raters: int = 1
    number_limits: tuple[NumberLimit, ...] = ()
    level_limits: tuple[LevelLimit, ...] = ()
    step: Fraction | None = None
    by_place: ByPlace | None = None
    sum_to: Fraction | None = None
    share_of: tuple[str, ...] = ()
    places: int | None = None

    @property
    def below(self) -> "tuple[Rule, ...]":
        """Ballots are facts, and no rules of their own."""
        return ()

    @property
    def span(self) -> Span:
        """Between which figures it can lie."""
        if self.by_place is not None:
            return span_of_points(self.by_place.bounds, rated=True)
        if self.points is not None:
            return span_of_points(self.points.values(), rated=True)
        least, most = self.limits or (None, None)
        # A number is given out of so many; of listed points only the office knows.
        return Span(least, most, full=most, rated=True)

    def nodes(self, season: Season, units: Sequence[Unit]) -> Nodes:
        return rated_nodes(self, season.facts, units)
