"""`backup`: a copy of the database, read through once made; copies of the keys apart from it."""

import hashlib
import io
import json
import re
import shutil
import tarfile
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from pathlib import Path
from threading import Event, Thread

from evalsvc.backups.contents import RoundState, list_rounds
from evalsvc.backups.copying import ENDINGS, copy, get_kind, measure, open_copy, read_counts
from evalsvc.backups.record import Backup, list_made, write_backups, write_privately
from evalsvc.db import connect
from evalsvc.errors import BACKUP_BESIDE_PEPPERS, BACKUP_NO_ROOM, Problem
from evalsvc.releases import VERSION
from evalsvc.settings import Settings

# The peppers and the tray's keys are not among them, and never will be.
KEYS = ("secret.key", "signing.key")
MEGABYTE = 1024 * 1024
SIGN_OF_LIFE_S = 5
# What stays free beside a copy, for the service to go on writing.
RESERVE = 200 * MEGABYTE
NAME = re.compile(r"evalsvc-\d{8}-\d{6}\.(sqlite|dump)")
Say = Callable[[str], None]


@dataclass(frozen=True)
class CopyNote:
    """What lies beside a copy under its name and `.json`: how to know it again elsewhere."""

    made_at: str
    sha256: str
    bytes: int
    database: str
    version: str
    rows: dict[str, int]


@dataclass(frozen=True)
class BackupMade:
    """What a backup has made and found."""

    backup: Backup
    rows: dict[str, int]
    rounds: tuple[RoundState, ...]
    # The file of the keys, and whether it is new; None where there are no keys yet.
    keys: Path | None
    keys_are_new: bool
    removed: tuple[Path, ...]


def make_backup(
    settings: Settings,
    folder: Path,
    key_folder: Path,
    keep_days: int,
    moment: datetime,
    say: Say = lambda _: None,
) -> BackupMade:
    """Copy, check, note, and let go of what is older than the days to keep."""
    for place in (folder, key_folder):
        _check_place(settings, place)
        place.mkdir(mode=0o700, parents=True, exist_ok=True)
    kind = get_kind(settings.database_url)
    expected = measure(settings.database_url)
    _check_room(folder, expected)
    file = folder / f"evalsvc-{moment:%Y%m%d-%H%M%S}.{ENDINGS[kind]}"
    part = file.with_name(f"{file.name}.part")
    try:
        with _signs_of_life(part, expected, say):
            copy(settings.database_url, part)
        # A copy counts once it has been read to its end; until then its name says that it is none.
        rows = read_counts(part, kind)
        note = CopyNote(moment.isoformat(), _hash(part), part.stat().st_size, kind, VERSION, rows)
        write_privately(file.with_name(f"{file.name}.json"), json.dumps(asdict(note)).encode())
        part.replace(file)
    finally:
        part.unlink(missing_ok=True)
    keys, new = _copy_keys(settings, key_folder, moment)
    backup = Backup(str(file), note.made_at, note.sha256, note.bytes, kind)
    removed = _put_on_list(settings, backup, folder, moment - timedelta(days=keep_days))
    return BackupMade(backup, rows, _read_rounds(settings, file), keys, new, removed)


def read_note(file: Path) -> CopyNote | None:
    """What was noted when a copy was made; None where nobody kept it."""
    try:
        return CopyNote(
            **json.loads(file.with_name(f"{file.name}.json").read_text(encoding="utf-8"))
        )
    except FileNotFoundError:
        return None


def hash_file(file: Path) -> str:
    """A file's SHA-256."""
    return _hash(file)


def _check_place(settings: Settings, folder: Path) -> None:
    """A copy of the database and the peppers in one folder would be carried away as one."""
    instance = settings.instance.resolve()
    there = folder.resolve()
    if there == instance or instance in there.parents or (there / "peppers").exists():
        raise Problem(BACKUP_BESIDE_PEPPERS, folder=folder)


def _check_room(folder: Path, expected: int) -> None:
    free = shutil.disk_usage(folder).free
    if free < expected + RESERVE:
        needed = (expected + RESERVE) // MEGABYTE
        raise Problem(BACKUP_NO_ROOM, folder=folder, needed=needed, free=free // MEGABYTE)


class _signs_of_life:  # noqa: N801 (used as a statement)
    """Says every few seconds how far a copy has come."""

    def __init__(self, part: Path, expected: int, say: Say) -> None:
        self._part, self._expected, self._say = part, expected, say
        self._ended = Event()
        self._watcher = Thread(target=self._watch, daemon=True)

    def __enter__(self) -> None:
        self._watcher.start()

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._watcher.join()

    def _watch(self) -> None:
        while not self._ended.wait(SIGN_OF_LIFE_S):
            done = self._part.stat().st_size if self._part.exists() else 0
            self._say(f"……{done // MEGABYTE:,} / {self._expected // MEGABYTE:,} MB")


def _copy_keys(settings: Settings, folder: Path, moment: datetime) -> tuple[Path | None, bool]:
    """One file with all keys; the one that is there already where nothing has changed."""
    present = [settings.instance / name for name in KEYS if (settings.instance / name).exists()]
    if not present:
        return None, False
    content = _pack(present)
    # Keys change a few times in a year; a copy each night would be one more to destroy.
    for older in sorted(folder.glob("evalsvc-keys-*.tar"), reverse=True):
        if older.read_bytes() == content:
            return older, False
    file = folder / f"evalsvc-keys-{moment:%Y%m%d-%H%M%S}.tar"
    write_privately(file, content)
    return file, True


def _pack(files: list[Path]) -> bytes:
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as archive:
        for path in files:
            content = path.read_bytes()
            # Without owner and time: the same keys make the same bytes, and no second file.
            entry = tarfile.TarInfo(path.name)
            entry.size, entry.mode = len(content), 0o600
            archive.addfile(entry, io.BytesIO(content))
    return packed.getvalue()


def _put_on_list(
    settings: Settings, backup: Backup, folder: Path, oldest: datetime
) -> tuple[Path, ...]:
    """Put a copy on the list; those of this folder that are too old go, the newest never."""
    kept, removed = [], []
    for one in list_made(settings):
        path = Path(one.path)
        if path.parent == folder and NAME.fullmatch(path.name) and one.moment < oldest:
            for file in (path, path.with_name(f"{path.name}.json")):
                file.unlink(missing_ok=True)
            removed.append(path)
        # A disk that is not plugged in today still has its copies.
        elif path.exists() or path.parent != folder:
            kept.append(one)
    write_backups(settings, [*kept, backup])
    return tuple(removed)


def _read_rounds(settings: Settings, file: Path) -> tuple[RoundState, ...]:
    if get_kind(settings.database_url) == "sqlite":
        engine = open_copy(file)
        try:
            with engine.connect() as connection:
                return list_rounds(connection)
        finally:
            engine.dispose()
    database = connect(settings.database_url)
    try:
        with database.engine.connect() as connection:
            return list_rounds(connection)
    finally:
        database.close()


def _hash(file: Path) -> str:
    with file.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()
