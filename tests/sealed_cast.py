"""Seasons whose rounds sealed other thresholds than the program's, and ways to read everything.

A number that acts before a round opens is the program's own then (`running_program`); of one that
acts later the seal alone is changed (`reseal`), as if such a program had opened the round.
"""

import hashlib
import io
import re
import sys
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta

import openpyxl
import pypdf
import pytest
from flask.testing import FlaskClient
from sqlalchemy import delete, select

from analysis.panel import small_cells
from analysis.panel.small_cells import Thresholds
from analysis.score.facts import Answer
from evalsvc import clock
from evalsvc.box.roll import RoundSeal
from evalsvc.counting import count as counting
from evalsvc.domain import seasons
from evalsvc.domain.acting import Act
from evalsvc.domain.jobs import JobView
from evalsvc.domain.people import liaisons
from evalsvc.domain.sealing import opening, rounds
from evalsvc.domain.voting import casting
from evalsvc.evidence import thresholds as sealing
from evalsvc.evidence.verify import evidence
from evalsvc.models.anchor import SealedRound
from evalsvc.models.comment import CommentDecision
from evalsvc.models.opened import CommentText
from evalsvc.models.roster import PanelSeats, Unit
from evalsvc.models.staff import Staff, StaffSession
from evalsvc.reports.documents import filling
from evalsvc.reports.documents.pdf import join_pdfs
from evalsvc.scheme import model, reader
from evalsvc.scheme.presets import get_preset_text
from evalsvc.scheme.rules import asked
from evalsvc.work.worker import KINDS, Made, Order
from tests.cast import (
    CUSTODIAN,
    MANAGER,
    MORNING,
    PASSPHRASE,
    Installation,
    get_round_id,
    ignore_progress,
    open_with_cards,
)

OWNERS = (small_cells, counting, sealing, evidence, asked, model)
NOON = MORNING + timedelta(hours=4)
# Between the files of an archive, as `read_file` gives them.
BETWEEN = "\f"


@contextmanager
def running_program(thresholds: Thresholds) -> Iterator[None]:
    """As if the program had these numbers of its own; what it has read of schemes goes with it."""
    with pytest.MonkeyPatch.context() as patch:
        for owner in OWNERS:
            patch.setattr(owner, "DEFAULTS", thresholds)
        reader._load_once.cache_clear()
        yield
    reader._load_once.cache_clear()


def reseal(place: Installation, thresholds: Thresholds) -> None:
    """As if every round had been opened by a program with these numbers."""
    with place.database.writing() as session:
        for row in session.scalars(select(SealedRound)):
            seal = RoundSeal.from_json(row.content)
            named = sealing.write_thresholds(thresholds)
            row.content = replace(seal, thresholds=named).to_json()


def get_city_scheme(least_answers: int) -> str:
    """Three-in-one, whose panel scores from so many valid answers on."""
    usual = "min_valid:\n    value: "
    return get_preset_text("three-in-one").replace(f"{usual}30", f"{usual}{least_answers}")


def fill_city(place: Installation, text: str) -> int:
    """Twenty citizens of four strata answer about the eight units of their forms; closed."""
    act = Act(place.database, MANAGER, MORNING)
    season_id = seasons.create_season(act, "测试年度", "考评办公室", "0427-0000000", text)
    categories = ("general_service", "economic", "law_enforcement", "vertical")
    with place.database.writing() as session:
        for number in range(1, 13):
            session.add(
                Unit(
                    season_id=season_id,
                    position=number,
                    code=f"u{number:02d}",
                    name=f"单位{number:02d}",
                    category=categories[number % 4],
                )
            )
        for stratum in ("grassroots", "enterprises", "deputies", "organs"):
            session.add(PanelSeats(season_id=season_id, group="panel", stratum=stratum, seats=5))
    round_id = get_round_id(place, season_id)
    for card in open_with_cards(place, round_id):
        visit = casting.admit(place.database, place.settings, card.token, MORNING)
        paper = casting.get_paper(place.database, visit, MORNING)
        question = paper.questionnaire.questions[0]
        best = next(level.code for level in question.levels if level.satisfied)
        answers = tuple(Answer(unit.code, question.code, best) for unit in paper.units)
        casting.cast(place.database, visit, answers, casting.new_nonce(), MORNING)
    rounds.close_round(act, place.settings, round_id)
    return season_id


def open_city(place: Installation, season_id: int) -> None:
    round_id = get_round_id(place, season_id)
    act = Act(place.database, CUSTODIAN, MORNING)
    opening.open_box(act, place.settings, round_id, PASSPHRASE, ignore_progress)


def hold_empty(place: Installation, round_id: int) -> None:
    """Opened, closed and counted without a ballot, so that nothing is missing from the year."""
    open_with_cards(place, round_id)
    rounds.close_round(Act(place.database, MANAGER, MORNING), place.settings, round_id)
    act = Act(place.database, CUSTODIAN, MORNING)
    opening.open_box(act, place.settings, round_id, PASSPHRASE, ignore_progress)


def show_comments(place: Installation) -> None:
    with place.database.writing() as session:
        session.execute(delete(CommentDecision))
        for text in session.scalars(select(CommentText)):
            decided = {"state": "public", "decided_by": "manager", "decided_at": MORNING}
            session.add(CommentDecision(round_id=text.round_id, number=text.number, **decided))


def add_staff(place: Installation, units: Mapping[int, str]) -> None:
    """Who sees everything, and who speaks for a unit of each of these seasons; both signed in."""
    moment = NOON
    with place.database.writing() as session:
        manager = session.scalars(select(Staff).where(Staff.login == "manager")).one()
        manager.roles = "administrator,manager,distributor,custodian,auditor,assessor,assistant"
        liaison = Staff(login="liaison", name="联络员", roles="liaison")
        session.add(liaison)
        session.flush()
        for one in (manager, liaison):
            session.add(
                StaffSession(
                    secret=hashlib.sha256(one.login.encode()).digest(),
                    staff_id=one.id,
                    until=moment + timedelta(hours=12),
                    begun_at=moment,
                    seen_at=moment,
                    proved_at=moment,
                )
            )
    for season_id, unit in units.items():
        act = Act(place.database, MANAGER, MORNING)
        liaisons.bind_liaison(act, season_id, "liaison", unit)


def stop_the_clock(patch: pytest.MonkeyPatch, moment: datetime = NOON) -> None:
    """Pages say how long ago something was: every module that asks for the time gets this one."""
    real = clock.now
    for name, module in list(sys.modules.items()):
        if name.startswith("evalsvc.") and getattr(module, "now", None) is real:
            patch.setattr(module, "now", lambda: moment)


def print_markup(patch: pytest.MonkeyPatch) -> None:
    """Documents stay what they are before they become PDFs, which takes half of such a test."""
    patch.setattr(filling, "render_pdf", lambda markup: markup.encode())
    patch.setattr(filling, "PROCESSES", sys.maxsize)  # all in this one
    for module in list(sys.modules.values()):
        if getattr(module, "join_pdfs", None) is join_pdfs:
            patch.setattr(module, "join_pdfs", b"".join)


def sign_in(client: FlaskClient, login: str) -> FlaskClient:
    with client.session_transaction("/office/") as cookie:
        cookie["staff"] = login
    return client


def make(
    place: Installation, kind: str, season_id: int, version: int = 1, language: str = "zh"
) -> Made:
    """The file that a worker makes of the season's year end."""
    round_id = get_round_id(place, season_id)
    job = JobView("", kind, "running", 0, 1, "", "", season_id, round_id, 1)
    given = {"version": str(version), "group": "panel", "language": language}
    order = Order(place.database, place.settings, job, MANAGER, given, ignore_progress)
    made = KINDS[kind](order)
    assert made is not None
    return made


def read_file(kind: str, content: bytes) -> str:
    """Words and figures, without hashes, which follow the seal, and without the time of day."""
    kind = "html" if content.startswith(b"<!doctype html>") else kind.rpartition("/")[2]
    match kind:
        case "pdf":
            pages = pypdf.PdfReader(io.BytesIO(content)).pages
            text = "".join(page.extract_text() for page in pages)
        case "xlsx" | "vnd.openxmlformats-officedocument.spreadsheetml.sheet":
            sheets = openpyxl.load_workbook(io.BytesIO(content)).worksheets
            text = "\n".join(str(row) for sheet in sheets for row in sheet.values)
        case "zip":
            with zipfile.ZipFile(io.BytesIO(content)) as file:
                parts = {name: file.read(name) for name in sorted(file.namelist())}
            return BETWEEN.join(
                f"{name}\n{read_file(name.rpartition('.')[2], one)}" for name, one in parts.items()
            )
        case "html":
            text = re.sub(r"(?s)<(script|style|head).*?</\1>|<[^>]+>", " ", content.decode())
        case _:
            text = content.decode(errors="replace")
    text = re.sub(r"\b[0-9a-f]{8,}\b", "#", re.sub(r"[ \t]+", " ", text))
    return re.sub(r"\d{1,2}:\d\d(:\d\d)?|\d+时\d+分", "#", text)
