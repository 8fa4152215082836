"""Signed-in browsers: sessions begun, found, listed and ended; the cookie holds the secret."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Select, delete, select, update
from sqlalchemy.orm import Session

from evalsvc.db import Database
from evalsvc.domain.acting import Act
from evalsvc.domain.actor import Actor, build_actor
from evalsvc.errors import SIGN_IN_FAILED, Problem
from evalsvc.models.staff import Staff, StaffSession

SESSION_LASTS = timedelta(hours=8)
# Where nobody asks for a page for so long, it ends earlier.
IDLE_LASTS = timedelta(minutes=30)
# The last use is kept to the minute, so that not every page is a write.
SEEN_EVERY = timedelta(minutes=1)
# Between the password and the second factor; and how many of either kind an account has at once.
HALF_LASTS = timedelta(minutes=30)
MOST_HALF = 5
MOST_WHOLE = 20
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
    seen_at: datetime


@dataclass(frozen=True)
class OwnSession:
    """One of somebody's own sessions, as their page lists it; `handle` names it in an address."""

    handle: str
    browser: str
    address: str
    begun_at: datetime
    seen_at: datetime
    this_one: bool


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
        session.execute(delete(StaffSession).where(StaffSession.secret == hash_secret(instead_of)))
    _make_room(session, staff_id, moment, complete)
    secret = secrets.token_urlsafe(32)
    session.add(
        StaffSession(
            secret=hash_secret(secret),
            staff_id=staff_id,
            until=moment + (SESSION_LASTS if complete else HALF_LASTS),
            begun_at=moment,
            seen_at=moment,
            complete=complete,
            proved_at=moment if complete else None,
        )
    )
    return secret


def _make_room(session: Session, staff_id: int, moment: datetime, complete: bool) -> None:
    """Sessions that are over go, and of too many of one kind the oldest."""
    session.execute(delete(StaffSession).where(StaffSession.until <= moment))
    own = session.scalars(
        select(StaffSession.secret)
        .where(StaffSession.staff_id == staff_id, StaffSession.complete == complete)
        .order_by(StaffSession.begun_at.desc(), StaffSession.secret)
    ).all()
    most = MOST_WHOLE if complete else MOST_HALF
    session.execute(delete(StaffSession).where(StaffSession.secret.in_(own[most - 1 :])))


def find_session(
    database: Database, session_secret: str, moment: datetime, idle: timedelta = IDLE_LASTS
) -> SignedIn | None:
    """Who is behind a session's secret, with today's roles; None where it has ended."""
    with database.reading() as session:
        found = session.execute(
            select(Staff, StaffSession)
            .join(StaffSession, StaffSession.staff_id == Staff.id)
            .where(
                StaffSession.secret == hash_secret(session_secret),
                StaffSession.until > moment,
                StaffSession.seen_at > moment - idle,
            )
        ).one_or_none()
    if found is None:
        return None
    staff, kept = found
    return SignedIn(
        build_actor(staff),
        kept.complete,
        staff.totp_confirmed,
        kept.proved_at is not None and moment - kept.proved_at < FRESH_FOR,
        kept.seen_at,
    )


def note_seen(database: Database, session_secret: str, moment: datetime) -> None:
    """Somebody has just asked for a page with this session."""
    with database.writing() as session:
        session.execute(
            update(StaffSession)
            .where(StaffSession.secret == hash_secret(session_secret))
            .values(seen_at=moment)
        )


def note_browser(database: Database, session_secret: str, browser: str, address: str) -> None:
    """Keep by what the session's owner will know it again."""
    with database.writing() as session:
        session.execute(
            update(StaffSession)
            .where(StaffSession.secret == hash_secret(session_secret))
            .values(browser=browser[:60], address=address[:60])
        )


def list_own_sessions(
    act: Act, session_secret: str, idle: timedelta = IDLE_LASTS
) -> tuple[OwnSession, ...]:
    """Where somebody is signed in, the newest first."""
    this = hash_secret(session_secret)
    with act.database.reading() as session:
        found = session.scalars(
            select(StaffSession)
            .where(
                StaffSession.staff_id == act.actor.staff_id,
                StaffSession.until > act.moment,
                StaffSession.seen_at > act.moment - idle,
            )
            .order_by(StaffSession.begun_at.desc(), StaffSession.secret)
        )
        return tuple(
            OwnSession(
                _name(row), row.browser, row.address, row.begun_at, row.seen_at, row.secret == this
            )
            for row in found
        )


def end_own_session(database: Database, actor: Actor, handle: str) -> None:
    """End one of somebody's own sessions; one that is over, or another's, changes nothing."""
    with database.writing() as session:
        for row in session.scalars(_select_of(actor)):
            if _name(row) == handle:
                session.delete(row)


def end_other_sessions(database: Database, actor: Actor, session_secret: str) -> None:
    """End all of somebody's sessions but the one that asks for it."""
    with database.writing() as session:
        session.execute(
            delete(StaffSession).where(
                StaffSession.staff_id == actor.staff_id,
                StaffSession.secret != hash_secret(session_secret),
            )
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


def sign_out(database: Database, session_secret: str) -> None:
    """End one session; ending it twice is no different."""
    with database.writing() as session:
        session.execute(
            delete(StaffSession).where(StaffSession.secret == hash_secret(session_secret))
        )


def hash_secret(secret: str) -> bytes:
    """SHA-256: these secrets have at least 80 random bits, so it can't be guessed backwards."""
    return hashlib.sha256(secret.encode()).digest()


def _select_of(actor: Actor) -> Select[StaffSession]:
    return select(StaffSession).where(StaffSession.staff_id == actor.staff_id)


def _name(row: StaffSession) -> str:
    # Of a hash of 256 random bits: it names the session and opens nothing.
    return row.secret.hex()[:16]
