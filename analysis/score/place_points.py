"""Ballot scores by place: where a unit stands on one ballot, and what that place is worth."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from typing import TYPE_CHECKING, Literal

from analysis.score.facts import Answer
from analysis.score.rounding import half_up
from analysis.score.tree import shown
from analysis.score.validity import NOT_ANSWERED, CheckedBallot, answer_points, band_places

if TYPE_CHECKING:  # a rule knows its arithmetic, which knows the rule by its type alone
    from analysis.score.rules.rated import Rated

NORMAL_PLACES = 6
"""Decimals of an expected normal score: as printed tables have them, alike on every machine."""

Key = tuple[Fraction, int]
"""What units are put in order by, lowest first."""


PlaceMethod = Literal["normal", "percentile", "points"]


@dataclass(frozen=True)
class ByPlace:
    """How a unit's place among its category on one ballot becomes points.

    * normal: `centre` + `spread` × the expected normal score of the place, inside `limits`
    * percentile: the share of the ballot's units that stand below, half of the unit itself
      counted, spread over `limits`
    * points: `points` for the first places, then `step` less for each further one, never below
      `least`

    Units that tie share the mean of what the places they hold are worth. With `ranked` the answers
    are places, 1 for the first; else bands, levels or numbers put the units in order, and `within`
    is the question that puts the units of a band in order.
    """

    method: PlaceMethod
    limits: tuple[Fraction, Fraction] = (Fraction(0), Fraction(100))
    centre: Fraction = Fraction(85)
    spread: Fraction = Fraction(5)
    points: tuple[Fraction, ...] = ()
    step: Fraction = Fraction(0)
    least: Fraction = Fraction(0)
    ranked: bool = False
    within: str = ""

    @property
    def bounds(self) -> tuple[Fraction, ...]:
        """Figures between which all places lie, however many units a ballot has."""
        if self.method != "points":
            return self.limits
        return (*self.points, self.least)


@dataclass(frozen=True)
class BallotPlace:
    """The places that a unit holds among `units` of its category on a ballot; ties hold several.

    `score` is what they are worth by the method before it is scaled, `points` after.
    """

    first: int
    last: int
    units: int
    score: Fraction
    points: Fraction

    def text(self, value: str) -> str:
        """The answer and the place for a tree: `answer|first-last/units|score`."""
        return f"{value}|{self.first}-{self.last}/{self.units}|{shown(self.score)}"


def ballot_places(
    rule: "Rated", by_place: ByPlace, checked: CheckedBallot, categories: Mapping[str, str]
) -> dict[str, BallotPlace]:
    """Every answered unit's place on a ballot that counts, each category by itself.

    The whole ballot makes the order, whichever of its units the rule reads. A ballot on which a
    category has one unit, or all of them in one band, says nothing about it: `normal` gives the
    centre then, `percentile` the middle.
    """
    key = _order(rule, by_place, checked)
    # The whole ballot makes the order, so units of other nodes and of other roles count, too.
    keys: dict[str, dict[str, Key]] = {}
    for answer in checked.answers:
        # "Don't know" holds no place: the others move up as if the unit were not on the ballot.
        if answer.value != NOT_ANSWERED and answer.unit in categories:
            place = key(answer)
            if place is not None:
                keys.setdefault(categories[answer.unit], {})[answer.unit] = place
    found: dict[str, BallotPlace] = {}
    for own in keys.values():
        tied: dict[Key, list[str]] = {}
        for unit, place in own.items():
            tied.setdefault(place, []).append(unit)
        first = 1
        for place in sorted(tied):
            last = first + len(tied[place]) - 1
            found |= dict.fromkeys(tied[place], _worth(by_place, first, last, len(own)))
            first = last + 1
    return found


def ballot_points(
    rule: "Rated", checked: CheckedBallot, categories: Mapping[str, str]
) -> dict[str, Fraction | None]:
    """The points that a ballot which counts gives each of its units; None for "don't know"."""
    if rule.by_place is None:
        return {answer.unit: answer_points(rule, answer.value) for answer in checked.answers}
    places = ballot_places(rule, rule.by_place, checked, categories)
    return {
        answer.unit: places[answer.unit].points if answer.unit in places else None
        for answer in checked.answers
    }


def _order(
    rule: "Rated", by_place: ByPlace, checked: CheckedBallot
) -> Callable[[Answer], Key | None]:
    """The key of an answer; None for "don't know"."""
    # A place inside the band parts units of one band; without that question they tie.
    inside = band_places(by_place, checked.ballot) if by_place.within else {}

    def key(answer: Answer) -> Key | None:
        if by_place.ranked:
            return Fraction(answer.value), 0
        if rule.quota is not None:
            place = int(inside[answer.unit]) if inside else 0
            # Bands are listed best first, and the lowest key is the best.
            return Fraction(rule.quota.bands.index(answer.value)), place
        points = answer_points(rule, answer.value)
        return None if points is None else (-points, 0)

    return key


def _worth(by_place: ByPlace, first: int, last: int, units: int) -> BallotPlace:
    scores = _SCORES[by_place.method](by_place, units)[first - 1 : last]
    # A tie is worth the mean of the places that it holds, so a ballot
    # gives away the same sum however many it puts into one band.
    score = sum(scores, Fraction(0)) / len(scores)
    return BallotPlace(first, last, units, score, _scaled(by_place, score))


def _scaled(by_place: ByPlace, score: Fraction) -> Fraction:
    low, high = by_place.limits
    if by_place.method == "normal":
        return min(max(by_place.centre + by_place.spread * score, low), high)
    return low + (high - low) * score if by_place.method == "percentile" else score


@lru_cache(maxsize=256)
def _normal_scores(units: int) -> tuple[Fraction, ...]:
    """E[Z] of the largest of so many standard normal numbers, of the second, and so on down.

    r·C(n,r)·∫ x Φ(x)^(r−1) (1−Φ(x))^(n−r) φ(x) dx by the trapezoid rule, as `normal_scores` has
    it, but without numpy: official figures are worked out in plain Python alone.
    """
    step = 1 / max(8.0, 6.5 * math.sqrt(units))
    grid = [step * k for k in range(-int(9 / step), int(9 / step) + 1)]
    below = [math.log(math.erfc(-x / math.sqrt(2)) / 2) for x in grid]
    above = below[::-1]
    upper = []
    for rank in range(units, units // 2 + units % 2, -1):
        # In logarithms: Φ(x) to the power of some hundred is nothing
        # in double precision, and the binomial before it overflows.
        scale = math.log(rank) + math.log(math.comb(units, rank)) - math.log(2 * math.pi) / 2
        upper.append(
            step
            # `fsum` is exact whatever the order, and six decimals are kept: what is left of a
            # machine's own last digits does not reach a score.
            * math.fsum(
                x * math.exp(scale + (rank - 1) * low + (units - rank) * high - x * x / 2)
                for x, low, high in zip(grid, below, above, strict=True)
            )
        )
    exact = [Fraction(half_up(Fraction(score), NORMAL_PLACES)) for score in upper]
    # The lower half is the upper one with its sign turned: rounded
    # each by itself, the scores of a ballot would not add up to 0.
    return (*exact, *[Fraction(0)] * (units % 2), *(-score for score in reversed(exact)))


def _percentiles(units: int) -> tuple[Fraction, ...]:
    """(n − place + 1/2) / n: the units below and half of the unit itself."""
    return tuple(Fraction(2 * (units - place) + 1, 2 * units) for place in range(1, units + 1))


def _place_points(by_place: ByPlace, units: int) -> tuple[Fraction, ...]:
    listed = by_place.points[:units]
    further = range(1, units - len(listed) + 1)
    last = by_place.points[-1]
    # `least` bounds the steps alone. Points that the document lists stand as they are.
    return (*listed, *(max(last - by_place.step * n, by_place.least) for n in further))


_SCORES: Mapping[PlaceMethod, Callable[[ByPlace, int], Sequence[Fraction]]] = {
    "normal": lambda _, units: _normal_scores(units),
    "percentile": lambda _, units: _percentiles(units),
    "points": _place_points,
}
