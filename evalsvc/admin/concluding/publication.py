"""Publishing a result: proposal, publicity, final, archive; the season's periods and liaisons."""

from collections.abc import Callable

from flask import g, redirect, render_template, request, url_for
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response
from wtforms import SelectChoice

from evalsvc.admin.door.access import allowed, current_act, door
from evalsvc.admin.door.doing import Answer, do_or_show
from evalsvc.admin.door.files import begin_job
from evalsvc.clock import now
from evalsvc.domain import changing, seasons
from evalsvc.domain.concluding import (
    disclosure,
    letters,
    missing,
    outcomes,
    periods,
    publications,
    publishing,
    results,
    reviews,
    second_person,
)
from evalsvc.domain.concluding.notices import list_differences
from evalsvc.domain.concluding.periods import Period, Terms
from evalsvc.domain.concluding.publications import PublicationView
from evalsvc.domain.office_days import office_day
from evalsvc.domain.people import approvals, bindings, liaisons
from evalsvc.domain.preparing import rosters
from evalsvc.domain.words import comments
from evalsvc.errors import NOT_FOUND, Problem
from evalsvc.extensions import current_service
from evalsvc.reports.words.outcome_words import list_open_places, say_places
from evalsvc.scheme.wording import say_shown
from evalsvc.text import Text
from evalsvc.workdays.words import say_counted
from forms.publication import (
    AnswerForm,
    BindingForm,
    CorrectionForm,
    PeriodForm,
    ProposalForm,
    TermsForm,
)


@door.get("/seasons/<int:season_id>/publication")
@allowed("manager", "auditor")
def publication_page(season_id: int) -> str:
    return _render(season_id)


@door.post("/seasons/<int:season_id>/publication")
@allowed("manager", fresh=True)
def propose_result(season_id: int) -> Answer:
    form = ProposalForm()
    return _answer(
        season_id,
        "proposal",
        form,
        lambda: publishing.propose(current_act(), season_id, form.reason.data or ""),
    )


@door.post("/seasons/<int:season_id>/correction")
@allowed("manager", fresh=True)
def open_correction(season_id: int) -> Answer:
    form = CorrectionForm()
    return _answer(
        season_id,
        "correction",
        form,
        lambda: changing.open_correction(current_act(), season_id, form.reason.data or ""),
    )


@door.post("/seasons/<int:season_id>/publication/<int:version>/period")
@allowed("manager", fresh=True)
def begin_publicity(season_id: int, version: int) -> Answer:
    form = PeriodForm()
    return _answer(
        season_id,
        "period",
        form,
        lambda: second_person.begin_publicity(
            current_act(),
            current_service().settings,
            season_id,
            version,
            _read_period(season_id, form),
        ),
    )


@door.post("/seasons/<int:season_id>/publication/<int:version>/final")
@allowed("manager", fresh=True)
def make_final(season_id: int, version: int) -> Answer:
    return _answer(
        season_id,
        "final",
        FlaskForm(),
        lambda: second_person.make_final(
            current_act(), current_service().settings, season_id, version
        ),
    )


@door.post("/seasons/<int:season_id>/publication/<int:version>/archive")
@allowed("manager", fresh=True)
def archive_result(season_id: int, version: int) -> Answer:
    _get_version(season_id, version)
    settings = current_service().settings

    def archive() -> Response | None:
        if settings.small_office:
            return begin_job("archive", season_id, None, {"version": str(version)})
        second_person.propose_archive(current_act(), settings, season_id, version)
        return None

    return _answer(season_id, "archive", FlaskForm(), archive)


@door.post("/seasons/<int:season_id>/publication/<int:version>/notices")
@allowed("manager")
def make_notices(season_id: int, version: int) -> Response:
    _get_version(season_id, version)
    given = {"version": str(version), "language": g.language}
    return begin_job("notices", season_id, None, given)


@door.post("/seasons/<int:season_id>/publication/<int:version>/letters")
@allowed("manager", fresh=True)
def issue_letters(season_id: int, version: int) -> Response:
    """Letters with codes to all persons, or a new one to the person that is named."""
    view = _get_version(season_id, version)
    unit = request.form.get("unit", "")
    if unit and view.notice.find_unit(unit) is None:
        raise Problem(NOT_FOUND)
    given = {"version": str(version), "language": str(g.language), "unit": unit}
    return begin_job("letters", season_id, None, given)


@door.post("/seasons/<int:season_id>/publication/terms")
@allowed("manager")
def set_terms(season_id: int) -> Answer:
    form = TermsForm()
    return _answer(
        season_id,
        "terms",
        form,
        lambda: periods.set_terms(current_act(), season_id, _read_terms(form)),
    )


@door.post("/seasons/<int:season_id>/liaisons")
@allowed("manager", "administrator")
def bind_liaison(season_id: int) -> Answer:
    form = BindingForm()
    return _answer(
        season_id,
        "liaison",
        form,
        lambda: liaisons.bind_liaison(current_act(), season_id, form.login.data, form.code.data),
    )


@door.post("/seasons/<int:season_id>/liaisons/removal")
@allowed("manager", "administrator")
def unbind_liaison(season_id: int) -> Answer:
    form = BindingForm()
    return _answer(
        season_id,
        "liaison",
        form,
        lambda: liaisons.unbind_liaison(current_act(), season_id, form.login.data, form.code.data),
    )


@door.get("/seasons/<int:season_id>/reviews")
@allowed("manager", "auditor")
def reviews_page(season_id: int) -> str:
    return _render_reviews(season_id)


@door.post("/reviews/<int:request_id>")
@allowed("manager")
def answer_review(request_id: int) -> Answer:
    database, form = current_service().database, AnswerForm()
    season_id = reviews.get_season_of(database, request_id)
    if not form.validate():
        return _render_reviews(season_id, request_id, form), 422
    try:
        reviews.answer_review(current_act(), request_id, form.verdict.data, form.answer.data)
    except Problem as problem:
        page = _render_reviews(season_id, request_id, form, problem)
        return page, problem.kind.status
    return redirect(url_for("admin.reviews_page", season_id=season_id))


def _answer(season_id: int, part: str, form: FlaskForm, verb: Callable[[], object]) -> Answer:
    page = url_for("admin.publication_page", season_id=season_id)
    return do_or_show(form, verb, lambda problem: _render(season_id, part, form, problem), page)


def _render(
    season_id: int, part: str = "", form: FlaskForm | None = None, problem: Problem | None = None
) -> str:
    database = current_service().database
    season = seasons.get_season(database, season_id)
    views = publications.list_publications(database, season_id)
    terms = periods.get_terms(database, season_id)
    today = office_day(now())
    suggested = periods.suggest(database, season_id, today)
    correction = changing.find_correction(database, season_id)
    forms = {
        "proposal": ProposalForm(formdata=None, reason=correction.reason if correction else ""),
        "correction": CorrectionForm(formdata=None),
        "period": PeriodForm(formdata=None, first_day=today, last_day=suggested.latest),
        "terms": TermsForm(formdata=None, obj=terms),
        "liaison": BindingForm(formdata=None),
    }
    if form is not None and part in forms:
        forms[part] = form
    units = {unit.code: unit.name for unit in rosters.list_units(database, season_id)}
    _offer(forms["liaison"], bindings.list_candidates(database, "liaison"), units)
    return render_template(
        "admin/publication.html",
        season=season,
        views=views,
        correction=correction,
        differences=_list_differences(views),
        terms=terms,
        suggested=suggested,
        say_counted=say_counted,
        forms=forms,
        problem=problem,
        today=today,
        stale=results.is_stale(database, season_id),
        starts=_list_starts(season),
        say_shown=say_shown,
        open_places=list_open_places(outcomes.count_competing(database, season_id), season.scheme),
        say_places=say_places,
        letters=letters.count_letters(database, season_id),
        proposable=_is_proposable(season, views),
        missing=missing.list_missing(database, season_id),
        asked=[
            each
            for each in approvals.list_waiting(database, season_id=season_id)
            if each.kind in second_person.KINDS
        ],
        small_office=current_service().settings.small_office,
        waiting=sum(each.state == "waiting" for each in reviews.list_reviews(database, season_id)),
        comments=comments.count_waiting(database).get(season_id, 0),
        bindings=liaisons.list_liaisons(database, season_id),
        units=units,
    )


def _list_starts(season: seasons.SeasonView) -> list[tuple[Text, Text, str]] | None:
    """Category, figure and reason of where the newest computation is public from."""
    if season.newest_result is None:
        return None
    settled = disclosure.get_settled(
        current_service().database, season.id, season.newest_result.version
    )
    if settled is None:
        return None
    names = {category.code: category.name for category in season.scheme.categories}
    return [(names[s.category], season.scheme.node_names[s.node], s.why) for s in settled]


def _render_reviews(
    season_id: int,
    request_id: int | None = None,
    form: AnswerForm | None = None,
    problem: Problem | None = None,
) -> str:
    database = current_service().database
    return render_template(
        "admin/reviews.html",
        season=seasons.get_season(database, season_id),
        requests=reviews.list_reviews(database, season_id),
        today=office_day(now()),
        form=form or AnswerForm(formdata=None),
        answered=request_id,
        problem=problem,
    )


def _get_version(season_id: int, version: int) -> PublicationView:
    views = publications.list_publications(current_service().database, season_id)
    for view in views:
        if view.version == version:
            return view
    raise Problem(NOT_FOUND)


def _is_proposable(season: seasons.SeasonView, views: tuple[PublicationView, ...]) -> bool:
    newest = season.newest_result
    return newest is not None and newest.version not in {view.version for view in views}


def _list_differences(views: tuple[PublicationView, ...]) -> dict[int, object]:
    """What each correction changed, by its version."""
    by = {view.version: view for view in views}
    return {
        view.version: list_differences(by[view.corrects].notice, view.notice)
        for view in views
        if view.corrects in by
    }


def _offer(form: FlaskForm, people: tuple[tuple[str, str], ...], units: dict[str, str]) -> None:
    form.login.choices = [SelectChoice(login, f"{name}（{login}）") for login, name in people]
    form.code.choices = [SelectChoice(code, name) for code, name in units.items()]


def _read_period(season_id: int, form: PeriodForm) -> Period:
    return periods.build_period(
        current_service().database,
        season_id,
        form.first_day.data,
        form.last_day.data,
        form.audience.data,
        form.extent.data,
    )


def _read_terms(form: TermsForm) -> Terms:
    return Terms(
        form.shown_least.data, form.shown_most.data, form.review_days.data, form.answer_days.data
    )
