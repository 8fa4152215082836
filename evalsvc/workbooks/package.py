"""Finds a workbook's parts as its own relations name them, and reads those that many cells share.

What a part is called says nothing: other programs than Excel call them otherwise.
"""

import posixpath
import re
from collections.abc import Mapping
from dataclasses import dataclass

from evalsvc.workbooks.inspection import Archive, BookPart, Refused
from evalsvc.workbooks.number_formats import BUILT_IN, GENERAL

_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
_TRUE = frozenset(("1", "true", "on"))


@dataclass(frozen=True)
class SheetEntry:
    """A worksheet of the book: its title, the part that holds it, whether its tab is hidden."""

    title: str
    part: str
    hidden: bool


@dataclass
class Book:
    """What the cells of all sheets refer to.

    `unfinished` says that whoever wrote it left formulas to be computed at the next opening.
    """

    sheets: list[SheetEntry]
    strings: list[str]
    formats: list[str]
    dates_from_1904: bool
    unfinished: bool

    def get_format(self, style: str) -> str:
        """The number format of a cell's style; cells without one are General."""
        # Some thousand digits make `int` itself raise an error.
        number = int(style) if style.isdecimal() and len(style) < 9 else 0
        return self.formats[number] if number < len(self.formats) else GENERAL


def open_book(archive: Archive) -> Book:
    """The book that the archive's first relation leads to; refuses what is no plain workbook."""
    if archive.has_ending("vbaproject.bin"):
        raise Refused("macros")
    main = _find_main(archive)
    # A binary workbook would go past everything that is looked at below.
    if main.lower().endswith(".bin"):
        raise Refused("binary")
    part = _BookPart()
    archive.parse(main, part)
    if part.root != "workbook":
        raise Refused("other_document")
    relations = _read_relations(archive, main)
    entries = [
        SheetEntry(title, relations.targets[key], hidden)
        for title, key, hidden in part.sheets
        if relations.is_kind(key, "worksheet")
    ]
    return Book(
        entries,
        _read_strings(archive, relations.find("sharedStrings")),
        _read_formats(archive, relations.find("styles")),
        part.dates_from_1904,
        part.unfinished,
    )


def _find_main(archive: Archive) -> str:
    if "_rels/.rels" not in archive:
        raise Refused("binary" if "xl/workbook.bin" in archive else "other_document")
    main = _read_relations(archive, "").find("officeDocument")
    if main is None:
        raise Refused("other_document")
    return main


def _read_relations(archive: Archive, part: str) -> "_RelationsPart":
    folder, name = posixpath.split(part)
    found = _RelationsPart(folder)
    archive.parse(posixpath.join(folder, "_rels", f"{name}.rels"), found)
    return found


def _read_strings(archive: Archive, part: str | None) -> list[str]:
    """The table of strings, as far as it goes: a cell that points beyond it is told there."""
    if part is None or part not in archive:
        return []
    found = _StringsPart()
    try:
        archive.parse(part, found)
    except Refused as refused:
        if refused.code != "damaged_part":
            raise
    return found.strings


def _read_formats(archive: Archive, part: str | None) -> list[str]:
    if part is None or part not in archive:
        return []
    found = _StylesPart()
    archive.parse(part, found)
    return [found.codes.get(key, BUILT_IN.get(key, GENERAL)) for key in found.cells]


def unescape(text: str) -> str:
    """Characters that XML can't hold are written by their number; halves of one are none."""
    return _ESCAPED.sub(_read_escape, text) if "_x" in text else text


def _read_escape(found: re.Match[str]) -> str:
    number = int(found[1], 16)
    return "\ufffd" if 0xD800 <= number <= 0xDFFF else chr(number)


def is_true(said: str) -> bool:
    return said.lower() in _TRUE


class _BookPart(BookPart):
    """The list of sheets: title, relation key and whether it is hidden."""

    def __init__(self) -> None:
        self.root = ""
        self.sheets: list[tuple[str, str, bool]] = []
        self.dates_from_1904 = self.unfinished = False

    def begin(self, name: str, attrs: Mapping[str, str]) -> None:
        self.root = self.root or name
        if name == "sheet":
            # Which prefix stands for the relations' namespace is each writer's choice.
            keys = [value for key, value in attrs.items() if key.endswith(":id")]
            hidden = attrs.get("state", "visible") != "visible"
            self.sheets.append((attrs.get("name", ""), keys[0] if keys else "", hidden))
        elif name == "workbookPr":
            self.dates_from_1904 = is_true(attrs.get("date1904", ""))
        elif name == "calcPr":
            self.unfinished = is_true(attrs.get("fullCalcOnLoad", ""))


class _RelationsPart(BookPart):
    """Where each relation key leads to, and of which kind it is."""

    def __init__(self, folder: str) -> None:
        self.folder = folder
        self.kinds: dict[str, str] = {}
        self.targets: dict[str, str] = {}

    def begin(self, name: str, attrs: Mapping[str, str]) -> None:
        # Nothing outside the file is ever asked for.
        if name != "Relationship" or attrs.get("TargetMode", "") == "External":
            return
        key, target = attrs.get("Id", ""), attrs.get("Target", "")
        self.kinds[key] = attrs.get("Type", "").rpartition("/")[2]
        # A target is told from the folder of the part that names it, or from the root.
        self.targets[key] = posixpath.normpath(posixpath.join("/", self.folder, target))[1:]

    def is_kind(self, key: str, kind: str) -> bool:
        return self.kinds.get(key) == kind

    def find(self, kind: str) -> str | None:
        return next((self.targets[key] for key in self.kinds if self.kinds[key] == kind), None)


class _StringsPart(BookPart):
    """The strings that cells share, each of the runs it is written in, without readings."""

    def __init__(self) -> None:
        self.strings: list[str] = []
        self._runs: list[str] = []
        self._in_text = self._in_reading = False

    def begin(self, name: str, _: Mapping[str, str]) -> None:
        if name == "si":
            self._runs = []
        elif name == "rPh":
            # How a word is read aloud stands beside it: joined, a name would be there twice.
            self._in_reading = True
        elif name == "t":
            self._in_text = not self._in_reading

    def characters(self, content: str) -> None:
        if self._in_text:
            self._runs.append(content)

    def end(self, name: str) -> None:
        if name == "t":
            self._in_text = False
        elif name == "rPh":
            self._in_reading = False
        elif name == "si":
            self.strings.append(unescape("".join(self._runs)))


class _StylesPart(BookPart):
    """The number format of each style that a cell may have."""

    def __init__(self) -> None:
        self.codes: dict[str, str] = {}
        self.cells: list[str] = []
        self._inside = ""

    def begin(self, name: str, attrs: Mapping[str, str]) -> None:
        # Formats of conditions (`dxfs`) have the same elements, and numbers of their own.
        if name in ("numFmts", "cellXfs", "cellStyleXfs", "dxfs"):
            self._inside = name
        elif name == "numFmt" and self._inside == "numFmts":
            self.codes[attrs.get("numFmtId", "")] = attrs.get("formatCode", GENERAL)
        elif name == "xf" and self._inside == "cellXfs":
            self.cells.append(attrs.get("numFmtId", "0"))

    def end(self, name: str) -> None:
        if name == self._inside:
            self._inside = ""
