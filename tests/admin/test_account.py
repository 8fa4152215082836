"""Somebody's own account: another password, where they are signed in, and an end by inactivity."""

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from evalsvc.admin.door.browsers import name_browser
from evalsvc.app import create_app
from evalsvc.clock import now
from evalsvc.domain.acting import Act
from evalsvc.domain.actor import build_outsider
from evalsvc.domain.events import list_events
from evalsvc.domain.people import staff
from evalsvc.models.staff import StaffSession
from tests.admin.conftest import Clerk
from tests.cast import Installation

pytestmark = pytest.mark.slow

PASSWORD = "三更灯火五更鸡正是男儿"
ANOTHER = "读书时黑发不知勤学早"
CHANGE = {"current": PASSWORD, "password": ANOTHER, "again": ANOTHER}
AGENT = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/120.0 Safari/537.36"


@pytest.fixture
def sign_in(app: Flask, installation: Installation) -> Iterator[Callable[..., Clerk]]:
    """Puts 王主任, who has a password, before another browser each time."""
    secret = staff.make_link(
        Act(installation.database, build_outsider("test"), now()), "wang", "王主任", ["auditor"]
    )
    staff.use_link(installation.database, secret, PASSWORD, now())
    with installation.database.writing() as session:
        for row in session.scalars(select(StaffSession)):
            session.delete(row)

    def sit(agent: str = AGENT, password: str = PASSWORD) -> Clerk:
        client = app.test_client()
        client.environ_base["HTTP_USER_AGENT"] = agent
        clerk = Clerk(client)
        clerk.post("/sign-in", {"login": "wang", "password": password})
        return clerk

    return sit


def is_in(clerk: Clerk) -> bool:
    return clerk.get("/").status == 200


def set_back(installation: Installation, name: str, moment: datetime) -> None:
    """As if time had passed for every session."""
    with installation.database.writing() as session:
        for row in session.scalars(select(StaffSession)):
            setattr(row, name, moment)


def test_changes_the_password_and_ends_the_other_sessions(
    installation: Installation, sign_in: Callable[..., Clerk]
) -> None:
    here, there = sign_in(), sign_in()
    page = here.post("/account/password", CHANGE)
    assert page.status == 200
    assert page.has("密码已改。其他地方的登录都已结束。")
    assert (is_in(here), is_in(there)) == (True, False)
    assert (is_in(sign_in()), is_in(sign_in(password=ANOTHER))) == (False, True)
    (event,) = [one for one in list_events(installation.database) if one.verb == "change_password"]
    assert (event.actor, event.subject, event.detail) == ("wang", "staff:wang", "{}")


@pytest.mark.parametrize(
    ("sent", "status", "said"),
    [
        ({**CHANGE, "current": "wrong"}, 401, "现在的密码不对。"),
        ({**CHANGE, "again": "other"}, 422, "两次输入的密码不一样。"),
        ({**CHANGE, "password": "short", "again": "short"}, 422, "密码至少要10个字符"),
        ({**CHANGE, "password": "wang123456", "again": "wang123456"}, 422, "太容易猜"),
        ({**CHANGE, "password": PASSWORD, "again": PASSWORD}, 422, "太容易猜"),
        ({}, 422, "请填写现在的密码。"),
    ],
)
def test_keeps_the_password_where_something_is_wrong(
    sign_in: Callable[..., Clerk], sent: dict[str, str], status: int, said: str
) -> None:
    here, there = sign_in(), sign_in()
    page = here.post("/account/password", sent)
    assert page.status == status
    assert page.has(said)
    assert (is_in(here), is_in(there), is_in(sign_in())) == (True, True, True)


def test_whoever_guesses_the_password_of_now_waits(
    sign_in: Callable[..., Clerk], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("evalsvc.admin.door.signing_in.monotonic", lambda: 1000.0)
    here = sign_in()
    guesses = [here.post("/account/password", {**CHANGE, "current": "wrong"}) for _ in range(8)]
    assert [page.status for page in guesses] == [401] * 6 + [429] * 2


def test_lists_own_sessions_and_nobody_elses(sign_in: Callable[..., Clerk], manager: Clerk) -> None:
    here, _ = sign_in(), sign_in("Mozilla/5.0 (iPhone; CPU iPhone OS 17) MicroMessenger/8.0")
    page = here.get("/account")
    assert page.has("Chrome, Windows", "微信, iPhone", "127.0.0.1", "当前登录")
    assert page.html.count("/office/account/sessions/") == 1  # the other one's button
    assert "微信" not in manager.get("/account").text


def test_ends_one_session_or_all_others(sign_in: Callable[..., Clerk]) -> None:
    here, there, elsewhere = sign_in(), sign_in(), sign_in()
    handles = re.findall(r"/office(/account/sessions/\w+)", here.get("/account").html)
    assert len(handles) == 2
    for _ in range(2):  # ending it twice is no different
        assert here.post(handles[0]).location == "/office/account"
    assert sorted((is_in(there), is_in(elsewhere))) == [False, True]
    assert here.post("/account/sessions").location == "/office/account"
    assert (is_in(here), is_in(there), is_in(elsewhere)) == (True, False, False)


def test_nobody_ends_anothers_session(sign_in: Callable[..., Clerk], manager: Clerk) -> None:
    here, _ = sign_in(), sign_in()
    (handle,) = re.findall(r"/office(/account/sessions/\w+)", here.get("/account").html)
    assert manager.post(handle).location == "/office/account"
    assert manager.post("/account/sessions").location == "/office/account"
    assert len(re.findall(r"/office(/account/sessions/\w+)", here.get("/account").html)) == 1


def test_ending_sessions_asks_for_the_password_again(
    installation: Installation, sign_in: Callable[..., Clerk]
) -> None:
    here, there = sign_in(), sign_in()
    set_back(installation, "proved_at", now() - timedelta(minutes=11))
    away = here.post("/account/sessions")
    assert away.location == "/office/proof?back=/office/account"
    with here.client.session_transaction("/office/") as cookie:
        before = cookie["staff"]
    sent = {"password": PASSWORD, "back": "/office/account"}
    assert here.post("/proof", sent).location == "/office/account"
    with here.client.session_transaction("/office/") as cookie:
        assert cookie["staff"] != before  # a new session, and the old one has ended
    assert staff.find_actor(installation.database, before, now()) is None
    assert here.post("/account/sessions").location == "/office/account"
    assert is_in(there) is False


def test_a_session_that_nobody_uses_ends(
    installation: Installation, sign_in: Callable[..., Clerk]
) -> None:
    here = sign_in()
    set_back(installation, "seen_at", now() - timedelta(minutes=29))
    assert is_in(here)  # and with that the half hour begins anew
    with installation.database.reading() as session:
        (row,) = session.scalars(select(StaffSession))
    assert now() - row.seen_at < timedelta(minutes=1)
    set_back(installation, "seen_at", now() - timedelta(minutes=31))
    assert here.get("/log?lang=zh").location.startswith("/office/sign-in?back=")


def test_the_office_sets_how_long(
    installation: Installation, sign_in: Callable[..., Clerk]
) -> None:
    here = sign_in()
    assert here.get("/account").has("30分钟没有操作，或登录满8小时，会自动退出")
    strict = create_app(replace(installation.settings, idle_minutes=5))
    set_back(installation, "seen_at", now() - timedelta(minutes=6))
    assert is_in(here)
    set_back(installation, "seen_at", now() - timedelta(minutes=6))
    client = strict.test_client()
    with here.client.session_transaction("/office/") as cookie:
        secret = cookie["staff"]
    with client.session_transaction("/office/") as cookie:
        cookie["staff"] = secret
    assert client.get("/office/").status_code == 302
    strict.extensions["evalsvc"].database.close()


def test_typing_keeps_a_session_awake(
    installation: Installation, sign_in: Callable[..., Clerk]
) -> None:
    here = sign_in()
    set_back(installation, "seen_at", now() - timedelta(minutes=20))
    assert here.get("/account/awake").status == 204
    with installation.database.reading() as session:
        (row,) = session.scalars(select(StaffSession))
    assert now() - row.seen_at < timedelta(minutes=1)


def test_the_page_is_whole_in_english(sign_in: Callable[..., Clerk]) -> None:
    page = sign_in().get("/account?lang=en")
    assert page.has("My account", "Change password", "Where you are signed in", "this one")


@pytest.mark.parametrize(
    ("agent", "name"),
    [
        (AGENT, "Chrome, Windows"),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 14_1) Version/17.1 Safari/605.1", "Safari, macOS"),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:120.0) Gecko Firefox/120.0", "Firefox, Linux"),
        ("Mozilla/5.0 (Windows NT 10.0) Chrome/120.0 Safari/537.36 Edg/120.0", "Edge, Windows"),
        ("curl/8.5.0", ""),
    ],
)
def test_a_browser_in_two_words(agent: str, name: str) -> None:
    assert name_browser(agent) == name
