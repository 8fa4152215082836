"""result.xlsx: the ranking, every component, every fact below them, and how it was computed."""

import io
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from unicodedata import east_asian_width

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from analysis.score.tree import Node, UnitResult
from evalsvc.language import show_moment, translate
from evalsvc.reports.documents.cells import neutral_text
from evalsvc.reports.documents.diagnostics import build_documents
from evalsvc.reports.documents.figure_trail import build_trail
from evalsvc.reports.documents.notes import list_notes
from evalsvc.reports.ranking import list_categories, list_columns
from evalsvc.reports.words.explain import Explanation, Raters, explain
from evalsvc.reports.words.outcome_words import say_end, say_end_heading
from evalsvc.reports.words.wording import node_name
from evalsvc.results.diagnostics import SeasonDiagnostics
from evalsvc.results.satisfaction import SatisfactionTable
from evalsvc.results.season import ResultContent

WIDEST = 60
NARROWEST = 7
PADDING = 3  # for the filter's button
MEASURED_ROWS = 400

# What a result shows beside the total: the parts, and their parts.
SHOWN_DEPTH = 2


@dataclass(frozen=True)
class Figure:
    """A number in a cell with so many decimals; a missing one leaves the cell empty."""

    value: Fraction | int | None
    places: int = 0


Cell = str | Figure


def render_workbook(
    content: ResultContent, language: str = "zh", raters: Raters | None = None
) -> bytes:
    """The workbook of a season's result. `raters` names those of groups that keep names."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    book.set_properties(
        {
            "title": neutral_text(content.head.season_title),
            "author": neutral_text(content.head.office),
            "created": content.head.computed_at.replace(tzinfo=None),
        }
    )
    writer = _Writer(book)
    explained = {
        unit.unit: [explain(node, content.scheme, language, raters) for node in unit.tree.walk()]
        for unit in content.units
    }
    writer.sheet(translate("结果", language), 4, *_ranking(content, language))
    writer.sheet(translate("计分项", language), 3, *_components(content, language))
    writer.sheet(translate("计分明细", language), 4, *_details(content, language, explained))
    for place, table in enumerate(content.satisfaction, start=1):
        name = translate("满意度", language) + (str(place) if len(content.satisfaction) > 1 else "")
        writer.sheet(name, 2, *_satisfaction(table, language))
    if content.diagnostics is not None and content.diagnostics.rounds:
        quality = _quality(content, content.diagnostics, language)
        writer.sheet(translate("评价质量", language), 2, *quality)
    if content.changes:
        writer.sheet(translate("采用以后改过的数", language), 3, *_changes(content, language))
    writer.sheet(translate("说明", language), 0, *_notes(content, language))
    book.close()
    return out.getvalue()


Rows = tuple[Sequence[str], Iterable[Sequence[Cell]]]
"""A header and what stands below it."""


def _ranking(content: ResultContent, language: str) -> Rows:
    columns = [c.code for c in list_columns((u.tree for u in content.units), SHOWN_DEPTH)]
    names = [node_name(content.scheme, code, language) for code in columns]
    fixed = _say(language, "类别", "名次", "单位代码", "单位", "得分")
    ended = (say_end_heading(content.scheme, language),) if content.ends else ()
    places = content.scheme.publication.places

    def rows() -> Iterator[Sequence[Cell]]:
        for name, unit in _units(content, language):
            published = None if unit.published is None else Fraction(unit.published)
            yield (
                name,
                Figure(unit.rank),
                unit.unit,
                content.names[unit.unit],
                Figure(published, places),
                *(say_end(content.ends[unit.unit], content.scheme, language) for _ in ended),
                *_plain(content, unit.unit, places),
                *_values(unit.tree, columns, places),
            )

    plain = _say(language, "不排除任何票的得分", "不排除任何票的名次") if content.plain else ()
    return (*fixed, *ended, *plain, *names), rows()


def _plain(content: ResultContent, unit: str, places: int) -> Iterator[Figure]:
    """The figures without anybody's exclusions, where there are any and they may be shown."""
    if content.plain:
        plain = content.plain[unit]
        figure = None if plain.published is None else Fraction(plain.published)
        yield from (Figure(figure, places), Figure(plain.rank))


def _components(content: ResultContent, language: str) -> Rows:
    columns = [c.code for c in list_columns(unit.tree for unit in content.units)]
    names = [node_name(content.scheme, code, language) for code in columns]
    total = node_name(content.scheme, content.units[0].tree.code, language) if content.units else ""
    fixed = _say(language, "类别", "单位代码", "单位")

    def rows() -> Iterator[Sequence[Cell]]:
        for name, unit in _units(content, language):
            yield (
                name,
                unit.unit,
                content.names[unit.unit],
                *_values(unit.tree, [unit.tree.code, *columns], 4),
            )

    return (*fixed, total, *names), rows()


def _values(tree: Node, columns: Sequence[str], places: int) -> Iterator[Figure]:
    values = {node.code: node.value for node in tree.walk()}
    for code in columns:
        yield Figure(values.get(code), places)


def _details(
    content: ResultContent, language: str, explained: dict[str, list[Explanation]]
) -> Rows:
    headings = _say(
        language, "单位代码", "单位", "计分项代码", "计分项", "规则", "得分", "权重",
        "实用权重", "依据", "填写", "折合分", "计入份额", "说明",
    )  # a table, read by rows  # fmt: skip

    def rows() -> Iterator[Sequence[Cell]]:
        for _, unit in _units(content, language):
            name = content.names[unit.unit]
            for node, told in zip(unit.tree.walk(), explained[unit.unit], strict=True):
                head = (unit.unit, name, told.code, told.title, told.rule)
                notes = " ".join((told.sentence, *told.remarks))
                yield (
                    *head,
                    Figure(node.value, 4),
                    Figure(node.weight, 4),
                    Figure(node.applied, 4),
                    "",
                    "",
                    "",
                    "",
                    notes,
                )
                if node.parts:  # the parts have rows of their own
                    continue
                for row in told.rows:
                    yield (
                        *head,
                        "",
                        "",
                        "",
                        row.label,
                        row.raw,
                        Figure(row.points, 4),
                        Figure(row.applied, 4),
                        row.note,
                    )

    return headings, rows()


def _satisfaction(table: SatisfactionTable, language: str) -> Rows:
    levels = [level for level in table.question.scale if level.points is not None]
    headings = (
        *_say(language, "单位代码", "单位", "有效答卷", "不了解", "满意率（%）",
              "满意和基本满意率（%）"),
        *(level.name.in_language(language) for level in levels),
    )  # a table, read by rows  # fmt: skip

    def rows() -> Iterator[Sequence[Cell]]:
        for row in table.rows:
            rates = (row.satisfied_rate, row.basically_rate)
            yield (
                row.unit,
                row.name,
                Figure(row.n_valid),
                Figure(row.dont_know),
                *(Figure(None if rate is None else rate * 100, 2) for rate in rates),
                *(
                    Figure(row.levels.get(level.code, 0) if row.levels is not None else None)
                    for level in levels
                ),
            )

    return headings, rows()


def _quality(content: ResultContent, examined: SeasonDiagnostics, language: str) -> Rows:
    """The tables behind the diagnostics' charts in long form, with the sentences before them."""
    parts = build_documents(examined, content.scheme, language)

    def rows() -> Iterator[Sequence[Cell]]:
        for part in parts:
            for sentence in part.sentences:
                yield part.title, "", "", "", sentence
            for exhibit in part.exhibits:
                for name, *values in exhibit.rows:
                    for head, value in zip(exhibit.heads[1:], values, strict=True):
                        yield part.title, exhibit.heading, name, head, value

    return _say(language, "轮次和对象", "内容", "单位", "项目", "结论或数值"), rows()


def _changes(content: ResultContent, language: str) -> Rows:
    """Figures that were changed after they counted, so that the workbook hides none."""
    trail = build_trail(content.changes, content.scheme, language)
    rows = (
        (row.unit, content.names.get(row.unit, ""), row.item, row.before, row.after, row.reason,
         row.who)
        for row in trail
    )  # a table, read by rows  # fmt: skip
    return _say(language, "单位代码", "单位", "指标", "原为", "现为", "理由", "谁，何时"), rows


def _notes(content: ResultContent, language: str) -> Rows:
    head = content.head
    facts: list[Sequence[Cell]] = [
        (translate("考评年度", language), head.season_title),
        (translate("考评机构", language), head.office),
        (translate("轮次", language), "、".join(r.in_language(language) for r in head.rounds)),
        (translate("考评方案", language), content.scheme.title.in_language(language)),
        (translate("方案校验值", language), head.scheme_sha256),
        (translate("证据包校验值", language), head.package_sha256 or "—"),
        (translate("计算时间", language), show_moment(head.computed_at, language)),
        (translate("计算版本", language), str(head.version)),
    ]
    if head.custodian:
        facts.append(
            (
                translate("票箱钥匙", language),
                translate("单人保管：%(name)s", language, name=head.custodian),
            )
        )
    facts += [(note.subject, note.text) for note in list_notes(content, language)]
    return _say(language, "项目", "内容"), facts


def _units(content: ResultContent, language: str) -> Iterator[tuple[str, UnitResult]]:
    for category, units in list_categories(content):
        for unit in units:
            yield category.name.in_language(language), unit


def _say(language: str, *texts: str) -> tuple[str, ...]:
    return tuple(translate(text, language) for text in texts)


class _Writer:
    """Writes sheets of one look: bold heads over a light rule, frozen panes, filters, widths."""

    def __init__(self, book: xlsxwriter.Workbook) -> None:
        self.book = book
        self.head = book.add_format(
            {"bold": True, "bottom": 1, "bottom_color": "#777777", "valign": "top"}
        )
        self.text = book.add_format({"valign": "top"})
        self.figures: dict[int, Format] = {}

    def sheet(
        self, name: str, frozen: int, header: Sequence[str], rows: Iterable[Sequence[Cell]]
    ) -> None:
        """A sheet whose header and first `frozen` columns stay in view."""
        sheet = self.book.add_worksheet(name)
        lines = list(rows)
        for column, heading in enumerate(header):
            sheet.write_string(0, column, neutral_text(heading), self.head)
            sheet.set_column(column, column, _width(heading, lines, column))
        for line, row in enumerate(lines, start=1):
            for column, cell in enumerate(row):
                self._write(sheet, line, column, cell)
        sheet.freeze_panes(1, frozen)
        sheet.autofilter(0, 0, max(len(lines), 1), len(header) - 1)
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(0)

    def _write(self, sheet: Worksheet, line: int, column: int, cell: Cell) -> None:
        if isinstance(cell, str):
            sheet.write_string(line, column, neutral_text(cell), self.text)
        elif cell.value is not None:
            sheet.write_number(line, column, float(cell.value), self._figure(cell.places))

    def _figure(self, places: int) -> Format:
        if places not in self.figures:
            picture = "0." + "0" * places if places else "0"
            self.figures[places] = self.book.add_format({"num_format": picture, "valign": "top"})
        return self.figures[places]


def _width(heading: str, lines: Sequence[Sequence[Cell]], column: int) -> int:
    cells = (row[column] for row in lines[:MEASURED_ROWS])
    widest = max((_columns(cell) for cell in cells if isinstance(cell, str)), default=0)
    return min(max(widest, _columns(heading) + PADDING, NARROWEST), WIDEST)


def _columns(cell: str) -> int:
    """How many columns of a fixed-width face a text takes: two for each Chinese character."""
    return sum(2 if east_asian_width(c) in "WF" else 1 for c in cell)
