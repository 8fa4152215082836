"""The event log as a list: who did what, newest first."""

from flask import render_template

from evalsvc.admin.access import allowed, door
from evalsvc.admin.log_lines import build_lines
from evalsvc.domain.events import list_events
from evalsvc.extensions import current_service

SHOWN = 300


@door.get("/log")
@allowed("manager", "auditor", "administrator")
def log_page() -> str:
    lines = build_lines(list_events(current_service().database, SHOWN))
    return render_template("admin/log.html", lines=lines, most=SHOWN)
