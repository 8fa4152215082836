"""Every day of 2024–2027 against the State Council's notices, copied here day by day."""

from datetime import date, timedelta

import chinese_calendar
import holidays
import pytest

from evalsvc.workdays.calendar import Calendar, UnknownDayError
from evalsvc.workdays.published import list_published

# From 国办发明电〔2023〕7号, 〔2024〕12号 and 〔2025〕7号: weekdays that are off, weekends that are
# worked. Weekends inside a break are off anyway and not named again.
WEEKDAYS_OFF = """
    2024-01-01 2024-02-12 2024-02-13 2024-02-14 2024-02-15 2024-02-16 2024-04-04 2024-04-05
    2024-05-01 2024-05-02 2024-05-03 2024-06-10 2024-09-16 2024-09-17 2024-10-01 2024-10-02
    2024-10-03 2024-10-04 2024-10-07
    2025-01-01 2025-01-28 2025-01-29 2025-01-30 2025-01-31 2025-02-03 2025-02-04 2025-04-04
    2025-05-01 2025-05-02 2025-05-05 2025-06-02 2025-10-01 2025-10-02 2025-10-03 2025-10-06
    2025-10-07 2025-10-08
    2026-01-01 2026-01-02 2026-02-16 2026-02-17 2026-02-18 2026-02-19 2026-02-20 2026-02-23
    2026-04-06 2026-05-01 2026-05-04 2026-05-05 2026-06-19 2026-09-25 2026-10-01 2026-10-02
    2026-10-05 2026-10-06 2026-10-07
""".split()  # noqa: SIM905  (read as the notices list them)
WEEKENDS_WORKED = """
    2024-02-04 2024-02-18 2024-04-07 2024-04-28 2024-05-11 2024-09-14 2024-09-29 2024-10-12
    2025-01-26 2025-02-08 2025-04-27 2025-09-28 2025-10-11
    2026-01-04 2026-02-14 2026-02-28 2026-05-09 2026-09-20 2026-10-10
""".split()  # noqa: SIM905
# The notice for 2027 decides about the days that follow, and was not out when this was written.
LAST_KNOWN = date(2026, 12, 24)


def list_days(first: date, last: date) -> list[date]:
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]


def test_every_day_that_was_published_is_told_as_published() -> None:
    calendar = Calendar(list_published())
    days = list_days(date(2024, 1, 1), LAST_KNOWN)
    expected = [
        day.isoformat() in WEEKENDS_WORKED
        or (day.weekday() < 5 and day.isoformat() not in WEEKDAYS_OFF)
        for day in days
    ]
    assert [calendar.is_working(day) for day in days] == expected
    # Of the 366 days of 2024 104 are weekends; 19 more are off and 8 weekends are worked.
    assert sum(calendar.is_working(day) for day in days if day.year == 2024) == 366 - 104 - 19 + 8
    assert sum(calendar.is_working(day) for day in days if day.year == 2025) == 365 - 104 - 18 + 5


def test_every_day_that_nobody_has_published_is_said_to_be_unknown() -> None:
    calendar = Calendar(list_published())
    for day in list_days(LAST_KNOWN + timedelta(days=1), date(2027, 12, 31)):
        with pytest.raises(UnknownDayError) as raised:
            calendar.is_working(day)
        assert raised.value.year == 2027
    with pytest.raises(UnknownDayError):
        calendar.is_working(date(2023, 12, 29))


@pytest.mark.parametrize("year", [2024, 2025, 2026])
def test_two_packages_know_the_same_days(year: int) -> None:
    calendar = Calendar(list_published())
    days = list_days(date(year, 1, 1), min(date(year, 12, 31), LAST_KNOWN))
    told = [calendar.is_working(day) for day in days]
    assert told == [chinese_calendar.is_workday(day) for day in days]
    china = holidays.country_holidays("CN", years=year)
    assert told == [china.is_working_day(day) for day in days]


def test_a_year_that_a_package_has_learnt_is_in_our_table_too() -> None:
    """A newer version says so here, and whoever takes it copies the notice with its number."""
    newest = max(day.year for day in chinese_calendar.constants.workdays)
    assert newest == max(each.year for each in list_published())
