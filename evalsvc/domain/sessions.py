"""Signed-in browsers: sessions begun, replaced, found and ended; the cookie holds the secret."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from evalsvc.db import Database
from evalsvc.domain.actor import Actor
from evalsvc.errors import SIGN_IN_FAILED, Problem
from evalsvc.models.staff import Staff, StaffSession

SESSION_LASTS = timedelta(hours=8)
# For so long after the password was given, acts of weight don't ask for it again.
FRESH_FOR = timedelta(minutes=10)


@dataclass(frozen=True)
class SignedIn:
    """What a browser's session is worth at this moment."""

    actor: Actor
    # Password and, where it is wanted, the second factor have been given.
    complete: bool
    # The account has a second factor.
    enrolled: bool
    # Given within the last minutes.
    fresh: bool


def begin_session(
    session: Session,
    staff_id: int,
    moment: datetime,
    *,
    complete: bool = True,
    instead_of: str | None = None,
) -> str:
    """A session under a new secret; one that it replaces ends, so that no old cookie gains."""
    if instead_of is not None:
        session.execute(
            delete(StaffSession).where(StaffSession.secret == hash_secret(instead_of))
        )
    secret = secrets.token_urlsafe(32)
    session.add(
        StaffSession(
            secret=hash_secret(secret),
            staff_id=staff_id,
            until=moment + SESSION_LASTS,
            complete=complete,
            proved_at=moment if complete else None,
        )
    )
    return secret


def find_session(database: Database, session_secret: str, moment: datetime) -> SignedIn | None:
    """Who is behind a session's secret, with today's roles; None where it has ended."""
    with database.reading() as session:
        found = session.execute(
            select(Staff, StaffSession)
            .join(StaffSession, StaffSession.staff_id == Staff.id)
            .where(
                StaffSession.secret == hash_secret(session_secret), StaffSession.until > moment
            )
        ).one_or_none()
    if found is None:
        return None
    staff, kept = found
    return SignedIn(
        Actor(staff.id, staff.login, staff.name, split_roles(staff.roles)),
        kept.complete,
        staff.totp_confirmed,
        kept.proved_at is not None and moment - kept.proved_at < FRESH_FOR,
    )


def get_session_row(session: Session, session_secret: str, moment: datetime) -> Staff:
    """The account behind a session's secret, locked until the transaction ends."""
    staff = session.scalar(
        select(Staff)
        .join(StaffSession, StaffSession.staff_id == Staff.id)
        .where(StaffSession.secret == hash_secret(session_secret), StaffSession.until > moment)
        .with_for_update(of=Staff)
    )
    if staff is None:
        raise Problem(SIGN_IN_FAILED)
    return staff


def note_proof(session: Session, session_secret: str, moment: datetime) -> None:
    """Password and second factor have just been given again."""
    session.get_one(StaffSession, hash_secret(session_secret)).proved_at = moment


def sign_out(database: Database, session_secret: str) -> None:
    """End one session; ending it twice is no different."""
    with database.writing() as session:
        session.execute(
            delete(StaffSession).where(StaffSession.secret == hash_secret(session_secret))
        )


def hash_secret(secret: str) -> bytes:
    """SHA-256: these secrets have at least 80 random bits, so it can't be guessed backwards."""
    return hashlib.sha256(secret.encode()).digest()


def split_roles(roles: str) -> frozenset[str]:
    """An account's roles out of its row."""
    return frozenset(role for role in roles.split(",") if role)
