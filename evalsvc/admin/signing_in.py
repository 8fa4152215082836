"""Signing in and out, and the one-time link with which an account begins."""

from flask import g, redirect, render_template, request, session, url_for
from werkzeug.wrappers import Response

from evalsvc.admin.access import SESSION_SECRET, allowed_to_anybody, door
from evalsvc.admin.files import FILE_KEYS
from evalsvc.clock import now
from evalsvc.domain import staff
from evalsvc.errors import SIGN_IN_FAILED, Problem
from evalsvc.extensions import current_service
from forms.sign_in import LinkForm, SignInForm

Answer = str | Response | tuple[str, int]


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
    try:
        secret = staff.sign_in(
            current_service().database, form.login.data, form.password.data, now()
        )
    except Problem as problem:
        if problem.kind is not SIGN_IN_FAILED:
            raise
        form.password.errors = [problem.text(g.language)]
        return render_template("admin/sign_in.html", form=form), problem.kind.status
    _begin(secret)
    return redirect(_inside(form.back.data))


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
    secret = staff.use_link(
        current_service().database, form.secret(), form.password.data, now()
    )
    _begin(secret)
    return redirect(url_for("admin.board"))


def _begin(secret: str) -> None:
    """A new session; of an earlier one only keys to files stay, which serve their starter alone.

    Somebody whose session ended while letters were printed must still get at the codes.
    """
    kept = session.get(FILE_KEYS)
    _end()
    session[SESSION_SECRET] = secret
    if kept:
        session[FILE_KEYS] = kept


def _end() -> None:
    secret = session.get(SESSION_SECRET)
    if secret:
        staff.sign_out(current_service().database, secret)
    session.clear()


def _inside(back: str | None) -> str:
    """Where somebody wanted to go, if that is a page of the office; else the board."""
    if back and back.startswith("/office/") and "\\" not in back:
        return back
    return url_for("admin.board")
