"""Erasing in SQLite: `secure_delete` overwrites rows, the log and moved pages need more.

A row that is deleted is overwritten in the database's file, but its earlier pages stay in the
write-ahead log, and when pages were split, beginnings of rows stay in their unused parts.
"""

from sqlalchemy.engine import Connection

from evalsvc.erasing.notes import IN_USE


def erase(connection: Connection, *, whole: bool) -> frozenset[str]:
    """Write the file anew where `whole`, and empty the log; nobody may read an older state."""
    if whole:
        connection.exec_driver_sql("VACUUM")
    busy, in_log, _ = connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)").one()
    free = connection.exec_driver_sql("PRAGMA freelist_count").scalar_one()
    clean = not busy and in_log == 0 and not (whole and free)
    return frozenset() if clean else frozenset({IN_USE})
