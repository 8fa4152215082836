"""The season board, a season's checklist and its scheme."""

from flask import Response, redirect, render_template, url_for
from werkzeug.wrappers import Response as AnyResponse
from wtforms import SelectChoice

from evalsvc.admin.door.access import allowed, allowed_to_staff, current_act, door
from evalsvc.admin.door.doing import Answer, do_or_show
from evalsvc.admin.door.steps import build_board, is_late, list_season_steps
from evalsvc.clock import now
from evalsvc.domain import seasons
from evalsvc.domain.assessing.overruled import list_own_overruled
from evalsvc.domain.concluding import pending
from evalsvc.domain.concluding.standing import list_notices, list_standings
from evalsvc.domain.office_days import office_day
from evalsvc.domain.people import approvals
from evalsvc.domain.preparing import inheriting
from evalsvc.domain.voting.card_reports import count_card_reports
from evalsvc.domain.words import comments
from evalsvc.domain.words.replies import count_replies
from evalsvc.errors import Problem
from evalsvc.extensions import current_service
from evalsvc.scheme.file.errors import SchemeErrors
from evalsvc.scheme.outline import list_outline
from evalsvc.scheme.presets import get_preset_text, list_presets, load_preset
from evalsvc.scheme.publication import say_periods
from evalsvc.scheme.shown import list_shown_of
from forms.season import SAME, NamesForm, SchemeForm, SeasonForm, read_scheme_text


@door.get("/")
@allowed_to_staff
def board() -> str:
    act = current_act()
    cards = seasons.list_seasons(current_service().database)
    return render_template(
        "admin/board.html",
        seasons=cards,
        board=build_board(cards, list_standings(act.database), act.actor.roles, act.moment),
        own_results=pending.list_own_results(act),
        notices=list_notices(act.database, office_day(act.moment)),
        waiting=approvals.list_for(act.database, act.actor),
        pending=pending.list_pending(act),
        returned=pending.list_returned(act),
        overruled=list_own_overruled(act),
        comments=comments.count_waiting(current_service().database),
        card_reports=count_card_reports(current_service().database),
        replies=count_replies(current_service().database),
        moment=act.moment,
    )


@door.get("/seasons/new")
@allowed("manager")
def new_season() -> str:
    return _render_new(_build_form())


@door.post("/seasons/new")
@allowed("manager")
def create_season() -> AnyResponse | tuple[str, int]:
    form = _build_form()
    if not form.validate():
        return _render_new(form), 422
    try:
        page = _create(form)
    except SchemeErrors as wrong:
        return _render_new(form, wrong), 422
    except ValueError as wrong:
        form.file.errors = [str(wrong)]
        return _render_new(form), 422
    return redirect(page)


@door.get("/seasons/<int:season_id>/inherited/<int:earlier_id>")
@allowed("manager")
def inherited_page(season_id: int, earlier_id: int) -> str:
    """What came along from an earlier season, and what stayed behind."""
    database = current_service().database
    return render_template(
        "admin/inherited.html",
        season=seasons.get_season(database, season_id),
        earlier=seasons.get_season(database, earlier_id),
        inherited=inheriting.compare_inherited(database, season_id, earlier_id),
    )


@door.get("/seasons/<int:season_id>")
@allowed_to_staff
def season_page(season_id: int) -> str:
    database = current_service().database
    season = seasons.get_season(database, season_id)
    moment = now()
    return render_template(
        "admin/season.html",
        season=season,
        steps=list_season_steps(season, list_standings(database)[season_id], moment),
        notice=list_notices(database, office_day(moment)).get(season_id),
        late=[each for each in season.rounds if is_late(each, moment)],
        comments=comments.count_waiting(current_service().database).get(season_id, 0),
    )


@door.get("/seasons/<int:season_id>/names")
@allowed("manager")
def names_page(season_id: int) -> str:
    season = seasons.get_season(current_service().database, season_id)
    return _render_names(season_id, NamesForm(formdata=None, obj=season))


@door.post("/seasons/<int:season_id>/names")
@allowed("manager")
def amend_season(season_id: int) -> Answer:
    form = NamesForm()
    return do_or_show(
        form,
        lambda: seasons.amend_season(
            current_act(),
            season_id,
            form.title.data or "",
            form.office.data or "",
            form.contact.data or "",
        ),
        lambda problem: _render_names(season_id, form, problem),
        url_for("admin.season_page", season_id=season_id),
    )


@door.get("/seasons/<int:season_id>/scheme")
@allowed_to_staff
def scheme_page(season_id: int) -> str:
    return _render_scheme(season_id, SchemeForm())


@door.post("/seasons/<int:season_id>/scheme")
@allowed("manager")
def change_scheme(season_id: int) -> AnyResponse | tuple[str, int]:
    form = SchemeForm()
    if not form.validate():
        return _render_scheme(season_id, form), 422
    try:
        text = read_scheme_text(form.file)
        seasons.change_scheme(current_act(), season_id, text)
    except SchemeErrors as wrong:
        return _render_scheme(season_id, form, wrong), 422
    except ValueError as wrong:
        form.file.errors = [str(wrong)]
        return _render_scheme(season_id, form), 422
    return redirect(url_for("admin.scheme_page", season_id=season_id))


@door.get("/seasons/<int:season_id>/scheme.yaml")
@allowed_to_staff
def scheme_file(season_id: int) -> Response:
    season = seasons.get_season(current_service().database, season_id)
    name = f"scheme-{season_id}.yaml"
    return Response(
        season.scheme_text,
        mimetype="application/yaml",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


def _create(form: SeasonForm) -> str:
    """Create the season that was asked for; the page to go on to."""
    act, names = current_act(), (form.title.data, form.office.data, form.contact.data)
    if not form.earlier.data:
        season_id = seasons.create_season(act, *names, _read_scheme(form))
        return url_for("admin.season_page", season_id=season_id)
    earlier_id = int(form.earlier.data)
    text = None if form.scheme.data == SAME else _read_scheme(form)
    season_id = inheriting.inherit_season(act, *names, earlier_id, text)
    return url_for("admin.inherited_page", season_id=season_id, earlier_id=earlier_id)


def _render_names(season_id: int, form: NamesForm, problem: Problem | None = None) -> str:
    season = seasons.get_season(current_service().database, season_id)
    printed = [each for each in season.rounds if each.state in ("issued", "open")]
    return render_template(
        "admin/names.html", season=season, form=form, printed=printed, problem=problem
    )


def _build_form() -> SeasonForm:
    earlier = seasons.list_seasons(current_service().database)
    newest = earlier[0] if earlier else None
    # Whoever holds an office for a second year has typed its name before.
    form = SeasonForm(
        office=newest.office if newest else "", contact=newest.contact if newest else ""
    )
    form.earlier.choices = [
        SelectChoice("", "不沿用"),
        *(SelectChoice(str(each.id), each.title) for each in earlier),
    ]
    form.scheme.choices = [SelectChoice(code) for code in (SAME, *list_presets(), "file")]
    return form


def _render_new(form: SeasonForm, wrong: SchemeErrors | None = None) -> str:
    presets = [(code, load_preset(code)) for code in list_presets()]
    return render_template("admin/new_season.html", form=form, presets=presets, wrong=wrong)


def _render_scheme(season_id: int, form: SchemeForm, wrong: SchemeErrors | None = None) -> str:
    season = seasons.get_season(current_service().database, season_id)
    return render_template(
        "admin/scheme.html",
        season=season,
        scheme=season.scheme,
        say_periods=say_periods,
        branches=list_outline(season.scheme),
        public_from={
            group.code: list_shown_of(season.scheme, group) for group in season.scheme.groups
        },
        form=form,
        wrong=wrong,
        changeable=all(each.state == "preparing" for each in season.rounds),
    )


def _read_scheme(form: SeasonForm) -> str:
    if form.scheme.data == "file":
        return read_scheme_text(form.file)
    return get_preset_text(form.scheme.data)
