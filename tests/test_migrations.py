"""A migrated database is exactly what the rows expect, and a migration stays as it was."""

import hashlib
import re
import shutil
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import inspect, text

from evalsvc.db import connect
from evalsvc.migrating import migrate
from evalsvc.models.tables import METADATA
from evalsvc.releases import RELEASES
from evalsvc.settings import PROJECT
from evalsvc.standing import get_newest_migration
from tests.frozen_migrations import MIGRATIONS, freeze, list_lost, list_mistakes

# migrations/versions/0001_first_tables.py as v0.1.0 was given out.
FIRST = "399575661d0fa28d7b26c8b88b314a75b2d535571639ba480ca4bbc68ed1091e"


def test_migrating_makes_the_tables_that_the_rows_describe(database_url: str) -> None:
    migrate(database_url)
    migrate(database_url)  # a second time changes nothing
    database = connect(database_url)
    with database.engine.connect() as connection:
        context = MigrationContext.configure(connection)
        assert compare_metadata(context, METADATA) == []
        assert set(inspect(connection).get_table_names()) == {*METADATA.tables, "alembic_version"}
    database.close()


def test_tables_of_the_box_keep_no_hidden_row_numbers(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'box.sqlite'}"
    migrate(url)
    database = connect(url)
    with database.engine.connect() as connection:
        rows = connection.execute(text("SELECT name, sql FROM sqlite_master WHERE type = 'table'"))
        without = {row.name for row in rows if row.sql.rstrip().endswith("WITHOUT ROWID")}
    database.close()
    assert without == {"ballot", "credential", "draft", "invite", "pending_ballot"}


def test_no_migration_was_edited_and_every_new_one_is_written_down() -> None:
    assert list_mistakes() == []


def test_every_migration_of_the_main_branch_is_still_there() -> None:
    assert list_lost() == []


def test_a_migration_that_was_taken_out_is_named(folder: Path) -> None:
    """Freezing drops lines of files that are gone; what the main branch has is missed here."""
    if not (PROJECT / ".git").exists():
        pytest.skip("an archive of the files knows no main branch")
    (folder / "versions" / "0001_first_tables.py").unlink()
    freeze(folder)
    (said,) = list_lost(folder)
    assert said.startswith("0001_first_tables.py is on the main branch and gone or changed here")


def test_the_first_migration_is_that_of_the_first_release() -> None:
    content = (MIGRATIONS / "versions" / "0001_first_tables.py").read_bytes()
    assert hashlib.sha256(content).hexdigest() == FIRST
    assert (RELEASES[0].version, RELEASES[0].migration) == ("0.1.0", "0001")


def test_releases_name_migrations_that_are_there_in_their_order() -> None:
    numbers = [release.migration for release in RELEASES]
    assert numbers == sorted(numbers)
    assert numbers[-1] <= get_newest_migration()


def test_the_list_of_changes_has_a_heading_for_each_release() -> None:
    text = (PROJECT / "CHANGELOG.md").read_text(encoding="utf-8")
    headings = re.findall(r"^## (\d\S*) · (\S+)$", text, re.MULTILINE)
    assert headings == [(release.version, release.day) for release in reversed(RELEASES)]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the migrations to play with."""
    shutil.copytree(MIGRATIONS, tmp_path / "migrations")
    return tmp_path / "migrations"


def _add(folder: Path, name: str, before: str, number: str | None = None) -> Path:
    file = folder / "versions" / name
    revision = number or name[:4]
    file.write_text(f'revision = "{revision}"\ndown_revision = "{before}"\n', encoding="utf-8")
    return file


def _next(folder: Path) -> tuple[str, str]:
    newest = max(file.name[:4] for file in (folder / "versions").glob("*.py"))
    return newest, f"{int(newest) + 1:04d}"


def test_a_new_migration_wants_one_step(folder: Path) -> None:
    newest, number = _next(folder)
    _add(folder, f"{number}_more.py", newest)
    assert list_mistakes(folder) == [
        f"{number}_more.py is new: ./run freeze adds it to migrations/frozen.txt; commit both."
    ]
    assert freeze(folder) == []


def test_an_edited_migration_is_named_and_cannot_be_frozen_again(folder: Path) -> None:
    file = folder / "versions" / "0001_first_tables.py"
    file.write_text(file.read_text(encoding="utf-8") + "\n# a remark\n", encoding="utf-8")
    for said in (list_mistakes(folder), freeze(folder), list_mistakes(folder)):
        assert len(said) == 1
        assert said[0].startswith("0001_first_tables.py was edited after it was frozen")


def test_two_of_one_number_are_told_which_to_take(folder: Path) -> None:
    newest, number = _next(folder)
    _add(folder, f"{number}_mine.py", newest)
    _add(folder, f"{number}_theirs.py", newest)
    after = f"{int(number) + 1:04d}"
    assert freeze(folder) == [
        f"{number}_theirs.py stands at place {after}: name it {after}_theirs.py, with revision = "
        f'"{after}" and down_revision = "{number}" (if two have one number, the one that is not '
        "on main yet moves), then ./run freeze."
    ]
    (folder / "versions" / f"{number}_theirs.py").unlink()
    _add(folder, f"{after}_theirs.py", number)
    assert freeze(folder) == []
    _add(folder, f"{after}_theirs.py", newest)  # the number moved, what it follows did not
    assert len([said for said in list_mistakes(folder) if "stands at place" in said]) == 1
