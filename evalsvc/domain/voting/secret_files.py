"""Secrets in files of their own, outside the database: written once, whole, and destroyed."""

import os
import re
import secrets
from pathlib import Path

MOST_BYTES = 4096
DRAFT_BYTES = 8


def write_secret(path: Path, content: bytes) -> bytes:
    """Put a secret on the disk before anybody uses it; returns what stands there.

    Of several who write at once one is the first, and all use that one's.
    """
    # In the same folder, since a link can't reach another disk.
    draft = path.with_name(f".{path.name}.{secrets.token_hex(DRAFT_BYTES)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        # A link fails where the name is there. A rename would put a
        # second key over one under which somebody has already sealed.
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        draft.unlink()
    _sync_folder(path.parent)
    return path.read_bytes()


def find_secret(path: Path | str) -> bytes | None:
    """A secret, or None once it is destroyed.

    Every page asks for some: opened and read in the fewest calls, a third of `read_bytes`.
    """
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    except FileNotFoundError:
        return None
    try:
        return os.read(descriptor, MOST_BYTES)
    finally:
        os.close(descriptor)


def destroy_secret(path: Path) -> None:
    """Overwrite and remove a secret; nothing happens where there is none.

    A writer that was killed has left its draft, which may be the same secret under another name.
    """
    draft = re.compile(rf"\.{re.escape(path.name)}\.[0-9a-f]{{{2 * DRAFT_BYTES}}}")
    for found in list(path.parent.iterdir()) if path.parent.is_dir() else ():
        if draft.fullmatch(found.name):
            _destroy(found)
    _destroy(path)


def _destroy(path: Path) -> None:
    try:
        with path.open("r+b") as file:
            # Over the old bytes and synced, before the name goes. What a disk's own electronics or
            # a snapshot keeps of it is beyond a program (docs/secrecy).
            file.write(bytes(path.stat().st_size))
            file.flush()
            os.fsync(file.fileno())
        path.unlink()
    except FileNotFoundError:
        return
    _sync_folder(path.parent)


def _sync_folder(folder: Path) -> None:
    """A file's name is on the disk only once its folder is."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
