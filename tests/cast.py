"""The people and places of the tests: a small Panshan, a small panel city, staff, open rounds."""

from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import make_url

from evalsvc.box.cards import Card
from evalsvc.box.keys import CHEAPEST
from evalsvc.db import Database, connect
from evalsvc.domain import seasons
from evalsvc.domain.acting import Act
from evalsvc.domain.actor import Actor
from evalsvc.domain.sealing import custody, emptying, rounds
from evalsvc.models.roster import PanelSeats, Rater, Relation, Unit
from evalsvc.models.season import Round
from evalsvc.models.staff import Staff
from evalsvc.models.tables import METADATA
from evalsvc.scheme.presets import get_preset_text
from evalsvc.settings import Settings, prepare_instance
from evalsvc.standing import get_newest_migration

MORNING = datetime(2018, 12, 1, 8, 0, tzinfo=UTC)
DEADLINE = datetime(2099, 12, 15, 10, 0, tzinfo=UTC)
PASSPHRASE = "票箱口令 一句自己记得住的话"

MANAGER = Actor(1, "manager", "考评办", frozenset({"manager", "distributor"}))
CUSTODIAN = Actor(2, "custodian", "保管人", frozenset({"custodian"}))
AUDITOR = Actor(3, "auditor", "监督人", frozenset({"auditor"}))


@dataclass(frozen=True)
class Installation:
    """One installation of the product in a folder of the test's own."""

    settings: Settings
    database: Database


def build_installation(folder: Path, database_url: str | None = None) -> Installation:
    """An empty installation with its three members of staff."""
    settings = Settings(
        instance=folder,
        database_url=database_url or f"sqlite:///{folder / 'evalsvc.sqlite'}",
        public_url="http://localhost",
        trusted_hosts=(),
        secure_cookies=False,
        # Tests of two people and of the second factor set these as an office does.
        small_office=True,
        second_factor=False,
    )
    prepare_instance(settings)
    file = make_url(settings.database_url).database
    if settings.database_url.startswith("sqlite") and file and not Path(file).exists():
        Path(file).write_bytes(_build_empty_sqlite())
        return Installation(settings, connect(settings.database_url, settings.peppers))
    database = connect(settings.database_url, settings.peppers)
    _fill_empty(database)
    return Installation(settings, database)


def add_panshan(installation: Installation) -> int:
    """A season of the Panshan scheme: six departments, four towns, two leaders, the office."""
    season_id = _create(installation, "panshan-2018")
    with installation.database.writing() as session:
        for number in range(1, 11):
            category = "department" if number <= 6 else "town"
            name = f"{'部门' if number <= 6 else '镇'}{number:02d}"
            code = f"u{number:02d}"
            session.add(
                Unit(season_id=season_id, position=number, code=code, name=name, category=category)
            )
            group = "mutual_department" if category == "department" else "mutual_town"
            session.add(Rater(season_id=season_id, group=group, code=code, name=name, unit=code))
        for code in ("L1", "L2"):
            session.add(Rater(season_id=season_id, group="leader", code=code, name=f"领导{code}"))
            for number in range(1, 6):
                session.add(
                    Relation(
                        season_id=season_id,
                        group="leader",
                        rater=code,
                        unit=f"u{number:02d}",
                        role="in_charge",
                    )
                )
        session.add(Rater(season_id=season_id, group="office", code="O1", name="考评办"))
    return season_id


def add_panel_city(installation: Installation, seats: int = 20) -> int:
    """A season of the three-in-one scheme: twelve units, two leaders, so many seats a stratum."""
    season_id = _create(installation, "three-in-one")
    categories = ("general_service", "economic", "law_enforcement", "vertical")
    with installation.database.writing() as session:
        for number in range(1, 13):
            session.add(
                Unit(
                    season_id=season_id,
                    position=number,
                    code=f"u{number:02d}",
                    name=f"单位{number:02d}",
                    category=categories[number % 4],
                    work="办理本单位的日常工作",
                )
            )
        for code in ("L1", "L2"):
            session.add(Rater(season_id=season_id, group="leader", code=code, name=f"领导{code}"))
        for stratum in ("grassroots", "enterprises", "deputies", "organs"):
            session.add(
                PanelSeats(season_id=season_id, group="panel", stratum=stratum, seats=seats)
            )
    return season_id


def get_round_id(installation: Installation, season_id: int, code: str = "year_end") -> int:
    """The id of a season's round."""
    season = seasons.get_season(installation.database, season_id)
    return next(one.id for one in season.rounds if one.code == code)


def issue_cards(installation: Installation, round_id: int) -> tuple[Card, ...]:
    """Keys made and rehearsed, codes issued."""
    database = installation.database
    custody.make_keys(Act(database, CUSTODIAN, MORNING), round_id, PASSPHRASE, cost=CHEAPEST)
    custody.rehearse_opening(Act(database, CUSTODIAN, MORNING), round_id, PASSPHRASE)
    return rounds.issue(Act(database, MANAGER, MORNING), installation.settings, round_id, DEADLINE)


def open_with_cards(installation: Installation, round_id: int) -> tuple[Card, ...]:
    """A round that takes answers, and all its cards."""
    cards = issue_cards(installation, round_id)
    rounds.open_round(Act(installation.database, MANAGER, MORNING), installation.settings, round_id)
    return cards


def get_card(cards: tuple[Card, ...], group: str, place: int = 0) -> Card:
    """One of a group's cards."""
    return [card for card in cards if card.group == group][place]


def empty_trays(installation: Installation) -> None:
    """Put into the boxes what waits for the next anchor's hour."""
    with installation.database.reading() as session:
        open_rounds = session.query(Round.id).filter(Round.state == "open").all()
    for (round_id,) in open_rounds:
        emptying.turn_tray(installation.database, round_id)


def set_deadline(installation: Installation, round_id: int, deadline: datetime) -> None:
    """Move a round's deadline, as if time had passed."""
    with installation.database.writing() as session:
        row = session.get(Round, round_id)
        assert row is not None
        row.deadline = deadline


def ignore_progress(done: int, total: int) -> None:
    """Somebody who does not watch the progress of long work."""


@cache
def _build_empty_sqlite() -> bytes:
    """An empty installation's database file: copying it takes a hundredth of making it."""
    with TemporaryDirectory() as folder:
        file = Path(folder) / "empty.sqlite"
        database = connect(f"sqlite:///{file}")
        _fill_empty(database)
        with database.engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        database.close()
        return file.read_bytes()


def _fill_empty(database: Database) -> None:
    METADATA.create_all(database.engine)
    newest = get_newest_migration()  # the server looks for it before it serves
    with database.engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE alembic_version (version_num VARCHAR(32))")
        connection.exec_driver_sql(f"INSERT INTO alembic_version VALUES ('{newest}')")  # noqa: S608 (ours)
    with database.writing() as session:
        for actor in (MANAGER, CUSTODIAN, AUDITOR):
            session.add(
                Staff(login=actor.login, name=actor.name, roles=",".join(sorted(actor.roles)))
            )
            session.flush()


def _create(installation: Installation, preset: str) -> int:
    return seasons.create_season(
        Act(installation.database, MANAGER, MORNING),
        "测试年度",
        "考评办公室",
        "0427-0000000",
        get_preset_text(preset),
    )
