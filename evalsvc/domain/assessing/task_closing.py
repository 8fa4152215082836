"""Tasks and grades are closed once a result is shown; a correction opens them, with a reason."""

from dataclasses import dataclass

from evalsvc.box.log_words import Verb
from evalsvc.db import Database
from evalsvc.domain import changing
from evalsvc.domain.acting import Act
from evalsvc.domain.changing import OpenCorrection
from evalsvc.errors import ENTRY_REFUSED
from evalsvc.text import Text

LONGEST_REASON = 1_000


@dataclass(frozen=True)
class Closing:
    """Whether a season is closed by a version that is shown, and each correction that opened it."""

    version: int | None
    reopenings: tuple[OpenCorrection, ...]


def get_closing(database: Database, season_id: int) -> Closing:
    with database.reading() as session:
        return Closing(
            changing.find_closing(session, season_id), changing.list_corrections(session, season_id)
        )


def reopen_tasks(act: Act, season_id: int, reason: str) -> None:
    """Open a shown result for a correction, until that is shown itself."""
    changing.open_correction(act, season_id, check_reason(reason), Verb.REOPEN_TASKS)


def check_reason(reason: str) -> str:
    """A reason without its margins; one that is empty or too long is refused."""
    said = reason.strip()
    if not said or len(said) > LONGEST_REASON:
        raise ENTRY_REFUSED.because(
            Text("请写明理由，最多 1000 个字", "give the reason, in 1000 characters at most")
        )
    return said
