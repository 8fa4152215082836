"""Entered figures that counted and were changed afterwards: both, and why."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class ChangedFigure:
    """An entered figure that counted and was changed; None: the unit did not carry it.

    `reason` is empty where an import of the office changed it, and then nobody is named.
    """

    unit: str
    component: str
    round: str
    before: str | None
    after: str | None
    reason: str
    changed_by: str
    changed_at: datetime | None
