"""What follows from a computed result: grades, awards, consequences and disagreements."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from analysis.outcome.grading import NO_AWARD
from analysis.outcome.season_outcome import SeasonOutcome, UnitOutcome, season_outcome
from analysis.score.tree import UnitResult
from evalsvc.db import Database
from evalsvc.domain.concluding.facts import list_entered_facts
from evalsvc.domain.seasons import SeasonView, get_season_row, read_scheme


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
    return Following(
        season_outcome(scheme.outcome, facts, units, scheme.publication.places),
        frozenset(unit.code for unit in facts.units if NO_AWARD in unit.flags),
    )


def get_ends(
    database: Database, season: SeasonView, units: Sequence[UnitResult]
) -> Mapping[str, UnitOutcome]:
    """Each unit's grade and awards; nothing where the scheme gives neither."""
    names = season.scheme.outcome_names
    if not (names.grades or names.awards):
        return {}
    return {end.unit: end for end in get_following(database, season.id, units).season.units}
