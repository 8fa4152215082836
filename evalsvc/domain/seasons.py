"""Seasons: created from a scheme, shown with the state of everything in them."""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session, object_session
from sqlalchemy.sql import Select

from analysis.panel.small_cells import Thresholds
from evalsvc.box.log_words import Verb, about_season
from evalsvc.box.roll import RoundSeal
from evalsvc.db import Database
from evalsvc.domain.acting import Act
from evalsvc.errors import ACT_REFUSED, ENTRY_REFUSED, NOT_FOUND, SCHEME_FROZEN, Problem
from evalsvc.evidence.thresholds import read_thresholds
from evalsvc.models.anchor import SealedRound
from evalsvc.models.figures import Adjustment, Indicator
from evalsvc.models.result import Result
from evalsvc.models.roster import PanelSeats, Rater, Unit
from evalsvc.models.season import Round, Season
from evalsvc.results.season import ResultHead
from evalsvc.scheme.model import Scheme
from evalsvc.scheme.presets import load_scheme
from evalsvc.text import Text


@dataclass(frozen=True)
class RoundView:
    """A round as pages and reports show it."""

    id: int
    uid: str
    season_id: int
    code: str
    name: Text
    state: str
    deadline: datetime | None
    custodian: str | None
    custody: str | None
    has_keys: bool
    rehearsed_at: datetime | None
    opened_at: datetime | None
    closed_at: datetime | None
    counted_at: datetime | None
    destroyed_at: datetime | None
    # Without questionnaires there is nothing to seal: figures are entered, and that is all.
    has_box: bool

    @property
    def holders(self) -> tuple[str, ...]:
        """Who keeps the key, in the order in which their pass-phrases were chosen."""
        return tuple(self.custodian.split("、")) if self.custodian else ()


@dataclass(frozen=True)
class SeasonCard:
    """A season on the board."""

    id: int
    title: str
    office: str
    contact: str
    scheme_title: Text
    rounds: tuple[RoundView, ...]
    scheme: Scheme | None = None


@dataclass(frozen=True)
class SeasonView:
    """A season with its scheme and how much of everything has been entered."""

    id: int
    title: str
    office: str
    contact: str
    scheme: Scheme
    scheme_text: str
    frozen_at: datetime | None
    rounds: tuple[RoundView, ...]
    unit_count: int
    rater_counts: Mapping[str, int]
    seat_counts: Mapping[str, int]
    indicator_count: int
    adjustment_count: int
    # Those of which any figure counts already.
    entered_rounds: frozenset[str]
    newest_result: ResultHead | None


def create_season(act: Act, title: str, office: str, contact: str, scheme_text: str) -> int:
    """Create a season with its scheme's rounds; a scheme with errors raises them all."""
    with act.writing() as session:
        return write_season(session, act, title, office, contact, scheme_text).id


def amend_season(act: Act, season_id: int, title: str, office: str, contact: str) -> None:
    """Another title, office or telephone; the log keeps what it was. The same again is no act."""
    with act.writing() as session:
        season = get_season_row(session, season_id)
        given = {"title": title.strip(), "office": office.strip(), "contact": contact.strip()}
        if not all(given.values()):
            raise ENTRY_REFUSED.because(
                Text("名称、主办单位、电话都要填", "title, office and telephone are all needed")
            )
        changed = {name: new for name, new in given.items() if getattr(season, name) != new}
        if not changed:
            return
        detail = {f"{name}_before": str(getattr(season, name)) for name in changed} | changed
        for name, new in changed.items():
            setattr(season, name, new)
        act.tell(session, Verb.AMEND_SEASON, about_season(season_id), detail)


def change_scheme(act: Act, season_id: int, scheme_text: str) -> None:
    """Put another scheme in the place of one that no round has been issued under."""
    scheme = load_scheme(scheme_text)
    with act.writing() as session:
        season = get_season_row(session, season_id)
        # Cards are printed for a round's groups: another scheme would give them another paper.
        if season.frozen_at or any(row.state != "preparing" for row in season.rounds):
            raise Problem(SCHEME_FROZEN, sha256=season.scheme_sha256[:12])
        season.scheme, season.scheme_sha256 = scheme_text, scheme.sha256
        _match_rounds(session, season, scheme)
        detail = {"scheme": scheme.code, "sha256": scheme.sha256}
        act.tell(session, Verb.CHANGE_SCHEME, about_season(season_id), detail)


def list_seasons(database: Database) -> tuple[SeasonCard, ...]:
    """All seasons, newest first."""
    with database.reading() as session:
        rows = session.scalars(select(Season).order_by(Season.id.desc())).all()
        rounds = session.scalars(select(Round).order_by(Round.position)).all()
        return tuple(_build_card(row, rounds) for row in rows)


def get_season(database: Database, season_id: int) -> SeasonView:
    """A season with its scheme and counts."""
    with database.reading() as session:
        season = get_season_row(session, season_id)
        scheme = read_scheme(season)
        return SeasonView(
            id=season.id,
            title=season.title,
            office=season.office,
            contact=season.contact,
            scheme=scheme,
            scheme_text=season.scheme,
            frozen_at=season.frozen_at,
            rounds=tuple(build_round_view(row, scheme) for row in season.rounds),
            unit_count=_count(session, select(func.count()).where(Unit.season_id == season_id)),
            rater_counts=_by_group(session, Rater.group, func.count(), Rater, season_id),
            seat_counts=_by_group(
                session, PanelSeats.group, func.sum(PanelSeats.seats), PanelSeats, season_id
            ),
            indicator_count=_count(
                session, select(func.count()).where(Indicator.season_id == season_id)
            ),
            adjustment_count=_count(
                session, select(func.count()).where(Adjustment.season_id == season_id)
            ),
            entered_rounds=frozenset(
                session.scalars(
                    select(Indicator.round).where(Indicator.season_id == season_id).distinct()
                )
            ),
            newest_result=find_result_head(session, season_id),
        )


def get_round(database: Database, round_id: int) -> RoundView:
    """A round as pages show it."""
    with database.reading() as session:
        row = get_round_row(session, round_id)
        return build_round_view(row, read_scheme(row.season))


def write_season(
    session: Session, act: Act, title: str, office: str, contact: str, scheme_text: str
) -> Season:
    """A new season inside somebody's transaction."""
    scheme = load_scheme(scheme_text)
    season = Season(
        title=title,
        office=office,
        contact=contact,
        scheme=scheme_text,
        scheme_sha256=scheme.sha256,
        rounds=_build_rounds(scheme),
    )
    session.add(season)
    session.flush()
    detail = {"title": title, "scheme": scheme.code, "sha256": scheme.sha256}
    act.tell(session, Verb.CREATE_SEASON, about_season(season.id), detail)
    return season


def get_season_row(session: Session, season_id: int) -> Season:
    """The row of a season that must exist."""
    row = session.get(Season, season_id)
    if row is None:
        raise Problem(NOT_FOUND)
    return row


def get_round_row(session: Session, round_id: int) -> Round:
    """The row of a round that must exist, locked until the transaction ends where one writes."""
    row = session.get(Round, round_id, with_for_update=True)
    if row is None:
        raise Problem(NOT_FOUND)
    return row


def freeze_scheme(season: Season, moment: datetime) -> None:
    """Fix the rules for the season: from here on something has been answered or shown under them.

    Where no box opens, figures that are accepted and a result that is shown do it.
    """
    season.frozen_at = season.frozen_at or moment


def require_box(row: Round) -> None:
    """Refuse keys, codes and openings where no questionnaire is answered: nothing is sealed."""
    if row.code not in read_scheme(row.season).boxed:
        raise ACT_REFUSED.because(
            Text(
                "这一轮没有问卷，不设票箱，录入数据就可以",
                "no questionnaire is answered in this round, so it has no box; enter its figures",
            )
        )


def find_result_head(session: Session, season_id: int) -> ResultHead | None:
    """The newest computation of a season."""
    row = session.scalars(
        select(Result).where(Result.season_id == season_id).order_by(Result.version.desc())
    ).first()
    if row is None:
        return None
    return ResultHead(row.version, row.computed_at, row.computed_by, row.facts_sha256)


def read_scheme(season: Season) -> Scheme:
    """A season's scheme, every round of it with the thresholds that its seal holds."""
    return load_scheme(season.scheme, _get_sealed(season))


def _get_sealed(season: Season) -> Mapping[str, Thresholds]:
    """By the code of each round that has opened."""
    session = object_session(season)
    if session is None or season.frozen_at is None:  # no round has opened
        return {}
    rows = session.execute(
        select(Round.code, SealedRound.content)
        .join(SealedRound, SealedRound.round_id == Round.id)
        .where(Round.season_id == season.id)
        .order_by(Round.position)
    )
    return {code: read_thresholds(RoundSeal.from_json(text)) for code, text in rows}


def build_round_view(row: Round, scheme: Scheme) -> RoundView:
    """A round's row with its name from the scheme."""
    return RoundView(
        id=row.id,
        uid=row.uid,
        season_id=row.season_id,
        code=row.code,
        name=scheme.get_round(row.code).name,
        state=row.state,
        deadline=row.deadline,
        custodian=row.custodian,
        custody=row.custody,
        has_keys=row.public_key is not None,
        rehearsed_at=row.rehearsed_at,
        opened_at=row.opened_at,
        closed_at=row.closed_at,
        counted_at=row.counted_at,
        destroyed_at=row.destroyed_at,
        has_box=row.code in scheme.boxed,
    )


def _build_rounds(scheme: Scheme) -> list[Round]:
    return [
        Round(uid=secrets.token_hex(16), code=one.code, position=position)
        for position, one in enumerate(scheme.rounds)
    ]


def _match_rounds(session: Session, season: Season, scheme: Scheme) -> None:
    """Rounds that another scheme has as well stay with their keys; others go, new ones come."""
    kept = {row.code: row for row in season.rounds}
    for position, fresh in enumerate(_build_rounds(scheme)):
        if fresh.code in kept:
            kept.pop(fresh.code).position = position
        else:
            season.rounds.append(fresh)
    # None of them has been issued, or the scheme could not be changed: keys at most are lost.
    for row in kept.values():
        season.rounds.remove(row)
        session.delete(row)


def _build_card(season: Season, rounds: Sequence[Round]) -> SeasonCard:
    scheme = read_scheme(season)
    own = (row for row in rounds if row.season_id == season.id)
    return SeasonCard(
        season.id,
        season.title,
        season.office,
        season.contact,
        scheme.title,
        tuple(build_round_view(row, scheme) for row in own),
        scheme,
    )


def _count(session: Session, statement: Select[Any]) -> int:
    return session.scalar(statement) or 0


def _by_group(
    session: Session, group: Any, figure: Any, table: type[Rater] | type[PanelSeats], season_id: int
) -> dict[str, int]:
    statement = select(group, figure).where(table.season_id == season_id).group_by(group)
    return {code: int(number) for code, number in session.execute(statement)}
