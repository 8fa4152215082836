"""Files that figures rest on: attached, taken away and fetched, from the page they belong to."""

import io
from collections.abc import Callable

from flask import Response, send_file, url_for

from evalsvc.admin.assessing.adjustments import render_adjustments
from evalsvc.admin.assessing.assessments import render_sheet
from evalsvc.admin.assessing.tasks import render_task
from evalsvc.admin.door.access import allowed, current_act, current_actor, door
from evalsvc.admin.door.doing import Answer, do_or_show
from evalsvc.attached.kinds import MEDIA_TYPES, check_file, miss_file
from evalsvc.domain.assessing.task_reports import get_task_of_report
from evalsvc.domain.preparing import attachments
from evalsvc.domain.preparing.attachments import Belonging
from evalsvc.errors import NOT_FOUND, Problem
from evalsvc.extensions import current_service
from forms.attachment import AttachmentForm, RemovalForm


@door.post("/seasons/<int:season_id>/attachments")
@allowed("manager", "assessor", "liaison")
def attach(season_id: int) -> Answer:
    form = AttachmentForm()
    place = _read_place(form)

    def keep() -> None:
        if not form.file.validate(form):
            raise miss_file()
        file = check_file(*form.read_file())
        attachments.attach(current_act(), season_id, place, file)

    return _answer(season_id, place, keep)


@door.post("/attachments/<int:attachment_id>/removal")
@allowed("manager", "assessor", "liaison")
def remove_attachment(attachment_id: int) -> Answer:
    season_id, place = attachments.find_place(current_service().database, attachment_id)
    form = RemovalForm()
    return _answer(
        season_id,
        place,
        lambda: attachments.remove_attachment(current_act(), attachment_id, form.reason.data or ""),
    )


@door.get("/attachments/<int:attachment_id>")
@allowed("manager", "auditor", "assessor", "liaison")
def fetch_attachment(attachment_id: int) -> Response:
    """Always to be saved, never shown inside the office's own pages."""
    view, content = attachments.get_attachment(
        current_service().database, attachment_id, current_actor()
    )
    answer = send_file(
        io.BytesIO(content),
        mimetype=MEDIA_TYPES[view.kind],
        as_attachment=True,
        download_name=view.name,
        conditional=False,
        etag=False,
    )
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _answer(season_id: int, place: Belonging, verb: Callable[[], None]) -> Answer:
    page = _find_page(season_id, place)
    return do_or_show(
        None, verb, lambda problem: _render(season_id, place, problem), page, own=True
    )


def _read_place(form: AttachmentForm) -> Belonging:
    item = form.item.data or ""
    subject = form.subject.data
    if subject == "sheet":
        subject = "figure" if item else "note"
        return Belonging(
            subject, form.round.data or "", form.unit.data or "", form.body.data or "", item
        )
    return Belonging(subject or "", "", "", "", item)


def _render(season_id: int, place: Belonging, problem: Problem | None) -> str:
    if place.subject in ("figure", "note"):
        return render_sheet(season_id, place.round, place.body, problem)
    if place.subject == "adjustment":
        return render_adjustments(season_id, problem)
    if place.subject == "report":
        return render_task(_get_task(place), problem=problem)
    raise Problem(NOT_FOUND)


def _find_page(season_id: int, place: Belonging) -> str:
    if place.subject in ("figure", "note"):
        return url_for(
            "admin.sheet_page", season_id=season_id, round_code=place.round, body=place.body
        )
    if place.subject == "report":
        return url_for("admin.task_page", task_id=_get_task(place))
    return url_for("admin.adjustments_page", season_id=season_id)


def _get_task(place: Belonging) -> int:
    """The task of a report that something is attached to."""
    if not (place.item.isascii() and place.item.isdigit() and len(place.item) <= 9):
        raise Problem(NOT_FOUND)
    return get_task_of_report(current_service().database, int(place.item))
