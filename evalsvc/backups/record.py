"""The list of backups made here: what an office is shown when it destroys what they still hold."""

import json
import os
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from evalsvc.settings import Settings

FILE = "backups.json"
BEFORE_UPGRADES = "backups"  # a folder of the instance


@dataclass(frozen=True)
class Backup:
    """One copy of the database. Copies that somebody makes of it elsewhere are not known here."""

    path: str
    made_at: str
    sha256: str
    bytes: int
    # "sqlite" or "postgresql".
    database: str

    @property
    def moment(self) -> datetime:
        return datetime.fromisoformat(self.made_at)


def list_backups(settings: Settings) -> tuple[Backup, ...]:
    """Every copy of the database that is known here, oldest first."""
    found = (*list_made(settings), *_list_before_upgrades(settings))
    return tuple(sorted(found, key=lambda one: one.moment))


def list_made(settings: Settings) -> tuple[Backup, ...]:
    """The backups made here and not removed by their age."""
    try:
        written = json.loads((settings.instance / FILE).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return ()
    return tuple(Backup(**one) for one in written)


def write_backups(settings: Settings, backups: Sequence[Backup]) -> None:
    """Put another list in the place of this one, as a whole."""
    lines = json.dumps([asdict(one) for one in backups], ensure_ascii=False, indent=1)
    write_privately(settings.instance / FILE, lines.encode())


def write_privately(path: Path, content: bytes) -> None:
    """Write a file that this user alone can read, whole or not at all, and on the disk."""
    part = path.with_name(f"{path.name}.part")
    descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)


def _list_before_upgrades(settings: Settings) -> tuple[Backup, ...]:
    """What `migrate` has kept of a SQLite database; nobody has taken a hash of these."""
    files = (settings.instance / BEFORE_UPGRADES).glob("*.sqlite")
    return tuple(
        Backup(
            str(file),
            datetime.fromtimestamp(file.stat().st_mtime, UTC).replace(microsecond=0).isoformat(),
            "",
            file.stat().st_size,
            "sqlite",
        )
        for file in files
    )
