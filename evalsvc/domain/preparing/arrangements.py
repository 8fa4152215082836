"""Which days are worked: the published arrangements, and those that the office has entered."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from evalsvc.box.log_words import SERVICE, Verb
from evalsvc.db import Database
from evalsvc.domain.acting import Act
from evalsvc.errors import ACT_REFUSED, ENTRY_REFUSED, Problem
from evalsvc.models.arrangement import EnteredArrangement
from evalsvc.text import Text
from evalsvc.workdays.arrangement import Arrangement, ArrangementError, read_arrangement
from evalsvc.workdays.calendar import Calendar, UnknownDayError
from evalsvc.workdays.published import list_published

FIRST_YEAR, LAST_YEAR = 2020, 2099
LONGEST_LINE, LONGEST_SOURCE = 1_000, 200
LEAST_SOURCE = 4


@dataclass(frozen=True)
class ArrangementView:
    """A year as it counts, and by whom it was entered where it was not published with us."""

    arrangement: Arrangement
    off: str = ""
    worked: str = ""
    entered_by: str | None = None
    entered_at: datetime | None = None


def enter_arrangement(act: Act, year: int, source: str, off: str, worked: str) -> None:
    """Enter a year's arrangement by its notice's two lines; it counts instead of what we know."""
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise ENTRY_REFUSED.because(
            Text(
                f"年份应在 {FIRST_YEAR} 到 {LAST_YEAR} 之间",
                f"the year lies between {FIRST_YEAR} and {LAST_YEAR}",
            )
        )
    source, off, worked = source.strip(), off.strip(), worked.strip()
    if not LEAST_SOURCE <= len(source) <= LONGEST_SOURCE:
        raise ENTRY_REFUSED.because(
            Text("请写明依据，例如“国办发明电〔2025〕7号”", "name the notice by its number and day")
        )
    if max(len(off), len(worked)) > LONGEST_LINE:
        raise ENTRY_REFUSED.because(
            Text(f"每行最多 {LONGEST_LINE} 字", f"a line has {LONGEST_LINE} characters at most")
        )
    # Read before it is kept: a period counted by days that nobody can read ends nowhere.
    try:
        read = read_arrangement(year, source, off, worked)
    except ArrangementError as error:
        raise ENTRY_REFUSED.because(error.text) from error
    with act.writing() as session:
        row = session.get(EnteredArrangement, year) or EnteredArrangement(year=year)
        row.source, row.off, row.worked = source, off, worked
        row.entered_by, row.entered_at = act.actor.login, act.moment
        session.add(row)
        detail = {
            "year": str(year),
            "source": source,
            "off": _join_days(read.off),
            "worked": _join_days(dict.fromkeys(read.worked, "")),
        }
        act.tell(session, Verb.ENTER_ARRANGEMENT, SERVICE, detail)


def list_arrangements(database: Database) -> tuple[ArrangementView, ...]:
    """Every year that is known, newest first."""
    with database.reading() as session:
        rows = {row.year: row for row in session.scalars(select(EnteredArrangement))}
    known = {each.year: ArrangementView(each) for each in list_published()}
    # The office's own word counts: a year may be changed by a later notice than ours.
    known |= {year: _build_view(row) for year, row in rows.items()}
    return tuple(known[year] for year in sorted(known, reverse=True))


def read_calendar(session: Session) -> Calendar:
    """What is known here of which days are worked."""
    rows = session.scalars(select(EnteredArrangement))
    return Calendar([*list_published(), *(_build_view(row).arrangement for row in rows)])


def refuse_unknown(error: UnknownDayError) -> Problem:
    """What to do about a day that nobody has decided yet, as far as is known here."""
    return ACT_REFUSED.because(
        Text(
            f"{error.year}年放假和调休的安排还没有录入，算不出工作日。请先在“放假安排”页按国务院办公厅的通知录入"
            f"{error.year}年的安排；通知还没有发出的，先不要定这个期限",
            f"the days off of {error.year} are not entered, and working days can't be "
            f"counted. Enter {error.year} on the page “Days off” from the State Council's notice; "
            "while there is none, don't set this period yet",
        )
    )


def _build_view(row: EnteredArrangement) -> ArrangementView:
    read = read_arrangement(row.year, row.source, row.off, row.worked)
    return ArrangementView(read, row.off, row.worked, row.entered_by, row.entered_at)


def _join_days(days: Mapping[date, str]) -> str:
    return " ".join(sorted(str(day) for day in days))
