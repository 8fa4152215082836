"""Colleagues and their accounts: one-time links, passwords, signed-in sessions."""

import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache

from nacl.exceptions import InvalidkeyError
from nacl.pwhash import argon2id
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from evalsvc.box.log_words import Verb, about_staff
from evalsvc.db import Database
from evalsvc.domain.acting import Act
from evalsvc.domain.actor import Actor, build_actor
from evalsvc.domain.people.passwords import check_password
from evalsvc.domain.people.second_factor import use_second_factor
from evalsvc.domain.people.sessions import begin_session, find_session, get_session_row, hash_secret
from evalsvc.domain.purging import ask_purge
from evalsvc.errors import (
    ASSISTANT_CLASH,
    LINK_USED,
    NOT_ALLOWED,
    PASSWORD_EASY,
    ROLES_CLASH,
    ROLES_UNKNOWN,
    SIGN_IN_FAILED,
    Problem,
)
from evalsvc.models.staff import ROLES, RecoveryCode, Staff, StaffSession
from evalsvc.settings import Settings
from evalsvc.text import Text

LINK_LASTS = timedelta(days=7)

_ADMINISTRATOR = Text("账号管理员", "administrator")


@dataclass(frozen=True)
class Colleague:
    """An account as the staff page lists it; `active` once a password has been chosen."""

    login: str
    name: str
    roles: tuple[str, ...]
    active: bool
    link_until: datetime | None


def make_link(act: Act, login: str, name: str, roles: Collection[str]) -> str:
    """Make or change an account; the secret of its one-time link is returned and never kept."""
    _check_roles(roles)
    secret = secrets.token_urlsafe(32)
    with act.writing() as session:
        staff = session.scalar(select(Staff).where(Staff.login == login).with_for_update())
        if staff is None:
            staff = Staff(login=login, name=name, roles="")
            session.add(staff)
        staff.name = name
        staff.roles = ",".join(role for role in ROLES if role in roles)
        staff.link = hash_secret(secret)
        staff.link_until = act.moment + LINK_LASTS
        detail = {"name": name, "roles": staff.roles}
        act.tell(session, Verb.MAKE_LINK, about_staff(login), detail)
    return secret


def invite_colleague(act: Act, login: str, name: str, roles: Collection[str]) -> str:
    """A link made in the page; only an administrator touches administrators, nobody themselves."""
    found = _find_by_login(act.database, login)
    touches_administrator = "administrator" in roles or (
        found is not None and found.has_role("administrator")
    )
    if not act.actor.has_role("administrator") and (
        touches_administrator or act.actor.login == login
    ):
        raise Problem(NOT_ALLOWED, roles=_ADMINISTRATOR)
    return make_link(act, login, name, roles)


def use_link(
    database: Database, secret: str, password: str, moment: datetime, *, wants_factor: bool = False
) -> str:
    """Choose a password with a one-time link; all of the account's sessions end, a new one begins.

    A second factor of before ends, too: the link is what an administrator gives for a lost
    telephone. A password that is too weak leaves the link as it was.
    """
    with database.reading() as session:
        invited = _get_by_link(session, secret, moment)
    check_password(password, invited.login, invited.name)
    # The slow hash is worked out before the transaction, so that ballots need not wait for it.
    hashed = argon2id.str(password.encode()).decode()
    with database.writing() as session:
        # Looked for again: somebody else with the same link may have been first.
        staff = _get_by_link(session, secret, moment)
        staff.password = hashed
        staff.link = None
        staff.link_until = None
        _forget_second_factor(session, staff)
        session.execute(delete(StaffSession).where(StaffSession.staff_id == staff.id))
        act = Act(database, build_actor(staff), moment)
        act.tell(session, Verb.USE_LINK, about_staff(staff.login), {})
        return begin_session(session, staff.id, moment, complete=not wants_factor)


def sign_in(
    database: Database, login: str, password: str, moment: datetime, *, wants_factor: bool = False
) -> str:
    """Begin a session; an unknown name takes as long to refuse as a wrong password.

    Where a second factor is wanted, or the account has one, the session opens nothing before it.
    """
    staff = _find_by_login(database, login)
    if not _has_password(staff, password) or staff is None:
        raise Problem(SIGN_IN_FAILED)
    act = Act(database, build_actor(staff), moment)
    with act.writing() as session:
        act.tell(session, Verb.SIGN_IN, about_staff(staff.login), {})
        # Also where nobody is made to have one: who has enrolled a telephone is asked for it.
        complete = not (wants_factor or staff.totp_confirmed)
        return begin_session(session, staff.id, moment, complete=complete)


def find_actor(database: Database, session_secret: str, moment: datetime) -> Actor | None:
    """The colleague behind a session that opens pages; None where it has ended or is half-way."""
    found = find_session(database, session_secret, moment)
    return found.actor if found and found.complete else None


def prove_identity(
    database: Database,
    settings: Settings,
    session_secret: str,
    password: str,
    typed: str,
    moment: datetime,
) -> str:
    """Take password and, where the account has one, second factor again before acts of weight.

    Returns the session that replaces the one that asked.
    """
    found = find_session(database, session_secret, moment)
    staff = _find_by_login(database, found.actor.login) if found else None
    if not _has_password(staff, password):
        raise Problem(SIGN_IN_FAILED)
    with database.writing() as session:
        row = get_session_row(session, session_secret, moment)
        if row.totp_confirmed:
            act = Act(database, build_actor(row), moment)
            use_second_factor(act, session, settings, row, typed)
        return begin_session(session, row.id, moment, instead_of=session_secret)


def change_password(act: Act, password: str, chosen: str) -> str:
    """Choose another password, giving the one of now; all sessions end and a new one begins."""
    if not _has_password(_find_by_login(act.database, act.actor.login), password):
        raise Problem(SIGN_IN_FAILED)
    check_password(chosen, act.actor.login, act.actor.name)
    if chosen == password:
        raise Problem(PASSWORD_EASY)
    hashed = argon2id.str(chosen.encode()).decode()
    with act.writing() as session:
        staff = session.get_one(Staff, act.actor.staff_id, with_for_update=True)
        staff.password = hashed
        session.execute(delete(StaffSession).where(StaffSession.staff_id == staff.id))
        act.tell(session, Verb.CHANGE_PASSWORD, about_staff(staff.login), {})
        return begin_session(session, staff.id, act.moment)


def suspend(act: Act, login: str) -> None:
    """Take away an account's roles, password, link and sessions; its acts in the log stay."""
    # The last administrator could lock everybody out.
    if login == act.actor.login:
        raise Problem(NOT_ALLOWED, roles=_ADMINISTRATOR)
    with act.writing() as session:
        staff = session.scalar(select(Staff).where(Staff.login == login).with_for_update())
        if staff is None:
            return
        if staff.has_role("administrator") and not act.actor.has_role("administrator"):
            raise Problem(NOT_ALLOWED, roles=_ADMINISTRATOR)
        staff.roles = ""
        staff.password = staff.link = staff.link_until = None
        _forget_second_factor(session, staff)
        session.execute(delete(StaffSession).where(StaffSession.staff_id == staff.id))
        ask_purge(session, "account", None, act.moment)
        act.tell(session, Verb.SUSPEND, about_staff(login), {})


def list_colleagues(database: Database) -> tuple[Colleague, ...]:
    """Every account by login."""
    with database.reading() as session:
        return tuple(
            Colleague(
                staff.login,
                staff.name,
                tuple(role for role in ROLES if staff.has_role(role)),
                staff.password is not None,
                staff.link_until,
            )
            for staff in session.scalars(select(Staff).order_by(Staff.login))
        )


def _check_roles(roles: Collection[str]) -> None:
    unknown = set(roles) - set(ROLES)
    if unknown or not roles:
        raise Problem(ROLES_UNKNOWN, found="、".join(sorted(unknown)) or "—")
    # One has the codes and the other the key: together they read who answered what.
    if {"distributor", "custodian"} <= set(roles):
        raise Problem(ROLES_CLASH)
    if "assistant" in roles and not {"manager", "distributor"}.isdisjoint(roles):
        raise Problem(ASSISTANT_CLASH)


def _find_by_login(database: Database, login: str) -> Staff | None:
    with database.reading() as session:
        return session.scalar(select(Staff).where(Staff.login == login))


def _get_by_link(session: Session, secret: str, moment: datetime) -> Staff:
    staff = session.scalar(select(Staff).where(Staff.link == hash_secret(secret)).with_for_update())
    if staff is None or staff.link_until is None or staff.link_until <= moment:
        raise Problem(LINK_USED)
    return staff


def _forget_second_factor(session: Session, staff: Staff) -> None:
    staff.totp, staff.totp_confirmed = None, False
    session.execute(delete(RecoveryCode).where(RecoveryCode.staff_id == staff.id))


def _has_password(staff: Staff | None, password: str) -> bool:
    # An unknown name is verified against nobody's password, so that both take as long.
    stored = staff.password if staff is not None else None
    return _verifies(stored or _nobodys_password(), password) and stored is not None


def _verifies(stored: str, password: str) -> bool:
    try:
        return argon2id.verify(stored.encode(), password.encode())
    except InvalidkeyError:
        return False


@cache
def _nobodys_password() -> str:
    return argon2id.str(secrets.token_bytes(16)).decode()
