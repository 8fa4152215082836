"""Keys of the tray's batches: files beside the peppers, never in the database or a backup of it.

A key is on the disk before the first ballot under it, and is destroyed after the last has gone into
the box: so a row without its key is one that was restored from a backup.
"""

import os
import re
from collections.abc import Iterator
from pathlib import Path

from evalsvc.box.tray import KEY_BYTES, TrayKey, new_tray_key
from evalsvc.domain.voting.secret_files import destroy_secret, find_secret, write_secret

_NAME = re.compile(r"([0-9a-f]{32})\.tray([0-9]{1,5})")


def make_tray_key(folder: Path, uid: str, batch: int) -> None:
    """Make a batch's key, unless it is there."""
    write_secret(_path(folder, uid, batch), new_tray_key())


def find_tray_key(folder: Path, uid: str, batch: int) -> TrayKey | None:
    """A batch's key; None where there is none, or a damaged one."""
    return _build_key(uid, batch, find_secret(_path(folder, uid, batch)))


def list_tray_keys(folder: Path, uid: str = "") -> list[TrayKey]:
    """The keys of every batch that isn't in its box yet, of one round or of all.

    Read anew whenever it is asked: a key that a worker kept in memory would not be destroyed.
    """
    return list(_list_keys(folder, uid))


def destroy_tray_key(folder: Path, uid: str, batch: int) -> None:
    """Overwrite and remove a batch's key: what lay under it is noise from here on."""
    destroy_secret(_path(folder, uid, batch))


def _list_keys(folder: Path, uid: str) -> Iterator[TrayKey]:
    # By the round's name where one is asked for: keys of other rounds are not even read.
    for name in os.listdir(folder):  # noqa: PTH208 (every page asks: a Path for each costs more)
        parts = _NAME.fullmatch(name) if name.startswith(uid) else None
        if parts is not None and uid in ("", parts[1]):
            key = _build_key(parts[1], int(parts[2]), find_secret(f"{folder}/{name}"))
            if key is not None:
                yield key


def _build_key(uid: str, batch: int, secret: bytes | None) -> TrayKey | None:
    # All zeros is a key that was being destroyed when the machine stopped.
    whole = secret is not None and len(secret) == KEY_BYTES and any(secret)
    return TrayKey(uid, batch, secret) if secret and whole else None


def _path(folder: Path, uid: str, batch: int) -> Path:
    return folder / f"{uid}.tray{batch}"
