"""Long work: its progress, and the file that it made, to be fetched by whoever asked for it."""

import io

from flask import redirect, render_template, send_file, url_for
from werkzeug.wrappers import Response

from evalsvc.admin.door.access import allowed, current_actor, door
from evalsvc.admin.door.files import TAKEN, find_key, mark_taken
from evalsvc.clock import now
from evalsvc.domain import jobs
from evalsvc.domain.seasons import get_season
from evalsvc.errors import NOT_FOUND, Problem
from evalsvc.extensions import current_service

# Files with codes stay until whoever asked has them safe, and go before the codes are good.
PRINT_RUNS = frozenset({"issue", "reissue", "letters"})


@door.get("/jobs/<job_id>")
@allowed("manager", "distributor", "custodian", "auditor")
def job_page(job_id: str) -> str:
    database = current_service().database
    job = get_own_job(job_id)
    there = jobs.has_file(current_service().settings, job_id)
    return render_template(
        "admin/job.html",
        job=job,
        season=get_season(database, job.season_id),
        failure=jobs.say_failure(job) if job.state == "failed" else None,
        key=find_key(job_id),
        gone=find_key(job_id) == TAKEN or not there,
        is_print_run=job.kind in PRINT_RUNS,
        small_office=current_service().settings.small_office,
    )


@door.post("/jobs/<job_id>/file")
@allowed("manager", "distributor", "custodian", "auditor")
def fetch_file(job_id: str) -> Response:
    """The file, as often as it is asked for until it is deleted."""
    job = get_own_job(job_id)
    content = jobs.read_file(current_service().settings, job_id, find_key(job_id))
    answer = send_file(io.BytesIO(content), as_attachment=True, download_name=job.filename)
    # `send_file` lets browsers keep what they revalidate; codes must not stay in any cache.
    answer.headers["Cache-Control"] = "no-store"
    return answer


@door.post("/jobs/<job_id>/deletion")
@allowed("manager", "distributor", "custodian", "auditor")
def delete_file(job_id: str) -> Response:
    """Whoever asked for the file has it safe."""
    get_own_job(job_id)
    jobs.delete_file(current_service().settings, job_id)
    mark_taken(job_id)
    return redirect(url_for("admin.job_page", job_id=job_id))


def get_own_job(job_id: str) -> jobs.JobView:
    """A job is its starter's alone: to others it does not exist."""
    job = jobs.get_job(current_service().database, job_id, now())
    if job.staff_id != current_actor().staff_id:
        raise Problem(NOT_FOUND)
    return job
