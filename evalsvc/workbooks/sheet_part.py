"""Reads one sheet's part: its cells with what they hold and show, what is merged and hidden."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from evalsvc.workbooks import number_formats
from evalsvc.workbooks.cells import CellKind, column_letter
from evalsvc.workbooks.inspection import BookPart, Refused
from evalsvc.workbooks.package import Book, is_true, unescape

MOST_CELLS = 150_000
MOST_ROWS = 50_000
MOST_COLUMNS = 500
MOST_CHARACTERS = 12_000_000
_FORMULA_SHOWN = 60
# Beyond these a format shows nothing that a figure here could be.
_FORMATTED_BELOW = 1e15

_REFERENCE = re.compile(r"\$?([A-Z]{1,3})\$?([0-9]{1,7})")
# Elements whose text is a cell's value, its formula, or a piece of a string in the cell itself.
_TEXTS = ("v", "f", "t")

# Formats that leave a text as it is.
_PLAIN = frozenset((number_formats.GENERAL, "@"))

# Kind, text, and what is shown where that is something else.
Described = tuple[CellKind, str, str | None]


@dataclass
class Room:
    """How much all wanted sheets may still hold together."""

    cells: int = MOST_CELLS
    characters: int = MOST_CHARACTERS


@dataclass
class SheetContent:
    """A sheet as the child hands it over; rows and columns are counted from 1."""

    rows: dict[int, list[tuple[int, CellKind, str, str | None]]] = field(default_factory=dict)
    merged: list[tuple[int, int, int, int]] = field(default_factory=list)
    hidden_rows: list[int] = field(default_factory=list)
    hidden_columns: list[tuple[int, int]] = field(default_factory=list)


class SheetPart(BookPart):
    """A sheet's cells, one after another."""

    def __init__(self, title: str, book: Book, room: Room) -> None:
        self.title, self.book, self.room = title, book, room
        self.content = SheetContent()
        self.row = self.column = 0
        self._kind = self._style = ""
        self._texts: dict[str, list[str]] = {}
        self._inside = ""
        self._in_reading = self._hides_zeros = False

    def begin(self, name: str, attrs: Mapping[str, str]) -> None:
        if name == "c":
            self._begin_cell(attrs)
        elif name in _TEXTS and not self._in_reading:
            self._inside = name
            self._texts.setdefault(name, [])
        elif name == "row":
            self._begin_row(attrs)
        elif name == "rPh":
            self._in_reading = True
        elif name == "mergeCell":
            self._add_merged(attrs.get("ref", ""))
        elif name == "col" and is_true(attrs.get("hidden", "")):
            self._add_hidden_columns(attrs)
        elif name == "sheetView":
            self._hides_zeros = attrs.get("showZeros", "1") in ("0", "false")

    def characters(self, content: str) -> None:
        if self._inside:
            self._texts[self._inside].append(content)

    def end(self, name: str) -> None:
        if name == "c":
            self._end_cell()
        elif name == self._inside:
            self._inside = ""
        elif name == "rPh":
            self._in_reading = False

    def where(self) -> dict[str, str]:
        return {"sheet": self.title, "cell": f"{column_letter(self.column or 1)}{self.row or 1}"}

    def _begin_row(self, attrs: Mapping[str, str]) -> None:
        number = attrs.get("r", str(self.row + 1))
        if not (number.isdecimal() and len(number) < 9):
            raise Refused("damaged_sheet", **self.where())
        self.row, self.column = int(number), 0
        if is_true(attrs.get("hidden", "")):
            self.content.hidden_rows.append(self.row)

    def _begin_cell(self, attrs: Mapping[str, str]) -> None:
        self.room.cells -= 1
        if self.room.cells < 0:
            raise Refused("cells", most=MOST_CELLS, **self.where())
        if "r" in attrs:
            place = _REFERENCE.fullmatch(attrs["r"])
            if place is None:
                raise Refused("damaged_sheet", **self.where())
            self.column, self.row = column_number(place[1]), int(place[2])
        else:
            self.column += 1
        self._kind, self._style = attrs.get("t", "n"), attrs.get("s", "0")
        self._texts = {}

    def _end_cell(self) -> None:
        # A cell with a format and nothing else is no content, however far off it lies.
        described = self._describe() if self._texts else None
        if described is None:
            return
        self._check_place()
        kind, text, shown = described
        self.room.characters -= len(text)
        if self.room.characters < 0:
            raise Refused("characters", millions=MOST_CHARACTERS // 1_000_000, **self.where())
        self.content.rows.setdefault(self.row, []).append((self.column, kind, text, shown))

    def _check_place(self) -> None:
        if self.row > MOST_ROWS:
            raise Refused("rows", most=MOST_ROWS, **self.where())
        if self.column > MOST_COLUMNS:
            raise Refused("columns", most=MOST_COLUMNS, **self.where())

    def _describe(self) -> Described | None:
        """The cell's kind, what it holds and what it shows; None for an empty one.

        A formula whose result is a text is written as a text, also where that is empty; one that
        nobody has computed has no value, or the 0 of a program that left computing to the reader.
        """
        value = "".join(self._texts.get("v", ()))
        is_formula = "f" in self._texts
        if self._kind == "e":
            return "error", value or "#?", None
        if self._kind == "s":
            return self._describe_shared(value)
        if self._kind in ("str", "inlineStr"):
            pieces = self._texts.get("t", ()) if self._kind == "inlineStr" else (value,)
            return self._describe_text(unescape("".join(pieces)))
        if is_formula and (not value or (value == "0" and self.book.unfinished)):
            return "formula", "=" + "".join(self._texts["f"])[:_FORMULA_SHOWN], None
        if not value:
            return None
        if self._kind == "b":
            return "logical", "TRUE" if is_true(value) else "FALSE", None
        if self._kind == "d":
            return "date", value.replace("T", " ").removesuffix(" 00:00:00"), None
        return self._describe_number(value)

    def _describe_shared(self, value: str) -> Described | None:
        number = int(value) if value.isdecimal() and len(value) < 9 else -1
        if not 0 <= number < len(self.book.strings):
            return "broken", value[:_FORMULA_SHOWN], None
        return self._describe_text(self.book.strings[number])

    def _describe_text(self, text: str) -> Described | None:
        if not text:
            return None
        code = self.book.get_format(self._style)
        shown = number_formats.show_text(text, code) if code not in _PLAIN else text
        return "text", text, None if shown == text else shown

    def _describe_number(self, value: str) -> Described:
        try:
            # The 15 digits that Excel itself keeps.
            number = float(value)
            text = f"{number:.15g}"
        except ValueError:
            return "broken", value[:_FORMULA_SHOWN], None
        if not -_FORMATTED_BELOW < number < _FORMATTED_BELOW:
            return "number", text, None
        if number == 0 and self._hides_zeros:
            return "number", text, ""
        code, exact = self.book.get_format(self._style), Decimal(text)
        if number_formats.is_time(exact, code):
            return self._describe_moment(exact, code)
        shown = number_formats.show_number(exact, code)
        return "number", text, None if shown == text else shown

    def _describe_moment(self, value: Decimal, code: str) -> Described:
        moment = number_formats.read_moment(value, from_1904=self.book.dates_from_1904)
        shown = number_formats.show_moment(moment, value, code)
        if not number_formats.has_day(value, code):
            return "time", shown, None
        text = moment.isoformat(" ").removesuffix(" 00:00:00")
        return "date", text, None if shown == text else shown

    def _add_merged(self, reference: str) -> None:
        ends = reference.partition(":")
        first, last = _REFERENCE.fullmatch(ends[0]), _REFERENCE.fullmatch(ends[2])
        if first and last:
            self.content.merged.append(
                (int(first[2]), column_number(first[1]), int(last[2]), column_number(last[1]))
            )

    def _add_hidden_columns(self, attrs: Mapping[str, str]) -> None:
        ends = [attrs.get(key, "") for key in ("min", "max")]
        if all(end.isdecimal() and len(end) < 6 for end in ends):
            self.content.hidden_columns.append((int(ends[0]), int(ends[1])))


def column_number(letters: str) -> int:
    """A column's number, counted from 1: A is 1, AA is 27."""
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number
