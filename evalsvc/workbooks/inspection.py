"""Looks into an uploaded workbook's ZIP, and hands out its parts only within bounds.

A part that nobody asks for is neither unpacked nor judged: a broken picture is no reason to refuse
a list of units.
"""

import io
import re
import struct
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from xml.parsers import expat  # without SAX around it, which brings half of the network along

MOST_BYTES = 12 * 1024 * 1024
MOST_ENTRIES = 1_000
MOST_DIRECTORY_BYTES = 256 * 1024
MOST_UNPACKED = 40 * 1024 * 1024
# Sheets of nothing but equal rows reach about 60; a bomb has 1,000.
MOST_RATIO = 150
RATIO_FROM_BYTES = 1024 * 1024
MOST_ELEMENTS = 800_000
CHUNK = 256 * 1024

_DAMAGE = (
    zipfile.BadZipFile,
    expat.ExpatError,
    EOFError,
    LookupError,
    OSError,
    ValueError,
    NotImplementedError,
    zlib.error,
)


class Refused(Exception):  # noqa: N818 (a decision, not an error of ours)
    """The workbook is not read, for the reason with this code."""

    def __init__(self, code: str, **figures: str | int) -> None:
        super().__init__(code)
        self.code = code
        self.figures = figures


class BookPart:
    """Any part: its elements are known by their names without a prefix."""

    def begin(self, name: str, attrs: Mapping[str, str], /) -> None:
        """An element begins."""

    def end(self, name: str) -> None:
        """An element ends."""

    def characters(self, content: str) -> None:
        """Text between elements; it may come in pieces."""

    def where(self) -> dict[str, str]:
        """Where in the workbook reading stands, as sheet and cell; nothing for other parts."""
        return {}


class Archive:
    """The parts of a workbook by name, in whatever capitals; what is read is counted."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self._archive = archive
        self._parts = {info.filename.lower(): info for info in archive.infolist()}
        self._unpacked = 0
        self._elements = 0

    def __contains__(self, name: str) -> bool:
        return name.lower() in self._parts

    def has_ending(self, ending: str) -> bool:
        return any(name.endswith(ending) for name in self._parts)

    def parse(self, name: str, handler: BookPart) -> None:
        """Read a part; raises `Refused` where it is missing, damaged or too much."""
        info = self._parts.get(name.lower())
        if info is None:
            raise _build_damage(name, handler)
        self._check_size(info)
        try:
            self._feed(info, handler)
        except _DAMAGE as error:
            raise _build_damage(name, handler) from error

    def _check_size(self, info: zipfile.ZipInfo) -> None:
        if info.file_size > RATIO_FROM_BYTES and info.file_size > MOST_RATIO * max(
            info.compress_size, 1
        ):
            raise Refused("bomb", part=info.filename[-80:], megabytes=info.file_size >> 20)
        self._unpacked += info.file_size
        if self._unpacked > MOST_UNPACKED:
            raise Refused("unpacked", megabytes=self._unpacked >> 20, most=MOST_UNPACKED >> 20)

    def _feed(self, info: zipfile.ZipInfo, handler: BookPart) -> None:
        parser = _build_parser(handler)
        with self._archive.open(info) as part:
            while chunk := part.read(CHUNK):
                # Counted as bytes, which costs nothing beside parsing them.
                self._elements += chunk.count(b"<") - chunk.count(b"</")
                if self._elements > MOST_ELEMENTS:
                    raise Refused("elements", part=info.filename[-80:], most=MOST_ELEMENTS)
                parser.Parse(chunk)
        parser.Parse(b"", True)


def _build_parser(handler: BookPart) -> expat.XMLParserType:
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler = lambda name, attrs: handler.begin(name.rpartition(":")[2], attrs)
    parser.EndElementHandler = lambda name: handler.end(name.rpartition(":")[2])
    parser.CharacterDataHandler = handler.characters
    # No DTD, so that no entity is there to unfold, and nothing outside to be fetched.
    parser.StartDoctypeDeclHandler = _refuse_dtd
    return parser


def _refuse_dtd(*_: object) -> None:
    raise Refused("entities")


def _build_damage(name: str, handler: BookPart) -> Refused:
    """A sheet is named by its title and the cell that was reached, another part by its name."""
    place = handler.where()
    return Refused("damaged_sheet", **place) if place else Refused("damaged_part", part=name[-80:])


@contextmanager
def open_archive(data: bytes) -> Iterator[Archive]:
    """The parts of a workbook; refuses what is no ZIP, or one that asks for too much."""
    _check_directory(data)
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
    except _DAMAGE as error:
        raise Refused("damaged") from error
    with archive:
        _check_entries(archive.infolist())
        yield Archive(archive)


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


def _is_outside(name: str) -> bool:
    return (
        name.startswith(("/", "\\"))
        or ":" in name
        or ".." in re.split(r"[/\\]", name)
        or "\x00" in name
    )
