"""Whether a fact of the score may still be changed: not once a result with it has been shown.

What everybody may read stands. It is opened again by a correction alone, with its reason, name and
time, and closed when the version that puts it right is shown.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from evalsvc.box.log_words import Verb, about_season
from evalsvc.db import Database
from evalsvc.domain.acting import Act
from evalsvc.domain.seasons import get_season_row
from evalsvc.errors import ACT_REFUSED, ENTRY_REFUSED
from evalsvc.models.assessment import TaskReopening
from evalsvc.models.publication import Publication
from evalsvc.text import NOTHING, Text

LONGEST_REASON = 2_000
CLOSED = Text(
    "第 %(n)s 版结果已经公示，算进去的数、等次、加减分、任务和名册都不能再改。确需更正的，"
    "请考评办先在“公示和定案”页写明理由，开启更正",
    "version %(n)s of the result has been shown, and the figures, grades, adjustments, tasks and "
    "units in it stand; to put one right, the office opens a correction with its reason on the "
    "page of publication first",
)
_NOTHING_SHOWN = Text(
    "结果还没有公示，可以直接改", "no result has been shown yet; figures can be changed as they are"
)
_OPEN_ALREADY = Text("更正已经开启", "a correction is open already")
_NO_REASON = Text(
    "请写明要更正什么、为什么，最多 2000 个字",
    "say what is to be corrected and why, in 2000 characters at most",
)


@dataclass(frozen=True)
class OpenCorrection:
    """Why a shown result is open to change, by whose word, and since when."""

    version: int
    reason: str
    by: str
    at: datetime


def require_changeable(session: Session, season_id: int) -> None:
    """Refuse what would change a result that has been shown."""
    version = find_closing(session, season_id)
    if version is not None:
        raise ACT_REFUSED.because(CLOSED.filled(n=version))


def read_closed(session: Session, season_id: int) -> Text:
    """Why nothing may be changed; nothing where it may."""
    version = find_closing(session, season_id)
    return NOTHING if version is None else CLOSED.filled(n=version)


def open_correction(
    act: Act, season_id: int, reason: str, verb: Verb = Verb.OPEN_CORRECTION
) -> None:
    """Open a shown result to change, under one's name and with a reason that will be read.

    From the page of tasks it is told by a word of its own, which the log has had before this one.
    """
    reason = reason.strip()
    if not reason or len(reason) > LONGEST_REASON:
        raise ENTRY_REFUSED.because(_NO_REASON)
    with act.writing() as session:
        get_season_row(session, season_id)
        shown = _find_shown(session, season_id)
        if shown is None:
            raise ACT_REFUSED.because(_NOTHING_SHOWN)
        if _find_open(session, season_id) is not None:
            raise ACT_REFUSED.because(_OPEN_ALREADY)
        session.add(
            TaskReopening(
                season_id=season_id,
                version=shown.version,
                reason=reason,
                reopened_by=act.actor.name,
                reopened_at=act.moment,
            )
        )
        detail = {"version": str(shown.version), "reason": reason}
        act.tell(session, verb, about_season(season_id), detail)


def find_correction(database: Database, season_id: int) -> OpenCorrection | None:
    """The correction that is open, if one is."""
    with database.reading() as session:
        return read_correction(session, season_id)


def read_correction(session: Session, season_id: int) -> OpenCorrection | None:
    row = _find_open(session, season_id)
    if row is None:
        return None
    return OpenCorrection(row.version, row.reason, row.reopened_by, row.reopened_at)


def list_corrections(session: Session, season_id: int) -> tuple[OpenCorrection, ...]:
    """Every correction that was opened, oldest first."""
    rows = session.scalars(
        select(TaskReopening).where(TaskReopening.season_id == season_id).order_by(TaskReopening.id)
    )
    return tuple(OpenCorrection(r.version, r.reason, r.reopened_by, r.reopened_at) for r in rows)


def find_closing(session: Session, season_id: int) -> int | None:
    """The shown version that closes the season, where no correction has opened it."""
    shown = _find_shown(session, season_id)
    if shown is None or _find_open(session, season_id) is not None:
        return None
    return shown.version


def close_correction(session: Session, season_id: int, moment: datetime) -> None:
    """What is made final stands again."""
    row = _find_open(session, season_id)
    if row is not None:
        row.closed_at = moment


def _find_shown(session: Session, season_id: int) -> Publication | None:
    return session.scalars(
        select(Publication)
        .where(Publication.season_id == season_id, Publication.state != "proposed")
        .order_by(Publication.version.desc())
    ).first()


def _find_open(session: Session, season_id: int) -> TaskReopening | None:
    """It opens the version that was shown then, and no later one."""
    shown = _find_shown(session, season_id)
    if shown is None:
        return None
    return session.scalars(
        select(TaskReopening).where(
            TaskReopening.season_id == season_id,
            TaskReopening.version == shown.version,
            TaskReopening.closed_at.is_(None),
        )
    ).first()
