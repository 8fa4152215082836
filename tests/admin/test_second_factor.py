"""The second factor: taken over by QR code, asked for once per half-minute, lost and recovered."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta

import pyotp
import pytest
from flask import Flask
from sqlalchemy import func, select

from evalsvc.app import create_app
from evalsvc.clock import now
from evalsvc.domain.acting import Act
from evalsvc.domain.actor import build_outsider
from evalsvc.domain.people import second_factor, staff
from evalsvc.errors import SECOND_FACTOR_WRONG, Problem
from evalsvc.models.staff import RecoveryCode, Staff, StaffSession
from tests.admin.conftest import Clerk, Page
from tests.cast import Installation

pytestmark = pytest.mark.slow

PASSWORD = "十个字以上的一句话一句话"


@pytest.fixture
def app(installation: Installation) -> Iterator[Flask]:
    """An office that wants the second factor, as is the rule."""
    made = create_app(replace(installation.settings, second_factor=True))
    made.testing = True
    yield made
    made.extensions["evalsvc"].database.close()


def begin(installation: Installation, clerk: Clerk) -> Page:
    """The one-time link used, the second factor not yet taken over."""
    secret = staff.make_link(
        Act(installation.database, build_outsider("test"), now()), "manager", "考评办", ["manager"]
    )
    sent = {"link": secret, "password": PASSWORD, "again": PASSWORD}
    assert clerk.post("/link", sent).location == "/office/"
    return clerk.get("/second-factor")


def read_secret(page: Page) -> str:
    found = re.search(r'class="once"[^>]*>([A-Z2-7]+)<', page.html)
    assert found
    return found.group(1)


def enrol(installation: Installation, clerk: Clerk) -> tuple[str, list[str]]:
    """The factor's secret and the recovery codes."""
    secret = read_secret(begin(installation, clerk))
    page = clerk.post("/second-factor", {"number": pyotp.TOTP(secret).now()})
    assert page.has("恢复码", "只显示这一次")
    return secret, re.findall(r"<li><code>([A-Z2-9-]{19})</code>", page.html)


def sign_in(clerk: Clerk) -> Page:
    return clerk.post("/sign-in", {"login": "manager", "password": PASSWORD})


def forget_step(installation: Installation) -> None:
    """As if half a minute had passed since the last number."""
    with installation.database.writing() as session:
        session.scalars(select(Staff).where(Staff.login == "manager")).one().totp_step = 0


def test_no_page_opens_before_the_factor_is_taken_over(
    installation: Installation, stranger: Clerk
) -> None:
    page = begin(installation, stranger)
    assert page.has("绑定动态码", "再输入它显示的6位数")
    assert "<svg" in page.html
    assert stranger.get("/").location == "/office/second-factor?back=/office/"
    assert stranger.get("/log").location == "/office/second-factor?back=/office/log"
    wrong = stranger.post("/second-factor", {"number": "000000"})
    assert wrong.status == 401
    assert wrong.has("动态码不对或已经用过")
    assert read_secret(stranger.get("/second-factor")) == read_secret(page)


def test_then_every_sign_in_asks_for_it(installation: Installation, stranger: Clerk) -> None:
    secret, codes = enrol(installation, stranger)
    assert len(codes) == 10
    assert stranger.get("/").status == 200
    stranger.post("/sign-out")
    forget_step(installation)
    sign_in(stranger)
    assert stranger.get("/").location == "/office/second-factor?back=/office/"
    assert stranger.get("/second-factor").has("输入动态码")
    assert secret not in stranger.get("/second-factor").html
    done = stranger.post("/second-factor", {"number": pyotp.TOTP(secret).now()})
    assert done.location == "/office/"
    assert stranger.get("/").status == 200


def test_a_number_is_good_once(installation: Installation, stranger: Clerk) -> None:
    secret, _ = enrol(installation, stranger)
    stranger.post("/sign-out")
    sign_in(stranger)
    number = pyotp.TOTP(secret).at(now() - timedelta(seconds=30))
    for typed in (pyotp.TOTP(secret).now(), number):
        page = stranger.post("/second-factor", {"number": typed})
        assert page.status in {401, 302}  # the clock may have gone on to the next half-minute
    assert page.status == 401


def test_the_session_gets_a_new_secret_with_the_factor(
    installation: Installation, stranger: Clerk
) -> None:
    secret, _ = enrol(installation, stranger)
    stranger.post("/sign-out")
    forget_step(installation)
    sign_in(stranger)
    with stranger.client.session_transaction("/office/") as cookie:
        before = cookie["staff"]
    stranger.post("/second-factor", {"number": pyotp.TOTP(secret).now()})
    with stranger.client.session_transaction("/office/") as cookie:
        after = cookie["staff"]
    assert before != after
    assert staff.find_actor(installation.database, before, now()) is None
    assert staff.find_actor(installation.database, after, now()) is not None


def test_a_recovery_code_stands_in_once(installation: Installation, stranger: Clerk) -> None:
    _, codes = enrol(installation, stranger)
    for expected in (302, 401):
        stranger.post("/sign-out")
        sign_in(stranger)
        page = stranger.post("/second-factor", {"number": codes[0].lower()})
        assert page.status == expected
    with installation.database.reading() as session:
        assert session.scalar(select(func.count()).select_from(RecoveryCode)) == 9


def test_a_new_link_ends_the_lost_factor(installation: Installation, stranger: Clerk) -> None:
    old, _ = enrol(installation, stranger)
    assert read_secret(begin(installation, stranger)) != old
    with installation.database.reading() as session:
        assert session.scalar(select(func.count()).select_from(RecoveryCode)) == 0


def test_the_database_alone_makes_no_numbers(installation: Installation, stranger: Clerk) -> None:
    secret, codes = enrol(installation, stranger)
    with installation.database.reading() as session:
        kept = session.scalars(select(Staff).where(Staff.login == "manager")).one().totp
        hashes = session.scalars(select(RecoveryCode.hash)).all()
    assert kept is not None
    assert secret.encode() not in kept
    assert not {code.replace("-", "").encode() for code in codes} & set(hashes)


@pytest.mark.parametrize(("drift", "good"), [(-31, True), (31, True), (-95, False), (95, False)])
def test_clocks_may_drift_by_half_a_minute(
    installation: Installation, stranger: Clerk, drift: int, good: bool
) -> None:
    secret, _ = enrol(installation, stranger)
    forget_step(installation)
    moment = datetime.fromtimestamp(1_800_000_015, tz=now().tzinfo)
    number = pyotp.TOTP(secret).at(moment + timedelta(seconds=drift))
    settings = replace(installation.settings, second_factor=True)
    session_secret = staff.sign_in(installation.database, "manager", PASSWORD, moment)

    def give() -> str:
        return second_factor.pass_second_factor(
            installation.database, settings, session_secret, number, moment
        )

    if good:
        assert give()
    else:
        with pytest.raises(Problem) as raised:
            give()
        assert raised.value.kind is SECOND_FACTOR_WRONG


def test_acts_of_weight_ask_again_after_ten_minutes(
    installation: Installation, stranger: Clerk
) -> None:
    secret, _ = enrol(installation, stranger)
    assert stranger.post("/seasons/99/exports/csv").status == 404  # fresh from signing in
    with installation.database.writing() as session:
        for row in session.scalars(select(StaffSession)):
            row.proved_at = now() - timedelta(minutes=11)
    away = stranger.post("/seasons/99/exports/csv")
    assert away.location == "/office/proof?back=/office/seasons/99/exports"
    assert stranger.get("/proof").has("再确认一次身份", "动态码")
    sent = {"password": PASSWORD, "number": "000000", "back": "/office/log"}
    assert stranger.post("/proof", sent).status == 401
    forget_step(installation)
    sent["number"] = pyotp.TOTP(secret).now()
    assert stranger.post("/proof", {**sent, "password": "wrong"}).status == 401
    assert stranger.post("/proof", sent).location == "/office/log"
    assert stranger.post("/seasons/99/exports/csv").status == 404


def test_the_number_may_be_given_with_the_password(
    installation: Installation, stranger: Clerk
) -> None:
    secret, codes = enrol(installation, stranger)
    stranger.post("/sign-out")
    assert stranger.get("/sign-in").has("绑定过的，填手机上的6位数")
    given = {"login": "manager", "password": PASSWORD}
    wrong = stranger.post("/sign-in", {**given, "number": "000000"})
    assert wrong.has("动态码")  # the page of the number, with what is wrong
    assert stranger.get("/").location.startswith("/office/second-factor")
    assert stranger.post("/sign-in", {**given, "number": codes[0]}).location == "/office/"
    assert stranger.get("/").status == 200
    stranger.post("/sign-out")
    no_password = stranger.post("/sign-in", {**given, "password": "x", "number": codes[1]})
    assert no_password.status == 401
    # A number without the right password is used up by nobody.
    assert stranger.post("/sign-in", {**given, "number": codes[1]}).location == "/office/"
    assert secret


def test_whoever_has_no_second_factor_yet_gets_it_on_its_page(
    installation: Installation, stranger: Clerk
) -> None:
    begin(installation, stranger)
    stranger.post("/sign-out")
    given = {"login": "manager", "password": PASSWORD, "number": "123456"}
    assert stranger.post("/sign-in", given).location == "/office/"
    assert stranger.get("/").location.startswith("/office/second-factor")
