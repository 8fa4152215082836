"""Review requests: a unit asks about its published result, the office answers with a reason."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from sqlalchemy import select
from sqlalchemy.orm import Session

from evalsvc.box.log_words import Verb, about_season
from evalsvc.db import Database
from evalsvc.domain.acting import Act
from evalsvc.domain.concluding.periods import answer_until
from evalsvc.domain.concluding.publications import find_shown, read_publications
from evalsvc.domain.concluding.publishing import check_reason, write_proposal
from evalsvc.domain.office_days import office_day
from evalsvc.domain.people.liaisons import list_unit_names, require_own
from evalsvc.domain.seasons import find_result_head, get_season_row
from evalsvc.errors import ACT_REFUSED, ENTRY_REFUSED, NOT_FOUND, Problem
from evalsvc.models.publication import Publication, ReviewRequest
from evalsvc.text import Text

Verdict = Literal["upheld", "corrected"]

LEAST_TEXT, LONGEST_TEXT = 10, 2_000


@dataclass(frozen=True)
class ReviewView:
    """One request with its answer, if it has one."""

    id: int
    version: int
    unit: str
    unit_name: str
    text: str
    asked_by: str
    asked_at: datetime
    answer_until: date
    state: str
    answer: str
    answered_by: str | None
    answered_at: datetime | None
    corrected_in: int | None

    def is_late(self, day: date) -> bool:
        return self.state == "waiting" and day > self.answer_until


def ask_review(act: Act, season_id: int, unit: str, text: str) -> int:
    """Ask about the version that is being shown; a unit has one open request at a time."""
    with act.writing() as session:
        require_own(session, season_id, unit, act.actor)
        return write_request(act, session, season_id, unit, text, act.actor.login)


def write_request(
    act: Act, session: Session, season_id: int, unit: str, text: str, asked_by: str
) -> int:
    """The request inside somebody's transaction: a person asks by the code of a letter."""
    text = text.strip()
    if not LEAST_TEXT <= len(text) <= LONGEST_TEXT:
        raise ENTRY_REFUSED.because(
            Text(
                f"申请要写明对哪一项有疑问、理由是什么，{LEAST_TEXT} 到 {LONGEST_TEXT} 个字",
                f"say what is in question and why, in {LEAST_TEXT} to {LONGEST_TEXT} characters",
            )
        )
    day = office_day(act.moment)
    get_season_row(session, season_id)
    shown = find_shown(read_publications(session, season_id), day)
    if shown is None or shown.notice.find_unit(unit) is None:
        raise ACT_REFUSED.because(Text("结果还没有公示", "the result has not been published yet"))
    if not shown.takes_reviews(day):
        raise ACT_REFUSED.because(
            Text(
                f"复核申请期限是 {shown.review_until}，已经过了",
                f"review requests were taken until {shown.review_until}",
            )
        )
    if _find_waiting(session, season_id, unit):
        raise ACT_REFUSED.because(
            Text("已有一件申请在等答复", "an earlier request still waits for its answer")
        )
    until = answer_until(session, season_id, day)
    row = ReviewRequest(
        season_id=season_id,
        version=shown.version,
        unit=unit,
        text=text,
        asked_by=asked_by,
        asked_at=act.moment,
        answer_until=until.isoformat(),
    )
    session.add(row)
    session.flush()
    # The words stay out of the log, which is published.
    detail = {"unit": unit, "version": str(shown.version), "request": str(row.id)}
    act.tell(session, Verb.ASK_REVIEW, about_season(season_id), detail)
    return row.id


def answer_review(act: Act, request_id: int, verdict: Verdict, answer: str) -> None:
    """Uphold the figure, or answer with the version that corrects it; both say why."""
    answer = check_reason(answer)
    with act.writing() as session:
        # Locked: of two colleagues one would answer with another version than the other.
        row = session.get(ReviewRequest, request_id, with_for_update=True)
        if row is None:
            raise Problem(NOT_FOUND)
        if row.state != "waiting":
            raise ACT_REFUSED.because(Text("这件申请已经答复过", "this request has been answered"))
        if verdict == "corrected":
            row.corrected_in = _correct(session, row, answer, act)
        row.state, row.answer = verdict, answer
        row.answered_by, row.answered_at = act.actor.login, act.moment
        detail = {"request": str(row.id), "unit": row.unit, "verdict": verdict}
        if row.corrected_in:
            detail["corrected_in"] = str(row.corrected_in)
        act.tell(session, Verb.ANSWER_REVIEW, about_season(row.season_id), detail)


def list_reviews(
    database: Database, season_id: int, unit: str | None = None
) -> tuple[ReviewView, ...]:
    """A season's requests, or one unit's; those that wait first, then the newest."""
    with database.reading() as session:
        return read_reviews(session, season_id, unit)


def read_reviews(
    session: Session, season_id: int, unit: str | None = None
) -> tuple[ReviewView, ...]:
    """The same inside somebody's reading."""
    names = list_unit_names(session, season_id)
    rows = session.scalars(
        select(ReviewRequest)
        .where(ReviewRequest.season_id == season_id)
        .order_by(ReviewRequest.id.desc())
    )
    views = [_build_view(row, names) for row in rows if unit in (None, row.unit)]
    return tuple(sorted(views, key=lambda view: view.state != "waiting"))


def get_season_of(database: Database, request_id: int) -> int:
    """The season that a request is about."""
    with database.reading() as session:
        row = session.get(ReviewRequest, request_id)
        if row is None:
            raise Problem(NOT_FOUND)
        return row.season_id


def _correct(session: Session, row: ReviewRequest, reason: str, act: Act) -> int:
    """The version that puts things right: one that waits to be shown, or a new one."""
    # With the same figures the correction would show what was questioned.
    head = find_result_head(session, row.season_id)
    if head is None or head.version <= row.version:
        raise ACT_REFUSED.because(
            Text(
                "更正要有新的计算：请先在“公示和定案”页开启更正，改正数据并重新计算，再来答复",
                "a correction needs a new computation: open it on the page of publication, mend "
                "the figures and compute first",
            )
        )
    # Several answers of one day may lead to one correction.
    waiting = session.get(Publication, (row.season_id, head.version))
    if waiting is not None and waiting.state == "proposed":
        return waiting.version
    return write_proposal(session, row.season_id, reason, act)


def _find_waiting(session: Session, season_id: int, unit: str) -> ReviewRequest | None:
    return session.scalar(
        select(ReviewRequest).where(
            ReviewRequest.season_id == season_id,
            ReviewRequest.unit == unit,
            ReviewRequest.state == "waiting",
        )
    )


def _build_view(row: ReviewRequest, names: dict[str, str]) -> ReviewView:
    return ReviewView(
        id=row.id,
        version=row.version,
        unit=row.unit,
        unit_name=names.get(row.unit, row.unit),
        text=row.text,
        asked_by=row.asked_by,
        asked_at=row.asked_at,
        answer_until=date.fromisoformat(row.answer_until),
        state=row.state,
        answer=row.answer,
        answered_by=row.answered_by,
        answered_at=row.answered_at,
        corrected_in=row.corrected_in,
    )
