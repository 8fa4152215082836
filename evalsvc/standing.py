"""Where a database stands beside this program, looked at once when a process begins."""

import os
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from fcntl import LOCK_EX, LOCK_NB, LOCK_SH, flock
from pathlib import Path
from sqlite3 import SQLITE_BUSY, SQLITE_CORRUPT, SQLITE_LOCKED, SQLITE_NOTADB
from sqlite3 import Error as SqliteError

from sqlalchemy import MetaData, make_url
from sqlalchemy.engine import Connection
from sqlalchemy.exc import ArgumentError, DBAPIError

from evalsvc.db import SERVICE_NAME, Database, connect
from evalsvc.errors import (
    DATABASE_ABSENT,
    DATABASE_DAMAGED,
    DATABASE_FOREIGN,
    DATABASE_INCOMPLETE,
    DATABASE_LOCKED,
    DATABASE_NEWER,
    DATABASE_OLDER,
    DATABASE_UNREACHABLE,
    SERVICE_RUNNING,
    Problem,
)
from evalsvc.models.tables import METADATA
from evalsvc.releases import VERSION, name_migration
from evalsvc.settings import PROJECT

MIGRATIONS = PROJECT / "migrations" / "versions"
# What gunicorn takes for "this application does not load": it stops instead of trying for ever.
DOES_NOT_LOAD = 4
# So many of the lacking tables and columns are named.
NAMED = 5

_TABLES = {
    "sqlite": "SELECT t.name, c.name FROM sqlite_master t, pragma_table_info(t.name) c "
    "WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite_%'",
    # The catalogue itself: information_schema hides what this account may not read.
    "postgresql": "SELECT t.relname, c.attname FROM pg_class t "
    "JOIN pg_attribute c ON c.attrelid = t.oid AND c.attnum > 0 AND NOT c.attisdropped "
    "WHERE t.relkind IN ('r', 'p') AND t.relnamespace = current_schema()::regnamespace",
}
_OTHERS = (
    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() "
    "AND application_name = %s AND pid <> pg_backend_pid()"
)


@dataclass(frozen=True)
class DatabaseState:
    """The migration that a database says it has, and its columns as (table, column)."""

    migration: str | None
    columns: frozenset[tuple[str, str]]


def get_newest_migration() -> str:
    """The number of the newest migration of this program; files bear their numbers."""
    return max(path.name[:4] for path in MIGRATIONS.glob("[0-9]*.py"))


@contextmanager
def opened(url: str, keys: Path | None = None) -> Iterator[Database]:
    """The database of a command, once it is known to fit this program."""
    with explaining(url):
        turn = _stand_in(url, LOCK_SH)
        database = connect(url, keys)
    try:
        _check_now(database, url)
        yield database
    finally:
        database.close()
        _leave(turn)


def check_for_serving(url: str) -> None:
    """Raise unless the database fits; from here on no migration passes under this process."""
    with explaining(url):
        _stand_in(url, LOCK_SH)  # kept open until the process ends, and not by its children
        database = connect(url)
    try:
        _check_now(database, url)
    finally:
        database.close()


def serve_or_stop(url: str) -> None:
    """Look as `check_for_serving` does, and end this process with the sentence if it refuses."""
    try:
        check_for_serving(url)
    except Problem as problem:
        print(f"{problem.text.zh}\n{problem.text.en}", file=sys.stderr, flush=True)
        sys.exit(DOES_NOT_LOAD)


def _check_now(database: Database, url: str) -> None:
    with explaining(url), database.engine.connect() as connection:
        check(look(connection))


@contextmanager
def alone(url: str) -> Iterator[None]:
    """Nobody serves from this database meanwhile, and whoever wants to is refused."""
    turn = _stand_in(url, LOCK_EX)
    try:
        yield
    finally:
        _leave(turn)


def look(connection: Connection) -> DatabaseState:
    """Read where a database stands."""
    rows = connection.exec_driver_sql(_TABLES[connection.dialect.name]).all()
    columns = frozenset((table, column) for table, column in rows)
    if ("alembic_version", "version_num") not in columns:
        return DatabaseState(None, columns)
    found = connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalars().all()
    return DatabaseState("+".join(sorted(found)) or None, columns)


def check(standing: DatabaseState) -> None:
    """Raise unless a database has exactly the tables that this program knows."""
    newest = get_newest_migration()
    check_known(standing)
    if standing.migration is None:
        raise Problem(DATABASE_ABSENT)
    if standing.migration != newest:
        raise Problem(
            DATABASE_OLDER, found=name_migration(standing.migration), needed=newest, version=VERSION
        )
    check_complete(standing, list_columns(METADATA))


def check_known(standing: DatabaseState) -> None:
    """Raise where a database is another program's, or of a later version of this one."""
    found = standing.migration
    if found is None:
        if standing.columns:
            raise Problem(DATABASE_FOREIGN, tables=_name({t for t, _ in standing.columns}))
        return
    if list(MIGRATIONS.glob(f"{found}_*.py")):
        return
    newest = get_newest_migration()
    if len(found) == len(newest) and found.isdigit() and found > newest:
        raise Problem(DATABASE_NEWER, found=found, newest=newest, version=VERSION)
    raise Problem(DATABASE_FOREIGN, tables=f"alembic_version = {found}")


def check_complete(standing: DatabaseState, expected: Iterable[tuple[str, str]]) -> None:
    """Raise where a database lacks what its own migration's number promises."""
    lacking = set(expected) - standing.columns
    if not lacking:
        return
    present = {table for table, _ in standing.columns}
    names = {table if table not in present else f"{table}.{column}" for table, column in lacking}
    raise Problem(DATABASE_INCOMPLETE, found=standing.migration, lacking=_name(names))


def list_columns(metadata: MetaData) -> set[tuple[str, str]]:
    """What the rows of this program expect to find."""
    return {(table.name, column.name) for table in metadata.tables.values() for column in table.c}


def check_nobody_serves(connection: Connection) -> None:
    """Raise where a service works on this PostgreSQL database; SQLite's stand in line instead."""
    if connection.dialect.name == "postgresql":
        others = connection.exec_driver_sql(_OTHERS, (SERVICE_NAME,)).scalar_one()
        if others:
            raise Problem(SERVICE_RUNNING)


@contextmanager
def explaining(url: str) -> Iterator[None]:
    """Turn what a driver says about a database that cannot be used into a sentence."""
    try:
        yield
    except DBAPIError as error:
        raise _explain(error, url) from error
    except (ArgumentError, ImportError, OSError) as error:
        raise Problem(DATABASE_UNREACHABLE, place=_say_place(url), reason=error) from error


def _explain(error: DBAPIError, url: str) -> Problem:
    place, cause = _say_place(url), error.orig
    code = cause.sqlite_errorcode & 0xFF if isinstance(cause, SqliteError) else None
    if code in (SQLITE_NOTADB, SQLITE_CORRUPT):
        return Problem(DATABASE_DAMAGED, place=place)
    if code in (SQLITE_BUSY, SQLITE_LOCKED) or getattr(cause, "sqlstate", None) == "55P03":
        return Problem(DATABASE_LOCKED, place=place)
    reason = " ".join(str(cause).split())
    return Problem(DATABASE_UNREACHABLE, place=place, reason=reason)


def _say_place(url: str) -> str:
    """Where a database lies, without its password."""
    try:
        parts = make_url(url)
    except ArgumentError:
        return "EVALSVC_DATABASE_URL"
    hidden = parts.render_as_string(hide_password=True)
    return parts.database or hidden if parts.drivername.startswith("sqlite") else hidden


def find_file(url: str) -> Path | None:
    """The file of a SQLite database; None for any other."""
    parts = make_url(url)
    if not parts.drivername.startswith("sqlite") or parts.database in (None, "", ":memory:"):
        return None
    return Path(str(parts.database))


def _stand_in(url: str, kind: int) -> int | None:
    """Take this process's place among those that use a SQLite file: many serve, one migrates.

    The file locked is empty and lies beside the database. The kernel lets go when a process ends.
    """
    file = find_file(url)
    if file is None:
        return None
    if kind == LOCK_SH and not file.exists():
        raise Problem(DATABASE_ABSENT)  # opening it would leave an empty file
    turn = os.open(f"{file}-service", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        flock(turn, kind | LOCK_NB)
    except BlockingIOError:
        os.close(turn)
        if kind == LOCK_EX:
            raise Problem(SERVICE_RUNNING) from None
        raise Problem(DATABASE_LOCKED, place=str(file)) from None
    return turn


def _leave(turn: int | None) -> None:
    if turn is not None:
        os.close(turn)


def _name(names: set[str]) -> str:
    """Some of the names, and how many there are."""
    said = ", ".join(sorted(names)[:NAMED])
    return said if len(names) <= NAMED else f"{said} … ({len(names)})"
