"""Citizens' comments in a package: all with their decisions for auditors, the shown for all."""

import csv
import io
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from evalsvc.evidence.sheets import guarded
from evalsvc.evidence.write import sheet

COMMENTS = "comments.csv"
COLUMNS = ("round", "group", "item", "unit", "state", "reason", "text", "wording", "shown")
PUBLIC_COLUMNS = ("round", "group", "item", "unit", "text")


@dataclass(frozen=True, order=True)
class CommentLine:
    """One comment; `shown` is what this version shows of it, empty where nothing."""

    round: str
    group: str
    item: str
    unit: str
    state: str
    reason: str
    text: str
    wording: str
    shown: str


def write_comments(lines: Iterable[CommentLine]) -> dict[str, bytes]:
    """The audit edition's file, where citizens wrote anything; sorted, so it tells no order."""
    rows = sorted(
        (one.round, one.group, one.item, one.unit, one.state, one.reason, guarded(one.text),
         guarded(one.wording), guarded(one.shown))
        for one in lines
    )  # a table, read by rows  # fmt: skip
    return {COMMENTS: sheet(COLUMNS, rows)} if rows else {}


def derive_public_comments(audit_files: Mapping[str, bytes]) -> dict[str, bytes]:
    """The public edition's file from the audit edition's: what is shown, and nothing else."""
    if COMMENTS not in audit_files:
        return {}
    rows = sorted(
        (row["round"], row["group"], row["item"], row["unit"], row["shown"])
        for row in read_comments(audit_files)
        if row["shown"]
    )
    return {COMMENTS: sheet(PUBLIC_COLUMNS, rows)}


def read_comments(files: Mapping[str, bytes]) -> list[dict[str, str]]:
    """The rows of either edition as they stand; raises ValueError where they don't stand so."""
    text = files[COMMENTS].decode()
    try:
        rows = list(csv.reader(io.StringIO(text, newline=""), strict=True))
    except csv.Error as error:
        raise ValueError(str(error)) from error
    if not rows or tuple(rows[0]) not in (COLUMNS, PUBLIC_COLUMNS):
        raise ValueError("no header")
    # A row cut short would lend its cells to the wrong columns.
    if any(len(row) != len(rows[0]) for row in rows):
        raise ValueError("a row of another length")
    return [dict(zip(rows[0], row, strict=True)) for row in rows[1:]]
