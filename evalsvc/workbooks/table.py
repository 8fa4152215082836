"""Reads a sheet against its layout: typed values of its rows, gathering problems."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from evalsvc.invisible import list_invisible
from evalsvc.printable import list_meaningless, list_undrawn, name_character
from evalsvc.text import NOTHING, Text
from evalsvc.workbooks.cells import EMPTY, Cell, Sheet, build_key, clean, column_letter
from evalsvc.workbooks.codes import Options, read_code
from evalsvc.workbooks.headings import find_headings
from evalsvc.workbooks.layout import Column, SheetLayout
from evalsvc.workbooks.problems import Findings, Severity, build_preview
from evalsvc.workbooks.seen import (
    NO_YEAR,
    PERCENT,
    UNCLEAR,
    UNREAD,
    Words,
    read_figure,
    read_words,
    show_both,
    show_exactly,
    tell_unread,
)
from evalsvc.workbooks.written import parse_date, parse_number

_NAMED_ROWS = 8
_EXPECTED = Text("；应为：%(names)s", "; expected: %(names)s")
_NEAREST = Text("，最接近的是“%(name)s”", ", the nearest is “%(name)s”")


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
                if not all(row.is_blank(key) for key in self.places):
                    yield row

    def has(self, *keys: str) -> bool:
        return all(key in self.places for key in keys)


def open_table(sheets: Sequence[Sheet], layout: SheetLayout, findings: Findings) -> Table | None:
    """The table of a layout; None, with the problem reported, where the sheet is missing."""
    # Excel lets no two sheets have one name; a book may have the Chinese and the English one.
    titles = {build_key(each) for each in layout.name.spellings}
    found = [sheet for sheet in sheets if build_key(sheet.name) in titles]
    if len(found) == 1:
        headings = find_headings(found[0], layout, findings)
        table = Table(found[0], layout, headings.row, headings.places, findings)
        _report_hidden(table)
        return table
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


def _report_hidden(table: Table) -> None:
    """What people don't see is read like the rest, and is said to be."""
    sheet = table.sheet
    if sheet.hidden:
        _note_hidden(
            table,
            Text(
                "这张工作表是隐藏的，也读取了；不该导入的，请删去里面的行",
                "this sheet is hidden; it is read; please delete its rows if they don't belong",
            ),
        )
    rows = [row.number for row in table.list_rows() if row.number in sheet.hidden_rows]
    if rows:
        shown = "、".join(str(row) for row in rows[:_NAMED_ROWS])
        more = Text("等", " and others") if len(rows) > _NAMED_ROWS else Text("", "")
        _note_hidden(
            table,
            Text(
                f"有 {len(rows)} 行被隐藏（多半是筛选），也读取了：第{shown}{more.zh}行；"
                "不该导入的，请删去这些行",
                f"hidden rows, mostly by a filter, are read as well ({len(rows)}): "
                f"{shown}{more.en}; please delete those that don't belong",
            ),
        )
    columns = [
        place
        for place in table.places.values()
        if any(first <= place <= last for first, last in sheet.hidden_columns)
    ]
    if columns:
        letters = "、".join(column_letter(place) for place in sorted(columns))
        _note_hidden(
            table,
            Text(
                f"有 {len(columns)} 列被隐藏，也读取了：{letters}；不该导入的，请清空这些列",
                f"hidden columns are read as well ({len(columns)}): {letters}; please clear those "
                "that don't belong",
            ),
        )


def _note_hidden(table: Table, text: Text) -> None:
    table.findings.report(table.sheet.name, text, severity="warning")


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
            found=show_both(self.get_cell(key)) if found is None else found,
            severity=severity,
        )

    def is_blank(self, key: str) -> bool:
        return not clean(self.get_cell(key).seen)

    def text(
        self, key: str, most: int, what: Text | None = None, *, names: bool = False
    ) -> str | None:
        """A text; an empty one is "" where the column is optional.

        Where it `names` something, a cell that holds a date, a truth or an amount is a mistake;
        in a free text it is what it shows.
        """
        cell = self._find(key, what)
        words = None if cell is None else self._read_words(key, cell, strict=names)
        if words is None:
            return None
        if names and not self._check_printable(key, words.text):
            return None
        if len(words.text) > most:
            self.report(
                key,
                Text(
                    f"有{len(words.text)}个字，最多{most}个",
                    f"has {len(words.text)} characters, {most} at most",
                ),
                found=words.text,
            )
            return None
        return words.text

    def code(self, key: str, most: int = 40, *, label: str = "") -> str | None:
        """A code; full-width letters become plain ones, quotes, brackets and its label go."""
        cell = self._find(key)
        words = None if cell is None else self._read_words(key, cell, strict=True)
        if words is None:
            return None
        code = read_code(words.text, clean(self.get_cell(label).seen) if label else "")
        if code and len(code) <= most:
            return code if self._check_printable(key, code) else None
        if list_meaningless(words.text) and not self._check_printable(key, words.text):
            return None
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
        return self._match(key, cell, options, what) if clean(cell.seen) else ""

    def _check_printable(self, key: str, text: str) -> bool:
        """Mark what can't be printed before any letter is; whether it may stay."""
        lost = "、".join(map(name_character, list_meaningless(text)))
        if lost:
            self.report(
                key,
                Text(
                    f"有印不出来的字 {lost}：是造字或者乱码，换一台电脑就成了别的字；"
                    "请换成标准的字，或者写成拼音",
                    f"there are characters that can't be printed, {lost}: a private character or "
                    "what is left of a lost one, which each machine draws otherwise; please write "
                    "a standard character, or spell it",
                ),
            )
        undrawn = list_undrawn(text)
        if undrawn and not lost:
            named = "、".join(f"{each} {name_character(each)}" for each in undrawn)
            self.report(
                key,
                Text(
                    f"这台服务器没有能印这些字的字体：{named}；信件和文件上会印成方括号里的编号。"
                    "请管服务器的人安装字体（见运行说明），或换一种写法",
                    f"no font of this server draws these characters: {named}; letters and "
                    "documents will have the number in brackets. Please have a font installed "
                    "(docs/operations), or write it otherwise",
                ),
                severity="warning",
            )
        return not lost

    def _read_words(self, key: str, cell: Cell, *, strict: bool) -> Words | None:
        """The words of a cell with what is to be said of them; None where that is a mistake."""
        words = read_words(cell)
        if words.remark and cell is not EMPTY:
            wrong = strict and words.doubtful
            severity: Severity = "error" if wrong else "warning"
            self.report(key, words.remark, show_exactly(cell), severity)
            return None if wrong else words
        return words

    def number_of(self, key: str, *, counts: bool = False) -> Decimal | None:
        """An exact decimal number from a cell that holds a number, as it is shown.

        What `counts` something, such as times, money or years, is no percentage.
        """
        cell = self._find(key)
        if cell is None or not clean(cell.text):
            return None
        # Numbers as numbers: a text that looks like one has lost something in Excel already.
        figure = read_figure(cell)
        if counts and figure.remark is PERCENT:
            self.report(key, UNCLEAR)
            return None
        if figure.remark:
            self.report(key, figure.remark, severity="error" if figure.value is None else "warning")
        elif figure.value is None:
            self._report_no_number(key, cell)
        return figure.value

    def whole(self, key: str, most: int) -> int | None:
        """A whole number from 1 on."""
        number = self.number_of(key, counts=True)
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
        # A number under a date's format is a day of 1900 or so, and was never meant as one.
        if found is not None and 1990 <= found.year <= 2100:
            # A typed 3-1 is a day of the year in which it was typed.
            if f"{found.year % 100:02}" not in cell.seen:
                self.report(key, NO_YEAR, severity="warning")
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
        if cell.kind in UNREAD:
            self.report(key, tell_unread(cell))
            return None
        # A format such as `;;;` shows nothing of what the cell holds, which is no blank then.
        if clean(cell.text) and not clean(cell.seen):
            self.report(key, UNCLEAR)
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

    def _report_no_number(self, key: str, cell: Cell) -> None:
        is_figure = cell.kind == "text" and parse_number(clean(cell.text)) is not None
        invisible = "、".join(list_invisible(cell.text))
        if is_figure and invisible:
            self.report(
                key,
                Text(
                    f"数的前后有看不见的字符（{invisible}，多半是从网页或聊天软件粘贴来的），"
                    "Excel 当作了文本；请清空这个单元格，用键盘重新输入",
                    f"there are characters that nobody sees around the number ({invisible}, "
                    "mostly pasted from a web page or a chat), so that Excel took it for text; "
                    "please clear the cell and type it",
                ),
            )
        elif is_figure:
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

    def _match(self, key: str, cell: Cell, options: Options, what: Text) -> str | None:
        words = read_words(cell)
        code = options.find(words.text)
        if code is not None:
            return code
        names = options.list_names()
        if words.doubtful and words.remark:
            self.report(key, words.remark, show_exactly(cell))
        elif options.contradicts(words.text):
            self.report(
                key,
                Text(
                    "代码和名称不是同一个，请核对，只留一个",
                    "code and name are not of the same one; please check and keep one",
                ),
            )
        else:
            unknown = Text(f"没有这个{what.zh}", f"there is no such {what.en}")
            self.report(key, unknown + guess(options, words.text) + _EXPECTED.filled(names=names))
        return None


def guess(options: Options, text: str) -> Text:
    """The nearest name, to be added where something is said to be none of them."""
    nearest = options.find_nearest(text)
    return _NEAREST.filled(name=nearest) if nearest else NOTHING


def list_twice(keys: Iterable[str]) -> frozenset[str]:
    """What occurs more than once."""
    return frozenset(key for key, times in Counter(keys).items() if times > 1)
