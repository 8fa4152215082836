"""Five hundred people type something found nowhere else: it is found nowhere else."""

import io
import tempfile
import zipfile
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

from evalsvc.app import create_app
from evalsvc.box.tokens import format_token
from evalsvc.domain import archive, results, rounds
from evalsvc.domain.opening import open_box
from evalsvc.domain.rounds import Card
from evalsvc.settings import Settings
from tests.cast import CUSTODIAN, MANAGER, MORNING, PASSPHRASE, ignore_progress
from tests.integrity.thousand import answer_of, build_crowd, cast_all
from tests.public.pages import Page

PEOPLE = 500
THROUGH_PAGES = 20


@pytest.mark.slow
def test_answers_and_codes_are_found_nowhere(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    temporary = tmp_path / "tmp"
    temporary.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(temporary))
    caplog.set_level("DEBUG")
    crowd = build_crowd(tmp_path / "instance", monkeypatch, people=PEOPLE)
    place = crowd.place
    assert len(list(cast_all(crowd))) == PEOPLE
    answer_through_pages(crowd.place.settings, crowd.arrivals[:THROUGH_PAGES])
    said = [answer_of(person).encode() for person in range(PEOPLE)]
    codes = [card.token.encode() for card in crowd.arrivals]
    codes += [format_token(card.token).encode() for card in crowd.arrivals]
    on_disk = [path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()]
    assert any(b"u01" in content for content in on_disk)  # the search itself finds what is there
    assert find_any([*said, *codes], [*on_disk, caplog.text.encode()]) == []
    rounds.close_round(place.database, place.settings, crowd.round_id, MANAGER, MORNING)
    open_box(place.database, crowd.round_id, PASSPHRASE, CUSTODIAN, MORNING, ignore_progress)
    results.compute_result(place.database, 1, MANAGER, MORNING)
    packages = archive.build_packages(place.database, place.settings, 1)
    # After opening, single ballots of such a group are for the supervisors' package alone.
    assert find_any([*said, *codes], list_files(packages.public)) == []
    everything = [*list_files(packages.audit), caplog.text.encode()]
    everything += [path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()]
    assert find_any(codes, everything) == []
    place.database.close()


def answer_through_pages(settings: Settings, cards: Iterable[Card]) -> None:
    """Some answer again by the pages, so that what Flask and its parsers keep is tried."""
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
        checked = Page(client.post("/check", data=filled))
        assert checked.fields.get("nonce")
        assert client.post("/submit", data=checked.fields).status_code == 303
    app.extensions["evalsvc"].database.close()


def find_any(marks: Iterable[bytes], contents: Iterable[bytes]) -> list[bytes]:
    whole = b"\n".join(contents)
    return [mark for mark in marks if mark in whole]


def list_files(package: bytes) -> Iterator[bytes]:
    with zipfile.ZipFile(io.BytesIO(package)) as archive_file:
        for name in archive_file.namelist():
            yield archive_file.read(name)
