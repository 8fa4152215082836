"""Somebody's own account: another password, and where they are signed in."""

from flask import g, redirect, render_template, session, url_for
from werkzeug.wrappers import Response

from evalsvc.admin.door.access import (
    SESSION_SECRET,
    allowed,
    allowed_to_staff,
    current_act,
    current_actor,
    door,
    get_idle,
)
from evalsvc.admin.door.signing_in import Answer, begin, refuse, slowly
from evalsvc.domain.people import sessions, staff
from evalsvc.errors import PASSWORD_EASY, SIGN_IN_FAILED, SLOW_DOWN, Problem
from evalsvc.extensions import current_service
from evalsvc.language import translate
from evalsvc.models.staff import ROLES
from forms.sign_in import PasswordForm

WRONG_NOW = "现在的密码不对。"


@door.get("/account")
@allowed_to_staff
def account_page() -> str:
    return _render(PasswordForm())


@door.post("/account/password")
@allowed_to_staff
def change_password() -> Answer:
    """The password of now is asked for; every other session ends."""
    form, act = PasswordForm(), current_act()
    if not form.validate():
        return _render(form), 422
    try:
        secret = slowly(
            act.actor.login,
            lambda: staff.change_password(act, form.current.data, form.password.data),
        )
    except Problem as problem:
        if problem.kind not in (SIGN_IN_FAILED, PASSWORD_EASY, SLOW_DOWN):
            raise
        _say(form, problem)
        return refuse(_render(form), problem)
    begin(secret)
    return _render(PasswordForm(formdata=None), changed=True)


@door.post("/account/sessions/<handle>")
@allowed(*ROLES, fresh=True)
def end_own_session(handle: str) -> Response:
    sessions.end_own_session(current_service().database, current_actor(), handle)
    return redirect(url_for("admin.account_page"))


@door.post("/account/sessions")
@allowed(*ROLES, fresh=True)
def end_other_sessions() -> Response:
    secret = session[SESSION_SECRET]
    sessions.end_other_sessions(current_service().database, current_actor(), secret)
    return redirect(url_for("admin.account_page"))


@door.get("/account/awake")
@allowed_to_staff
def stay_awake() -> Response:
    """Asked for while somebody types: a long text is no inactivity."""
    return Response(status=204)


def _say(form: PasswordForm, problem: Problem) -> None:
    if problem.kind is PASSWORD_EASY:
        form.password.errors = [problem.text.in_language(g.language)]
    elif problem.kind is SIGN_IN_FAILED:
        form.current.errors = [translate(WRONG_NOW, g.language)]
    else:
        form.current.errors = [problem.text.in_language(g.language)]


def _render(form: PasswordForm, changed: bool = False) -> str:
    service = current_service()
    own = sessions.list_own_sessions(current_act(), session[SESSION_SECRET], get_idle())
    return render_template(
        "admin/account.html",
        form=form,
        sessions=own,
        changed=changed,
        idle=service.settings.idle_minutes,
        hours=sessions.SESSION_LASTS.seconds // 3600,
    )
