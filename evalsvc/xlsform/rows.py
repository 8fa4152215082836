"""Rows of a form that remember which of their cells had a part in what was read.

Whatever nobody took is listed afterwards (`unread`), so that nothing is left out without a word.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

from evalsvc.text import Text
from evalsvc.workbooks.cells import clean, column_letter
from evalsvc.workbooks.problems import Severity
from evalsvc.workbooks.table import Table, TableRow


@dataclass(frozen=True)
class FormSheet:
    """A sheet of a form: its table, the cells that were used, and what each row turned out to be.

    Rows and columns are counted from 1. Of cells that are `told` something was said already, some
    of it before the sheet was opened: that they can't be read.
    """

    table: Table
    used: set[tuple[int, int]] = field(default_factory=set)
    kinds: dict[int, str] = field(default_factory=dict)
    told: set[tuple[int | None, str | None]] = field(default_factory=set)

    def __post_init__(self) -> None:
        name = self.table.sheet.name
        found = self.table.findings.problems
        self.told.update((each.row, each.column) for each in found if each.sheet == name)

    def list_rows(self) -> Iterator["FormRow"]:
        for row in self.table.list_rows():
            yield FormRow(self.table, row.number, self)


@dataclass(frozen=True)
class FormRow(TableRow):
    """One row; what is taken from it, or reported at it, is used."""

    home: FormSheet = field(compare=False)

    def peek(self, key: str) -> str:
        """What stands under a heading, without any use being made of it."""
        return clean(self.get_cell(key).text)

    def take(self, key: str) -> str:
        """What stands under a heading, and has a part in what is read."""
        self.use(key)
        return self.peek(key)

    def take_code(self, key: str, most: int) -> str | None:
        self.use(key)
        return self.code(key, most)

    def use(self, *keys: str) -> None:
        places = (self.table.places.get(key) for key in keys)
        self.home.used.update((self.number, place) for place in places if place is not None)

    def use_all(self) -> None:
        """The whole row, where one remark speaks for all of it."""
        self.use(*self.table.places)

    def is_reported(self, key: str) -> bool:
        """Whether something has been said of a cell already, such as that it can't be read."""
        return (self.number, self._letter(key)) in self.home.told

    def _letter(self, key: str) -> str:
        return column_letter(self.table.places.get(key, 1))

    def become(self, kind: str) -> None:
        """What the row is, for what is to be said of its cells."""
        self.home.kinds[self.number] = kind

    def report(
        self, key: str, text: Text, found: str | None = None, severity: Severity = "error"
    ) -> None:
        self.use(key)
        self.home.told.add((self.number, self._letter(key)))
        super().report(key, text, found, severity)

    def remark(self, key: str, text: Text) -> None:
        self.report(key, text, severity="warning")
