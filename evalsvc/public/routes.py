"""A rater's way: code, questionnaire, check, receipt. No GET changes anything."""

from collections.abc import Callable
from datetime import datetime
from http import HTTPStatus

from flask import Blueprint, Response, g, make_response, redirect, render_template, request
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response as Answered

from evalsvc.ballots.breaches import list_paper_breaches
from evalsvc.ballots.paper import Paper
from evalsvc.clock import now
from evalsvc.domain.sealing.public_box import find_anchor_name
from evalsvc.domain.voting.casting import new_nonce
from evalsvc.domain.voting.visit import Visit
from evalsvc.errors import (
    BALLOT_REFUSED,
    ROUND_CLOSED,
    SLOW_DOWN,
    TOKEN_MISTYPED,
    VISIT_OVER,
    Kind,
    Problem,
)
from evalsvc.extensions import csrf, current_service
from evalsvc.public.failures import slow_failures
from evalsvc.public.sheets import (
    build_filled_sheet,
    render_empty_page,
    render_page,
    render_receipt_page,
)
from evalsvc.public.visits import (
    Seat,
    clear_cookie,
    current_desk,
    current_front,
    end_seat,
    find_seat,
    keep_receipt,
    set_cookie,
    take_seat,
)
from evalsvc.text import speak_of
from forms.ballot import BallotForm
from forms.code import CodeForm, find_token
from forms.posted import (
    build_csrf_token,
    is_of_visit,
    list_kept,
    read_ballot,
    read_nonce,
    read_turn,
)

door = Blueprint("public", __name__)
csrf.exempt(door)  # ballots carry a token of their visit instead, which lives as long as the visit


@door.app_context_processor
def offer_desk() -> dict[str, object]:
    """Every page's addresses begin with its front's, which another door may have set."""
    return {"desk": current_desk(), "front": current_front()}


@door.get("/")
def home() -> str:
    """What this is, and where a code is typed."""
    return render_template("public/home.html", form=CodeForm(), text="")


@door.get("/r")
def card() -> str:
    """Where the QR code leads; the code stands behind # and never reaches the server from here."""
    return render_template("public/card.html", form=CodeForm(), text="")


@door.post("/start")
def start() -> Answered:
    """Admit the holder of a code; answers kept from an ended visit come along."""
    token = find_token(request.form.get("code", ""))
    kept = list_kept(request.form)
    service, desk, moment = current_service(), current_desk(), now()
    try:
        visit = desk.admit(service.database, service.settings, token, moment)
        paper = _get_paper(visit, moment) if kept else None
    except Problem as refused:
        problem = slow_failures(refused)
        if not kept and problem.kind not in (TOKEN_MISTYPED, SLOW_DOWN):
            raise
        return _ask_code(CodeForm(), problem.kind, problem.text.in_language(g.language))
    end_seat(find_seat(moment), moment)  # of somebody before, in the same browser
    seat = take_seat(visit, moment)
    response = _show_filled(seat, paper) if paper else _go_to("/answer")
    set_cookie(response, seat)
    return response


@door.get("/answer")
def answer() -> str:
    """Who asks and who sees what, then the questionnaire, with what was kept of it."""
    moment = now()
    seat = find_seat(moment)
    if seat is None:
        raise Problem(VISIT_OVER)
    database, desk = current_service().database, current_desk()
    paper = _get_paper(seat.visit, moment)
    draft = desk.find_draft(database, seat.visit) if paper.may_have_draft else ()
    if not draft:
        return render_empty_page(paper, seat.visit.root)
    form = _build_form(paper, MultiDict(draft))
    sheet = build_filled_sheet(paper, form, seat.visit.root)
    return render_page(paper, sheet, restored=True)


@door.post("/answer")
def answer_again() -> Answered:
    """The questionnaire with everything filled in, back from the check or in another language."""
    return _with_ballot(_show_filled)


@door.post("/draft")
def draft() -> Answered:
    """Keep what is filled in so far, sealed; the script asks by itself, a button without it."""
    return _with_ballot(_keep)


@door.post("/check")
def check() -> Answered:
    """What the answers add up to, before they are submitted."""
    return _with_ballot(_show_check)


@door.post("/submit")
def submit() -> Answered:
    """Cast the ballot; pressed twice, it gives the same receipt."""
    return _with_ballot(_cast, again=read_nonce(request.form.get("nonce", "")) or b"")


@door.get("/receipt")
def receipt() -> Answered:
    """The receipt, as often as it is asked for during the visit."""
    moment = now()
    seat = find_seat(moment)
    if seat is None or seat.receipt is None:
        return _go_to("/answer")
    try:
        paper = _get_paper(seat.visit, moment)
    except Problem as problem:
        if problem.kind is not ROUND_CLOSED:
            raise
        paper = None
    newest = paper.newest_anchor if paper else None
    anchor = find_anchor_name(current_service().database, seat.visit.round_id, newest)
    return make_response(render_receipt_page(paper, seat.receipt, anchor))


@door.get("/receipt.svg")
def receipt_picture() -> Answered:
    """The receipt as a picture to save; drawn without script, it shows what the page shows."""
    moment = now()
    seat = find_seat(moment)
    if seat is None or seat.receipt is None:
        return _go_to("/answer")
    paper = _get_paper(seat.visit, moment)
    picture = render_template("public/receipt.svg", paper=paper, receipt=seat.receipt)
    return Response(picture, mimetype="image/svg+xml")


@door.post("/report")
def report() -> Answered:
    """Count that somebody else has used this card."""
    return _with_ballot(_report)


@door.post("/leave")
def leave() -> Answered:
    """Take the visit off this phone, and end it wherever its cookie has been copied to."""
    moment = now()
    end_seat(find_seat(moment), moment)
    response = redirect(current_front().home, 303)
    clear_cookie(response)
    return response


@door.get("/start")
@door.get("/draft")
@door.get("/check")
@door.get("/submit")
@door.get("/leave")
@door.get("/report")
def reloaded() -> Answered:
    """Somebody loads the address of a button: the way goes on at the questionnaire."""
    return _go_to("/answer") if find_seat(now()) else redirect(current_front().home, 303)


def _get_paper(visit: Visit, moment: datetime) -> Paper:
    """A visit's paper; from here on the answer speaks of what it asks about."""
    paper = current_desk().get_paper(current_service().database, visit, moment)
    # Nearly every paper is about units, of which all sentences speak as they are written.
    if paper.evaluates == "persons":
        g.language = speak_of(paper.evaluates, g.language)
    return paper


def _with_ballot(act: Callable[[Seat, Paper], Answered], again: bytes = b"") -> Answered:
    """Do something with a visit's posted ballot; without its visit, keep the answers and ask."""
    moment = now()
    seat = find_seat(moment, again)
    if seat is None:
        return _ask_code(CodeForm(formdata=None), VISIT_OVER, _say(VISIT_OVER))
    paper = _get_paper(seat.visit, moment)
    if not is_of_visit(request.form, seat.visit.root):
        return _ask_code(CodeForm(formdata=None), VISIT_OVER, _say(VISIT_OVER))
    return act(seat, paper)


def _keep(seat: Seat, paper: Paper) -> Answered:
    turn, entries = read_turn(request.form.get("turn", "")), list_kept(request.form)
    database = current_service().database
    kept = current_desk().save_draft(database, seat.visit, entries, turn, now(), paper)
    if request.form.get("by") == "script":  # which says in words what was not kept
        return Response(status=HTTPStatus.NO_CONTENT if kept else HTTPStatus.ACCEPTED)
    return _go_to("/answer") if kept else _show_filled(seat, paper)


def _report(seat: Seat, paper: Paper) -> Answered:
    current_desk().report_card(current_service().database, seat.visit, now())
    return _page("public/reported.html", HTTPStatus.OK, paper=paper)


def _show_check(seat: Seat, paper: Paper) -> Answered:
    form = _build_form(paper, request.form)
    if not _is_sound(paper, form):
        return _show_faults(seat, paper, form)
    token, nonce = build_csrf_token(seat.visit.root), new_nonce().hex()
    return _page(
        "public/check.html", HTTPStatus.OK, paper=paper, form=form, token=token, nonce=nonce
    )


def _cast(seat: Seat, paper: Paper) -> Answered:
    nonce = read_nonce(request.form.get("nonce", ""))
    posted = read_ballot(paper.questionnaire, paper.units, request.form)
    if nonce is None or posted.foreign or posted.doubled:
        return _show_check(seat, paper)
    database, desk = current_service().database, current_desk()
    try:  # casting checks the ballot itself
        given = desk.cast(database, seat.visit, posted.answers, nonce, now(), paper)
    except Problem as problem:
        if problem.kind is not BALLOT_REFUSED:
            raise
        form = _build_form(paper, request.form)
        _is_sound(paper, form)  # notes each reason beside its field
        return _show_faults(seat, paper, form, problem.text.in_language(g.language))
    end_seat(seat, now(), submitted=nonce)
    response = _go_to("/receipt")
    set_cookie(response, keep_receipt(seat, given))
    return response


def _is_sound(paper: Paper, form: BallotForm) -> bool:
    return form.check(list_paper_breaches(paper, form.list_answers()))


def _build_form(paper: Paper, posted: MultiDict[str, str]) -> BallotForm:
    return BallotForm(paper.questionnaire, paper.categories, paper.units, posted)


def _show_filled(seat: Seat, paper: Paper) -> Response:
    form = _build_form(paper, request.form)
    sheet = build_filled_sheet(paper, form, seat.visit.root)
    return make_response(render_page(paper, sheet))


def _show_faults(seat: Seat, paper: Paper, form: BallotForm, problem: str = "") -> Response:
    sheet = build_filled_sheet(paper, form, seat.visit.root)
    page = render_page(paper, sheet, problem)
    return make_response(page, HTTPStatus.UNPROCESSABLE_ENTITY)


def _ask_code(form: CodeForm, kind: Kind, text: str) -> Response:
    kept = list_kept(request.form)
    page = "public/resume.html" if kept else "public/home.html"
    return _page(page, kind.status, form=form, kept=kept, text=text)


def _page(template: str, status: int, **things: object) -> Response:
    return make_response(render_template(template, **things), status)


def _go_to(page: str) -> Answered:
    return redirect(f"{current_front().address}{page}", 303)


def _say(kind: Kind) -> str:
    return kind.text.in_language(g.language)
