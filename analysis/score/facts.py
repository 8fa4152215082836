"""What scoring is fed with: units, ballots, counts, indicators and adjustments as frozen values."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction

LEFT_OUT, LEAST = 1, 2
"""What a forbidden figure counts: nothing, as until 0.1.0, or the least (`forbidden.py`)."""


@dataclass(frozen=True)
class Unit:
    """A unit under evaluation; it is compared only inside its category."""

    code: str
    name: str
    category: str
    flags: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Answer:
    """One answer on a ballot: a band code, a number as text, or `NA` for "don't know"."""

    unit: str
    item: str
    value: str


@dataclass(frozen=True)
class Ballot:
    """One rater's complete opened answer; `rater` is a pseudonym where the group is anonymous."""

    round: str
    group: str
    ballot: str
    rater: str
    answers: tuple[Answer, ...]


@dataclass(frozen=True)
class Count:
    """How many citizens of a stratum gave a unit a level on an item.

    `n_unflagged` leaves out answers that a quality check has marked; it never replaces `n`.
    """

    round: str
    group: str
    stratum: str
    unit: str
    item: str
    level: str
    n: int
    n_unflagged: int


@dataclass(frozen=True)
class Indicator:
    """A figure that is entered, not rated; `None` means the unit does not carry the indicator."""

    round: str
    unit: str
    component: str
    value: Fraction | None


@dataclass(frozen=True)
class Adjustment:
    """A bonus or deduction event: `times` for fixed points, `amount` where the rule wants one.

    `project` names what the event is for, where a scheme counts one project once.
    """

    round: str
    unit: str
    rule: str
    times: int
    amount: Fraction | None
    date: str = ""
    evidence: str = ""
    project: str = ""


@dataclass(frozen=True)
class Past:
    """A unit's result in an earlier year; `grade` is the grade's code, empty where it had none.

    `place` is `first`, `last` or `between` where it is known to have been so in its category;
    empty, it follows from the scores that the year's list has.
    """

    year: int
    unit: str
    score: Fraction | None
    grade: str
    place: str = ""


@dataclass(frozen=True)
class Attachment:
    """A file that an entered figure rests on; its hash shows when it is another one later.

    `subject` is `figure`, `note`, `adjustment` or `report`; `item` names which one of the unit's.
    """

    round: str
    subject: str
    unit: str
    item: str
    name: str
    size: int
    sha256: str


@dataclass(frozen=True)
class Exclusion:
    """A person's decision that an opened ballot counts in no score.

    `flag` is what drew attention to the ballot (`misfitting`, `reversed`, `uniform`, `doubtful`),
    `reason` what the person wrote. A flag alone never excludes anything.
    """

    round: str
    group: str
    ballot: str
    flag: str
    reason: str


@dataclass(frozen=True)
class Facts:
    """Everything one season's result follows from, beside the rule book.

    `roles` names the relation between a rater and a unit, keyed by round, group, rater and unit;
    it also is the list of units where a group evaluates only listed ones. The round is empty for
    a relation that holds in all rounds: who is in charge of a unit may change during a year.
    `own_units` names the unit that a rater belongs to, keyed by group and rater: nobody
    evaluates their own, unless a scheme asks for a self-rating.
    `known` gives node values that are taken as they stand, keyed by unit and node code: a public
    package has no ballots of anonymous groups, so their component scores enter here.
    `history` are results of earlier years and `year` is the season's own, where it is known;
    they never enter a score, and neither do `attachments`.
    `exclusions` void ballots by somebody's decision; without them the score is the plain one.
    `law` says what a forbidden figure counts (`analysis.score.forbidden`); results of before keep
    the one that they were computed by.
    """

    units: tuple[Unit, ...]
    ballots: tuple[Ballot, ...] = ()
    counts: tuple[Count, ...] = ()
    indicators: tuple[Indicator, ...] = ()
    adjustments: tuple[Adjustment, ...] = ()
    roles: Mapping[tuple[str, str, str, str], str] = field(default_factory=dict)
    own_units: Mapping[tuple[str, str], str] = field(default_factory=dict)
    known: Mapping[tuple[str, str], Fraction | None] = field(default_factory=dict)
    history: tuple[Past, ...] = ()
    year: int | None = None
    attachments: tuple[Attachment, ...] = ()
    exclusions: tuple[Exclusion, ...] = ()
    law: int = LEAST

    def find_role(self, ballot: Ballot, unit: str) -> str | None:
        """The role of a ballot's rater towards a unit; None where no relation names the two."""
        pair = (ballot.group, ballot.rater, unit)
        return self.roles.get((ballot.round, *pair), self.roles.get(("", *pair)))

    def with_all_ballots(self) -> "Facts":
        """The same facts as if nobody had excluded a ballot."""
        return replace(self, exclusions=()) if self.exclusions else self
