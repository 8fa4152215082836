"""The lists of closed boxes as files: written once, then given out by whoever stands in front.

A folder bears the box's root: what lies in it is right for that root whatever becomes of the
database, and whoever has its address has been told it by the box's page.
"""

import fcntl
import os
import re
import shutil
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from evalsvc.box.receipt_list import split_receipts, write_receipts
from evalsvc.db import Database
from evalsvc.domain.sealing import public_box
from evalsvc.errors import NOT_FOUND, Problem
from evalsvc.settings import Settings

LEAVES, RECEIPTS = "leaves.txt", "receipts.txt"
_HEX = re.compile("[0-9a-f]+")
# They are public, and the front server is another user.
_FOLDER_MODE, _FILE_MODE = 0o755, 0o644


def find_list(database: Database, settings: Settings, uid: str, root: str, name: str) -> Path:
    """A list, or a part of one, of the closed box with this root; written now if it never was."""
    # Both become parts of a path, and anybody may write them into an address.
    if not (_HEX.fullmatch(uid) and _HEX.fullmatch(root)):
        raise Problem(NOT_FOUND)
    folder = _folder(settings, uid, root)
    if not folder.is_dir():
        # Not for a root that was made up: a folder would be kept for it for good.
        if public_box.get_listed_root(database, uid) != root:
            raise Problem(NOT_FOUND)
        write_lists(database, settings, uid)
    path = folder / name
    if not path.is_file():
        raise Problem(NOT_FOUND)
    return path


def write_lists(database: Database, settings: Settings, uid: str) -> None:
    """Write a closed box's lists, each whole and the receipts in parts, too."""
    folder = _folder(settings, uid, public_box.get_listed_root(database, uid))
    with _alone(settings):
        if not folder.is_dir():
            leaves = public_box.get_leaves(database, uid)
            receipts = write_receipts(leaves)
            files = {LEAVES: _write_leaves(leaves), RECEIPTS: receipts}
            parts = enumerate(split_receipts(receipts))
            files |= {f"receipts/{number}.txt": part for number, part in parts}
            # Lists of closed boxes never change, so they are written
            # once and no worker ever sends them (decision 0015).
            _write(settings, folder, files.items())


def _write_leaves(leaves: Sequence[bytes]) -> bytes:
    """One a line, as `box_files.write_leaves` has them in a package."""
    # At once: line by line a million leaves took 130 MB more at the height.
    lines = b"".join(leaves).hex("\n", 32).encode()
    return lines + b"\n" if leaves else b""


def _folder(settings: Settings, uid: str, root: str) -> Path:
    return settings.lists / "box" / uid / root


@contextmanager
def _alone(settings: Settings) -> Iterator[None]:
    """One process at a time: the others would do the same work, and find it done."""
    settings.lists.mkdir(parents=True, exist_ok=True)
    with (settings.lists / "lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _write(settings: Settings, folder: Path, files: Iterable[tuple[str, bytes]]) -> None:
    """All or nothing, and on the disk: half a list would be given out as a whole one for ever."""
    made = Path(tempfile.mkdtemp(dir=settings.lists))
    try:
        (made / "receipts").mkdir()
        for name, content in files:
            (made / name).write_bytes(content)
            (made / name).chmod(_FILE_MODE)
        for path in made.rglob("*.txt"):  # all are on their way by now: a thousand take one wait
            _reach_the_disk(path)
        for one in (made / "receipts", made, *_make_above(settings, folder)):
            one.chmod(_FOLDER_MODE)
        # Whole or not at all: nginx gives out whatever stands under this name.
        made.rename(folder)
    finally:
        shutil.rmtree(made, ignore_errors=True)


def _make_above(settings: Settings, folder: Path) -> tuple[Path, Path, Path]:
    folder.parent.mkdir(parents=True, exist_ok=True)
    return settings.lists, settings.lists / "box", folder.parent


def _reach_the_disk(path: Path) -> None:
    with path.open("rb") as file:
        os.fsync(file.fileno())
