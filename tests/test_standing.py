"""A database that does not fit this program is refused in a sentence, on both databases."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import text

from evalsvc.__main__ import main
from evalsvc.db import connect
from evalsvc.errors import Problem
from evalsvc.migrating import migrate
from evalsvc.settings import PROJECT
from evalsvc.standing import alone, check_for_serving, get_newest_migration, opened
from tests.patience import PATIENCE_S


def _run(url: str, *statements: str) -> None:
    database = connect(url)
    with database.engine.begin() as connection:
        for statement in statements:
            connection.execute(text(statement))
    database.close()


def _refusals(url: str) -> list[str]:
    """How `migrate`, a command and the service refuse a database, if they do."""
    acts = (lambda: migrate(url), lambda: _open(url), lambda: check_for_serving(url))
    return [_name_refusal(act) for act in acts]


def _name_refusal(act: Callable[[], None]) -> str:
    try:
        act()
    except Problem as problem:
        return problem.kind.code
    return ""


def _open(url: str) -> None:
    with opened(url):
        pass


def test_a_migrated_database_is_taken(database_url: str) -> None:
    migrate(database_url)
    assert _refusals(database_url) == ["", "", ""]


def test_a_newer_database_is_refused(database_url: str) -> None:
    migrate(database_url)
    _run(database_url, "UPDATE alembic_version SET version_num = '9999'")
    assert _refusals(database_url) == ["database_newer"] * 3


def test_an_older_database_is_for_migrate_alone(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    migrate(database_url)
    monkeypatch.setattr("evalsvc.standing.get_newest_migration", lambda: "9999")
    with pytest.raises(Problem, match=r"stands at 0.*needs 9999") as found:
        _open(database_url)
    assert found.value.kind.code == "database_older"
    with pytest.raises(Problem, match="migrate"):
        check_for_serving(database_url)


def test_another_programs_database_is_refused(database_url: str) -> None:
    _run(database_url, "CREATE TABLE customer (id integer PRIMARY KEY)")
    assert _refusals(database_url) == ["database_foreign"] * 3
    with pytest.raises(Problem, match="customer"):
        migrate(database_url)


def test_another_programs_migrations_are_refused(database_url: str) -> None:
    _run(
        database_url,
        "CREATE TABLE alembic_version (version_num varchar(32) PRIMARY KEY)",
        "INSERT INTO alembic_version VALUES ('3f2b91c07aa1')",
    )
    assert _refusals(database_url) == ["database_foreign"] * 3


def test_an_empty_database_is_for_migrate_alone(database_url: str) -> None:
    with pytest.raises(Problem) as found:
        check_for_serving(database_url)
    assert found.value.kind.code == "database_absent"
    if database_url.startswith("sqlite"):
        assert not Path(database_url.removeprefix("sqlite:///")).exists()
    assert _refusals(database_url) == ["", "", ""]


def test_what_the_first_release_has_and_this_database_lacks_is_named(database_url: str) -> None:
    """As 0001 was before b1c869f, and with a column of 4225731 missing."""
    migrate(database_url)
    _run(database_url, "DROP TABLE favour_test", "ALTER TABLE adjustment DROP COLUMN project")
    assert _refusals(database_url) == ["database_incomplete"] * 3
    with pytest.raises(Problem, match=r"lacks .*: adjustment\.project, favour_test\."):
        migrate(database_url)


def test_a_damaged_file_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "evalsvc.sqlite"
    file.write_bytes(b"not a database at all, but long enough to look like one" * 100)
    assert _refusals(f"sqlite:///{file}") == ["database_damaged"] * 3


def test_a_database_that_is_being_upgraded_is_not_served(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'evalsvc.sqlite'}"
    migrate(url)
    with alone(url), pytest.raises(Problem) as found:
        _open(url)
    assert found.value.kind.code == "database_locked"


@pytest.fixture
def served(database_url: str) -> Iterator[str]:
    """A database with somebody who works on it."""
    migrate(database_url)
    database = connect(database_url)
    with database.engine.connect(), opened(database_url):
        yield database_url
    database.close()


def test_a_served_database_is_not_upgraded(served: str) -> None:
    with pytest.raises(Problem) as found:
        _upgrade_again(served)
    assert found.value.kind.code == "service_running"


def _upgrade_again(url: str) -> None:
    """What `migrate` does once it has found something to do."""
    from evalsvc import migrating

    with alone(url):
        migrating._check_nobody_serves(url)


@pytest.mark.parametrize(
    "url",
    [
        "sqlite:////nowhere/at/all/evalsvc.sqlite",
        "postgresql+psycopg://evalsvc:geheim@/evalsvc?host=/nowhere",
        "no address",
        "oracle+cx://x",
    ],
)
def test_what_cannot_be_reached_is_said_without_its_password(url: str) -> None:
    for act in (lambda: migrate(url), lambda: check_for_serving(url)):
        with pytest.raises(Problem) as found:
            act()
        assert found.value.kind.code in ("database_unreachable", "database_absent")
        assert "geheim" not in found.value.text.zh


def test_a_command_says_it_in_both_languages_without_a_traceback(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EVALSVC_INSTANCE", str(tmp_path))
    monkeypatch.delenv("EVALSVC_DATABASE_URL", raising=False)
    url = f"sqlite:///{tmp_path / 'evalsvc.sqlite'}"
    migrate(url)
    _run(url, "UPDATE alembic_version SET version_num = '9999'")
    arguments = (["migrate"], ["anchor"], ["first-staff", "wang", "王", "manager"], ["serve"])
    for command in arguments:
        done = CliRunner().invoke(main, command)
        assert (done.exit_code, "Traceback" in done.output) == (1, False)
        assert "比本程序" in done.output
        assert "newer than this program" in done.output


@pytest.mark.slow
def test_the_server_ends_with_the_sentence_instead_of_trying_for_ever(tmp_path: Path) -> None:
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "gunicorn",
            "--workers",
            "2",
            "--no-control-socket",
            "--bind",
            f"unix:{tmp_path / 'web.sock'}",
            "wsgi:application",
        ],
        cwd=PROJECT,
        env={**os.environ, "EVALSVC_INSTANCE": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
        timeout=PATIENCE_S,
    )
    assert done.returncode == 4
    assert "这里还没有数据库" in done.stderr
    assert "There is no database here yet" in done.stderr
    assert "Traceback" not in done.stderr
    assert list(tmp_path.glob("*.sqlite")) == []


def test_the_newest_migration_is_known_without_alembic() -> None:
    from alembic.config import Config
    from alembic.script import ScriptDirectory

    scripts = ScriptDirectory.from_config(Config(str(PROJECT / "migrations" / "alembic.ini")))
    assert scripts.get_current_head() == get_newest_migration()
