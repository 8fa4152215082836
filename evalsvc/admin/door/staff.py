"""The staff page: who has an account, and a new one-time link for a colleague."""

from flask import redirect, render_template, url_for
from werkzeug.wrappers import Response

from evalsvc.admin.door.access import allowed, current_act, door
from evalsvc.clock import now
from evalsvc.domain.people import staff
from evalsvc.extensions import current_service
from forms.staff import ColleagueForm


@door.get("/staff")
@allowed("administrator", "manager")
def staff_page() -> str:
    return _render(ColleagueForm())


@door.post("/staff")
@allowed("administrator", "manager")
def make_link() -> str | tuple[str, int]:
    form = ColleagueForm()
    if not form.validate():
        return _render(form), 422
    secret = staff.invite_colleague(current_act(), form.login.data, form.name.data, form.roles.data)
    # Shown in this answer and nowhere again, so there is no redirect to carry it.
    return _render(ColleagueForm(formdata=None), link_for=form.name.data, link=_address(secret))


@door.post("/staff/<login>/suspension")
@allowed("administrator", "manager")
def suspend(login: str) -> Response:
    staff.suspend(current_act(), login)
    return redirect(url_for("admin.staff_page"))


def _render(form: ColleagueForm, link_for: str = "", link: str = "") -> str:
    colleagues = staff.list_colleagues(current_service().database)
    return render_template(
        "admin/staff.html",
        form=form,
        colleagues=colleagues,
        link_for=link_for,
        link=link,
        moment=now(),
    )


def _address(secret: str) -> str:
    return current_service().settings.public_url + url_for("admin.link_page") + "#" + secret
