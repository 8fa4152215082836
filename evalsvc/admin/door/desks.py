"""The raters' own pages at a desk of the office: the same handlers, templates and checks."""

from collections.abc import Callable

from flask import current_app, g, request
from werkzeug.wrappers import Response

from evalsvc.domain.voting.desks import Desk
from evalsvc.errors import NOT_FOUND, Problem
from evalsvc.fronts import Front

# What of the raters' door is about filling in a ballot.
PAGES = frozenset(
    {"start", "answer", "draft", "check", "submit", "receipt", "receipt.svg", "leave"}
)


def show_page(desk: Desk, front: Front, page: str) -> Response:
    """Answer as the raters' door would, at this desk and under these addresses.

    The two doors know nothing of each other: the application is asked who stands at the address.
    """
    if page not in PAGES:
        raise Problem(NOT_FOUND)
    g.desk, g.front = desk, front
    adapter = current_app.url_map.bind("")
    endpoint, _ = adapter.match(f"/{page}", method=request.method)
    view: Callable[[], Response | str] = current_app.view_functions[endpoint]  # type: ignore[assignment]  # the raters' pages give no other kinds
    return current_app.make_response(view())
