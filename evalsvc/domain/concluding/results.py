"""Results: computed from the facts into versions that never change, and read back for pages."""

from collections.abc import Iterator

from sqlalchemy import ColumnElement, and_, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from analysis.score.facts import Facts
from analysis.score.scoring import score
from analysis.score.tree import UnitResult
from evalsvc.box.log_words import Verb, about_season
from evalsvc.db import Database
from evalsvc.domain.acting import Act
from evalsvc.domain.concluding.disclosure import settle_starts
from evalsvc.domain.concluding.exclusions import read_exclusions
from evalsvc.domain.concluding.facts import hash_facts, is_current, list_facts
from evalsvc.domain.concluding.missing import read_missing
from evalsvc.domain.concluding.result_files import bind_result_files
from evalsvc.domain.concluding.sheets import read_tree, write_outline, write_tree
from evalsvc.domain.facts_mark import count_written, is_marked_stale, mark_fresh
from evalsvc.domain.sealing.anchors import anchor_season
from evalsvc.domain.seasons import find_result_head, get_season_row, read_scheme
from evalsvc.errors import NOT_FOUND, ROSTER_EMPTY, Problem
from evalsvc.evidence.computed import PROGRAM
from evalsvc.evidence.shown_from import Start
from evalsvc.models.exclusion import PlainFigure
from evalsvc.models.opened import PanelSum, Rejection
from evalsvc.models.result import Result, UnitSheet
from evalsvc.models.roster import Unit
from evalsvc.models.season import Round
from evalsvc.releases import VERSION
from evalsvc.results.rejections import Rejections
from evalsvc.results.season import ResultHead, SeasonResult
from evalsvc.scheme.model import Scheme
from evalsvc.settings import Settings
from evalsvc.text import Text


def compute_result(act: Act, settings: Settings, season_id: int) -> ResultHead:
    """Score a season as its facts stand now, as a new version; the same facts give no new one.

    From where on it can be public is sought before anything is locked: it may take some seconds.
    """
    foreseen = _foresee(act.database, season_id)
    with act.writing() as session:
        season = get_season_row(session, season_id)
        scheme = read_scheme(season)
        facts = list_facts(session, season_id)
        if not facts.units:
            raise Problem(ROSTER_EMPTY, what=Text("单位", "units"))
        newest = find_result_head(session, season_id)
        # The same facts are the same result; a second version would only have another number.
        if newest and is_current(facts, scheme, season.scheme, newest.facts_sha256):
            mark_fresh(session, season_id, newest.version)
            return newest
        facts_sha256 = hash_facts(facts, season.scheme)
        version = newest.version + 1 if newest else 1
        units = score(scheme.score, facts, scheme.publication.places)
        session.add(
            Result(
                season_id=season_id,
                version=version,
                computed_at=act.moment,
                computed_by=act.actor.login,
                facts_sha256=facts_sha256,
                facts_written=count_written(session, season_id),
            )
        )
        # The rows below refer to this one.
        session.flush()
        session.add_all(_build_sheet(season_id, version, unit) for unit in units)
        session.add_all(_list_plain(season_id, version, scheme, facts))
        # By the hash of the facts: what was sought of other facts is no answer.
        starts = foreseen.get(facts_sha256)
        if starts is None:  # somebody has changed a figure meanwhile
            starts = settle_starts(session, season_id, scheme, facts, units)
        bound = bind_result_files(session, settings, season, scheme, facts, units, version, starts)
        # With the program's version: whoever repeats the figures years later has to know by which.
        detail = {"version": str(version), PROGRAM: VERSION, **bound}
        act.tell(session, Verb.COMPUTE_RESULT, about_season(season_id), detail)
        anchor_season(act, session, settings, season_id)
        return ResultHead(version, act.moment, act.actor.login, facts_sha256)


def _foresee(database: Database, season_id: int) -> dict[str, tuple[Start, ...]]:
    """From where on a result of today's facts can be public, by their hash; none if it is known."""
    with database.reading() as session:
        season = get_season_row(session, season_id)
        scheme = read_scheme(season)
        facts = list_facts(session, season_id)
        newest = find_result_head(session, season_id)
        # Nothing to seek: the same facts give no new version.
        known = newest and is_current(facts, scheme, season.scheme, newest.facts_sha256)
        if known or not facts.units:
            return {}
        units = score(scheme.score, facts, scheme.publication.places)
        starts = settle_starts(session, season_id, scheme, facts, units)
        return {hash_facts(facts, season.scheme): starts}


def get_result(database: Database, season_id: int) -> SeasonResult:
    """The newest computation with all its trees, down to the single answer."""
    with database.reading() as session:
        return _read_result(session, season_id, UnitSheet.tree)


def get_figures(database: Database, season_id: int) -> SeasonResult:
    """The same for pages that show many units: trees without the answers below their figures."""
    with database.reading() as session:
        return _read_result(session, season_id, func.coalesce(UnitSheet.outline, UnitSheet.tree))


def is_stale(database: Database, season_id: int) -> bool:
    """Whether facts have changed since the newest computation; False where there is none."""
    with database.reading() as session:
        head = find_result_head(session, season_id)
        return head is not None and _is_stale(session, season_id, head)


def _read_result(
    session: Session, season_id: int, tree: ColumnElement[str] | InstrumentedAttribute[str]
) -> SeasonResult:
    head = find_result_head(session, season_id)
    if head is None:
        raise Problem(NOT_FOUND)
    # Units that came to the roster after the computation have no figures in it.
    rows = session.execute(
        select(Unit.code, Unit.name, Unit.category, tree, UnitSheet.published, UnitSheet.rank)
        .outerjoin(
            UnitSheet,
            and_(
                UnitSheet.season_id == season_id,
                UnitSheet.version == head.version,
                UnitSheet.unit == Unit.code,
            ),
        )
        .where(Unit.season_id == season_id)
        .order_by(Unit.position, Unit.code)
    ).all()
    return SeasonResult(
        head=head,
        units=tuple(
            UnitResult(code, category, read_tree(text), published, rank)
            for code, _, category, text, published, rank in rows
            if text is not None
        ),
        names={code: name for code, name, *_ in rows},
        stale=_is_stale(session, season_id, head),
        exclusions=read_exclusions(session, season_id, head.version, head.computed_at),
        provisional=read_missing(session, season_id).told,
    )


def get_unit_result(database: Database, season_id: int, unit_code: str) -> UnitResult:
    """One unit's tree in the newest computation."""
    with database.reading() as session:
        head = find_result_head(session, season_id)
        unit = session.scalar(
            select(Unit).where(Unit.season_id == season_id, Unit.code == unit_code)
        )
        if head is None or unit is None:
            raise Problem(NOT_FOUND)
        row = session.get(UnitSheet, (season_id, head.version, unit_code))
        if row is None:
            raise Problem(NOT_FOUND)
        return _read_sheet(row, unit.category)


def list_rejections(database: Database, season_id: int) -> tuple[Rejections, ...]:
    """Ballots that did not count, by round, group and reason."""
    with database.reading() as session:
        rows = session.execute(
            select(Round.code, Rejection.group, Rejection.reason, Rejection.n)
            .join(Round, Round.id == Rejection.round_id)
            .where(Round.season_id == season_id)
            .order_by(Round.position, Rejection.group, Rejection.reason)
        )
        return tuple(Rejections(*row) for row in rows)


def list_panel_sums(session: Session, round_id: int) -> list[PanelSum]:
    """The further sums over a round's citizens."""
    return list(session.scalars(select(PanelSum).where(PanelSum.round_id == round_id)))


def _is_stale(session: Session, season_id: int, head: ResultHead) -> bool:
    marked = is_marked_stale(session, season_id, head.version)
    if marked is not None:
        return marked
    # Computed before writes were counted.
    season = get_season_row(session, season_id)
    facts = list_facts(session, season_id)
    return not is_current(facts, read_scheme(season), season.scheme, head.facts_sha256)


def _build_sheet(season_id: int, version: int, unit: UnitResult) -> UnitSheet:
    return UnitSheet(
        season_id=season_id,
        version=version,
        unit=unit.unit,
        published=unit.published,
        rank=unit.rank,
        tree=write_tree(unit.tree),
        outline=write_outline(unit.tree),
    )


def _list_plain(
    season_id: int, version: int, scheme: Scheme, facts: Facts
) -> Iterator[PlainFigure]:
    """Every unit's figure as if nobody had excluded a ballot, where somebody has."""
    if facts.exclusions:
        plain = score(scheme.score, facts.with_all_ballots(), scheme.publication.places)
        for unit in plain:
            yield PlainFigure(
                season_id=season_id,
                version=version,
                unit=unit.unit,
                published=unit.published,
                rank=unit.rank,
            )


def _read_sheet(row: UnitSheet, category: str) -> UnitResult:
    return UnitResult(row.unit, category, read_tree(row.tree), row.published, row.rank)
