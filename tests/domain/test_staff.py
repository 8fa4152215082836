"""Accounts: links that work once, passwords, sessions, and roles that exclude each other."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

from evalsvc.db import Database
from evalsvc.domain.acting import Act
from evalsvc.domain.actor import Actor, build_outsider
from evalsvc.domain.events import list_events
from evalsvc.domain.people import staff
from evalsvc.domain.people.sessions import find_session
from evalsvc.errors import (
    ASSISTANT_CLASH,
    LINK_USED,
    NOT_ALLOWED,
    PASSWORD_EASY,
    PASSWORD_WEAK,
    ROLES_CLASH,
    ROLES_UNKNOWN,
    SIGN_IN_FAILED,
    Problem,
)
from evalsvc.models.staff import Staff, StaffSession
from tests.cast import CUSTODIAN, MANAGER, MORNING, build_installation

PASSWORD = "correct horse battery"
ADMINISTRATOR = Actor(9, "root", "管理员", frozenset({"administrator"}))


@pytest.fixture
def database(tmp_path: Path, database_url: str) -> Iterator[Database]:
    built = build_installation(tmp_path, database_url).database
    yield built
    built.close()


def begin(database: Database, login: str = "wang", *roles: str) -> str:
    secret = staff.make_link(
        Act(database, build_outsider("test"), MORNING), login, "王", roles or ("manager",)
    )
    return staff.use_link(database, secret, PASSWORD, MORNING)


def test_a_link_leads_to_an_account_with_its_roles(database: Database) -> None:
    secret = begin(database, "wang", "manager", "auditor")
    actor = staff.find_actor(database, secret, MORNING)
    assert actor is not None
    assert replace(actor, staff_id=0) == Actor(0, "wang", "王", frozenset({"manager", "auditor"}))


def test_neither_link_nor_session_nor_password_stands_in_the_database(database: Database) -> None:
    link = staff.make_link(
        Act(database, build_outsider("test"), MORNING), "wang", "王", ["manager"]
    )
    session_secret = staff.use_link(database, link, PASSWORD, MORNING)
    with database.reading() as session:
        row = session.scalars(select(Staff).where(Staff.login == "wang")).one()
        kept = [row.link, row.password, *session.scalars(select(StaffSession.secret))]
    events = [(event.verb, event.subject, event.detail) for event in list_events(database)]
    for secret in (link, session_secret, PASSWORD):
        assert secret not in str(kept)
        assert secret not in str(events)


def test_a_link_works_once_and_seven_days(database: Database) -> None:
    link = staff.make_link(
        Act(database, build_outsider("test"), MORNING), "wang", "王", ["manager"]
    )
    with pytest.raises(Problem) as late:
        staff.use_link(database, link, PASSWORD, MORNING + timedelta(days=7))
    assert late.value.kind is LINK_USED
    staff.use_link(database, link, PASSWORD, MORNING + timedelta(days=6, hours=23))
    with pytest.raises(Problem) as again:
        staff.use_link(database, link, PASSWORD, MORNING)
    assert again.value.kind is LINK_USED


def test_a_new_link_makes_the_old_one_useless(database: Database) -> None:
    first = staff.make_link(
        Act(database, build_outsider("test"), MORNING), "wang", "王", ["manager"]
    )
    staff.make_link(Act(database, build_outsider("test"), MORNING), "wang", "王", ["manager"])
    with pytest.raises(Problem) as old:
        staff.use_link(database, first, PASSWORD, MORNING)
    assert old.value.kind is LINK_USED


def test_choosing_a_password_ends_all_sessions(database: Database) -> None:
    before = begin(database)
    link = staff.make_link(
        Act(database, build_outsider("test"), MORNING), "wang", "王", ["manager"]
    )
    staff.use_link(database, link, "another password", MORNING)
    assert staff.find_actor(database, before, MORNING) is None
    with pytest.raises(Problem) as old:
        staff.sign_in(database, "wang", PASSWORD, MORNING)
    assert old.value.kind is SIGN_IN_FAILED


def test_a_short_password_is_refused_and_the_link_kept(database: Database) -> None:
    link = staff.make_link(
        Act(database, build_outsider("test"), MORNING), "wang", "王", ["manager"]
    )
    with pytest.raises(Problem) as short:
        staff.use_link(database, link, "三更灯火五更鸡正", MORNING)
    assert short.value.kind is PASSWORD_WEAK
    assert staff.use_link(database, link, "三更灯火五更鸡正是男", MORNING)


# From lists of leaked passwords, with names and words of the house: 10 signs or more each.
@pytest.mark.parametrize(
    "password",
    [
        "1234567890",
        "0123456789",
        "9876543210",
        "1111111111",
        "aaaaaaaaaaaa",
        "abababababab",
        "5201314520",
        "13912345678",
        "19870615abc",
        "password123",
        "Passw0rd!2018",
        "P@ssword2026!",
        "qwertyuiop",
        "1qaz2wsx3edc",
        "1q2w3e4r5t",
        "zxcvbnm123456",
        "asdfghjkl;",
        "woaini1314520",
        "woaini5201314",
        "iloveyou2026",
        "admin@123456",
        "administrator1",
        "wang20261120",
        "Wang@wang123",
        "kaoping2026!",
        "考评办公室2026",
        "绩效考核系统1234",
        "密码密码密码密码密码",
        "管理员管理员管理员1",
        "１２３４５６７８９０",
        "abcd12345678",
        "letmein12345",
        "abc123456789",
        "a123456789",
    ],
)
def test_a_password_that_is_tried_first_is_refused(database: Database, password: str) -> None:
    link = staff.make_link(
        Act(database, build_outsider("test"), MORNING), "wang", "王", ["manager"]
    )
    with pytest.raises(Problem) as easy:
        staff.use_link(database, link, password, MORNING)
    assert easy.value.kind in (PASSWORD_EASY, PASSWORD_WEAK)
    assert staff.use_link(database, link, PASSWORD, MORNING)  # the link is still good


@pytest.mark.parametrize(
    "password",
    [
        "correct horse battery",
        "三更灯火五更鸡正是男",
        "wang likes tea in the rain",
        "gT7#kq2Lz9",
        "830174629518",
        "密码是外婆家门前的桂花树",
    ],
)
def test_no_kind_of_characters_is_asked_for(database: Database, password: str) -> None:
    link = staff.make_link(
        Act(database, build_outsider("test"), MORNING), "wang", "王", ["manager"]
    )
    assert staff.use_link(database, link, password, MORNING)


@pytest.mark.parametrize(
    ("roles", "kind"),
    [
        (("distributor", "custodian"), ROLES_CLASH),
        (("assistant", "distributor"), ASSISTANT_CLASH),
        (("assistant", "manager"), ASSISTANT_CLASH),
        (("manager", "distributor", "custodian"), ROLES_CLASH),
        ((), ROLES_UNKNOWN),
        (("boss",), ROLES_UNKNOWN),
    ],
)
def test_roles_that_nobody_may_have(
    database: Database, roles: tuple[str, ...], kind: object
) -> None:
    with pytest.raises(Problem) as refused:
        staff.make_link(Act(database, build_outsider("test"), MORNING), "wang", "王", roles)
    assert refused.value.kind is kind
    with database.reading() as session:
        assert session.scalar(select(Staff).where(Staff.login == "wang")) is None


def test_only_an_administrator_touches_administrators_and_nobody_themselves(
    database: Database,
) -> None:
    staff.make_link(
        Act(database, build_outsider("test"), MORNING), "root", "管理员", ["administrator"]
    )
    for login, roles in (("x", ["administrator"]), ("root", ["auditor"]), ("manager", ["auditor"])):
        with pytest.raises(Problem) as refused:
            staff.invite_colleague(Act(database, MANAGER, MORNING), login, "名", roles)
        assert refused.value.kind is NOT_ALLOWED
    assert staff.invite_colleague(
        Act(database, ADMINISTRATOR, MORNING), "x", "名", ["administrator"]
    )
    assert staff.invite_colleague(Act(database, MANAGER, MORNING), "y", "名", ["auditor"])


def test_suspending_takes_everything_but_the_name(database: Database) -> None:
    secret = begin(database)
    staff.suspend(Act(database, MANAGER, MORNING), "wang")
    staff.suspend(Act(database, MANAGER, MORNING), "wang")
    assert staff.find_actor(database, secret, MORNING) is None
    with pytest.raises(Problem):
        staff.sign_in(database, "wang", PASSWORD, MORNING)
    found = {one.login: one for one in staff.list_colleagues(database)}["wang"]
    assert found == staff.Colleague("wang", "王", (), False, None)


def test_nobody_suspends_themselves_or_an_administrator_above_them(database: Database) -> None:
    staff.make_link(
        Act(database, build_outsider("test"), MORNING), "root", "管理员", ["administrator"]
    )
    for actor, login in ((MANAGER, "manager"), (MANAGER, "root"), (CUSTODIAN, "custodian")):
        with pytest.raises(Problem) as refused:
            staff.suspend(Act(database, actor, MORNING), login)
        assert refused.value.kind is NOT_ALLOWED


def test_each_act_is_logged_under_who_did_it(database: Database) -> None:
    begin(database)
    staff.sign_in(database, "wang", PASSWORD, MORNING)
    staff.suspend(Act(database, MANAGER, MORNING), "wang")
    acts = [(event.actor, event.verb, event.subject) for event in list_events(database)]
    assert acts == [
        ("manager", "suspend", "staff:wang"),
        ("wang", "sign_in", "staff:wang"),
        ("wang", "use_link", "staff:wang"),
        ("test", "make_link", "staff:wang"),
    ]


def test_half_signed_in_sessions_end_after_half_an_hour_and_are_few(database: Database) -> None:
    """Whoever knows a password and no number begins a hundred of them: five stay, and not long."""
    begin(database, "li")
    begun = [
        staff.sign_in(database, "li", PASSWORD, MORNING + timedelta(seconds=n), wants_factor=True)
        for n in range(7)
    ]
    later = MORNING + timedelta(minutes=20)
    found = [find_session(database, each, later) for each in begun]
    assert [each is not None for each in found] == [False] * 2 + [True] * 5
    with database.reading() as session:
        assert session.scalar(select(func.count()).select_from(StaffSession)) == 6
    end = MORNING + timedelta(minutes=31)
    assert find_session(database, begun[-1], end, timedelta(hours=9)) is None
    staff.sign_in(database, "li", PASSWORD, end)
    with database.reading() as session:
        rows = session.scalars(select(StaffSession)).all()
    assert [row.complete for row in rows] == [True, True]


def test_an_account_has_twenty_sessions_at_most(database: Database) -> None:
    first = begin(database, "li")
    for n in range(20):
        staff.sign_in(database, "li", PASSWORD, MORNING + timedelta(seconds=n + 1))
    with database.reading() as session:
        assert session.scalar(select(func.count()).select_from(StaffSession)) == 20
    assert find_session(database, first, MORNING) is None
