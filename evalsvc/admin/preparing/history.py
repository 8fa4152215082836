"""Earlier years: shown per unit, imported by workbook, taken over from a season or a package."""

from flask import g, redirect, render_template, url_for
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response as AnyResponse

from evalsvc.admin.door.access import allowed, current_act, door
from evalsvc.admin.uploads.flow import Checked, Upload
from evalsvc.domain import seasons
from evalsvc.domain.concluding import earlier_results, history
from evalsvc.domain.concluding.earlier_results import Taken
from evalsvc.domain.concluding.history import History, PastRow
from evalsvc.domain.people.former_names import list_sayings
from evalsvc.domain.preparing import rosters
from evalsvc.domain.preparing.rosters import Change
from evalsvc.errors import Problem
from evalsvc.extensions import current_service
from evalsvc.scheme.cases import say_cases
from evalsvc.workbooks.history import read_history
from evalsvc.workbooks.history_layout import PAST_PLACES
from evalsvc.workbooks.problems import SheetPreview
from evalsvc.workbooks.templates import history_template
from forms.history import PackageForm, YearForm, split_package
from forms.upload import WorkbookForm

Answer = str | AnyResponse | tuple[str, int]


@door.get("/seasons/<int:season_id>/history")
@allowed("manager", "auditor")
def history_page(season_id: int) -> str:
    return _render(season_id)


@door.post("/seasons/<int:season_id>/history/year")
@allowed("manager")
def set_year(season_id: int) -> Answer:
    form = YearForm()
    if not form.validate():
        return _render(season_id, form), 422
    try:
        history.set_year(current_act(), season_id, form.year.data)
    except Problem as problem:
        return _render(season_id, form, problem), problem.kind.status
    return redirect(url_for("admin.history_page", season_id=season_id))


@door.post("/seasons/<int:season_id>/history/seasons/<int:earlier_id>")
@allowed("manager")
def take_over_season(season_id: int, earlier_id: int) -> Answer:
    """One press: the final result of another season becomes this one's past."""
    form = YearForm()
    if not form.validate():
        return _render(season_id, form), 422
    try:
        taken, change = earlier_results.take_over_season(
            current_act(), season_id, earlier_id, form.year.data
        )
    except Problem as problem:
        return _render(season_id, problem=problem), problem.kind.status
    return _render(season_id, change=change, taken=taken)


def _write_template(season_id: int) -> bytes:
    database = current_service().database
    season = seasons.get_season(database, season_id)
    return history_template(season.scheme, history.get_history(database, season_id), g.language)


def _check(season_id: int, content: bytes) -> Checked[tuple[PastRow, ...]]:
    database = current_service().database
    season = seasons.get_season(database, season_id)
    year = history.get_year(database, season_id)
    units = rosters.list_units(database, season_id)
    reading = read_history(content, season.scheme, units, year)
    return Checked(reading.rows, reading.sheets, reading.problems)


def _accept(season_id: int, found: tuple[PastRow, ...]) -> Change:
    return history.import_history(current_act(), season_id, found)


def _check_package(season_id: int, kept: bytes) -> Checked[Taken]:
    """A package that passed verification, shown as the rows that it gives."""
    database = current_service().database
    year, content = split_package(kept)
    taken = earlier_results.read_earlier_package(database, season_id, year, content)
    return Checked(taken, (_preview(season_id, taken),), (), taken.list_notes())


def _accept_package(season_id: int, taken: Taken) -> Change:
    return earlier_results.take_over_package(current_act(), season_id, taken)


def _preview(season_id: int, taken: Taken) -> SheetPreview:
    season = seasons.get_season(current_service().database, season_id)
    units = rosters.list_units(current_service().database, season_id)
    names = {unit.code: unit.name for unit in units}
    grades = season.scheme.outcome_names.grades
    rows = tuple(
        (
            names[row.unit],
            str(row.year),
            row.score or "",
            grades[row.grade].zh if row.grade in grades else row.grade,
            PAST_PLACES[row.place].zh if row.place else "",
        )
        for row in taken.rows
    )
    return SheetPreview(
        name=f"{taken.year}",
        header=("单位", "年度", "得分", "等次", "名次"),
        rows=rows,
        marks=(),
        letters=tuple("ABCDE"),
        header_number=1,
        numbers=tuple(range(2, len(rows) + 2)),
        omitted=0,
    )


def _render(
    season_id: int,
    form: FlaskForm | None = None,
    problem: Problem | None = None,
    change: Change | None = None,
    *,
    taken: Taken | None = None,
) -> str:
    database = current_service().database
    found = history.get_history(database, season_id)
    season = seasons.get_season(database, season_id)
    rules = season.scheme.outcome.consequences
    return render_template(
        "admin/history.html",
        season=season,
        history=found,
        former=list_sayings(database, season_id),
        cases={rule.code: say_cases(rule, season.scheme) for rule in rules},
        places=PAST_PLACES,
        earlier=earlier_results.list_earlier_seasons(database, season_id),
        year_form=form if isinstance(form, YearForm) else _offer_year(found),
        workbook=form if isinstance(form, WorkbookForm) else WorkbookForm(formdata=None),
        package=form if isinstance(form, PackageForm) else PackageForm(formdata=None),
        problem=problem,
        change=change,
        taken=taken,
        kept=[upload for upload in (WORKBOOK, PACKAGE) if upload.is_kept(season_id)],
    )


def _offer_year(found: History) -> YearForm:
    return YearForm(formdata=None, data={"year": found.year or found.guess})


WORKBOOK = Upload(
    noun="history",
    page="history_page",
    title="历年结果",
    form=WorkbookForm,
    check=_check,
    accept=_accept,
    render=_render,
    template=_write_template,
)
PACKAGE = Upload(
    noun="package",
    page="history_page",
    title="往年的证据包",
    form=PackageForm,
    check=_check_package,
    accept=_accept_package,
    render=_render,
)
WORKBOOK.offer("/seasons/<int:season_id>/history")
PACKAGE.offer("/seasons/<int:season_id>/history/package")
