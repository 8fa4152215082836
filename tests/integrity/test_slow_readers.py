"""Slow readers stop nobody: whoever waits for a file or a list waits at nginx, not at a worker."""

import hashlib
import random
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlencode

import pytest

from evalsvc.app import HEADERS, create_app
from evalsvc.clock import now
from evalsvc.domain import jobs
from evalsvc.models.job import Job
from evalsvc.models.staff import StaffSession
from evalsvc.settings import Settings
from tests.cast import (
    MANAGER,
    Installation,
    add_panel_city,
    build_installation,
    get_round_id,
    open_with_cards,
)
from tests.front import STARTS_WITHIN_S, Front, Reader, ask, running_front

pytestmark = pytest.mark.slow

PRINT_RUN_BYTES, LIST_LINES = 8_000_000, 100_000
SLOW_READERS = 10  # of each kind; the unit has two workers
# Nobody waits so long for a free worker. A loaded machine makes the wait longer, never shorter.
STUCK_AFTER_S = 5.0
CHANCE = random.Random(20261129)
UID, ROOT = f"{7:032x}", f"{9:064x}"
LEAVES = f"/box/{UID}/{ROOT}/leaves.txt"


@dataclass(frozen=True)
class Place:
    """An installation with something large to give out, and somebody signed in."""

    installation: Installation
    code: str
    job_id: str
    print_run: bytes
    leaves: bytes
    cookie: str

    def open_print_run(self, front: Front) -> Reader:
        """Press the button of the job's page, and read the answer's head."""
        page = ask(front, f"/office/jobs/{self.job_id}", self.cookie)
        html = page.take_all().decode()
        assert page.status == 200, html
        found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', html)
        assert found, html
        form = urlencode({"csrf_token": found.group(1)}).encode()
        cookie = page.headers["set-cookie"].partition(";")[0]
        answer = ask(front, f"/office/jobs/{self.job_id}/file", cookie, form)
        assert answer.status == 200, answer.head
        return answer


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    installation = build_installation(tmp_path_factory.mktemp("instance"))
    secure = replace(
        installation.settings, public_url="https://localhost", secure_cookies=True
    )
    season_id = add_panel_city(installation)
    round_id = get_round_id(installation, season_id)
    cards = open_with_cards(installation, round_id)
    print_run, key, job_id = CHANCE.randbytes(PRINT_RUN_BYTES), jobs.new_file_key(), f"{5:032x}"
    with installation.database.writing() as session:
        session.add(
            Job(id=job_id, kind="issue", season_id=season_id, round_id=round_id, staff_id=1,
                state="done", filename="信.zip", started_at=now(), beat_at=now())
        )  # fmt: skip
    jobs.write_file(secure, job_id, key, print_run)
    leaves = b"".join(f"{CHANCE.getrandbits(256):064x}\n".encode() for _ in range(LIST_LINES))
    cookie = _sign_in(installation, secure, [job_id, key, round_id])
    yield Place(installation, cards[0].token, job_id, print_run, leaves, cookie)
    installation.database.close()


def _sign_in(installation: Installation, settings: Settings, file: list[object]) -> str:
    with installation.database.writing() as session:
        session.add(
            StaffSession(secret=hashlib.sha256(b"secret").digest(), staff_id=MANAGER.staff_id,
                         until=now() + timedelta(hours=8), begun_at=now(), seen_at=now(),
                         proved_at=now())
        )  # fmt: skip
    app = create_app(settings)
    client = app.test_client()
    with client.session_transaction("/office/", base_url="https://localhost/office/") as session:
        session["staff"] = "secret"
        session["files"] = [file]
    cookie = client.get_cookie("__Host-office", path="/")
    app.extensions["evalsvc"].database.close()
    assert cookie is not None
    return f"{cookie.key}={cookie.value}"


def lay_out_list(folder: Path, leaves: bytes) -> str:
    """A closed box's list where the service would have written it; its address."""
    path = folder / "box" / UID / ROOT / "leaves.txt"
    path.parent.mkdir(parents=True)
    path.write_bytes(leaves)
    return f"/box/{UID}/{ROOT}/leaves.txt"


@pytest.fixture(scope="module")
def front(place: Place) -> Iterator[Front]:
    with running_front(place.installation.settings) as running:
        lay_out_list(running.lists, place.leaves)
        yield running


def visit(front: Front, code: str, timeout: float = STARTS_WITHIN_S) -> int:
    """Somebody comes with a card and gets the form."""
    started = ask(front, "/start", form=urlencode({"code": code}).encode(), timeout=timeout)
    started.take_all()
    cookie = started.headers["set-cookie"].partition(";")[0]
    page = ask(front, "/answer", cookie, timeout=timeout)
    assert b"csrf_token" in page.take_all()
    return page.status


def test_workers_that_send_themselves_are_stopped_by_two_readers(place: Place) -> None:
    """The naive way, to know that the readers below are slow enough to stop it."""
    address = lay_out_list(place.installation.settings.lists, place.leaves)
    with running_front(place.installation.settings, handed_over=False) as front:
        assert visit(front, place.code) == 200
        for open_one in (lambda: ask(front, address), lambda: place.open_print_run(front)):
            readers = [open_one() for _ in range(2)]
            assert [reader.status for reader in readers] == [200, 200]
            with pytest.raises(TimeoutError):
                visit(front, place.code, STUCK_AFTER_S)
            for reader in readers:
                reader.connection.close()


def test_slow_readers_stop_nobody_and_get_every_byte(place: Place, front: Front) -> None:
    readers = [place.open_print_run(front) for _ in range(SLOW_READERS)]
    readers += [ask(front, LEAVES) for _ in range(SLOW_READERS)]
    # All these are open still, and none has taken more than a few kB.
    for _ in range(10):
        assert visit(front, place.code) == 200
        assert all(reader.take(100) for reader in readers)
    wanted = [place.print_run] * SLOW_READERS + [place.leaves] * SLOW_READERS
    assert [reader.status for reader in readers] == [200] * 2 * SLOW_READERS
    assert [int(reader.headers["content-length"]) for reader in readers] == [
        len(content) for content in wanted
    ]
    for reader, content in zip(readers, wanted, strict=True):
        assert reader.take_all() == content


def test_what_nginx_gives_out_bears_the_services_headers(place: Place, front: Front) -> None:
    file, whole_list = place.open_print_run(front), ask(front, LEAVES)
    for answer in (file, whole_list):
        said = answer.headers
        assert {name: said.get(name.lower()) for name in HEADERS} == HEADERS
        assert said["strict-transport-security"] == "max-age=31536000; includeSubDomains"
        assert not {"etag", "last-modified", "x-accel-redirect", "content-encoding"} & set(said)
        answer.connection.close()
    assert file.headers["cache-control"] == "no-store"
    assert file.headers["content-disposition"] == (
        "attachment; filename=.zip; filename*=UTF-8''%E4%BF%A1.zip"
    )
    assert whole_list.headers["cache-control"] == "public, max-age=3600"
    assert whole_list.headers["content-type"] == "text/plain; charset=utf-8"


def test_office_pages_are_not_compressed_on_the_way(front: Front) -> None:
    """Debian's nginx packs HTML unless told not to; the service has its reasons (BREACH)."""
    page = ask(front, "/office/sign-in", more="Accept-Encoding: gzip")
    assert len(page.take_all()) > 1000
    assert "content-encoding" not in page.headers


def test_nobody_outside_reaches_the_outgoing_files(place: Place, front: Front) -> None:
    place.open_print_run(front).take_all()
    name = next(front.outgoing.iterdir()).name
    for path in (f"/outgoing/{name}", "/outgoing/", f"/office/../outgoing/{name}",
                 f"//outgoing/{name}", f"/%6futgoing/{name}"):  # fmt: skip
        refused = ask(front, path)
        assert (refused.status, refused.take_all()[:50].count(b"PK")) == (404, 0), path
    # Whoever writes the service's own header into a question is not heard.
    spoofed = ask(front, "/", more=f"X-Accel-Redirect: /outgoing/{name}")
    assert b"<!doctype" in spoofed.take_all()[:200].lower()


def test_the_front_server_may_open_but_not_list(place: Place, front: Front) -> None:
    place.open_print_run(front).take_all()
    file = next(front.outgoing.iterdir())
    assert [oct(path.stat().st_mode & 0o777) for path in (front.outgoing, file)] == [
        "0o710", "0o640",
    ]  # fmt: skip


def test_readers_of_one_file_share_its_memory(place: Place, front: Front) -> None:
    for _ in range(3):
        place.open_print_run(front).take_all()
    found = list(front.outgoing.iterdir())
    assert len(found) >= 3
    assert {path.stat().st_ino for path in found} == {found[0].stat().st_ino}


def test_one_address_has_its_share(place: Place, front: Front) -> None:
    """Forty at once; the others are told to wait, and pages still come."""
    readers = [ask(front, LEAVES) for _ in range(41)]
    assert [reader.status for reader in readers] == [200] * 40 + [429]
    assert "过一会儿" in readers[-1].take_all().decode()
    assert visit(front, place.code) == 200
    for reader in readers[:40]:
        reader.connection.close()
