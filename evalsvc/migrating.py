"""Brings a database's tables up to date: looked at first, copied, then in one transaction."""

import os
import shutil
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy.engine import Connection

from evalsvc.clock import now
from evalsvc.db import connect
from evalsvc.errors import DATABASE_DAMAGED, NO_ROOM_FOR_COPY, Problem
from evalsvc.releases import name_migration
from evalsvc.settings import PROJECT
from evalsvc.standing import (
    DatabaseState,
    alone,
    check,
    check_complete,
    check_known,
    check_nobody_serves,
    explaining,
    find_file,
    get_newest_migration,
    look,
)

COPIES = "backups"
MEGABYTE = 1024 * 1024
Say = Callable[[str], None]

_DUMP_FIRST = (
    "PostgreSQL 不在这里做副本；升级前请先 pg_dump。如未备份，现在按 Ctrl-C："
    "升级是一个事务，不会留下一半。\n"
    "No copy is made of a PostgreSQL database: run pg_dump before an upgrade. If there is no dump "
    "yet, press Ctrl-C; the upgrade is one transaction, and nothing of half of it stays."
)


def migrate(database_url: str, say: Say = lambda _: None) -> None:
    """Run every migration that the database at this URL has not seen; raise where none may run."""
    with explaining(database_url):
        _make_file(database_url)
        before = _look_at(database_url)
        check_known(before)
        if before.migration == get_newest_migration():
            check(before)
            return
        with alone(database_url):
            _upgrade(database_url, before, say)


def _upgrade(url: str, before: DatabaseState, say: Say) -> None:
    if before.migration is not None:
        check_complete(before, _list_columns_of(before.migration))
        _check_nobody_serves(url)
        _keep_copy(url, before.migration, say)
    _run(url=url, say=say)
    check(_look_at(url))


def _make_file(url: str) -> None:
    """A new SQLite database is its owner's alone; SQLite's own files take over the mode."""
    file = find_file(url)
    if file is not None and not file.exists():
        os.close(os.open(file, os.O_RDWR | os.O_CREAT, 0o600))


def _look_at(url: str) -> DatabaseState:
    database = connect(url)
    try:
        with database.engine.connect() as connection:
            return look(connection)
    finally:
        database.close()


def _list_columns_of(migration: str) -> frozenset[tuple[str, str]]:
    """The tables and columns of an earlier migration: it is run on an empty database in memory."""
    database = connect("sqlite://")
    try:
        with database.engine.begin() as connection:
            _run(migration, connection=connection)
            return look(connection).columns
    finally:
        database.close()


def _check_nobody_serves(url: str) -> None:
    database = connect(url)
    try:
        with database.engine.connect() as connection:
            check_nobody_serves(connection)
    finally:
        database.close()


def _run(migration: str = "head", **attributes: object) -> None:
    """Hand over to Alembic, whose `migrations/env.py` reads the attributes."""
    config = Config(str(PROJECT / "migrations" / "alembic.ini"))
    config.attributes.update(attributes)
    command.upgrade(config, migration)


def _keep_copy(url: str, migration: str, say: Say) -> None:
    file = find_file(url)
    if file is None:
        say(_DUMP_FIRST)
        return
    copy = copy_database(url, file, migration, now())
    say(f"升级前的副本 copy from before: {copy} ({copy.stat().st_size / MEGABYTE:.1f} MB)")


def copy_database(url: str, file: Path, migration: str, moment: datetime) -> Path:
    """A complete copy of a SQLite database beside it, readable by its owner alone.

    It bears another name until it is whole, so that what a killed run leaves is never taken for it.
    """
    folder = file.parent / COPIES
    folder.mkdir(mode=0o700, exist_ok=True)
    _check_room(file, folder)
    copy = folder / f"{file.stem}-{moment:%Y-%m-%d-%H%M%S}-before-upgrade-of-{migration}.sqlite"
    partial = folder / "unfinished.sqlite"
    partial.unlink(missing_ok=True)
    os.close(os.open(partial, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))
    database = connect(url)
    try:
        with database.engine.connect() as connection:
            _check_sound(connection, file)
            connection.exec_driver_sql("VACUUM INTO ?", (str(partial),))
    finally:
        database.close()
    _reach_the_disk(partial)
    partial.rename(copy)
    _reach_the_disk(folder)
    return copy


def _check_room(file: Path, folder: Path) -> None:
    """Room for the copy and once more as much for what the upgrade itself writes."""
    needed, free = 2 * file.stat().st_size, shutil.disk_usage(folder).free
    if free < needed:
        raise Problem(
            NO_ROOM_FOR_COPY, folder=folder, needed=needed // MEGABYTE, free=free // MEGABYTE
        )


def _check_sound(connection: Connection, file: Path) -> None:
    if connection.exec_driver_sql("PRAGMA quick_check(1)").scalar_one() != "ok":
        raise Problem(DATABASE_DAMAGED, place=file)


def _reach_the_disk(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def describe(url: str) -> str:
    """Where the database at this URL stands, in a few words."""
    return name_migration(_look_at(url).migration or "–")
