"""投票的代价：一次来访的处理器时间，每秒投票数 / casting: CPU of a whole visit, casts a second.

一次来访是四个请求（开始、问卷、提交、回执），与同一进程里只有框架的四个请求相比；
投票是16个连接同时提交，封装与不封装各测一遍，两种数据库，每次落盘。
A visit is four requests (start, page, cast, receipt), beside the same four of the bare framework
in this process; casting is 16 connections at once, with sealing and without, on both databases,
every commit synced.
"""

import gzip
import json
import re
import secrets
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlencode

from sqlalchemy import insert

from analysis.facts import Answer
from benchmarks.rated_form import list_answers, open_form, running_server
from evalsvc.box.roots import Voter
from evalsvc.db import Database
from evalsvc.domain.ballots import list_breaches
from evalsvc.domain.casting import PADDING, admit, cast, get_paper, new_nonce
from evalsvc.domain.places import hold_place
from evalsvc.domain.visit import Visit
from evalsvc.models.box import Ballot
from tests.cast import MORNING
from tests.postgres import Cluster, find_binaries, running_cluster

VISITS = 400
# Both servers in turn, so that what else this machine does weighs on both alike.
TURN = 50
CASTS = 1600
CONNECTIONS = 16
MOST_TIMES = 4.0
LEAST_SHARE = 0.5
WARM = 20
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
            ours, bare = (
                sum(spent) / VISITS
                for spent in zip(
                    *((_measure(address, turn), _measure(bare_address, turn)) for turn in turns),
                    strict=True,
                )
            )
        installation.database.close()
    times = ours / bare
    print(f"一次来访 visit: {ours:.2f} ms CPU   框架 bare: {bare:.2f} ms   × {times:.1f}  "
          f"≤ {MOST_TIMES}  {'ok' if times <= MOST_TIMES else 'MISSED'}")  # fmt: skip
    return times <= MOST_TIMES


def _measure(address: str, tokens: list[str]) -> float:
    """Milliseconds of CPU that the server's processes spend on so many visits."""
    before = _server_seconds(address)
    for token in tokens:
        visit(address, token)
    return (_server_seconds(address) - before) * 1000


def visit(address: str, token: str) -> None:
    """Start, page, cast, receipt."""
    browser = Browser(address)
    browser.ask("POST", "/start", {"code": token})
    page = browser.ask("GET", "/answer")
    browser.ask("POST", "/submit", _fill(page))
    browser.ask("GET", "/receipt")


def _fill(page: bytes) -> dict[str, str]:
    found = _TOKEN.search(page)
    assert found is not None
    own = {"csrf_token": found.group(1).decode(), "nonce": secrets.token_hex(16), "turn": "0"}
    return list_answers() | own


class Browser:
    """Cookies, gzip, and nothing else."""

    def __init__(self, address: str) -> None:
        self._host = address.removeprefix("http://")
        self._cookies: dict[str, str] = {}

    def ask(self, method: str, path: str, fields: dict[str, str] | None = None) -> bytes:
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


def _server_seconds(address: str) -> float:
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
    """Casts a second at 16 connections, sealed and unsealed, every commit synced."""
    answers = [_read(field, value) for field, value in list_answers().items()]
    plain = _rate(cluster, lambda place, one: cast_unsealed(place, one, answers))
    sealed = _rate(cluster, lambda place, one: cast(place, one, answers, new_nonce(), MORNING))
    share = sealed / plain
    print(f"{name:10} 封装 sealed: {sealed:.0f}/s   不封装 plain: {plain:.0f}/s   {share:.0%}  "
          f"≥ {LEAST_SHARE:.0%}  {'ok' if share >= LEAST_SHARE else 'MISSED'}")  # fmt: skip
    return share >= LEAST_SHARE


def cast_unsealed(database: Database, one: Visit, answers: list[Answer]) -> None:
    """The same checks and the same write, with the answers as they are: for comparison only."""
    paper = get_paper(database, one, MORNING)
    assert not list_breaches(paper.questionnaire, paper.categories, paper.units, answers)
    key = Voter(one.root).credential
    content = json.dumps([[each.unit, each.item, each.value] for each in answers]).encode()
    with database.casting() as connection:
        hold_place(connection, key, MORNING)
        connection.execute(
            insert(Ballot),
            {
                "credential": key, "seq": 1, "nonce": new_nonce(), "signature": b"",
                "sealed": content.ljust(PADDING), "leaf": secrets.token_bytes(32),
            },
        )  # fmt: skip


def _read(name: str, value: str) -> Answer:
    item, _, unit = name.removeprefix("a.").rpartition(".")
    return Answer(unit, item, value)


def _rate(cluster: Cluster | None, act: Callable[[Database, Visit], object]) -> float:
    with tempfile.TemporaryDirectory() as folder:
        url = cluster.create_database() if cluster else None
        place, cards = open_form(Path(folder), CASTS, url)
        database = place.database
        visits = [admit(database, place.settings, card.token, MORNING) for card in cards]
        with ThreadPoolExecutor(CONNECTIONS) as pool:
            list(pool.map(lambda one: act(database, one), visits[:CONNECTIONS]))
            began = time.perf_counter()
            list(pool.map(lambda one: act(database, one), visits[CONNECTIONS:]))
            spent = time.perf_counter() - began
        database.close()
    return (len(visits) - CONNECTIONS) / spent


if __name__ == "__main__":
    main()
