"""Backups: whether there are any, how old, where they lie, and whether they are what was made."""

import tarfile
from collections.abc import Iterator
from pathlib import Path

from evalsvc.backups.making import KEYS, hash_file
from evalsvc.backups.record import list_made
from evalsvc.doctor.faults import (
    BACKUP_DAMAGED,
    BACKUP_GONE,
    BACKUP_NONE,
    BACKUP_OLD,
    BACKUP_ON_SAME_DISK,
    KEYS_BESIDE_DATABASE,
    KEYS_NOT_COPIED,
)
from evalsvc.doctor.findings import FoundFault, find
from evalsvc.doctor.place import Installed

OLD_DAYS = 2


def check_backups(place: Installed) -> Iterator[FoundFault]:
    """The newest is of these days and unchanged; those on the list are there."""
    made = sorted(list_made(place.settings), key=lambda one: one.moment)
    if not made:
        yield find(BACKUP_NONE)
        return
    for one in made[:-1]:
        if not Path(one.path).exists():
            yield find(BACKUP_GONE, path=one.path)
    newest = made[-1]
    days = (place.moment - newest.moment).days
    if days >= OLD_DAYS:
        yield find(BACKUP_OLD, days=days, path=newest.path)
    if not Path(newest.path).exists():
        yield find(BACKUP_GONE, path=newest.path)
        return
    if hash_file(Path(newest.path)) != newest.sha256:
        yield find(BACKUP_DAMAGED, path=newest.path)
    if Path(newest.path).stat().st_dev == place.settings.instance.stat().st_dev:
        yield find(BACKUP_ON_SAME_DISK, path=place.settings.backups)


def check_key_backups(place: Installed) -> Iterator[FoundFault]:
    """The keys that are used now are in a backup of their own, apart from the database's."""
    settings = place.settings
    used = {
        name: (settings.instance / name).read_bytes()
        for name in KEYS
        if (settings.instance / name).exists()
    }
    copies = [dict(_read(file)) for file in sorted(settings.key_backups.glob("*.tar"))]
    lacking = [name for name, key in used.items() if key not in [one.get(name) for one in copies]]
    if lacking:
        yield find(KEYS_NOT_COPIED, names=", ".join(lacking), path=settings.key_backups)
    if settings.backups.is_dir():
        for file in sorted(settings.backups.rglob("*")):
            if file.name in KEYS or file.suffix == ".tar":
                yield find(KEYS_BESIDE_DATABASE, path=file)


def _read(file: Path) -> Iterator[tuple[str, bytes]]:
    with tarfile.open(file) as archive:
        for entry in archive.getmembers():
            content = archive.extractfile(entry)
            if content is not None:
                yield entry.name, content.read()
