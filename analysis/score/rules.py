"""The rules a score tree is built from, as frozen values; `scoring.py` applies them to facts."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Literal

Missing = Literal["centred", "proportional", "equal", "zero", "not_ranked"]
Relation = Literal["all", "all_but_own", "listed", "own"]


Order = Literal["highest", "lowest"]
Ties = Literal["shared", "mean", "void_tied", "void_all"]
PlaceMethod = Literal["normal", "percentile", "points"]

# Every rule has `places`: its value is rounded half up to so many decimals before it enters what
# is above it; None, the rule of all presets, keeps it exact until the total is shown.


@dataclass(frozen=True)
class Given:
    """A figure entered by the office or an assessing body, under the round of its sheet.

    A figure outside `limits`, or not among `choices` where there are any, is refused.
    """

    code: str
    round: str
    limits: tuple[Fraction | None, Fraction | None] = (None, None)
    choices: frozenset[Fraction] = frozenset()
    places: int | None = None


@dataclass(frozen=True)
class Part:
    """A node with its nominal weight inside a weighted node."""

    weight: Fraction
    node: "Rule"


@dataclass(frozen=True)
class Weighted:
    """Σ weight × part / Σ weight, with a stated rule for parts a unit does not have.

    Weights are shares of 1. `limits` cuts the value to a range after centred redistribution, with
    a remark. A unit that lacks more than `missing_most` of the weight has no value.
    """

    code: str
    parts: tuple[Part, ...]
    missing: Missing
    limits: tuple[Fraction, Fraction] | None = None
    missing_most: Fraction | None = None
    places: int | None = None


@dataclass(frozen=True)
class Summed:
    """Σ points of parts that each have full marks, `Part.weight`, for a book that counts in points.

    A missing part's full marks go where `missing` says, as the weights of `Weighted` do: with
    `proportional` the unit's points are scaled up to the whole book. Parts may exceed their full
    marks, and parts without any are extras. The sum is cut to `least` and `most`.
    """

    code: str
    parts: tuple[Part, ...]
    missing: Missing
    least: Fraction | None = None
    most: Fraction | None = None
    places: int | None = None


@dataclass(frozen=True)
class Mean:
    """The plain mean over the parts a unit carries, leaving out the excepted ones."""

    code: str
    parts: tuple["Rule", ...]
    excepted: frozenset[str] = frozenset()
    places: int | None = None


@dataclass(frozen=True)
class EventPoints:
    """So many points for each event that `node` counts, together kept inside `least` and `most`."""

    node: "Rule"
    points: Fraction
    least: Fraction | None = None
    most: Fraction | None = None


@dataclass(frozen=True)
class Tally:
    """`start` and the points of events: deduction (from full marks down) or accumulation (up)."""

    code: str
    start: Fraction
    events: tuple[EventPoints, ...]
    least: Fraction | None = None
    most: Fraction | None = None
    places: int | None = None


@dataclass(frozen=True)
class Completion:
    """`full` × done / target; nothing below the share `threshold`, at most the share `most`.

    Without a `target`, `done` is the percentage itself.
    """

    code: str
    full: Fraction
    done: "Rule"
    target: "Rule | None" = None
    threshold: Fraction | None = None
    most: Fraction | None = Fraction(1)
    places: int | None = None


@dataclass(frozen=True)
class AllOrNothing:
    """`full` where `node` counts no event, else 0."""

    code: str
    full: Fraction
    node: "Rule"
    places: int | None = None


@dataclass(frozen=True)
class Placed:
    """Points by the place inside the category: `points` for the first places, then `step` less
    for each further one, never below `least`.

    Where units tie: `shared` gives each the better place, `mean` the mean of their places' points,
    `void_tied` leaves the tied ones without a figure, `void_all` the whole category.
    """

    code: str
    node: "Rule"
    points: tuple[Fraction, ...]
    step: Fraction = Fraction(0)
    least: Fraction = Fraction(0)
    order: Order = "highest"
    ties: Ties = "shared"
    places: int | None = None


@dataclass(frozen=True)
class ToBest:
    """`full` for the best of the category, the others in proportion to it."""

    code: str
    full: Fraction
    node: "Rule"
    order: Order = "highest"
    places: int | None = None


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

    code: str
    node: "Rule"
    points: Mapping[Fraction, Fraction]
    cap: ShareCap | None = None
    places: int | None = None


@dataclass(frozen=True)
class TaskGrades:
    """Σ amount × points / Σ amount: `Part.node` is the weight of the tasks that have a grade,
    `Part.weight` the grade's points."""

    code: str
    grades: tuple[Part, ...]
    places: int | None = None


@dataclass(frozen=True)
class Segment:
    """A range of scores, its lower edge included, the upper one only where `closed`."""

    code: str
    lower: Fraction
    upper: Fraction
    closed: bool = False


@dataclass(frozen=True)
class Segments:
    """A score in two steps 三三分档: a segment agreed first, by its number from 1, best first, then
    a score that must lie inside it."""

    code: str
    agreed: "Rule"
    score: "Rule"
    segments: tuple[Segment, ...]
    places: int | None = None


@dataclass(frozen=True)
class Trim:
    """Drop `each_end` highest and as many lowest where at least `min_raters` rated the unit."""

    min_raters: int
    each_end: int = 1


@dataclass(frozen=True)
class BandQuota:
    """The proportions a ballot must keep inside one category, from `enforce_from` units on.

    With `exact` every band holds its quota; otherwise the bands but the last hold at most theirs.
    """

    bands: tuple[str, ...]
    shares: tuple[int, ...]
    enforce_from: int
    exact: bool = True


@dataclass(frozen=True)
class NumberLimit:
    """On a ballot, how many units of a category may have a number in a range.

    The range is from `lowest` (included) to `below` (not included); `most_share` is a share of
    the category's units on the ballot, rounded down.
    """

    lowest: Fraction | None = None
    below: Fraction | None = None
    least: int | None = None
    most: int | None = None
    most_share: Fraction | None = None


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


@dataclass(frozen=True)
class Rated:
    """The mean of ballots' points for a unit, over the raters of a group, after trimming.

    `points` turns a band or level into points; None takes the number itself. `by_place` takes the
    unit's place on the ballot instead. With `sum_to` a ballot's numbers add up to it in every
    category. `role` keeps only
    raters with that role towards the unit, and who has none stated has `default_role`. `groups`
    maps the category to the rater group. What voids a ballot: breaking the proportions of `quota`,
    a number outside `limits`, a unit outside the `relations` of its category, and with
    `void_uniform` the same answer for everybody. A unit with fewer than `least_raters` raters has
    no score.
    """

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
    by_place: ByPlace | None = None
    sum_to: Fraction | None = None
    places: int | None = None


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

    code: str
    items: tuple[ItemShare, ...]
    trim: Trim | None = None
    least_raters: int = 1
    places: int | None = None


@dataclass(frozen=True)
class Satisfaction:
    """The mean of level points over strata by their planned weights, "don't know" left out.

    A unit with fewer than `min_valid` valid answers has no score. `satisfied` and `basically` are
    the levels of the two headline rates, the second without the first.
    """

    code: str
    round: str
    group: str
    item: str
    points: Mapping[str, Fraction | None]
    strata: Mapping[str, Fraction]
    min_valid: int
    satisfied: frozenset[str] = frozenset()
    basically: frozenset[str] = frozenset()
    places: int | None = None


@dataclass(frozen=True)
class AdjustmentRule:
    """Points each time, or points given by the amount, or in proportion to the largest amount.

    A rule with negative `points` is a deduction. `amount` multiplies `points`, so they are 1 or -1.
    """

    code: str
    method: Literal["times", "amount", "largest"]
    points: Fraction
    amount_range: tuple[Fraction, Fraction] | None = None


@dataclass(frozen=True)
class Cap:
    """Several adjustment rules together give at most `most`."""

    rules: tuple[str, ...]
    most: Fraction


@dataclass(frozen=True)
class Adjusted:
    """Bonuses under their caps and the overall cap, then deductions, which have no cap.

    Events under the rules `once_per_project` that name the same project count once, at the
    highest points.
    """

    code: str
    rules: tuple[AdjustmentRule, ...]
    caps: tuple[Cap, ...]
    bonus_most: Fraction | None
    once_per_project: frozenset[str] = frozenset()
    places: int | None = None


@dataclass(frozen=True)
class Total:
    """A weighted node or a sum of points with adjustments added to it."""

    code: str
    base: Weighted | Summed
    added: Adjusted | None
    places: int | None = None


@dataclass(frozen=True)
class ByCategory:
    """One node whose rule differs between categories."""

    code: str
    rules: Mapping[str, "Rule"]
    places: int | None = None


IndicatorRule = Tally | Completion | AllOrNothing | Placed | ToBest | Graded | TaskGrades | Segments
Rule = (
    Given
    | Weighted
    | Summed
    | Mean
    | IndicatorRule
    | Rated
    | RatedItems
    | Satisfaction
    | Adjusted
    | Total
    | ByCategory
)
