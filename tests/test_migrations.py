"""A migrated database is exactly what the rows expect, on both databases."""

from pathlib import Path

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import inspect, text

from evalsvc.db import connect
from evalsvc.migrating import migrate
from evalsvc.models.tables import METADATA


def test_migrating_makes_the_tables_that_the_rows_describe(database_url: str) -> None:
    migrate(database_url)
    migrate(database_url)  # a second time changes nothing
    database = connect(database_url)
    with database.engine.connect() as connection:
        context = MigrationContext.configure(connection)
        assert compare_metadata(context, METADATA) == []
        assert set(inspect(connection).get_table_names()) == {
            *METADATA.tables,
            "alembic_version",
        }
    database.close()


def test_tables_of_the_box_keep_no_hidden_row_numbers(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'box.sqlite'}"
    migrate(url)
    database = connect(url)
    with database.engine.connect() as connection:
        rows = connection.execute(text("SELECT name, sql FROM sqlite_master WHERE type = 'table'"))
        without = {row.name for row in rows if row.sql.rstrip().endswith("WITHOUT ROWID")}
    database.close()
    assert without == {"ballot", "credential", "draft", "invite"}
