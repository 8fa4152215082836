"""Counts working days; refuses to guess about days that nobody has decided yet."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from evalsvc.workdays.arrangement import Arrangement

# New Year's notice has moved days of the December before, 29 December at the earliest (2007, 2018).
FIRST_OF_NEXT_NOTICE = 25
SATURDAY = 5


class UnknownDayError(LookupError):
    """Whether a day is worked has not been published, as far as is known here."""

    def __init__(self, year: int) -> None:
        super().__init__(f"the arrangement for {year} is not known")
        self.year = year


@dataclass(frozen=True)
class Run:
    """Days one after the other that are not worked, by a holiday's name; "" is a weekend."""

    first: date
    last: date
    name: str


@dataclass(frozen=True)
class Counted:
    """A period in working days: how many, which don't count, which weekends do."""

    days: int
    off: tuple[Run, ...]
    worked: tuple[date, ...]


class Calendar:
    """What is known of which days are worked; of one year's two arrangements the last counts."""

    def __init__(self, arrangements: Iterable[Arrangement]) -> None:
        self._years = {each.year: each for each in arrangements}

    def is_working(self, day: date) -> bool:
        """Raises `UnknownDayError`: a guess would end a period on a day that nobody announced."""
        if self.find_holiday(day) is not None:
            return False
        return day.weekday() < SATURDAY or self._is_shifted(day)

    def find_holiday(self, day: date) -> str | None:
        """Under which name a day is off; a plain weekend has none."""
        for arrangement in self._list_deciding(day):
            if day in arrangement.off:
                return arrangement.off[day]
        return None

    def count(self, first: date, last: date) -> Counted:
        """The working days from first to last, both included."""
        days = list(_list_days(first, last))
        working = [day for day in days if self.is_working(day)]
        return Counted(
            days=len(working),
            off=join_runs(
                (day, self.find_holiday(day) or "") for day in days if day not in working
            ),
            worked=tuple(day for day in working if day.weekday() >= SATURDAY),
        )

    def end_of(self, first: date, days: int) -> date:
        """The last of so many working days, of which the first may be `first` itself."""
        return self.day_after(first - timedelta(days=1), days)

    def day_after(self, day: date, days: int) -> date:
        """The last of so many working days that follow a day."""
        while days:
            day += timedelta(days=1)
            days -= self.is_working(day)
        return day

    def _is_shifted(self, day: date) -> bool:
        return any(day in each.worked for each in self._list_deciding(day))

    def _list_deciding(self, day: date) -> Iterator[Arrangement]:
        """The year's own arrangement, and the next one's for the last days of December."""
        years = [day.year]
        if (day.month, day.day) >= (12, FIRST_OF_NEXT_NOTICE):
            years.append(day.year + 1)
        for year in years:
            if year not in self._years:
                raise UnknownDayError(year)
            yield self._years[year]


def _list_days(first: date, last: date) -> Iterator[date]:
    return (first + timedelta(days=n) for n in range((last - first).days + 1))


def join_runs(days: Iterable[tuple[date, str]]) -> tuple[Run, ...]:
    runs: list[Run] = []
    for day, name in days:
        if runs and runs[-1].name == name and runs[-1].last == day - timedelta(days=1):
            runs[-1] = Run(runs[-1].first, day, name)
        else:
            runs.append(Run(day, day, name))
    return tuple(runs)
