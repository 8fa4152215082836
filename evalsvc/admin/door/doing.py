"""The middle beat of the office's routes: one verb is done, or its page says what is wrong."""

from collections.abc import Callable

from flask import redirect
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response

from evalsvc.errors import Problem

Answer = str | Response | tuple[str, int]

# Whoever is refused so may not see the page either, or there is none.
_NO_PAGE = (403, 404)


def do_or_show(
    form: FlaskForm | None,
    verb: Callable[[], object],
    show: Callable[[Problem | None], str],
    page: str,
    *,
    own: bool = False,
) -> Answer:
    """Do one verb and go on to a page, or show what is wrong with the form or with the verb.

    A verb may answer itself. `own`: the page belongs to some, and strangers don't get it shown.
    """
    if form is not None and not form.validate():
        return show(None), 422
    try:
        answer = verb()
    except Problem as problem:
        if own and problem.kind.status in _NO_PAGE:
            raise
        return show(problem), problem.kind.status
    return answer if isinstance(answer, Response) else redirect(page)
