"""The database's doors: what each of them says to the server around the statements."""

import subprocess
import sys
from pathlib import Path

from evalsvc.db import Database
from tests.cast import build_installation
from tests.patience import PATIENCE_S


def is_autocommit(database: Database) -> bool:
    """Of a connection that is back in the pool and comes from there."""
    with database.engine.connect() as connection:
        return bool(connection.connection.driver_connection.autocommit)  # type: ignore[union-attr]


def test_a_glance_at_postgresql_begins_no_transaction_and_leaves_none_behind(
    fresh_postgres_url: str, tmp_path: Path
) -> None:
    place = build_installation(tmp_path, fresh_postgres_url)
    database = place.database
    with database.glancing() as connection:
        driver = connection.connection.driver_connection
        connection.exec_driver_sql("SELECT 1")
        assert (driver.autocommit, driver.info.transaction_status.name) == (True, "IDLE")  # type: ignore[union-attr]
    assert not is_autocommit(database)
    with database.casting() as connection:
        connection.exec_driver_sql("SELECT 1")
        driver = connection.connection.driver_connection
        assert (driver.autocommit, driver.info.transaction_status.name) == (False, "INTRANS")  # type: ignore[union-attr]
    database.close()


# Whom a connection belongs to: the parent's first, then what a child forked from it gets.
FORK = """
import os, sys
from evalsvc.db import connect

database = connect(sys.argv[1])
with database.engine.connect() as connection:
    first = connection.connection.driver_connection
child = os.fork()
with database.engine.connect() as connection:
    same = connection.connection.driver_connection is first
if child == 0:
    os._exit(same)
assert same
sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
"""


def test_a_forked_process_opens_connections_of_its_own(database_url: str) -> None:
    ended = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", FORK, database_url], timeout=PATIENCE_S
    )
    assert ended.returncode == 0
