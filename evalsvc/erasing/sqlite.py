"""Erasing in SQLite: `secure_delete` overwrites rows, the log and moved pages need more.

A row that is deleted is overwritten in the database's file, but its earlier pages stay in the
write-ahead log, and when pages were split, beginnings of rows stay in their unused parts.
"""

from sqlalchemy.engine import Connection

from evalsvc.erasing.notes import IN_USE, OPEN_ROUND

# What is written anew within two seconds or so; writers wait for it.
SMALL = 200 * 1024 * 1024


def erase(connection: Connection, *, whole: bool, answering: bool) -> frozenset[str]:
    """Write the file anew where `whole`, and empty the log; nobody may read an older state."""
    if whole and answering and _measure(connection) > SMALL:
        return frozenset({OPEN_ROUND})
    if whole:
        connection.exec_driver_sql("VACUUM")
    busy, in_log, _ = connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)").one()
    free = connection.exec_driver_sql("PRAGMA freelist_count").scalar_one()
    clean = not busy and in_log == 0 and not (whole and free)
    return frozenset() if clean else frozenset({IN_USE})


def _measure(connection: Connection) -> int:
    pages, size = (
        int(connection.exec_driver_sql(f"PRAGMA {name}").scalar_one())
        for name in ("page_count", "page_size")
    )
    return pages * size
