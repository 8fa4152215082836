"""A season's periods: how long a result is shown, asked about and answered for, and who counts how.

The scheme says working or calendar days and how many; the office may set other numbers. What is
shown keeps how its days were counted, whatever arrangement is entered afterwards.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from sqlalchemy.orm import Session

from evalsvc.box.log_words import Verb, about_season
from evalsvc.db import Database
from evalsvc.domain.acting import Act
from evalsvc.domain.preparing.arrangements import read_calendar, refuse_unknown
from evalsvc.domain.seasons import get_season_row, read_scheme
from evalsvc.errors import ENTRY_REFUSED
from evalsvc.models.publication import PublicationTerms
from evalsvc.scheme.publication import say_span
from evalsvc.text import Text
from evalsvc.workdays.calendar import Calendar, Counted, Run, UnknownDayError

Audience = Literal["public", "units"]
Extent = Literal["all", "grades"]

LONGEST_PERIOD = 60


@dataclass(frozen=True)
class Terms:
    """Periods in days: how long a result is shown, and for asking and answering."""

    shown_least: int = 5
    shown_most: int = 7
    review_days: int = 10
    answer_days: int = 10
    working: bool = False

    @property
    def shown(self) -> Text:
        """How many days of publicity: one number, or from one to another."""
        return say_span(self.shown_least, self.shown_most)


@dataclass(frozen=True)
class Period:
    """From the first day to the last, both included; who may read what meanwhile."""

    first_day: date
    last_day: date
    audience: Audience = "public"
    extent: Extent = "all"


@dataclass(frozen=True)
class Settled:
    """What a period comes to: until when a review may be asked for, and how days were counted."""

    review_until: date
    counted: Mapping[str, Counted]


@dataclass(frozen=True)
class Suggested:
    """Where a period that begins today may end; without days where a year is unknown."""

    unknown_year: int | None = None
    earliest: date | None = None
    latest: date | None = None
    counted: Counted | None = None


def get_terms(database: Database, season_id: int) -> Terms:
    """A season's periods, or the usual ones."""
    with database.reading() as session:
        get_season_row(session, season_id)
        return read_terms(session, season_id)


def set_terms(act: Act, season_id: int, terms: Terms) -> None:
    """Set the periods for versions that are shown from now on; how days count is the scheme's."""
    numbers = (terms.shown_least, terms.shown_most, terms.review_days, terms.answer_days)
    # A season with a period without end would never become final.
    if not all(1 <= days <= LONGEST_PERIOD for days in numbers):
        raise ENTRY_REFUSED.because(
            Text("各期限应在 1 到 60 天之间", "every period has 1 to 60 days")
        )
    if terms.shown_least > terms.shown_most:
        raise ENTRY_REFUSED.because(
            Text(
                "公示最短天数不能大于最长天数",
                "the shortest publicity period can't exceed the longest",
            )
        )
    with act.writing() as session:
        get_season_row(session, season_id)
        row = session.get(PublicationTerms, season_id) or PublicationTerms(season_id=season_id)
        row.shown_least, row.shown_most, row.review_days, row.answer_days = numbers
        session.add(row)
        detail = {"days": "/".join(str(days) for days in numbers)}
        act.tell(session, Verb.SET_TERMS, about_season(season_id), detail)


def read_terms(session: Session, season_id: int) -> Terms:
    """What the office has set, or else what the scheme says."""
    periods = read_scheme(get_season_row(session, season_id)).publication.periods
    row = session.get(PublicationTerms, season_id)
    if row is None:
        numbers = (periods.shown_least, periods.shown_most, periods.review, periods.answer)
        return Terms(*numbers, periods.working)
    numbers = (row.shown_least, row.shown_most, row.review_days, row.answer_days)
    return Terms(*numbers, periods.working)


def build_period(
    database: Database,
    season_id: int,
    first_day: date,
    last_day: date | None,
    audience: Audience,
    extent: Extent,
) -> Period:
    """The period as asked for; one without a last day is as long as it may be."""
    with database.reading() as session:
        terms = read_terms(session, season_id)
        calendar = read_calendar(session) if terms.working else None
    if last_day is None:
        last_day = _end(calendar, first_day, terms.shown_most)
    return Period(first_day, last_day, audience, extent)


def suggest(database: Database, season_id: int, today: date) -> Suggested:
    """Where a period may end that begins today, for the page on which it is set."""
    with database.reading() as session:
        terms = read_terms(session, season_id)
        calendar = read_calendar(session) if terms.working else None
    if calendar is None:
        days = (timedelta(days=days - 1) for days in (terms.shown_least, terms.shown_most))
        earliest, latest = (today + each for each in days)
        return Suggested(None, earliest, latest)
    try:
        earliest = calendar.end_of(today, terms.shown_least)
        latest = calendar.end_of(today, terms.shown_most)
        return Suggested(None, earliest, latest, calendar.count(today, latest))
    except UnknownDayError as error:
        return Suggested(error.year)


def settle(session: Session, season_id: int, period: Period, today: date) -> Settled:
    """Refuse a period that the terms don't allow, or whose days nobody can count yet."""
    # Nobody could have read it on a day that has passed.
    if period.first_day < today:
        raise ENTRY_REFUSED.because(
            Text("公示第一天不能早于今天", "the first day can't lie in the past")
        )
    terms = read_terms(session, season_id)
    if not terms.working:
        # Both ends are read, so both are counted.
        _check_length((period.last_day - period.first_day).days + 1, terms, period)
        return Settled(period.first_day + timedelta(days=terms.review_days), {})
    calendar = read_calendar(session)
    try:
        shown = calendar.count(period.first_day, period.last_day)
        _check_length(shown.days, terms, period, calendar)
        until = calendar.day_after(period.first_day, terms.review_days)
        # What is asked on the last day must have a day by which it is answered: once shown, a
        # unit's request can't be refused for want of an arrangement.
        calendar.day_after(until, terms.answer_days)
        review = calendar.count(period.first_day + timedelta(days=1), until)
    except UnknownDayError as error:
        raise refuse_unknown(error) from error
    return Settled(until, {"shown": shown, "review": review})


def answer_until(session: Session, season_id: int, asked_on: date) -> date:
    """By when a request is answered; from the terms of that day, which move no earlier one."""
    terms = read_terms(session, season_id)
    try:
        return _after(
            read_calendar(session) if terms.working else None, asked_on, terms.answer_days
        )
    except UnknownDayError as error:
        raise refuse_unknown(error) from error


def write_counted(counted: Mapping[str, Counted]) -> str:
    """How the days of a shown version were counted, as its row keeps it; "" for calendar days."""
    if not counted:
        return ""
    kept = {
        name: {
            "days": each.days,
            "off": [[run.first.isoformat(), run.last.isoformat(), run.name] for run in each.off],
            "worked": [day.isoformat() for day in each.worked],
        }
        for name, each in counted.items()
    }
    return json.dumps(kept, ensure_ascii=False, sort_keys=True)


def read_counted(text: str) -> Mapping[str, Counted]:
    """What `write_counted` kept."""
    return {
        name: Counted(
            each["days"],
            tuple(
                Run(date.fromisoformat(first), date.fromisoformat(last), holiday)
                for first, last, holiday in each["off"]
            ),
            tuple(date.fromisoformat(day) for day in each["worked"]),
        )
        for name, each in json.loads(text or "{}").items()
    }


def _check_length(
    days: int, terms: Terms, period: Period, calendar: Calendar | None = None
) -> None:
    least, most = terms.shown_least, terms.shown_most
    if least <= days <= most:
        return
    if calendar is None:
        raise ENTRY_REFUSED.because(
            Text(
                f"公示期应为 {least} 到 {most} 天（含首尾两天），现为 {days} 天",
                f"the publicity period has {least} to {most} days, both ends included; this is "
                f"{days}",
            )
        )
    first, last = (calendar.end_of(period.first_day, n) for n in (least, most))
    raise ENTRY_REFUSED.because(
        Text(
            "公示期应为 %(shown)s 个工作日（含首尾两天），现为 %(days)s 个；"
            "从 %(begin)s 起，最后一天应为 %(ends)s",
            "the publicity period has %(shown)s working days, both ends included; this is "
            "%(days)s. From %(begin)s on, its last day is %(ends)s",
        ).filled(shown=terms.shown, days=days, begin=period.first_day, ends=say_span(first, last))
    )


def _end(calendar: Calendar | None, first: date, days: int) -> date:
    """The last of so many days, the first included."""
    return _after(calendar, first - timedelta(days=1), days)


def _after(calendar: Calendar | None, day: date, days: int) -> date:
    if calendar is None:
        return day + timedelta(days=days)
    return calendar.day_after(day, days)
