"""Results of earlier years: kept for a season, shown with their gaps, and what follows from them.

They never enter a score. Consequences are listed for people to decide on.
"""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from sqlalchemy import select
from sqlalchemy.orm import Session

from analysis.outcome.history import Consequence
from analysis.outcome.season_outcome import season_outcome
from evalsvc.box.log_words import Verb, about_season
from evalsvc.db import Database
from evalsvc.domain.acting import Act
from evalsvc.domain.changing import require_changeable
from evalsvc.domain.concluding.facts import find_year, list_entered_facts
from evalsvc.domain.concluding.missing import read_missing
from evalsvc.domain.concluding.results import get_figures
from evalsvc.domain.preparing.rosters import Change
from evalsvc.domain.seasons import find_result_head, get_season_row, read_scheme
from evalsvc.errors import ACT_REFUSED, ENTRY_REFUSED, UPLOAD_REFUSED
from evalsvc.models.history import PastResult, SeasonYear
from evalsvc.models.roster import Unit
from evalsvc.scheme.model import Scheme
from evalsvc.text import Text

FIRST_YEAR, LAST_YEAR = 1990, 2100
WORKBOOK = "workbook"


@dataclass(frozen=True)
class PastRow:
    """A unit's result in one earlier year; what is not known is None or empty."""

    unit: str
    year: int
    score: str | None
    grade: str = ""
    place: str = ""


@dataclass(frozen=True)
class TakenResult:
    """A past result, and where it was taken from."""

    row: PastRow
    source: str


@dataclass(frozen=True)
class UnitHistory:
    """One unit's years in the order of `History.years`; None is a gap."""

    unit: str
    name: str
    category: str
    entries: tuple[TakenResult | None, ...]
    consequences: tuple[Consequence, ...] = ()


@dataclass(frozen=True)
class History:
    """All units' earlier years. `year` is the season's own; None: nobody has said it yet.

    `fixed` where the scheme itself names the year. `computed` where there is a result, without
    which no consequence can be told.
    """

    year: int | None
    fixed: bool
    guess: int | None
    years: tuple[int, ...]
    units: tuple[UnitHistory, ...]
    computed: bool

    @property
    def gaps(self) -> int:
        """How many results of the shown years nobody has entered."""
        return sum(entry is None for unit in self.units for entry in unit.entries)


def set_year(act: Act, season_id: int, year: int) -> None:
    """Say which year a season is; its history has to lie before it."""
    with act.writing() as session:
        scheme = read_scheme(get_season_row(session, season_id))
        if scheme.outcome.year is not None:
            raise ACT_REFUSED.because(
                Text(
                    f"方案已写明年度是 {scheme.outcome.year} 年",
                    f"the scheme names the year: {scheme.outcome.year}",
                )
            )
        # A season can't lie before what it follows.
        latest = max((row.year for row in _list_rows(session, season_id)), default=FIRST_YEAR)
        if not latest < year <= LAST_YEAR:
            raise ENTRY_REFUSED.because(
                Text(
                    f"本考评年度应在 {latest + 1} 到 {LAST_YEAR} 之间，现为 {year}",
                    f"the season's year is {latest + 1} to {LAST_YEAR}, not {year}",
                )
            )
        require_changeable(session, season_id)
        session.merge(SeasonYear(season_id=season_id, year=year))
        detail = {"year": str(year)}
        act.tell(session, Verb.SET_YEAR, about_season(season_id), detail)


def import_history(act: Act, season_id: int, rows: Sequence[PastRow]) -> Change:
    """Put a workbook's rows in the place of all that the season has."""
    with act.writing() as session:
        get_season_row(session, season_id)
        change = replace_rows(session, season_id, rows, WORKBOOK)
        detail = {"rows": str(len(rows)), "change": str(change)}
        act.tell(session, Verb.IMPORT_HISTORY, about_season(season_id), detail)
        return change


def get_known_years(database: Database, season_id: int) -> tuple[int | None, tuple[int, ...]]:
    """The season's year, where it is known, and the earlier ones that have results."""
    with database.reading() as session:
        scheme = read_scheme(get_season_row(session, season_id))
        years = {row.year for row in _list_rows(session, season_id)}
        return read_year(session, season_id, scheme), tuple(sorted(years))


def get_history(database: Database, season_id: int) -> History:
    """Every unit's earlier years with the gaps between them, and what follows from them."""
    with database.reading() as session:
        season = get_season_row(session, season_id)
        scheme = read_scheme(season)
        rows = _list_rows(session, season_id)
        year = read_year(session, season_id, scheme)
        years = _list_years(scheme, year, {row.year for row in rows})
        units = session.scalars(
            select(Unit).where(Unit.season_id == season_id).order_by(Unit.position, Unit.code)
        ).all()
        computed = find_result_head(session, season_id) is not None
        title = season.title
    following = _list_consequences(database, season_id, scheme) if computed and year else {}
    entries = {(row.unit, row.year): _build_entry(row) for row in rows}
    return History(
        year=year,
        fixed=scheme.outcome.year is not None,
        guess=guess_year(title),
        years=years,
        units=tuple(
            UnitHistory(
                unit.code,
                unit.name,
                unit.category,
                tuple(entries.get((unit.code, each)) for each in years),
                following.get(unit.code, ()),
            )
            for unit in units
        ),
        computed=computed,
    )


def get_year(database: Database, season_id: int) -> int:
    """The season's year, or what to do where nobody has said it."""
    with database.reading() as session:
        scheme = read_scheme(get_season_row(session, season_id))
        return require_year(session, season_id, scheme)


def list_past_rows(database: Database, season_id: int) -> tuple[PastRow, ...]:
    """The entries alone, by unit and year."""
    with database.reading() as session:
        return tuple(_build_entry(row).row for row in _list_rows(session, season_id))


def guess_year(title: str) -> int | None:
    """The year that a season's title names, if it names one."""
    found = sorted(set(re.findall(r"(?<!\d)(?:19|20)\d\d(?!\d)", title)))
    # Two years in a title are a guess too many.
    return int(found[0]) if len(found) == 1 else None


def read_year(session: Session, season_id: int, scheme: Scheme) -> int | None:
    """The season's year: the scheme's own word, else what the office has said."""
    return scheme.outcome.year or find_year(session, season_id)


def require_year(session: Session, season_id: int, scheme: Scheme) -> int:
    """The season's year, without which nobody can say what lies before it."""
    year = read_year(session, season_id, scheme)
    if year is None:
        raise UPLOAD_REFUSED.because(
            Text("请先填本考评年度是哪一年", "please say first which year this season is")
        )
    return year


def replace_rows(
    session: Session,
    season_id: int,
    rows: Sequence[PastRow],
    source: str,
    years: Collection[int] | None = None,
) -> Change:
    """Put rows in the place of those of these years, or of all; what is the same stays."""
    _check_rows(session, season_id, rows, {row.year for row in rows}.union(years or ()))
    old = {
        (row.unit, row.year): row
        for row in _list_rows(session, season_id)
        if years is None or row.year in years
    }
    new = {(row.unit, row.year): row for row in rows}
    if {key: _compare(_build_entry(row).row) for key, row in old.items()} != {
        key: _compare(row) for key, row in new.items()
    }:
        require_changeable(session, season_id)
    added = changed = 0
    for key, row in new.items():
        if key not in old:
            added += 1
        elif _compare(_build_entry(old[key]).row) != _compare(row):
            changed += 1
        else:
            continue
        # Merged by its key, so that a row which only changes keeps its place.
        session.merge(PastResult(season_id=season_id, source=source, **vars(row)))
    for key in old.keys() - new.keys():
        session.delete(old[key])
    return Change(added, changed, len(old.keys() - new.keys()))


def _check_rows(
    session: Session, season_id: int, rows: Sequence[PastRow], years: Collection[int]
) -> None:
    """The roster and the year may have changed since the rows were read."""
    year = require_year(session, season_id, read_scheme(get_season_row(session, season_id)))
    late = sorted(each for each in years if not FIRST_YEAR <= each < year)
    if late:
        raise UPLOAD_REFUSED.because(
            Text(
                f"{late[0]} 年不在 {FIRST_YEAR} 到 {year - 1} 之间，历年成绩应早于本考评年度",
                f"{late[0]} is not within {FIRST_YEAR} and {year - 1}, before the season's own "
                "year",
            )
        )
    known = set(session.scalars(select(Unit.code).where(Unit.season_id == season_id)))
    unknown = sorted({row.unit for row in rows} - known)
    if unknown:
        listed = "、".join(unknown[:10])
        raise UPLOAD_REFUSED.because(
            Text(
                f"名册中没有这些单位：{listed}。请重新上传核对",
                f"the roster has no such units: {listed}; please upload again",
            )
        )


def _list_rows(session: Session, season_id: int) -> Sequence[PastResult]:
    return session.scalars(
        select(PastResult)
        .where(PastResult.season_id == season_id)
        .order_by(PastResult.unit, PastResult.year)
    ).all()


def _build_entry(row: PastResult) -> TakenResult:
    return TakenResult(PastRow(row.unit, row.year, row.score, row.grade, row.place), row.source)


def _compare(row: PastRow) -> tuple[object, ...]:
    """91.00 as published and 91 as a workbook gives it are the same score."""
    score = None if row.score is None else Fraction(row.score)
    return (score, row.grade, row.place)


def _list_years(scheme: Scheme, year: int | None, entered: Collection[int]) -> tuple[int, ...]:
    """From the first year that is entered or that a rule asks for: no year is left out."""
    longest = max(
        (marks.years for rule in scheme.outcome.consequences for marks in rule.marks), default=1
    )
    # Also years that nobody entered: a gap has to be seen to be filled.
    wanted = set(range(year - max(longest - 1, 1), year)) if year else set()
    both = wanted | set(entered)
    return tuple(range(min(both), max(both) + 1)) if both else ()


def _list_consequences(
    database: Database, season_id: int, scheme: Scheme
) -> Mapping[str, tuple[Consequence, ...]]:
    """By unit, from the newest computation."""
    found = get_figures(database, season_id).units
    with database.reading() as session:
        facts = list_entered_facts(session, season_id)
        if read_missing(session, season_id).told:
            return {}
    known = {unit.code for unit in facts.units}
    results = [unit for unit in found if unit.unit in known]
    outcome = season_outcome(scheme.outcome, facts, results, scheme.publication.places)
    return {unit.unit: unit.consequences for unit in outcome.units}
