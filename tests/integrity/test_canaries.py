"""Five hundred people type something found nowhere else: it is found nowhere else.

A whole run, looked through twice: while the box is shut nobody's answer and nobody's code stands
anywhere; after it was opened still no code, and in what leaves the office nothing that joins two
answers.
"""

import io
import re
import sqlite3
import subprocess
import tempfile
import zipfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from sqlalchemy import make_url, select

from evalsvc.app import create_app
from evalsvc.box.cards import Card
from evalsvc.box.tokens import format_token
from evalsvc.domain.acting import Act
from evalsvc.domain.concluding import archive, results
from evalsvc.domain.concluding.contents import get_content
from evalsvc.domain.sealing import rounds
from evalsvc.domain.sealing.opening import open_box
from evalsvc.models.opened import OpenedAnswer
from evalsvc.reports.documents.report import render_report
from evalsvc.reports.documents.table import render_csv
from evalsvc.reports.documents.workbook import render_workbook
from evalsvc.settings import Settings
from tests.cast import CUSTODIAN, MANAGER, MORNING, PASSPHRASE, Installation, ignore_progress
from tests.integrity.thousand import Crowd, answer_of, build_crowd, cast_all
from tests.postgres import Cluster, run_own_cluster
from tests.public.pages import Page

PEOPLE = 500
THROUGH_PAGES = 20
# What is looked for has this shape, so that one walk over a file finds any of the thousand.
SHAPES = (
    re.compile(rb"(?=(\d\d\.\d{6}))"),
    re.compile(rb"(?=([A-Z2-9]{16}))"),
    re.compile(rb"(?=([A-Z2-9]{4}(?:-[A-Z2-9]{4}){3}))"),
)
Look = Callable[[], Iterator[bytes]]


@pytest.fixture
def postgres_cluster() -> Iterator[Cluster]:
    """A server of the test's own, in place of the one that all tests share."""
    yield from run_own_cluster()


@pytest.mark.slow
def test_answers_and_codes_are_found_nowhere(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    database_url: str,
    request: pytest.FixtureRequest,
) -> None:
    temporary = tmp_path / "tmp"
    temporary.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(temporary))
    caplog.set_level("DEBUG")
    crowd = build_crowd(tmp_path / "instance", monkeypatch, database_url, people=PEOPLE)
    place, server = crowd.place, find_server(database_url, request)
    said = {answer_of(person).encode() for person in range(PEOPLE)}
    codes = {card.token.encode() for card in crowd.arrivals}
    codes |= {format_token(card.token).encode() for card in crowd.arrivals}
    assert (len(said), len(codes)) == (PEOPLE, 2 * PEOPLE)

    assert len(list(cast_all(crowd))) == PEOPLE
    answer_through_pages(place.settings, crowd.arrivals[:THROUGH_PAGES])

    shut = [*read_files(tmp_path), *server(), back_up(place, tmp_path), caplog.text.encode()]
    assert any(b"u01" in content for content in shut)  # the search itself finds what is there
    assert find_marks(shut, said | codes) == set()

    open_and_compute(crowd)
    workbook, table, report = build_exports(place)
    # A unit's sheet shows the answers about it one by one, each without a name ("一票"): nothing
    # there tells which of them belong together, or to whom.
    assert find_marks([*workbook, table, report], codes) == set()
    assert find_marks([table], said) == set()
    names = list_pseudonyms(place)
    assert len(names) >= 2 * PEOPLE
    assert not any(name in content for content in [*workbook, table, report] for name in names)
    packages = archive.build_packages(place.database, place.settings, 1)
    assert find_marks(unzip(packages.public), said | codes) == set()
    # After opening, single ballots of such a group are for the supervisors' package alone. (Some
    # numbers lose a last 0 on the way.)
    in_full = {answer for answer in said if not answer.endswith(b"0")}
    assert len(in_full) > 400
    assert find_marks(unzip(packages.audit), said) >= in_full
    opened = [*read_files(tmp_path), *server(), back_up(place, tmp_path), caplog.text.encode()]
    assert find_marks([*unzip(packages.audit), *opened], codes) == set()
    place.database.close()


def test_the_search_finds_what_is_there() -> None:
    said, code = answer_of(7).encode(), b"ABCDEFGHJKMNPQRS"
    printed = format_token(code.decode()).encode()
    hidden = [b"x" + said + b"y", b"12.345678", b"..." + code + b"...", b"<" + printed + b">"]
    assert find_marks(hidden, {said, code, printed}) == {said, code, printed}


def answer_through_pages(settings: Settings, cards: Iterable[Card]) -> None:
    """Some answer again by the pages, with a draft, so that what Flask keeps is tried."""
    app = create_app(settings)
    app.testing = True
    for person, card in enumerate(cards):
        client = app.test_client()
        client.post("/start", data={"code": card.token}).close()
        page = Page(client.get("/answer"))
        filled = {
            name: answer_of(person) if name.startswith("a.") else value
            for name, value in page.fields.items()
        }
        assert client.post("/draft", data=filled | {"by": "script"}).status_code == 204
        checked = Page(client.post("/check", data=filled))
        assert checked.fields.get("nonce")
        if person % 2:  # the others leave their draft where it is
            assert client.post("/submit", data=checked.fields).status_code == 303
    app.extensions["evalsvc"].database.close()


def open_and_compute(crowd: Crowd) -> None:
    place = crowd.place
    rounds.close_round(Act(place.database, MANAGER, MORNING), place.settings, crowd.round_id)
    open_box(
        Act(place.database, CUSTODIAN, MORNING),
        place.settings,
        crowd.round_id,
        PASSPHRASE,
        ignore_progress,
    )
    results.compute_result(Act(place.database, MANAGER, MORNING), place.settings, 1)


def build_exports(place: Installation) -> tuple[list[bytes], bytes, bytes]:
    """What the office takes out of the pages: workbook, table and report."""
    content = get_content(place.database, 1)
    report = read_pdf(render_report(content, "zh"))
    return list(unzip(render_workbook(content, "zh"))), render_csv(content, "zh"), report


def list_pseudonyms(place: Installation) -> set[bytes]:
    """The names under which ballots of an anonymous group are kept, theirs and their rater's."""
    with place.database.reading() as session:
        rows = session.execute(select(OpenedAnswer.ballot, OpenedAnswer.rater)).all()
    return {name.encode() for row in rows for name in row}


def read_pdf(document: bytes) -> bytes:
    """The text of a PDF, whose pages are packed."""
    return subprocess.run(
        ["pdftotext", "-", "-"], input=document, capture_output=True, check=True
    ).stdout


def back_up(place: Installation, folder: Path) -> bytes:
    """A backup as the operations page says: VACUUM INTO, or pg_dump."""
    url = make_url(place.settings.database_url)
    if url.get_backend_name() == "sqlite":
        copy = folder / "backup.sqlite"
        copy.unlink(missing_ok=True)
        with sqlite3.connect(str(url.database)) as connection:
            connection.execute("VACUUM INTO ?", [str(copy)])
        connection.close()
        return copy.read_bytes()
    address = url.set(drivername="postgresql").render_as_string(hide_password=False)
    dump = subprocess.run(["pg_dump", "--format=plain", address], capture_output=True, check=True)
    return dump.stdout


def find_server(database_url: str, request: pytest.FixtureRequest) -> Look:
    """What a database server of its own leaves on the disk; nothing where there is none."""
    if database_url.startswith("sqlite"):
        return lambda: iter(())
    cluster: Cluster = request.getfixturevalue("postgres_cluster")
    return lambda: read_files(cluster.folder)


def read_files(folder: Path) -> Iterator[bytes]:
    for path in sorted(folder.rglob("*")):
        with suppress(FileNotFoundError):  # a server tidies up meanwhile
            if path.is_file():
                yield path.read_bytes()


def find_marks(contents: Iterable[bytes], marks: set[bytes]) -> set[bytes]:
    return {
        found
        for content in contents
        for shape in SHAPES
        for found in shape.findall(content)
        if found in marks
    }


def unzip(package: bytes) -> Iterator[bytes]:
    with zipfile.ZipFile(io.BytesIO(package)) as archive_file:
        for name in archive_file.namelist():
            yield archive_file.read(name)
