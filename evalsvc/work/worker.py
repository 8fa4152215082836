"""Does one job: finds out what it is, does it, reports its progress, leaves its file."""

import io
import json
import logging
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from time import monotonic

from evalsvc.clock import now
from evalsvc.db import Database
from evalsvc.domain import jobs, seasons
from evalsvc.domain.acting import Act
from evalsvc.domain.actor import Actor
from evalsvc.domain.concluding import archive, archiving, letters, results
from evalsvc.domain.concluding.contents import get_content
from evalsvc.domain.jobs import JobView
from evalsvc.domain.sealing import opening, reissue, rounds
from evalsvc.errors import Problem
from evalsvc.reports.documents.card_list import render_card_list
from evalsvc.reports.documents.filling import render_documents
from evalsvc.reports.documents.labels import render_labels
from evalsvc.reports.documents.letters import render_letters
from evalsvc.reports.documents.paper_form import render_paper_form
from evalsvc.reports.documents.pdf import join_pdfs
from evalsvc.reports.documents.report import render_report
from evalsvc.reports.documents.table import render_csv
from evalsvc.reports.documents.unit_notice import build_document
from evalsvc.reports.documents.workbook import render_workbook
from evalsvc.settings import Settings
from evalsvc.text import Text, speak_of
from evalsvc.work.letters import build_letter
from evalsvc.work.notices import NoticeWriter
from evalsvc.work.paper_forms import build_paper_form

# Progress is written at most this often, so that watching costs the database nothing.
PROGRESS_EVERY_S = 0.5


@dataclass(frozen=True)
class Order:
    """One job with everything it needs: who asked, and what was handed over in secret."""

    database: Database
    settings: Settings
    job: JobView
    actor: Actor
    given: Mapping[str, str]
    progress: Callable[[int, int], None]

    @cached_property
    def act(self) -> Act:
        """What the colleague does by this job; it happens when the worker comes to it."""
        return Act(self.database, self.actor, now())

    @cached_property
    def language(self) -> str:
        """The language asked for, speaking of what the season evaluates."""
        season = seasons.get_season(self.database, self.job.season_id)
        return speak_of(season.scheme.evaluates, self.given.get("language", "zh"))


@dataclass(frozen=True)
class Made:
    """The file that a job made."""

    filename: str
    content: bytes


def do_job(database: Database, settings: Settings, job_id: str, given: Mapping[str, str]) -> None:
    """Do a job from start to end; whatever stops it is told on its page."""
    job = jobs.get_job(database, job_id, now())
    actor = jobs.get_starter(database, job)
    progress = _paced(
        lambda done, total: jobs.report_progress(database, job_id, done, total, now())
    )
    order = Order(database, settings, job, actor, given, progress)
    try:
        made = KINDS[job.kind](order)
        if made is not None:
            jobs.write_file(settings, job_id, given["file_key"], made.content)
        jobs.finish_job(database, job_id, made.filename if made else "")
    except Problem as problem:
        jobs.fail_job(database, job_id, problem.text)
    except Exception:
        # The traceback goes to the service's log; it has no parameters of statements in it.
        logging.getLogger(__name__).exception("job %s failed", job.kind)
        jobs.fail_job(database, job_id, _FAULT)


def _issue(order: Order) -> Made:
    """Codes for everybody, as letters, labels and a list in one archive."""
    round_id = _round_id(order)
    deadline = datetime.fromisoformat(order.given["deadline"])
    cards = rounds.issue(order.act, order.settings, round_id, deadline)
    found = seasons.get_round(order.database, round_id)
    season = seasons.get_season(order.database, order.job.season_id)
    url = order.settings.public_url
    letter = build_letter(season, found, deadline, url, order.language)
    pieces = 2 * len(cards)
    bundle = io.BytesIO()
    with zipfile.ZipFile(bundle, "w", zipfile.ZIP_DEFLATED) as archive_file:
        letters = render_letters(cards, letter, lambda done, _: order.progress(done, pieces))
        archive_file.writestr("letters.pdf", letters)
        labels = render_labels(
            cards, letter, lambda done, _: order.progress(len(cards) + done, pieces)
        )
        archive_file.writestr("labels.pdf", labels)
        archive_file.writestr("list.xlsx", render_card_list(cards, letter))
    return Made(f"invitations-{found.code}.zip", bundle.getvalue())


def _reissue(order: Order) -> Made:
    """One new letter in the place of one that is void now."""
    found = seasons.get_round(order.database, _round_id(order))
    approval = int(order.given["approval"])
    season = seasons.get_season(order.database, order.job.season_id)
    deadline, url = found.deadline or now(), order.settings.public_url
    letter = build_letter(season, found, deadline, url, order.language)
    printed: list[bytes] = []
    reissue.reissue(
        order.act,
        order.settings,
        approval,
        lambda card: printed.append(render_letters((card,), letter)),
    )
    return Made(f"letter-{found.code}.pdf", printed[0])


def _open_box(order: Order) -> None:
    passphrases = json.loads(order.given["passphrases"])
    opening.open_box(order.act, order.settings, _round_id(order), passphrases, order.progress)


def _compute(order: Order) -> None:
    results.compute_result(order.act, order.settings, order.job.season_id)


def _workbook(order: Order) -> Made:
    content = get_content(order.database, order.job.season_id, examined=True)
    return Made("result.xlsx", render_workbook(content, order.language))


def _report(order: Order) -> Made:
    season_id = order.job.season_id
    package = archive.build_audit_package(order.database, order.settings, season_id)
    content = get_content(order.database, season_id, archive.hash_package(package), examined=True)
    return Made("report.pdf", render_report(content, order.language))


def _table(order: Order) -> Made:
    content = get_content(order.database, order.job.season_id)
    return Made("result.csv", render_csv(content, order.language))


def _audit_package(order: Order) -> Made:
    approval = order.given.get("approval")
    content = archive.export_audit_package(
        order.act, order.settings, order.job.season_id, int(approval) if approval else None
    )
    return Made("package-audit.zip", content)


def _public_package(order: Order) -> Made:
    content = archive.export_public_package(order.act, order.settings, order.job.season_id)
    return Made("package-public.zip", content)


def _archive(order: Order) -> None:
    """Keep a final version's packages for good."""
    version, approval = int(order.given["version"]), order.given.get("approval")
    archiving.archive_version(
        order.act, order.settings, order.job.season_id, version, int(approval) if approval else None
    )


def _notices(order: Order) -> Made:
    """A notice for every unit of a published version, as PDFs in one archive."""
    version = int(order.given["version"])
    writer = NoticeWriter(order.database, order.job.season_id, version)
    units = writer.units
    documents = [build_document(writer.write(unit)) for unit in units]
    bundle = io.BytesIO()
    with zipfile.ZipFile(bundle, "w", zipfile.ZIP_DEFLATED) as file:
        for done, (unit, pdf) in enumerate(
            zip(units, render_documents(documents, order.language), strict=True), 1
        ):
            file.writestr(f"{unit}.pdf", pdf)
            order.progress(done, len(units))
    return Made(f"notices-{version}.zip", bundle.getvalue())


def _letters(order: Order) -> Made:
    """A letter with a code for every person of a published version, or for one, as one PDF."""
    version, only = int(order.given["version"]), order.given.get("unit", "")
    writer = NoticeWriter(order.database, order.job.season_id, version)
    codes = letters.issue_letters(
        order.act, order.settings, order.job.season_id, version, (only,) if only else ()
    )
    written = [
        replace(writer.write(unit), code=code, public_url=order.settings.public_url)
        for unit, code in codes.items()
    ]
    parts: list[bytes] = []
    for part in render_documents([build_document(each) for each in written], order.language):
        parts.append(part)
        order.progress(len(parts), len(written))
    return Made(f"letters-{version}.pdf", join_pdfs(parts))


def _paper_form(order: Order) -> Made:
    """A group's questionnaires on paper."""
    group = order.given["group"]
    form = build_paper_form(order.database, _round_id(order), group)
    content = render_paper_form(form, order.language, order.progress)
    return Made(f"paper-{group}.pdf", content)


KINDS: Mapping[str, Callable[[Order], Made | None]] = {
    "issue": _issue,
    "reissue": _reissue,
    "open_box": _open_box,
    "compute": _compute,
    "workbook": _workbook,
    "report": _report,
    "csv": _table,
    "audit": _audit_package,
    "public": _public_package,
    "archive": _archive,
    "notices": _notices,
    "letters": _letters,
    "paper_form": _paper_form,
}

_FAULT = Text(
    "处理时出了问题，已经记录。请重新开始；如再次出现，请联系技术支持",
    "something went wrong and was logged. Please start again; if it happens again, ask support",
)


def _round_id(order: Order) -> int:
    if order.job.round_id is None:
        raise ValueError(f"a job of kind {order.job.kind} is about a round")
    return order.job.round_id


def _paced(report: Callable[[int, int], None]) -> Callable[[int, int], None]:
    """Report at most so often, but always the last step."""
    last = -PROGRESS_EVERY_S

    def progress(done: int, total: int) -> None:
        nonlocal last
        if done >= total or monotonic() - last >= PROGRESS_EVERY_S:
            last = monotonic()
            report(done, total)

    return progress
