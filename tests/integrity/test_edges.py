"""Every route's headers, every cookie's flags, one hop of proxy, and logs without codes."""

import io
import logging
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask, request
from flask.testing import FlaskClient

from evalsvc.app import create_app
from evalsvc.box.tokens import format_token, new_token
from evalsvc.log_filter import HIDDEN, hide_codes
from tests.cast import Installation, add_panshan, build_installation, get_round_id, open_with_cards

POLICY = ("default-src 'none'", "frame-ancestors 'none'", "base-uri 'none'", "form-action 'self'")
PLACES = {"int:": "1", "path:": "office.css", "": "none"}


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Installation]:
    built = build_installation(tmp_path)
    secure = replace(built.settings, public_url="https://localhost", secure_cookies=True)
    yield replace(built, settings=secure)
    built.database.close()


@pytest.fixture
def app(place: Installation) -> Iterator[Flask]:
    made = create_app(place.settings)
    made.testing = True
    yield made
    made.extensions["evalsvc"].database.close()


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


def list_addresses(app: Flask) -> list[tuple[str, str]]:
    """Every route of the service with every method, somewhere where nothing stands."""
    found = []
    for rule in app.url_map.iter_rules():
        address = rule.rule
        for name in rule.arguments:
            for kind, value in PLACES.items():
                address = address.replace(f"<{kind}{name}>", value)
        found += [(method, address) for method in sorted(rule.methods or ())]
    return found


def test_every_answer_carries_the_headers(app: Flask, client: FlaskClient) -> None:
    addresses = [*list_addresses(app), ("GET", "/nowhere"), ("GET", "/office/nowhere")]
    assert len(addresses) > 150
    for method, address in addresses:
        answer = client.open(address, method=method, base_url="https://localhost")
        said = answer.headers
        assert all(part in said["Content-Security-Policy"] for part in POLICY), address
        assert "unsafe" not in said["Content-Security-Policy"], address
        assert said["X-Content-Type-Options"] == "nosniff", address
        assert said["X-Frame-Options"] == "DENY", address
        assert said["Referrer-Policy"] == "no-referrer", address
        assert said["Cross-Origin-Opener-Policy"] == "same-origin", address
        assert said["Cross-Origin-Resource-Policy"] == "same-origin", address
        assert said["Strict-Transport-Security"].startswith("max-age=31536000"), address
        if not address.startswith("/static"):
            assert "no-store" in said["Cache-Control"], address
        assert answer.status_code < 500, (method, address)
        answer.close()


def test_every_cookie_is_for_this_host_this_site_and_no_script(
    place: Installation, client: FlaskClient
) -> None:
    cards = open_with_cards(place, get_round_id(place, add_panshan(place)))
    set_by = {
        "visit": client.post("/start", data={"code": cards[0].token}, base_url="https://localhost"),
        "office": client.get("/office/sign-in", base_url="https://localhost"),
    }
    for name, answer in set_by.items():
        (cookie,) = answer.headers.getlist("Set-Cookie")
        assert cookie.startswith(f"__Host-{name}="), cookie
        for flag in ("Secure", "HttpOnly", "Path=/", "SameSite="):
            assert flag in cookie, cookie
        assert "Domain=" not in cookie
        assert cards[0].token not in cookie


@pytest.mark.parametrize(("behind", "address"), [(True, "10.0.0.9"), (False, "127.0.0.1")])
def test_one_hop_of_proxy_is_believed_and_only_where_it_stands(
    place: Installation, behind: bool, address: str
) -> None:
    made = create_app(replace(place.settings, behind_proxy=behind))
    seen = []
    made.before_request(lambda: seen.append((request.remote_addr, request.is_secure)))
    forwarded = {"X-Forwarded-For": "6.6.6.6, 10.0.0.9", "X-Forwarded-Proto": "https"}
    made.test_client().get("/", headers=forwarded).close()
    assert seen == [(address, behind)]
    made.extensions["evalsvc"].database.close()


def test_no_log_line_holds_a_code(app: Flask) -> None:
    token = new_token()
    full_width = "".join(chr(ord(sign) + 0xFEE0) for sign in token)
    printed = format_token(token)
    out = io.StringIO()
    handler = logging.StreamHandler(out)
    handler.setFormatter(logging.Formatter("%(message)s"))
    names = ("evalsvc.work", "sqlalchemy.engine", "gunicorn.error", "third.party")
    loggers = [logging.getLogger(name) for name in names]
    for logger in (*loggers, app.logger):
        logger.addHandler(handler)
        try:
            for said in (token, token.lower(), printed, printed.replace("-", " "), full_width):
                logger.error("code %s refused", said)
                logger.error(f"code {said} refused")
                logger.error({"code": said})
            try:
                raise ValueError(printed)
            except ValueError:
                logger.exception("failed")
        finally:
            logger.removeHandler(handler)
    text = out.getvalue()
    assert text.count(HIDDEN) == 5 * (3 * 5 + 1)
    assert token not in text.upper().replace("-", "").replace(" ", "")
    assert full_width not in text


def test_a_fault_is_logged_without_the_code_that_caused_it(
    place: Installation, caplog: pytest.LogCaptureFixture
) -> None:
    made = create_app(place.settings)
    token = new_token()

    @made.get("/fault")
    def fault() -> str:
        raise ValueError(f"cannot read {token}")

    assert made.test_client().get("/fault").status_code == 500
    formatter = logging.Formatter()
    lines = [formatter.format(record) for record in caplog.records]
    assert any("cannot read" in line and HIDDEN in line for line in lines)
    assert not any(token in line for line in lines)
    made.extensions["evalsvc"].database.close()


@pytest.mark.parametrize(
    "text",
    [
        "2026-11-20 10:56:10 UTC",
        "GET /office/rounds/12 200",
        "round 3 year_end: 59 units",
        "127.0.0.1 - - [20/Nov/2026]",
        "sha256 " + "0123456789abcdef" * 4,
        "口令不对",
    ],
)
def test_other_lines_stay_as_they_are(text: str) -> None:
    assert hide_codes(text) == text
