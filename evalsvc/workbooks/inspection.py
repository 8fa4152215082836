"""Looks into an uploaded workbook's ZIP and XML before a reader trusts any of it."""

import io
import re
import struct
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from xml.sax import SAXParseException
from xml.sax.handler import ContentHandler
from xml.sax.xmlreader import AttributesImpl

from defusedxml.common import DefusedXmlException
from defusedxml.expatreader import DefusedExpatParser

MOST_BYTES = 12 * 1024 * 1024
MOST_ENTRIES = 1_000
MOST_DIRECTORY_BYTES = 256 * 1024
MOST_UNPACKED = 40 * 1024 * 1024
# Sheets of nothing but equal rows reach about 60; a bomb has 1,000.
MOST_RATIO = 150
RATIO_FROM_BYTES = 1024 * 1024
MOST_ELEMENTS = 800_000
MOST_CELLS = 150_000
MOST_ROWS = 50_000
MOST_COLUMNS = 500
MOST_AREA = 2_000_000
# Formatting a whole column makes an honest workbook claim every row there is.
MOST_CLAIMED_AREA = 64 * 1_048_576
MOST_MARKED_CELLS = 500
CHUNK = 256 * 1024

_REFERENCE = re.compile(r"\$?([A-Z]{1,3})\$?([0-9]{1,7})")


class Refused(Exception):  # noqa: N818 (a decision, not an error of ours)
    """The workbook is not read, for the reason with this code."""

    def __init__(self, code: str, **figures: str | int) -> None:
        super().__init__(code)
        self.code = code
        self.figures = figures


@dataclass
class Inspection:
    """What the readers of values do not tell: cells that show an error or a formula's text."""

    marked: dict[str, list[tuple[int, int, str]]] = field(default_factory=dict)


def inspect(data: bytes) -> Inspection:
    """Refuse what is no plain workbook or asks for too much; else list its cells with errors."""
    _check_directory(data)
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            _check_entries(archive.infolist())
            _check_kind({info.filename.lower() for info in archive.infolist()})
            return _inspect_parts(archive)
    except Refused:
        raise
    except DefusedXmlException as error:
        raise Refused("entities") from error
    except (
        zipfile.BadZipFile,
        SAXParseException,
        EOFError,
        OSError,
        ValueError,
        NotImplementedError,
        zlib.error,
    ) as error:
        raise Refused("damaged") from error


def _check_directory(data: bytes) -> None:
    """Bound the list of entries before the library makes an object of each."""
    # From the end, where the directory's own end is; a comment behind it has 65,535 bytes at most.
    place = data.rfind(b"PK\x05\x06", -65_557 - 22)
    if place < 0 or len(data) < place + 22:
        raise Refused("damaged")
    entries, size = struct.unpack("<HI", data[place + 10 : place + 16])
    if entries > MOST_ENTRIES or size > MOST_DIRECTORY_BYTES:
        raise Refused("entries", most=MOST_ENTRIES)


def _check_entries(entries: list[zipfile.ZipInfo]) -> None:
    # In small letters: a reader that makes no difference would take one part for the other.
    names = [info.filename.lower() for info in entries]
    if len(entries) > MOST_ENTRIES or len(set(names)) < len(names):
        raise Refused("entries", most=MOST_ENTRIES)
    for info in entries:
        if _is_outside(info.filename):
            raise Refused("names", name=info.filename[:60])
        if info.flag_bits & 1:
            raise Refused("encrypted")
        if info.file_size > RATIO_FROM_BYTES and info.file_size > MOST_RATIO * max(
            info.compress_size, 1
        ):
            raise Refused("bomb", megabytes=info.file_size >> 20)
    total = sum(info.file_size for info in entries)
    if total > MOST_UNPACKED:
        raise Refused("unpacked", megabytes=total >> 20, most=MOST_UNPACKED >> 20)


def _is_outside(name: str) -> bool:
    return (
        name.startswith(("/", "\\"))
        or ":" in name
        or ".." in re.split(r"[/\\]", name)
        or "\x00" in name
    )


def _check_kind(names: set[str]) -> None:
    if any(name.endswith("vbaproject.bin") for name in names):
        raise Refused("macros")
    # A binary workbook would go past everything that is looked at below.
    if "xl/workbook.bin" in names:
        raise Refused("binary")
    if "xl/workbook.xml" not in names:
        raise Refused("other_document")


def _inspect_parts(archive: zipfile.ZipFile) -> Inspection:
    count = _Count()
    sheets: dict[str, _SheetPart] = {}
    book, relations = _BookPart(count), _RelationsPart(count)
    for info in archive.infolist():
        name = info.filename.lower()
        if not name.endswith((".xml", ".rels")):
            continue
        handler = _Part(count)
        if name == "xl/workbook.xml":
            handler = book
        elif name == "xl/_rels/workbook.xml.rels":
            handler = relations
        elif name.startswith("xl/worksheets/"):
            handler = sheets.setdefault(name, _SheetPart(count))
        _parse(archive, info, handler)
    return Inspection(dict(_name_marked(book, relations, sheets)))


def _name_marked(
    book: "_BookPart", relations: "_RelationsPart", sheets: dict[str, "_SheetPart"]
) -> Iterator[tuple[str, list[tuple[int, int, str]]]]:
    for title, key in book.sheets:
        target = relations.targets.get(key, "").lower()
        part = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
        if part in sheets and sheets[part].marked:
            yield title, sheets[part].marked


def _parse(archive: zipfile.ZipFile, info: zipfile.ZipInfo, handler: "_Part") -> None:
    # No DTD, so that no entity is there to unfold.
    parser = DefusedExpatParser(forbid_dtd=True)
    parser.setContentHandler(handler)
    with archive.open(info) as part:
        while chunk := part.read(CHUNK):
            parser.feed(chunk)
    parser.close()


@dataclass
class _Count:
    """What all parts of a workbook add up to."""

    elements: int = 0
    cells: int = 0

    def add_element(self) -> None:
        self.elements += 1
        if self.elements > MOST_ELEMENTS:
            raise Refused("cells", most=MOST_CELLS)

    def add_cell(self) -> None:
        self.cells += 1
        if self.cells > MOST_CELLS:
            raise Refused("cells", most=MOST_CELLS)


class _Part(ContentHandler):
    """Any part: its elements are counted."""

    def __init__(self, count: _Count) -> None:
        super().__init__()
        self.count = count

    def startElement(self, name: str, attrs: AttributesImpl) -> None:  # noqa: N802 (SAX's name)
        self.count.add_element()
        self.begin(name.rpartition(":")[2], attrs)

    def begin(self, name: str, attrs: AttributesImpl) -> None:
        """An element begins."""


class _BookPart(_Part):
    """The list of sheets: title and relation key."""

    def __init__(self, count: _Count) -> None:
        super().__init__(count)
        self.sheets: list[tuple[str, str]] = []

    def begin(self, name: str, attrs: AttributesImpl) -> None:
        if name == "sheet":
            keys = [value for key, value in attrs.items() if key.endswith(":id")]
            self.sheets.append((attrs.get("name", ""), keys[0] if keys else ""))


class _RelationsPart(_Part):
    """Where each relation key leads to."""

    def __init__(self, count: _Count) -> None:
        super().__init__(count)
        self.targets: dict[str, str] = {}

    def begin(self, name: str, attrs: AttributesImpl) -> None:
        if name == "Relationship":
            self.targets[attrs.get("Id", "")] = attrs.get("Target", "")


class _SheetPart(_Part):
    """A sheet: how far it reaches, and the cells that hold an error or a formula not computed."""

    def __init__(self, count: _Count) -> None:
        super().__init__(count)
        self.marked: list[tuple[int, int, str]] = []
        self.last_row = self.last_column = 0
        self.row = self.column = 0
        self.is_error = self.has_value = False
        self.inside = ""
        self.texts: dict[str, str] = {}

    def begin(self, name: str, attrs: AttributesImpl) -> None:
        if name == "c":
            self._begin_cell(attrs)
        elif name == "row":
            self._begin_row(attrs)
        # Only what holds something reaches anywhere: a format on a whole column is honest.
        elif name in ("v", "is"):
            self._reach()
            self.inside = name
        elif name == "f":
            self.inside = name
            self.texts["f"] = ""
        elif name == "dimension":
            _check_claim(attrs.get("ref", ""))

    def characters(self, content: str) -> None:
        if self.inside == "f" or (self.inside == "v" and self.is_error):
            # Sixty characters are enough to tell which formula or error it is.
            self.texts[self.inside] = (self.texts.get(self.inside, "") + content)[:60]
        self.has_value = self.has_value or self.inside == "v"

    def endElement(self, name: str) -> None:  # noqa: N802 (SAX's name)
        kind = name.rpartition(":")[2]
        if kind == "c":
            self._end_cell()
        elif kind in ("v", "is", "f"):
            self.inside = ""

    def _begin_row(self, attrs: AttributesImpl) -> None:
        number = attrs.get("r", str(self.row + 1))
        if not (number.isdecimal() and len(number) < 9):
            raise Refused("damaged")
        self.row, self.column = int(number), 0

    def _begin_cell(self, attrs: AttributesImpl) -> None:
        self.count.add_cell()
        if "r" in attrs:
            place = _REFERENCE.fullmatch(attrs["r"])
            if place is None:
                raise Refused("damaged")
            self.column, self.row = column_number(place[1]), int(place[2])
        else:
            self.column += 1
        self.is_error = attrs.get("t") == "e"
        self.has_value = False
        self.texts = {}

    def _reach(self) -> None:
        self.last_row = max(self.last_row, self.row)
        self.last_column = max(self.last_column, self.column)
        if (
            self.last_row > MOST_ROWS
            or self.last_column > MOST_COLUMNS
            or self.last_row * self.last_column > MOST_AREA
        ):
            raise Refused(
                "extent",
                rows=self.last_row,
                columns=self.last_column,
                most_rows=MOST_ROWS,
                most_columns=MOST_COLUMNS,
            )

    def _end_cell(self) -> None:
        # Some hundred marked cells say it all; a sheet
        # of nothing else must not become a list of them.
        if len(self.marked) >= MOST_MARKED_CELLS:
            return
        if self.is_error:
            self.marked.append((self.row, self.column, self.texts.get("v", "#?")))
        elif "f" in self.texts and not self.has_value:
            self.marked.append((self.row, self.column, "=" + self.texts["f"]))


def _check_claim(reference: str) -> None:
    corners = [_REFERENCE.fullmatch(corner) for corner in reference.split(":")]
    if len(corners) != 2 or corners[0] is None or corners[1] is None:
        return
    first, last = corners[0], corners[1]
    rows = int(last[2]) - int(first[2]) + 1
    columns = column_number(last[1]) - column_number(first[1]) + 1
    if rows * columns > MOST_CLAIMED_AREA:
        raise Refused(
            "extent", rows=rows, columns=columns, most_rows=MOST_ROWS, most_columns=MOST_COLUMNS
        )


def column_number(letters: str) -> int:
    """A column's number, counted from 1: A is 1, AA is 27."""
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number
