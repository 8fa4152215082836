"""How answers travel: compressed where that is safe, static files kept by name, large ones handed
to the front server.
"""

import gzip
import hashlib
from functools import cache, lru_cache
from io import BytesIO
from pathlib import Path

from flask import Flask, Response, current_app, request, send_file
from werkzeug.http import parse_accept_header

from evalsvc import outgoing
from evalsvc.errors import NO_ROOM, Problem
from evalsvc.scripts import JOINED, get_script
from evalsvc.settings import PROJECT

STATIC = PROJECT / "static"
# Level 6 would make a questionnaire 7% smaller and take twice as long; files have 9, and once.
LEVEL = 3
# What is smaller fits one packet anyway.
LEAST_BYTES = 1000
TEXTS = {"text/html", "text/css", "text/javascript", "application/javascript"}
# What is smaller fits the front server's buffers of one answer (proxy_buffers in its site), so that
# a worker is free once it has answered, however slowly that is read.
LARGE_BYTES = 256 * 1024
# Where the front server finds the folder of outgoing files; to others the address leads nowhere.
OUTGOING_ADDRESS = "/outgoing/"
FOREVER = "public, max-age=31536000, immutable"


def speed_up(app: Flask, folder: Path | None = None) -> None:
    """Give templates `asset(name)`, and have answers compressed on their way out.

    With a folder of outgoing files, large answers leave through it and the front server.
    """
    app.jinja_env.globals["asset"] = build_address
    app.view_functions["static"] = send_static
    get_script()  # a part that cannot be read stops the start, and no page later
    if folder:
        outgoing.prepare_folder(folder)
        app.after_request(lambda response: _hand_over(response, folder))
    app.after_request(_deliver)


def build_address(name: str) -> str:
    """A static file's address with its content's hash: a new version has a new address."""
    return f"/static/{name}?v={_hash(name)}"


def send_static(filename: str) -> Response:
    """A file of static/, or the script that is joined from several; front servers pass these on."""
    if filename != JOINED:
        return current_app.send_static_file(filename)
    script = get_script()
    return send_file(BytesIO(script.content), "text/javascript", etag=script.hash)


def _deliver(response: Response) -> Response:
    """Compress where that gives nothing away.

    Compression leaks a secret that stands in a page beside text of an attacker's choosing, if the
    attacker can make the victim's browser ask for it often (BREACH). Raters' pages hold such a
    secret, the token of their form, and show posted answers; but the cookie of a visit is
    SameSite=Strict, so that a request from another site has no visit, and its answer no secret.
    Office pages are not compressed: their cookie goes along when a link is followed.
    """
    if request.endpoint == "static":
        if "v" in request.args:
            response.headers["Cache-Control"] = FOREVER
        return _compress_file(response)
    if request.blueprint == "public" and _is_worth_it(response):
        return _take(response, gzip.compress(response.get_data(), LEVEL, mtime=0))
    return response


def _hand_over(response: Response, folder: Path) -> Response:
    """Leave a large answer for the front server to send, and say where.

    Where memory has no room for it nothing is begun that would end half way.
    """
    if response.status_code != 200 or (response.content_length or 0) <= LARGE_BYTES:
        return response
    response.direct_passthrough = False
    try:
        name = outgoing.leave(folder, current_app.config["SECRET_KEY"], response.get_data())
    except OSError:
        return current_app.make_response(current_app.handle_user_exception(Problem(NO_ROOM)))
    response.set_data(b"")
    response.headers["X-Accel-Redirect"] = OUTGOING_ADDRESS + name
    return response


def _compress_file(response: Response) -> Response:
    size = response.content_length
    if size is None or not _is_worth_it(response, size):
        return response
    packed = _pack((request.view_args or {})["filename"])
    response.direct_passthrough = False
    if hasattr(response.response, "close"):
        response.response.close()  # the file that would have been sent as it is
    response.headers.pop("ETag", None)  # it names the plain bytes
    return _take(response, packed)


def _is_worth_it(response: Response, size: int | None = None) -> bool:
    if response.status_code != 200 and not (size is None and response.status_code >= 400):
        return False
    if response.mimetype not in TEXTS or "Content-Encoding" in response.headers:
        return False
    response.vary.add("Accept-Encoding")
    if (len(response.get_data()) if size is None else size) < LEAST_BYTES:
        return False
    return _takes_gzip(request.headers.get("Accept-Encoding", ""))


def _take(response: Response, packed: bytes) -> Response:
    response.set_data(packed)
    response.headers["Content-Encoding"] = "gzip"
    return response


@lru_cache(maxsize=200)  # browsers send one of a few
def _takes_gzip(accepted: str) -> bool:
    return parse_accept_header(accepted)["gzip"] > 0


def _hash(name: str) -> str:
    return get_script().hash if name == JOINED else _hash_file(*_version(STATIC / name))


def _pack(name: str) -> bytes:
    return _pack_script() if name == JOINED else _pack_file(*_version(STATIC / name))


def _version(path: Path) -> tuple[Path, int]:
    return path, path.stat().st_mtime_ns


@cache
def _hash_file(path: Path, _changed: int) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()[:12]


@cache
def _pack_file(path: Path, _changed: int) -> bytes:
    return gzip.compress(path.read_bytes(), 9, mtime=0)


@cache
def _pack_script() -> bytes:
    return gzip.compress(get_script().content, 9, mtime=0)
