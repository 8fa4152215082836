"""The sealed box: who may vote, and what was cast. `tests/integrity` holds these columns fixed.

None of these tables has a time, an address, an automatic id or a session: each would let somebody
put a ballot beside the person who cast it.
"""

from sqlalchemy import (
    Boolean,
    ForeignKey,
    LargeBinary,
    SmallInteger,
    String,
    Text,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from evalsvc.db import Row


class Credential(Row):
    """One place on a round's roll: a public key whose private half only the token gives.

    `cell` is the stratum as far as weights need it, small ones joined as `a+b`, and `form` the
    number of a dealt list of units; at least five citizens share both. Named raters have neither.
    """

    __tablename__ = "credential"
    __table_args__ = {"sqlite_with_rowid": False}

    key: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    round_id: Mapped[int] = mapped_column(ForeignKey("round.id"), index=True)
    group: Mapped[str] = mapped_column(String(40))
    cell: Mapped[str] = mapped_column(String(400), default="")
    form: Mapped[int] = mapped_column(SmallInteger, default=0)
    void: Mapped[bool] = mapped_column(Boolean, default=False)


class Invite(Row):
    """Which credential a named rater or a unit holds. Citizens have none of these rows."""

    __tablename__ = "invite"
    __table_args__ = {"sqlite_with_rowid": False}

    credential: Mapped[bytes] = mapped_column(ForeignKey("credential.key"), primary_key=True)
    rater_id: Mapped[int] = mapped_column(ForeignKey("rater.id"), index=True)


class DealtForm(Row):
    """One dealt list of units for citizens, sealed with the roll; many citizens share it."""

    __tablename__ = "dealt_form"

    round_id: Mapped[int] = mapped_column(ForeignKey("round.id"), primary_key=True)
    group: Mapped[str] = mapped_column(String(40), primary_key=True)
    form: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    # Unit codes, space-separated, in the order in which the form shows them.
    units: Mapped[str] = mapped_column(Text)


class Ballot(Row):
    """One sealed ballot. The application inserts and reads these rows, and never changes one.

    The highest `seq` of a credential is the one that counts.
    """

    __tablename__ = "ballot"
    __table_args__ = (UniqueConstraint("credential", "nonce"), {"sqlite_with_rowid": False})

    credential: Mapped[bytes] = mapped_column(ForeignKey("credential.key"), primary_key=True)
    seq: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    nonce: Mapped[bytes] = mapped_column(LargeBinary(16))
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
    signature: Mapped[bytes] = mapped_column(LargeBinary(64))
    # Unique: a sealed ballot that somebody copied to another place is refused.
    leaf: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)


class PendingBallot(Row):
    """A ballot on the tray before the box: noise without the key of its batch, and of one length.

    In the order of arrival, as any database keeps rows; moved into the box in another at the
    anchor's hours. `place` is small, so that asking who has voted reads no contents. It points at
    no other table: checking that would lock rows, and a lock is written beside what it was for.
    """

    __tablename__ = "pending_ballot"
    __table_args__ = {"sqlite_with_rowid": False}

    tag: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    round_id: Mapped[int]
    batch: Mapped[int] = mapped_column(SmallInteger)
    place: Mapped[bytes] = mapped_column(LargeBinary(122))
    content: Mapped[bytes] = mapped_column(LargeBinary)


class CardReport(Row):
    """How many people of a group said on a day that somebody else had used their card.

    Group and day only: which card it was is settled in person, by its number on paper.
    """

    __tablename__ = "card_report"

    round_id: Mapped[int] = mapped_column(ForeignKey("round.id"), primary_key=True)
    group: Mapped[str] = mapped_column(String(40), primary_key=True)
    day: Mapped[str] = mapped_column(String(10), primary_key=True)
    n: Mapped[int]


class Assistance(Row):
    """How many ballots of a group were typed in at the office's counter, for cards' holders.

    `reported`: what the counter has added, sitting by sitting and in a transaction of its own, so
    that no row is written beside an assisted ballot. `counted`: how many ballots that count bear
    the mark that only an opened ballot shows; None until the box is open.
    """

    __tablename__ = "assistance"

    round_id: Mapped[int] = mapped_column(ForeignKey("round.id"), primary_key=True)
    group: Mapped[str] = mapped_column(String(40), primary_key=True)
    reported: Mapped[int] = mapped_column(default=0)
    counted: Mapped[int | None]
