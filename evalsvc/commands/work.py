"""`work JOB`: the process that does one piece of long work; started by the service itself."""

import json
import sys

import click

from evalsvc import log_filter
from evalsvc.commands.saying import Saying
from evalsvc.settings import read_settings
from evalsvc.standing import opened
from evalsvc.work.worker import do_job


@click.command(cls=Saying, hidden=True)
@click.argument("job_id")
def work(job_id: str) -> None:
    """Do a job whose secrets come through standard input, never through arguments or files."""
    log_filter.install()
    given = json.loads(sys.stdin.read())
    settings = read_settings()
    with opened(settings.database_url, settings.peppers) as database:
        do_job(database, settings, job_id, given)
