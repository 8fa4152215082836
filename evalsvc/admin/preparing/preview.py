"""Preview: each group's questionnaire as it will be seen, on a phone and on a desktop."""

import hmac
from dataclasses import dataclass

from flask import current_app, g, render_template, request, url_for
from werkzeug.wrappers import Response

from evalsvc.admin.door.access import allowed, current_actor, door
from evalsvc.admin.door.desks import show_page
from evalsvc.admin.door.files import begin_job
from evalsvc.domain import seasons
from evalsvc.domain.voting import preview
from evalsvc.domain.voting.preview import GroupSheets, PreviewDesk
from evalsvc.domain.voting.visit import Visit
from evalsvc.errors import NOT_FOUND, ROSTER_EMPTY, Problem
from evalsvc.extensions import csrf, current_service
from evalsvc.fronts import PreviewFront
from evalsvc.language import LANGUAGES
from evalsvc.scheme.model import Group
from evalsvc.text import Text

# The application's policy, but for two words: these pages may stand in a frame of our own pages,
# and the page around them may hold frames. `tests/admin/test_preview.py` keeps them alike.
_POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; {frames}"
)
FRAMED = {
    "Content-Security-Policy": _POLICY.format(frames="frame-ancestors 'self'"),
    "X-Frame-Options": "SAMEORIGIN",
}
FRAMING = {
    "Content-Security-Policy": _POLICY.format(frames="frame-ancestors 'none'; frame-src 'self'")
}

UNITS = Text("单位", "units")


@dataclass(frozen=True)
class Choice:
    """Which paper is looked at, in which language."""

    group: Group
    number: int
    language: str


@door.get("/rounds/<int:round_id>/preview")
@allowed("manager", "auditor")
def preview_page(round_id: int) -> Response:
    """A group's paper in two frames; which one stands in the address."""
    database = current_service().database
    found = seasons.get_round(database, round_id)
    groups = preview.list_asked_groups(database, round_id)
    sheets = _find_sheets(round_id, groups)
    page = render_template(
        "admin/preview.html",
        season=seasons.get_season(database, found.season_id),
        round=found,
        groups=groups,
        sheets=sheets,
        choice=_read_choice(sheets) if sheets else None,
    )
    response = current_app.make_response(page)
    response.headers.update(FRAMING)
    return response


@door.route(
    "/rounds/<int:round_id>/preview/<group>/<int:number>/<language>/<page>", methods=["GET", "POST"]
)
@allowed("manager", "auditor")
def preview_step(round_id: int, group: str, number: int, language: str, page: str) -> Response:
    """One of the rater's pages; nothing that is sent to it is kept."""
    if language not in LANGUAGES:
        raise Problem(NOT_FOUND)
    g.language = language
    answer = url_for(
        "admin.preview_step",
        round_id=round_id,
        group=group,
        number=number,
        language=language,
        page="answer",
    )
    desk = PreviewDesk(
        visit=Visit(round_id, _derive_root(round_id, group, number)),
        round_id=round_id,
        group=group,
        number=number,
    )
    front = PreviewFront(answer.removesuffix("/answer"), answer)
    response = show_page(desk, front, page)
    response.headers.update(FRAMED)
    return response


csrf.exempt(preview_step)  # its forms carry the token of their visit, as a rater's do


@door.post("/rounds/<int:round_id>/preview/<group>/paper")
@allowed("manager", "auditor")
def make_paper_form(round_id: int, group: str) -> Response:
    """Have a group's questionnaires made as a PDF to print."""
    database = current_service().database
    if preview.list_sheets(database, round_id, group).has_sample_units:
        raise Problem(ROSTER_EMPTY, what=UNITS)
    season_id = seasons.get_round(database, round_id).season_id
    return begin_job("paper_form", season_id, round_id, {"group": group, "language": g.language})


def _find_sheets(round_id: int, groups: tuple[Group, ...]) -> GroupSheets | None:
    wished = request.args.get("group", groups[0].code if groups else "")
    database = current_service().database
    return preview.list_sheets(database, round_id, wished) if groups else None


def _read_choice(sheets: GroupSheets) -> Choice:
    number = request.args.get("number", "0")
    found = int(number) if number.isascii() and number.isdigit() and len(number) < 6 else 0
    wished = request.args.get("in", g.language)
    return Choice(
        sheets.group, sheets.get_sheet(found).number, wished if wished in LANGUAGES else g.language
    )


def _derive_root(round_id: int, group: str, number: int) -> bytes:
    """What a token would give: nobody else's form is taken for this colleague's."""
    secret = current_app.config["SECRET_KEY"]
    name = f"preview {current_actor().staff_id} {round_id} {group} {number}"
    return hmac.digest(secret, name.encode(), "sha256")
