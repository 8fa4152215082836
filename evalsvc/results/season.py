"""A season's result as a whole: one computation, and all that its documents show beside it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from analysis.outcome.grading import Quota
from analysis.outcome.season_outcome import UnitOutcome
from analysis.score.facts import Adjustment
from analysis.score.tree import UnitResult
from evalsvc.results.changes import ChangedFigure
from evalsvc.results.diagnostics import SeasonDiagnostics
from evalsvc.results.exclusions import ExcludedBallots, Exclusions, PlainStanding
from evalsvc.results.rejections import LostBallots, Rejections
from evalsvc.results.satisfaction import SatisfactionTable
from evalsvc.results.turnout import Turnout
from evalsvc.scheme.model import Scheme
from evalsvc.text import NOTHING, Text


@dataclass(frozen=True)
class ResultHead:
    """Which computation a result is."""

    version: int
    computed_at: datetime
    computed_by: str
    facts_sha256: str


@dataclass(frozen=True)
class SeasonResult:
    """A computation with every unit's tree; `stale` where facts have changed since.

    `exclusions` are the ballots that it left out by decision, and the figures without that.
    `provisional` says what is not known yet; empty where nothing is missing.
    """

    head: ResultHead
    units: tuple[UnitResult, ...]
    names: Mapping[str, str]
    stale: bool
    exclusions: Exclusions = field(default_factory=Exclusions)
    provisional: Text = NOTHING


@dataclass(frozen=True)
class ReportHead:
    """Which result a document shows and what it can be checked against.

    `custodian` names the one person who kept the key in small-office mode, else it is empty.
    `provisional` says what the result lacks, so that nobody takes it for one.
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
    provisional: Text = NOTHING


@dataclass(frozen=True)
class ResultContent:
    """Everything a workbook or a report of one season's result is made from.

    `names` gives each unit's name by its code; `units` are the score trees in any order.
    `excluded` ballots are none where nobody decided so; `plain` gives the figures without that by
    unit, and is empty where they may not be shown beside the official ones.
    `ends` are grades and awards by unit, and empty where the scheme gives none; `quotas` how the
    places went, `no_award` the units that take none.
    `diagnostics` are for reference and stand apart from all that counts.
    """

    head: ReportHead
    scheme: Scheme
    names: Mapping[str, str]
    units: tuple[UnitResult, ...]
    turnout: tuple[Turnout, ...] = ()
    rejections: tuple[Rejections, ...] = ()
    lost: tuple[LostBallots, ...] = ()
    excluded: tuple[ExcludedBallots, ...] = ()
    plain: Mapping[str, PlainStanding] = field(default_factory=dict)
    ends: Mapping[str, UnitOutcome] = field(default_factory=dict)
    quotas: tuple[Quota, ...] = ()
    no_award: frozenset[str] = frozenset()
    adjustments: tuple[Adjustment, ...] = ()
    changes: tuple[ChangedFigure, ...] = ()
    satisfaction: tuple[SatisfactionTable, ...] = ()
    diagnostics: SeasonDiagnostics | None = None
