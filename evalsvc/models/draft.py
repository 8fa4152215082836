"""Answers not yet submitted, as noise: nothing here says whose they are or what they say."""

from sqlalchemy import LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from evalsvc.db import Row


class Draft(Row):
    """One sealed draft. `id` and its key come from the token; no time, no owner, no length.

    The first bytes of `id` name the round, so that closing a round can delete all its drafts.
    """

    __tablename__ = "draft"
    __table_args__ = {"sqlite_with_rowid": False}

    id: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
