"""The rules a score tree is built from, as frozen values; `scoring.py` applies them to facts."""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

Missing = Literal["centred", "proportional", "equal", "zero", "not_ranked"]


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

    `limits` cuts the value to a range after centred redistribution, with a remark.
    """

    code: str
    parts: tuple[Part, ...]
    missing: Missing
    limits: tuple[Fraction, Fraction] | None = None


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
    """The proportions a ballot must keep inside one category, from `enforce_from` units on."""

    bands: tuple[str, ...]
    shares: tuple[int, ...]
    enforce_from: int


@dataclass(frozen=True)
class Rated:
    """The mean of ballots' points for a unit, over the raters of a group, after trimming.

    `points` turns a band or level into points; None takes the number itself. `role` keeps only
    raters with that role towards the unit. `groups` maps the category to the rater group.
    `quota` voids a ballot that breaks its proportions.
    """

    code: str
    round: str
    groups: Mapping[str, str]
    item: str
    points: Mapping[str, Fraction | None] | None
    trim: Trim | None
    role: str = ""
    quota: BandQuota | None = None


@dataclass(frozen=True)
class Satisfaction:
    """The mean of level points over strata by their planned weights, "don't know" left out.

    A unit with fewer than `min_valid` valid answers has no score.
    """

    code: str
    round: str
    group: str
    item: str
    points: Mapping[str, Fraction | None]
    strata: Mapping[str, Fraction]
    min_valid: int


@dataclass(frozen=True)
class AdjustmentRule:
    """Points each time, or points given by the amount, or in proportion to the largest amount."""

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
