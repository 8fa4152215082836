"""A folder in memory from which the front server gives out large answers, so no worker does.

A worker leaves the content and answers with its name alone; nginx opens the file at once and
sends it for as long as its reader takes. A name lives for some minutes, an open file as long as
its reader: so whoever asks for the same content soon after shares the same memory.
"""

import hashlib
import os
import secrets
import threading
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from time import time

# Long enough for nginx to open a file however busy it is, and for colleagues to share a print run.
LIFE_S = 600
# A name just given is still to be opened.
JUST_GIVEN_S = 10
# The front server is in the service's group: it may open what it is told the name of, not list.
FOLDER_MODE, FILE_MODE = 0o710, 0o640
_UNFINISHED = "new."


def prepare_folder(folder: Path) -> None:
    """Make the folder, and take out what an earlier process has left."""
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(FOLDER_MODE)
    sweep(folder)


def leave(folder: Path, key: bytes, content: bytes) -> str:
    """Leave content under a new name that nobody can guess; raises OSError where memory is full.

    Each asker gets a name of their own, a second link to the same bytes where they are there, so
    that no clearing away falls between the finding of a file and its being opened.
    """
    digest = hashlib.blake2b(content, key=key, digest_size=32).hexdigest()
    name = f"{digest}.{int(time())}.{secrets.token_hex(8)}"
    if not _share(folder, digest, folder / name):
        _write(folder, folder / name, content)
    _sweep_later(folder)
    return name


def sweep(folder: Path, older_than_s: float = LIFE_S) -> None:
    """Take out names past their life; what is being sent goes on being sent."""
    for path, age in _list_ages(folder):
        if age >= older_than_s:
            path.unlink(missing_ok=True)


def _share(folder: Path, digest: str, path: Path) -> bool:
    for twin in folder.glob(f"{digest}.*"):
        with suppress(FileNotFoundError):  # swept meanwhile
            path.hardlink_to(twin)
            return True
    return False


def _write(folder: Path, path: Path, content: bytes) -> None:
    """Whole or not at all: nginx would send half a file as if it were one."""
    unfinished = folder / f"{_UNFINISHED}{path.name}"
    try:
        with unfinished.open("xb") as file:
            os.fchmod(file.fileno(), FILE_MODE)
            file.write(content)
        unfinished.rename(path)
    except OSError:
        unfinished.unlink(missing_ok=True)
        raise


def _sweep_later(folder: Path) -> None:
    timer = threading.Timer(LIFE_S + 1, sweep, (folder,))
    timer.daemon = True
    timer.start()


def _list_ages(folder: Path) -> Iterator[tuple[Path, float]]:
    for path in folder.iterdir():
        born = path.name.removeprefix(_UNFINISHED).split(".")[1:2]
        if born and born[0].isdecimal():
            yield path, time() - int(born[0])
