"""What was computed for pages and reports, kept as long as the facts below it stand."""

from sqlalchemy import ForeignKey, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from evalsvc.db import Row


class KeptDiagnostics(Row):
    """A season's diagnostics. They hold no answer that `opened_answer` does not.

    `facts_written` is the season's count that they saw, `program` the version that computed them.
    """

    __tablename__ = "kept_diagnostics"

    season_id: Mapped[int] = mapped_column(ForeignKey("season.id"), primary_key=True)
    facts_written: Mapped[int]
    program: Mapped[str] = mapped_column(String(40))
    content: Mapped[bytes] = mapped_column(LargeBinary)
