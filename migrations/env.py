"""Runs migrations on the database of this installation, or on one that a caller hands over."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Literal

from alembic import context
from sqlalchemy.engine import Connection

from evalsvc.db import BUSY_TIMEOUT_MS, Moment, connect
from evalsvc.models.tables import METADATA
from evalsvc.settings import prepare_instance, read_settings

# Two runs at once on PostgreSQL stand in line; the number means nothing.
TURN = 0x6576616C


def write_plain_type(kind: str, item: object, _context: object) -> str | Literal[False]:
    """A migration must still run when the application's own types have moved on."""
    return "sa.DateTime()" if kind == "type" and isinstance(item, Moment) else False


def migrate() -> None:
    """Bring the database up to date in one transaction."""
    given = context.config.attributes.get("connection")
    if given is not None:
        run_on(given)
        return
    with one_transaction(get_url()) as connection:
        run_on(connection)


def get_url() -> str:
    """The caller's database, or this installation's."""
    url = context.config.attributes.get("url")
    if url is not None:
        return str(url)
    settings = read_settings()
    prepare_instance(settings)
    return settings.database_url


@contextmanager
def one_transaction(url: str) -> Iterator[Connection]:
    """Either every migration stays or none: tables, data and the number of the last one."""
    database = connect(url)
    try:
        with database.engine.connect() as connection, connection.begin():
            if connection.dialect.name == "sqlite":
                # Copying a table drops it: with the rules on, that would empty those that refer
                # to it. They can be turned off outside a transaction alone, and are tried below.
                connection.exec_driver_sql("PRAGMA foreign_keys = OFF")
                connection.exec_driver_sql("BEGIN IMMEDIATE")
            else:
                connection.exec_driver_sql(f"SET LOCAL lock_timeout = {BUSY_TIMEOUT_MS}")
                connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({TURN})")
            yield connection
            if connection.dialect.name == "sqlite":
                broken = connection.exec_driver_sql("PRAGMA foreign_key_check").all()
                if broken:
                    raise RuntimeError(f"rows refer to rows that are gone: {broken[:5]}")
    finally:
        database.close()


def run_on(connection: Connection) -> None:
    """Every migration that this connection's database has not seen."""
    say = context.config.attributes.get("say", lambda _: None)

    def tell(step, **_: object) -> None:
        say(f"{step.up_revision_id}  {step.up_revision.doc}")

    context.configure(
        connection=connection,
        target_metadata=METADATA,
        render_as_batch=True,
        render_item=write_plain_type,
        on_version_apply=tell,
    )
    with context.begin_transaction():
        context.run_migrations()


migrate()
