"""Erasing in PostgreSQL: rows, indexes, statistics and the write-ahead log, each in its own way.

DELETE leaves rows where they are, VACUUM empties the table but not its indexes, ANALYZE copies
values into `pg_statistic` and keeps them there when the table is empty. Old pieces of the log are
not removed but given the names of coming ones, with all that stands in them.
"""

from collections.abc import Sequence
from datetime import datetime
from time import monotonic, sleep

from sqlalchemy import text
from sqlalchemy.engine import Connection
from sqlalchemy.exc import OperationalError

from evalsvc.erasing.notes import (
    IN_USE,
    LOG_ARCHIVE,
    LOG_KEPT,
    LOG_RIGHTS,
    NOT_OWNER,
    STANDBY,
    STATISTICS,
)

# Raters wait behind a rewritten table, so we don't wait long for those who read it.
LOCK_TIMEOUT = "5s"
# Pieces of log gone through at the most: 16 MB each, more than a server keeps by itself.
MOST_PIECES = 200
# The server counts what VACUUM left a moment later, in older versions.
COUNTED_WITHIN_S = 5.0

_OWNS_ALL = text(
    "SELECT bool_and(pg_has_role(relowner, 'USAGE')) FROM pg_class "
    "WHERE relname = ANY(:tables) AND relnamespace = current_schema()::regnamespace"
)
_OWNS_DATABASE = text(
    "SELECT pg_has_role(datdba, 'USAGE') FROM pg_database WHERE datname = current_database()"
)
_DEAD = text(
    "SELECT pg_stat_get_last_vacuum_time(oid), pg_stat_get_dead_tuples(oid) "
    "FROM pg_class WHERE oid = CAST(:table AS regclass)"
)
# Columns with statistics, but for those that other tables point at: these are no secrets.
_WITH_STATISTICS = text(
    "SELECT c.relname, a.attname, format_type(a.atttypid, a.atttypmod) "
    "FROM pg_stats s JOIN pg_class c ON c.relname = s.tablename "
    "AND c.relnamespace = current_schema()::regnamespace "
    "JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = s.attname "
    "WHERE s.schemaname = current_schema() AND s.tablename = ANY(:tables) AND NOT EXISTS ("
    "SELECT FROM pg_constraint k WHERE k.confrelid = c.oid AND a.attnum = ANY(k.confkey)) "
    "ORDER BY 1, 2"
)
_MAY_LOG = text(
    "SELECT has_function_privilege('pg_switch_wal()', 'EXECUTE') "
    "AND has_function_privilege('pg_ls_waldir()', 'EXECUTE') "
    "AND (SELECT rolsuper OR EXISTS (SELECT FROM pg_roles g WHERE g.rolname = 'pg_checkpoint' "
    "AND pg_has_role(g.oid, 'USAGE')) FROM pg_roles WHERE rolname = current_user)"
)
_NOW_AT = text("SELECT pg_walfile_name(pg_current_wal_insert_lsn())")
_PIECES = text("SELECT name FROM pg_ls_waldir() WHERE name ~ '^[0-9A-F]{24}$' ORDER BY 1")


def erase(connection: Connection, tables: Sequence[str]) -> frozenset[str]:
    """Rewrite tables, forget their statistics, go through the log; returns notes on what remains.

    `connection` commits each statement by itself: none of this may stand in a transaction.
    """
    if not connection.execute(_OWNS_ALL, {"tables": [*tables]}).scalar_one():
        return frozenset({NOT_OWNER})
    connection.exec_driver_sql(f"SET lock_timeout = '{LOCK_TIMEOUT}'")
    begun = connection.execute(_NOW_AT).scalar_one()
    try:
        notes = _forget_statistics(connection, tables)
        notes |= {note for table in tables for note in _rewrite(connection, f'"{table}"')}
    except OperationalError as error:
        if getattr(error.orig, "sqlstate", "") != "55P03":  # lock_not_available
            raise
        return frozenset({IN_USE})
    finally:
        connection.exec_driver_sql("RESET lock_timeout")
    return frozenset(notes | _go_through_log(connection, begun) | _list_copies(connection))


def _rewrite(connection: Connection, table: str) -> set[str]:
    """A new file for a table and each index, without what is dead.

    Rows that a transaction begun earlier may still read are carried along; the count says so.
    """
    connection.exec_driver_sql(f"VACUUM (FULL) {table}")
    started: datetime = connection.exec_driver_sql("SELECT clock_timestamp()").scalar_one()
    connection.exec_driver_sql(f"VACUUM {table}")
    deadline = monotonic() + COUNTED_WITHIN_S
    while True:
        counted, dead = connection.execute(_DEAD, {"table": table}).one()
        if counted is not None and counted >= started:
            return {IN_USE} if dead else set()
        if monotonic() > deadline:
            return {IN_USE}
        sleep(0.05)


def _forget_statistics(connection: Connection, tables: Sequence[str]) -> set[str]:
    """Stating a column's type anew forgets what was sampled of it; nothing else does it for all."""
    found = connection.execute(_WITH_STATISTICS, {"tables": [*tables]}).all()
    for table, column, kind in found:
        connection.exec_driver_sql(f'ALTER TABLE "{table}" ALTER COLUMN "{column}" TYPE {kind}')
    if not connection.execute(_OWNS_DATABASE).scalar_one():
        return {STATISTICS}
    return _rewrite(connection, "pg_catalog.pg_statistic")


def _go_through_log(connection: Connection, begun: str) -> set[str]:
    """Overwrite every piece of the log that is there, and let the server drop the older ones.

    Ending a piece fills the rest of it with zeros. Where old pieces are kept for later use
    (`wal_recycle`), they get the names of coming ones, so those are gone through as well.
    """
    if not connection.execute(_MAY_LOG).scalar_one():
        return {LOG_RIGHTS}
    keeps = connection.exec_driver_sql("SHOW wal_recycle").scalar_one() == "on"
    for _ in range(2 if keeps else 1):
        if not _pass_coming_pieces(connection):
            return {LOG_KEPT}
        connection.exec_driver_sql("CHECKPOINT")
    pieces = connection.execute(_PIECES).scalars().all()
    # The first eight characters name the history, which a restored server begins anew.
    return {LOG_KEPT} if any(piece[8:] <= begun[8:] for piece in pieces) else set()


def _pass_coming_pieces(connection: Connection) -> bool:
    """Write into every piece that waits to be used, and end the last one."""
    for _ in range(MOST_PIECES):
        here = connection.execute(_NOW_AT).scalar_one()
        waiting = any(piece > here for piece in connection.execute(_PIECES).scalars())
        # An empty piece would not be ended.
        connection.exec_driver_sql("SELECT pg_logical_emit_message(false, 'evalsvc', '')")
        connection.exec_driver_sql("SELECT pg_switch_wal()")
        if not waiting:
            return True
    return False


def _list_copies(connection: Connection) -> set[str]:
    archived = connection.exec_driver_sql("SHOW archive_mode").scalar_one() != "off"
    standbys = connection.exec_driver_sql("SELECT count(*) FROM pg_stat_replication").scalar_one()
    return {note for note, there in ((LOG_ARCHIVE, archived), (STANDBY, standbys)) if there}
