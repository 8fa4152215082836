"""通报: how the tasks of a round stand, by lead body, and which are late; a paper to hand round."""

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
    grades: Mapping[str, int]


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
    """One round's bulletin at a moment; `grades` names the grades by code, from best to worst."""

    season_title: str
    office: str
    round_name: Text
    moment: datetime
    grades: Mapping[str, Text]
    total: ReportCounts
    leads: tuple[tuple[Text, ReportCounts], ...]
    late: tuple[LateTask, ...]


def render_bulletin(bulletin: Bulletin, language: str = "zh") -> bytes:
    """The bulletin as PDF."""
    values: Mapping[str, object] = {"bulletin": bulletin}
    return render_document(Document("reports/bulletin.html", values), language)
