"""The database's doors: what each of them says to the server around the statements."""

from pathlib import Path

from evalsvc.db import Database
from tests.cast import build_installation


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
