"""Slow readers stop nobody: whoever waits for a file or a list waits at nginx, not at a worker."""

from collections.abc import Iterator
from urllib.parse import urlencode

import pytest

from evalsvc.app import HEADERS
from tests.cast import add_panel_city, build_installation, get_round_id, open_with_cards
from tests.front import Front, ask, running_front
from tests.integrity.slow_place import LARGEST_PAGE, LEAVES, Place, build_place, lay_out_list
from tests.patience import PATIENCE_S

pytestmark = pytest.mark.slow

SLOW_READERS = 10  # of each kind; the unit has two workers
# Nobody waits so long for a free worker. A loaded machine makes the wait longer, never shorter.
STUCK_AFTER_S = 5.0


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    installation = build_installation(tmp_path_factory.mktemp("instance"))
    season_id = add_panel_city(installation)
    round_id = get_round_id(installation, season_id)
    cards = open_with_cards(installation, round_id)
    yield build_place(installation, season_id, round_id, cards[0].token)
    installation.database.close()


@pytest.fixture(scope="module")
def front(place: Place) -> Iterator[Front]:
    with running_front(place.installation.settings) as running:
        lay_out_list(running.lists, place.leaves)
        yield running


def visit(front: Front, code: str, timeout: float = PATIENCE_S) -> int:
    """Somebody comes with a card and gets the form."""
    started = ask(front, "/start", form=urlencode({"code": code}).encode(), timeout=timeout)
    started.take_all()
    cookie = started.headers["set-cookie"].partition(";")[0]
    page = ask(front, "/answer", cookie, timeout=timeout)
    assert b"csrf_token" in page.take_all()
    return page.status


def test_workers_that_send_themselves_are_stopped_by_two_readers(place: Place) -> None:
    """The naive way, to know that the readers below are slow enough to stop it."""
    lay_out_list(place.installation.settings.lists, place.leaves)
    with running_front(place.installation.settings, handed_over=False) as front:
        assert visit(front, place.code) == 200
        for open_one in (lambda: ask(front, LEAVES), lambda: place.open_print_run(front)):
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


def test_the_largest_page_fits_the_buffers(place: Place, front: Front) -> None:
    """What no worker hands over is read from it at once, or ten such readers would stop it."""
    readers = [place.open_print_run(front, LARGEST_PAGE) for _ in range(SLOW_READERS)]
    assert visit(front, place.code) == 200
    assert [reader.take_all() for reader in readers] == [place.largest_page] * SLOW_READERS


def test_slow_writers_stop_nobody(place: Place, front: Front) -> None:
    """Half a form, half an upload, half a head: nginx waits for the rest, and no worker."""
    halves = (
        b"POST /start HTTP/1.1\r\nHost: localhost\r\nContent-Length: 900\r\n\r\ncode=",
        b"POST /office/sign-in HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9000000\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: loc",
    )
    writers = [front.connect() for _ in range(5 * len(halves))]
    for place_in_line, writer in enumerate(writers):
        writer.sendall(halves[place_in_line % len(halves)])
    assert visit(front, place.code) == 200
    for writer in writers:
        writer.close()


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
    for path in (
        f"/outgoing/{name}",
        "/outgoing/",
        f"/office/../outgoing/{name}",
        f"//outgoing/{name}",
        f"/%6futgoing/{name}",
    ):
        refused = ask(front, path)
        assert (refused.status, refused.take_all()[:50].count(b"PK")) == (404, 0), path
    # Whoever writes the service's own header into a question is not heard.
    spoofed = ask(front, "/", more=f"X-Accel-Redirect: /outgoing/{name}")
    assert b"<!doctype" in spoofed.take_all()[:200].lower()


def test_the_front_server_may_open_but_not_list(place: Place, front: Front) -> None:
    place.open_print_run(front).take_all()
    file = next(front.outgoing.iterdir())
    assert [oct(path.stat().st_mode & 0o777) for path in (front.outgoing, file)] == [
        "0o710",
        "0o640",
    ]


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
