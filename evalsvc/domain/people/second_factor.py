"""The second factor: a number from the telephone, once per half-minute, or a recovery code."""

import hmac
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

import pyotp
from nacl.exceptions import CryptoError
from nacl.secret import SecretBox
from sqlalchemy import delete
from sqlalchemy.orm import Session

from evalsvc.box.log_words import Verb, about_staff
from evalsvc.db import Database
from evalsvc.domain.acting import Act
from evalsvc.domain.actor import build_actor
from evalsvc.domain.people.sessions import begin_session, get_session_row, hash_secret
from evalsvc.errors import SECOND_FACTOR_WRONG, Problem
from evalsvc.models.staff import RecoveryCode, Staff
from evalsvc.settings import Settings, load_secret_key

ISSUER = "考评工作台"
STEP_S = 30
# A telephone's clock may be half a minute off either way.
DRIFT_STEPS = 1
RECOVERY_CODES = 10
# 16 symbols of 32: 80 bits.
RECOVERY_LENGTH = 16
_ALPHABET = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"


@dataclass(frozen=True)
class Offer:
    """What the telephone takes over: the address in the QR code, and the secret to type."""

    address: str
    secret: str


def offer_enrolment(
    database: Database, settings: Settings, session_secret: str, moment: datetime
) -> Offer:
    """A new secret for an account that has none yet; the same one until it is confirmed."""
    with database.writing() as session:
        staff = get_session_row(session, session_secret, moment)
        if staff.totp_confirmed:
            raise Problem(SECOND_FACTOR_WRONG)
        secret = _open(settings, staff)
        if secret is None:
            secret = pyotp.random_base32()
            staff.totp = bytes(_box(settings).encrypt(secret.encode()))
        address = pyotp.TOTP(secret).provisioning_uri(name=staff.login, issuer_name=ISSUER)
        return Offer(address, secret)


def confirm_enrolment(
    database: Database, settings: Settings, session_secret: str, number: str, moment: datetime
) -> tuple[str, tuple[str, ...]]:
    """Take the first right number: a new session, and the recovery codes, told this once."""
    with database.writing() as session:
        staff = get_session_row(session, session_secret, moment)
        if staff.totp_confirmed:
            raise Problem(SECOND_FACTOR_WRONG)
        _use_number(settings, staff, number, moment)
        staff.totp_confirmed = True
        codes = tuple(_new_code() for _ in range(RECOVERY_CODES))
        session.execute(delete(RecoveryCode).where(RecoveryCode.staff_id == staff.id))
        session.add_all(RecoveryCode(hash=_hash(code), staff_id=staff.id) for code in codes)
        act = Act(database, build_actor(staff), moment)
        act.tell(session, Verb.ENROL_SECOND_FACTOR, about_staff(staff.login), {})
        return begin_session(session, staff.id, moment, instead_of=session_secret), codes


def pass_second_factor(
    database: Database, settings: Settings, session_secret: str, typed: str, moment: datetime
) -> str:
    """Take a number or a recovery code after the password; returns the session that replaces it."""
    with database.writing() as session:
        staff = get_session_row(session, session_secret, moment)
        act = Act(database, build_actor(staff), moment)
        use_second_factor(act, session, settings, staff, typed)
        return begin_session(session, staff.id, moment, instead_of=session_secret)


def use_second_factor(
    act: Act, session: Session, settings: Settings, staff: Staff, typed: str
) -> None:
    """Use up a number or a recovery code inside a transaction; raises where it is not right."""
    cleaned = "".join(sign for sign in typed.upper() if sign.isalnum())
    # By its length alone: a number has six figures, and one field takes both.
    if len(cleaned) != RECOVERY_LENGTH:
        _use_number(settings, staff, cleaned, act.moment)
        return
    kept = session.get(RecoveryCode, _hash(cleaned))
    if kept is None or kept.staff_id != staff.id:
        raise Problem(SECOND_FACTOR_WRONG)
    session.delete(kept)
    act.tell(session, Verb.USE_RECOVERY_CODE, about_staff(staff.login), {})


def _use_number(settings: Settings, staff: Staff, number: str, moment: datetime) -> None:
    secret = _open(settings, staff)
    step = _find_step(secret, number.strip(), _list_steps(moment)) if secret else None
    # Whoever looked over the shoulder has the half-minute's number, too: it opens once, and so do
    # those before it.
    if step is None or step <= staff.totp_step:
        raise Problem(SECOND_FACTOR_WRONG)
    staff.totp_step = step


def _list_steps(moment: datetime) -> range:
    now = int(moment.timestamp()) // STEP_S
    return range(now - DRIFT_STEPS, now + DRIFT_STEPS + 1)


def _find_step(secret: str, number: str, steps: Iterable[int]) -> int | None:
    """The half-minute a number belongs to; all of them are compared, so that time tells nothing."""
    generator = pyotp.TOTP(secret)
    right = [
        step
        for step in steps
        if hmac.compare_digest(generator.at(step * STEP_S).encode(), number.encode())
    ]
    return right[-1] if right else None


def _open(settings: Settings, staff: Staff) -> str | None:
    """The account's secret; None where there is none, or the instance has a new key."""
    if staff.totp is None:
        return None
    try:
        return _box(settings).decrypt(staff.totp).decode()
    except CryptoError:
        return None


def _box(settings: Settings) -> SecretBox:
    # A reader of the database alone must not be able to make numbers.
    return SecretBox(hmac.digest(load_secret_key(settings), b"second factor", "sha256"))


def _new_code() -> str:
    signs = "".join(secrets.choice(_ALPHABET) for _ in range(RECOVERY_LENGTH))
    return "-".join(signs[place : place + 4] for place in range(0, RECOVERY_LENGTH, 4))


def _hash(code: str) -> bytes:
    return hash_secret(code.replace("-", ""))
