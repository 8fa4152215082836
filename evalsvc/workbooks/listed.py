"""A list as text, a CSV file or rows pasted from a spreadsheet, read as a sheet of a workbook.

A cell of text shows all that it holds. Still, what a spreadsheet made of a code or a name while it
was typed, such as a date of 3-1, is of its old kind, so that every check says the same of it.
"""

import codecs
import csv
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice

from evalsvc.errors import UPLOAD_REFUSED, Problem
from evalsvc.text import Text
from evalsvc.workbooks.cells import Cell, CellKind, Sheet, clean

MOST_BYTES = 2 * 1024 * 1024
MOST_ROWS, MOST_COLUMNS = 8_000, 256
SEPARATORS = ("\t", ",", ";", "，", "；")
_WIDE = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_WRITTEN = frozenset("\t\r\n\f")

_TOO_BIG = Text(
    "文字有 %(megabytes)s MB，最多 %(most)s MB；请只留名单",
    "there are %(megabytes)s MB of text, %(most)s at most; please keep the list alone",
)
_NO_TEXT = Text(
    "这不是 UTF-8 或 GB 18030 的文字，读不出；请在 Excel 或 WPS 中另存为"
    "“CSV UTF-8（逗号分隔）”或工作簿（*.xlsx）",
    "this is no text in UTF-8 or GB 18030; please save it as “CSV UTF-8” or as a workbook (*.xlsx)",
)
_QUOTES = Text(
    "从第 %(line)s 行起引号不成对，分不出各列；请改正那一行的引号",
    "from line %(line)s on quotation marks are not in pairs; please mend those of that line",
)
_ROWS = Text(
    "超过 %(most)s 行，请只留名单", "there are more than %(most)s rows; please keep the list alone"
)
_LONG = Text(
    "第 %(row)s 行有一格超过 %(most)s 字，请改短",
    "a cell in row %(row)s has more than %(most)s characters; please shorten it",
)
_COLUMNS = Text(
    "第 %(row)s 行有 %(columns)s 列，最多 %(most)s 列",
    "row %(row)s has %(columns)s columns, %(most)s at most",
)

# What spreadsheets write for cells that are no text, and what kind of cell that was.
_KINDS: Mapping[CellKind, re.Pattern[str]] = {
    "logical": re.compile(r"true|false", re.IGNORECASE),
    "error": re.compile(r"#(REF!|DIV/0!|VALUE!|NAME\?|N/A|NUM!|NULL!|SPILL!|CALC!|#+)"),
    "date": re.compile(
        r"(\d{2}|\d{4})[-/.年]\d{1,2}([-/.月]\d{1,2}日?|月)( \d{1,2}:\d{2}(:\d{2})?)?"
        r"|\d{1,2}月\d{1,2}日|\d{1,2}-[a-z]{3}(-\d{2,4})?|[a-z]{3}-\d{2}",
        re.IGNORECASE,
    ),
    "time": re.compile(r"\d{1,2}:\d{2}(:\d{2})?( ?[ap]m)?", re.IGNORECASE),
    "number": re.compile(
        r"-?\d[\d,]*(\.\d+)?%|[¥￥$€]\s?-?\d[\d,]*(\.\d+)?"
        r"|-?\d(\.\d+)?E[+-]\d+|-?\d{1,3}(,\d{3})+(\.\d+)?"
    ),
}


def is_list(content: bytes) -> bool:
    """Whether an upload is a list of text, and neither a workbook nor a web page."""
    start = content[:4096]
    if content.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"%PDF")) or not content.strip():
        return False
    if start.lstrip(codecs.BOM_UTF8 + b" \r\n\t").startswith(b"<"):
        return False
    return start.startswith(_WIDE) or not any(byte < 9 or 13 < byte < 32 for byte in start)


def read_list(content: bytes, name: str) -> Sheet:
    """The sheet of this name; raises Problem(UPLOAD_REFUSED) where the text can't be read."""
    if len(content) > MOST_BYTES:
        _refuse(_TOO_BIG, megabytes=-(-len(content) >> 20), most=MOST_BYTES >> 20)
    # Empty lines at the end are no rows; and no more are read than are taken.
    rows = list(islice(_list_rows(_decode(content).rstrip()), MOST_ROWS + 1))
    if len(rows) > MOST_ROWS:
        _refuse(_ROWS, most=MOST_ROWS)
    return Sheet(name, {number: _read_row(number, row) for number, row in rows if any(row)})


def _decode(content: bytes) -> str:
    wide = content.startswith(_WIDE)
    for encoding in ("utf-16",) if wide else ("utf-8-sig", "gb18030"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if all(letter >= " " or letter in _WRITTEN for letter in set(text)):
            return text
    raise Problem(UPLOAD_REFUSED, reason=_NO_TEXT)


def _list_rows(text: str) -> Iterator[tuple[int, list[str]]]:
    """Rows with their numbers, as a spreadsheet counts them: a cell may hold several lines."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_find_separator(text), strict=True)
    number = 0
    try:
        for number, row in enumerate(reader, start=1):
            yield number, [cell.strip() for cell in row]
    except csv.Error as error:
        problem = _QUOTES.filled(line=number + 1)
        if "field limit" in str(error):
            problem = _LONG.filled(row=number + 1, most=csv.field_size_limit())
        raise Problem(UPLOAD_REFUSED, reason=problem) from error


def _find_separator(text: str) -> str:
    """What parts the first line that says something: rows copied from a sheet have tabs."""
    lines = islice(io.StringIO(text, newline=""), MOST_ROWS)
    first = next((line for line in lines if clean(line)), "")
    return max(SEPARATORS, key=lambda each: (first.count(each), each == "\t"))


def _read_row(number: int, row: Sequence[str]) -> dict[int, Cell]:
    beyond = range(len(row), MOST_COLUMNS, -1)
    last = next((place for place in beyond if clean(row[place - 1])), 0)
    if last:
        _refuse(_COLUMNS, row=number, columns=last, most=MOST_COLUMNS)
    filled = [place for place, text in enumerate(row[:MOST_COLUMNS], start=1) if clean(text)]
    return {place: _read_cell(row[place - 1]) for place in filled}


def _read_cell(text: str) -> Cell:
    shown = clean(text)
    kind = next((kind for kind, pattern in _KINDS.items() if pattern.fullmatch(shown)), None)
    return Cell(kind or "text", text)


def _refuse(reason: Text, **figures: object) -> None:
    raise Problem(UPLOAD_REFUSED, reason=reason.filled(**figures))
