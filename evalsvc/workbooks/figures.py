"""Reads filled-in figures: indicators and adjustments, with every problem's place."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

from evalsvc.domain.preparing.figures import AdjustmentRow, Figures, IndicatorRow
from evalsvc.domain.preparing.rosters import UnitRow
from evalsvc.scheme.model import AdjustmentKind, Component, Scheme
from evalsvc.text import Text
from evalsvc.workbooks.cells import Sheet, build_key, clean
from evalsvc.workbooks.codes import Options, build_options
from evalsvc.workbooks.jail import read_sheets
from evalsvc.workbooks.layout import (
    NOT_APPLICABLE,
    NOT_CARRIED,
    component_key,
    figures_layouts,
    list_titles,
)
from evalsvc.workbooks.problems import CellProblem, Findings, SheetPreview, has_errors
from evalsvc.workbooks.table import Table, TableRow, close_table, open_table

MOST_TIMES = 1_000

# What a cell may say for "does not carry it".
_NOT_CARRIED = frozenset(
    build_key(text) for text in (NOT_CARRIED.zh, NOT_CARRIED.en, "NA", "N/A", "未承担")
)
# What may stand in a cell that is not for the unit's category.
_NOTHING = frozenset(build_key(text) for text in ("", NOT_APPLICABLE, "-", "/")) | _NOT_CARRIED
_UNIT = Text("单位", "unit")


@dataclass(frozen=True)
class FiguresReading:
    """Figures as read; `figures` is None where a problem is an error."""

    figures: Figures | None
    sheets: tuple[SheetPreview, ...]
    problems: tuple[CellProblem, ...]


def read_figures(source: bytes | Path, scheme: Scheme, units: Sequence[UnitRow]) -> FiguresReading:
    """Read uploaded figures of these units; raises Problem(UPLOAD_REFUSED) where unreadable."""
    sheets = read_sheets(source, list_titles(figures_layouts(scheme)))
    return check_figures(sheets, scheme, units)


def check_figures(
    sheets: Sequence[Sheet], scheme: Scheme, units: Sequence[UnitRow]
) -> FiguresReading:
    """What the sheets say, and everything that is wrong with them."""
    findings = Findings()
    tables = {
        layout.key: open_table(sheets, layout, findings) for layout in figures_layouts(scheme)
    }
    options = build_options({unit.code: Text(unit.name, unit.name) for unit in units})
    indicators = _read_indicators(tables.get("indicators"), scheme, units, options)
    adjustments = _read_adjustments(tables.get("adjustments"), scheme, options)
    for table in tables.values():
        close_table(table, findings)
    return FiguresReading(
        None if has_errors(findings.problems) else Figures(indicators, adjustments),
        tuple(findings.previews),
        tuple(findings.problems),
    )


def _read_indicators(
    table: Table | None, scheme: Scheme, units: Sequence[UnitRow], options: Options
) -> tuple[IndicatorRow, ...]:
    if table is None:
        return ()
    by_code = {unit.code: unit for unit in units}
    seen: dict[str, int] = {}
    figures: list[IndicatorRow] = []
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
        for component in scheme.components:
            found = _read_indicator(row, component, by_code[code])
            if found is not None:
                figures.append(found)
    _report_missing_units(table, scheme, units, seen)
    return tuple(figures)


def _read_indicator(row: TableRow, component: Component, unit: UnitRow) -> IndicatorRow | None:
    key = component_key(component)
    text = build_key(row.get_cell(key).seen)
    # Other categories' units have no such cell; what
    # stands there by mistake must not be lost in silence.
    if unit.category not in component.categories:
        if text not in _NOTHING:
            row.report(
                key,
                Text(
                    f"“{unit.name}”这一类单位没有这一项，请清空这个单元格",
                    f"units such as “{unit.name}” do not have this component; please clear it",
                ),
            )
        return None
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


def _report_missing_units(
    table: Table, scheme: Scheme, units: Sequence[UnitRow], seen: dict[str, int]
) -> None:
    carrying = {category for component in scheme.components for category in component.categories}
    # A unit without a row would be a unit without figures, which nobody decided.
    for unit in units:
        if unit.code not in seen and unit.category in carrying and table.has("unit"):
            table.findings.report(
                table.sheet.name,
                Text(
                    f"缺少“{unit.name}”（{unit.code}）这一行",
                    f"there is no row for “{unit.name}” ({unit.code})",
                ),
                heading="单位",
            )


def _read_adjustments(
    table: Table | None, scheme: Scheme, units: Options
) -> tuple[AdjustmentRow, ...]:
    if table is None:
        return ()
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
