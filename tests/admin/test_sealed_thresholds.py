"""Rounds that sealed other numbers than the program has now, through every page and every export.

Three seasons were opened by a program with other thresholds, all eight of them. Today's program
must show them by the sealed numbers, and a program that changes its own once more must show the
same, to the letter: a default that still acted anywhere would be seen. Which sealed number decides
what is in test_one_owner_of_thresholds.py.
"""

import hashlib
import io
import re
import secrets
import sys
import zipfile
from collections.abc import Iterator
from dataclasses import fields, replace
from datetime import timedelta
from pathlib import Path

import openpyxl
import pypdf
import pytest
from flask.testing import FlaskClient
from sqlalchemy import delete, select

from analysis.panel import small_cells
from analysis.panel.small_cells import DEFAULTS, Thresholds
from analysis.score.facts import Answer
from evalsvc import clock
from evalsvc.app import create_app
from evalsvc.box.roll import RoundSeal
from evalsvc.counting import count as counting
from evalsvc.domain import seasons
from evalsvc.domain.acting import Act
from evalsvc.domain.concluding import exclusions, results
from evalsvc.domain.jobs import JobView
from evalsvc.domain.people import liaisons
from evalsvc.domain.sealing import opening, rounds
from evalsvc.domain.voting import casting
from evalsvc.evidence import thresholds as sealing
from evalsvc.evidence.archive import open_package
from evalsvc.evidence.verify import evidence
from evalsvc.evidence.verify.verdict import verify
from evalsvc.models.anchor import SealedRound
from evalsvc.models.comment import CommentDecision
from evalsvc.models.opened import CommentText, PanelSum
from evalsvc.models.roster import PanelSeats, Unit
from evalsvc.models.staff import Staff, StaffSession
from evalsvc.scheme import model, reader
from evalsvc.scheme.file.errors import SchemeErrors
from evalsvc.scheme.presets import get_preset_text
from evalsvc.scheme.rules import asked
from evalsvc.work.worker import KINDS, Made, Order
from tests.cast import (
    CUSTODIAN,
    MANAGER,
    MORNING,
    PASSPHRASE,
    Installation,
    build_installation,
    get_round_id,
    ignore_progress,
    open_with_cards,
)
from tests.comment_cast import publish
from tests.data.releases.walking import Places
from tests.domain.test_replies import count as count_replies
from tests.flagged_cast import add_flagged, copy_installation, find_flagged_ballot

pytestmark = pytest.mark.slow

SEALED = Thresholds(
    raters_for_unit_groups=2,
    answers_for_score=8,
    answers_for_mean=4,
    answers_for_distribution=9,
    answers_between_populations=1,
    people_per_form=2,
    ballots_per_cell=4,
    answers_per_cell=2,
)
# What a later program may have: far from the sealed ones and from today's.
LATER = Thresholds(*(50 + n for n in range(8)))
OWNERS = (small_cells, counting, sealing, evidence, asked, model, reader)
NAMES = [field.name for field in fields(Thresholds)]
PANSHAN, REPLIES, CITY = 1, 2, 3
NOON = MORNING + timedelta(hours=4)
LEAST = "min_valid:\n    value: "

# Every kind of job: which season it makes a file of, or why it makes none of a counted round.
EXPORTS: dict[str, tuple[int, ...]] = dict.fromkeys(
    ("workbook", "report", "csv", "audit", "public"), (PANSHAN, REPLIES, CITY)
) | {"notices": (REPLIES,), "paper_form": (REPLIES,)}
# Pages that have nothing to show here, and why.
_UPLOAD, _VISIT, _LEAVES = "an upload that waits", "a step of a visit", "leaves, found by the root"
NOT_REACHED = {
    "admin.assisted_step": _VISIT,
    "admin.figures_dry_run": _UPLOAD,
    "admin.history_dry_run": _UPLOAD,
    "admin.package_dry_run": _UPLOAD,
    "admin.preview_step": _VISIT,
    "admin.questionnaire_dry_run": _UPLOAD,
    "admin.roster_dry_run": _UPLOAD,
    "admin.stay_awake": "no page",
    "public.answer": _VISIT,
    "public.newest_list": _LEAVES,
    "public.part_of_list": _LEAVES,
    "public.receipt": _VISIT,
    "public.receipt_picture": _VISIT,
    "public.reloaded": _VISIT,
    "public.whole_list": _LEAVES,
}
# Pages that are another one each time, whatever was sealed.
BY_CHANCE = {
    "admin.second_factor_page": "a new secret",
    "admin.test_text": "a random text, to try an encryption with",
}
OWN = ("admin.own_page", "admin.own_sheet", "admin.own_notice")
NO_FILE = {
    "issue": "before a round opens",
    "reissue": "a letter, while a round is open",
    "open_box": "leaves rows, which the pages show",
    "compute": "leaves rows, which the pages show",
    "archive": "keeps the packages that `audit` and `public` make",
}


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Installation:
    """Opened under SEALED, counted, computed and published by today's program."""
    place = build_installation(tmp_path_factory.mktemp("sealed"))
    with pytest.MonkeyPatch.context() as patch:
        set_program(patch, SEALED)
        assert add_flagged(place) == PANSHAN
        open_with_cards(place, get_round_id(place, PANSHAN, "half_year"))
        count_replies(place, commenting=9)
        fill_city(place)
    ballot = find_flagged_ballot(place, PANSHAN, "mutual_department")
    act = Act(place.database, MANAGER, MORNING)
    exclusions.propose_exclusion(act, place.settings, PANSHAN, "year_end", ballot, "核对过")
    open_city(place)
    for season_id, version in ((PANSHAN, 2), (REPLIES, 1), (CITY, 1)):
        show_comments(place)
        results.compute_result(act, place.settings, season_id)
        publish(place, season_id, version, moment=NOON)
    add_staff(place)
    place.database.close()
    return place


def set_program(patch: pytest.MonkeyPatch, thresholds: Thresholds) -> None:
    """As if the program had these numbers of its own."""
    for owner in OWNERS:
        patch.setattr(owner, "DEFAULTS", thresholds)
    seasons._read_sealed.cache_clear()


def fill_city(place: Installation) -> None:
    """Twenty citizens of four strata answer about the eight units of their forms; closed."""
    text = get_preset_text("three-in-one").replace(
        "min_valid:\n    value: 30", "min_valid:\n    value: 8"
    )
    act = Act(place.database, MANAGER, MORNING)
    season_id = seasons.create_season(act, "测试年度", "考评办公室", "0427-0000000", text)
    assert season_id == CITY
    categories = ("general_service", "economic", "law_enforcement", "vertical")
    with place.database.writing() as session:
        for number in range(1, 13):
            session.add(
                Unit(
                    season_id=CITY,
                    position=number,
                    code=f"u{number:02d}",
                    name=f"单位{number:02d}",
                    category=categories[number % 4],
                )
            )
        for stratum in ("grassroots", "enterprises", "deputies", "organs"):
            session.add(PanelSeats(season_id=CITY, group="panel", stratum=stratum, seats=5))
    round_id = get_round_id(place, CITY)
    for card in open_with_cards(place, round_id):
        visit = casting.admit(place.database, place.settings, card.token, MORNING)
        paper = casting.get_paper(place.database, visit, MORNING)
        question = paper.questionnaire.questions[0]
        best = next(level.code for level in question.levels if level.satisfied)
        answers = tuple(Answer(unit.code, question.code, best) for unit in paper.units)
        casting.cast(place.database, visit, answers, secrets.token_bytes(16), MORNING)
    rounds.close_round(act, place.settings, round_id)


def open_city(place: Installation) -> None:
    round_id = get_round_id(place, CITY)
    act = Act(place.database, CUSTODIAN, MORNING)
    opening.open_box(act, place.settings, round_id, PASSPHRASE, ignore_progress)


def show_comments(place: Installation) -> None:
    with place.database.writing() as session:
        session.execute(delete(CommentDecision))
        for text in session.scalars(select(CommentText)):
            decided = {"state": "public", "decided_by": "manager", "decided_at": MORNING}
            session.add(CommentDecision(round_id=text.round_id, number=text.number, **decided))


def add_staff(place: Installation) -> None:
    """Who sees everything, and who speaks for a unit of each season; both signed in."""
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
    for season_id, unit in ((PANSHAN, "t01"), (REPLIES, "u02"), (CITY, "u01")):
        act = Act(place.database, MANAGER, MORNING)
        liaisons.bind_liaison(act, season_id, "liaison", unit)


Seen = dict[tuple[str, str], str]
"""What is to be read, by page or export and its address or file."""


def look(original: Installation, folder: Path, thresholds: Thresholds = SEALED) -> Seen:
    """Every page and export of a copy whose seals hold these numbers."""
    place = copy_installation(original, folder)
    reseal(place, thresholds)
    with pytest.MonkeyPatch.context() as patch:
        stop_the_clock(patch)
        seen = dict(open_pages(place)) | dict(make_exports(place))
    place.database.close()
    return seen


def stop_the_clock(patch: pytest.MonkeyPatch) -> None:
    """Pages say how long ago something was: every module that asks for the time gets noon."""
    real = clock.now
    for name, module in list(sys.modules.items()):
        if name.startswith("evalsvc.") and getattr(module, "now", None) is real:
            patch.setattr(module, "now", lambda: NOON)


def reseal(place: Installation, thresholds: Thresholds) -> None:
    with place.database.writing() as session:
        for row in session.scalars(select(SealedRound)):
            seal = RoundSeal.from_json(row.content)
            named = sealing.write_thresholds(thresholds)
            row.content = replace(seal, thresholds=named).to_json()


def open_pages(place: Installation) -> Iterator[tuple[tuple[str, str], str]]:
    app = create_app(place.settings)
    app.testing = True
    clients = {login: sign_in(app.test_client(), login) for login in ("manager", "liaison")}
    with place.database.engine.connect() as connection:
        places = Places(connection)
    for rule in sorted(app.url_map.iter_rules(), key=str):
        if rule.endpoint in ("static", *BY_CHANCE) or "GET" not in (rule.methods or ()):
            continue
        login = "liaison" if rule.endpoint in OWN else "manager"
        for path in places.list_paths(rule, many=True):
            answer = clients[login].get(path)
            said = read_file(answer.mimetype, answer.get_data())
            yield (rule.endpoint, path), f"{answer.status_code} {said}"
    app.extensions["evalsvc"].database.close()


def sign_in(client: FlaskClient, login: str) -> FlaskClient:
    with client.session_transaction("/office/") as cookie:
        cookie["staff"] = login
    return client


def make_exports(place: Installation) -> Iterator[tuple[tuple[str, str], str]]:
    """What workers make, but for the files that a seal is in by its nature."""
    for kind, of_seasons in EXPORTS.items():
        for season_id in of_seasons:
            made = make(place, kind, season_id)
            whole = read_file(made.filename.rpartition(".")[2], made.content)
            parts = whole.split(BETWEEN) if kind in ("audit", "public") else [whole]
            for part in parts:
                name = part.partition("\n")[0] if len(parts) > 1 else made.filename
                if not name.startswith("box/"):
                    yield (kind, f"{season_id} {name}"), part


def make(place: Installation, kind: str, season_id: int) -> Made:
    round_id = get_round_id(place, season_id)
    job = JobView("", kind, "running", 0, 1, "", "", season_id, round_id, 1)
    given = {"version": "2" if season_id == PANSHAN else "1", "group": "panel"}
    order = Order(place.database, place.settings, job, MANAGER, given, ignore_progress)
    made = KINDS[kind](order)
    assert made is not None
    return made


BETWEEN = "\f"


def read_file(kind: str, content: bytes) -> str:
    """Words and figures, without hashes, which follow the seal, and without the time of day."""
    match kind.rpartition("/")[2]:
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


@pytest.fixture(scope="module")
def seen(built: Installation, tmp_path_factory: pytest.TempPathFactory) -> Seen:
    """By today's program."""
    return look(built, tmp_path_factory.mktemp("today"))


def test_every_kind_of_job_is_made_or_makes_no_file_of_a_counted_round() -> None:
    assert {*EXPORTS, *NO_FILE} == KINDS.keys()


def test_every_page_of_a_round_or_season_is_opened(seen: Seen) -> None:
    """A page that nobody reaches here would go on by any number unseen."""
    reached = {name for (name, _), said in seen.items() if said.startswith("200 ")}
    pages = {name for name, _ in seen if name not in EXPORTS}
    assert sorted(pages - reached) == sorted(NOT_REACHED)


def test_another_program_shows_the_same(
    built: Installation, seen: Seen, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    set_program(monkeypatch, LATER)
    assert list_changed(seen, look(built, tmp_path)) == {}


def list_changed(before: Seen, after: Seen) -> dict[str, set[str]]:
    assert before.keys() == after.keys()
    found: dict[str, set[str]] = {}
    for (name, place), said in before.items():
        if after[name, place] != said:
            found.setdefault(name, set()).add(place)
    return found


@pytest.mark.parametrize("season_id", [PANSHAN, REPLIES, CITY])
@pytest.mark.parametrize("kind", ["audit", "public"])
def test_packages_are_verified_by_the_sealed_numbers(
    season_id: int, kind: str, built: Installation, tmp_path: Path
) -> None:
    place = copy_installation(built, tmp_path / "place")
    file = tmp_path / "package.zip"
    file.write_bytes(make(place, kind, season_id).content)
    place.database.close()
    verdict = verify(open_package(file))
    assert verdict.failed == ()
    told = {note.en for note in verdict.notes if note.en.startswith("year_end")}
    assert told == {
        f"year_end: the threshold {name} was sealed as {getattr(SEALED, name)}, the documented one "
        f"is {getattr(DEFAULTS, name)}; judged by the sealed one"
        for name in NAMES
    }


def test_a_scheme_below_todays_numbers_is_read_for_rounds_that_sealed_them() -> None:
    text = get_preset_text("three-in-one").replace(f"{LEAST}30", f"{LEAST}8")
    with pytest.raises(SchemeErrors):
        reader.load_scheme(text)
    scheme = reader.load_scheme(text, {"year_end": SEALED})
    assert scheme.get_round("year_end").thresholds == SEALED


def test_the_box_was_counted_by_the_sealed_numbers(built: Installation, tmp_path: Path) -> None:
    """Four strata of five valid ballots each: apart from four on, joined from today's ten on."""
    place = copy_installation(built, tmp_path)
    with place.database.reading() as session:
        of_city = select(PanelSum.subject).where(PanelSum.round_id == get_round_id(place, CITY))
        strata = set(session.scalars(of_city.where(PanelSum.kind == "cell")))
    place.database.close()
    assert strata == {"grassroots", "enterprises", "deputies", "organs"}
