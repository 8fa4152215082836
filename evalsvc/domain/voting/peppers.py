"""Peppers: each round's secret in a file of its own, outside the database, gone at closing."""

import os
from pathlib import Path

from evalsvc.box.roots import new_pepper
from evalsvc.settings import Settings


def make_pepper(settings: Settings, round_uid: str) -> bytes:
    """Make a round's pepper; on the disk before any code derived from it is printed."""
    pepper = new_pepper()
    descriptor = os.open(_path(settings, round_uid), os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(pepper)
        file.flush()
        os.fsync(file.fileno())
    return pepper


def find_pepper(settings: Settings, round_uid: str) -> bytes | None:
    """A round's pepper, or None once it is destroyed."""
    try:
        return _path(settings, round_uid).read_bytes()
    except FileNotFoundError:
        return None


def destroy_pepper(settings: Settings, round_uid: str) -> None:
    """Overwrite and remove a pepper: from here on no code leads to a place on the roll."""
    path = _path(settings, round_uid)
    try:
        with path.open("r+b") as file:
            file.write(bytes(path.stat().st_size))
            file.flush()
            os.fsync(file.fileno())
        path.unlink()
    except FileNotFoundError:
        pass


def _path(settings: Settings, round_uid: str) -> Path:
    return settings.peppers / round_uid
