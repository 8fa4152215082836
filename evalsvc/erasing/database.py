"""Erasing in either database; what it takes was found by reading the files after each step."""

from collections.abc import Collection

from evalsvc.db import Database
from evalsvc.erasing import postgresql, sqlite


def erase(
    database: Database, tables: Collection[str], *, whole: bool, answering: bool
) -> frozenset[str]:
    """Remove from the files what is no longer in these tables; returns notes on what remains.

    `whole` also removes what parts of rows moved pages have left in a SQLite file, for which all
    of it is written anew. `answering`: a round takes answers meanwhile.
    """
    with database.engine.connect() as connection:
        if connection.dialect.name == "postgresql":
            own = connection.execution_options(isolation_level="AUTOCOMMIT")
            return postgresql.erase(own, sorted(tables))
        return sqlite.erase(connection, whole=whole, answering=answering)
