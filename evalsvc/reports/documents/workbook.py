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
from evalsvc.language import show_moment
from evalsvc.reports.documents.cells import neutral_text
from evalsvc.reports.documents.diagnostics import build_documents
from evalsvc.reports.documents.figure_trail import build_trail
from evalsvc.reports.documents.notes import PROVISIONAL, list_notes
from evalsvc.reports.documents.outcome_rows import list_outcome_parts
from evalsvc.reports.ranking import list_categories, list_columns
from evalsvc.reports.words import heads
from evalsvc.reports.words.explain import Explanation, Raters, explain
from evalsvc.reports.words.outcome_words import say_end, say_end_heading
from evalsvc.results.diagnostics import SeasonDiagnostics
from evalsvc.results.satisfaction import SatisfactionTable
from evalsvc.results.season import ResultContent
from evalsvc.scheme.wording import node_name, say_full_marks
from evalsvc.text import NOTHING, Text, same, say

WIDEST = 60
NARROWEST = 7
PADDING = 3  # for the filter's button
MEASURED_ROWS = 400

# A sheet's name has 31 characters at most.
CHANGED = Text("采用以后改过的数", "Figures changed later")

COEFFICIENT_OF = Text("系数：%(post)s", "Coefficient: %(post)s")
GRADES = Text("等次和后果", "Grades and consequences")

# What a result shows beside the total: the parts, and their parts.
SHOWN_DEPTH = 2


@dataclass(frozen=True)
class NumberCell:
    """A number in a cell with so many decimals; a missing one leaves the cell empty."""

    value: Fraction | int | None
    places: int = 0


Cell = Text | str | NumberCell


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
    writer = _TableWriter(book, language)
    explained = {
        unit.unit: [explain(node, content.scheme, raters) for node in unit.tree.walk()]
        for unit in content.units
    }
    writer.sheet(Text("结果", "Result"), 4, *_ranking(content))
    if content.ends:
        writer.sheet(GRADES, 4, *_outcomes(content))
    writer.sheet(heads.NODE, 3, *_components(content))
    writer.sheet(Text("计分明细", "Unit sheet"), 4, *_details(content, explained))
    for place, table in enumerate(content.satisfaction, start=1):
        number = same(place) if len(content.satisfaction) > 1 else NOTHING
        name = Text("满意度", "Satisfaction") + number
        writer.sheet(name, 2, *_satisfaction(table))
    if content.diagnostics is not None and content.diagnostics.rounds:
        quality = _quality(content, content.diagnostics)
        writer.sheet(Text("评价质量", "Quality"), 2, *quality)
    if content.changes:
        writer.sheet(CHANGED, 3, *_changes(content))
    writer.sheet(heads.NOTE, 0, *_notes(content))
    book.close()
    return out.getvalue()


Rows = tuple[Sequence[Text], Iterable[Sequence[Cell]]]
"""A header and what stands below it."""


def _ranking(content: ResultContent) -> Rows:
    columns = [c.code for c in list_columns((u.tree for u in content.units), SHOWN_DEPTH)]
    names = [node_name(content.scheme, code) for code in columns]
    rank, score = heads.RANK, heads.SCORE
    if content.head.provisional:
        rank, score = heads.PROVISIONAL_RANK, heads.PROVISIONAL_SCORE
    fixed = (heads.CATEGORY, rank, heads.UNIT_CODE, heads.UNIT, score)
    ended = (say_end_heading(content.scheme),) if content.ends else ()
    places = content.scheme.publication.places

    def rows() -> Iterator[Sequence[Cell]]:
        for name, unit in _units(content):
            published = None if unit.published is None else Fraction(unit.published)
            yield (
                name,
                NumberCell(unit.rank),
                unit.unit,
                content.names[unit.unit],
                NumberCell(published, places),
                *(say_end(content.ends[unit.unit], content.scheme) for _ in ended),
                *_plain(content, unit.unit, places),
                *_values(unit.tree, columns, places),
            )

    plain = (heads.SCORE_OF_ALL, heads.RANK_OF_ALL) if content.plain else ()
    return (*fixed, *ended, *plain, *names), rows()


def _outcomes(content: ResultContent) -> Rows:
    """Each unit's grade with its reason, what bars it, its coefficients, what is to be decided."""
    posts = content.scheme.outcome_names.posts
    headings = (
        heads.CATEGORY, heads.RANK, heads.UNIT_CODE, heads.UNIT, heads.SCORE,
        say_end_heading(content.scheme), heads.REASON, heads.BARS,
        *(COEFFICIENT_OF.filled(post=name) for name in posts.values()), heads.FOLLOWING,
    )  # a table, read by rows  # fmt: skip
    places = content.scheme.publication.places

    def rows() -> Iterator[Sequence[Cell]]:
        for part in list_outcome_parts(content):
            for row in part.rows:
                published = None if row.published is None else Fraction(row.published)
                yield (
                    part.category,
                    NumberCell(row.place),
                    row.unit,
                    row.name,
                    NumberCell(published, places),
                    row.end,
                    row.why,
                    row.bars,
                    *(NumberCell(row.coefficients.get(post), 2) for post in posts),
                    row.following,
                )

    return headings, rows()


def _plain(content: ResultContent, unit: str, places: int) -> Iterator[NumberCell]:
    """The figures without anybody's exclusions, where there are any and they may be shown."""
    if content.plain:
        plain = content.plain[unit]
        figure = None if plain.published is None else Fraction(plain.published)
        yield from (NumberCell(figure, places), NumberCell(plain.rank))


def _components(content: ResultContent) -> Rows:
    columns = [c.code for c in list_columns(unit.tree for unit in content.units)]
    names = [node_name(content.scheme, code) for code in columns]
    total = node_name(content.scheme, content.units[0].tree.code) if content.units else NOTHING
    fixed = (heads.CATEGORY, heads.UNIT_CODE, heads.UNIT)

    def rows() -> Iterator[Sequence[Cell]]:
        for name, unit in _units(content):
            yield (
                name,
                unit.unit,
                content.names[unit.unit],
                *_values(unit.tree, [unit.tree.code, *columns], 4),
            )

    return (*fixed, total, *names), rows()


def _values(tree: Node, columns: Sequence[str], places: int) -> Iterator[NumberCell]:
    values = {node.code: node.value for node in tree.walk()}
    for code in columns:
        yield NumberCell(values.get(code), places)


def _details(content: ResultContent, explained: dict[str, list[Explanation]]) -> Rows:
    headings = (
        heads.UNIT_CODE, heads.UNIT, heads.NODE_CODE, heads.NODE, heads.RULE, heads.SCORE,
        heads.WEIGHT, heads.WEIGHT_USED, heads.SOURCE, heads.ANSWER, heads.POINTS, heads.SHARE,
        heads.NOTE,
    )  # a table, read by rows  # fmt: skip

    def rows() -> Iterator[Sequence[Cell]]:
        for _, unit in _units(content):
            name = content.names[unit.unit]
            for node, told in zip(unit.tree.walk(), explained[unit.unit], strict=True):
                head = (unit.unit, name, told.code, told.title, told.rule)
                notes = same(" ").join((told.sentence, *told.remarks))
                yield (
                    *head,
                    NumberCell(node.value, 4),
                    NumberCell(node.weight, 4),
                    NumberCell(node.applied, 4),
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
                        NumberCell(row.points, 4),
                        NumberCell(row.applied, 4),
                        row.note,
                    )

    return headings, rows()


def _satisfaction(table: SatisfactionTable) -> Rows:
    levels = [level for level in table.question.scale if level.points is not None]
    headings = (
        heads.UNIT_CODE, heads.UNIT, heads.VALID_ANSWERS, heads.DONT_KNOW, heads.SATISFIED,
        heads.SATISFIED_OR_BASICALLY,
        *(level.name for level in levels),
    )  # a table, read by rows  # fmt: skip

    def rows() -> Iterator[Sequence[Cell]]:
        for row in table.rows:
            rates = (row.satisfied_rate, row.basically_rate)
            yield (
                row.unit,
                row.name,
                NumberCell(row.n_valid),
                NumberCell(row.dont_know),
                *(NumberCell(None if rate is None else rate * 100, 2) for rate in rates),
                *(
                    NumberCell(row.levels.get(level.code, 0) if row.levels is not None else None)
                    for level in levels
                ),
            )

    return headings, rows()


def _quality(content: ResultContent, examined: SeasonDiagnostics) -> Rows:
    """The tables behind the diagnostics' charts in long form, with the sentences before them."""
    parts = build_documents(examined, content.scheme)

    def rows() -> Iterator[Sequence[Cell]]:
        for part in parts:
            for sentence in part.sentences:
                yield part.title, "", "", "", sentence
            for exhibit in part.exhibits:
                for name, *values in exhibit.rows:
                    for head, value in zip(exhibit.heads[1:], values, strict=True):
                        yield part.title, exhibit.heading, name, head, value

    return (heads.ROUND_AND_SUBJECT, heads.CONTENT, heads.UNIT, heads.ITEM, heads.FINDING), rows()


def _changes(content: ResultContent) -> Rows:
    """Figures that were changed after they counted, so that the workbook hides none."""
    trail = build_trail(content.changes, content.scheme)
    rows = (
        (row.unit, content.names.get(row.unit, ""), row.item, row.before, row.after, row.reason,
         row.who)
        for row in trail
    )  # a table, read by rows  # fmt: skip
    return (
        heads.UNIT_CODE,
        heads.UNIT,
        heads.INDICATOR,
        heads.BEFORE,
        heads.AFTER,
        heads.REASON,
        heads.WHO_AND_WHEN,
    ), rows


def _notes(content: ResultContent) -> Rows:
    head = content.head
    facts: list[Sequence[Cell]] = [
        (Text("考评年度", "Season"), head.season_title),
        (Text("考评机构", "Office"), head.office),
        (Text("轮次", "Round"), same("、").join(head.rounds)),
        (Text("考评方案", "Scheme"), content.scheme.title),
        (Text("方案校验值", "SHA-256 of the scheme"), head.scheme_sha256),
        (Text("证据包校验值", "SHA-256 of the evidence package"), head.package_sha256 or "—"),
        (Text("计算时间", "Computed"), show_moment(head.computed_at)),
        (Text("计算版本", "Version"), str(head.version)),
    ]
    for category, _ in list_categories(content):
        if full := say_full_marks(content.scheme, category.code):
            about = Text("总分（%(category)s）", "Total (%(category)s)").filled(
                category=category.name
            )
            facts.append((about, full))
    if head.provisional:
        told = PROVISIONAL.filled(missing=head.provisional)
        facts.insert(0, (Text("暂定", "Provisional"), told))
    if head.custodian:
        facts.append(
            (
                Text("票箱钥匙", "Key of the box"),
                Text("单人保管：%(name)s", "single custodian: %(name)s").filled(
                    name=head.custodian
                ),
            )
        )
    facts += [(note.subject, note.text) for note in list_notes(content)]
    return (heads.ITEM, heads.CONTENT), facts


def _units(content: ResultContent) -> Iterator[tuple[Text, UnitResult]]:
    for category, units in list_categories(content):
        for unit in units:
            yield category.name, unit


class _TableWriter:
    """Writes sheets of one look: bold heads over a light rule, frozen panes, filters, widths."""

    def __init__(self, book: xlsxwriter.Workbook, language: str) -> None:
        self.book, self.language = book, language
        self.head = book.add_format(
            {"bold": True, "bottom": 1, "bottom_color": "#777777", "valign": "top"}
        )
        self.text = book.add_format({"valign": "top"})
        self.figures: dict[int, Format] = {}

    def sheet(
        self, name: Text, frozen: int, header: Sequence[Text], rows: Iterable[Sequence[Cell]]
    ) -> None:
        """A sheet whose header and first `frozen` columns stay in view."""
        sheet = self.book.add_worksheet(name.in_language(self.language))
        lines = [self._say(row) for row in rows]
        for column, head in enumerate(header):
            heading = head.in_language(self.language)
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

    def _say(self, row: Sequence[Cell]) -> list[str | NumberCell]:
        return [
            cell if isinstance(cell, NumberCell) else str(say(cell, self.language)) for cell in row
        ]

    def _write(self, sheet: Worksheet, line: int, column: int, cell: str | NumberCell) -> None:
        if isinstance(cell, str):
            sheet.write_string(line, column, neutral_text(cell), self.text)
        elif cell.value is not None:
            sheet.write_number(line, column, float(cell.value), self._figure(cell.places))

    def _figure(self, places: int) -> Format:
        if places not in self.figures:
            picture = "0." + "0" * places if places else "0"
            self.figures[places] = self.book.add_format({"num_format": picture, "valign": "top"})
        return self.figures[places]


def _width(heading: str, lines: Sequence[Sequence[str | NumberCell]], column: int) -> int:
    cells = (row[column] for row in lines[:MEASURED_ROWS])
    widest = max((_columns(cell) for cell in cells if isinstance(cell, str)), default=0)
    return min(max(widest, _columns(heading) + PADDING, NARROWEST), WIDEST)


def _columns(cell: str) -> int:
    """How many columns of a fixed-width face a text takes: two for each Chinese character."""
    return sum(2 if east_asian_width(c) in "WF" else 1 for c in cell)
