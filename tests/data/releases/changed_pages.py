"""What pages say differently today than the release that made the database, and why.

A page's address and a line of it are patterns; a difference that none of them names fails.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Change:
    """Lines that may have come or gone on the pages of an address."""

    page: str
    line: str
    why: str


# Addresses whose status is another one now, as "who address before after".
STATUSES: Mapping[str, str] = {}
CHANGES: tuple[Change, ...] = ()


def list_unexpected(before: Mapping[str, Any], now: Mapping[str, Any]) -> list[str]:
    """Each difference that nobody has named, in a line."""
    return [*_list_statuses(before, now), *_list_lines(before, now)]


def _list_statuses(before: Mapping[str, Any], now: Mapping[str, Any]) -> Iterator[str]:
    for path, page in before.items():
        for who, status in page["status"].items():
            after = now.get(path, {"status": {}})["status"].get(who)
            line = f"{who} {path} {status} {after}"
            if after != status and not any(re.fullmatch(known, line) for known in STATUSES):
                yield line


def _list_lines(before: Mapping[str, Any], now: Mapping[str, Any]) -> Iterator[str]:
    for path, page in before.items():
        after = now.get(path, {}).get("text")
        if "text" not in page or after is None:
            continue
        for sign, lines, others in (("-", page["text"], after), ("+", after, page["text"])):
            for line in dict.fromkeys(lines):
                if line not in others and not _is_known(path, line):
                    yield f"{path} {sign} {line}"


def _is_known(path: str, line: str) -> bool:
    return any(
        re.fullmatch(change.page, path) and re.fullmatch(change.line, line) for change in CHANGES
    )
