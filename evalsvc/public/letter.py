"""A person's result behind the code of a letter, and the question that may be asked of it.

No visit, cookie or address carries the code: each step posts it again, and no GET opens anything.
"""

from http import HTTPStatus

from flask import g, redirect, render_template, request
from werkzeug.wrappers import Response as Answered

from evalsvc.clock import now
from evalsvc.domain import seasons
from evalsvc.domain.acting import Act
from evalsvc.domain.concluding import letters
from evalsvc.errors import ACT_REFUSED, ENTRY_REFUSED, LETTER_UNKNOWN, TOKEN_MISTYPED, Problem
from evalsvc.extensions import current_service
from evalsvc.public.failures import slow_failures
from evalsvc.public.routes import door
from evalsvc.scheme.wording import say_full_marks
from evalsvc.text import speak_of
from forms.code import CodeForm, find_token

Page = str | Answered | tuple[str, int]


@door.get("/letter")
def letter() -> str:
    """Where a letter's QR code leads; the code stands behind # and is filled in by the script."""
    return render_template("public/letter.html", form=CodeForm(), text="")


@door.post("/letter")
def open_letter() -> Page:
    """The result behind a code."""
    return _with_letter("")


@door.post("/letter/review")
def ask_by_letter() -> Page:
    """Ask for a review, and see that it is there."""
    text = request.form.get("text", "")
    service = current_service()
    act = Act(service.database, letters.READER, now())
    try:
        letters.ask_by_letter(act, service.settings, _find_code(), text)
    except Problem as problem:
        if problem.kind not in (ENTRY_REFUSED, ACT_REFUSED):
            return _with_letter("")  # which says what is wrong with the code
        return _with_letter(text, problem)
    return _with_letter("")


@door.get("/letter/review")
def letter_again() -> Answered:
    """Somebody loads the address of a button."""
    return redirect("/letter", 303)


def _with_letter(typed: str, problem: Problem | None = None) -> Page:
    service, code = current_service(), _find_code()
    act = Act(service.database, letters.READER, now())
    try:
        opened = letters.open_letter(act, service.settings, code)
    except Problem as refused:
        return _ask_code(slow_failures(refused))
    season = seasons.get_season(service.database, opened.season_id)
    g.language = speak_of(season.scheme.evaluates, g.language)
    page = render_template(
        "public/letter_result.html",
        season=season,
        opened=opened,
        full=say_full_marks(season.scheme, opened.line.category),
        code=code,
        typed=typed,
        problem=problem.text.in_language(g.language) if problem else "",
    )
    return page, problem.kind.status if problem else HTTPStatus.OK


def _ask_code(problem: Problem) -> tuple[str, int]:
    if problem.kind in (TOKEN_MISTYPED, LETTER_UNKNOWN):
        # What was typed stays in the field, as on the raters' page.
        form = CodeForm()
    else:
        form = CodeForm(formdata=None)
    text = problem.text.in_language(g.language)
    return render_template("public/letter.html", form=form, text=text), problem.kind.status


def _find_code() -> str:
    return find_token(request.form.get("code", ""))
