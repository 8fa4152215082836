"""The life of a result after its computation: proposed, shown, asked about, final, archived."""

from datetime import datetime

from sqlalchemy import ForeignKey, ForeignKeyConstraint, LargeBinary, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from evalsvc.db import Moment, Row

# A version only ever moves forward through these; one that is corrected stays where it was.
PUBLICATION_STATES = ("proposed", "shown", "final", "archived")
REVIEW_STATES = ("waiting", "upheld", "corrected")


class PublicationTerms(Row):
    """A season's periods in days, where the office has set other ones than the usual."""

    __tablename__ = "publication_terms"

    season_id: Mapped[int] = mapped_column(ForeignKey("season.id"), primary_key=True)
    shown_least: Mapped[int]
    shown_most: Mapped[int]
    review_days: Mapped[int]
    answer_days: Mapped[int]


class Publication(Row):
    """One computation on its way to being final. `notice` is what it says, fixed when proposed.

    A correction is another row that `corrects` this one; nothing here is written again for it.
    Days are ISO dates in the office's local time, both ends included.
    """

    __tablename__ = "publication"
    __table_args__ = (
        ForeignKeyConstraint(["season_id", "version"], ["result.season_id", "result.version"]),
    )

    season_id: Mapped[int] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    state: Mapped[str] = mapped_column(String(10), default="proposed")
    corrects: Mapped[int | None]
    # What a correction changed and why; empty for a first version.
    reason: Mapped[str] = mapped_column(Text, default="")
    # Which rounds the result is shown without, and why; empty where it holds all of them.
    left_out: Mapped[str] = mapped_column(Text, default="", server_default="")
    notice: Mapped[str] = mapped_column(Text)
    notice_sha256: Mapped[str] = mapped_column(String(64))
    proposed_by: Mapped[str] = mapped_column(String(60))
    proposed_at: Mapped[datetime] = mapped_column(Moment)
    # "public": everybody may read it; "units": each unit sees itself alone.
    audience: Mapped[str] = mapped_column(String(10), default="public")
    # "all": places, figures and grades; "grades": grades and awards only.
    extent: Mapped[str] = mapped_column(String(10), default="all")
    first_day: Mapped[str | None] = mapped_column(String(10))
    last_day: Mapped[str | None] = mapped_column(String(10))
    review_until: Mapped[str | None] = mapped_column(String(10))
    # Which days counted where periods are in working days; empty for calendar days.
    counted: Mapped[str] = mapped_column(Text, default="", server_default="")
    final_by: Mapped[str | None] = mapped_column(String(60))
    final_at: Mapped[datetime | None] = mapped_column(Moment)
    archived_at: Mapped[datetime | None] = mapped_column(Moment)
    audit_sha256: Mapped[str | None] = mapped_column(String(64))
    public_sha256: Mapped[str | None] = mapped_column(String(64))


class Liaison(Row):
    """Which unit a colleague speaks for in a season, and therefore sees."""

    __tablename__ = "liaison"

    staff_id: Mapped[int] = mapped_column(
        ForeignKey("staff.id", ondelete="CASCADE"), primary_key=True
    )
    season_id: Mapped[int] = mapped_column(ForeignKey("season.id"), primary_key=True)
    unit: Mapped[str] = mapped_column(String(40), primary_key=True)


class LetterCode(Row):
    """The code on a person's letter, as far as it is kept: what it is under the season's secret."""

    __tablename__ = "letter_code"
    __table_args__ = (UniqueConstraint("season_id", "unit"),)

    key: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    season_id: Mapped[int] = mapped_column(ForeignKey("season.id"), index=True)
    unit: Mapped[str] = mapped_column(String(40))
    # The version whose letter it stands on; it opens the one that counts today.
    version: Mapped[int]
    # When the letter's result was read first; None as long as nobody has.
    read_at: Mapped[datetime | None] = mapped_column(Moment)


class ReviewRequest(Row):
    """A unit's formal question about its result, and the office's answer."""

    __tablename__ = "review_request"

    id: Mapped[int] = mapped_column(primary_key=True)
    season_id: Mapped[int] = mapped_column(ForeignKey("season.id"), index=True)
    version: Mapped[int]
    unit: Mapped[str] = mapped_column(String(40))
    text: Mapped[str] = mapped_column(Text)
    asked_by: Mapped[str] = mapped_column(String(60))
    asked_at: Mapped[datetime] = mapped_column(Moment)
    answer_until: Mapped[str] = mapped_column(String(10))
    state: Mapped[str] = mapped_column(String(10), default="waiting")
    answer: Mapped[str] = mapped_column(Text, default="")
    answered_by: Mapped[str | None] = mapped_column(String(60))
    answered_at: Mapped[datetime | None] = mapped_column(Moment)
    # The version that says what was put right.
    corrected_in: Mapped[int | None]
