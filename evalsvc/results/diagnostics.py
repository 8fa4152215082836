"""A season examined: what its figures are worth, beside the result and never in it."""

from collections.abc import Mapping
from dataclasses import dataclass

from analysis.examining.citizen_tables import CitizenTable
from analysis.examining.diagnostics import RatedTable
from analysis.examining.favours import Favour
from analysis.examining.total_tables import TotalTable

# What a ballot may be flagged for, the weightiest first.
FLAGS = ("reversed", "misfitting", "uniform", "doubtful")


@dataclass(frozen=True)
class Labels:
    """Names of units by code, and of raters by group and code where the group keeps names."""

    units: Mapping[str, str]
    raters: Mapping[tuple[str, str], str]


NO_LABELS = Labels({}, {})


@dataclass(frozen=True)
class FlaggedBallot:
    """A ballot that stands out in one or more tables of its round; a question, never a verdict.

    `flags` with the weightiest first: `reversed`, `misfitting`, `uniform`, `doubtful`. Only groups
    with names have their ballots told by single ratings, so only these are ever `doubtful`.
    """

    group: str
    ballot: str
    flags: tuple[str, ...]


@dataclass(frozen=True)
class RoundDiagnostics:
    """A counted round: its rated tables and its citizens' tables.

    `favours` look at relations as wholes; they were computed when the box was opened, as no ballot
    tells its unit afterwards.
    `flagged` are the ballots that stand out among all that were opened, also among those that
    somebody has excluded: else each exclusion would make the next ballot stand out.
    """

    round: str
    tables: tuple[RatedTable, ...]
    citizens: tuple[CitizenTable, ...]
    labels: Labels
    favours: tuple[Favour, ...] = ()
    flagged: tuple[FlaggedBallot, ...] = ()


@dataclass(frozen=True)
class SeasonDiagnostics:
    """All counted rounds of a season, and how far the places by total are open."""

    rounds: tuple[RoundDiagnostics, ...]
    totals: tuple[TotalTable, ...]
    labels: Labels
