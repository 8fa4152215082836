"""Starts a real PostgreSQL for the test suite and hands out empty databases in it."""

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest
from psycopg import sql

from tests.capability import skip_for_want_of
from tests.patience import PATIENCE_S


@dataclass(frozen=True)
class Cluster:
    """A running server, reached through a socket in its folder alone; `log` is what it wrote."""

    folder: Path
    binaries: Path

    @property
    def data(self) -> Path:
        return self.folder / "data"

    @property
    def log(self) -> Path:
        return self.folder / "server.log"

    def build_url(self, database: str) -> str:
        return f"postgresql+psycopg://postgres@/{database}?host={self.folder}"

    def create_database(self, template: str = "template1") -> str:
        """Make a database, empty or a copy of the template named, and return its URL."""
        name = f"test_{uuid.uuid4().hex}"
        self._execute(
            sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(
                sql.Identifier(name), sql.Identifier(template)
            )
        )
        return self.build_url(name)

    def drop_database(self, url: str) -> None:
        """Remove a database, also where a test has left a connection to it open."""
        name = url.split("@/", 1)[1].split("?", 1)[0]
        self._execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))

    def _execute(self, statement: sql.Composed) -> None:
        with self._connect() as connection:
            connection.execute(statement)

    def _connect(self) -> psycopg.Connection:
        return psycopg.connect(
            host=str(self.folder), user="postgres", dbname="postgres", autocommit=True
        )


@pytest.fixture(scope="session")
def postgres_cluster() -> Iterator[Cluster]:
    """The server of this test process; under xdist each worker has its own."""
    yield from run_own_cluster()


def run_own_cluster(wal_segment_mb: int = 16) -> Iterator[Cluster]:
    """For a fixture of tests that look through a server's files: nobody else has typed there."""
    binaries = find_binaries()
    if binaries is None:
        skip_for_want_of("PostgreSQL server", "postgresql")
    with running_cluster(binaries, wal_segment_mb) as cluster:
        yield cluster


@pytest.fixture(scope="session")
def postgres_url(postgres_cluster: Cluster) -> str:
    """The server's own database, for tests that look at the server; test data goes elsewhere."""
    return postgres_cluster.build_url("postgres")


@pytest.fixture
def fresh_postgres_url(postgres_cluster: Cluster) -> Iterator[str]:
    """An empty database for one test."""
    url = postgres_cluster.create_database()
    yield url
    postgres_cluster.drop_database(url)


def find_binaries() -> Path | None:
    """The newest server installed: Debian keeps them off the path, a folder for each version."""
    installed = list(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    if installed:
        return max(installed, key=lambda initdb: int(initdb.parts[-3])).parent
    on_path = shutil.which("initdb")
    return Path(on_path).resolve().parent if on_path else None


@contextmanager
def running_cluster(binaries: Path, wal_segment_mb: int = 16) -> Iterator[Cluster]:
    """Make a cluster in a temporary folder, run its server, and remove both afterwards."""
    # Directly in /tmp: a socket's path has at most 107 bytes, and the server must reach it.
    folder = Path(tempfile.mkdtemp(prefix="evalsvc-pg-", dir="/tmp"))
    cluster = Cluster(folder, binaries)
    try:
        _give_to_server_account(folder)
        _initialise(cluster, wal_segment_mb)
        with _serving(cluster):
            yield cluster
    finally:
        shutil.rmtree(folder)


def _initialise(cluster: Cluster, wal_segment_mb: int) -> None:
    made = subprocess.run(
        [
            *_as_server_account(), cluster.binaries / "initdb", f"--pgdata={cluster.data}",
            "--username=postgres", "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8",
            "--no-sync", "--no-instructions", f"--wal-segsize={wal_segment_mb}",
        ],
        capture_output=True, text=True, check=False, cwd="/",
    )  # a table, read by rows  # fmt: skip
    if made.returncode:
        raise RuntimeError(f"initdb failed in {cluster.data}: {made.stderr}")


@contextmanager
def _serving(cluster: Cluster) -> Iterator[None]:
    with cluster.log.open("wb") as log:
        server = subprocess.Popen(
            [
                *_as_server_account(),
                cluster.binaries / "postgres",
                "-D",
                cluster.data,
                "-c",
                "listen_addresses=",
                "-c",
                f"unix_socket_directories={cluster.folder}",
                "-c",
                "max_connections=60",
                # A database of a test need not outlive a power cut; a server that is killed keeps
                # all the same. Removing one waits for the disk otherwise, a second each time.
                "-c",
                "fsync=off",
            ],
            stdout=log,
            stderr=log,
            cwd="/",
        )
    try:
        _wait_until_ready(cluster, server)
        yield
    finally:
        server.send_signal(signal.SIGINT)  # a fast shutdown: open sessions are ended
        server.wait(PATIENCE_S)


def _wait_until_ready(cluster: Cluster, server: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while True:
        try:
            cluster._connect().close()
            return
        except psycopg.OperationalError as error:
            if server.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"PostgreSQL: {error}\n{cluster.log.read_text()}") from error
        time.sleep(0.02)


def _as_server_account() -> list[str]:
    """PostgreSQL refuses to run as root; and it must not outlive a test process that is killed."""
    switch = ["setpriv", "--pdeathsig=INT"]
    if os.geteuid() == 0:
        account = _server_account()
        switch += [f"--reuid={account.pw_uid}", f"--regid={account.pw_gid}", "--clear-groups"]
    return [*switch, "--"]


def _give_to_server_account(folder: Path) -> None:
    if os.geteuid() == 0:
        account = _server_account()
        os.chown(folder, account.pw_uid, account.pw_gid)


def _server_account() -> pwd.struct_passwd:
    try:
        return pwd.getpwnam("postgres")
    except KeyError:
        return pwd.getpwnam("nobody")
