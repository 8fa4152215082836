"""Assisted entry: the office's counter, where a holder's paper or spoken answers are typed in."""

from collections.abc import Mapping

from flask import current_app, redirect, render_template, request, session, url_for
from werkzeug.wrappers import Response

from evalsvc.admin.door.access import allowed, current_act, door
from evalsvc.admin.door.desks import show_page
from evalsvc.domain import seasons
from evalsvc.domain.voting import assistance
from evalsvc.domain.voting.assistance import AssistedDesk
from evalsvc.extensions import csrf, current_service
from evalsvc.fronts import Front
from forms.code import CodeForm

COOKIE = "assisted"
# What this sitting has typed in, by round and group, in the signed cookie of the browser.
TALLY = "assisted"
# So many at once may be added by themselves: too few would tell which ballots they were.
ENOUGH = 5


@door.get("/assisted")
@allowed("assistant")
def assisted_page() -> Response:
    """Where the code of the next card is typed; whoever sat here before has left."""
    database = current_service().database
    tally = _read_tally()
    page = render_template(
        "admin/assisted.html",
        form=CodeForm(formdata=None),
        rounds=[
            (card, each)
            for card in seasons.list_seasons(database)
            for each in card.rounds
            if each.state == "open"
        ],
        waiting=sum(n for groups in tally.values() for n in groups.values()),
    )
    response = current_app.make_response(page)
    response.delete_cookie(_cookie_name(), secure=_is_secure(), httponly=True, samesite="Strict")
    return response


@door.post("/assisted/sitting")
@allowed("assistant")
def end_sitting() -> Response:
    """Add what was typed in to the turnout."""
    _report()
    return redirect(url_for("admin.assisted_page"), 303)


@door.route("/assisted/<page>", methods=["GET", "POST"])
@allowed("assistant")
def assisted_step(page: str) -> Response:
    """One of the rater's pages, for the holder of the card on the counter."""
    if page == "start" and request.method == "POST":
        _report_enough()
    home = url_for("admin.assisted_page")
    return show_page(AssistedDesk(note=_note), Front(home, home, COOKIE), page)


csrf.exempt(assisted_step)  # its forms carry the token of their visit, as a rater's do


def _note(round_id: int, group: str) -> None:
    tally = _read_tally()
    groups = tally.get(str(round_id), {})
    session[TALLY] = {**tally, str(round_id): {**groups, group: groups.get(group, 0) + 1}}


def _report_enough() -> None:
    """Before the next card is taken, not when a ballot is cast: the times would tell."""
    if sum(n for groups in _read_tally().values() for n in groups.values()) >= ENOUGH:
        _report()


def _report() -> None:
    for round_id, groups in _read_tally().items():
        assistance.report_sitting(current_act(), int(round_id), groups)
    session.pop(TALLY, None)


def _read_tally() -> Mapping[str, Mapping[str, int]]:
    tally: Mapping[str, Mapping[str, int]] = session.get(TALLY, {})
    return tally


def _cookie_name() -> str:
    return f"__Host-{COOKIE}" if _is_secure() else COOKIE


def _is_secure() -> bool:
    return current_service().settings.secure_cookies
