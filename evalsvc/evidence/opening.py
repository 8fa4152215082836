"""What an opened box left, as one hash in the log: the hash of every file, under a salt."""

import csv
import hmac
import io
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Self

from evalsvc.box.roll import hash_text
from evalsvc.box.statements import hash_statement
from evalsvc.evidence.write import sheet

OPENING_FILE = "opening.json"
KEYS_FILE = "openings.csv"
SALT_BYTES = 32
FORMAT = 2
"""Of openings made now. In the first, `sums.csv` held the estimates as well."""
_KIND = "opening"
_BALLOT_NAME = b"evalsvc ballot name 1"
_RATER_NAME = b"evalsvc rater name 1"
# With a dash and sixteen digits a pseudonym has forty characters.
_LONGEST_PREFIX = 23
_ESTIMATED_KINDS = frozenset({"fit", "index"})
ESTIMATES = "estimates"

Cells = tuple[str, ...]
COLUMNS: Mapping[str, Cells] = {
    "ballots.csv": ("round", "group", "ballot", "rater", "unit", "item", "value"),
    "counts.csv": ("round", "group", "stratum", "unit", "item", "level", "n", "n_unflagged"),
    "sums.csv": ("round", "group", "kind", "subject", "name", "value"),
    ESTIMATES: ("round", "group", "kind", "subject", "name", "value"),
    "comments": ("round", "group", "item", "unit", "text"),
    "replies": ("round", "group", "item", "unit", "rater", "value"),
    "favours": ("kind", "forth", "back", "givers", "takers", "cells", "effect", "z", "p"),
    "rejections.csv": ("group", "reason", "n"),
    "assisted": ("group", "counted"),
    KEYS_FILE: ("leaf", "key", "ballot", "reason"),
    "relations.csv": ("round", "group", "rater", "unit", "role"),
    "assisted.csv": ("group", "reported", "counted"),
}
"""Each with its columns. Of a season's files it is the rows of this round, under their header."""
NOT_RECOUNTED = frozenset({"relations.csv", "assisted.csv"})
"""They stood in the office's lists before the box was opened: no second opening gives them."""
ESTIMATED = frozenset({ESTIMATES, "favours"})
"""Searched or drawn in rounded numbers: another version of a program may end a digit elsewhere."""


@dataclass(frozen=True)
class Opening:
    """The SHA-256 of each file of `COLUMNS`, and the salt that keeps them from being guessed."""

    round_uid: str
    salt: str
    files: Mapping[str, str]
    format: int = 1

    @property
    def estimated(self) -> frozenset[str]:
        """Files that a second opening need not give to the last digit."""
        return ESTIMATED if self.format > 1 else frozenset()

    @property
    def hash(self) -> bytes:
        """What the log tells of the opening, and the anchor after it binds."""
        return hash_statement(_KIND, self._content)

    @property
    def _content(self) -> dict[str, object]:
        content = {**vars(self), "files": dict(self.files)}
        # The first format did not name itself, and its hash stays what the log has.
        return content if self.format > 1 else {k: v for k, v in content.items() if k != "format"}

    def to_json(self) -> str:
        """The file; there is one way to write it."""
        return json.dumps(self._content, indent=1, sort_keys=True) + "\n"

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Read what to_json wrote; raises ValueError for anything else."""
        record = json.loads(text)
        names = set(cls.__dataclass_fields__)
        if not isinstance(record, dict) or set(record) | {"format"} != names:
            raise ValueError("an opening has the fields " + ", ".join(sorted(names)))
        files, number = record["files"], record.get("format", 1)
        if type(number) is not int or not 1 <= number <= FORMAT:
            raise ValueError(f"an opening of a format that this program does not know: {number}")
        due = list_names(number)
        # All of them, also those without rows: a file that is left out could be filled later.
        if not isinstance(files, dict) or set(files) != set(due):
            raise ValueError("an opening has the hashes of " + ", ".join(due))
        digests = [record["salt"], *files.values()]
        if not all(isinstance(one, str) and re.fullmatch("[0-9a-f]{64}", one) for one in digests):
            raise ValueError("salt and hashes have 64 hexadecimal digits")
        found = cls(**record)
        # One spelling, as everywhere where a hash is of the text.
        if not isinstance(found.round_uid, str) or found.to_json() != text:
            raise ValueError("written in another way than the service writes it")
        return found

    def list_changed(self, files: Mapping[str, bytes]) -> list[str]:
        """The names of those files that are not the ones committed to."""
        return [name for name, content in files.items() if hash_text(content) != self.files[name]]


def build_opening(round_uid: str, salt: bytes, files: Mapping[str, bytes]) -> Opening:
    """Commit to what an opening left."""
    digests = {name: hash_text(files[name]) for name in list_names(FORMAT)}
    return Opening(round_uid, salt.hex(), digests, FORMAT)


def list_names(number: int) -> list[str]:
    """The files that an opening of this format has hashes of."""
    return [name for name in COLUMNS if number > 1 or name != ESTIMATES]


def part_sums(rows: Iterable[Cells], number: int) -> dict[str, list[Cells]]:
    """A round's rows of sums.csv as the two files that an opening of this format commits to.

    The sums are exact, and whoever opens the box again must find them. The estimates are told as
    well, so that nobody changes them afterwards, under a hash of their own.
    """
    if number == 1:
        return {"sums.csv": [*rows]}
    parted: dict[str, list[Cells]] = {"sums.csv": [], ESTIMATES: []}
    for row in rows:
        parted[ESTIMATES if _is_estimate(row) else "sums.csv"].append(row)
    return parted


def _is_estimate(row: Cells) -> bool:
    kind, name = row[2], row[4]
    return kind in _ESTIMATED_KINDS or (kind, name) == ("items", "alpha")


def opened_sheet(name: str, rows: Iterable[Cells]) -> bytes:
    """One of the files: its header and its rows in the order of their bytes' text."""
    # Sorted: the order in which ballots were opened is told by none of these files.
    return sheet(COLUMNS[name], sorted(rows))


def rows_of_round(content: bytes, name: str, code: str) -> bytes:
    """A round's rows of a season's file, as they were committed to; raises ValueError."""
    return opened_sheet(name, _list_rows(content, name, code))


def sums_of_round(content: bytes, code: str, number: int) -> dict[str, bytes]:
    """The same of sums.csv, as an opening of this format parts its rows; raises ValueError."""
    parted = part_sums(_list_rows(content, "sums.csv", code), number)
    return {name: opened_sheet(name, rows) for name, rows in parted.items()}


def sorted_rows(content: bytes, name: str) -> bytes:
    """A round's own file as it was committed to; raises ValueError."""
    return opened_sheet(name, _read_rows(content, name))


def _list_rows(content: bytes, name: str, code: str) -> Iterator[Cells]:
    return (row for row in _read_rows(content, name) if row[0] == code)


def _read_rows(content: bytes, name: str) -> list[Cells]:
    try:
        rows = list(csv.reader(io.StringIO(content.decode(), newline=""), strict=True))
    except csv.Error as error:
        raise ValueError(str(error)) from error
    if not rows or tuple(rows[0]) != COLUMNS[name]:
        raise ValueError("another header")
    if any(len(row) != len(rows[0]) for row in rows):
        raise ValueError("a row of another length")
    return [tuple(row) for row in rows[1:]]


def name_ballot(key: bytes) -> str:
    """A kept ballot's name: whoever opens it finds it, and nobody else can tell which it is."""
    return f"b-{_derive(key, _BALLOT_NAME)}"


def name_rater(group: str, key: bytes) -> str:
    """The pseudonym of a ballot's rater, where the group is not evaluated under its name."""
    return f"{group[:_LONGEST_PREFIX]}-{_derive(key, _RATER_NAME)}"


def _derive(key: bytes, label: bytes) -> str:
    # Sixteen digits tell apart what lies in one box.
    return hmac.digest(key, label, "sha256")[:8].hex()
