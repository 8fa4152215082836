"""Plays invented seasons with the product's own verbs, without pages: staff, boxes, ballots."""

import secrets
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

import click
from sqlalchemy import select

from evalsvc.box.cards import Card
from evalsvc.box.keys import INTERACTIVE
from evalsvc.db import Database
from evalsvc.demo.ballots import fill_ballot
from evalsvc.demo.story import Story
from evalsvc.domain import seasons
from evalsvc.domain.acting import Act
from evalsvc.domain.actor import Actor, build_actor, build_outsider
from evalsvc.domain.concluding import history, results
from evalsvc.domain.people import staff
from evalsvc.domain.preparing import figures, rosters
from evalsvc.domain.sealing import custody, opening, rounds
from evalsvc.domain.voting import casting
from evalsvc.language import LOCAL_TIME
from evalsvc.models.staff import Staff
from evalsvc.scheme.presets import get_preset_text
from evalsvc.settings import Settings

MANAGER_ROLES = ("administrator", "manager", "distributor")
CUSTODIAN_ROLES = ("custodian",)


@dataclass(frozen=True)
class Office:
    """An installation with the two colleagues of the demonstration, and the box's pass-phrase."""

    database: Database
    settings: Settings
    manager: Actor
    custodian: Actor
    passphrase: str

    def as_manager(self, moment: datetime) -> Act:
        return Act(self.database, self.manager, moment)

    def as_custodian(self, moment: datetime) -> Act:
        return Act(self.database, self.custodian, moment)


def hire(database: Database, settings: Settings, passphrase: str, moment: datetime) -> Office:
    """An office with a manager who also distributes codes, and a custodian."""
    make_links(database, moment)
    with database.reading() as session:
        actors = {row.login: build_actor(row) for row in session.scalars(select(Staff))}
    return Office(database, settings, actors["manager"], actors["custodian"], passphrase)


def make_links(database: Database, moment: datetime) -> dict[str, str]:
    """The secrets of new one-time links, by login; earlier ones are dead."""
    return {
        login: staff.make_link(Act(database, build_outsider("demo"), moment), login, name, roles)
        for login, name, roles in (
            ("manager", "考评管理员（演示）", MANAGER_ROLES),
            ("custodian", "票箱保管员（演示）", CUSTODIAN_ROLES),
        )
    }


def found_season(office: Office, story: Story, title: str, moment: datetime) -> int:
    """A season of a story's preset with its roster."""
    act = office.as_manager(moment)
    season_id = seasons.create_season(
        act, title, story.office, story.contact, get_preset_text(story.preset)
    )
    rosters.import_roster(act, season_id, story.roster)
    if story.history:
        history.set_year(act, season_id, story.year)
        history.import_history(act, season_id, story.history)
    return season_id


def open_round(
    office: Office, season_id: int, code: str, moment: datetime, deadline: datetime
) -> tuple[Card, ...]:
    """Keys made and rehearsed, codes issued, the box open for answers until the deadline."""
    round_id = get_round_id(office.database, season_id, code)
    manager, custodian = office.as_manager(moment), office.as_custodian(moment)
    # One guess costs less than in service: a demonstration has nothing to protect but time.
    custody.make_keys(custodian, round_id, office.passphrase, INTERACTIVE)
    custody.rehearse_opening(custodian, round_id, office.passphrase)
    cards = rounds.issue(manager, office.settings, round_id, deadline)
    rounds.open_round(manager, office.settings, round_id)
    return cards


def cast_all(
    office: Office, story: Story, code: str, cards: Sequence[Card], label: str, moment: datetime
) -> None:
    """A ballot for every card, by the same verbs that the raters' pages use."""
    with click.progressbar(cards, label=label, width=24) as bar:
        for card in bar:
            visit = casting.admit(office.database, office.settings, card.token, moment)
            paper = casting.get_paper(office.database, visit, moment)
            units = [unit.code for unit in paper.units]
            answers = fill_ballot(story, card.group, units, card.addressee, code)
            casting.cast(office.database, visit, answers, casting.new_nonce(), moment)


def count_round(office: Office, season_id: int, code: str, moment: datetime) -> None:
    """The round closed, its box opened and counted."""
    round_id = get_round_id(office.database, season_id, code)
    rounds.close_round(office.as_manager(moment), office.settings, round_id)
    opening.open_box(
        office.as_custodian(moment), office.settings, round_id, office.passphrase, _unwatched
    )


def conclude(office: Office, season_id: int, story: Story, moment: datetime) -> None:
    """The season's figures entered and its result computed."""
    figures.import_figures(office.as_manager(moment), season_id, story.figures)
    results.compute_result(office.as_manager(moment), office.settings, season_id)


def end_of_day(moment: datetime) -> datetime:
    """Six in the evening of a moment's day, when an office's deadlines end."""
    return moment.astimezone(LOCAL_TIME).replace(hour=18, minute=0, second=0, microsecond=0)


def new_passphrase() -> str:
    """A pass-phrase that a person can type from the screen."""
    return "演示票箱 " + "-".join(f"{secrets.randbelow(10_000):04d}" for _ in range(3))


def pick_cards(cards: Sequence[Card], addressees: Collection[str]) -> tuple[Card, ...]:
    """The cards of these addressees."""
    return tuple(card for card in cards if card.addressee in addressees)


def get_round_id(database: Database, season_id: int, code: str) -> int:
    """The id of a season's round."""
    season = seasons.get_season(database, season_id)
    return next(one.id for one in season.rounds if one.code == code)


def _unwatched(done: int, total: int) -> None:
    """Opening so few ballots is over before anybody could watch."""
