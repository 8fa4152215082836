"""Starts long work from a page, and remembers in the browser's cookie what opens its file."""

from collections.abc import Mapping

from flask import redirect, session, url_for
from werkzeug.wrappers import Response

from evalsvc.admin.door.access import current_act
from evalsvc.domain import jobs
from evalsvc.extensions import current_service

FILE_KEYS = "files"
# Stands in the place of a key whose file has been fetched and deleted.
TAKEN = "taken"
# A cookie holds 4 KB; older keys are let go, and their files with them.
MOST_KEYS = 8


def begin_job(
    kind: str, season_id: int, round_id: int | None, given: Mapping[str, str]
) -> Response:
    """Start work and go to its page; the key of what it makes stays in this browser alone."""
    service = current_service()
    key = jobs.new_file_key()
    job_id = jobs.start_job(
        current_act(), service.settings, kind, season_id, round_id, {**given, "file_key": key}
    )
    kept = [*session.get(FILE_KEYS, []), [job_id, key, round_id]]
    session[FILE_KEYS] = kept[-MOST_KEYS:]
    return redirect(url_for("admin.job_page", job_id=job_id))


def find_key(job_id: str) -> str:
    """The key of a job's file, or `TAKEN`; empty in any other browser."""
    return next((key for known, key, _ in session.get(FILE_KEYS, []) if known == job_id), "")


def mark_taken(job_id: str) -> None:
    """Remember that this job's file has been fetched, and forget what opened it."""
    session[FILE_KEYS] = [
        [known, TAKEN if known == job_id else key, about]
        for known, key, about in session.get(FILE_KEYS, [])
    ]


def list_own_jobs(round_id: int) -> list[str]:
    """Work that this browser has started for a round, newest first."""
    kept = reversed(session.get(FILE_KEYS, []))
    return [job_id for job_id, _, about in kept if about == round_id]
