"""Tasks and grades are closed once a result is shown; a correction opens them, with a reason."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from evalsvc.box.log_words import Verb, about_season
from evalsvc.db import Database
from evalsvc.domain.acting import Act
from evalsvc.domain.seasons import get_season_row
from evalsvc.errors import ACT_REFUSED, ENTRY_REFUSED
from evalsvc.models.assessment import TaskReopening
from evalsvc.models.publication import Publication
from evalsvc.text import Text

LONGEST_REASON = 1_000


@dataclass(frozen=True)
class Reopening:
    """Why tasks were opened again after a version was shown."""

    version: int
    reason: str
    by: str
    at: datetime


@dataclass(frozen=True)
class Closing:
    """Whether a season's tasks are closed by a version that is shown, and each reopening."""

    version: int | None
    reopenings: tuple[Reopening, ...]


def get_closing(database: Database, season_id: int) -> Closing:
    with database.reading() as session:
        rows = session.scalars(
            select(TaskReopening)
            .where(TaskReopening.season_id == season_id)
            .order_by(TaskReopening.id)
        )
        listed = tuple(Reopening(r.version, r.reason, r.reopened_by, r.reopened_at) for r in rows)
        return Closing(_find_closing(session, season_id), listed)


def require_open(session: Session, season_id: int) -> None:
    """Refuse to change what a shown result rests on."""
    version = _find_closing(session, season_id)
    if version is not None:
        raise ACT_REFUSED.because(
            Text(
                f"第 {version} 版结果已经公示，任务和档次不再改；确有错误的，由考评办在“任务”页写明"
                "理由重新打开，改好、计入、重算以后作为更正公示",
                f"version {version} of the result has been shown, so that tasks and grades are "
                "closed; where there is a mistake the office opens them again on the page of "
                "tasks, with a reason, and shows the result anew as a correction",
            )
        )


def reopen_tasks(act: Act, season_id: int, reason: str) -> None:
    """Open tasks and grades for a correction, until it is shown itself."""
    said = check_reason(reason)
    with act.writing() as session:
        get_season_row(session, season_id)
        version = _find_closing(session, season_id)
        if version is None:
            raise ACT_REFUSED.because(Text("任务没有关闭，可以直接改", "tasks are not closed"))
        session.add(
            TaskReopening(
                season_id=season_id,
                version=version,
                reason=said,
                reopened_by=act.actor.name,
                reopened_at=act.moment,
            )
        )
        detail = {"version": str(version), "reason": said}
        act.tell(session, Verb.REOPEN_TASKS, about_season(season_id), detail)


def check_reason(reason: str) -> str:
    """A reason without its margins; one that is empty or too long is refused."""
    said = reason.strip()
    if not said or len(said) > LONGEST_REASON:
        raise ENTRY_REFUSED.because(
            Text("请写明理由，最多 1000 个字", "give the reason, in 1000 characters at most")
        )
    return said


def _find_closing(session: Session, season_id: int) -> int | None:
    """The newest version that was shown, where nothing has opened its tasks again."""
    shown = session.scalar(
        select(func.max(Publication.version)).where(
            Publication.season_id == season_id, Publication.state != "proposed"
        )
    )
    reopened = session.scalar(
        select(func.max(TaskReopening.version)).where(TaskReopening.season_id == season_id)
    )
    return shown if shown is not None and (reopened or 0) < shown else None
