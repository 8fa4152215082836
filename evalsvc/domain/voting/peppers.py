"""Peppers: each round's secret in a file of its own, outside the database, gone at closing."""

from pathlib import Path

from evalsvc.box.roots import new_pepper
from evalsvc.domain.voting.secret_files import destroy_secret, find_secret, write_secret
from evalsvc.settings import Settings


def make_pepper(settings: Settings, round_uid: str) -> bytes:
    """Make a round's pepper; on the disk before any code derived from it is printed."""
    return write_secret(_path(settings, round_uid), new_pepper())


def find_pepper(settings: Settings, round_uid: str) -> bytes | None:
    """A round's pepper, or None once it is destroyed."""
    return find_secret(_path(settings, round_uid))


def destroy_pepper(settings: Settings, round_uid: str) -> None:
    """Overwrite and remove a pepper: from here on no code leads to a place on the roll."""
    destroy_secret(_path(settings, round_uid))


def _path(settings: Settings, round_uid: str) -> Path:
    return settings.peppers / round_uid
