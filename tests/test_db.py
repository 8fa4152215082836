"""The database's doors: what each of them says to the server around the statements."""

import subprocess
import sys
from pathlib import Path

import pytest

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


# Whether a child gets the connection that its parent had before the fork.
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
sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
"""


def test_a_forked_process_opens_connections_of_its_own(database_url: str) -> None:
    ended = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", FORK, database_url], timeout=PATIENCE_S
    )
    assert ended.returncode == 0


# A parent that has used the database forks and dies; somebody else opens and closes it; then the
# child writes. Prints whether the next one finds that.
ORPHAN = """
import os, subprocess, sys, time
from evalsvc import db

def ask_another():
    command = [sys.executable, "-c", sys.argv[3], sys.argv[1]]
    return subprocess.run(command, stdout=subprocess.PIPE, check=True).stdout.decode().split()

def say(word):
    with database.casting() as connection:
        connection.exec_driver_sql(f"INSERT INTO said VALUES ('{word}')")

database = db.connect(sys.argv[1])
if sys.argv[2] == "naive":
    db._OPENED.clear()
with database.casting() as connection:
    connection.exec_driver_sql("CREATE TABLE said (word TEXT)")
parent = os.getpid()
if os.fork():
    os._exit(0)
while os.getppid() == parent:
    time.sleep(0.01)
say("early")
ask_another()
say("acknowledged")
print("acknowledged" in ask_another(), flush=True)
os._exit(0)
"""
ANOTHER = """
import sys
from evalsvc.db import connect
database = connect(sys.argv[1])
with database.casting() as connection:
    connection.exec_driver_sql("INSERT INTO said VALUES ('another')")
with database.glancing() as connection:
    print(*connection.exec_driver_sql("SELECT word FROM said").scalars())
database.close()
"""


@pytest.mark.parametrize(("how", "found"), [("naive", "False"), ("ours", "True")])
def test_what_an_orphan_writes_into_sqlite_stays(tmp_path: Path, how: str, found: str) -> None:
    """SQLite takes locks for granted that a child has not inherited, unless nothing was open."""
    url = f"sqlite:///{tmp_path / 'evalsvc.sqlite'}"
    said = subprocess.run(
        [sys.executable, "-c", ORPHAN, url, how, ANOTHER],
        stdout=subprocess.PIPE,
        timeout=PATIENCE_S,
        check=True,
    )
    assert said.stdout.decode().strip() == found
