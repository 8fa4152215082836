"""Staff accounts of the office and their sessions."""

from datetime import datetime

from sqlalchemy import ForeignKey, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from evalsvc.db import Moment, Row

ROLES = (
    "administrator",
    "manager",
    "distributor",
    "custodian",
    "auditor",
    "liaison",
    "assessor",
    "assistant",
)


class Staff(Row):
    """Somebody who signs in. There is no default account and no password until the link is used."""

    __tablename__ = "staff"

    id: Mapped[int] = mapped_column(primary_key=True)
    login: Mapped[str] = mapped_column(String(60), unique=True)
    name: Mapped[str] = mapped_column(String(60))
    roles: Mapped[str] = mapped_column(String(120))
    password: Mapped[str | None] = mapped_column(String(200))
    # SHA-256 of the one-time link's secret: a reader of the database can't use it.
    link: Mapped[bytes | None] = mapped_column(LargeBinary(32), unique=True)
    link_until: Mapped[datetime | None] = mapped_column(Moment)
    # The second factor's secret, sealed under a key of the instance folder.
    totp: Mapped[bytes | None] = mapped_column(LargeBinary)
    # False until the first right number has been typed.
    totp_confirmed: Mapped[bool] = mapped_column(default=False)
    # The newest half-minute whose number was used: none is good twice.
    totp_step: Mapped[int] = mapped_column(default=0)

    def has_role(self, *roles: str) -> bool:
        return not set(roles).isdisjoint(self.roles.split(","))


class StaffSession(Row):
    """One signed-in browser; the cookie holds the secret, this row only its hash."""

    __tablename__ = "staff_session"

    secret: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id", ondelete="CASCADE"))
    until: Mapped[datetime] = mapped_column(Moment)
    begun_at: Mapped[datetime] = mapped_column(Moment)
    # The last page asked for, to the minute: a session that nobody uses ends.
    seen_at: Mapped[datetime] = mapped_column(Moment)
    # By which somebody knows their own sessions again: "Chrome, Windows" and an address.
    browser: Mapped[str] = mapped_column(String(60), default="")
    address: Mapped[str] = mapped_column(String(60), default="")
    # False between the password and the second factor: such a session opens nothing.
    complete: Mapped[bool] = mapped_column(default=True)
    # When password and second factor were last given; acts of weight want it fresh.
    proved_at: Mapped[datetime | None] = mapped_column(Moment)


class RecoveryCode(Row):
    """One of the codes that stand in for a lost telephone; it goes when it is used."""

    __tablename__ = "recovery_code"

    # SHA-256: a code has 80 random bits, so the hash can't be guessed backwards.
    hash: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id", ondelete="CASCADE"), index=True)
