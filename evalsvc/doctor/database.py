"""The database: whether it fits the program, and keeps what a receipt and the secrecy promise."""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.engine import Connection

from evalsvc.backups.contents import RoundState, list_rounds
from evalsvc.db import connect
from evalsvc.doctor.faults import DATABASE, ROLE_TOO_STRONG, SERVER_SETTING
from evalsvc.doctor.findings import FoundFault, find
from evalsvc.doctor.place import Installed
from evalsvc.errors import Problem
from evalsvc.models.event import Event
from evalsvc.standing import look, opened
from evalsvc.text import Text

_DURABLE = Text("收据说票已写到磁盘上", "a receipt says that the ballot is on the disk")
_QUIET = Text("答案和时刻会进日志", "answers and their moments would reach the log")
# Name → what it must be, and why.
SERVER_SETTINGS = {
    "fsync": ("on", _DURABLE),
    "full_page_writes": ("on", _DURABLE),
    "log_statement": ("none", _QUIET),
    "log_min_duration_statement": ("-1", _QUIET),
    "log_parameter_max_length": ("0", _QUIET),
    "log_parameter_max_length_on_error": ("0", _QUIET),
}
# What is only ever added to.
ADDED_TO = ("ballot", "event", "sealed_round", "published_anchor")


@dataclass(frozen=True)
class Read:
    """What other checks need to know out of the database; empty where it can't be read."""

    migration: str = "–"
    rounds: tuple[RoundState, ...] = ()
    newest_event: datetime | None = None


def read_database(place: Installed) -> tuple[Read, list[FoundFault]]:
    """Look whether program and database fit, then read on."""
    try:
        with (
            opened(place.settings.database_url) as database,
            database.engine.connect() as connection,
        ):
            return _read(connection), []
    except Problem as problem:
        return Read(), [
            find(DATABASE, problem=problem.text.changed(lambda said: said.rstrip("。.")))
        ]


def check_server(place: Installed) -> Iterator[FoundFault]:
    """PostgreSQL's settings as the service's own session has them, and what its role may do."""
    if not place.service_url.startswith("postgresql"):
        return
    database = connect(place.service_url)
    try:
        # What can't be read at all has been said by then.
        with suppress(Exception), database.engine.connect() as connection:
            yield from _check_settings(connection)
            yield from _check_rights(connection)
    finally:
        database.close()


def _check_settings(connection: Connection) -> Iterator[FoundFault]:
    for name, (right, why) in SERVER_SETTINGS.items():
        value = connection.exec_driver_sql(f"SHOW {name}").scalar_one()
        if value != right:
            yield find(SERVER_SETTING, name=name, value=value, right=right, why=why)


def _check_rights(connection: Connection) -> Iterator[FoundFault]:
    role = connection.exec_driver_sql("SELECT current_user").scalar_one()
    for table in ADDED_TO:
        for right in ("UPDATE", "DELETE"):
            asked = "SELECT has_table_privilege(%s, %s)"
            if connection.exec_driver_sql(asked, (table, right)).scalar_one():
                yield find(ROLE_TOO_STRONG, role=role, table=table, right=right)


def _read(connection: Connection) -> Read:
    migration = look(connection).migration or "–"
    return Read(migration, list_rounds(connection), _find_newest(connection))


def _find_newest(connection: Connection) -> datetime | None:
    at = connection.execute(select(Event.at).order_by(Event.seq.desc()).limit(1)).scalar()
    return datetime.fromisoformat(at) if at else None
