"""Takes an earlier year's result over into a season's history: from a season, or from a package.

Units are matched by their names, because codes are given anew each year.
"""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from evalsvc.box.log_words import Verb, about_season
from evalsvc.db import Database
from evalsvc.domain.acting import Act
from evalsvc.domain.concluding.facts import find_year
from evalsvc.domain.concluding.history import PastRow, guess_year, replace_rows, require_year
from evalsvc.domain.concluding.notices import read_notice
from evalsvc.domain.people.former_names import read_former_names
from evalsvc.domain.preparing.rosters import Change
from evalsvc.domain.seasons import get_season_row, read_scheme
from evalsvc.errors import ACT_REFUSED, NOT_FOUND, UPLOAD_REFUSED, Problem
from evalsvc.evidence.archive import read_zip
from evalsvc.evidence.model import Package, PackageErrors
from evalsvc.evidence.package import read_package
from evalsvc.evidence.verify.verdict import verify
from evalsvc.models.publication import Publication
from evalsvc.models.roster import Unit
from evalsvc.models.season import Season
from evalsvc.scheme.model import Scheme
from evalsvc.text import Text

# A package that is uploaded to a page; larger ones are read at the command line.
MOST_UNPACKED = 100_000_000
_DONE = ("final", "archived")


@dataclass(frozen=True)
class EarlierSeason:
    """A season of this database with a final result; `year` as it says itself, or its title."""

    id: int
    title: str
    version: int
    year: int | None


@dataclass(frozen=True)
class PublishedLine:
    """One unit's result as an earlier year published it."""

    name: str
    category: str
    published: str | None
    rank: int | None
    grade: str | None


@dataclass(frozen=True)
class Taken:
    """Rows ready to be taken over; `strangers` have no unit here, `lacking` no earlier result.

    `key` is the signing key of a package, as notices print it.
    """

    year: int
    rows: tuple[PastRow, ...]
    source: str
    strangers: tuple[str, ...]
    lacking: tuple[str, ...]
    key: str = ""

    def list_notes(self) -> list[Text]:
        """What people should know about a verified package before they take it over."""
        notes = [
            Text(
                "证据包通过了验证，包里的数都已重新计算并相符。"
                f"签名的钥匙是 {self.key}，请与当年公告核对。",
                "The package has passed verification, and every figure in it was reproduced. It is "
                f"signed with the key {self.key}; compare it with that year's notice.",
            )
        ]
        if self.strangers:
            listed = "、".join(self.strangers)
            notes.append(
                Text(
                    f"这些单位现在的名册里没有（按名称对），不会接续：{listed}。",
                    f"Not on today's roster (by name) and left out: {listed}.",
                )
            )
        if self.lacking:
            listed = "、".join(self.lacking)
            notes.append(
                Text(
                    f"这些单位那一年没有结果，留作空缺：{listed}。",
                    f"Without a result in that year, left as gaps: {listed}.",
                )
            )
        return notes


def list_earlier_seasons(database: Database, season_id: int) -> tuple[EarlierSeason, ...]:
    """Other seasons that have a final result, newest first."""
    with database.reading() as session:
        rows = session.scalars(
            select(Season).where(Season.id != season_id).order_by(Season.id.desc())
        ).all()
        found = [(row, _find_final(session, row.id)) for row in rows]
        return tuple(
            EarlierSeason(
                row.id,
                row.title,
                final.version,
                read_scheme(row).outcome.year
                or find_year(session, row.id)
                or guess_year(row.title),
            )
            for row, final in found
            if final is not None
        )


def take_over_season(act: Act, season_id: int, earlier_id: int, year: int) -> tuple[Taken, Change]:
    """Put the final published result of another season in the place of this year's entries."""
    with act.writing() as session:
        season, earlier = get_season_row(session, season_id), get_season_row(session, earlier_id)
        final = _find_final(session, earlier_id)
        if final is None or earlier_id == season_id:
            raise Problem(NOT_FOUND)
        # What is being corrected is not final, whatever it says.
        _refuse_under_correction(session, final)
        lines = [
            PublishedLine(each.name, each.category, each.published, each.rank, each.grade)
            for each in read_notice(final.notice).units
        ]
        source = f"season {earlier_id} version {final.version}"
        schemes = read_scheme(season), read_scheme(earlier)
        taken = _take(_list_units(session, season_id), schemes, year, lines, source)
        change = replace_rows(session, season_id, taken.rows, source, {year})
        detail = {
            "from": source,
            "year": str(year),
            "notice_sha256": final.notice_sha256,
            "change": str(change),
        }
        act.tell(session, Verb.TAKE_OVER_SEASON, about_season(season_id), detail)
        return taken, change


def read_earlier_package(
    database: Database, season_id: int, year: int | None, content: bytes
) -> Taken:
    """Verify a package and read its result; every figure in it has been recomputed by then."""
    try:
        files = read_zip(content, MOST_UNPACKED)
        # By the same checks as at the command line; the first thing wrong is told.
        verdict = verify(files)
        wrong = [text for finding in verdict.findings for text in finding.wrong]
        if wrong:
            raise UPLOAD_REFUSED.because(
                Text(
                    f"证据包没有通过验证：{wrong[0].zh}",
                    f"the package has not passed verification: {wrong[0].en}",
                )
            )
        package = read_package(files)
    except PackageErrors as found:
        error = found.errors[0]
        raise UPLOAD_REFUSED.because(error.message) from found
    known = year or package.scheme.outcome.year or package.facts.year
    if known is None:
        raise UPLOAD_REFUSED.because(
            Text(
                "包里没有写年度，请填是哪一年的结果",
                "the package does not say its year; please fill it in",
            )
        )
    with database.reading() as session:
        season = get_season_row(session, season_id)
        units = _list_units(session, season_id)
        schemes = read_scheme(season), package.scheme
        # Without its own year nobody can say that the other is earlier.
        own = require_year(session, season_id, schemes[0])
    if known >= own:
        raise UPLOAD_REFUSED.because(
            Text(
                f"包里是 {known} 年的结果，应早于本考评年度 {own} 年",
                f"the package is of {known}, not before this season's year {own}",
            )
        )
    source = f"package {hashlib.sha256(content).hexdigest()}"
    return _take(units, schemes, known, _list_lines(package), source, verdict.key)


def take_over_package(act: Act, season_id: int, taken: Taken) -> Change:
    """Put the result of a package that was read in the place of this year's entries."""
    with act.writing() as session:
        get_season_row(session, season_id)
        change = replace_rows(session, season_id, taken.rows, taken.source, {taken.year})
        detail = {
            "from": taken.source,
            "year": str(taken.year),
            "key": taken.key,
            "change": str(change),
        }
        act.tell(session, Verb.TAKE_OVER_PACKAGE, about_season(season_id), detail)
        return change


def _find_final(session: Session, season_id: int) -> Publication | None:
    """The newest version that has become final."""
    return session.scalars(
        select(Publication)
        .where(Publication.season_id == season_id, Publication.state.in_(_DONE))
        .order_by(Publication.version.desc())
    ).first()


def _refuse_under_correction(session: Session, final: Publication) -> None:
    newer = session.scalar(
        select(Publication.version).where(
            Publication.season_id == final.season_id, Publication.version > final.version
        )
    )
    if newer is not None:
        raise ACT_REFUSED.because(
            Text(
                f"那个年度正在办理更正（第 {newer} 版），等它定案以后再接续",
                f"that season is being corrected (version {newer}); wait until it is final",
            )
        )


def _list_units(session: Session, season_id: int) -> dict[str, str]:
    """Code by name; a unit that was renamed by its former names as well, the newest first."""
    rows = session.scalars(
        select(Unit).where(Unit.season_id == season_id).order_by(Unit.position, Unit.code)
    )
    names = {row.name: row.code for row in rows}
    there = set(names.values())
    former = read_former_names(session, season_id)
    return names | {
        name: code for name, code in former.items() if name not in names and code in there
    }


def _list_lines(package: Package) -> list[PublishedLine]:
    stated = package.stated or {}
    return [
        PublishedLine(unit.name, unit.category, said.published, said.rank, said.grade)
        for unit in package.facts.units
        if (said := stated.get(unit.code)) is not None
    ]


def _take(
    units: Mapping[str, str],
    schemes: tuple[Scheme, Scheme],
    year: int,
    lines: Sequence[PublishedLine],
    source: str,
    key: str = "",
) -> Taken:
    """`units` are this season's codes by name, `schemes` this season's and the earlier one's."""
    grades = _match_grades(*schemes, {line.grade for line in lines if line.grade})
    places = {line.name: _find_place(line, lines) for line in lines}
    there = {line.name: line for line in lines}
    # By its present name, which comes first, or by the newest of its former ones.
    present: dict[str, str] = {}
    found: dict[str, str] = {}
    for name, code in units.items():
        present.setdefault(code, name)
        if name in there:
            found.setdefault(code, name)
    return Taken(
        year=year,
        rows=tuple(
            PastRow(
                code,
                year,
                there[name].published,
                grades.get(there[name].grade or "", ""),
                places[name],
            )
            for code, name in ((code, found[code]) for code in present if code in found)
        ),
        source=source,
        strangers=tuple(name for name in there if name not in units),
        lacking=tuple(name for code, name in present.items() if code not in found),
        key=key,
    )


def _match_grades(own: Scheme, earlier: Scheme, used: Iterable[str]) -> dict[str, str]:
    """Grades of the earlier scheme in this one's codes, by code or by name."""
    matched = {}
    for code in sorted(used):
        name = earlier.outcome_names.grades.get(code)
        # Codes are a scheme's own; the name is what people know a grade by.
        found = own.find_grade(code) or (own.find_grade(name.zh) if name else None)
        if found is None and own.outcome_names.grades:
            told = name.zh if name else code
            raise UPLOAD_REFUSED.because(
                Text(
                    f"那一年的等次“{told}”在本方案里没有对应，请用工作簿填写",
                    f"this scheme has no grade “{told}” of that year; please use the workbook",
                )
            )
        matched[code] = found or (name.zh if name else code)
    return matched


def _find_place(line: PublishedLine, lines: Sequence[PublishedLine]) -> str:
    """Where the unit stood among the ranked ones of its category; alone it has no place."""
    # Of one alone nobody can say whether it was first or last.
    ranks = [each.rank for each in lines if each.category == line.category and each.rank]
    if line.rank is None or len(ranks) < 2:
        return ""
    if line.rank == 1:
        return "first"
    return "last" if line.rank == max(ranks) else "between"
