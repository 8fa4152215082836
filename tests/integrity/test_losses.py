"""Nothing acknowledged is lost and nothing counts twice: kills, retries, double votes, races."""

import json
import os
import re
import signal
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from http.cookiejar import CookieJar
from pathlib import Path

import pytest
from sqlalchemy import func, select

from analysis.score.facts import Answer
from evalsvc.box.cards import Card
from evalsvc.box.roots import Voter
from evalsvc.demo.server import find_free_port
from evalsvc.domain.acting import Act
from evalsvc.domain.concluding import archive, results
from evalsvc.domain.events import list_events
from evalsvc.domain.sealing import anchors, emptying, rounds
from evalsvc.domain.sealing.opening import count_counting_ballots, open_box
from evalsvc.domain.voting import casting
from evalsvc.domain.voting.casting import Receipt, Visit
from evalsvc.errors import TOO_MANY_REVISIONS, Problem
from evalsvc.models.box import Ballot, PendingBallot
from evalsvc.settings import PROJECT, build_environment
from tests.capability import get_program
from tests.cast import (
    CUSTODIAN,
    MANAGER,
    MORNING,
    PASSPHRASE,
    Installation,
    add_panel_city,
    build_installation,
    empty_trays,
    get_round_id,
    ignore_progress,
    open_with_cards,
)
from tests.integrity.cast_codes import MARK
from tests.integrity.counted import failed, unpack
from tests.patience import PATIENCE_S

KILLS = 20
ACKNOWLEDGED_PER_KILL = 105
PHONES = 4
CARDS_PER_KILL = 16


def open_city(place: Installation, seats: int) -> tuple[int, list[Card]]:
    round_id = get_round_id(place, add_panel_city(place, seats))
    cards = open_with_cards(place, round_id)
    return round_id, [card for card in cards if card.group == "panel"]


def fill(place: Installation, card: Card, level: int = 0) -> tuple[Visit, list[Answer]]:
    visit = casting.admit(place.database, place.settings, card.token, MORNING)
    paper = casting.get_paper(place.database, visit, MORNING)
    return visit, [
        Answer(unit.code, question.code, question.levels[level].code)  # type: ignore[union-attr]
        for question in paper.questionnaire.questions
        for unit in paper.units
    ]


def count_ballots(place: Installation) -> int:
    with place.database.reading() as session:
        return session.scalar(select(func.count()).select_from(PendingBallot)) or 0


def at_once(act: Callable[[], Receipt | None], times: int) -> list[Receipt | None]:
    """The same act in so many threads, none of which begins before all are there."""
    barrier = threading.Barrier(times)

    def wait_and_act() -> Receipt | None:
        barrier.wait(PATIENCE_S)
        return act()

    with ThreadPoolExecutor(times) as pool:
        return [one.result() for one in [pool.submit(wait_and_act) for _ in range(times)]]


@pytest.mark.usefixtures("database_url")
def test_a_lost_reply_and_a_retry_give_the_same_receipt(place: Installation) -> None:
    _, cards = open_city(place, 50)
    assert len(cards) == 200
    pairs = []
    for card in cards:
        visit, answers = fill(place, card)
        nonce = casting.new_nonce()
        pairs.append(
            [casting.cast(place.database, visit, answers, nonce, MORNING) for _ in range(2)]
        )
    assert [first for first, _ in pairs] == [second for _, second in pairs]
    assert len({first.code for first, _ in pairs}) == 200
    assert count_ballots(place) == 200


@pytest.mark.usefixtures("database_url")
def test_fifty_at_once_with_one_nonce_are_one_ballot(place: Installation) -> None:
    round_id, cards = open_city(place, 5)
    visit, answers = fill(place, cards[0])
    nonce = casting.new_nonce()

    def cast() -> Receipt:
        return casting.cast(place.database, visit, answers, nonce, MORNING)

    receipts = at_once(cast, 50)
    assert len(receipts) == 50
    assert len(set(receipts)) == 1
    assert count_ballots(place) == 1
    empty_trays(place)
    with place.database.reading() as session:
        assert count_counting_ballots(session, round_id) == 1


@pytest.mark.usefixtures("database_url")
def test_fifty_at_once_with_fifty_nonces_count_once(place: Installation) -> None:
    round_id, cards = open_city(place, 5)
    visit, answers = fill(place, cards[0])

    def cast() -> Receipt | None:
        try:
            return casting.cast(place.database, visit, answers, casting.new_nonce(), MORNING)
        except Problem as problem:
            if problem.kind is not TOO_MANY_REVISIONS:
                raise
            return None

    receipts = at_once(cast, 50)
    assert sum(receipt is not None for receipt in receipts) == casting.MOST_REVISIONS
    empty_trays(place)
    with place.database.reading() as session:
        assert count_counting_ballots(session, round_id) == 1


@pytest.mark.usefixtures("database_url")
@pytest.mark.slow
def test_the_double_vote_counts_once_a_hundred_times(place: Installation) -> None:
    """Ten sessions, one code, at once: a check apart from the writing would let 3 to 8 count."""
    round_id, cards = open_city(place, 25)
    assert len(cards) == 100
    for done, card in enumerate(cards, 1):
        visit, answers = fill(place, card)

        def cast(visit: Visit = visit, answers: list[Answer] = answers) -> Receipt:
            return casting.cast(place.database, visit, answers, casting.new_nonce(), MORNING)

        receipts = at_once(cast, 10)
        times = Counter(receipt.times_cast for receipt in receipts if receipt)
        assert times == Counter(range(1, 11))  # ten revisions of one ballot, in some order
        empty_trays(place)
        emptying.destroy_spent_keys(place.database, round_id)  # as each hour does, or casts slow
        with place.database.reading() as session:
            assert count_counting_ballots(session, round_id) == done


@pytest.mark.usefixtures("database_url")
@pytest.mark.slow
def test_eight_clients_lose_no_update_in_a_thousand_casts(place: Installation) -> None:
    _, cards = open_city(place, 250)
    assert len(cards) == 1000

    def answer(own: list[Card]) -> int:
        for card in own:
            visit, answers = fill(place, card, level=len(own) % 3)
            casting.cast(place.database, visit, answers, casting.new_nonce(), MORNING)
        return len(own)

    with ThreadPoolExecutor(8) as pool:
        done = sum(pool.map(answer, [cards[start::8] for start in range(8)]))
    assert (done, count_ballots(place)) == (1000, 1000)


@pytest.mark.slow
def test_every_commit_reaches_the_disk(tmp_path: Path) -> None:
    """A trace of one process over a hundred casts: a sync before each acknowledgement."""
    strace = get_program("strace", "strace")
    place = build_installation(tmp_path / "instance")
    _, cards = open_city(place, 25)
    place.database.close()
    (tmp_path / "codes").write_text("\n".join(card.token for card in cards[:100]), encoding="utf-8")
    trace = tmp_path / "trace"
    done = subprocess.run(
        [strace, "-f", "-e", "trace=fsync,fdatasync,write", "-o", trace, sys.executable, "-m",
         "tests.integrity.cast_codes", tmp_path / "instance", tmp_path / "codes"],
        cwd=PROJECT, capture_output=True, text=True, check=False,
    )  # a table, read by rows  # fmt: skip
    if "ptrace" in done.stderr:
        pytest.skip(f"this machine forbids tracing: {done.stderr[:200]}")
    assert (done.returncode, done.stdout) == (0, "100\n"), done.stderr
    mark = f'write(2, "{MARK.decode()}"'
    *before_each, _ = trace.read_text(encoding="utf-8", errors="replace").split(mark)
    syncs = [len(re.findall(r"\bf(?:data)?sync\(\d+\) += 0", part)) for part in before_each]
    assert len(syncs) == 100
    assert min(syncs) >= 1


class Phone:
    """A rater's browser that answers again and again, and notes what it was told is in the box."""

    def __init__(self, address: str, card: Card) -> None:
        self.card = card
        self.acknowledged = 0
        self._address = address
        self._cookies = CookieJar()
        handlers = (urllib.request.HTTPCookieProcessor(self._cookies), _NoRedirect())
        self._opener = urllib.request.build_opener(*handlers)
        self._fields: dict[str, str] = {}

    def begin(self) -> None:
        self._post("/start", {"code": self.card.token})
        page = self._opener.open(f"{self._address}/answer", timeout=PATIENCE_S).read().decode()
        names = re.findall(r'<input[^>]*type="(?:radio|hidden)"[^>]*>', page)
        for tag in names:
            name, value = (re.search(rf'{part}="([^"]*)"', tag) for part in ("name", "value"))
            if name and value:
                self._fields.setdefault(name.group(1), value.group(1))

    def answer(self) -> bool:
        """Whether the server has said that the ballot is in the box."""
        nonce = casting.new_nonce().hex()
        status, location = self._post("/submit", {**self._fields, "nonce": nonce})
        acknowledged = status == 303 and location.endswith("/receipt")
        self.acknowledged += acknowledged
        return acknowledged

    def _post(self, path: str, fields: dict[str, str]) -> tuple[int, str]:
        data = urllib.parse.urlencode(fields).encode()
        try:
            answer = self._opener.open(f"{self._address}{path}", data, timeout=PATIENCE_S)
            return answer.status, ""
        except urllib.error.HTTPError as error:
            return error.code, error.headers.get("Location", "")


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: object) -> None:
        return None


@pytest.mark.usefixtures("database_url")
@pytest.mark.slow
def test_nothing_acknowledged_is_lost_when_the_service_is_killed(
    place: Installation, tmp_path: Path
) -> None:
    """`kill -9` of all of gunicorn under load, twenty times; then the box is looked into."""
    round_id, cards = open_city(place, KILLS * CARDS_PER_KILL // 4)
    told: Counter[str] = Counter()
    for number in range(KILLS):
        phones_cards = cards[number * CARDS_PER_KILL : (number + 1) * CARDS_PER_KILL]
        told.update(load_and_kill(place, phones_cards))
        if number % 4 == 3:
            anchors.publish_anchor(place.database, place.settings, round_id, MORNING)
    empty_trays(place)
    with place.database.reading() as session:
        rows = session.execute(
            select(Ballot.credential, func.max(Ballot.seq), func.count()).group_by(
                Ballot.credential
            )
        ).all()
    kept = {bytes(key): (newest, n) for key, newest, n in rows}
    assert all(newest == n for newest, n in kept.values())
    lost = 0
    for token, times in told.items():
        visit = casting.admit(place.database, place.settings, token, MORNING)
        lost += max(0, times - kept.get(casting_key(visit), (0, 0))[1])
    assert sum(told.values()) >= KILLS * ACKNOWLEDGED_PER_KILL >= 2000
    assert lost == 0
    assert verify_afterwards(place, round_id, tmp_path) == len(kept)


def verify_afterwards(place: Installation, round_id: int, folder: Path) -> int:
    """Close, open, compute, take both packages out and verify them; how many ballots counted."""
    rounds.close_round(Act(place.database, MANAGER, MORNING), place.settings, round_id)
    open_box(
        Act(place.database, CUSTODIAN, MORNING),
        place.settings,
        round_id,
        PASSPHRASE,
        ignore_progress,
    )
    results.compute_result(Act(place.database, MANAGER, MORNING), place.settings, 1)
    packages = archive.build_packages(place.database, place.settings, 1)
    for package in (packages.audit, packages.public):
        assert failed(unpack(package, folder)) == set()
    (event,) = [one for one in list_events(place.database) if one.verb == "open_box"]
    found = json.loads(event.detail)
    assert found["rejected"] == "0"
    return int(found["counted"])


def casting_key(visit: Visit) -> bytes:
    return Voter(visit.root).credential


def load_and_kill(place: Installation, cards: list[Card]) -> dict[str, int]:
    """Serve, answer from several phones at once, kill without a warning; what was acknowledged."""
    port = find_free_port()
    address = f"http://127.0.0.1:{port}"
    settings = replace(place.settings, public_url=address)
    server = subprocess.Popen(
        [sys.executable, "-m", "gunicorn", "--bind", f"127.0.0.1:{port}", "--workers", "2",
         # Read once instead of by each worker: this is done twenty times.
         "--preload", "--log-level", "critical", "--no-control-socket", "wsgi:application"],
        cwd=PROJECT, env=build_environment(settings), start_new_session=True,
    )  # a table, read by rows  # fmt: skip
    phones = [Phone(address, card) for card in cards]
    total, stop = Counter[str](), threading.Event()
    try:
        wait_until_up(address)
        for phone in phones:
            phone.begin()
        threads = [
            threading.Thread(target=keep_answering, args=(phones[start::PHONES], stop))
            for start in range(PHONES)
        ]
        for thread in threads:
            thread.start()
        deadline = time.monotonic() + PATIENCE_S
        while sum(one.acknowledged for one in phones) < ACKNOWLEDGED_PER_KILL:
            assert time.monotonic() < deadline
            time.sleep(0.005)
        os.killpg(server.pid, signal.SIGKILL)
        stop.set()
        for thread in threads:
            thread.join()
    finally:
        if server.poll() is None:
            os.killpg(server.pid, signal.SIGKILL)
        server.wait()
    for phone in phones:
        total[phone.card.token] = phone.acknowledged
    return total


def keep_answering(phones: list[Phone], stop: threading.Event) -> None:
    while not stop.is_set():
        for phone in phones:
            try:
                phone.answer()
            except OSError:  # the service is gone
                return


def wait_until_up(address: str) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline:
        try:
            urllib.request.urlopen(address, timeout=PATIENCE_S).close()  # noqa: S310 (our own address)
            return
        except OSError:
            time.sleep(0.05)
    raise AssertionError("gunicorn did not start")
