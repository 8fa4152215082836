"""The roster line by line: looked through, and corrected in place as an import would be checked."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flask import g, redirect, render_template, request, url_for
from werkzeug.exceptions import NotFound

from evalsvc.admin.door.access import allowed, current_act, door
from evalsvc.admin.door.doing import Answer
from evalsvc.domain import seasons
from evalsvc.domain.preparing import rosters
from evalsvc.domain.preparing.rosters import Roster
from evalsvc.domain.seasons import SeasonView
from evalsvc.errors import Problem
from evalsvc.extensions import current_service
from evalsvc.scheme.model import Scheme
from evalsvc.text import Text, same
from evalsvc.workbooks.cells import build_key
from evalsvc.workbooks.corrections import Corrected, correct_line, list_own_lines, remove_line
from evalsvc.workbooks.filled import FIRST_LINE, Line, build_lines
from evalsvc.workbooks.layout import SheetLayout
from evalsvc.workbooks.roster_layout import roster_layouts
from evalsvc.workbooks.templates import list_roster_choices
from forms.roster import LineForm, read_line

PAGE = 100
# What a line is known by, and so can't be changed once it is there.
FIXED: Mapping[str, frozenset[str]] = {
    "units": frozenset({"code"}),
    "raters": frozenset({"group", "code"}),
    "relations": frozenset({"group", "rater", "unit"}),
    "seats": frozenset({"group", "stratum"}),
}
# What is written in several lines.
LONG = frozenset({"work", "account"})
PATH = "/seasons/<int:season_id>/roster/lines/<sheet>"


@dataclass(frozen=True)
class NumberedLine:
    """A line under its number in the workbook."""

    number: int
    line: Line


@door.get(PATH)
@allowed("manager", "auditor")
def roster_lines_page(season_id: int, sheet: str) -> str:
    season, roster = _load(season_id)
    layout = _get_layout(season.scheme, sheet)
    word, page = request.args.get("word", ""), max(request.args.get("page", 1, int), 1)
    lines = build_lines(season.scheme, roster)[sheet]
    found = _find(lines, word)
    return render_template(
        "admin/roster_lines.html",
        season=season,
        layout=layout,
        layouts=roster_layouts(season.scheme),
        columns=[each for each in layout.columns if each.key not in LONG],
        lines=found[(page - 1) * PAGE : page * PAGE],
        n=len(found),
        whole=len(lines),
        word=word,
        page=page,
        pages=-(-len(found) // PAGE),
    )


@door.get(f"{PATH}/line")
@allowed("manager")
def roster_line_page(season_id: int, sheet: str) -> str:
    """One line to be corrected; without a key, an empty one."""
    season, roster = _load(season_id)
    line = _get_line(season.scheme, roster, sheet, request.args.get("key", ""))
    return _render(season, roster, sheet, line, _show_cells(line))


@door.post(f"{PATH}/line")
@allowed("manager")
def correct_roster_line(season_id: int, sheet: str) -> Answer:
    season, roster = _load(season_id)
    form = LineForm()
    if not form.validate():
        raise NotFound
    line = _get_line(season.scheme, roster, sheet, form.key.data or "")
    typed = _read(season.scheme, sheet, line)
    found = correct_line(season.scheme, roster, sheet, line.key, typed)
    cells = {**_show_cells(line), **typed}
    return _enter(season, roster, sheet, line, found, cells)


@door.post(f"{PATH}/line/removal")
@allowed("manager")
def remove_roster_line(season_id: int, sheet: str) -> Answer:
    season, roster = _load(season_id)
    form = LineForm()
    if not form.validate() or not form.key.data:
        raise NotFound
    line = _get_line(season.scheme, roster, sheet, form.key.data)
    found = remove_line(season.scheme, roster, sheet, line.key)
    return _enter(season, roster, sheet, line, found, _show_cells(line))


def _enter(
    season: SeasonView,
    roster: Roster,
    sheet: str,
    line: Line,
    found: Corrected,
    cells: Mapping[str, str],
) -> Answer:
    """Import the roster as corrected, or show the line again with what is wrong."""
    if found.roster is None:
        return _render(season, roster, sheet, line, cells, found), 422
    try:
        correction = rosters.Correction(f"{sheet} {line.key or '+'}", roster)
        rosters.import_roster(current_act(), season.id, found.roster, correction)
    except Problem as problem:
        page = _render(season, roster, sheet, line, cells, found, problem)
        return page, problem.kind.status
    return redirect(url_for("admin.roster_lines_page", season_id=season.id, sheet=sheet))


def _render(
    season: SeasonView,
    roster: Roster,
    sheet: str,
    line: Line,
    cells: Mapping[str, str],
    found: Corrected | None = None,
    problem: Problem | None = None,
) -> str:
    return render_template(
        "admin/roster_line.html",
        season=season,
        layout=_get_layout(season.scheme, sheet),
        line=line,
        fixed=FIXED[sheet] if line.key else frozenset(),
        cells=cells,
        choices=_list_choices(season.scheme, roster, sheet),
        long=LONG,
        found=found,
        problem=problem,
        lost=_count_lost(season, roster, sheet, line),
    )


def _load(season_id: int) -> tuple[SeasonView, Roster]:
    database = current_service().database
    season = seasons.get_season(database, season_id)
    return season, rosters.get_roster(database, season_id)


def _get_layout(scheme: Scheme, sheet: str) -> SheetLayout:
    for layout in roster_layouts(scheme):
        if layout.key == sheet:
            return layout
    raise NotFound


def _get_line(scheme: Scheme, roster: Roster, sheet: str, key: str) -> Line:
    _get_layout(scheme, sheet)
    if not key:
        return Line("", {})
    for line in list_own_lines(scheme, roster)[sheet]:
        if line.key == key:
            return line
    raise NotFound


def _read(scheme: Scheme, sheet: str, line: Line) -> dict[str, str]:
    """What was typed into the columns that may be changed."""
    fixed = FIXED[sheet] if line.key else frozenset()
    known = {column.key for column in _get_layout(scheme, sheet).columns} - fixed
    return {name: text for name, text in read_line(request.form).items() if name in known}


def _show_cells(line: Line) -> dict[str, str]:
    return {
        key: value.in_language(g.language) if isinstance(value, Text) else str(value)
        for key, value in line.cells.items()
    }


def _find(lines: Sequence[Line], word: str) -> list[NumberedLine]:
    """Lines with this word in any cell, in whatever width it is typed."""
    wanted = build_key(word)
    return [
        NumberedLine(number, line)
        for number, line in enumerate(lines, start=FIRST_LINE)
        if wanted in build_key(" ".join(map(_say, line.cells.values())))
    ]


def _say(value: Text | int) -> str:
    return value.zh + " " + value.en if isinstance(value, Text) else str(value)


def _list_choices(scheme: Scheme, roster: Roster, sheet: str) -> dict[str, list[tuple[str, Text]]]:
    """By column: what is posted and what is shown. Units and raters are chosen by their codes."""
    offered = {
        column: [(text.in_language(g.language), text) for text in texts if isinstance(text, Text)]
        for (of, column), texts in list_roster_choices(scheme).items()
        if of == sheet
    }
    if sheet in ("raters", "relations"):
        offered["unit"] = [(unit.code, same(f"{unit.name} {unit.code}")) for unit in roster.units]
    if sheet == "relations":
        offered["rater"] = list(_list_raters(scheme, roster))
    return offered


def _list_raters(scheme: Scheme, roster: Roster) -> list[tuple[str, Text]]:
    members = {group.members for group in scheme.groups} - {""}
    units = ((unit.code, unit.name) for unit in roster.units if unit.category in members)
    people = ((rater.code, rater.name) for rater in roster.raters)
    return [(code, same(f"{name} {code}")) for code, name in dict([*people, *units]).items()]


def _count_lost(season: SeasonView, roster: Roster, sheet: str, line: Line) -> int:
    """Figures that would go with a unit."""
    if sheet != "units" or not line.key:
        return 0
    others = [unit for unit in roster.units if unit.code != line.key]
    return rosters.count_figures_lost(current_service().database, season.id, others)
