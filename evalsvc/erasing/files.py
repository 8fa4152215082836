"""Erasing a file of secrets: overwritten on the disk before its name goes."""

import os
from pathlib import Path


def overwrite_and_remove(path: Path) -> None:
    """Overwrite and remove a file; nothing happens where there is none.

    A disk or file system that writes elsewhere keeps the old bytes: no program can reach those.
    """
    try:
        with path.open("r+b") as file:
            file.write(bytes(path.stat().st_size))
            file.flush()
            os.fsync(file.fileno())
        path.unlink()
    except FileNotFoundError:
        pass
