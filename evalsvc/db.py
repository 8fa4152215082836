"""The database: one engine, short transactions, the pragmas that make a commit durable."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from fcntl import LOCK_EX, flock
from functools import cached_property
from pathlib import Path
from typing import Any
from weakref import WeakSet

from sqlalchemy import DateTime, Engine, create_engine, event
from sqlalchemy.engine import Connection, Dialect
from sqlalchemy.orm import DeclarativeBase, Session
from sqlalchemy.types import TypeDecorator

BUSY_TIMEOUT_MS = 20_000
# How PostgreSQL knows this program's connections; `migrate` looks whether there are any.
SERVICE_NAME = "evalsvc"


class Row(DeclarativeBase):
    """What every table's class derives from."""


class Moment(TypeDecorator[datetime]):
    """A moment in UTC; SQLite has no time zones, so they are taken off and put back here."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(
        self,
        value: datetime | None,
        dialect: Dialect,  # noqa: ARG002 (part of the interface)
    ) -> datetime | None:
        return None if value is None else value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(
        self,
        value: datetime | None,
        dialect: Dialect,  # noqa: ARG002 (part of the interface)
    ) -> datetime | None:
        return None if value is None else value.replace(tzinfo=UTC)


@dataclass(frozen=True)
class Database:
    """Gives sessions to read in and transactions to write in.

    `keys` is the folder of what must never lie in it: the keys of ballots that wait on the tray.
    """

    engine: Engine
    keys: Path | None = None

    @cached_property
    def _asking(self) -> Engine:
        """The same pool; SQLite's driver begins nothing by itself here, whatever one says."""
        if self.engine.dialect.name == "sqlite":
            return self.engine
        return self.engine.execution_options(isolation_level="AUTOCOMMIT")

    @property
    def tray_keys(self) -> Path:
        """The folder, where votes are cast or counted."""
        if self.keys is None:
            raise ValueError("this database was opened without the folder of the tray's keys")
        return self.keys

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A session whose changes, if any, are thrown away."""
        with Session(self.engine, expire_on_commit=False) as session:
            self._begin(session.connection(), "BEGIN")
            yield session

    @contextmanager
    def glancing(self) -> Iterator[Connection]:
        """A bare connection to read with, for what every rater's request asks.

        Each question is a transaction of its own: it sees what is committed by then. Nothing is
        said to PostgreSQL but the question, where BEGIN and ROLLBACK would take as long again.
        """
        with self._asking.connect() as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """One transaction: committed as a whole when the block ends, else nothing of it stays."""
        with Session(self.engine, expire_on_commit=False) as session, session.begin():
            self._begin(session.connection(), "BEGIN IMMEDIATE")
            yield session

    @contextmanager
    def casting(self) -> Iterator[Connection]:
        """One write transaction on a bare connection, for the hot path of casting ballots."""
        with self._turn(), self.engine.begin() as connection:
            self._begin(connection, "BEGIN IMMEDIATE")
            yield connection

    def close(self) -> None:
        self.engine.dispose()

    @contextmanager
    def _turn(self) -> Iterator[None]:
        """Casters stand in line for SQLite's one lock, and the next is woken at once.

        SQLite itself looks again after ever longer naps, up to a tenth of a second: with sixteen
        at once, one cast in a hundred overslept a second. The line protects nothing; the lock does.
        """
        file = self.engine.url.database
        if self.engine.dialect.name != "sqlite" or not file:
            yield
            return
        line = os.open(f"{file}-turn", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            flock(line, LOCK_EX)
            yield
        finally:
            os.close(line)

    def _begin(self, connection: Connection, statement: str) -> None:
        """SQLite's own word: its driver sends one too late for a writer to take its lock at once.

        Upgrading a lock later would fail when two do it together. An event of the engine could say
        it as well, but then every statement pays for looking whether there are events.
        """
        if self.engine.dialect.name == "sqlite":
            connection.exec_driver_sql(statement)


def connect(url: str, keys: Path | None = None) -> Database:
    """Open the database at a SQLAlchemy URL: `sqlite:///file` or `postgresql+psycopg://…`."""
    # Parameters hold sealed ballots and hashed secrets: they never reach a log or a traceback.
    named = {"application_name": SERVICE_NAME} if url.startswith("postgresql") else {}
    engine = create_engine(url, hide_parameters=True, connect_args=named)
    _OPENED.add(engine)
    if engine.dialect.name == "sqlite":
        _prepare_sqlite(engine)
    else:
        _prepare_postgresql(engine)
    return Database(engine, keys)


def _prepare_sqlite(engine: Engine) -> None:
    @event.listens_for(engine, "connect")
    def set_pragmas(connection: Any, _record: Any) -> None:
        # The driver's own BEGIN comes too late for BEGIN IMMEDIATE; Database sends it.
        connection.isolation_level = None
        for pragma in (
            "journal_mode=WAL",
            "synchronous=FULL",
            "secure_delete=ON",
            "foreign_keys=ON",
            f"busy_timeout={BUSY_TIMEOUT_MS}",
        ):
            connection.execute(f"PRAGMA {pragma}")


def _prepare_postgresql(engine: Engine) -> None:
    @event.listens_for(engine, "connect")
    def set_durable(connection: Any, _record: Any) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SET SESSION synchronous_commit = on")
        connection.commit()


def _close_idle() -> None:
    for engine in _OPENED:
        engine.dispose()


def _forget_connections() -> None:
    for engine in _OPENED:
        engine.dispose(close=False)


# A forked process opens connections of its own. A server that loads the application before it
# forks its workers would else have them talk to PostgreSQL through one socket, each reading the
# other's answers: ballots that were acknowledged are then not in the box. Of SQLite's locks a child
# inherits the memory and not the locks: once the parent is gone, whoever else closes the file last
# removes the log that the child writes to, and what it acknowledges then is lost. So nothing idle
# is open at the fork, and what is in use there stays the parent's.
_OPENED = WeakSet[Engine]()
os.register_at_fork(before=_close_idle, after_in_child=_forget_connections)
