"""Attackers who put answers beside people: by row order, by copies after every cast, by log pages.

Each is handed what a schema leaves behind and returns, for every person in the order of arrival,
the ballot that it takes for theirs.
"""

import sqlite3
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

# SQLite's page and the header of its frame in the log.
BLOCK = 4096 + 24


@dataclass
class Watcher:
    """Somebody who copies the database after every cast and keeps what is new in it."""

    tables: Mapping[str, str]
    known: dict[str, set[tuple[object, ...]]] = field(default_factory=dict)
    news: list[dict[str, list[tuple[object, ...]]]] = field(default_factory=list)

    def look(self, read: Callable[[str], Sequence[tuple[object, ...]]]) -> None:
        """Compare every table with the copy of before."""
        fresh: dict[str, list[tuple[object, ...]]] = {}
        for table, statement in self.tables.items():
            rows = {tuple(row) for row in read(statement)}
            fresh[table] = sorted(rows - self.known.get(table, set()), key=repr)
            self.known[table] = rows
        self.news.append(fresh)


@dataclass
class LogReader:
    """Somebody who keeps the bytes that each cast adds to SQLite's write-ahead log."""

    log: Path
    pages: list[bytes] = field(default_factory=list)
    _before: bytes = b""

    def look(self) -> None:
        """The log begins anew inside its file now and then, so every changed block is kept."""
        content = self.log.read_bytes() if self.log.exists() else b""
        self.pages.append(
            b"".join(
                content[start : start + BLOCK]
                for start in range(0, len(content), BLOCK)
                if content[start : start + BLOCK] != self._before[start : start + BLOCK]
            )
        )
        self._before = content


def by_first_trace(pages: Sequence[bytes], marks: Sequence[str]) -> list[str | None]:
    """For each cast, the mark that its bytes hold and no earlier ones held."""
    seen: set[str] = set()
    found: list[str | None] = []
    for page in pages:
        new = [mark for mark in marks if mark not in seen and mark.encode() in page]
        seen.update(new)
        found.append(new[0] if new else None)
    return found


def by_order(ballots: Sequence[str]) -> list[str | None]:
    """The n-th ballot is the n-th arrival's."""
    return list(ballots)


def count_right(guesses: Sequence[str | None], truth: Sequence[str]) -> int:
    return sum(guess == right for guess, right in zip(guesses, truth, strict=False))


def read_sqlite(path: Path, statement: str) -> list[tuple[object, ...]]:
    """As from a copy: a connection of the attacker's own."""
    connection = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
    try:
        return connection.execute(statement).fetchall()
    finally:
        connection.close()
