"""Keeps an uploaded workbook between its dry run and its import, for one browser and one day."""

import os
import secrets
import time
from pathlib import Path

from flask import session

from evalsvc.extensions import current_service

KEPT_SECONDS = 24 * 3600


def keep_upload(purpose: str, content: bytes) -> None:
    """Put a workbook into the spool under a random name that only this browser's cookie knows."""
    forget_upload(purpose)
    _sweep()
    name = secrets.token_hex(16)
    descriptor = os.open(_path(name), os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
    session[_slot(purpose)] = name


def find_upload(purpose: str) -> bytes | None:
    """The workbook kept for a purpose; None where there is none any more."""
    name = session.get(_slot(purpose))
    try:
        return _path(name).read_bytes() if name else None
    except FileNotFoundError:
        return None


def forget_upload(purpose: str) -> None:
    """Remove a kept workbook; doing it twice is no different."""
    name = session.pop(_slot(purpose), None)
    if name:
        _path(name).unlink(missing_ok=True)


def _slot(purpose: str) -> str:
    return f"upload {purpose}"


def _path(name: str) -> Path:
    return current_service().settings.spool / f"{name}.upload"


def _sweep() -> None:
    oldest = time.time() - KEPT_SECONDS
    for path in current_service().settings.spool.glob("*.upload"):
        if path.stat().st_mtime < oldest:
            path.unlink(missing_ok=True)
