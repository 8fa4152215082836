"""Who can read what, and what lies where it should not."""

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

from evalsvc.backups.contents import RoundState
from evalsvc.doctor.faults import (
    FILES_OPEN,
    FOLDER_OPEN,
    PEPPER_LEFT,
    PEPPER_MISSING,
    PEPPER_UNKNOWN,
    PEPPERS_IN_BACKUP,
    PEPPERS_ON_SAME_DISK,
    PROGRAM_WRITABLE,
    PYTHON_CLOSED,
    SETTINGS_OPEN,
    SPOOL_LEFT,
    TRAY_KEY_OLD,
)
from evalsvc.doctor.findings import FoundFault, find
from evalsvc.doctor.place import Installed
from evalsvc.installing.machine import find_account
from evalsvc.standing import find_file

SPOOL_DAYS = 7
# A night without an anchor has twelve hours.
TRAY_HOURS = 13
# A pepper has 32 bytes; whoever packs folders makes larger files than this.
LOOKED_INTO = 64 * 1024 * 1024
ENDED = {"closed", "counted"}
# Of a season's letters to persons, until the result is archived; a draft has a point in front.
LETTERS = re.compile(r"\.?letters-\d+")


def check_modes(place: Installed) -> Iterator[FoundFault]:
    """Nobody but the service enters its folders, reads its files, or changes its program."""
    settings = place.settings
    account = find_account(place.account) if place.installed else None
    for folder in (settings.instance, settings.backups, settings.key_backups):
        if not folder.is_dir():
            continue
        found = folder.stat()
        strange = account is not None and found.st_uid != account.pw_uid
        if found.st_mode & 0o077 or strange:
            mode = f"{found.st_mode & 0o777:03o}"
            yield find(FOLDER_OPEN, path=folder, mode=mode, owner=_name_owner(folder))
        open_files = [path for path in folder.rglob("*") if path.stat().st_mode & 0o077]
        if open_files:
            example = open_files[0].relative_to(folder)
            yield find(FILES_OPEN, path=folder, number=len(open_files), example=example)
    for file in place.settings_files:
        if file.exists() and file.stat().st_mode & 0o077:
            yield find(SETTINGS_OPEN, path=file, mode=f"{file.stat().st_mode & 0o777:03o}")


def check_program(place: Installed) -> Iterator[FoundFault]:
    """The service can run its program and can't change it."""
    if not place.installed:
        return
    app = place.places.app
    account = find_account(place.account)
    parts = (app, app / "evalsvc", app / ".venv", app / "wsgi.py")
    for part in parts:
        if not part.exists():
            continue
        found = part.stat()
        if found.st_mode & 0o022 or (account and found.st_uid == account.pw_uid):
            yield find(PROGRAM_WRITABLE, path=part, app=app)
            break
    python = (app / ".venv/bin/python").resolve()
    for part in reversed(python.parents):
        if part.exists() and not part.stat().st_mode & 0o001:
            yield find(PYTHON_CLOSED, path=python, part=part)
            break


def check_peppers(place: Installed, rounds: tuple[RoundState, ...]) -> Iterator[FoundFault]:
    """Each round that needs a pepper has one, no other has, and no backup holds any."""
    folder = place.settings.peppers
    files = sorted(folder.iterdir()) if folder.is_dir() else []
    yield from _check_backups(place, files)
    known = {one.uid: one for one in rounds}
    for file in files:
        # A draft that a killed writer left has a point before the name.
        one = known.get(file.name.removeprefix(".").split(".")[0])
        if one is None and not LETTERS.match(file.name):
            yield find(PEPPER_UNKNOWN, path=file)
        elif one is None:
            continue
        elif one.state in ENDED:
            yield find(PEPPER_LEFT, round=one.code, state=one.state, path=file)
        elif ".tray" in file.name:
            yield from _check_age(place, file)
    for one in rounds:
        if one.needs_pepper and not (folder / one.uid).exists():
            yield find(PEPPER_MISSING, round=one.code, path=folder / one.uid)
    database = find_file(place.settings.database_url)
    if files and database and _on_same_disk(folder, database):
        yield find(PEPPERS_ON_SAME_DISK, path=folder)


def check_spool(place: Installed) -> Iterator[FoundFault]:
    """Print runs don't lie about for weeks."""
    spool = place.settings.spool
    oldest = (place.moment - timedelta(days=SPOOL_DAYS)).timestamp()
    files = [path for path in spool.rglob("*") if path.is_file()] if spool.is_dir() else []
    old = [path for path in files if path.stat().st_mtime < oldest]
    if old:
        yield find(SPOOL_LEFT, path=spool, number=len(old), days=SPOOL_DAYS)


def _check_backups(place: Installed, secrets: list[Path]) -> Iterator[FoundFault]:
    """Whether a secret lies among the backups, by its name, or inside a file that packs several."""
    names = {secret.name for secret in secrets}
    contents = [secret.read_bytes() for secret in secrets]
    for folder in (place.settings.backups, place.settings.key_backups):
        for path in sorted(folder.rglob("*")) if folder.is_dir() else []:
            if path.name in names or path.name == "peppers" or _holds(path, contents):
                yield find(PEPPERS_IN_BACKUP, path=path)


def _holds(path: Path, contents: list[bytes]) -> bool:
    if not contents or not path.is_file() or path.stat().st_size > LOOKED_INTO:
        return False
    content = path.read_bytes()
    return any(secret and secret in content for secret in contents)


def _check_age(place: Installed, file: Path) -> Iterator[FoundFault]:
    hours = int((place.moment.timestamp() - file.stat().st_mtime) // 3600)
    if hours >= TRAY_HOURS:
        yield find(TRAY_KEY_OLD, path=file, hours=hours)


def _name_owner(path: Path) -> str:
    try:
        return path.owner()
    except KeyError:
        return str(path.stat().st_uid)


def _on_same_disk(one: Path, other: Path) -> bool:
    return one.exists() and other.exists() and one.stat().st_dev == other.stat().st_dev
