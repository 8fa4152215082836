"""Accounts: links that work once, passwords, sessions, and roles that exclude each other."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from evalsvc.db import Database
from evalsvc.domain import staff
from evalsvc.domain.actor import Actor
from evalsvc.domain.events import list_events
from evalsvc.errors import (
    LINK_USED,
    NOT_ALLOWED,
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
    secret = staff.make_link(database, login, "王", roles or ("manager",), "test", MORNING)
    return staff.use_link(database, secret, PASSWORD, MORNING)


def test_a_link_leads_to_an_account_with_its_roles(database: Database) -> None:
    secret = begin(database, "wang", "manager", "auditor")
    actor = staff.find_actor(database, secret, MORNING)
    assert actor is not None
    assert replace(actor, staff_id=0) == Actor(0, "wang", "王", frozenset({"manager", "auditor"}))


def test_neither_link_nor_session_nor_password_stands_in_the_database(database: Database) -> None:
    link = staff.make_link(database, "wang", "王", ["manager"], "test", MORNING)
    session_secret = staff.use_link(database, link, PASSWORD, MORNING)
    with database.reading() as session:
        row = session.scalars(select(Staff).where(Staff.login == "wang")).one()
        kept = [row.link, row.password, *session.scalars(select(StaffSession.secret))]
    events = [(event.verb, event.subject, event.detail) for event in list_events(database)]
    for secret in (link, session_secret, PASSWORD):
        assert secret not in str(kept)
        assert secret not in str(events)


def test_a_link_works_once_and_seven_days(database: Database) -> None:
    link = staff.make_link(database, "wang", "王", ["manager"], "test", MORNING)
    with pytest.raises(Problem) as late:
        staff.use_link(database, link, PASSWORD, MORNING + timedelta(days=7))
    assert late.value.kind is LINK_USED
    staff.use_link(database, link, PASSWORD, MORNING + timedelta(days=6, hours=23))
    with pytest.raises(Problem) as again:
        staff.use_link(database, link, PASSWORD, MORNING)
    assert again.value.kind is LINK_USED


def test_a_new_link_makes_the_old_one_useless(database: Database) -> None:
    first = staff.make_link(database, "wang", "王", ["manager"], "test", MORNING)
    staff.make_link(database, "wang", "王", ["manager"], "test", MORNING)
    with pytest.raises(Problem) as old:
        staff.use_link(database, first, PASSWORD, MORNING)
    assert old.value.kind is LINK_USED


def test_choosing_a_password_ends_all_sessions(database: Database) -> None:
    before = begin(database)
    link = staff.make_link(database, "wang", "王", ["manager"], "test", MORNING)
    staff.use_link(database, link, "another password", MORNING)
    assert staff.find_actor(database, before, MORNING) is None
    with pytest.raises(Problem) as old:
        staff.sign_in(database, "wang", PASSWORD, MORNING)
    assert old.value.kind is SIGN_IN_FAILED


def test_a_short_password_is_refused_and_the_link_kept(database: Database) -> None:
    link = staff.make_link(database, "wang", "王", ["manager"], "test", MORNING)
    with pytest.raises(Problem) as short:
        staff.use_link(database, link, "123456789", MORNING)
    assert short.value.kind is PASSWORD_WEAK
    assert staff.use_link(database, link, "1234567890", MORNING)


@pytest.mark.parametrize(
    ("roles", "kind"),
    [
        (("distributor", "custodian"), ROLES_CLASH),
        (("manager", "distributor", "custodian"), ROLES_CLASH),
        ((), ROLES_UNKNOWN),
        (("boss",), ROLES_UNKNOWN),
    ],
)
def test_roles_that_nobody_may_have(
    database: Database, roles: tuple[str, ...], kind: object
) -> None:
    with pytest.raises(Problem) as refused:
        staff.make_link(database, "wang", "王", roles, "test", MORNING)
    assert refused.value.kind is kind
    with database.reading() as session:
        assert session.scalar(select(Staff).where(Staff.login == "wang")) is None


def test_only_an_administrator_touches_administrators_and_nobody_themselves(
    database: Database,
) -> None:
    staff.make_link(database, "root", "管理员", ["administrator"], "test", MORNING)
    for login, roles in (("x", ["administrator"]), ("root", ["auditor"]), ("manager", ["auditor"])):
        with pytest.raises(Problem) as refused:
            staff.invite_colleague(database, login, "名", roles, MANAGER, MORNING)
        assert refused.value.kind is NOT_ALLOWED
    assert staff.invite_colleague(database, "x", "名", ["administrator"], ADMINISTRATOR, MORNING)
    assert staff.invite_colleague(database, "y", "名", ["auditor"], MANAGER, MORNING)


def test_suspending_takes_everything_but_the_name(database: Database) -> None:
    secret = begin(database)
    staff.suspend(database, "wang", MANAGER, MORNING)
    staff.suspend(database, "wang", MANAGER, MORNING)
    assert staff.find_actor(database, secret, MORNING) is None
    with pytest.raises(Problem):
        staff.sign_in(database, "wang", PASSWORD, MORNING)
    found = {one.login: one for one in staff.list_colleagues(database)}["wang"]
    assert found == staff.Colleague("wang", "王", (), False, None)


def test_nobody_suspends_themselves_or_an_administrator_above_them(database: Database) -> None:
    staff.make_link(database, "root", "管理员", ["administrator"], "test", MORNING)
    for actor, login in ((MANAGER, "manager"), (MANAGER, "root"), (CUSTODIAN, "custodian")):
        with pytest.raises(Problem) as refused:
            staff.suspend(database, login, actor, MORNING)
        assert refused.value.kind is NOT_ALLOWED


def test_each_act_is_logged_under_who_did_it(database: Database) -> None:
    begin(database)
    staff.sign_in(database, "wang", PASSWORD, MORNING)
    staff.suspend(database, "wang", MANAGER, MORNING)
    acts = [(event.actor, event.verb, event.subject) for event in list_events(database)]
    assert acts == [
        ("manager", "suspend", "staff:wang"),
        ("wang", "sign_in", "staff:wang"),
        ("wang", "use_link", "staff:wang"),
        ("test", "make_link", "staff:wang"),
    ]
