"""CSV files as rows that know their place; every cell is read with a type, errors are gathered."""

import csv
import io
import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from evalsvc.evidence.model import PackageError
from evalsvc.text import Text

# Plain and bounded: an exponent was worked out in full once.
NUMBER = re.compile(r"-?[0-9]{1,15}(\.[0-9]{1,15})?")
# Without exponents: `1e9999999` is short to write and takes minutes to become a fraction.
EXACT = re.compile(r"-?[0-9]{1,1000}(/[0-9]{1,1000})?")
FORMULA_STARTS = "=+-@＝＋－＠\t\r'"
"""What a spreadsheet may take for the start of a formula, in full width, too."""


@dataclass(frozen=True)
class CsvLine:
    """One line of a CSV file under its header."""

    file: str
    line: int
    cells: Mapping[str, str]

    def __getitem__(self, column: str) -> str:
        return self.cells[column]


class Sheets:
    """The files of a package, with everything that was found wrong in them so far."""

    def __init__(self, files: Mapping[str, bytes]) -> None:
        self.files = files
        self.errors: list[PackageError] = []

    def report(self, row: CsvLine, column: str, text: Text, found: str | None = None) -> None:
        shown = row.cells.get(column, "") if found is None else found
        self.errors.append(PackageError(row.file, row.line, column, shown[:60], text))

    def report_file(self, file: str, text: Text, found: str = "", line: int = 0) -> None:
        self.errors.append(PackageError(file, line, "", found[:60], text))

    def text(self, file: str) -> str | None:
        """A file's text without a byte order mark; None where there is no such file."""
        content = self.files.get(file)
        if content is None:
            return None
        try:
            # Spreadsheets put a byte order mark in front when they save as UTF-8.
            return content.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            line = content.count(b"\n", 0, error.start) + 1
            self.report_file(
                file,
                Text(
                    "应为 UTF-8 编码（在表格软件里另存为“CSV UTF-8”）",
                    "expected UTF-8 (save as “CSV UTF-8” in the spreadsheet)",
                ),
                line=line,
            )
            return None

    def rows(
        self, file: str, columns: Sequence[str], optional: Sequence[str] = ()
    ) -> list[CsvLine]:
        """All rows of a file; none where it is missing. Optional columns may be left out."""
        text = self.text(file)
        if text is None:
            return []
        lines = csv.reader(io.StringIO(text, newline=""), strict=True)
        try:
            header = [name.strip() for name in next(lines, [])]
            if not self._check_header(file, header, columns, optional):
                return []
            return list(self._body(file, header, lines, optional))
        except csv.Error as error:
            self.report_file(
                file,
                Text("应为正确的 CSV（检查引号）", "expected correct CSV (check quotes)"),
                str(error),
                lines.line_num,
            )
            return []

    def number(self, row: CsvLine, column: str) -> Fraction | None:
        if NUMBER.fullmatch(row[column]):
            return Fraction(row[column])
        self.report(row, column, Text("应为数字", "expected a number"))
        return None

    def exact(self, row: CsvLine, column: str) -> Fraction:
        """A sum over citizens as it was written; 0 where it is none, which is reported."""
        try:
            if EXACT.fullmatch(row[column]):
                return Fraction(row[column])
        except ZeroDivisionError:
            pass
        self.report(row, column, Text("应为分数", "expected a fraction"))
        return Fraction(0)

    def integer(self, row: CsvLine, column: str) -> int:
        if re.fullmatch(r"[0-9]{1,9}", row[column]):
            return int(row[column])
        self.report(row, column, Text("应为不小于 0 的整数", "expected a whole number from 0 on"))
        return 0

    def known(self, row: CsvLine, column: str, codes: Collection[str], kind: Text) -> bool:
        """Whether a code is one of those that may stand here; reports where it is not."""
        if row[column] in codes:
            return True
        listed = list(codes)
        some = "、".join(listed[:12]) + ("……" if len(listed) > 12 else "")
        self.report(
            row,
            column,
            Text(
                f"没有这个{kind.zh}，已有：{some}", f"there is no such {kind.en}; there are: {some}"
            ),
        )
        return False

    def once(self, rows: Iterable[CsvLine], columns: Sequence[str]) -> None:
        """Reports rows that say the same thing a second time."""
        first: dict[tuple[str, ...], int] = {}
        for row in rows:
            key = tuple(row[column] for column in columns)
            line = first.setdefault(key, row.line)
            if line != row.line:
                self.report(
                    row,
                    "、".join(columns),
                    Text(f"与第 {line} 行重复", f"line {line} says this already"),
                    found="，".join(key),
                )

    def _check_header(
        self, file: str, header: list[str], columns: Sequence[str], optional: Sequence[str]
    ) -> bool:
        expected = "、".join((*columns, *optional))
        wrong = [name for name in header if name not in (*columns, *optional)]
        missing = [name for name in columns if name not in header]
        for name in wrong:
            self.report_file(
                file,
                Text(
                    f"没有这一列，应为：{expected}",
                    f"there is no such column; expected: {expected}",
                ),
                name,
                1,
            )
        for name in missing:
            self.report_file(file, Text(f"缺少列 {name}", f"expected the column {name}"), line=1)
        # Which of two columns of one name holds would be a guess, so nothing below is read.
        if len(set(header)) < len(header):
            self.report_file(file, Text("每列只能出现一次", "expected each column once"), line=1)
            return False
        return not wrong and not missing

    def _body(
        self, file: str, header: list[str], lines: Iterator[list[str]], optional: Sequence[str]
    ) -> Iterator[CsvLine]:
        for cells in lines:
            line = lines.line_num  # type: ignore[attr-defined]  # a csv.reader, which has no name
            # Programs leave empty lines at the end.
            if not any(cell.strip() for cell in cells):
                continue
            if len(cells) != len(header):
                self.report_file(
                    file,
                    Text(
                        f"这一行应有 {len(header)} 列",
                        f"expected {len(header)} columns in this line",
                    ),
                    str(len(cells)),
                    line,
                )
                continue
            found = dict.fromkeys(optional, "")
            found |= {name: cell.strip() for name, cell in zip(header, cells, strict=True)}
            yield CsvLine(file, line, found)


def guarded(text: str) -> str:
    """A text as it is written: no spreadsheet takes it for a formula."""
    # Opened in a spreadsheet, a unit's name would be reckoned out.
    return f"'{text}" if text and text[0] in FORMULA_STARTS else text


def unguarded(text: str) -> str:
    """A text as it was before `guarded`."""
    # A text that began with the guard itself was guarded
    # as well, so this gives back each as it was.
    return text[1:] if len(text) > 1 and text[0] == "'" and text[1] in FORMULA_STARTS else text
