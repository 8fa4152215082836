"""Days as the office counts them: periods begin and end at its own midnight."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

OFFICE_TIME = ZoneInfo("Asia/Shanghai")


def office_day(moment: datetime) -> date:
    """The day it is at the office."""
    return moment.astimezone(OFFICE_TIME).date()


def find_day(text: str | None) -> date | None:
    """A day kept as ISO text; None where there is none."""
    return None if text is None else date.fromisoformat(text)
