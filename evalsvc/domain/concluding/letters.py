"""Letters to persons: each has a code that opens the person's own result and takes a question.

A code stands on paper alone. What is kept is what it turns into under a secret of the season, which
lies outside the database like a round's pepper and goes when the result is archived.
"""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from evalsvc.box.log_words import Verb, about_season
from evalsvc.box.roots import derive_letter_key
from evalsvc.box.tokens import new_token, read_token
from evalsvc.db import Database
from evalsvc.domain.acting import Act
from evalsvc.domain.actor import build_outsider
from evalsvc.domain.concluding.notices import NoticeUnit
from evalsvc.domain.concluding.publications import PublicationView, find_shown, read_publications
from evalsvc.domain.concluding.reviews import ReviewView, read_reviews, write_request
from evalsvc.domain.office_days import office_day
from evalsvc.domain.sealing.letter_codes import find_secret, make_secret
from evalsvc.domain.seasons import get_season_row, read_scheme
from evalsvc.errors import ACT_REFUSED, LETTER_UNKNOWN, NOT_FOUND, TOKEN_MISTYPED, Problem
from evalsvc.models.publication import LetterCode
from evalsvc.settings import Settings
from evalsvc.text import Text

# Who reads and asks by a letter has no account; the log names the letter's person beside this.
READER = build_outsider("letter")
ASKED_BY = "本人"


@dataclass(frozen=True)
class IssuedLetters:
    """How many letters of a season have a code that is good, and how many of them were read."""

    issued: int = 0
    read: int = 0


@dataclass(frozen=True)
class OpenLetter:
    """What a code opens: the version that counts today, with one person's line and questions."""

    season_id: int
    shown: PublicationView
    line: NoticeUnit
    of: int
    requests: tuple[ReviewView, ...]
    takes_reviews: bool
    key: bytes = field(repr=False)


def issue_letters(
    act: Act, settings: Settings, season_id: int, version: int, units: Sequence[str] = ()
) -> Mapping[str, str]:
    """New codes for all persons of a version, or for some; their earlier ones are void from now on.

    The codes stand in the answer alone.
    """
    with act.writing() as session:
        shown = _get_shown(session, act, season_id, version)
        known = [each.unit for each in shown.notice.units]
        wanted = [code for code in known if not units or code in units]
        if not wanted or not set(units) <= set(known):
            raise Problem(NOT_FOUND)
        pepper = make_secret(settings, season_id)
        session.execute(
            delete(LetterCode).where(LetterCode.season_id == season_id, LetterCode.unit.in_(wanted))
        )
        codes = {code: new_token() for code in wanted}
        # By chance: the order of the rows must not be that of the printed letters.
        for code in sorted(wanted, key=lambda _: secrets.randbits(64)):
            session.add(
                LetterCode(
                    key=derive_letter_key(pepper, codes[code]),
                    season_id=season_id,
                    unit=code,
                    version=version,
                )
            )
        detail = {"version": str(version), "letters": str(len(codes))}
        act.tell(session, Verb.ISSUE_LETTERS, about_season(season_id), detail)
    return codes


def count_letters(database: Database, season_id: int) -> IssuedLetters:
    """For the office's page."""
    with database.reading() as session:
        row = session.execute(
            select(func.count().label("n"), func.count(LetterCode.read_at).label("read")).where(
                LetterCode.season_id == season_id
            )
        ).one()
    return IssuedLetters(row.n, row.read)


def open_letter(act: Act, settings: Settings, typed: str) -> OpenLetter:
    """The result behind a code; that it was read stands in the log once, without what was read."""
    reading = read_token(typed)
    if reading.token is None:
        raise Problem(TOKEN_MISTYPED)
    with act.database.reading() as session:
        row = _find_code(session, settings, reading.token)
        if row is None:
            raise Problem(LETTER_UNKNOWN)
        opened, first = _read_letter(session, act, row), row.read_at is None
    if first:
        _note_read(act, opened)
    return opened


def ask_by_letter(act: Act, settings: Settings, typed: str, text: str) -> None:
    """Ask for a review of the result behind a code, in its person's name."""
    opened = open_letter(act, settings, typed)
    with act.writing() as session:
        write_request(act, session, opened.season_id, opened.line.unit, text, ASKED_BY)


def _find_code(session: Session, settings: Settings, token: str) -> LetterCode | None:
    """Nothing in a code says whose it is or of which season: each has another secret."""
    for season_id in session.scalars(select(LetterCode.season_id).distinct()):
        pepper = find_secret(settings, season_id)
        if pepper is None:
            continue
        row = session.get(LetterCode, derive_letter_key(pepper, token))
        if row is not None and row.season_id == season_id:
            return row
    return None


def _read_letter(session: Session, act: Act, row: LetterCode) -> OpenLetter:
    day = office_day(act.moment)
    shown = find_shown(read_publications(session, row.season_id), day)
    line = shown.notice.find_unit(row.unit) if shown else None
    if shown is None or line is None:
        raise Problem(LETTER_UNKNOWN)
    return OpenLetter(
        season_id=row.season_id,
        shown=shown,
        line=line,
        of=len(shown.notice.list_category(line.category)),
        requests=read_reviews(session, row.season_id, row.unit),
        takes_reviews=shown.takes_reviews(day),
        key=row.key,
    )


def _note_read(act: Act, opened: OpenLetter) -> None:
    with act.writing() as session:
        row = session.get(LetterCode, opened.key, with_for_update=True)
        # Two browsers may open it at once; one tells of it.
        if row is None or row.read_at is not None:
            return
        row.read_at = act.moment
        detail = {"unit": opened.line.unit, "version": str(opened.shown.version)}
        act.tell(session, Verb.READ_LETTER, about_season(opened.season_id), detail)


def _get_shown(session: Session, act: Act, season_id: int, version: int) -> PublicationView:
    """The version that letters are about: one that counts today, of a scheme of persons."""
    if read_scheme(get_season_row(session, season_id)).evaluates != "persons":
        raise ACT_REFUSED.because(
            Text(
                "带编码的告知书只用于考评人员的方案；单位的结果由联络员登录查看",
                "letters with codes are for schemes that evaluate persons; a unit's result is read "
                "by its liaison",
            )
        )
    shown = find_shown(read_publications(session, season_id), office_day(act.moment))
    if shown is None or shown.version != version or shown.state == "archived":
        raise ACT_REFUSED.because(
            Text(
                "告知书要在公示第一天起印发，并且只印发当前的版本",
                "letters are printed from the first day of publicity on, of the version that "
                "counts today",
            )
        )
    return shown
