"""Signing in and out, the second factor, and the one-time link with which an account begins."""

import logging
from collections.abc import Callable
from math import ceil
from time import monotonic
from typing import TypeVar

from flask import g, make_response, redirect, render_template, request, session, url_for
from werkzeug.wrappers import Response

from evalsvc.admin.door.access import (
    SESSION_SECRET,
    allowed_to_anybody,
    allowed_to_staff,
    door,
    find_signed_in,
)
from evalsvc.admin.door.browsers import name_browser
from evalsvc.admin.door.files import FILE_KEYS
from evalsvc.admin.door.way_back import find_way_back
from evalsvc.clock import now
from evalsvc.domain.people import second_factor, staff
from evalsvc.domain.people.sessions import SignedIn, note_browser
from evalsvc.domain.people.sessions import sign_out as end_session
from evalsvc.errors import PASSWORD_EASY, SECOND_FACTOR_WRONG, SIGN_IN_FAILED, SLOW_DOWN, Problem
from evalsvc.extensions import current_service
from evalsvc.qr import render_qr
from forms.sign_in import LinkForm, NumberForm, ProofForm, SignInForm

_log = logging.getLogger(__name__)

Answer = str | Response | tuple[str, int]
T = TypeVar("T")


@door.get("/sign-in")
@allowed_to_anybody
def sign_in_page() -> Answer:
    return render_template("admin/sign_in.html", form=SignInForm(back=request.args.get("back")))


@door.post("/sign-in")
@allowed_to_anybody
def sign_in() -> Answer:
    form = SignInForm()
    if not form.validate():
        return render_template("admin/sign_in.html", form=form), 422
    service = current_service()
    try:
        secret = slowly(
            form.login.data,
            lambda: staff.sign_in(
                service.database,
                form.login.data,
                form.password.data,
                now(),
                wants_factor=service.settings.second_factor,
            ),
        )
    except Problem as problem:
        if problem.kind not in (SIGN_IN_FAILED, SLOW_DOWN):
            raise
        form.password.errors = [problem.text.in_language(g.language)]
        return refuse(render_template("admin/sign_in.html", form=form), problem)
    begin(secret)
    if form.number.data:
        return _go_on_with(form.number.data, form.back.data)
    return redirect(find_way_back(form.back.data))


def _go_on_with(number: str, back: str | None) -> Answer:
    """The second page's answer, given on the first; who has no second factor yet gets it there."""
    found = find_signed_in()
    if found is None or found.complete or not found.enrolled:
        return redirect(find_way_back(back))
    return _take_number(found, NumberForm(formdata=None, number=number, back=back))


@door.get("/second-factor")
@allowed_to_anybody
def second_factor_page() -> Answer:
    """Asks for the number; an account without a second factor takes one over first."""
    found = find_signed_in()
    if found is None:
        return redirect(url_for("admin.sign_in_page"))
    if found.complete and found.enrolled:
        return redirect(url_for("admin.board"))
    return _render_second_factor(NumberForm(back=request.args.get("back")), found.enrolled)


@door.post("/second-factor")
@allowed_to_anybody
def give_number() -> Answer:
    found, form = find_signed_in(), NumberForm()
    if found is None:
        return redirect(url_for("admin.sign_in_page"))
    if not form.validate():
        return _render_second_factor(form, found.enrolled), 422
    return _take_number(found, form)


def _take_number(found: SignedIn, form: NumberForm) -> Answer:
    """A number that somebody half signed in has given."""
    service, secret = current_service(), session[SESSION_SECRET]
    codes: tuple[str, ...] = ()
    try:
        if found.enrolled:
            fresh = slowly(
                found.actor.login,
                lambda: second_factor.pass_second_factor(
                    service.database, service.settings, secret, form.number.data, now()
                ),
            )
        else:
            fresh, codes = second_factor.confirm_enrolment(
                service.database, service.settings, secret, form.number.data, now()
            )
    except Problem as problem:
        if problem.kind not in (SECOND_FACTOR_WRONG, SLOW_DOWN):
            raise
        form.number.errors = [problem.text.in_language(g.language)]
        return refuse(_render_second_factor(form, found.enrolled), problem)
    begin(fresh)
    if codes:
        return render_template("admin/recovery_codes.html", codes=codes)
    return redirect(find_way_back(form.back.data))


@door.get("/proof")
@allowed_to_staff
def proof_page() -> Answer:
    """Asks for the password again before an act of weight."""
    return _render_proof(ProofForm(back=request.args.get("back")))


@door.post("/proof")
@allowed_to_staff
def prove() -> Answer:
    form, service = ProofForm(), current_service()
    if not form.validate():
        return _render_proof(form), 422
    try:
        secret = slowly(
            g.actor.login,
            lambda: staff.prove_identity(
                service.database,
                service.settings,
                session[SESSION_SECRET],
                form.password.data,
                form.number.data or "",
                now(),
            ),
        )
    except Problem as problem:
        if problem.kind not in (SIGN_IN_FAILED, SECOND_FACTOR_WRONG, SLOW_DOWN):
            raise
        form.password.errors = [problem.text.in_language(g.language)]
        return refuse(_render_proof(form), problem)
    begin(secret)
    return redirect(find_way_back(form.back.data))


@door.post("/sign-out")
@allowed_to_anybody
def sign_out() -> Answer:
    _end()
    return redirect(url_for("admin.sign_in_page"))


@door.get("/link")
@allowed_to_anybody
def link_page() -> Answer:
    return render_template("admin/link.html", form=LinkForm())


@door.post("/link")
@allowed_to_anybody
def use_link() -> Answer:
    form = LinkForm()
    if not form.validate():
        return render_template("admin/link.html", form=form), 422
    service = current_service()
    try:
        secret = staff.use_link(
            service.database,
            form.secret(),
            form.password.data,
            now(),
            wants_factor=service.settings.second_factor,
        )
    except Problem as problem:
        if problem.kind is not PASSWORD_EASY:
            raise
        form.password.errors = [problem.text.in_language(g.language)]
        return render_template("admin/link.html", form=form), problem.kind.status
    begin(secret)
    return redirect(url_for("admin.board"))


def _render_second_factor(form: NumberForm, enrolled: bool) -> str:
    if enrolled:
        return render_template("admin/second_factor.html", form=form, offer=None, drawing="")
    service = current_service()
    offer = second_factor.offer_enrolment(
        service.database, service.settings, session[SESSION_SECRET], now()
    )
    drawing = render_qr(offer.address)
    return render_template("admin/second_factor.html", form=form, offer=offer, drawing=drawing)


def _render_proof(form: ProofForm) -> str:
    found = find_signed_in()
    return render_template("admin/proof.html", form=form, enrolled=found and found.enrolled)


def slowly(login: str, act: Callable[[], T]) -> T:
    """Try an act of signing in; whoever keeps failing waits longer each time."""
    service, at = current_service(), monotonic()
    address = request.remote_addr or ""
    mine, everybody = (login.lower(), address), (address,)
    wait = max(service.sign_ins.get_wait(mine, at), service.addresses.get_wait(everybody, at))
    if wait > 0:
        raise Problem(SLOW_DOWN, seconds=ceil(wait))
    try:
        result = act()
    except Problem as problem:
        if problem.kind in (SIGN_IN_FAILED, SECOND_FACTOR_WRONG):
            service.sign_ins.note_failure(mine, at)
            service.addresses.note_failure(everybody, at)
            # %r: what was typed can't begin a line of its own.
            _log.warning("refused: %s of %r from %s", problem.kind.code, login[:60], address)
        raise
    service.sign_ins.forget(mine)
    return result


def refuse(page: str, problem: Problem) -> Response:
    answer = make_response(page, problem.kind.status)
    if problem.kind is SLOW_DOWN:
        answer.headers["Retry-After"] = str(problem.figures["seconds"])
    return answer


def begin(secret: str) -> None:
    """A new session; of an earlier one only keys to files stay, which serve their starter alone.

    Somebody whose session ended while letters were printed must still get at the codes.
    """
    kept = session.get(FILE_KEYS)
    _end()
    session[SESSION_SECRET] = secret
    browser = name_browser(request.headers.get("User-Agent", ""))
    note_browser(current_service().database, secret, browser, request.remote_addr or "")
    if kept:
        session[FILE_KEYS] = kept


def _end() -> None:
    secret = session.get(SESSION_SECRET)
    if secret:
        end_session(current_service().database, secret)
    session.clear()
