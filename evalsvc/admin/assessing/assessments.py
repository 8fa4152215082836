"""Assessing bodies: the office's list of sheets, and a body's own sheet to fill in."""

from collections.abc import Callable, Iterable, Mapping

from flask import Response, g, redirect, render_template, request, url_for
from flask_wtf import FlaskForm
from wtforms import SelectChoice

from evalsvc.admin.door.access import allowed, current_act, current_actor, door
from evalsvc.admin.door.doing import Answer, do_or_show
from evalsvc.clock import now
from evalsvc.domain import seasons
from evalsvc.domain.assessing import assessments, body_sheets, figure_trail
from evalsvc.domain.assessing.assessments import Entry, Remark
from evalsvc.domain.assessing.body_sheets import NOT_CARRIED, SheetView
from evalsvc.domain.assessing.overruled import list_overruled
from evalsvc.domain.people import bindings, bodies
from evalsvc.domain.preparing import attachments
from evalsvc.errors import NOT_YOURS, Problem
from evalsvc.extensions import current_service
from evalsvc.language import LOCAL_TIME
from evalsvc.results.changes import ChangedFigure
from evalsvc.text import Text, same, speak_of
from evalsvc.workbooks.assessment import assessment_template, read_assessment
from evalsvc.workbooks.problems import CellProblem, has_errors
from forms.assessment import EVIDENCE, FIGURE, NOTE, DeadlineForm, ReasonForm, read_cells
from forms.publication import BindingForm
from forms.upload import WorkbookForm

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
# What may be typed for "does not carry it".
TYPED_NOT_CARRIED = frozenset({"不承担", "not carried", "NA"})


@door.get("/seasons/<int:season_id>/bodies")
@allowed("manager", "auditor")
def bodies_page(season_id: int) -> str:
    return _render_office(season_id)


@door.post("/seasons/<int:season_id>/bodies/sheets")
@allowed("manager")
def ask_for_sheets(season_id: int) -> Answer:
    form = DeadlineForm()

    def ask() -> None:
        deadline = form.deadline.data.replace(tzinfo=LOCAL_TIME)
        assessments.ask_for_sheets(current_act(), season_id, deadline)

    return _answer(season_id, form, ask)


@door.post("/seasons/<int:season_id>/bodies/members")
@allowed("manager", "administrator")
def bind_member(season_id: int) -> Answer:
    form = BindingForm()
    return _answer(
        season_id,
        form,
        lambda: bodies.bind_member(current_act(), season_id, form.login.data, form.code.data),
    )


@door.post("/seasons/<int:season_id>/bodies/members/removal")
@allowed("manager", "administrator")
def unbind_member(season_id: int) -> Answer:
    form = BindingForm()
    return _answer(
        season_id,
        form,
        lambda: bodies.unbind_member(current_act(), season_id, form.login.data, form.code.data),
    )


@door.post("/seasons/<int:season_id>/sheets/<round_code>/<body>/return")
@allowed("manager")
def return_sheet(season_id: int, round_code: str, body: str) -> Answer:
    form = ReasonForm()
    return _answer_on_sheet(
        season_id,
        round_code,
        body,
        form,
        lambda: assessments.return_sheet(
            current_act(), season_id, round_code, body, form.reason.data
        ),
    )


@door.post("/seasons/<int:season_id>/sheets/<round_code>/<body>/accept")
@allowed("manager")
def accept_sheet(season_id: int, round_code: str, body: str) -> Answer:
    return _answer_on_sheet(
        season_id,
        round_code,
        body,
        ReasonForm(formdata=None),
        lambda: assessments.accept_sheet(current_act(), season_id, round_code, body),
        validated=True,
    )


@door.get("/seasons/<int:season_id>/sheets")
@allowed("assessor")
def own_sheets(season_id: int) -> str:
    database = current_service().database
    own = bodies.list_own_bodies(database, season_id, current_actor())
    sheets = [
        sheet
        for sheet in body_sheets.list_sheets(database, season_id)
        if sheet.body in own and sheet.state != "unasked"
    ]
    return render_template(
        "admin/own_sheets.html",
        season=seasons.get_season(database, season_id),
        names=bodies.list_bodies(database, season_id),
        own=sorted(own),
        sheets=sheets,
        overruled=_count_overruled(sheets, list_overruled(database, season_id, own)),
        moment=now(),
    )


@door.get("/seasons/<int:season_id>/sheets/<round_code>/<body>")
@allowed("assessor", "manager", "auditor")
def sheet_page(season_id: int, round_code: str, body: str) -> str:
    return render_sheet(season_id, round_code, body)


@door.post("/seasons/<int:season_id>/sheets/<round_code>/<body>")
@allowed("assessor")
def save_sheet(season_id: int, round_code: str, body: str) -> Answer:
    """Keep what is typed; the second button hands the sheet in at once."""
    entries, remarks = _read_posted()

    def save() -> None:
        act = current_act()
        assessments.save_entries(act, season_id, round_code, body, entries, remarks)
        if "hand_in" in request.form:
            assessments.hand_in(act, season_id, round_code, body)

    return _answer_on_sheet(season_id, round_code, body, FlaskForm(), save)


@door.get("/seasons/<int:season_id>/sheets/<round_code>/<body>.xlsx")
@allowed("assessor", "manager", "auditor")
def sheet_file(season_id: int, round_code: str, body: str) -> Response:
    evaluates = seasons.get_season(current_service().database, season_id).scheme.evaluates
    sheet = _get_own_sheet(season_id, round_code, body)
    content = assessment_template(sheet, speak_of(evaluates, g.language))
    name = f"sheet-{season_id}.xlsx"
    return Response(
        content, mimetype=XLSX, headers={"Content-Disposition": f'attachment; filename="{name}"'}
    )


@door.post("/seasons/<int:season_id>/sheets/<round_code>/<body>/workbook")
@allowed("assessor")
def upload_sheet(season_id: int, round_code: str, body: str) -> Answer:
    """Take a workbook's figures into the sheet, where they are looked at before handing in."""
    form = WorkbookForm()
    if not form.validate():
        return render_sheet(season_id, round_code, body, upload=form), 422
    sheet = _get_own_sheet(season_id, round_code, body)
    try:
        reading = read_assessment(form.read_bytes(), sheet)
        wrong = has_errors(reading.problems)
        if not wrong:
            assessments.save_entries(
                current_act(), season_id, round_code, body, reading.entries, reading.remarks
            )
    except Problem as problem:
        page = render_sheet(season_id, round_code, body, problem)
        return page, problem.kind.status
    if reading.problems:
        page = render_sheet(season_id, round_code, body, cells=reading.problems)
        return page, 422 if wrong else 200
    return redirect(
        url_for("admin.sheet_page", season_id=season_id, round_code=round_code, body=body)
    )


def _answer(season_id: int, form: FlaskForm, verb: Callable[[], object]) -> Answer:
    page = url_for("admin.bodies_page", season_id=season_id)
    return do_or_show(form, verb, lambda problem: _render_office(season_id, form, problem), page)


def _answer_on_sheet(
    season_id: int,
    round_code: str,
    body: str,
    form: FlaskForm,
    verb: Callable[[], None],
    *,
    validated: bool = False,
) -> Answer:
    returning = form if isinstance(form, ReasonForm) else None
    return do_or_show(
        None if validated else form,
        verb,
        lambda problem: render_sheet(season_id, round_code, body, problem, returning=returning),
        url_for("admin.sheet_page", season_id=season_id, round_code=round_code, body=body),
        own=True,
    )


def _render_office(
    season_id: int, form: FlaskForm | None = None, problem: Problem | None = None
) -> str:
    database = current_service().database
    season = seasons.get_season(database, season_id)
    names = bodies.list_bodies(database, season_id)
    sheets = body_sheets.list_sheets(database, season_id)
    member = form if isinstance(form, BindingForm) else BindingForm(formdata=None)
    people = bindings.list_candidates(database, "assessor")
    member.login.choices = [SelectChoice(login, f"{name}（{login}）") for login, name in people]
    member.code.choices = [
        SelectChoice(code, name.in_language(g.language)) for code, name in _ordered(names, season)
    ]
    return render_template(
        "admin/bodies.html",
        season=season,
        sheets=sheets,
        names=names,
        members=bodies.list_members(database, season_id),
        changes=figure_trail.list_changes(database, season_id),
        overruled=_count_overruled(sheets, list_overruled(database, season_id)),
        deadline=form if isinstance(form, DeadlineForm) else DeadlineForm(formdata=None),
        member=member,
        problem=problem,
        moment=now(),
    )


def render_sheet(
    season_id: int,
    round_code: str,
    body: str,
    problem: Problem | None = None,
    *,
    upload: WorkbookForm | None = None,
    returning: ReasonForm | None = None,
    cells: tuple[CellProblem, ...] = (),
) -> str:
    database = current_service().database
    sheet = _get_own_sheet(season_id, round_code, body)
    own = bodies.list_own_bodies(database, season_id, current_actor())
    changes = _keep_own(sheet, list_overruled(database, season_id, {body}))
    typed = {(cell.kind, cell.unit, cell.component): cell.text for cell in read_cells(request.form)}
    return render_template(
        "admin/sheet.html",
        season=seasons.get_season(database, season_id),
        sheet=sheet,
        name=bodies.list_bodies(database, season_id)[body],
        mine=body in own,
        changes=changes,
        changed={
            (each.unit, each.component): NOT_CARRIED if each.after is None else each.after
            for each in changes
        },
        unit_names={unit.code: same(unit.name) for unit in sheet.units},
        typed=typed,
        problem=problem,
        upload=upload or WorkbookForm(formdata=None),
        returning=returning or ReasonForm(formdata=None),
        cells=cells,
        files=[
            file
            for file in attachments.list_attachments(database, season_id)
            if (file.place.round, file.place.body) == (round_code, body)
        ],
        moment=now(),
    )


def _get_own_sheet(season_id: int, round_code: str, body: str) -> SheetView:
    """A sheet for the office and the supervisors, or for the body's own people."""
    database, actor = current_service().database, current_actor()
    sheet = body_sheets.get_sheet(database, season_id, round_code, body)
    if not actor.has_role("manager", "auditor") and body not in bodies.list_own_bodies(
        database, season_id, actor
    ):
        raise Problem(NOT_YOURS, what=Text("这个考核主体", "this assessing body"))
    return sheet


def _keep_own(sheet: SheetView, overruled: Iterable[ChangedFigure]) -> tuple[ChangedFigure, ...]:
    """Those that this sheet has."""
    codes = {each.code for each in sheet.components}
    return tuple(
        each for each in overruled if each.round == sheet.round and each.component in codes
    )


def _count_overruled(
    sheets: Iterable[SheetView], overruled: tuple[ChangedFigure, ...]
) -> dict[tuple[str, str], int]:
    """By round and body."""
    return {(sheet.round, sheet.body): len(_keep_own(sheet, overruled)) for sheet in sheets}


def _read_posted() -> tuple[list[Entry], list[Remark]]:
    cells = read_cells(request.form)
    entries = [
        Entry(cell.unit, cell.component, _as_value(cell.text))
        for cell in cells
        if cell.kind == FIGURE
    ]
    words = {(cell.kind, cell.unit): cell.text for cell in cells if cell.kind != FIGURE}
    units = dict.fromkeys(unit for _, unit in words)
    remarks = [
        Remark(unit, words.get((NOTE, unit), ""), words.get((EVIDENCE, unit), "")) for unit in units
    ]
    return entries, remarks


def _as_value(text: str) -> str:
    return NOT_CARRIED if text in TYPED_NOT_CARRIED else text


def _ordered(names: Mapping[str, Text], season: seasons.SeasonView) -> list[tuple[str, Text]]:
    """The scheme's bodies and the desks first, then units that may lead."""
    first = [body.code for body in season.scheme.bodies] + list(bodies.DESKS)
    return [(code, names[code]) for code in first] + [
        (code, name) for code, name in names.items() if code not in first
    ]
