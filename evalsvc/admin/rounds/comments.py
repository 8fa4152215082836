"""Review of citizens' comments: a page of texts, each decided on by a press or a key."""

from collections.abc import Mapping

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from evalsvc.admin.door.access import allowed, current_act, current_actor, door
from evalsvc.domain import seasons
from evalsvc.domain.words import comments
from evalsvc.domain.words.comments import CommentQuery, CommentVerdict
from evalsvc.errors import NOT_FOUND, Problem
from evalsvc.extensions import current_service
from evalsvc.models.comment import COMMENT_STATES
from forms.comments import (
    CHOICES,
    CommentsForm,
    PostedVerdict,
    name_field,
    read_place,
    read_verdicts,
)

Answer = str | Response | tuple[str, int]

STATES = (comments.WAITING, *COMMENT_STATES)
ALL = "all"


@door.get("/seasons/<int:season_id>/comments")
@allowed("manager", "auditor")
def comments_page(season_id: int) -> str:
    return _render(season_id)


@door.post("/seasons/<int:season_id>/comments")
@allowed("manager")
def review_comments(season_id: int) -> Answer:
    form, posted = CommentsForm(), read_verdicts(request.form)
    if not form.validate() or any(one.wrong for one in posted):
        return _render(season_id, posted), 422
    try:
        comments.decide_comments(current_act(), season_id, [_build_verdict(one) for one in posted])
    except Problem as problem:
        return _render(season_id, posted, problem), problem.kind.status
    return redirect(_find_page(season_id))


@door.post("/seasons/<int:season_id>/comments/return")
@allowed("manager")
def take_back_comment(season_id: int) -> Answer:
    form, place = CommentsForm(), read_place(request.form.get("place", ""))
    if not form.validate():
        return _render(season_id), 422
    if place is None:
        raise Problem(NOT_FOUND)
    try:
        comments.take_back_decision(current_act(), *place)
    except Problem as problem:
        return _render(season_id, problem=problem), problem.kind.status
    return redirect(_find_page(season_id))


def _render(
    season_id: int, posted: tuple[PostedVerdict, ...] = (), problem: Problem | None = None
) -> str:
    database, filters = current_service().database, _read_filters()
    query = CommentQuery(
        state="" if filters["state"] == ALL else filters["state"],
        unit=filters["unit"],
        page=_read_page(),
    )
    page = comments.list_for_review(database, season_id, query, current_actor())
    return render_template(
        "admin/comments.html",
        season=seasons.get_season(database, season_id),
        page=page,
        query=query,
        filters=filters,
        states=(*STATES, ALL),
        choices=CHOICES,
        posted={(one.round_id, one.number): one for one in posted},
        name_field=name_field,
        problem=problem,
    )


def _find_page(season_id: int) -> str:
    """The page that the colleague came from; its next comments have moved up."""
    asked = _read_filters()
    return url_for(
        "admin.comments_page", season_id=season_id, state=asked["state"], unit=asked["unit"]
    )


def _read_filters() -> Mapping[str, str]:
    """What the address asks for; what it can't mean asks for what waits."""
    state = request.args.get("state", "")
    return {
        "state": state if state in (*STATES, ALL) else comments.WAITING,
        "unit": request.args.get("unit", ""),
    }


def _read_page() -> int:
    return max(1, min(request.args.get("page", 1, type=int), 100_000))


def _build_verdict(one: PostedVerdict) -> CommentVerdict:
    return CommentVerdict(one.round_id, one.number, one.state, one.reason, one.wording)
