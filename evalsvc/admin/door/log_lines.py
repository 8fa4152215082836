"""Rows of the event log as lines of a page."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from evalsvc.models.event import Event


@dataclass(frozen=True)
class LogLine:
    """One act, with its details as pairs of name and value."""

    seq: int
    at: datetime
    actor: str
    verb: str
    subject: str
    details: tuple[tuple[str, str], ...]
    hash: str


def build_lines(rows: Iterable[Event]) -> tuple[LogLine, ...]:
    return tuple(
        LogLine(
            row.seq,
            datetime.fromisoformat(row.at),
            row.actor,
            row.verb,
            row.subject,
            tuple(sorted(json.loads(row.detail).items())),
            row.hash.hex(),
        )
        for row in rows
    )
