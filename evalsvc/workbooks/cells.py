"""A sheet as it came: cells with their kind and text, by row and column, both counted from 1."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from evalsvc.invisible import strip_invisible

CellKind = Literal["text", "number", "date", "logical", "time", "error", "formula", "broken"]

_SPACES = re.compile(r"[\s\x00-\x1f]+")


@dataclass(frozen=True)
class Cell:
    """One cell that is not empty; numbers keep their exact decimal text.

    `shown` is what people see where that is something else than what it holds.
    """

    kind: CellKind
    text: str
    shown: str | None = None

    @property
    def seen(self) -> str:
        """What people see in it."""
        return self.text if self.shown is None else self.shown


EMPTY = Cell("text", "")


@dataclass(frozen=True)
class Block:
    """A rectangle of merged cells."""

    first_row: int
    first_column: int
    last_row: int
    last_column: int

    def __contains__(self, place: tuple[int, int]) -> bool:
        row, column = place
        return (
            self.first_row <= row <= self.last_row
            and self.first_column <= column <= self.last_column
        )

    def __str__(self) -> str:
        first = f"{column_letter(self.first_column)}{self.first_row}"
        return f"{first}:{column_letter(self.last_column)}{self.last_row}"


@dataclass(frozen=True)
class Sheet:
    """A sheet's cells by row, then column; empty ones are left out.

    What is hidden is read like the rest: whether it belongs there, only people know.
    """

    name: str
    rows: Mapping[int, Mapping[int, Cell]]
    merged: tuple[Block, ...] = ()
    hidden: bool = False
    hidden_rows: frozenset[int] = frozenset()
    hidden_columns: tuple[tuple[int, int], ...] = ()

    def get_cell(self, row: int, column: int) -> Cell:
        return self.rows.get(row, {}).get(column, EMPTY)

    def is_covered(self, row: int, column: int) -> bool:
        """Inside a merged block, where Excel keeps only the first cell's value."""
        # Excel shows such cells as empty and keeps what was in them before.
        return any((row, column) in block for block in self.merged)


def clean(text: str) -> str:
    """Without invisible characters, without spaces at the ends, other white space as one space."""
    return _SPACES.sub(" ", strip_invisible(text)).strip()


def build_key(text: str) -> str:
    """What two spellings of one name have in common: full or half width, capitals, spaces."""
    # Chinese keyboards type full width, and whoever copies a name brings along its spaces.
    return unicodedata.normalize("NFKC", clean(text)).casefold().replace(" ", "")


def column_letter(column: int) -> str:
    """A column's letters: 1 is A, 27 is AA."""
    letters = ""
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters
