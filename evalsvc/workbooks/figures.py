"""Reads filled-in figures: indicators and adjustments, with every problem's place."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

from evalsvc.domain.assessing.counted import Key
from evalsvc.domain.assessing.forbidden import list_forbidden
from evalsvc.domain.assessing.owners import LEADS
from evalsvc.domain.preparing.figures import AdjustmentRow, Figures, IndicatorRow, Standing
from evalsvc.domain.preparing.rosters import UnitRow
from evalsvc.scheme.model import AdjustmentKind, Component, Scheme
from evalsvc.text import Text, same
from evalsvc.workbooks.cells import Cell, Sheet, build_key, clean
from evalsvc.workbooks.codes import Options, build_options
from evalsvc.workbooks.figures_layout import component_key, figures_layouts
from evalsvc.workbooks.jail import read_sheets
from evalsvc.workbooks.layout import CLEARED, NOT_APPLICABLE, NOT_CARRIED, list_titles
from evalsvc.workbooks.problems import CellProblem, Findings, SheetPreview, has_errors
from evalsvc.workbooks.seen import read_figure
from evalsvc.workbooks.table import Table, TableRow, close_table, open_table

MOST_TIMES = 1_000

# What a cell may say for "does not carry it".
_NOT_CARRIED = frozenset(
    build_key(text) for text in (NOT_CARRIED.zh, NOT_CARRIED.en, "NA", "N/A", "未承担")
)
# What may stand in a cell that is not for the unit's category.
_NOTHING = frozenset(build_key(text) for text in ("", NOT_APPLICABLE, "-", "/")) | _NOT_CARRIED
_CLEARED = frozenset(build_key(text) for text in (CLEARED.zh, CLEARED.en, "删除", "delete"))
# How a figure of somebody else is changed: by whoever answers for it.
_SENT_BACK = Text(
    "要改，请在“考核主体”页退回它的表，由它改好再报；或者在“指标数一览”里打开这个数，写明理由改",
    "To have it changed, send the body's sheet back on the page of assessing bodies, or open the "
    "figure in “Figures at a glance” and change it with a reason",
)
_REGRADED = Text(
    "要改，请牵头单位改评任务的档次，再重新计入；或者在“指标数一览”里打开这个数，写明理由改",
    "To have it changed, the lead units grade the tasks anew, and the grades are counted again; or "
    "open the figure in “Figures at a glance” and change it with a reason",
)
_UNIT = Text("单位", "unit")
_NAMED_UNITS = 8
# A spreadsheet's cell keeps so many digits of a number.
_DIGITS = 15


@dataclass(frozen=True)
class FiguresReading:
    """Figures as read; `figures` is None where a problem is an error."""

    figures: Figures | None
    sheets: tuple[SheetPreview, ...]
    problems: tuple[CellProblem, ...]


def read_figures(
    source: bytes | Path, scheme: Scheme, units: Sequence[UnitRow], standing: Standing | None = None
) -> FiguresReading:
    """Read uploaded figures of these units; raises Problem(UPLOAD_REFUSED) where unreadable."""
    sheets = read_sheets(source, list_titles(figures_layouts(scheme)))
    return check_figures(sheets, scheme, units, standing)


def check_figures(
    sheets: Sequence[Sheet],
    scheme: Scheme,
    units: Sequence[UnitRow],
    standing: Standing | None = None,
) -> FiguresReading:
    """What the sheets say, and everything that is wrong with them."""
    findings = Findings()
    tables = _open_tables(sheets, scheme, findings)
    options = build_options({unit.code: Text(unit.name, unit.name) for unit in units})
    reader = _Indicators(scheme, units, standing or Standing())
    indicators = tables.get("indicators")
    if indicators is not None:
        reader.read(indicators, options)
        reader.judge()
    adjustments = _read_adjustments(tables.get("adjustments"), scheme, options)
    for table in tables.values():
        close_table(table, findings)
    figures = Figures(tuple(reader.found), adjustments, tuple(reader.cleared))
    return FiguresReading(
        None if has_errors(findings.problems) else figures,
        tuple(findings.previews),
        tuple(findings.problems),
    )


def _open_tables(
    sheets: Sequence[Sheet], scheme: Scheme, findings: Findings
) -> dict[str, Table | None]:
    """One of the two sheets is enough: what the other would say stays as it is."""
    layouts = figures_layouts(scheme)
    here = {build_key(sheet.name) for sheet in sheets}
    there = [each for each in layouts if here & {build_key(n) for n in each.name.spellings}]
    for layout in layouts:
        if there and layout not in there:
            text = Text("文件里没有这张工作表，原有的保持原样", "no such sheet; what stands stays")
            findings.report(layout.name.zh, text, severity="warning")
    return {layout.key: open_table(sheets, layout, findings) for layout in there or layouts}


class _Indicators:
    """Reads the sheet of indicators: what is said of each unit and component, and by whom not."""

    def __init__(self, scheme: Scheme, units: Sequence[UnitRow], standing: Standing) -> None:
        self.scheme, self.units, self.standing = scheme, units, standing
        self.found: list[IndicatorRow] = []
        self.cleared: list[Key] = []
        self.rows: dict[str, TableRow] = {}

    def read(self, table: Table, options: Options) -> None:
        by_code = {unit.code: unit for unit in self.units}
        seen: dict[str, int] = {}
        for row in table.list_rows():
            code = row.choice("unit", options, _UNIT)
            if not code:
                continue
            first = seen.setdefault(code, row.number)
            if first != row.number:
                row.report(
                    "unit", Text(f"与第{first}行是同一个单位", f"the same unit as in row {first}")
                )
                continue
            self.rows[code] = row
            for component in self.scheme.components:
                self._read_cell(row, component, by_code[code])
        _note_missing_units(table, self.scheme, self.units, seen)

    def judge(self) -> None:
        """Report what the score would have to leave out, beside what stands already."""
        said = {(row.round, row.unit, row.component): row.value for row in self.found}
        stands = {k: v for k, v in self.standing.indicators.items() if k not in self.cleared}
        for each in list_forbidden(self.scheme, self.units, {**stands, **said}):
            round_code, unit, code = each.key
            # What stands already and is not in this file is no fault of its.
            if unit in self.rows:
                column = component_key(self.scheme.get_component(round_code, code))
                self.rows[unit].report(column, each.why)

    def _read_cell(self, row: TableRow, component: Component, unit: UnitRow) -> None:
        cell, key = row.get_cell(component_key(component)), component_key(component)
        place = (component.round, unit.code, component.code)
        text = build_key(cell.seen)
        # Other categories' units have no such cell; what
        # stands there by mistake must not be lost in silence.
        if unit.category not in component.categories:
            if text not in _NOTHING:
                row.report(key, _say_not_theirs(unit))
        elif component_owner := self.standing.owners.get((component.round, component.code)):
            if not self._is_as_it_stands(cell, component, place):
                row.report(key, self._say_owned(component, component_owner, place))
        elif text in _CLEARED and cell.kind == "text":
            self.cleared.append(place)
        elif clean(cell.text) or cell.kind != "text":
            found = _read_indicator(row, component, unit)
            if found is not None:
                self.found.append(self._keep_digits(found, place))

    def _is_as_it_stands(self, cell: Cell, component: Component, place: Key) -> bool:
        """Whether another's cell came back as it was given, or empty."""
        text = build_key(cell.seen)
        if not text or place not in self.standing.indicators:
            return not text
        value = self.standing.indicators[place]
        if value is None:
            return text in _NOT_CARRIED
        number = _find_choice(component, text)
        number = read_figure(cell).value if number is None else number
        return number is not None and _is_same_cell(number, Decimal(value))

    def _say_owned(self, component: Component, owner: Text, place: Key) -> Text:
        stands = same("—")
        if place in self.standing.indicators:
            stands = say_figure(component, self.standing.indicators[place])
        told = Text(
            "这个数由%(owner)s报，现为 %(stands)s，不能用导入改；请恢复原样。%(instead)s",
            "this figure is entered by %(owner)s, is now %(stands)s, and no import changes it; "
            "please restore it. %(instead)s",
        )
        instead = _REGRADED if owner == LEADS else _SENT_BACK
        return told.filled(owner=owner, stands=stands, instead=instead)

    def _keep_digits(self, found: IndicatorRow, place: Key) -> IndicatorRow:
        """A figure with more digits than a cell keeps comes back shorter, and is no other one."""
        stands = self.standing.indicators.get(place)
        if found.value is None or stands is None or found.value == stands:
            return found
        return (
            replace(found, value=stands)
            if _is_same_cell(Decimal(found.value), Decimal(stands))
            else found
        )


def say_figure(component: Component, value: str | None) -> Text:
    """A figure as a cell says it: a number, the name of a choice, or not carried."""
    if value is None:
        return NOT_CARRIED
    chosen = (each.name for each in component.choices if each.value == Decimal(value))
    return next(chosen, same(value))


def _is_same_cell(one: Decimal, other: Decimal) -> bool:
    return f"{one:.{_DIGITS}g}" == f"{other:.{_DIGITS}g}"


def _say_not_theirs(unit: UnitRow) -> Text:
    return Text(
        f"“{unit.name}”这一类单位没有这一项，请清空这个单元格",
        f"units such as “{unit.name}” do not have this component; please clear it",
    )


def _read_indicator(row: TableRow, component: Component, unit: UnitRow) -> IndicatorRow | None:
    key = component_key(component)
    text = build_key(row.get_cell(key).seen)
    # Only as text: a number that happens to look like a word of ours is a number.
    if text in _NOT_CARRIED and row.get_cell(key).kind == "text":
        return IndicatorRow(component.round, unit.code, component.code, None)
    # The template's own dash, where a figure is due: somebody has moved rows.
    if text == build_key(NOT_APPLICABLE):
        row.report(key, Text("填数字，不承担的填“不承担”", "write a number, or “not carried”"))
        return None
    chosen = _find_choice(component, text)
    number = row.number_of(key) if chosen is None else chosen
    if number is None or not _check_bounds(row, key, component, number):
        return None
    return IndicatorRow(component.round, unit.code, component.code, write_decimal(number))


def _find_choice(component: Component, text: str) -> Decimal | None:
    """The value of a choice that is written by its name."""
    for choice in component.choices:
        if text in (build_key(choice.name.zh), build_key(choice.name.en)):
            return choice.value
    return None


def _check_bounds(row: TableRow, key: str, component: Component, number: Decimal) -> bool:
    """Refuses what the scheme does not take; where it says nothing, 0 to 100 is only usual."""
    bounded = component.choices or (component.minimum, component.maximum) != (None, None)
    if bounded and not component.allows(Fraction(number)):
        allowed = component.allowed()
        row.report(key, Text(f"应填{allowed.zh}", f"expected {allowed.en}"))
        return False
    if not bounded and not 0 <= number <= 100:
        row.report(
            key,
            Text("不在 0 到 100 之间，请核对", "is not between 0 and 100; please check"),
            severity="warning",
        )
    return True


def _note_missing_units(
    table: Table, scheme: Scheme, units: Sequence[UnitRow], seen: dict[str, int]
) -> None:
    """A unit without a row keeps its figures, which is said once for all of them."""
    carrying = {category for component in scheme.components for category in component.categories}
    missing = [each.name for each in units if each.code not in seen and each.category in carrying]
    if missing and table.has("unit"):
        named = "、".join(missing[:_NAMED_UNITS])
        more = Text("等", " and others") if len(missing) > _NAMED_UNITS else Text("", "")
        text = Text(
            "有 %(n)s 个单位不在表里：%(named)s%(more)s；它们的数保持原样",
            "units without a row (%(n)s): %(named)s%(more)s; their figures stay as they are",
        ).filled(n=len(missing), named=named, more=more)
        table.findings.report(table.sheet.name, text, heading="单位", severity="warning")


def _read_adjustments(
    table: Table | None, scheme: Scheme, units: Options
) -> tuple[AdjustmentRow, ...] | None:
    """All bonuses and deductions; None where the sheet is empty, which says nothing of any."""
    if table is None or not any(True for _ in table.list_rows()):
        return None
    rounds = build_options({found.code: found.name for found in scheme.rounds})
    rules = build_options({found.code: found.name for found in scheme.adjustments})
    kinds = {found.code: found for found in scheme.adjustments}
    found = (_read_adjustment(row, rounds, units, rules, kinds) for row in table.list_rows())
    return tuple(row for row in found if row is not None)


def _read_adjustment(
    row: TableRow, rounds: Options, units: Options, rules: Options, kinds: dict[str, AdjustmentKind]
) -> AdjustmentRow | None:
    period = row.choice("round", rounds, Text("轮次", "round"))
    unit = row.choice("unit", units, _UNIT)
    rule = row.choice("rule", rules, Text("项目", "item"))
    day, evidence = row.day("date"), row.text("evidence", 500)
    project = row.text("project", 120) if row.table.has("project") else ""
    measure = _read_measure(row, kinds[rule]) if rule else None
    # With one round there is nothing to choose.
    if period == "" and len(rounds.names) == 1:
        period = next(iter(rounds.names))
    if period and unit and rule and day and evidence and measure:
        return AdjustmentRow(period, unit, rule, *measure, day, evidence, project or "")
    return None


def _read_measure(row: TableRow, kind: AdjustmentKind) -> tuple[int, str | None] | None:
    """Times and amount, of which an adjustment has one."""
    if kind.by == "times":
        _refuse_other(
            row,
            "amount",
            Text("这一项按次计分，金额请不要填", "this item is counted by times; leave it empty"),
        )
        _require(row, "times", Text("填次数", "say how many times"))
        times = row.whole("times", MOST_TIMES)
        return None if times is None else (times, None)
    _refuse_other(
        row,
        "times",
        Text(
            "这一项按金额（分值）计分，次数请不要填",
            "this item is counted by amount; leave it empty",
        ),
    )
    _require(row, "amount", Text("填金额或分值", "say how much"))
    amount = row.number_of("amount", counts=True)
    if amount is None or not _is_in_range(row, kind, amount):
        return None
    return 1, write_decimal(amount)


def _refuse_other(row: TableRow, key: str, text: Text) -> None:
    """Another measure than the item's is a misunderstanding; 1 time of an amount is none."""
    if not row.is_blank(key) and not (key == "times" and clean(row.get_cell(key).seen) == "1"):
        row.report(key, text)


def _require(row: TableRow, key: str, text: Text) -> None:
    """Report an empty cell of an optional column that this item needs."""
    if row.is_blank(key):
        row.report(key, Text(f"不能空着：{text.zh}", f"must not be empty: {text.en}"))


def _is_in_range(row: TableRow, kind: AdjustmentKind, amount: Decimal) -> bool:
    low, high = kind.amount_range or (Decimal(0), None)
    if amount >= low and (high is None or amount <= high):
        return True
    if high is None:
        row.report("amount", Text(f"应不小于 {low}", f"expected {low} or more"))
    else:
        row.report("amount", Text(f"应在 {low} 到 {high} 之间", f"expected {low} to {high}"))
    return False


def write_decimal(number: Decimal) -> str:
    """The exact figure without exponent or idle zeros."""
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
