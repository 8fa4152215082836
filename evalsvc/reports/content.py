"""What documents are made of: plain frozen values, so that this package needs no database."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from fractions import Fraction
from typing import Protocol

from analysis.outcome.season_outcome import UnitOutcome
from analysis.score.tree import UnitResult
from evalsvc.reports.examined import Examined
from evalsvc.scheme.model import Group, LevelsQuestion, Scheme
from evalsvc.text import Text


class Card(Protocol):
    """One rater's card as issued; `addressee` is a name or a seat number, `group` a code."""

    @property
    def group(self) -> str: ...
    @property
    def addressee(self) -> str: ...
    @property
    def token(self) -> str: ...
    @property
    def stratum(self) -> str: ...


@dataclass(frozen=True)
class LetterText:
    """What all letters of a round share. `groups` are the scheme's, by code."""

    season_title: str
    office: str
    contact: str
    round_name: Text
    deadline: datetime | None
    public_url: str
    groups: Mapping[str, Group]
    language: str = "zh"


@dataclass(frozen=True)
class ReportHead:
    """Which result a document shows and what it can be checked against.

    `custodian` names the one person who kept the key in small-office mode, else it is empty.
    `package_sha256` is empty as long as no evidence package has been built.
    """

    season_title: str
    office: str
    version: int
    computed_at: datetime
    rounds: tuple[Text, ...]
    scheme_sha256: str
    package_sha256: str = ""
    custodian: str = ""


@dataclass(frozen=True)
class Turnout:
    """How many cards of a group were issued and used in a round, by codes of the scheme.

    `assisted` of them were typed in by the office for their holders.
    """

    round: str
    group: str
    issued: int
    cast: int
    assisted: int = 0


@dataclass(frozen=True)
class Rejections:
    """How many ballots of a group did not count, or were flagged, for one reason in a round."""

    round: str
    group: str
    reason: str
    n: int


@dataclass(frozen=True)
class ExcludedBallots:
    """How many ballots of a group somebody's decision left out in a round, and for which flag."""

    round: str
    group: str
    flag: str
    n: int


@dataclass(frozen=True)
class PlainFigure:
    """A unit's figure and place as if nobody had excluded a ballot."""

    published: str | None
    rank: int | None


@dataclass(frozen=True)
class AdjustmentEntry:
    """A bonus or deduction as entered."""

    unit: str
    rule: str
    times: int
    amount: Fraction | None
    date: str
    evidence: str


@dataclass(frozen=True)
class ChangeEntry:
    """An entered figure that counted and was changed; None: the unit did not carry it.

    `reason` is empty where an import of the office changed it, and then nobody is named.
    """

    unit: str
    component: str
    round: str
    before: str | None
    after: str | None
    reason: str
    changed_by: str
    changed_at: datetime | None


@dataclass(frozen=True)
class SatisfactionRow:
    """How a unit was rated by citizens; `levels` is None where too few answered to be shown."""

    unit: str
    n_valid: int
    dont_know: int
    levels: Mapping[str, int] | None
    satisfied_rate: Fraction | None
    basically_rate: Fraction | None


@dataclass(frozen=True)
class SatisfactionTable:
    """All units' answers to one question of one group in one round."""

    round: str
    group: str
    question: LevelsQuestion
    rows: tuple[SatisfactionRow, ...]


@dataclass(frozen=True)
class ResultContent:
    """Everything a workbook or a report of one season's result is made from.

    `names` gives each unit's name by its code; `units` are the score trees in any order.
    `excluded` ballots are none where nobody decided so; `plain` gives the figures without that by
    unit, and is empty where they may not be shown beside the official ones.
    `ends` are grades and awards by unit, and empty where the scheme gives none.
    `diagnostics` are for reference and stand apart from all that counts.
    """

    head: ReportHead
    scheme: Scheme
    names: Mapping[str, str]
    units: tuple[UnitResult, ...]
    turnout: tuple[Turnout, ...] = ()
    rejections: tuple[Rejections, ...] = ()
    excluded: tuple[ExcludedBallots, ...] = ()
    plain: Mapping[str, PlainFigure] = field(default_factory=dict)
    ends: Mapping[str, UnitOutcome] = field(default_factory=dict)
    adjustments: tuple[AdjustmentEntry, ...] = ()
    changes: tuple[ChangeEntry, ...] = ()
    satisfaction: tuple[SatisfactionTable, ...] = ()
    diagnostics: Examined | None = None
