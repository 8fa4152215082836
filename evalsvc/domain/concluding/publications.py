"""The versions of a result that were put forward, as pages and later verbs read them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from analysis.score.tree import UnitResult
from evalsvc.db import Database
from evalsvc.domain.concluding.notices import Notice, read_notice
from evalsvc.domain.concluding.periods import read_counted
from evalsvc.domain.concluding.sheets import read_tree
from evalsvc.domain.office_days import find_day
from evalsvc.errors import ACT_REFUSED, NOT_FOUND, Problem
from evalsvc.models.publication import Publication
from evalsvc.models.result import Result, UnitSheet
from evalsvc.text import Text
from evalsvc.workdays.calendar import Counted


@dataclass(frozen=True)
class PublicationView:
    """One version on its way; `corrected_by` is the version that puts it right, if any."""

    season_id: int
    version: int
    state: str
    corrects: int | None
    corrected_by: int | None
    reason: str
    left_out: str
    notice: Notice
    notice_sha256: str
    proposed_by: str
    proposed_at: datetime
    audience: str
    extent: str
    first_day: date | None
    last_day: date | None
    review_until: date | None
    final_by: str | None
    final_at: datetime | None
    archived_at: datetime | None
    audit_sha256: str | None
    public_sha256: str | None
    counted: Mapping[str, Counted] = field(default_factory=dict)

    def is_shown(self, day: date) -> bool:
        """Whether its first day has come; it stays readable from then on."""
        return self.first_day is not None and self.first_day <= day

    def takes_reviews(self, day: date) -> bool:
        """Whether a unit may ask about it today."""
        until = self.review_until
        return self.state == "shown" and self.is_shown(day) and until is not None and day <= until

    def waits_until(self) -> date:
        """The last day before it can be made final."""
        return max(self.last_day or date.min, self.review_until or date.min)


def list_publications(database: Database, season_id: int) -> tuple[PublicationView, ...]:
    """All versions that were proposed, newest first."""
    with database.reading() as session:
        return read_publications(session, season_id)


def read_publications(session: Session, season_id: int) -> tuple[PublicationView, ...]:
    rows = list_rows(session, season_id)
    by = {row.corrects: row.version for row in reversed(rows) if row.corrects is not None}
    return tuple(_build_view(row, by.get(row.version)) for row in rows)


def find_shown(views: Sequence[PublicationView], day: date) -> PublicationView | None:
    """The version that counts today: the newest whose first day has come."""
    return next((view for view in views if view.is_shown(day)), None)


def get_unit_sheet(
    database: Database, season_id: int, version: int, unit: str, category: str
) -> UnitResult:
    """One unit's tree in one version, which need not be the newest."""
    with database.reading() as session:
        row = session.get(UnitSheet, (season_id, version, unit))
        if row is None:
            raise Problem(NOT_FOUND)
        return UnitResult(unit, category, read_tree(row.tree), row.published, row.rank)


def list_unit_sheets(
    database: Database, season_id: int, version: int, notice: Notice
) -> tuple[UnitResult, ...]:
    """All units' trees in one version."""
    categories = {unit.unit: unit.category for unit in notice.units}
    with database.reading() as session:
        return read_results(session, season_id, version, categories)


def get_computed_at(database: Database, season_id: int, version: int) -> datetime:
    """When a version was computed."""
    with database.reading() as session:
        row = session.get(Result, (season_id, version))
        if row is None:
            raise Problem(NOT_FOUND)
        return row.computed_at


def get_current(session: Session, season_id: int, version: int, state: str) -> Publication:
    """The row of a version in this state that no newer one has taken the place of."""
    # Two colleagues may press at once.
    row = session.get(Publication, (season_id, version), with_for_update=True)
    if row is None:
        raise Problem(NOT_FOUND)
    if row.state != state:
        raise ACT_REFUSED.because(
            Text(
                f"这个版本现在是“{_STATES[row.state].zh}”",
                f"this version is now “{_STATES[row.state].en}”",
            )
        )
    # A newer one has taken its place, whatever state this one is in.
    if list_rows(session, season_id)[0].version != version:
        raise ACT_REFUSED.because(Text("已有更新的版本", "there is a newer version"))
    return row


def list_rows(session: Session, season_id: int) -> Sequence[Publication]:
    return session.scalars(
        select(Publication)
        .where(Publication.season_id == season_id)
        .order_by(Publication.version.desc())
    ).all()


def read_results(
    session: Session, season_id: int, version: int, categories: dict[str, str]
) -> tuple[UnitResult, ...]:
    rows = session.scalars(
        select(UnitSheet).where(UnitSheet.season_id == season_id, UnitSheet.version == version)
    )
    found = {row.unit: row for row in rows}
    return tuple(
        UnitResult(code, category, read_tree(row.tree), row.published, row.rank)
        for code, category in categories.items()
        if (row := found.get(code)) is not None
    )


def _build_view(row: Publication, corrected_by: int | None) -> PublicationView:
    return PublicationView(
        season_id=row.season_id,
        version=row.version,
        state=row.state,
        corrects=row.corrects,
        corrected_by=corrected_by,
        reason=row.reason,
        left_out=row.left_out,
        notice=read_notice(row.notice),
        notice_sha256=row.notice_sha256,
        proposed_by=row.proposed_by,
        proposed_at=row.proposed_at,
        audience=row.audience,
        extent=row.extent,
        first_day=find_day(row.first_day),
        last_day=find_day(row.last_day),
        review_until=find_day(row.review_until),
        final_by=row.final_by,
        final_at=row.final_at,
        archived_at=row.archived_at,
        audit_sha256=row.audit_sha256,
        public_sha256=row.public_sha256,
        counted=read_counted(row.counted),
    )


_STATES = {
    "proposed": Text("拟定", "proposed"),
    "shown": Text("公示", "published for review"),
    "final": Text("定案", "final"),
    "archived": Text("已归档", "archived"),
}
