"""Mixing closed boxes: their rows are written anew in the order of keys, on the disk as well.

Batches lie in a box one after another, each shuffled; once no round is open, not even that is left.
"""

from contextlib import suppress

from sqlalchemy import func, select, update
from sqlalchemy.engine import Connection
from sqlalchemy.exc import OperationalError

from evalsvc.db import Database
from evalsvc.models.box import Ballot
from evalsvc.models.season import Round

# A box of so many is written anew within a second or so; a larger one is left to the timer.
AT_ONCE = 5_000
MIXED = 0  # in the place of a closed round's batch

_AFTER_VOTING = ("closed", "counted")
# CLUSTER and VACUUM FULL would keep the numbers of large values, which were given as they came.
_MIX = (
    "LOCK TABLE ballot IN ACCESS EXCLUSIVE MODE",
    "CREATE TEMPORARY TABLE mixed ON COMMIT DROP AS SELECT * FROM ballot",
    "TRUNCATE ballot",
    "INSERT INTO ballot SELECT * FROM mixed ORDER BY credential, seq",
)


def mix_small_boxes(database: Database) -> None:
    """Right after closing, where it takes no time."""
    with database.glancing() as connection:
        few = connection.execute(select(func.count()).select_from(Ballot)).scalar_one() <= AT_ONCE
    if few:
        with suppress(OperationalError):  # somebody holds the database; the timer comes later
            mix_closed_boxes(database)


def mix_closed_boxes(database: Database) -> bool:
    """Write all ballots anew, once no round is open; False where nothing was to do, or may be."""
    with database.glancing() as connection:
        waiting = connection.execute(
            # A batch number in a closed round's row says that its ballots still lie hour by hour:
            # two hours gave the order back by .60 on SQLite and .73 on PostgreSQL (decision 0019).
            select(func.count()).where(Round.state.in_(_AFTER_VOTING), Round.batch != MIXED)
        ).scalar_one()
        voting = connection.execute(select(func.count()).where(Round.state == "open")).scalar_one()
    # While anybody votes, the file is not rewritten: writers wait for it.
    if voting or not waiting:
        return False
    if database.engine.dialect.name == "sqlite":
        _mix_sqlite(database)
    elif not _mix_postgresql(database):
        return False
    with database.writing() as session:
        session.execute(update(Round).where(Round.state.in_(_AFTER_VOTING)).values(batch=MIXED))
    return True


def _mix_sqlite(database: Database) -> None:
    with database.glancing() as connection:
        connection.exec_driver_sql("VACUUM")
        # The log still has the rows as they were written before.
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")


def _mix_postgresql(database: Database) -> bool:
    """The service's own account may not: the owner lends it a function that does just this."""
    with database.engine.begin() as connection:
        # `docs/postgresql-roles.sql` gives the service's account no right to empty the table.
        if _may(connection, "SELECT has_table_privilege('ballot', 'TRUNCATE')"):
            for statement in _MIX:
                connection.exec_driver_sql(statement)
            return True
        if _may(connection, "SELECT to_regprocedure('evalsvc_mix_ballots()') IS NOT NULL"):
            connection.exec_driver_sql("SELECT evalsvc_mix_ballots()")
            return True
    return False


def _may(connection: Connection, question: str) -> bool:
    return bool(connection.exec_driver_sql(question).scalar_one())
