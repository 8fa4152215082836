"""What is published of a box while it fills: its seal, and the signed anchors."""

from sqlalchemy import ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from evalsvc.db import Row


class SealedRound(Row):
    """What was fixed when a round opened, as the text that anchors and log name by its hash."""

    __tablename__ = "sealed_round"

    round_id: Mapped[int] = mapped_column(ForeignKey("round.id"), primary_key=True)
    content: Mapped[str] = mapped_column(Text)


class PublishedAnchor(Row):
    """One anchor. Its ballots are a number and a root: which ballots came when is kept nowhere."""

    __tablename__ = "published_anchor"

    round_id: Mapped[int] = mapped_column(ForeignKey("round.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    ballots: Mapped[int]
    box_root: Mapped[str] = mapped_column(String(64))
    roll_root: Mapped[str] = mapped_column(String(64))
    seal: Mapped[str] = mapped_column(String(64))
    log_seq: Mapped[int]
    log_head: Mapped[str] = mapped_column(String(64))
    # ISO text, because the signature is over exactly these characters.
    at: Mapped[str] = mapped_column(String(32))
    previous: Mapped[str] = mapped_column(String(64))
    key: Mapped[str] = mapped_column(String(64))
    signature: Mapped[str] = mapped_column(String(128))
