"""The roster page: units, raters and relations by their workbook, raters also by a list."""

from collections.abc import Sequence
from dataclasses import dataclass

from flask import g, render_template
from flask_wtf import FlaskForm

from evalsvc.admin.door.access import allowed, current_act, door
from evalsvc.admin.uploads.flow import Checked, Comparison, Upload
from evalsvc.domain import seasons
from evalsvc.domain.people.former_names import list_sayings
from evalsvc.domain.preparing import rosters
from evalsvc.domain.preparing.relations import list_matrix_groups
from evalsvc.domain.preparing.rosters import Change, Roster
from evalsvc.errors import Problem
from evalsvc.extensions import current_service
from evalsvc.text import NOTHING, Text
from evalsvc.workbooks.differences import compare_rosters
from evalsvc.workbooks.listed import is_list
from evalsvc.workbooks.rater_list import read_rater_list
from evalsvc.workbooks.roster import RosterReading, read_roster
from evalsvc.workbooks.roster_layout import roster_layouts
from evalsvc.workbooks.templates import roster_template
from forms.upload import RosterForm

_FIGURES_LOST = Text(
    "删去的单位还有 %(n)s 个指标数、加减分和历年结果，会一起删去",
    "The units that go have %(n)s figures, adjustments and results of earlier years, which go "
    "with them",
)


@door.get("/seasons/<int:season_id>/roster")
@allowed("manager", "auditor")
def roster_page(season_id: int) -> str:
    return _render(season_id)


def _write_template(season_id: int) -> bytes:
    """What is on the roster, in the form in which it is imported again."""
    database = current_service().database
    scheme = seasons.get_season(database, season_id).scheme
    return roster_template(scheme, g.language, rosters.get_roster(database, season_id))


@dataclass(frozen=True)
class _Found:
    """A roster to be imported; `seen` is the one of which a list has left lines as they stood."""

    roster: Roster
    seen: Roster | None = None


def _check(season_id: int, content: bytes) -> Checked[_Found]:
    database = current_service().database
    season = seasons.get_season(database, season_id)
    if is_list(content):
        seen = rosters.get_roster(database, season_id)
        listed = read_rater_list(content, season.scheme, seen)
        return _build_checked(season_id, listed.roster, seen, (listed.note,))
    called = {unit.code: unit.name for unit in rosters.list_units(database, season_id)}
    return _build_checked(season_id, read_roster(content, season.scheme, called))


def _build_checked(
    season_id: int, reading: RosterReading, seen: Roster | None = None, notes: Sequence[Text] = ()
) -> Checked[_Found]:
    if reading.roster is None:
        return Checked(None, reading.sheets, reading.problems, notes)
    comparison = _compare(season_id, reading.roster)
    found = _Found(reading.roster, seen)
    return Checked(found, reading.sheets, reading.problems, notes, comparison=comparison)


def _compare(season_id: int, found: Roster) -> Comparison:
    database = current_service().database
    scheme = seasons.get_season(database, season_id).scheme
    old = rosters.get_roster(database, season_id)
    lost = rosters.count_figures_lost(database, season_id, found.units)
    text = _FIGURES_LOST.filled(n=lost) if lost else NOTHING
    return Comparison(compare_rosters(scheme, old, found), text)


def _accept(season_id: int, found: _Found) -> Change:
    return rosters.import_roster(current_act(), season_id, found.roster, seen=found.seen).total


def _render(
    season_id: int,
    form: FlaskForm | None = None,
    problem: Problem | None = None,
    change: Change | None = None,
) -> str:
    database = current_service().database
    season = seasons.get_season(database, season_id)
    return render_template(
        "admin/roster.html",
        season=season,
        layouts=roster_layouts(season.scheme),
        former=list_sayings(database, season_id),
        matrix_groups=list_matrix_groups(season.scheme),
        units=rosters.list_units(database, season_id),
        form=form or RosterForm(formdata=None),
        problem=problem,
        change=change,
        kept=UPLOAD.is_kept(season_id),
    )


UPLOAD = Upload(
    noun="roster",
    page="roster_page",
    title="名册",
    form=RosterForm,
    check=_check,
    accept=_accept,
    render=_render,
    template=_write_template,
    accepts=".xlsx,.csv,.txt",
)
UPLOAD.offer("/seasons/<int:season_id>/roster")
