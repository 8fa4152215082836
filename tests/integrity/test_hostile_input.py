"""Preview robots, malformed input and a flood: nothing changes or breaks, nobody is blocked."""

import hashlib
import random
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from evalsvc.app import create_app
from evalsvc.box.cards import Card
from evalsvc.box.tokens import new_token
from evalsvc.clock import now
from evalsvc.domain.acting import Act
from evalsvc.domain.actor import build_outsider
from evalsvc.domain.people import staff
from evalsvc.models.season import Round
from evalsvc.models.staff import Staff
from tests.cast import (
    Installation,
    add_panel_city,
    build_installation,
    get_round_id,
    open_with_cards,
)

pytestmark = pytest.mark.slow

AGENTS = {
    "WeChat": "Mozilla/5.0 (iPhone) AppleWebKit/605.1.15 MicroMessenger/8.0.49 NetType/WIFI",
    "WeCom": "Mozilla/5.0 (Linux; Android 13) wxwork/4.1.20 MicroMessenger/7.0.1",
    "QQ": "Mozilla/5.0 (Linux; Android 13) MQQBrowser/6.2 QQ/9.0.8",
    "DingTalk": "Mozilla/5.0 (iPhone) DingTalk/7.5.10 com.laiwang.DingTalk",
    "Feishu": "Mozilla/5.0 (compatible; LarkUrl2Image/1.0; Feishu)",
    "Telegram": "TelegramBot (like TwitterBot)",
    "Slack": "Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)",
    "Facebook": "facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)",
    "Safe Links": "Mozilla/5.0 (compatible; MSIE 10.0; SafeLinks)",
    "Bytespider": "Mozilla/5.0 (compatible; Bytespider; https://zhanzhang.toutiao.com/)",
    "Googlebot": "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
    "curl": "curl/8.5.0",
}
# What chat programs make of a link, besides the routes themselves.
LINKS = ("/r/{token}", "/r/{token}/", "/r?{token}", "/r?code={token}", "/?code={token}",
         "/start?code={token}", "/{token}", "/r%23{token}", "/favicon.ico", "/robots.txt",
         "/.well-known/security.txt")  # a table, read by rows  # fmt: skip
SEED = 20181201


@dataclass(frozen=True)
class Open:
    """An open round and the service in front of it."""

    place: Installation
    app: Flask
    cards: tuple[Card, ...]


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[Open]:
    place = build_installation(tmp_path)
    cards = open_with_cards(place, get_round_id(place, add_panel_city(place, seats=80)))
    app = create_app(place.settings)
    app.testing = True
    yield Open(place, app, cards)
    app.extensions["evalsvc"].database.close()
    place.database.close()


def hash_database(place: Installation) -> str:
    """Over the database's bytes and those of its log."""
    folder = place.settings.instance
    files = (folder / name for name in ("evalsvc.sqlite", "evalsvc.sqlite-wal"))
    return hashlib.sha256(b"".join(path.read_bytes() for path in files)).hexdigest()


def list_raters_addresses(opened: Open, token: str) -> list[str]:
    """Every route outside the office, with what stands there, and every form of a card's link."""
    with opened.place.database.reading() as session:
        uid = session.scalars(select(Round.uid).where(Round.state == "open")).one()
    places = {
        "int:season_id": "1",
        "int:version": "1",
        "uid": uid,
        "path:filename": "rater.css",
        "any('leaves.txt', 'receipts.txt'):name": "receipts.txt",
        "root": "0" * 64,
        "int:part": "1",
    }
    found = []
    for rule in opened.app.url_map.iter_rules():
        if not rule.endpoint.startswith("admin."):
            address = rule.rule
            for name, value in places.items():
                address = address.replace(f"<{name}>", value)
            assert "<" not in address, f"say in `places` what stands in {rule.rule}"
            found.append(address)
    return sorted({*found, *(link.format(token=token) for link in LINKS)})


@pytest.mark.parametrize("agent", AGENTS)
def test_a_preview_robot_changes_no_byte(opened: Open, agent: str) -> None:
    """A robot without cookies, and one that lives in the browser of somebody answering."""
    token = opened.cards[0].token
    robot, browser = opened.app.test_client(use_cookies=False), opened.app.test_client()
    assert browser.post("/start", data={"code": token}).status_code == 303
    addresses = list_raters_addresses(opened, token)
    assert len(addresses) >= 25
    before = hash_database(opened.place)
    tried = 0
    for address in addresses:
        for client in (robot, browser):
            for method in ("GET", "HEAD", "OPTIONS"):
                answer = client.open(address, method=method, headers={"User-Agent": AGENTS[agent]})
                assert answer.status_code < 500, (method, address)
                answer.close()
                tried += 1
    assert tried == 6 * len(addresses)
    assert hash_database(opened.place) == before


def list_odd_texts() -> list[str]:
    """Texts that have broken programs before, and two hundred from chance."""
    chance = random.Random(SEED)
    signs = [
        "\0",
        "\r\n",
        "'",
        '"',
        "<script>",
        "{{7*7}}",
        "%00",
        "%s",
        "${x}",
        "..",
        "/",
        "\\",
        "\u202e",
        "\ud7ff",
        "\uffff",
        "𠀀",
        "👨‍👩‍👧",
        "A",
        "9",
        "-1",
        "1e309",
        "NaN",
        "\ufeff",
        "Ａ",
        "İ",
        "ﬀ",
        "\x1b[31m",
        ";--",
        "(SELECT 1)",
        "=cmd|' /C calc'!A0",
    ]
    fixed = [
        "",
        " ",
        "\0",
        "0",
        "-1",
        "9" * 400,
        "A" * 100_000,
        "null",
        "[]",
        "{}",
        "true",
        "2026-13-45T99:99",
        "１２３",
        "%",
        "%zz",
        "../../etc/passwd",
    ]
    return fixed + ["".join(chance.choices(signs, k=chance.randint(1, 30))) for _ in range(200)]


def build_office_client(opened: Open) -> FlaskClient:
    client = opened.app.test_client()
    with opened.place.database.writing() as session:
        row = session.scalars(select(Staff).where(Staff.login == "manager")).one()
        row.roles = "administrator,manager,auditor"
    database, password = opened.place.database, "一句自己记得住的话 十二字"
    roles = ["administrator", "manager", "auditor", "distributor"]
    link = staff.make_link(Act(database, build_outsider("test"), now()), "manager", "考评办", roles)
    sent = {"link": link, "password": password, "again": password, **find_token(client)}
    assert client.post("/office/link", data=sent).status_code == 302
    return client


def find_token(client: FlaskClient) -> dict[str, str]:
    """What a form carries against posts from elsewhere."""
    page = client.get("/office/sign-in").get_data(as_text=True)
    found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)
    assert found
    return {"csrf_token": found.group(1)}


def test_malformed_input_to_raters_pages_is_answered(opened: Open) -> None:
    client = opened.app.test_client()
    chance = random.Random(SEED)
    posts = ("/start", "/answer", "/check", "/submit", "/leave", "/draft")
    panel = next(card for card in opened.cards if card.group == "panel")
    tried = 0
    for number, text in enumerate(list_odd_texts()):
        if number % 3 == 0:
            client.post("/start", data={"code": panel.token}).close()
        names = ["code", "nonce", "visit", "a.0.0", text[:50] or "x"]
        data = {name: chance.choice([text, text[::-1], "good"]) for name in names}
        for answer in (
            client.post(chance.choice(posts), data=data),
            client.post(
                chance.choice(posts),
                data=text.encode("utf-8", "replace")[:5000],
                content_type=chance.choice(
                    ["application/json", "multipart/form-data", "text/plain; charset=bad"]
                ),
            ),
        ):
            assert answer.status_code < 500, (number, text[:60])
            answer.close()
            tried += 1
        client.set_cookie("visit", text[:2000].encode("ascii", "ignore").decode() or "x")
        answer = client.get("/answer", query_string={"lang": text[:200], text[:20] or "x": "1"})
        assert answer.status_code < 500, (number, text[:60])
        answer.close()
        tried += 1
    assert tried >= 400


def test_malformed_input_to_the_offices_pages_is_answered(opened: Open) -> None:
    client = build_office_client(opened)
    token = find_token(client)
    chance = random.Random(SEED)
    rules = [
        (method, rule)
        for rule in opened.app.url_map.iter_rules()
        if rule.endpoint.startswith("admin.") and "sign_out" not in rule.endpoint
        for method in ("GET", "POST")
        if method in (rule.methods or ())
    ]
    fields = [
        "login",
        "name",
        "roles",
        "title",
        "office",
        "contact",
        "scheme",
        "deadline",
        "word",
        "passphrase",
        "again",
        "kind",
        "group",
        "named",
        "code",
        "reason",
        "decision",
        "number",
        "password",
        "back",
        "words",
        "before",
        "verb",
    ]
    tried = 0
    for text in list_odd_texts() * 2:
        method, rule = chance.choice(rules)
        address = rule.rule
        for name in rule.arguments:
            number = chance.choice(["1", "0", "99999999999999999999", "2147483648"])
            odd = chance.choice(["none", "year_end", "u01", "%00", "é", "'"])
            address = address.replace(f"<int:{name}>", number).replace(f"<{name}>", odd)
        values = dict.fromkeys(chance.sample(fields, 8), text)
        keywords = {"query_string": values} if method == "GET" else {"data": values | token}
        answer = client.open(address, method=method, **keywords)  # type: ignore[arg-type]
        assert answer.status_code < 500, (method, address, text[:60], answer.get_data(True)[-300:])
        answer.close()
        tried += 1
    assert tried >= 400


def test_valid_raters_get_in_during_a_flood_from_their_own_address(opened: Open) -> None:
    """Three hundred people and an attacker behind one address: 300 of 300, the attacker slowed."""
    panel = [card for card in opened.cards if card.group == "panel"][:300]
    assert len(panel) == 300
    attacker = opened.app.test_client()
    answers = []
    let_in = 0
    for card in panel:
        answers += [attacker.post("/start", data={"code": new_token()}) for _ in range(3)]
        answer = opened.app.test_client().post("/start", data={"code": card.token})
        let_in += answer.status_code == 303
        answer.close()
    refused = [answer.status_code for answer in answers]
    assert let_in == 300
    assert set(refused) == {404, 429}
    assert refused.count(429) > 800
    assert all(answer.headers.get("Set-Cookie") is None for answer in answers)


def test_failed_sign_ins_wait_longer_and_lock_nobody_out(
    opened: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = [1000.0]
    monkeypatch.setattr("evalsvc.admin.door.signing_in.monotonic", lambda: clock[0])
    monkeypatch.setattr(
        "evalsvc.domain.people.staff._verifies", lambda _stored, typed: typed == "right"
    )
    build_office_client(opened)

    def try_(password: str, address: str = "10.1.1.1") -> int:
        client = opened.app.test_client()
        sent = {"login": "manager", "password": password, **find_token(client)}
        environ = {"REMOTE_ADDR": address}
        return client.post("/office/sign-in", data=sent, environ_base=environ).status_code

    assert [try_("wrong") for _ in range(8)] == [401] * 6 + [429] * 2
    assert try_("right", "10.2.2.2") == 302  # elsewhere nobody notices
    clock[0] += 1.1  # the first wait is a second; the refused tries made it no longer
    assert [try_("wrong"), try_("right")] == [401, 429]
    clock[0] += 30.0  # the longest wait
    assert try_("right") == 302
    assert try_("wrong") == 401  # and the count starts anew
