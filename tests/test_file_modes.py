"""Whatever the umask, nothing of an instance can be read by other users of the machine."""

import os
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from evalsvc.app import create_app
from evalsvc.migrating import migrate
from evalsvc.settings import Settings


@pytest.fixture(autouse=True)
def usual_umask() -> Iterator[None]:
    """What an administrator's shell has: files are readable for all unless somebody says no."""
    before = os.umask(0o022)
    yield
    os.umask(before)


def list_open(folder: Path) -> list[str]:
    """Files that somebody else could read if the folder let them in."""
    return [path.name for path in folder.rglob("*") if path.stat().st_mode & 0o077]


def test_sqlite_alone_would_leave_the_database_open(tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "naive.sqlite") as connection:
        connection.execute("CREATE TABLE t (x)")
    assert list_open(tmp_path) == ["naive.sqlite"]


def test_database_keys_and_folders_are_the_services_alone(tmp_path: Path) -> None:
    instance = tmp_path / "instance"
    url = f"sqlite:///{instance / 'evalsvc.sqlite'}"
    app = create_app(Settings(instance, url, "http://127.0.0.1", (), secure_cookies=False))
    migrate(url)
    assert (instance / "evalsvc.sqlite").exists()
    assert list_open(instance) == []
    app.extensions["evalsvc"].database.close()
