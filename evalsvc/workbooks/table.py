"""Reads a sheet against its layout: finds the headings, then typed values, gathering problems."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation

from evalsvc.text import AND, Text, same
from evalsvc.workbooks.cells import EMPTY, Cell, Sheet, build_key, clean, column_letter
from evalsvc.workbooks.layout import Column, SheetLayout
from evalsvc.workbooks.problems import CellProblem, Severity, SheetPreview, build_preview

# An office may put a title above the headings.
HEADINGS_WITHIN = 10
MOST_FIGURE = Decimal(10) ** 12
MOST_DECIMALS = 20
# Beyond these a list helps nobody; something general is wrong.
MOST_PROBLEMS = 1_000

# As people write one; an exponent would ask for as many digits as it says.
_WRITTEN = re.compile(r"[+-]?([0-9]{1,12}|[0-9]{1,3}(,[0-9]{3}){1,3})(\.[0-9]{1,12})?")
_CODE = re.compile(r"[\w.\-]+")
_DATE = re.compile(
    r"([0-9]{4})(?:-([0-9]{1,2})-([0-9]{1,2})|/([0-9]{1,2})/([0-9]{1,2})"
    r"|\.([0-9]{1,2})\.([0-9]{1,2})|年([0-9]{1,2})月([0-9]{1,2})日)(?: [0-9:.]+)?"
)
_NAMED_OPTIONS = 12
_MORE = Text(
    "问题太多，后面的没有列出；请先改正以上各处",
    "there are more problems than are listed here; please mend these first",
)


@dataclass(frozen=True)
class Options:
    """What a cell may say: names by code, and codes by every spelling of code or name."""

    names: Mapping[str, Text]
    codes: Mapping[str, str]

    def find(self, text: str) -> str | None:
        """The code of an option written as code or name, whatever its width and capitals."""
        return text if text in self.names else self.codes.get(build_key(text))

    def list_names(self) -> Text:
        """Some of the names, for a message."""
        shown = list(self.names.values())[:_NAMED_OPTIONS]
        more = "……" if len(self.names) > _NAMED_OPTIONS else ""
        return AND.join(shown) + same(more)


def build_options(names: Mapping[str, Text]) -> Options:
    """Options that are found fast; a code goes before another option's name."""
    codes = {
        build_key(spelling): code
        for code, name in names.items()
        for spelling in (name.en, name.zh)
        if spelling
    }
    return Options(names, codes | {build_key(code): code for code in names})


class Findings:
    """The problems of one workbook, in the order in which they are found."""

    def __init__(self) -> None:
        self.problems: list[CellProblem] = []
        self.previews: list[SheetPreview] = []

    def report(
        self,
        sheet: str,
        text: Text,
        *,
        place: tuple[int, int] | None = None,
        heading: str = "",
        found: str = "",
        severity: Severity = "error",
    ) -> None:
        row, letter = (place[0], column_letter(place[1])) if place else (None, None)
        if len(self.problems) < MOST_PROBLEMS:
            self.problems.append(
                CellProblem(sheet, row, letter, heading, found[:120], text, severity)
            )
        elif len(self.problems) == MOST_PROBLEMS:
            # One more is kept, which says that there are more.
            self.problems.append(CellProblem(sheet, None, None, "", "", _MORE))


@dataclass(frozen=True)
class Table:
    """A sheet whose headings were found: the column number of each key."""

    sheet: Sheet
    layout: SheetLayout
    header_row: int
    places: Mapping[str, int]
    findings: Findings

    def list_rows(self) -> Iterator["TableRow"]:
        """Rows with something in a known column; empty ones between them are skipped."""
        for number in self.sheet.rows:
            if number > self.header_row:
                row = TableRow(self, number)
                if any(clean(row.get_cell(key).text) for key in self.places):
                    yield row

    def has(self, *keys: str) -> bool:
        return all(key in self.places for key in keys)


def open_table(sheets: Sequence[Sheet], layout: SheetLayout, findings: Findings) -> Table | None:
    """The table of a layout; None, with the problem reported, where the sheet is missing."""
    titles = {build_key(layout.name.zh), build_key(layout.name.en)}
    found = [sheet for sheet in sheets if build_key(sheet.name) in titles]
    if len(found) == 1:
        return _find_headings(found[0], layout, findings)
    names = "、".join(sheet.name for sheet in sheets)
    if found:
        findings.report(
            layout.name.zh,
            Text("这张工作表有两张，请只留一张", "there are two of this sheet; please keep one"),
            found=names,
        )
    else:
        findings.report(
            layout.name.zh,
            Text(
                f"缺少工作表“{layout.name.zh}”；文件中有：{names}。请使用下载的模板，不要改工作表名",
                f"the sheet “{layout.name.en}” is missing; there are: {names}. Please use the "
                "template and keep the sheets' names",
            ),
            found=names,
        )
    return None


def close_table(table: Table | None, findings: Findings) -> None:
    """Keep the sheet as it looks, with the marks of all problems found in it."""
    if table is not None:
        findings.previews.append(build_preview(table.sheet, table.header_row, findings.problems))


def _find_headings(sheet: Sheet, layout: SheetLayout, findings: Findings) -> Table:
    keys = _build_headings(layout)
    number = _find_header_row(sheet, keys)
    places: dict[str, int] = {}
    for column, cell in sheet.rows.get(number, {}).items():
        key, shown = keys.get(build_key(cell.text)), clean(cell.text)
        if not shown:
            continue
        if key is None:
            findings.report(
                sheet.name,
                _unknown_heading(layout),
                place=(number, column),
                heading=shown,
                found=shown,
            )
        elif key in places:
            first = column_letter(places[key])
            findings.report(
                sheet.name,
                Text(
                    f"这一列与{first}列重复，请只留一列", f"doubles column {first}; please keep one"
                ),
                place=(number, column),
                heading=shown,
                found=shown,
            )
        else:
            places[key] = column
    table = Table(sheet, layout, number, places, findings)
    _report_missing(table)
    _report_merged(table)
    return table


def _build_headings(layout: SheetLayout) -> dict[str, str]:
    """Every heading that is understood; where a short one could be two columns, it is neither."""
    keys: dict[str, str] = {}
    doubtful = set()
    for column in layout.columns:
        for heading in {
            build_key(text) for text in (column.heading.zh, column.heading.en, *column.also)
        }:
            # Two columns want it, so neither gets it: a figure in the wrong column would count.
            if keys.setdefault(heading, column.key) != column.key:
                doubtful.add(heading)
    return {heading: key for heading, key in keys.items() if heading not in doubtful}


def _find_header_row(sheet: Sheet, keys: Mapping[str, str]) -> int:
    """The row with most known headings; the first one where none has any."""

    def known(number: int) -> int:
        return sum(build_key(cell.text) in keys for cell in sheet.rows[number].values())

    first = [number for number in sheet.rows if number <= HEADINGS_WITHIN]
    # The first of the best, since titles above the headings have words of them.
    return max(first, key=lambda number: (known(number), -number), default=1)


def _unknown_heading(layout: SheetLayout) -> Text:
    return Text(
        "没有这一列；可用的列：%(columns)s。请改回模板的标题，或删去这一列",
        "there is no such column; there are: %(columns)s. Please restore the template's heading "
        "or delete the column",
    ).filled(columns=AND.join(column.heading for column in layout.columns[:12]))


def _report_missing(table: Table) -> None:
    for column in table.layout.columns:
        if column.required and column.key not in table.places:
            table.findings.report(
                table.sheet.name,
                Text(
                    f"第{table.header_row}行缺少“{column.heading.zh}”一列",
                    f"the column “{column.heading.en}” is missing from row {table.header_row}",
                ),
                heading=column.heading.zh,
            )


def _report_merged(table: Table) -> None:
    columns = set(table.places.values())
    for block in table.sheet.merged:
        if block.last_row < table.header_row:
            continue
        touched = columns.intersection(range(block.first_column, block.last_column + 1))
        if touched:
            table.findings.report(
                table.sheet.name,
                Text(
                    f"{block} 是合并单元格，请取消合并，每个单元格各填各的",
                    f"{block} is merged; please unmerge it and fill in every cell",
                ),
                place=(block.first_row, block.first_column),
                found=str(block),
            )


@dataclass(frozen=True)
class TableRow:
    """One row: accessors give a good value or None, and report what was wrong."""

    table: Table
    number: int

    def get_cell(self, key: str) -> Cell:
        column = self.table.places.get(key)
        return EMPTY if column is None else self.table.sheet.get_cell(self.number, column)

    def report(
        self, key: str, text: Text, found: str | None = None, severity: Severity = "error"
    ) -> None:
        """A problem with this row's cell in the column of this key."""
        column = self.table.layout.get_column(key)
        place = self.table.places.get(key)
        self.table.findings.report(
            self.table.sheet.name,
            text,
            place=(self.number, place or 1),
            heading=column.heading.zh,
            found=self.get_cell(key).text if found is None else found,
            severity=severity,
        )

    def is_blank(self, key: str) -> bool:
        return not clean(self.get_cell(key).text)

    def text(self, key: str, most: int, what: Text | None = None) -> str | None:
        """A text; an empty one is "" where the column is optional."""
        cell = self._find(key, what)
        if cell is None:
            return None
        text = clean(cell.text)
        if len(text) > most:
            self.report(
                key,
                Text(
                    f"有{len(text)}个字，最多{most}个",
                    f"has {len(text)} characters, {most} at most",
                ),
            )
            return None
        return text

    def code(self, key: str, most: int = 40) -> str | None:
        """A code; full-width letters and digits become plain ones."""
        cell = self._find(key)
        if cell is None:
            return None
        code = fold_width(clean(cell.text))
        if _CODE.fullmatch(code) and len(code) <= most:
            return code
        self.report(
            key,
            Text(
                f"代码只能用字母、数字、汉字和 . _ -，最多{most}个字，中间没有空格",
                f"a code has letters, digits, dots, underscores and hyphens, {most} at most, no "
                "spaces",
            ),
        )
        return None

    def choice(self, key: str, options: Options, what: Text) -> str | None:
        """One of the options, given by code or name; "" where the column is optional and empty."""
        cell = self._find(key)
        if cell is None:
            return None
        return "" if not clean(cell.text) else self._match(key, clean(cell.text), options, what)

    def number_of(self, key: str) -> Decimal | None:
        """An exact decimal number from a cell that holds a number."""
        cell = self._find(key)
        if cell is None or not clean(cell.text):
            return None
        # Numbers as numbers: a text that looks like one has lost something in Excel already.
        number = _read_stored(cell.text) if cell.kind == "number" else None
        if number is not None:
            return number
        self._report_no_number(key, cell)
        return None

    def whole(self, key: str, most: int) -> int | None:
        """A whole number from 1 on."""
        number = self.number_of(key)
        if number is None:
            return None
        if number == number.to_integral_value() and 1 <= number <= most:
            return int(number)
        self.report(
            key, Text(f"应为 1 到 {most} 的整数", f"expected a whole number from 1 to {most}")
        )
        return None

    def day(self, key: str) -> str | None:
        """A date as ISO text, from Excel's own or from one written out."""
        cell = self._find(key)
        if cell is None:
            return None
        found = parse_date(clean(cell.text)) if cell.kind in ("date", "text") else None
        if found is not None and 1990 <= found.year <= 2100:
            return found.isoformat()
        self.report(
            key,
            Text("应为日期，如 2018-12-10 或 2018年12月10日", "expected a date such as 2018-12-10"),
        )
        return None

    def _find(self, key: str, what: Text | None = None) -> Cell | None:
        """The cell, if the column is there and it shows no error; blank only where allowed."""
        column = self.table.layout.get_column(key)
        if key not in self.table.places:
            return None if column.required else EMPTY
        cell = self.get_cell(key)
        if cell.kind in ("error", "formula", "broken"):
            self._report_formula(key, cell)
            return None
        if column.required and not clean(cell.text):
            self._report_blank(key, column, what)
            return None
        return cell

    def _report_blank(self, key: str, column: Column, what: Text | None) -> None:
        # Cells under a merged block are empty because of it, which has been said.
        if self.table.sheet.is_covered(self.number, self.table.places[key]):
            return
        expected = Text("不能空着：%(what)s", "must not be empty: %(what)s")
        self.report(key, expected.filled(what=what or column.about))

    def _report_formula(self, key: str, cell: Cell) -> None:
        if cell.kind == "error":
            self.report(
                key,
                Text(
                    f"公式出错（{cell.text}）；请改正公式，或直接填数值",
                    f"the formula shows {cell.text}; please mend it or write the value",
                ),
            )
        elif cell.kind == "broken":
            self.report(
                key,
                Text(
                    "这个单元格的内容在文件里找不到或读不出；请在这里重新输入",
                    "the content of this cell is not in the file or can't be read; please type it "
                    "again",
                ),
            )
        else:
            self.report(
                key,
                Text(
                    "公式还没有算出结果；请在 Excel 或 WPS 中打开并保存，或直接填数值",
                    "the formula has no result yet; please open and save it in Excel or WPS, "
                    "or write the value",
                ),
            )

    def _report_no_number(self, key: str, cell: Cell) -> None:
        if cell.kind == "text" and parse_number(clean(cell.text)) is not None:
            self.report(
                key,
                Text(
                    "这是文本格式的数字；请选中该列，点“数据”→“分列”→“完成”，再保存",
                    "this is a number stored as text; select the column, press Data → Text to "
                    "Columns → Finish, and save",
                ),
            )
        else:
            self.report(key, Text("应为数字", "expected a number"))

    def _match(self, key: str, text: str, options: Options, what: Text) -> str | None:
        code = options.find(text)
        if code is None:
            names = options.list_names()
            self.report(
                key,
                Text(
                    f"没有这个{what.zh}；应为：{names.zh}",
                    f"there is no such {what.en}; expected: {names.en}",
                ),
            )
        return code


def fold_width(text: str) -> str:
    """Full-width ASCII as plain ASCII; Chinese punctuation stays."""
    return "".join(
        chr(ord(letter) - 0xFEE0) if "\uff01" <= letter <= "\uff5e" else letter for letter in text
    )


def parse_number(text: str) -> Decimal | None:
    """A number written as text, also with full-width digits and thousands separators."""
    plain = fold_width(text)
    return Decimal(plain.replace(",", "")) if _WRITTEN.fullmatch(plain) else None


def _read_stored(text: str) -> Decimal | None:
    """The number that a cell holds; None for those that no figure is, such as nan or 1e-300."""
    try:
        number = Decimal(text)
    except InvalidOperation:
        return None
    # NaN and what is too long for a figure are told in the cell, and never reach a sum.
    exponent = number.as_tuple().exponent
    plain = isinstance(exponent, int) and -MOST_DECIMALS <= exponent <= MOST_DECIMALS
    return number if plain and abs(number) < MOST_FIGURE else None


def parse_date(text: str) -> date | None:
    """A date in one of the ways an office writes it."""
    found = _DATE.fullmatch(fold_width(text))
    if found is None:
        return None
    year, month, day = (int(part) for part in found.groups() if part)
    try:
        return date(year, month, day)
    except ValueError:
        return None


def list_twice(keys: Iterable[str]) -> frozenset[str]:
    """What occurs more than once."""
    return frozenset(key for key, times in Counter(keys).items() if times > 1)
