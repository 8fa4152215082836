"""Copies of a database, by each database's own means, and the proof that a copy can be read."""

import os
import shutil
import sqlite3
import subprocess
from collections.abc import Iterator
from pathlib import Path

from psycopg.conninfo import make_conninfo
from sqlalchemy import URL, create_engine, make_url
from sqlalchemy.engine import Engine

from evalsvc.backups.contents import count_rows
from evalsvc.db import connect
from evalsvc.errors import BACKUP_UNSOUND, COMMAND_FAILED, DATABASE_ABSENT, PROGRAM_MISSING, Problem
from evalsvc.standing import explaining, find_file

ENDINGS = {"sqlite": "sqlite", "postgresql": "dump"}


def get_kind(url: str) -> str:
    """`sqlite` or `postgresql`."""
    return make_url(url).get_backend_name()


def measure(url: str) -> int:
    """How many bytes a database takes, and a copy of it at most."""
    file = find_file(url)
    if file is not None:
        if not file.exists():
            raise Problem(DATABASE_ABSENT)
        wal = file.with_name(f"{file.name}-wal")
        return file.stat().st_size + (wal.stat().st_size if wal.exists() else 0)
    database = connect(url)
    try:
        with explaining(url), database.engine.connect() as connection:
            asked = "SELECT pg_database_size(current_database())"
            return int(connection.exec_driver_sql(asked).scalar_one())
    finally:
        database.close()


def copy(url: str, target: Path) -> None:
    """Write a copy, complete and of one moment, into a file that nobody else can read."""
    target.unlink(missing_ok=True)
    # Made by us first: the programs that fill it would leave it open to others.
    os.close(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    if find_file(url) is not None:
        _copy_sqlite(url, target)
    else:
        # Owners and rights are not part of a copy: where it is put back, they may be others.
        _run(url, "pg_dump", "--format=custom", "--no-owner", "--no-privileges", f"--file={target}")
    descriptor = os.open(target, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def read_counts(file: Path, kind: str) -> dict[str, int]:
    """Read a copy from its first byte to its last: each table's rows. Raises where it can't be."""
    counts = _check_sqlite(file) if kind == "sqlite" else _count_dump(file)
    if "alembic_version" not in counts:
        raise Problem(BACKUP_UNSOUND, file=file.name, reason="alembic_version")
    return counts


def open_copy(file: Path) -> Engine:
    """A SQLite copy to look into; it stays as it is, byte for byte."""
    return create_engine(f"sqlite:///file:{file}?mode=ro&immutable=1&uri=true")


def put_back(file: Path, url: str) -> None:
    """Fill an empty PostgreSQL database, wholly or not at all."""
    _run(
        url,
        "pg_restore",
        "--no-owner",
        "--no-privileges",
        "--exit-on-error",
        "--single-transaction",
        str(file),
        naming=True,
    )


def _copy_sqlite(url: str, target: Path) -> None:
    database = connect(url)
    try:
        with database.engine.connect() as connection:
            # Of one moment, while others write; a copy of the file would lack what is in its log.
            connection.exec_driver_sql("VACUUM INTO ?", (str(target),))
    finally:
        database.close()


def _check_sqlite(file: Path) -> dict[str, int]:
    engine = open_copy(file)
    try:
        with engine.connect() as connection:
            for check in ("integrity_check", "foreign_key_check"):
                found = connection.exec_driver_sql(f"PRAGMA {check}").all()
                # The first check says "ok" in a row, the second says nothing.
                if found and tuple(found[0]) != ("ok",):
                    raise Problem(BACKUP_UNSOUND, file=file.name, reason=f"{check}: {found[0]}")
            return count_rows(connection)
    except Exception as error:
        if isinstance(getattr(error, "orig", None), sqlite3.DatabaseError):
            raise Problem(BACKUP_UNSOUND, file=file.name, reason=error) from error
        raise
    finally:
        engine.dispose()


def _count_dump(file: Path) -> dict[str, int]:
    """The rows of every table, out of the text that `pg_restore` makes of the whole dump."""
    # Nothing less than all of it shows that a dump can be put back.
    program = [_find("pg_restore"), "--data-only", "--file=-", str(file)]
    with subprocess.Popen(  # noqa: S603 (no shell)
        program, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        counts = dict(_list_copies(process.stdout or iter(())))
        said = process.stderr.read().decode(errors="replace").strip() if process.stderr else ""
    if process.returncode:
        raise Problem(BACKUP_UNSOUND, file=file.name, reason=said)
    return counts


def _list_copies(lines: Iterator[bytes]) -> Iterator[tuple[str, int]]:
    for line in lines:
        if line.startswith(b"COPY "):
            name = line.split()[1].decode().split(".")[-1].strip('"')
            yield name, sum(1 for _ in iter(lambda: next(lines, b"\\.\n"), b"\\.\n"))


def _run(url: str, program: str, *arguments: str, naming: bool = False) -> None:
    """One of PostgreSQL's programs on a database; its password is in no list of processes."""
    parts = make_url(url)
    place = f"--dbname={_conninfo(parts)}"
    command = [_find(program), *([place, *arguments] if naming else [*arguments, place])]
    environment = {**os.environ, **({"PGPASSWORD": str(parts.password)} if parts.password else {})}
    done = subprocess.run(  # noqa: S603 (no shell)
        command, env=environment, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise Problem(COMMAND_FAILED, command=program, said=done.stderr.strip())


def _conninfo(parts: URL) -> str:
    plain = {
        "host": parts.host,
        "port": parts.port,
        "user": parts.username,
        "dbname": parts.database,
        **parts.query,
    }
    return make_conninfo("", **{name: str(value) for name, value in plain.items() if value})


def _find(program: str) -> str:
    found = shutil.which(program)
    if found is None:
        raise Problem(PROGRAM_MISSING, program=program, package="postgresql-client")
    return found
