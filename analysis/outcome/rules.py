"""The rules after the score: bars, grades, awards, consequences over years, confirmations."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Literal

Rounding = Literal["down", "nearest", "up"]
Carry = Literal["none", "unfilled", "all"]
TiesAtCut = Literal["all", "none"]


@dataclass(frozen=True)
class Places:
    """How many units of a category may have something: a share of them, or a number.

    Both are keyed by category; a category in neither has no bound.
    """

    shares: Mapping[str, Fraction] = field(default_factory=dict)
    counts: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class GradeRule:
    """One grade; grades are listed best first.

    `at_least` is the figure that it needs. Every unit `below` that figure has this grade, and so
    have the `last` share of the category. An `award` is not for units flagged `no_award`.
    `coefficients` are keyed by post.
    """

    code: str
    places: Places = field(default_factory=Places)
    at_least: Fraction | None = None
    below: Fraction | None = None
    last: Fraction | None = None
    award: bool = True
    coefficients: Mapping[str, Fraction] = field(default_factory=dict)


@dataclass(frozen=True)
class AwardRule:
    """A commendation beside the grade, for units that have one of `grades` (none: for all)."""

    code: str
    places: Places = field(default_factory=Places)
    at_least: Fraction | None = None
    grades: frozenset[str] = frozenset()


@dataclass(frozen=True)
class BarRule:
    """What keeps a unit from grades and awards, `bars`, or `sets` its grade.

    It applies to a unit with an adjustment `event`, or whose node `node` is `at_least` or `below`
    some value.
    """

    code: str
    bars: frozenset[str] = frozenset()
    sets: str = ""
    event: str = ""
    node: str = ""
    at_least: Fraction | None = None
    below: Fraction | None = None


@dataclass(frozen=True)
class Grading:
    """Grades and awards inside each category.

    `rounding` makes places of shares. `carry`: what happens to places that nobody fills, and with
    `all` also to what rounding took away: the next grade has them. `tie_break` lists nodes whose
    figures decide between units with the same published figure; units that still tie where the
    places end get the better grade all, or none of them. Units flagged `no_award` count for the
    size of their category only with `count_no_award`.
    """

    grades: tuple[GradeRule, ...] = ()
    awards: tuple[AwardRule, ...] = ()
    bars: tuple[BarRule, ...] = ()
    # What docs/schemes promises where a scheme leaves the word out.
    rounding: Rounding = "down"
    carry: Carry = "unfilled"
    ties: TiesAtCut = "none"
    tie_break: tuple[str, ...] = ()
    count_no_award: bool = False


@dataclass(frozen=True)
class Marks:
    """So many years running, the season's included, each with at least one of these marks.

    `together`: with all of them. `first` and `last` are places in the category. `event` is an
    adjustment of this season.
    """

    years: int = 1
    below: Fraction | None = None
    at_least: Fraction | None = None
    grades: frozenset[str] = frozenset()
    first: bool = False
    last: bool = False
    event: str = ""
    together: bool = False


@dataclass(frozen=True)
class ConsequenceRule:
    """What people must decide about where one of several marks holds."""

    code: str
    marks: tuple[Marks, ...]


@dataclass(frozen=True)
class ConfirmationRule:
    """Two nodes that must confirm each other: ranks may differ by so many places at most.

    `share` is a share of the category's units that have both figures, `places` a number.
    """

    code: str
    first: str
    second: str
    share: Fraction | None = None
    places: int | None = None


@dataclass(frozen=True)
class OutcomeRules:
    """Everything a scheme says about what follows from the scores."""

    grading: Grading = field(default_factory=Grading)
    consequences: tuple[ConsequenceRule, ...] = ()
    confirmations: tuple[ConfirmationRule, ...] = ()
    year: int | None = None
