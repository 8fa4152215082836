"""Long work: started here, done by a process of its own, watched by its progress.

A worker gets its secrets through its standard input and keeps them in memory. What it makes waits
in the spool under a key that only the browser of whoever asked for it holds.
"""

import json
import os
import secrets
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from nacl.exceptions import CryptoError
from nacl.secret import SecretBox
from sqlalchemy import select, update

from evalsvc import outgoing
from evalsvc.db import Database
from evalsvc.domain.acting import Act
from evalsvc.domain.actor import Actor, build_actor
from evalsvc.erasing.files import overwrite_and_remove
from evalsvc.errors import FILE_GONE, NOT_FOUND, Problem
from evalsvc.models.job import Job
from evalsvc.models.staff import Staff
from evalsvc.settings import PROJECT, Settings, build_environment
from evalsvc.text import Text

SILENCE = timedelta(minutes=3)

# Finished workers are let go when the next one starts: nobody else would collect them.
_workers: list[subprocess.Popen[bytes]] = []


@dataclass(frozen=True)
class JobView:
    """A piece of long work as its progress page shows it."""

    id: str
    kind: str
    state: str
    done: int
    total: int
    problem: str
    filename: str
    season_id: int
    round_id: int | None
    staff_id: int
    started_at: datetime | None = None


def start_job(
    act: Act,
    settings: Settings,
    kind: str,
    season_id: int,
    round_id: int | None,
    given: Mapping[str, str],
) -> str:
    """Start work in a process of its own; `given` holds its secrets and never touches the disk."""
    job_id = secrets.token_hex(16)
    with act.database.writing() as session:
        session.add(
            Job(
                id=job_id,
                kind=kind,
                season_id=season_id,
                round_id=round_id,
                staff_id=act.actor.staff_id,
                started_at=act.moment,
                beat_at=act.moment,
            )
        )
    _spawn(settings, job_id, given)
    return job_id


def new_file_key() -> str:
    """A key for what a job makes; it goes to the worker and into the asker's cookie only."""
    return secrets.token_hex(SecretBox.KEY_SIZE)


def get_job(database: Database, job_id: str, moment: datetime) -> JobView:
    """A job's progress; one whose worker has fallen silent is told as failed."""
    with database.reading() as session:
        row = session.get(Job, job_id)
        if row is None:
            raise Problem(NOT_FOUND)
        return _build_view(row, moment)


def list_jobs(database: Database, job_ids: Sequence[str], moment: datetime) -> tuple[JobView, ...]:
    """These jobs in this order; those that are no longer kept are left out."""
    with database.reading() as session:
        rows = session.scalars(select(Job).where(Job.id.in_(job_ids)))
        found = {row.id: _build_view(row, moment) for row in rows}
    return tuple(found[job_id] for job_id in job_ids if job_id in found)


def get_starter(database: Database, job: JobView) -> Actor:
    """Who asked for a job, with today's roles."""
    with database.reading() as session:
        return build_actor(session.get_one(Staff, job.staff_id))


def report_progress(
    database: Database, job_id: str, done: int, total: int, moment: datetime
) -> None:
    """Say how far the work is, and that its worker lives."""
    _change(database, job_id, state="running", done=done, total=total, beat_at=moment)


def finish_job(database: Database, job_id: str, filename: str) -> None:
    """Say that the work is done, and what the file it made is to be called."""
    _change(database, job_id, state="done", filename=filename)


def fail_job(database: Database, job_id: str, problem: Text) -> None:
    """Say why the work was not done."""
    # In both languages: who reads it may have another one than whoever started the work.
    text = json.dumps({"zh": problem.zh, "en": problem.en}, ensure_ascii=False)
    _change(database, job_id, state="failed", problem=text)


def say_failure(job: JobView) -> Text:
    """Why a job failed, in both languages."""
    if job.problem == "silent":
        return Text(
            "处理进程中断了。请重新开始，不会重复计数。",
            "The worker was interrupted. Please start again; nothing is counted twice.",
        )
    return Text(**json.loads(job.problem))


def write_file(settings: Settings, job_id: str, key: str, content: bytes) -> None:
    """Leave what was made in the spool, sealed."""
    path = _spool_path(settings, job_id)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(SecretBox(bytes.fromhex(key)).encrypt(content))


def read_file(settings: Settings, job_id: str, key: str) -> bytes:
    """What a job made, for whoever holds its key."""
    try:
        sealed = _spool_path(settings, job_id).read_bytes()
        return bytes(SecretBox(bytes.fromhex(key)).decrypt(sealed))
    except (FileNotFoundError, CryptoError, ValueError) as error:
        raise Problem(FILE_GONE) from error


def has_file(settings: Settings, job_id: str) -> bool:
    """Whether what a job made is still there."""
    return _spool_path(settings, job_id).exists()


def delete_file(settings: Settings, job_id: str) -> None:
    """Remove what a job made; codes must not lie about once they are printed."""
    overwrite_and_remove(_spool_path(settings, job_id))
    if settings.outgoing and settings.outgoing.is_dir():
        outgoing.sweep(settings.outgoing, outgoing.JUST_GIVEN_S)


def delete_print_runs(database: Database, settings: Settings, round_id: int) -> None:
    """Remove every print run of a round: its codes are good now, or dead for good."""
    with database.reading() as session:
        found = session.scalars(
            select(Job.id).where(Job.round_id == round_id, Job.kind.in_(("issue", "reissue")))
        ).all()
    for job_id in found:
        delete_file(settings, job_id)


def delete_letter_runs(database: Database, settings: Settings, season_id: int) -> None:
    """Remove what was printed of a season's letters with codes."""
    with database.reading() as session:
        found = session.scalars(
            select(Job.id).where(Job.season_id == season_id, Job.kind == "letters")
        ).all()
    for job_id in found:
        delete_file(settings, job_id)


def start_purge(settings: Settings) -> None:
    """Purge in a process of its own; where this role may not, the timer does it."""
    worker = subprocess.Popen(
        [sys.executable, "-m", "evalsvc", "purge"],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        cwd=PROJECT,
        env=build_environment(settings),
        start_new_session=True,
    )
    _workers[:] = [*(old for old in _workers if old.poll() is None), worker]


def _build_view(row: Job, moment: datetime) -> JobView:
    # A worker that was killed writes nothing any more; its page must not wait for ever.
    silent = row.state in ("waiting", "running") and moment - row.beat_at > SILENCE
    return JobView(
        id=row.id,
        kind=row.kind,
        state="failed" if silent else row.state,
        done=row.done,
        total=row.total,
        problem="silent" if silent else row.problem,
        filename=row.filename,
        season_id=row.season_id,
        round_id=row.round_id,
        staff_id=row.staff_id,
        started_at=row.started_at,
    )


def _spawn(settings: Settings, job_id: str, given: Mapping[str, str]) -> None:
    worker = subprocess.Popen(  # noqa: S603 (our own program, with an id of our own making)
        [sys.executable, "-m", "evalsvc", "work", job_id],
        # By the pipe: arguments and environment of a process are for all to read on many systems.
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        cwd=PROJECT,
        env=build_environment(settings),
        start_new_session=True,
    )
    if worker.stdin:
        worker.stdin.write(json.dumps(dict(given)).encode())
        worker.stdin.close()
    _workers[:] = [*(old for old in _workers if old.poll() is None), worker]


def _change(database: Database, job_id: str, **columns: object) -> None:
    with database.writing() as session:
        session.execute(update(Job).where(Job.id == job_id).values(**columns))


def _spool_path(settings: Settings, job_id: str) -> Path:
    return settings.spool / f"{job_id}.sealed"
