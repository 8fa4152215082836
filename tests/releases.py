"""Databases that released versions left, unpacked for a test."""

import io
import json
import lzma
import os
import subprocess
import sys
import tarfile
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import psycopg
from sqlalchemy import make_url

from evalsvc.settings import PROJECT, Settings
from tests.data.releases import walking

FOLDER = Path(__file__).parent / "data" / "releases"


@dataclass(frozen=True)
class Release:
    """One released version's database on one kind of server, in a folder of the test's own."""

    version: str
    kind: str
    settings: Settings

    @property
    def url(self) -> str:
        return self.settings.database_url

    @property
    def known(self) -> dict[str, Any]:
        """Which season is in which state, and some good cards."""
        known: dict[str, Any] = read_json(f"v{self.version}/{self.kind}-known.json.xz")
        return known

    @property
    def pages(self) -> dict[str, Any]:
        """What the release itself answered."""
        pages: dict[str, Any] = read_json(f"v{self.version}/{self.kind}-pages.json.xz")
        return pages


def unpack(version: str, kind: str, instance: Path, postgres_url: str | None = None) -> Release:
    """The installation as the release left it."""
    instance.mkdir(parents=True, exist_ok=True)
    with tarfile.open(fileobj=io.BytesIO(read(f"v{version}/{kind}-instance.tar.xz"))) as tar:
        # Our own archive. Debian 12's Python knows no filters; later ones warn without.
        tar.extraction_filter = getattr(tarfile, "data_filter", None)
        tar.extractall(instance)  # noqa: S202
    url = f"sqlite:///{instance / 'evalsvc.sqlite'}"
    if kind == "sqlite":
        (instance / "evalsvc.sqlite").write_bytes(read(f"v{version}/sqlite.xz"))
    else:
        assert postgres_url
        url = postgres_url
        load(url, read(f"v{version}/postgresql.sql.xz").decode())
    settings = Settings(
        instance=instance,
        database_url=url,
        public_url="http://localhost",
        trusted_hosts=(),
        secure_cookies=False,
        small_office=True,
        second_factor=False,
    )
    for folder in (settings.peppers, settings.spool):
        folder.mkdir(exist_ok=True)
    return Release(version, kind, settings)


def load(url: str, dump: str) -> None:
    """A plain dump without psql's own commands needs no psql."""
    parts = make_url(url)
    with psycopg.connect(
        host=parts.query["host"], user=parts.username, dbname=parts.database, autocommit=True
    ) as connection:
        connection.execute(dump.encode())


def walk(release: Release, out: Path) -> dict[str, Any]:
    """Every page under today's program, in a process whose clock stands still."""
    done = subprocess.run(
        [sys.executable, walking.__file__, release.settings.instance, release.url, out],
        cwd=PROJECT,
        env={**os.environ, "PYTHONPATH": str(PROJECT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-4000:]
    walked: dict[str, Any] = json.loads(out.read_text(encoding="utf-8"))
    return walked


def read_json(name: str) -> Any:
    return json.loads(read(name))


@cache
def read(name: str) -> bytes:
    content = (FOLDER / name).read_bytes()
    return lzma.decompress(content) if name.endswith(".xz") else content
