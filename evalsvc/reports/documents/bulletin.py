"""How tasks stand in a month 通报, a quarter 季度报告 or a half-year 小结: a paper."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from evalsvc.reports.documents.filling import Document, render_document
from evalsvc.text import Text


@dataclass(frozen=True)
class ReportCounts:
    """How many reports were due, given (late ones among them), missed, and graded."""

    due: int
    reported: int
    reported_late: int
    missed: int
    graded: int
    # By the grade's place among the scheme's: a month's codes are its own.
    grades: Mapping[int, int]


@dataclass(frozen=True)
class UnitCounts:
    """A unit's tasks, and its points and place by those that count; None where it has none."""

    name: str
    category: Text
    counts: ReportCounts
    months: Mapping[str, str | None]
    points: str | None
    place: int | None
    of: int


@dataclass(frozen=True)
class LateTask:
    """A task whose report came late; `reported_at` is None where it has not come at all."""

    unit: str
    title: str
    lead: Text
    due: datetime
    reported_at: datetime | None


@dataclass(frozen=True)
class Bulletin:
    """One period's bulletin at a moment; `grades` names the grades by place, from best to worst.

    `months` are the rounds of a longer period, by code.
    """

    season_title: str
    office: str
    title: Text
    period: Text
    months: Mapping[str, Text]
    moment: datetime
    grades: tuple[Text, ...]
    total: ReportCounts
    leads: tuple[tuple[Text, ReportCounts], ...]
    units: tuple[UnitCounts, ...]
    late: tuple[LateTask, ...]


def render_bulletin(bulletin: Bulletin, language: str = "zh") -> bytes:
    """The bulletin as PDF."""
    values: Mapping[str, object] = {"bulletin": bulletin}
    return render_document(Document("reports/bulletin.html", values), language)
