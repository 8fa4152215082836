"""Seasons and their rounds."""

from datetime import datetime

from sqlalchemy import ForeignKey, LargeBinary, SmallInteger, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from evalsvc.db import Moment, Row

# A round only ever moves forward through these.
ROUND_STATES = ("preparing", "issued", "open", "closed", "counted")


class Season(Row):
    """One scheme over one year. From the first opened round on, its scheme can't change."""

    __tablename__ = "season"

    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str] = mapped_column(String(120))
    office: Mapped[str] = mapped_column(String(120))
    # Whom raters call, printed on letters and pages.
    contact: Mapped[str] = mapped_column(String(120))
    scheme: Mapped[str] = mapped_column(Text)
    scheme_sha256: Mapped[str] = mapped_column(String(64))
    frozen_at: Mapped[datetime | None] = mapped_column(Moment)
    # How often facts of its result have been written.
    facts_written: Mapped[int] = mapped_column(default=0, server_default="0")
    rounds: Mapped[list["Round"]] = relationship(back_populates="season", order_by="Round.position")


class Round(Row):
    """One period of answering with its own box, codes and pepper.

    `wrapped_key` is a JSON list: the private key under each set of custodians' pass-phrases that
    opens it, empty where it was made on a machine of the custodians. The pepper is not here.
    """

    __tablename__ = "round"
    __table_args__ = (UniqueConstraint("season_id", "code"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    # Names the round inside signatures, so that a ballot fits no other box.
    uid: Mapped[str] = mapped_column(String(32), unique=True)
    season_id: Mapped[int] = mapped_column(ForeignKey("season.id"))
    code: Mapped[str] = mapped_column(String(40))
    position: Mapped[int]
    state: Mapped[str] = mapped_column(String(12), default="preparing")
    deadline: Mapped[datetime | None] = mapped_column(Moment)
    # Under which key ballots wait on the tray now; 0 once its rows tell no order of batches.
    batch: Mapped[int] = mapped_column(SmallInteger, default=1, server_default="1")
    public_key: Mapped[bytes | None] = mapped_column(LargeBinary(32))
    wrapped_key: Mapped[str | None] = mapped_column(Text)
    # Who keeps the key, one name or three joined by "、".
    custodian: Mapped[str | None] = mapped_column(String(200))
    # "sole": one pass-phrase; "pairs": two of three, made here; "offline": made elsewhere.
    custody: Mapped[str | None] = mapped_column(String(8))
    rehearsed_at: Mapped[datetime | None] = mapped_column(Moment)
    opened_at: Mapped[datetime | None] = mapped_column(Moment)
    closed_at: Mapped[datetime | None] = mapped_column(Moment)
    counted_at: Mapped[datetime | None] = mapped_column(Moment)
    # After the review time: the wrapped keys and the invitations are gone.
    destroyed_at: Mapped[datetime | None] = mapped_column(Moment)
    season: Mapped[Season] = relationship(back_populates="rounds")
