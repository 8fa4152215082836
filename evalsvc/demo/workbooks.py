"""Fills in the office's downloaded templates, as somebody with the invented roster at hand would.

The sheets and headings come from the template itself; cells hold names, not codes, as its lists
of choices offer them.
"""

import io
from collections.abc import Mapping, Sequence

import xlsxwriter
from python_calamine import CalamineWorkbook

from evalsvc.domain.concluding.history import PastRow
from evalsvc.domain.preparing.figures import Figures
from evalsvc.domain.preparing.rosters import Roster, UnitRow
from evalsvc.scheme.model import AdjustmentKind, Category, Group, Scheme, Stratum
from evalsvc.workbooks.figures_layout import component_key, figures_layouts
from evalsvc.workbooks.history_layout import history_layouts
from evalsvc.workbooks.layout import FLAGS, NOT_APPLICABLE, NOT_CARRIED, SheetLayout, name_role
from evalsvc.workbooks.roster_layout import roster_layouts

Cell = str | int | float
Line = Mapping[str, Cell]


def fill_roster(template: bytes, scheme: Scheme, roster: Roster) -> bytes:
    """The roster's template with everybody in it."""
    units = {unit.code: unit.name for unit in roster.units}
    categories = _name_all(scheme.categories)
    groups = _name_all(scheme.groups)
    strata = _name_all([stratum for group in scheme.groups for stratum in group.strata])
    lines: dict[str, list[Line]] = {
        "units": [
            {
                "code": unit.code,
                "name": unit.name,
                "category": categories[unit.category],
                "flags": FLAGS[unit.flags].zh if unit.flags else "",
                "work": unit.work,
                "account": unit.account,
                "cluster": unit.cluster,
            }
            for unit in roster.units
        ],
        "raters": [
            {"group": groups[rater.group], "code": rater.code, "name": rater.name}
            for rater in roster.raters
        ],
        "relations": [
            {
                "group": groups[relation.group],
                "rater": relation.rater,
                "unit": units[relation.unit],
                "role": name_role(relation.role).zh if relation.role else "",
            }
            for relation in roster.relations
        ],
        "seats": [
            {"group": groups[one.group], "stratum": strata[one.stratum], "seats": one.seats}
            for one in roster.seats
        ],
    }
    return _fill(template, roster_layouts(scheme), lines)


def fill_figures(
    template: bytes, scheme: Scheme, units: Sequence[UnitRow], figures: Figures
) -> bytes:
    """The template of figures with every indicator and adjustment in it."""
    names = {unit.code: unit.name for unit in units}
    rounds = {one.code: one.name.zh for one in scheme.rounds}
    rules = _name_all(scheme.adjustments)
    lines: dict[str, list[Line]] = {
        "indicators": _list_indicator_lines(scheme, units, figures),
        "adjustments": [
            {
                "round": rounds[event.round],
                "unit": names[event.unit],
                "rule": rules[event.rule],
                "times": event.times if event.amount is None else "",
                "amount": "" if event.amount is None else float(event.amount),
                "date": event.date,
                "evidence": event.evidence,
                "project": event.project,
            }
            for event in figures.adjustments or ()
        ],
    }
    return _fill(template, figures_layouts(scheme), lines)


def fill_history(
    template: bytes, scheme: Scheme, units: Sequence[UnitRow], rows: Sequence[PastRow]
) -> bytes:
    """The template of earlier years with every result in it; gaps have no row."""
    names = {unit.code: unit.name for unit in units}
    grades = scheme.outcome_names.grades
    lines: list[Line] = [
        {
            "unit": names[row.unit],
            "year": row.year,
            "score": "" if row.score is None else float(row.score),
            "grade": grades[row.grade].zh if row.grade else "",
        }
        for row in rows
    ]
    return _fill(template, history_layouts(scheme), {"history": lines})


def _name_all(named: Sequence[Category | Group | Stratum | AdjustmentKind]) -> dict[str, str]:
    return {one.code: one.name.zh for one in named}


def _list_indicator_lines(scheme: Scheme, units: Sequence[UnitRow], figures: Figures) -> list[Line]:
    """A line for each unit; a dash where a component is not for its category."""
    lines: dict[str, dict[str, Cell]] = {
        unit.code: {
            "unit": unit.name,
            **{component_key(component): NOT_APPLICABLE for component in scheme.components},
        }
        for unit in units
    }
    for row in figures.indicators:
        value = NOT_CARRIED.zh if row.value is None else float(row.value)
        lines[row.unit][f"{row.round}/{row.component}"] = value
    return list(lines.values())


def _fill(
    template: bytes, layouts: Sequence[SheetLayout], lines: Mapping[str, Sequence[Line]]
) -> bytes:
    source = CalamineWorkbook.from_filelike(io.BytesIO(template))
    content = io.BytesIO()
    book = xlsxwriter.Workbook(content, {"in_memory": True, "strings_to_formulas": False})
    for layout in layouts:
        headings = [str(cell) for cell in source.get_sheet_by_name(layout.name.zh).to_python()[0]]
        keys = {column.heading.zh: column.key for column in layout.columns}
        sheet = book.add_worksheet(layout.name.zh)
        sheet.write_row(0, 0, headings)
        for number, line in enumerate(lines[layout.key], 1):
            sheet.write_row(number, 0, [line.get(keys[heading], "") for heading in headings])
    book.close()
    return content.getvalue()
