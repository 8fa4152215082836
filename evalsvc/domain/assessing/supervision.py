"""Findings of supervision 督查 and e-monitoring 电子监察: noticed, rectified, cleared or deducted.

A deduction becomes an adjustment of the season, dated and with its notice as evidence, so that it
counts, is corrected and is shown like any other.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from evalsvc.box.log_words import Verb, about_season
from evalsvc.db import Database
from evalsvc.domain.acting import Act
from evalsvc.domain.assessing.task_closing import check_reason
from evalsvc.domain.assessing.tasks import find_number
from evalsvc.domain.changing import require_changeable
from evalsvc.domain.office_days import office_day
from evalsvc.domain.people.liaisons import list_unit_names, require_own
from evalsvc.domain.seasons import freeze_scheme, get_season_row, read_scheme
from evalsvc.errors import ACT_REFUSED, ENTRY_REFUSED, NOT_FOUND, Problem
from evalsvc.models.figures import Adjustment
from evalsvc.models.supervision import FINDING_KINDS, Finding, SelfCheck
from evalsvc.scheme.model import AdjustmentKind, Scheme
from evalsvc.text import Text

LONGEST_TEXT = 1_000
# As much of a finding as an adjustment's evidence takes beside the notice.
_EVIDENCE = 360


@dataclass(frozen=True)
class Noticed:
    """What was found, and by when it is to be rectified."""

    unit: str
    kind: str
    day: date
    found: str
    notice: str
    due: date


@dataclass(frozen=True)
class Deduction:
    """By which of the scheme's adjustments, in which round, and how much (empty: by times)."""

    rule: str
    round: str
    amount: str


@dataclass(frozen=True)
class FindingView:
    """A finding with everything that became of it."""

    id: int
    unit: str
    unit_name: str
    kind: str
    day: date
    found: str
    notice: str
    due: date
    state: str
    entered_by: str
    rectified: str
    rectified_by: str | None
    rectified_at: datetime | None
    rule: str
    amount: str
    reason: str
    settled_by: str | None
    settled_at: datetime | None

    def is_late(self, today: date) -> bool:
        return self.state == "open" and self.due < today


@dataclass(frozen=True)
class SelfCheckView:
    """A unit's note of a week."""

    unit_name: str
    week: date
    text: str
    by: str
    at: datetime


def note_finding(act: Act, season_id: int, noticed: Noticed) -> int:
    """The office notes what was found; the unit is told by the notice, and sees it here."""
    found, notice = check_reason(noticed.found), noticed.notice.strip()
    if not notice or len(notice) > 120:
        raise ENTRY_REFUSED.because(
            Text("请写明通知的文号或名称，最多 120 个字", "name the notice, in 120 characters")
        )
    if noticed.kind not in FINDING_KINDS or noticed.due < noticed.day:
        raise ENTRY_REFUSED.because(
            Text("整改期限不能早于发现的日期", "rectifying can't be due before the finding")
        )
    with act.writing() as session:
        get_season_row(session, season_id)
        if noticed.unit not in list_unit_names(session, season_id):
            raise ENTRY_REFUSED.because(Text("名册里没有这个单位", "the roster has no such unit"))
        row = Finding(
            season_id=season_id,
            unit=noticed.unit,
            kind=noticed.kind,
            day=noticed.day.isoformat(),
            found=found,
            notice=notice,
            due=noticed.due.isoformat(),
            entered_by=act.actor.name,
            entered_at=act.moment,
        )
        session.add(row)
        session.flush()
        detail = {"finding": str(row.id), "unit": row.unit, "kind": row.kind, "notice": notice}
        act.tell(session, Verb.NOTE_FINDING, about_season(season_id), detail)
        return row.id


def rectify(act: Act, finding_id: int, text: str) -> None:
    """The unit says what it has done about it; until it is settled it may say more."""
    said = check_reason(text)
    with act.writing() as session:
        row = _get_row(session, finding_id)
        require_own(session, row.season_id, row.unit, act.actor)
        _require_unsettled(row)
        row.rectified, row.state = said, "rectified"
        row.rectified_by, row.rectified_at = act.actor.name, act.moment
        detail = {"finding": str(row.id)}
        act.tell(session, Verb.RECTIFY, about_season(row.season_id), detail)


def settle(act: Act, finding_id: int, reason: str, deduction: Deduction | None) -> None:
    """The office clears a finding, or deducts for it by one of the scheme's adjustments."""
    said = check_reason(reason)
    with act.writing() as session:
        row = _get_row(session, finding_id)
        _require_unsettled(row)
        if deduction is not None:
            require_changeable(session, row.season_id)
            _deduct(session, act, row, deduction)
        row.state = "cleared" if deduction is None else "deducted"
        row.reason, row.settled_by, row.settled_at = said, act.actor.name, act.moment
        detail = {"finding": str(row.id), "rule": row.rule, "amount": row.amount, "reason": said}
        act.tell(session, Verb.SETTLE_FINDING, about_season(row.season_id), detail)


def write_self_check(act: Act, season_id: int, unit: str, text: str) -> None:
    """A unit's note of this week; written again, it takes the place of the first."""
    said = check_reason(text)
    today = office_day(act.moment)
    week = (today - timedelta(days=today.weekday())).isoformat()
    with act.writing() as session:
        require_own(session, season_id, unit, act.actor)
        row = session.get(SelfCheck, (season_id, unit, week)) or SelfCheck(
            season_id=season_id, unit=unit, week=week
        )
        row.text, row.written_by, row.written_at = said, act.actor.name, act.moment
        session.add(row)
        detail = {"unit": unit, "week": week}
        act.tell(session, Verb.SELF_CHECK, about_season(season_id), detail)


def list_findings(
    database: Database, season_id: int, units: Collection[str] | None
) -> tuple[FindingView, ...]:
    """Newest first; of these units, or None: of all."""
    with database.reading() as session:
        names = list_unit_names(session, season_id)
        rows = session.scalars(
            select(Finding)
            .where(Finding.season_id == season_id)
            .order_by(Finding.day.desc(), Finding.id.desc())
        )
        return tuple(
            _build_view(row, names.get(row.unit, row.unit))
            for row in rows
            if units is None or row.unit in units
        )


def list_self_checks(
    database: Database, season_id: int, units: Collection[str] | None, most: int
) -> tuple[SelfCheckView, ...]:
    """The newest notes; of these units, or None: of all."""
    with database.reading() as session:
        names = list_unit_names(session, season_id)
        statement = select(SelfCheck).where(SelfCheck.season_id == season_id)
        if units is not None:
            statement = statement.where(SelfCheck.unit.in_(units))
        rows = session.scalars(
            statement.order_by(SelfCheck.week.desc(), SelfCheck.unit).limit(most)
        )
        return tuple(
            SelfCheckView(
                names.get(row.unit, row.unit),
                date.fromisoformat(row.week),
                row.text,
                row.written_by,
                row.written_at,
            )
            for row in rows
        )


def list_deductions(scheme: Scheme) -> tuple[AdjustmentKind, ...]:
    """The scheme's adjustments that take points, or bar and set grades without any."""
    return tuple(each for each in scheme.adjustments if each.points is None or each.points <= 0)


def get_season_of_finding(database: Database, finding_id: int) -> int:
    with database.reading() as session:
        row = session.get(Finding, finding_id)
        if row is None:
            raise Problem(NOT_FOUND)
        return row.season_id


def _get_row(session: Session, finding_id: int) -> Finding:
    row = session.get(Finding, finding_id, with_for_update=True)
    if row is None:
        raise Problem(NOT_FOUND)
    return row


def _require_unsettled(row: Finding) -> None:
    if row.state not in ("open", "rectified"):
        raise ACT_REFUSED.because(Text("这件事已经办结", "this finding has been settled"))


def _deduct(session: Session, act: Act, row: Finding, deduction: Deduction) -> None:
    season = get_season_row(session, row.season_id)
    scheme = read_scheme(season)
    kind = next((each for each in list_deductions(scheme) if each.code == deduction.rule), None)
    if kind is None or deduction.round not in {each.code for each in scheme.rounds}:
        raise ENTRY_REFUSED.because(Text("请选扣分项目和轮次", "choose the item and the round"))
    amount = _check_amount(kind, deduction.amount)
    freeze_scheme(season, act.moment)
    session.add(
        Adjustment(
            season_id=row.season_id,
            round=deduction.round,
            unit=row.unit,
            rule=kind.code,
            times=1,
            amount=amount,
            date=row.day,
            evidence=f"{row.notice}：{row.found[:_EVIDENCE]}",
            entered_by=act.actor.name,
        )
    )
    row.rule, row.amount = kind.code, amount or ""


def _check_amount(kind: AdjustmentKind, text: str) -> str | None:
    """How much, as the scheme takes it; None where it counts by times."""
    if kind.by == "times":
        return None
    amount = find_number(text)
    low, high = kind.amount_range or (Decimal(0), None)
    if amount is None or amount < low or (high is not None and amount > high):
        most = "" if high is None else f"–{high}"
        raise ENTRY_REFUSED.because(
            Text(f"扣分应填 {low}{most} 的数字", f"the amount is a number, {low}{most}")
        )
    return text


def _build_view(row: Finding, name: str) -> FindingView:
    return FindingView(
        row.id,
        row.unit,
        name,
        row.kind,
        date.fromisoformat(row.day),
        row.found,
        row.notice,
        date.fromisoformat(row.due),
        row.state,
        row.entered_by,
        row.rectified,
        row.rectified_by,
        row.rectified_at,
        row.rule,
        row.amount,
        row.reason,
        row.settled_by,
        row.settled_at,
    )
