"""How far a unit's own ballots lie from what all ballots together say: the mean distance."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, ClassVar

from analysis.score.ballot_scores import counted_points
from analysis.score.evaluation import Nodes, evaluate, mean_value
from analysis.score.facts import Facts, Unit
from analysis.score.rules.rated import Rated
from analysis.score.season import Season
from analysis.score.span import ZERO, Span, added, span_of
from analysis.score.tree import Node, Remark, shown

if TYPE_CHECKING:
    from analysis.score.rules import Rule

ONE = Fraction(1)


@dataclass(frozen=True)
class Distance:
    """The mean of |points − consensus| over the units that a unit's own raters rate.

    `rated` is the consensus: each unit's mean over all ballots of the group, the own one among
    them. Every own ballot counts alike, however many units it rates. A unit without a valid ballot
    of its own has no figure.
    """

    kind: ClassVar[str] = "distance"

    code: str
    rated: Rated
    places: int | None = None

    @property
    def below(self) -> "tuple[Rule, ...]":
        """The consensus about the unit itself, which shows what others are compared with."""
        return (self.rated,)

    @property
    def span(self) -> Span:
        """From nothing to the whole scale of a ballot."""
        scale = span_of(self.rated)
        return Span(ZERO, added([(scale.most, ONE), (scale.least, -ONE)]))

    def nodes(self, season: Season, units: Sequence[Unit]) -> Nodes:
        """Each unit's mean distance, with the consensus about itself below it."""
        consensus = evaluate(self.rated, season, season.facts.units)
        distances = _list_distances(self.rated, season.facts, consensus)
        return {
            unit.code: _node(self, consensus[unit.code], distances.get(unit.code, ()))
            for unit in units
        }


def _list_distances(
    rated: Rated, facts: Facts, consensus: Nodes
) -> Mapping[str, list[list[Fraction]]]:
    """By unit the distances on each ballot of its own raters."""
    found: dict[str, list[list[Fraction]]] = {}
    for ballot, points in counted_points(rated, facts):
        own = facts.own_units.get((ballot.group, ballot.rater), "")
        known = {unit: consensus[unit].value for unit in points}
        apart = [abs(points[unit] - mean) for unit, mean in known.items() if mean is not None]
        if own and apart:
            found.setdefault(own, []).append(apart)
    return found


def _node(rule: Distance, consensus: Node, ballots: Sequence[Sequence[Fraction]]) -> Node:
    value = mean_value(mean_value(ballot) for ballot in ballots)
    ratings = sum(map(len, ballots))
    told = Remark("distance", (str(len(ballots)), str(ratings), shown(value)))
    remark = Remark("no_own_ballot") if value is None else told
    return Node(rule.code, rule.kind, value, parts=(consensus,), remarks=(remark,))
