"""What follows from a computed result: grades, awards, consequences and disagreements."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select

from analysis.outcome.grading import NO_AWARD
from analysis.outcome.season_outcome import SeasonOutcome, UnitOutcome, season_outcome
from analysis.score.tree import UnitResult
from evalsvc.db import Database
from evalsvc.domain.concluding.facts import list_entered_facts
from evalsvc.domain.concluding.missing import read_missing
from evalsvc.domain.seasons import get_season_row, read_scheme
from evalsvc.models.roster import Unit


@dataclass(frozen=True)
class Following:
    """The outcome of a result, and the units that take no award."""

    season: SeasonOutcome
    no_award: frozenset[str]


def get_following(database: Database, season_id: int, units: Sequence[UnitResult]) -> Following:
    """What follows from a result's units, by the events, flags and earlier years known now."""
    with database.reading() as session:
        scheme = read_scheme(get_season_row(session, season_id))
        facts = list_entered_facts(session, season_id)
        is_provisional = bool(read_missing(session, season_id).told)
    found = season_outcome(scheme.outcome, facts, units, scheme.publication.places)
    return Following(
        _without_grades(found) if is_provisional else found,
        frozenset(unit.code for unit in facts.units if NO_AWARD in unit.flags),
    )


def count_competing(database: Database, season_id: int) -> Mapping[str, int]:
    """By category the units on the roster that places are counted from."""
    with database.reading() as session:
        scheme = read_scheme(get_season_row(session, season_id))
        rows = session.execute(
            select(Unit.category, Unit.flags).where(Unit.season_id == season_id)
        ).all()
    counts_all = scheme.outcome.grading.count_no_award
    return Counter(row.category for row in rows if counts_all or NO_AWARD not in row.flags.split())


def _without_grades(outcome: SeasonOutcome) -> SeasonOutcome:
    """One component would stand in for the whole: nothing follows from that, and nobody is 优秀."""
    return SeasonOutcome(
        tuple(
            UnitOutcome(unit.unit, unit.category, unit.published, unit.rank, unit.place, None, "")
            for unit in outcome.units
        ),
        (),
    )
