"""The rules a score tree is built from, as frozen values; `scoring.py` applies them to facts."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Literal

Missing = Literal["centred", "proportional", "equal", "zero", "not_ranked"]
Relation = Literal["all", "all_but_own", "listed"]


@dataclass(frozen=True)
class Given:
    """A figure entered by the office or an assessing body, under the round of its sheet."""

    code: str
    round: str


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


@dataclass(frozen=True)
class Mean:
    """The plain mean over the parts a unit carries, leaving out the excepted ones."""

    code: str
    parts: tuple["Rule", ...]
    excepted: frozenset[str] = frozenset()


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
class Rated:
    """The mean of ballots' points for a unit, over the raters of a group, after trimming.

    `points` turns a band or level into points; None takes the number itself. `role` keeps only
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
    """Bonuses under their caps and the overall cap, then deductions, which have no cap."""

    code: str
    rules: tuple[AdjustmentRule, ...]
    caps: tuple[Cap, ...]
    bonus_most: Fraction | None


@dataclass(frozen=True)
class Total:
    """A weighted node with adjustments added to it."""

    code: str
    base: Weighted
    added: Adjusted | None


@dataclass(frozen=True)
class ByCategory:
    """One node whose rule differs between categories."""

    code: str
    rules: Mapping[str, "Rule"]


Rule = Given | Weighted | Mean | Rated | Satisfaction | Adjusted | Total | ByCategory
