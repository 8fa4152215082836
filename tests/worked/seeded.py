"""A worked case as a season in a database: its rosters and figures, its boxes opened and counted.

The boxes themselves stay empty; what opening leaves of their ballots is written beside them.
"""

from collections.abc import Iterator, Sequence

from sqlalchemy.orm import Session

from analysis.score.facts import Facts
from evalsvc.db import Row
from evalsvc.domain import seasons
from evalsvc.domain.acting import Act
from evalsvc.domain.sealing import rounds
from evalsvc.domain.sealing.opening import open_box
from evalsvc.evidence.model import Rater
from evalsvc.models import figures, opened, roster
from evalsvc.models.history import PastResult
from evalsvc.scheme.model import Scheme
from tests.cast import (
    CUSTODIAN,
    MANAGER,
    MORNING,
    PASSPHRASE,
    Installation,
    get_round_id,
    ignore_progress,
    open_with_cards,
)


def seed_season(
    place: Installation, text: str, scheme: Scheme, facts: Facts, raters: Sequence[Rater]
) -> int:
    """The season's id; its rounds with answers are counted."""
    season_id = seasons.create_season(
        Act(place.database, MANAGER, MORNING), "核对年度", "考评办公室", "0427-0000000", text
    )
    with place.database.writing() as session:
        session.add_all(_list_roster(season_id, scheme, facts, raters))
    round_ids = {each.code: get_round_id(place, season_id, each.code) for each in scheme.rounds}
    for code, round_id in round_ids.items():
        if scheme.list_groups(code):
            _hold_empty(place, round_id)
    with place.database.writing() as session:
        _write_opened(session, facts, round_ids)
        session.add_all(_list_figures(season_id, facts))
    return season_id


def _hold_empty(place: Installation, round_id: int) -> None:
    open_with_cards(place, round_id)
    rounds.close_round(Act(place.database, MANAGER, MORNING), place.settings, round_id)
    open_box(
        Act(place.database, CUSTODIAN, MORNING),
        place.settings,
        round_id,
        PASSPHRASE,
        ignore_progress,
    )


def _list_roster(
    season_id: int, scheme: Scheme, facts: Facts, raters: Sequence[Rater]
) -> Iterator[Row]:
    for position, unit in enumerate(facts.units, start=1):
        yield roster.Unit(
            season_id=season_id,
            position=position,
            code=unit.code,
            name=unit.name,
            category=unit.category,
            flags=" ".join(sorted(unit.flags)),
        )
    for rater in raters:
        if scheme.get_group(rater.group).identity != "counts":
            yield roster.Rater(
                season_id=season_id,
                group=rater.group,
                code=rater.rater,
                name=rater.name or rater.rater,
                unit=rater.unit,
            )
    for group in scheme.groups:
        for stratum in group.strata:
            yield roster.PanelSeats(
                season_id=season_id, group=group.code, stratum=stratum.code, seats=5
            )
    for (_, of, who, towards), role in facts.roles.items():
        yield roster.Relation(season_id=season_id, group=of, rater=who, unit=towards, role=role)


def _write_opened(session: Session, facts: Facts, round_ids: dict[str, int]) -> None:
    for ballot in facts.ballots:
        session.add_all(
            opened.OpenedAnswer(
                round_id=round_ids[ballot.round],
                group=ballot.group,
                ballot=ballot.ballot,
                rater=ballot.rater,
                unit=answer.unit,
                item=answer.item,
                value=answer.value,
            )
            for answer in ballot.answers
        )
    for c in facts.counts:
        session.add(
            opened.LevelCount(
                round_id=round_ids[c.round],
                group=c.group,
                stratum=c.stratum,
                unit=c.unit,
                item=c.item,
                level=c.level,
                n=c.n,
                n_unflagged=c.n_unflagged,
            )
        )


def _list_figures(season_id: int, facts: Facts) -> Iterator[Row]:
    for i in facts.indicators:
        yield figures.Indicator(
            season_id=season_id,
            round=i.round,
            unit=i.unit,
            component=i.component,
            value=None if i.value is None else str(i.value),
        )
    for a in facts.adjustments:
        yield figures.Adjustment(
            season_id=season_id,
            round=a.round,
            unit=a.unit,
            rule=a.rule,
            times=a.times,
            amount=None if a.amount is None else str(a.amount),
            date=a.date,
            evidence=a.evidence,
            project=a.project,
            entered_by="manager",
        )
    for past in facts.history:
        yield PastResult(
            season_id=season_id,
            year=past.year,
            unit=past.unit,
            grade=past.grade,
            source="test",
            score=None if past.score is None else str(past.score),
        )
