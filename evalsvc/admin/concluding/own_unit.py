"""A liaison's pages: the own unit's published result, its notice, and asking for a review."""

from flask import Response, g, redirect, render_template, request, url_for
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response as AnyResponse

from evalsvc.admin.door.access import allowed, current_act, current_actor, door
from evalsvc.clock import now
from evalsvc.domain import seasons
from evalsvc.domain.assessing import figure_trail
from evalsvc.domain.concluding import publications, reviews
from evalsvc.domain.concluding.disclosure import get_folded
from evalsvc.domain.concluding.notices import NoticeUnit
from evalsvc.domain.concluding.publications import PublicationView
from evalsvc.domain.office_days import office_day
from evalsvc.domain.people import liaisons
from evalsvc.domain.people.former_names import list_sayings
from evalsvc.domain.voting import beside
from evalsvc.domain.words import voices
from evalsvc.errors import NOT_FOUND, NOT_YOURS, Problem
from evalsvc.extensions import current_service
from evalsvc.reports.documents.unit_notice import render_unit_notice
from evalsvc.reports.words.outcome_words import list_outcome_sentences
from evalsvc.reports.words.own_view import list_own_lines
from evalsvc.scheme.model import Scheme
from evalsvc.scheme.wording import say_full_marks
from evalsvc.text import Text, speak_of
from evalsvc.work.notices import NoticeWriter
from evalsvc.workdays.words import say_counted
from forms.publication import ReviewForm

Answer = str | AnyResponse | tuple[str, int]


@door.get("/seasons/<int:season_id>/own")
@allowed("liaison")
def own_page(season_id: int) -> str:
    return _render_own(season_id, written=request.args.get("written", ""))


@door.post("/seasons/<int:season_id>/own/<unit>/account")
@allowed("liaison")
def write_account(season_id: int, unit: str) -> Answer:
    if not FlaskForm().validate():
        return _render_own(season_id), 422
    typed = request.form.get("account", "")
    try:
        beside.write_account(current_act(), season_id, unit, typed)
    except Problem as problem:
        if problem.kind is NOT_YOURS:
            raise
        return _render_own(season_id, problem, unit, typed), problem.kind.status
    return redirect(url_for("admin.own_page", season_id=season_id, written=unit))


@door.get("/seasons/<int:season_id>/own/<unit>")
@allowed("liaison")
def own_sheet(season_id: int, unit: str) -> str:
    return _render(season_id, unit)


@door.get("/seasons/<int:season_id>/own/<unit>/notice.pdf")
@allowed("liaison")
def own_notice(season_id: int, unit: str) -> Response:
    shown, _ = _get_shown(season_id, unit)
    writer = NoticeWriter(current_service().database, season_id, shown.version)
    return Response(
        render_unit_notice(
            writer.write(unit), speak_of(writer.season.scheme.evaluates, g.language)
        ),
        mimetype="application/pdf",
        headers={"Content-Disposition": f'attachment; filename="notice-{shown.version}.pdf"'},
    )


@door.post("/seasons/<int:season_id>/own/<unit>")
@allowed("liaison")
def ask_review(season_id: int, unit: str) -> Answer:
    form = ReviewForm()
    if not form.validate():
        return _render(season_id, unit, form), 422
    try:
        reviews.ask_review(current_act(), season_id, unit, form.text.data)
    except Problem as problem:
        if problem.kind is NOT_YOURS:
            raise
        return _render(season_id, unit, form, problem), problem.kind.status
    return redirect(url_for("admin.own_sheet", season_id=season_id, unit=unit))


def _render_own(
    season_id: int,
    problem: Problem | None = None,
    wrong: str = "",
    typed: str = "",
    written: str = "",
) -> str:
    """The colleague's units; with their accounts where raters are shown them."""
    database = current_service().database
    season = seasons.get_season(database, season_id)
    actor = current_actor()
    views = publications.list_publications(database, season_id)
    own = beside.list_own_accounts(database, season_id, actor)
    return render_template(
        "admin/own.html",
        season=season,
        units={each.unit: each.name for each in own},
        shown=publications.find_shown(views, office_day(now())),
        accounts=({each.unit: each.account for each in own} if season.scheme.asks_accounts else {}),
        longest=beside.LONGEST_ACCOUNT,
        problem=problem,
        wrong=wrong,
        typed=typed,
        written=written,
    )


def _render(
    season_id: int, unit: str, form: ReviewForm | None = None, problem: Problem | None = None
) -> str:
    database = current_service().database
    shown, line = _get_shown(season_id, unit)
    season = seasons.get_season(database, season_id)
    result = publications.get_unit_sheet(database, season_id, shown.version, unit, line.category)
    folded = get_folded(database, season_id, shown.version, line.category)
    today = office_day(now())
    return render_template(
        "admin/own_sheet.html",
        season=season,
        shown=shown,
        line=line,
        of=len(shown.notice.list_category(line.category)),
        full=say_full_marks(season.scheme, line.category),
        following=_list_following(shown, line, season.scheme),
        lines=list_own_lines(result.tree, season.scheme, folded),
        former=list_sayings(database, season_id),
        changes=figure_trail.list_changes(database, season_id, unit),
        comments=voices.list_comments(database, season_id, shown.version, unit),
        requests=reviews.list_reviews(database, season_id, unit),
        counted=say_counted(shown.counted["shown"]) if shown.counted else None,
        open=shown.takes_reviews(today),
        today=today,
        form=form or ReviewForm(formdata=None),
        problem=problem,
    )


def _get_shown(season_id: int, unit: str) -> tuple[PublicationView, NoticeUnit]:
    """The version that counts today, with the line of a unit that the colleague speaks for."""
    database = current_service().database
    seasons.get_season(database, season_id)
    if unit not in liaisons.list_own_units(database, season_id, current_actor()):
        raise Problem(NOT_YOURS, what=Text("这个单位", "this unit"))
    views = publications.list_publications(database, season_id)
    shown = publications.find_shown(views, office_day(now()))
    line = shown.notice.find_unit(unit) if shown else None
    if shown is None or line is None:
        raise Problem(NOT_FOUND)
    return shown, line


def _list_following(shown: PublicationView, line: NoticeUnit, scheme: Scheme) -> tuple[Text, ...]:
    """Why the unit has its grade and what follows, as the version says; nothing of before."""
    outcome = line.find_outcome()
    if outcome is None:
        return ()
    return list_outcome_sentences(
        outcome, shown.notice.quotas, scheme, takes_awards=line.takes_awards
    )
