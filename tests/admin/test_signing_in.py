"""Signing in and out, and beginning an account by a one-time link."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from evalsvc.clock import now
from evalsvc.domain.acting import Act
from evalsvc.domain.actor import build_outsider
from evalsvc.domain.people import staff
from evalsvc.models.staff import StaffSession
from tests.admin.conftest import Clerk
from tests.cast import Installation

PASSWORD = "十个字以上的一句话一句话"


@pytest.fixture
def colleague(installation: Installation) -> str:
    """Somebody who has chosen a password."""
    secret = staff.make_link(
        Act(installation.database, build_outsider("test"), now()), "wang", "王主任", ["manager"]
    )
    staff.use_link(installation.database, secret, PASSWORD, now())
    return "wang"


def count_sessions(installation: Installation) -> int:
    with installation.database.reading() as session:
        return session.scalar(select(func.count()).select_from(StaffSession)) or 0


def test_signs_in_and_goes_where_one_wanted_to_go(stranger: Clerk, colleague: str) -> None:
    away = stranger.get("/log?lang=zh")
    assert away.location == "/office/sign-in?back=/office/log?lang%3Dzh"
    sent = {"login": colleague, "password": PASSWORD, "back": "/office/log?lang=zh"}
    assert stranger.post("/sign-in", sent).location == "/office/log?lang=zh"
    assert stranger.get("/log").has("王主任", "登录")


@pytest.mark.parametrize(
    "back",
    [
        "//evil.example",
        "https://evil.example/office/",
        "/r",
        "/office/\\evil",
        "",
        "/office//evil.example",
        "/office/../r",
        "/office",
        "/office/\r\nX: 1",
        "/office/\n",
        "/office/\0",
        "/office/ x",
        "/office/\u202e",
        "/office/" + "a" * 100_000,
    ],
)
def test_goes_nowhere_outside_the_office(stranger: Clerk, colleague: str, back: str) -> None:
    sent = {"login": colleague, "password": PASSWORD, "back": back}
    assert stranger.post("/sign-in", sent).location == "/office/"


def test_a_line_break_in_the_address_asked_for_is_no_fault(stranger: Clerk, colleague: str) -> None:
    """It comes decoded out of the page that asked, and goes back with the form."""
    away = stranger.get("/seasons/1/sheets/a%0D%0AX/b")
    assert away.status == 302
    page = stranger.get(away.location.removeprefix("/office"))
    assert "\nX/b" in page.html
    sent = {"login": colleague, "password": PASSWORD, "back": "/office/seasons/1/sheets/a\r\nX/b"}
    assert stranger.post("/sign-in", sent).location == "/office/"


@pytest.mark.usefixtures("colleague")
@pytest.mark.parametrize(
    ("login", "password"), [("wang", "wrong"), ("nobody", PASSWORD), ("manager", PASSWORD)]
)
def test_refuses_without_saying_which_was_wrong(stranger: Clerk, login: str, password: str) -> None:
    page = stranger.post("/sign-in", {"login": login, "password": password})
    assert page.status == 401
    assert page.has("用户名或密码不对")
    english = stranger.post("/sign-in?lang=en", {"login": login, "password": password})
    assert english.has("User name or password is wrong.")
    assert stranger.get("/").status == 302


def test_asks_for_what_is_missing(stranger: Clerk) -> None:
    page = stranger.post("/sign-in", {"login": "", "password": ""})
    assert page.status == 422
    assert page.has("请填写用户名。", "请填写密码。")


def test_a_new_session_ends_the_old_one_of_the_same_browser(
    installation: Installation, stranger: Clerk, colleague: str
) -> None:
    sent = {"login": colleague, "password": PASSWORD}
    before = count_sessions(installation)
    stranger.post("/sign-in", sent)
    with stranger.client.session_transaction("/office/") as cookie:
        first = cookie["staff"]
    stranger.post("/sign-in", sent)
    with stranger.client.session_transaction("/office/") as cookie:
        assert cookie["staff"] != first
    assert staff.find_actor(installation.database, first, now()) is None
    assert count_sessions(installation) == before + 1


def test_signs_out_for_good_and_twice(
    installation: Installation, stranger: Clerk, colleague: str
) -> None:
    stranger.post("/sign-in", {"login": colleague, "password": PASSWORD})
    with stranger.client.session_transaction("/office/") as cookie:
        secret = cookie["staff"]
    assert stranger.post("/sign-out").location == "/office/sign-in"
    assert staff.find_actor(installation.database, secret, now()) is None
    assert stranger.post("/sign-out").location == "/office/sign-in"


def test_a_session_ends_after_eight_hours(installation: Installation, colleague: str) -> None:
    secret = staff.sign_in(installation.database, colleague, PASSWORD, now())
    late = now() + timedelta(hours=8, seconds=5)
    assert staff.find_actor(installation.database, secret, late) is None


def test_begins_an_account_by_its_link_once(installation: Installation, stranger: Clerk) -> None:
    secret = staff.make_link(
        Act(installation.database, build_outsider("test"), now()), "zhao", "赵", ["auditor"]
    )
    sent = {
        "link": f"http://localhost/office/link#{secret}",
        "password": PASSWORD,
        "again": PASSWORD,
    }
    assert stranger.get("/link").status == 200
    assert stranger.post("/link", sent).location == "/office/"
    assert stranger.get("/").has("监督审计员")
    second = stranger.post("/link", sent)
    assert second.status == 410
    assert second.has("已经用过或已过期")


def test_a_link_survives_a_bad_password(installation: Installation, stranger: Clerk) -> None:
    secret = staff.make_link(
        Act(installation.database, build_outsider("test"), now()), "zhao", "赵", ["auditor"]
    )
    short = stranger.post("/link", {"link": secret, "password": "short", "again": "short"})
    assert short.status == 422
    assert short.has("密码至少要10个字符")
    differs = stranger.post("/link", {"link": secret, "password": PASSWORD, "again": "other"})
    assert differs.has("两次输入的密码不一样。")
    sent = {"link": secret, "password": PASSWORD, "again": PASSWORD}
    assert stranger.post("/link", sent).location == "/office/"
