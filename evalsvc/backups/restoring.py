"""`restore`: a copy becomes a database again, in a new place or one where nobody has worked yet."""

import os
import shutil
import tarfile
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import inspect, text
from sqlalchemy.engine import Connection

from evalsvc.backups.contents import RoundState, list_rounds
from evalsvc.backups.copying import open_copy, put_back, read_counts
from evalsvc.backups.making import KEYS, hash_file, read_note
from evalsvc.backups.record import write_privately
from evalsvc.db import connect
from evalsvc.errors import (
    BACKUP_CHANGED,
    BACKUP_UNKNOWN,
    DUMP_NEEDS_DATABASE,
    KEYS_UNKNOWN,
    PLACE_IN_USE,
    Problem,
)
from evalsvc.standing import alone, check_known, look

SQLITE_MAGIC, DUMP_MAGIC = b"SQLite format 3\0", b"PGDMP"
# Rows here mean that somebody works with a database already.
WORKED_IN = ("staff", "season", "event")
DATABASE_FILE = "evalsvc.sqlite"


@dataclass(frozen=True)
class Restored:
    """What stands there now, and what no backup holds."""

    kind: str
    rows: dict[str, int]
    rounds: tuple[RoundState, ...]
    migration: str
    # Whether the copy's hash was there to compare with.
    was_noted: bool
    keys: tuple[str, ...]
    # Rounds whose cards lead nowhere without their pepper, and ballots that nobody can read.
    without_pepper: tuple[RoundState, ...]
    unreadable: int


def restore(backup: Path, folder: Path, keys: Path | None, url: str | None) -> Restored:
    """Check a copy, put it into a folder (and PostgreSQL at `url`), and look at what came of it."""
    kind = _tell_kind(backup)
    noted = _check_hash(backup)
    rows = read_counts(backup, kind)
    packed = _read_keys(keys) if keys else {}
    if kind == "postgresql" and not url:
        raise Problem(DUMP_NEEDS_DATABASE)
    target = url if kind == "postgresql" and url else f"sqlite:///{folder / DATABASE_FILE}"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    folder.chmod(0o700)
    if kind == "sqlite":
        _check_known_sqlite(backup)
        with alone(target):
            _check_unused(target, folder / DATABASE_FILE)
            _place(backup, folder / DATABASE_FILE)
    else:
        _check_unused(target, None)
        _empty(target)
        put_back(backup, target)
    for name, content in packed.items():
        write_privately(folder / name, content)
    migration, rounds = _look(target)
    return Restored(
        kind,
        rows,
        rounds,
        migration,
        noted,
        tuple(packed),
        tuple(one for one in rounds if one.needs_pepper and not _has_pepper(folder, one)),
        sum(_count_unreadable(folder, one) for one in rounds),
    )


def _tell_kind(backup: Path) -> str:
    with backup.open("rb") as file:
        begins = file.read(len(SQLITE_MAGIC))
    if begins == SQLITE_MAGIC:
        return "sqlite"
    if begins.startswith(DUMP_MAGIC):
        return "postgresql"
    raise Problem(BACKUP_UNKNOWN, file=backup)


def _check_hash(backup: Path) -> bool:
    note = read_note(backup)
    if note is None:
        return False
    found = hash_file(backup)
    if found != note.sha256:
        raise Problem(BACKUP_CHANGED, file=backup, made=note.sha256[:16], found=found[:16])
    return True


def _read_keys(place: Path) -> dict[str, bytes]:
    """The keys out of a backup's file, or out of a folder where they lie by name."""
    if place.is_dir():
        found = {name: (place / name).read_bytes() for name in KEYS if (place / name).exists()}
    else:
        try:
            with tarfile.open(place) as archive:
                entries = {one.name: archive.extractfile(one) for one in archive.getmembers()}
                found = {name: file.read() for name in KEYS if (file := entries.get(name))}
        except tarfile.TarError as error:
            raise Problem(KEYS_UNKNOWN, place=place) from error
    if not found:
        raise Problem(KEYS_UNKNOWN, place=place)
    return found


def _check_known_sqlite(backup: Path) -> None:
    engine = open_copy(backup)
    try:
        with engine.connect() as connection:
            check_known(look(connection))
    finally:
        engine.dispose()


def _check_unused(url: str, file: Path | None) -> None:
    """Nothing that somebody has entered may be lost by putting a copy in its place."""
    if file is not None and not file.exists():
        return
    database = connect(url)
    try:
        with database.engine.connect() as connection:
            tables = set(inspect(connection).get_table_names())
            used = [name for name in WORKED_IN if name in tables and _has_rows(connection, name)]
    finally:
        database.close()
    if used:
        raise Problem(PLACE_IN_USE, place=file or "PostgreSQL", tables=", ".join(used))


def _has_rows(connection: Connection, table: str) -> bool:
    asked = text(f"SELECT EXISTS (SELECT 1 FROM {table})")  # noqa: S608 (three names of ours)
    return bool(connection.scalar(asked))


def _place(backup: Path, file: Path) -> None:
    part = file.with_name(f"{file.name}.part")
    part.unlink(missing_ok=True)
    os.close(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    with backup.open("rb") as source, part.open("wb") as target:
        shutil.copyfileobj(source, target, 1024 * 1024)
        target.flush()
        os.fsync(target.fileno())
    for ending in ("-wal", "-shm"):
        file.with_name(f"{file.name}{ending}").unlink(missing_ok=True)
    part.replace(file)


def _empty(url: str) -> None:
    """Take away the tables that an installation has made and nobody has used."""
    database = connect(url)
    try:
        with database.engine.begin() as connection:
            if inspect(connection).get_table_names():
                connection.exec_driver_sql("DROP SCHEMA public CASCADE")
                connection.exec_driver_sql("CREATE SCHEMA public")
    finally:
        database.close()


def _look(url: str) -> tuple[str, tuple[RoundState, ...]]:
    database = connect(url)
    try:
        with database.engine.connect() as connection:
            standing = look(connection)
            check_known(standing)
            return str(standing.migration), list_rounds(connection)
    finally:
        database.close()


def _has_pepper(folder: Path, one: RoundState) -> bool:
    return (folder / "peppers" / one.uid).exists()


def _count_unreadable(folder: Path, one: RoundState) -> int:
    """Ballots on the tray whose batch has no key here."""
    keys = folder / "peppers"
    return sum(
        number
        for batch, number in one.waiting.items()
        if not (keys / f"{one.uid}.tray{batch}").exists()
    )
