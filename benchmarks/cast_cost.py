"""投票的代价：一次来访的处理器时间，每秒投票数 / casting: CPU of a whole visit, casts a second.

一次来访是四个请求（开始、问卷、提交、回执），与同一进程里只有框架的四个请求相比；
投票是16个连接同时提交，封装与不封装各测一遍，两种数据库，每次落盘。
A visit is four requests (start, page, cast, receipt), beside the same four of the bare framework
in this process; casting is 16 connections at once, with sealing and without, on both databases,
every commit synced.
"""

import io
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlencode

from flask import Flask, Response, redirect, request
from werkzeug.test import EnvironBuilder

from benchmarks.rated_form import list_answers, open_form
from evalsvc.app import create_app
from evalsvc.domain.casting import new_nonce
from forms.ballot import VisitCsrf  # noqa: F401  (named for whoever reads what the token is)

VISITS = 60
MOST_TIMES = 4.0
CODE_FIELD = "code"

Call = Callable[[str, str, dict[str, str] | None], tuple[int, dict[str, str], bytes]]


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        installation, cards = open_form(Path(folder), VISITS + 5)
        app = create_app(installation.settings)
        ours = [measure_visit(app, card.token) for card in cards]
        app.extensions["evalsvc"].database.close()
        installation.database.close()
    bare_app = build_bare()
    bare = [measure_visit(bare_app, card.token) for card in cards]
    names = ("start", "page", "cast", "receipt")
    for at, name in enumerate(names):
        print(f"{name:8} {_middle(ours, at):6.2f} ms   bare {_middle(bare, at):6.2f} ms")
    whole, least = (sum(_middle(runs, at) for at in range(4)) for runs in (ours, bare))
    times = whole / least
    print(f"visit    {whole:6.2f} ms   bare {least:6.2f} ms   × {times:.1f}  ≤ {MOST_TIMES}")
    sys.exit(times > MOST_TIMES)


def measure_visit(app: Flask, token: str) -> tuple[float, ...]:
    """CPU milliseconds of the four requests."""
    call = build_caller(app)
    spent = []
    spent.append(_time(lambda: call("POST", "/start", {"code": token})))
    page: list[bytes] = []
    spent.append(_time(lambda: page.append(call("GET", "/answer", None)[2])))
    fields = list_answers() | {"csrf_token": _find_token(page[0]), "nonce": new_nonce().hex(),
                               "turn": "0"}  # fmt: skip
    status: list[int] = []
    spent.append(_time(lambda: status.append(call("POST", "/submit", fields)[0])))
    assert status == [303], status
    spent.append(_time(lambda: call("GET", "/receipt", None)))
    return tuple(spent)


def build_bare() -> Flask:
    """The framework alone: the same pages as text, the same fields read, no template, no store."""
    app = Flask("bare")
    page = b'<input name="csrf_token" value="x">' + b"x" * 30_000

    @app.post("/start")
    def start() -> Response:
        answer = redirect("/answer", 303)
        answer.set_cookie("visit", request.form["code"])
        return answer  # type: ignore[return-value]  # werkzeug's response is what Flask takes

    @app.get("/answer")
    def answer() -> bytes:
        assert request.cookies["visit"]
        return page

    @app.post("/submit")
    def submit() -> Response:
        assert len(request.form) > 20
        return redirect("/receipt", 303)  # type: ignore[return-value]  # as above

    @app.get("/receipt")
    def receipt() -> str:
        return request.cookies["visit"]

    return app


def build_caller(app: Flask) -> Call:
    """A browser that costs nothing: it keeps cookies and calls the application directly."""
    cookies: dict[str, str] = {}

    def call(
        method: str, path: str, fields: dict[str, str] | None
    ) -> tuple[int, dict[str, str], bytes]:
        body = urlencode(fields or {}).encode()
        environ = EnvironBuilder(
            path=path, method=method, input_stream=io.BytesIO(body), content_length=len(body),
            content_type="application/x-www-form-urlencoded",
            headers={"Cookie": "; ".join(f"{k}={v}" for k, v in cookies.items())},
        ).get_environ()  # fmt: skip
        found: dict[str, object] = {}

        def begin(status: str, headers: list[tuple[str, str]], _info: object = None) -> None:
            found["status"] = int(status.split()[0])
            for name, value in headers:
                if name == "Set-Cookie":
                    key, _, rest = value.partition("=")
                    cookies[key] = rest.partition(";")[0]

        answer = app.wsgi_app(environ, begin)
        content = b"".join(answer)
        if hasattr(answer, "close"):
            answer.close()
        return int(str(found["status"])), cookies, content

    return call


def _find_token(page: bytes) -> str:
    start = page.index(b'name="csrf_token"')
    start = page.index(b'value="', start) + len(b'value="')
    return page[start : page.index(b'"', start)].decode()


def _time(act: Callable[[], object]) -> float:
    began = time.process_time()
    act()
    return (time.process_time() - began) * 1000


def _middle(runs: list[tuple[float, ...]], at: int) -> float:
    warm = sorted(run[at] for run in runs[5:])
    return warm[len(warm) // 2]


if __name__ == "__main__":
    main()
