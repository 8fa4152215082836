"""投票的代价：一次来访的处理器时间，每秒投票数 / casting: CPU of a whole visit, casts a second.

一次来访是四个请求（开始、问卷、提交、回执），与同一进程里只有框架的四个请求相比；
投票是16个连接同时提交，封装与不封装各测一遍，两种数据库，每次落盘，并记百分之一最慢的时间。
A visit is four requests (start, page, cast, receipt), beside the same four of the bare framework
in this process; casting is 16 connections at once, with sealing and without, on both databases,
every commit synced.
"""

import gzip
import json
import re
import secrets
import ssl
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPSConnection
from pathlib import Path
from unittest.mock import patch
from urllib.parse import urlencode

from analysis.score.facts import Answer
from benchmarks.rated_form import list_answers, open_form, running_server
from evalsvc.db import Database
from evalsvc.domain.voting import casting
from evalsvc.domain.voting.casting import admit
from evalsvc.domain.voting.visit import Visit
from tests.cast import MORNING
from tests.postgres import Cluster, find_binaries, running_cluster

VISITS = 400
# Both servers in turn, so that what else this machine does weighs on both alike.
TURN = 50
CASTS = 2050
CONNECTIONS = 16
MOST_TIMES = 4.0
LEAST_SHARE = 0.5
WARM = 20
# What a sealed box adds to its content: a key of its own and a tag.
SEAL_BYTES = 48
# The front server's certificate is of the benchmark's own making.
_ANY_CERTIFICATE = ssl._create_unverified_context()  # noqa: S323
_TOKEN = re.compile(rb'name="csrf_token" type="hidden" value="([0-9a-f]+)"')


def main() -> None:
    kept = [compare_visits(), compare_casts("SQLite", None)]
    binaries = find_binaries()
    if binaries is None:
        sys.exit("没有 PostgreSQL / no PostgreSQL")
    with running_cluster(binaries) as cluster:
        kept.append(compare_casts("PostgreSQL", cluster))
    sys.exit(not all(kept))


def compare_visits() -> bool:
    """CPU of the server for a whole visit, beside the framework alone."""
    with tempfile.TemporaryDirectory() as folder:
        installation, cards = open_form(Path(folder), VISITS + WARM)
        tokens = [card.token for card in cards]
        bare_server = running_server(installation, 1, "benchmarks.bare:application")
        with running_server(installation, workers=1) as address, bare_server as bare_address:
            for token in tokens[:WARM]:
                visit(address, token)
                visit(bare_address, token)
            turns = [tokens[at : at + TURN] for at in range(WARM, len(tokens), TURN)]
            spent = [(_measure(address, turn), _measure(bare_address, turn)) for turn in turns]
        installation.database.close()
    ours = sum(one for one, _ in spent) / VISITS
    bare = sum(one for _, one in spent) / VISITS
    times = ours / bare
    print(
        f"一次来访 visit: {ours:.2f} ms CPU   框架 bare: {bare:.2f} ms   × {times:.1f}  "
        f"≤ {MOST_TIMES}  {'ok' if times <= MOST_TIMES else 'MISSED'}"
    )
    return times <= MOST_TIMES


def _measure(address: str, tokens: list[str]) -> float:
    """Milliseconds of CPU that the server's processes spend on so many visits."""
    before = server_seconds(address)
    for token in tokens:
        visit(address, token)
    return (server_seconds(address) - before) * 1000


def visit(address: str, token: str) -> None:
    """Start, page, cast, receipt."""
    browser = Browser(address)
    browser.ask("POST", "/start", {"code": token})
    page = browser.ask("GET", "/answer")
    browser.ask("POST", "/submit", fill(page))
    browser.ask("GET", "/receipt")


def fill(page: bytes) -> dict[str, str]:
    """What a questionnaire's button posts, for the check as for the cast."""
    found = _TOKEN.search(page)
    assert found is not None
    own = {"csrf_token": found.group(1).decode(), "nonce": secrets.token_hex(16), "turn": "0"}
    return list_answers() | own


class Browser:
    """Cookies, gzip, and nothing else."""

    def __init__(self, address: str) -> None:
        self._scheme, _, self._host = address.partition("://")
        self._cookies: dict[str, str] = {}

    def ask(self, method: str, path: str, fields: dict[str, str] | None = None) -> bytes:
        if self._scheme == "https":
            connection: HTTPConnection = HTTPSConnection(self._host, context=_ANY_CERTIFICATE)
        else:
            connection = HTTPConnection(self._host)
        headers = {
            "Accept-Encoding": "gzip",
            "Cookie": "; ".join(f"{name}={value}" for name, value in self._cookies.items()),
        }
        if fields is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        connection.request(method, path, urlencode(fields) if fields else None, headers)
        answer = connection.getresponse()
        content = answer.read()
        assert answer.status in (200, 303), (path, answer.status)
        for cookie in answer.headers.get_all("Set-Cookie") or ():
            name, _, rest = cookie.partition("=")
            self._cookies[name] = rest.partition(";")[0]
        connection.close()
        return gzip.decompress(content) if answer.headers["Content-Encoding"] else content


def server_seconds(address: str) -> float:
    """CPU seconds so far of the processes that listen at an address."""
    port = address.rpartition(":")[2]
    spent = 0
    for folder in Path("/proc").iterdir():
        try:
            command = (folder / "cmdline").read_bytes()
            if b"gunicorn" in command and f":{port}".encode() in command:
                spent += int((folder / "schedstat").read_text().split()[0])
        except (OSError, IndexError):
            continue  # no process, or one that has just ended
    return spent / 1e9


def compare_casts(name: str, cluster: Cluster | None) -> bool:
    """Casts a second at 16 connections, sealed and unsealed in turn, every commit synced."""
    answers = [_read(*one) for one in list_answers().items()]
    plain, sealed = Casting(), Casting()
    with tempfile.TemporaryDirectory() as folder:
        url = cluster.create_database() if cluster else None
        place, cards = open_form(Path(folder), CASTS, url)
        database = place.database
        visits = [admit(database, place.settings, card.token, MORNING) for card in cards]
        with ThreadPoolExecutor(CONNECTIONS) as pool:
            list(pool.map(lambda one: _time(database, one, answers), visits[:TURN]))
            for at in range(TURN, len(visits), 2 * TURN):
                with unsealed():
                    plain.run(pool, database, visits[at : at + TURN], answers)
                sealed.run(pool, database, visits[at + TURN : at + 2 * TURN], answers)
        database.close()
    share = sealed.rate / plain.rate
    print(
        f"{name:10} 封装 sealed: {sealed}   不封装 plain: {plain}   {share:.0%}  "
        f"≥ {LEAST_SHARE:.0%}  {'ok' if share >= LEAST_SHARE else 'MISSED'}"
    )
    return share >= LEAST_SHARE


@contextmanager
def unsealed() -> Iterator[None]:
    """The very same cast, with the answers as they are and no signature: for comparison only."""
    with (
        patch.object(casting, "seal", lambda _key, content, pad: _write_plain(content, pad)),
        patch.object(casting, "ballot_message", lambda *_parts: b""),
        patch.object(casting, "sign_ballot", lambda _key, _message: b""),
    ):
        yield


def _write_plain(content: object, length: int) -> bytes:
    """As long as a sealed one, so that both write as much; no two alike, as the table wants it."""
    written = json.dumps(content, ensure_ascii=False).encode()
    return secrets.token_bytes(SEAL_BYTES) + written.ljust(length)


def _read(name: str, value: str) -> Answer:
    item, _, unit = name.removeprefix("a.").rpartition(".")
    return Answer(unit, item, value)


@dataclass
class Casting:
    """Casts a second, and how long the slowest of a hundred takes."""

    spent: float = 0.0
    times: list[float] = field(default_factory=list)

    def run(
        self,
        pool: ThreadPoolExecutor,
        database: Database,
        visits: list[Visit],
        answers: list[Answer],
    ) -> None:
        """Cast for so many visits, as many at once as the pool has threads."""
        began = time.perf_counter()
        self.times += pool.map(lambda one: _time(database, one, answers), visits)
        self.spent += time.perf_counter() - began

    @property
    def rate(self) -> float:
        return len(self.times) / self.spent

    def __str__(self) -> str:
        slow = sorted(self.times)[int(len(self.times) * 0.99)]
        return f"{self.rate:.0f}/s, p99 {slow * 1000:.0f} ms"


def _time(database: Database, one: Visit, answers: list[Answer]) -> float:
    began = time.perf_counter()
    casting.cast(database, one, answers, casting.new_nonce(), MORNING)
    return time.perf_counter() - began


if __name__ == "__main__":
    main()
