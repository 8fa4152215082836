"""The one place that reads the clock; everything below it is told the time."""

from datetime import UTC, datetime


def now() -> datetime:
    """The present moment in UTC, to the second: finer times would help to link rows."""
    return datetime.now(UTC).replace(microsecond=0)
