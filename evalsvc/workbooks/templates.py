"""Workbooks for an office to fill in with Excel or WPS, with what stands in them already."""

import io
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import xlsxwriter

from evalsvc.domain.assessing.counted import Key
from evalsvc.domain.concluding.history import History, TakenResult
from evalsvc.domain.preparing.figures import AdjustmentRow, Standing
from evalsvc.domain.preparing.rosters import Roster, UnitRow
from evalsvc.scheme.model import Component, Scheme
from evalsvc.text import Text, say, speak_of
from evalsvc.workbooks.cells import column_letter
from evalsvc.workbooks.figures import say_figure
from evalsvc.workbooks.figures_layout import figures_layouts
from evalsvc.workbooks.filled import Lines, build_lines
from evalsvc.workbooks.history_layout import PAST_PLACES, history_layouts
from evalsvc.workbooks.layout import (
    CHOICES,
    FLAGS,
    INSTRUCTIONS,
    NOT_APPLICABLE,
    SheetLayout,
    name_role,
)
from evalsvc.workbooks.roster_layout import (
    list_entered_groups,
    list_panel_groups,
    list_related_groups,
    roster_layouts,
)

# How far down a sheet the lists of choices reach.
ROWS = 2_000
# The same workbook has the same bytes, whenever it is made.
_MADE = datetime(2000, 1, 1, tzinfo=UTC).replace(tzinfo=None)

_ROSTER = Text("名册", "Roster")
_FIGURES = Text("成绩", "Figures")
_HISTORY = Text("历年结果", "Earlier years")
_HINTS = (
    Text(
        "1. 在各工作表第一行标题下面填写，每行一条，不要改标题，不要合并单元格。",
        "1. Fill in below the headings, one entry a row; keep the headings, merge no cells.",
    ),
    Text(
        "2. 有下拉箭头的列从列表中选择，也可以直接填名称或代码。",
        "2. Choose where there is a list; names and codes may also be typed.",
    ),
    Text(
        "3. 数字填成数字，不要填成文本；上传后先核对，有问题的单元格会逐个标出，确认后才导入。",
        "3. Write numbers as numbers. After uploading, every doubtful cell is marked, "
        "and nothing is imported before you confirm.",
    ),
)

Choices = Mapping[tuple[str, str], Sequence[Text | str]]


def roster_template(scheme: Scheme, language: str = "zh", roster: Roster | None = None) -> bytes:
    """The roster's workbook 名册, as the scheme needs it, with whatever is on the roster."""
    choices = list_roster_choices(scheme)
    links = {
        ("raters", "unit"): ("units", "name"),
        ("relations", "unit"): ("units", "name"),
        ("relations", "rater"): ("raters", "code"),
    }
    book = _Book(scheme, _ROSTER, roster_layouts(scheme), language)
    book.add_sheets(choices, links)
    if roster is not None:
        book.add_lines(build_lines(scheme, roster))
    return book.close()


def list_roster_choices(scheme: Scheme) -> dict[tuple[str, str], Sequence[Text | str]]:
    """By sheet and column, what may be chosen there."""
    return {
        ("units", "category"): _list_names(scheme.categories),
        ("units", "flags"): list(FLAGS.values()),
        ("raters", "group"): _list_names(list_entered_groups(scheme)),
        ("relations", "group"): _list_names(list_related_groups(scheme)),
        ("relations", "role"): _list_roles(scheme),
        ("seats", "group"): _list_names(list_panel_groups(scheme)),
        ("seats", "stratum"): _list_strata(scheme),
    }


def figures_template(
    scheme: Scheme, units: Sequence[UnitRow], language: str = "zh", standing: Standing | None = None
) -> bytes:
    """The workbook of figures 成绩 as they stand; what others enter is filled in and locked."""
    names = [unit.name for unit in units]
    choices: dict[tuple[str, str], Sequence[Text | str]] = {
        ("indicators", "unit"): names,
        ("adjustments", "round"): _list_names(scheme.rounds),
        ("adjustments", "unit"): names,
        ("adjustments", "rule"): _list_names(scheme.adjustments),
    }
    book = _Book(scheme, _FIGURES, figures_layouts(scheme), language)
    book.add_sheets(choices, {})
    if scheme.components:
        book.add_indicator_rows(units, standing or Standing())
    if scheme.adjustments and standing:
        book.add_adjustment_rows(units, standing.adjustments)
    return book.close()


def history_template(scheme: Scheme, history: History, language: str = "zh") -> bytes:
    """The workbook of earlier years, with what is known; a year that is a gap has an empty row."""
    choices: dict[tuple[str, str], Sequence[Text | str]] = {
        ("history", "unit"): [unit.name for unit in history.units],
        ("history", "grade"): list(scheme.outcome_names.grades.values()),
        ("history", "place"): list(PAST_PLACES.values()),
    }
    if not scheme.outcome_names.grades:
        del choices["history", "grade"]
    book = _Book(scheme, _HISTORY, history_layouts(scheme), language)
    book.add_sheets(choices, {})
    book.add_history_rows(history)
    return book.close()


def _list_names(named: Sequence[Any]) -> list[Text]:
    return [one.name for one in named]


def _list_roles(scheme: Scheme) -> list[Text]:
    roles = {
        role: name_role(role)
        for group in list_related_groups(scheme)
        for sight in group.sights
        for role in sight.roles
    }
    return list(roles.values())


def _list_strata(scheme: Scheme) -> list[Text]:
    strata = {stratum.name: None for group in list_panel_groups(scheme) for stratum in group.strata}
    return list(strata)


class _Book:
    """A workbook being written: instructions first, then a sheet for each layout."""

    def __init__(
        self, scheme: Scheme, title: Text, layouts: Sequence[SheetLayout], language: str
    ) -> None:
        self.scheme, self.title, self.layouts = scheme, title, layouts
        self.language = speak_of(scheme.evaluates, language)
        self.bytes = io.BytesIO()
        # Text stays text: a name that begins with "=" never becomes a formula.
        self.book = xlsxwriter.Workbook(
            self.bytes, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
        )
        self.book.set_properties({"created": _MADE, "title": self._say(title)})
        self.sheets: dict[str, Any] = {}
        self.formats = {
            name: self.book.add_format({"valign": "vcenter", **look})
            for name, look in _LOOKS.items()
        }

    def add_sheets(
        self, choices: Choices, links: Mapping[tuple[str, str], tuple[str, str]]
    ) -> None:
        self._add_instructions()
        for layout in self.layouts:
            self._add_sheet(layout)
        self._add_choices({key: found for key, found in choices.items() if key[0] in self.sheets})
        for (sheet, column), source in links.items():
            if sheet in self.sheets and source[0] in self.sheets:
                self._offer(sheet, column, self._reach(*source))
        self._offer_numbers()

    def add_indicator_rows(self, units: Sequence[UnitRow], standing: Standing) -> None:
        """Units with their figures, and grey dashes where a component is not for their category.

        Only the office's own cells are open: what is locked here is refused when it comes back.
        """
        sheet = self.sheets["indicators"]
        for row, unit in enumerate(units, start=1):
            sheet.write_string(row, 0, unit.name, self.formats["text"])
            for column, component in enumerate(self.scheme.components, start=1):
                if unit.category not in component.categories:
                    sheet.write_string(row, column, NOT_APPLICABLE, self.formats["grey"])
                    continue
                owned = (component.round, component.code) in standing.owners
                place = (component.round, unit.code, component.code)
                look = self.formats["locked" if owned else "open"]
                self._write_figure(row, column, component, place, standing, look)
        sheet.freeze_panes(1, 1)
        if standing.owners:
            # Without a password: it keeps from slips, and the reader from everything else.
            sheet.protect("", _ALLOWED)

    def _write_figure(
        self, row: int, column: int, component: Component, place: Key, standing: Standing, look: Any
    ) -> None:
        sheet = self.sheets["indicators"]
        if place not in standing.indicators:
            sheet.write_blank(row, column, None, look)
            return
        value = standing.indicators[place]
        said = say_figure(component, value)
        if value is not None and said.zh == value:
            sheet.write_number(row, column, float(value), look)
        else:
            sheet.write_string(row, column, self._say(said), look)

    def add_adjustment_rows(
        self, units: Sequence[UnitRow], adjustments: Sequence[AdjustmentRow]
    ) -> None:
        """A row for each bonus and deduction as it was entered."""
        names = {unit.code: unit.name for unit in units}
        rounds = {each.code: self._say(each.name) for each in self.scheme.rounds}
        kinds = {each.code: each for each in self.scheme.adjustments}
        for line, row in enumerate(adjustments, start=1):
            kind = kinds.get(row.rule)
            counted = kind is None or kind.by == "times"
            self._write_line(
                "adjustments",
                line,
                {
                    "round": rounds.get(row.round, row.round),
                    "unit": names.get(row.unit, row.unit),
                    "rule": self._say(kind.name) if kind else row.rule,
                    "times": row.times if counted else "",
                    "amount": "" if counted or row.amount is None else float(row.amount),
                    "date": row.date,
                    "evidence": row.evidence,
                    "project": row.project,
                },
            )

    def _write_line(self, key: str, line: int, cells: Mapping[str, str | float]) -> None:
        for column, each in enumerate(self._get_layout(key).columns):
            value = cells.get(each.key, "")
            if isinstance(value, str):
                self.sheets[key].write_string(line, column, value, self.formats["text"])
            else:
                self.sheets[key].write_number(line, column, value)

    def add_history_rows(self, history: History) -> None:
        """A row for each unit and year, in which only what is known is filled in."""
        line = 0
        for unit in history.units:
            for year, entry in zip(history.years, unit.entries, strict=True):
                line += 1
                self._write_past(line, unit.name, year, entry)

    def _write_past(self, line: int, name: str, year: int, entry: TakenResult | None) -> None:
        sheet, layout = self.sheets["history"], self._get_layout("history")
        sheet.write_string(line, 0, name, self.formats["text"])
        sheet.write_number(line, 1, year)
        if entry is None:
            return
        row, grades = entry.row, self.scheme.outcome_names.grades
        if row.score is not None:
            sheet.write_number(line, 2, float(row.score))
        said = {"grade": grades.get(row.grade), "place": PAST_PLACES.get(row.place)}
        for number, column in enumerate(layout.columns):
            text = said.get(column.key)
            if text is not None:
                sheet.write_string(line, number, self._say(text), self.formats["text"])

    def add_lines(self, lines: Lines) -> None:
        """What is there already, by sheet, below the headings."""
        for key, rows in lines.items():
            columns = self._get_layout(key).columns
            for number, row in enumerate(rows, start=1):
                for place, column in enumerate(columns):
                    self._write(key, number, place, row.cells.get(column.key))

    def _write(self, key: str, row: int, column: int, value: Text | int | None) -> None:
        if isinstance(value, int):
            self.sheets[key].write_number(row, column, value)
        elif value:
            self.sheets[key].write_string(row, column, self._say(value), self.formats["text"])

    def close(self) -> bytes:
        self.book.close()
        return self.bytes.getvalue()

    def _say(self, text: Text) -> str:
        return text.in_language(self.language)

    def _add_instructions(self) -> None:
        sheet = self.book.add_worksheet(self._say(INSTRUCTIONS))
        for column, width in enumerate((16, 30, 72, 30)):
            sheet.set_column(column, column, width)
        title = f"{self._say(self.scheme.title)} · {self._say(self.title)}"
        sheet.write_string(0, 0, title, self.formats["title"])
        for row, hint in enumerate(_HINTS, start=1):
            sheet.write_string(row, 0, self._say(hint))
        row = len(_HINTS) + 2
        for layout in self.layouts:
            row = self._explain(sheet, row, layout)
        sheet.hide_gridlines(2)
        _print_on_a4(sheet)

    def _explain(self, sheet: Any, row: int, layout: SheetLayout) -> int:
        """Explain a sheet from this row on, with an example; the next free row comes back."""
        sheet.write_string(row, 0, self._say(layout.name), self.formats["section"])
        sheet.write_string(row, 1, self._say(layout.about))
        heads = (Text("列", "Column"), Text("填什么", "What belongs in it"), Text("例", "Example"))
        for place, head in enumerate(heads, start=1):
            sheet.write_string(row + 1, place, self._say(head), self.formats["heading"])
        row += 2
        # Components all take the same; the first two stand for them.
        for column in layout.columns[:3] if layout.key == "indicators" else layout.columns:
            sheet.write_string(row, 1, self._say(column.heading), self.formats["plain"])
            sheet.write_string(row, 2, self._say(column.about), self.formats["plain"])
            sheet.write_string(row, 3, self._say(column.example), self.formats["plain"])
            row += 1
        return row + 1

    def _add_sheet(self, layout: SheetLayout) -> None:
        sheet = self.book.add_worksheet(self._say(layout.name))
        self.sheets[layout.key] = sheet
        sheet.freeze_panes(1, 0)
        sheet.repeat_rows(0)
        _print_on_a4(sheet, wide=layout.key == "indicators")
        sheet.set_row(0, 48 if layout.key == "indicators" else 24)
        for number, column in enumerate(layout.columns):
            look = "number" if column.key in _NUMBERS or "/" in column.key else "text"
            sheet.set_column(number, number, column.width, self.formats[look])
            required = "heading" if column.required else "optional"
            sheet.write_string(0, number, self._say(column.heading), self.formats[required])

    def _add_choices(self, choices: Choices) -> None:
        """A hidden sheet with a column for each list: a list in the cell ends at 255 characters."""
        hidden = self.book.add_worksheet(self._say(CHOICES))
        for number, (key, texts) in enumerate(choices.items()):
            hidden.write_string(0, number, "/".join(key))
            for row, text in enumerate(texts, start=1):
                hidden.write_string(row, number, str(say(text, self.language)))
            letter = column_letter(number + 1)
            if texts:
                place = f"='{self._say(CHOICES)}'!${letter}$2:${letter}${len(texts) + 1}"
                self._offer(*key, place)
        hidden.hide()

    def _reach(self, sheet: str, column: str) -> str:
        layout = self._get_layout(sheet)
        letter = column_letter(layout.columns.index(layout.get_column(column)) + 1)
        return f"='{self._say(layout.name)}'!${letter}$2:${letter}${ROWS}"

    def _offer(self, sheet: str, column: str, source: str) -> None:
        # A warning only: codes are as good as names, and the reader checks everything again.
        self._validate(
            sheet,
            column,
            {
                "validate": "list",
                "source": source,
                "error_type": "warning",
                "error_title": self._say(Text("不在列表中", "Not on the list")),
                "error_message": self._say(
                    Text(
                        "请从列表中选择，或填代码。", "Please choose from the list, or type a code."
                    )
                ),
            },
        )

    def _offer_numbers(self) -> None:
        for sheet, column in (("seats", "seats"), ("adjustments", "times")):
            if sheet in self.sheets:
                self._validate(
                    sheet,
                    column,
                    {
                        "validate": "integer",
                        "criteria": ">=",
                        "value": 1,
                        "error_title": self._say(Text("应为正整数", "A whole number")),
                    },
                )

    def _validate(self, sheet: str, column: str, rule: dict[str, Any]) -> None:
        layout = self._get_layout(sheet)
        number = layout.columns.index(layout.get_column(column))
        self.sheets[sheet].data_validation(1, number, ROWS - 1, number, rule)

    def _get_layout(self, key: str) -> SheetLayout:
        return next(layout for layout in self.layouts if layout.key == key)


def _print_on_a4(sheet: Any, *, wide: bool = False) -> None:
    """Across the page; a wide sheet goes over several, with its first column on each."""
    sheet.set_paper(9)
    sheet.set_landscape()
    if wide:
        sheet.repeat_columns(0)
    else:
        sheet.fit_to_pages(1, 0)


# What a protected sheet still lets people do: everything that changes no figure.
_ALLOWED = {
    "format_columns": True,
    "format_rows": True,
    "select_locked_cells": True,
    "select_unlocked_cells": True,
}
_NUMBERS = ("seats", "times", "amount", "year", "score")
_LOOKS: Mapping[str, Mapping[str, object]] = {
    "title": {"bold": True, "font_size": 16},
    "section": {"bold": True},
    "plain": {"text_wrap": True, "valign": "top"},
    "heading": {"bold": True, "bg_color": "#DCE6F2", "bottom": 1, "text_wrap": True},
    "optional": {"bg_color": "#EEF2F7", "bottom": 1, "text_wrap": True},
    # Text format keeps codes such as 007 as they are typed.
    "text": {"num_format": "@"},
    "number": {},
    "open": {"locked": False},
    "locked": {"font_color": "#4A4A4A", "bg_color": "#E8E8E8", "locked": True},
    "grey": {"font_color": "#6B6B6B", "bg_color": "#F2F2F2", "align": "center"},
}
