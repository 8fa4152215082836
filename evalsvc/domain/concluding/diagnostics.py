"""Diagnostics of a season: what its figures are worth, computed from the opened facts once.

Pages, workbook and report read what was kept. The tests of favours were stored when a box was
opened. Nothing goes back into a result: the figures are for reference only.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from sqlalchemy import select
from sqlalchemy.orm import Session

from analysis.examining.citizen_tables import PanelCovariance, list_citizen_tables
from analysis.examining.diagnostics import list_tables
from analysis.examining.favours import Favour
from analysis.examining.total_tables import TotalTable, list_totals
from analysis.score.facts import Facts
from evalsvc.counting.panel_covariance import KIND, read_covariance
from evalsvc.db import Database
from evalsvc.domain.concluding.facts import list_facts
from evalsvc.domain.facts_mark import count_written
from evalsvc.domain.sealing.favours import list_kept_favours
from evalsvc.domain.seasons import get_season_row, read_scheme
from evalsvc.models.kept import KeptDiagnostics
from evalsvc.models.opened import PanelSum
from evalsvc.models.roster import Rater, Unit
from evalsvc.models.season import Round
from evalsvc.releases import VERSION
from evalsvc.results.diagnostics import (
    FLAGS,
    NO_LABELS,
    FlaggedBallot,
    Labels,
    RoundDiagnostics,
    SeasonDiagnostics,
)
from evalsvc.results.kept import UnreadableError, keep, read_kept
from evalsvc.scheme.model import Scheme


@dataclass(frozen=True)
class _Opened:
    """What diagnostics are computed from."""

    scheme: Scheme
    panels: tuple[PanelCovariance, ...]
    facts: Facts
    counted: tuple[str, ...]
    favours: Mapping[str, tuple[Favour, ...]]


def get_diagnostics(database: Database, season_id: int) -> SeasonDiagnostics:
    """Every counted round examined, and the totals; kept until facts or the program change."""
    with database.reading() as session:
        written = count_written(session, season_id)
        kept = _find_kept(session, season_id, written)
        labels = _list_labels(session, season_id)
    found = kept or _examine_season(database, season_id)
    if kept is None:
        _keep(database, season_id, written, found)
    # Names are no facts: as they are today, whatever was kept.
    return replace(
        found, labels=labels, rounds=tuple(replace(each, labels=labels) for each in found.rounds)
    )


def find_round_diagnostics(
    database: Database, season_id: int, round_code: str
) -> RoundDiagnostics | None:
    """One round examined; None where it is not counted yet, or there is no such round."""
    rounds = get_diagnostics(database, season_id).rounds
    return next((each for each in rounds if each.round == round_code), None)


def list_flagged(database: Database, season_id: int, round_code: str) -> tuple[FlaggedBallot, ...]:
    """The ballots of a counted round that a person may decide about; citizens have none."""
    found = find_round_diagnostics(database, season_id, round_code)
    return found.flagged if found else ()


def _find_kept(session: Session, season_id: int, written: int) -> SeasonDiagnostics | None:
    row = session.get(KeptDiagnostics, season_id)
    if row is None or (row.facts_written, row.program) != (written, VERSION):
        return None
    try:
        return read_kept(SeasonDiagnostics, row.content)
    except UnreadableError:  # of a program under development, whose version says nothing
        return None


def _keep(database: Database, season_id: int, written: int, found: SeasonDiagnostics) -> None:
    bare = replace(
        found, labels=NO_LABELS, rounds=tuple(replace(r, labels=NO_LABELS) for r in found.rounds)
    )
    with database.writing() as session:
        # Meanwhile somebody may have written a fact; then these are of facts that are no more.
        if count_written(session, season_id) == written:
            session.merge(
                KeptDiagnostics(
                    season_id=season_id, facts_written=written, program=VERSION, content=keep(bare)
                )
            )


def _examine_season(database: Database, season_id: int) -> SeasonDiagnostics:
    opened = _read(database, season_id)
    rounds = tuple(_examine_round(opened, code) for code in opened.counted)
    tables = [table for each in rounds for table in each.tables]
    citizens = [table for each in rounds for table in each.citizens]
    scheme = opened.scheme
    totals: tuple[TotalTable, ...] = ()
    if tables or citizens:
        places = scheme.publication.places
        totals = list_totals(scheme.score, opened.facts, places, tables, citizens)
    return SeasonDiagnostics(rounds, tuple(t for t in totals if t.units), NO_LABELS)


def _examine_round(opened: _Opened, code: str) -> RoundDiagnostics:
    found = _examine(opened, code)
    whole = found
    # Flags are those of all ballots. Without one that was upside down the others agreed so well
    # that small differences stood out: one decision would have led to the next.
    if opened.facts.exclusions:
        whole = _examine(replace(opened, facts=opened.facts.with_all_ballots()), code)
    return replace(found, flagged=tuple(_list_flagged(whole, opened)))


def _read(database: Database, season_id: int) -> _Opened:
    with database.reading() as session:
        scheme = read_scheme(get_season_row(session, season_id))
        rounds = session.execute(
            select(Round.id, Round.code)
            .where(Round.season_id == season_id, Round.state == "counted")
            .order_by(Round.position)
        ).all()
        facts = list_facts(session, season_id)
        panels = _list_panels(session, season_id)
        favours = {code: list_kept_favours(session, round_id) for round_id, code in rounds}
        return _Opened(scheme, panels, facts, tuple(favours), favours)


def _list_labels(session: Session, season_id: int) -> Labels:
    scheme = read_scheme(get_season_row(session, season_id))
    named = {group.code for group in scheme.groups if group.identity == "named"}
    units = session.scalars(select(Unit).where(Unit.season_id == season_id))
    raters = session.execute(
        # Names of groups with names alone: of all others only random ones are known.
        select(Rater.group, Rater.code, Rater.name).where(
            Rater.season_id == season_id, Rater.group.in_(named)
        )
    )
    return Labels(
        {unit.code: unit.name for unit in units},
        {(group, code): name for group, code, name in raters},
    )


def _list_panels(session: Session, season_id: int) -> tuple[PanelCovariance, ...]:
    """How the figures of each counted panel vary together, as its box was opened."""
    kept: dict[tuple[str, str, str], dict[str, str]] = {}
    for code, row in session.execute(
        select(Round.code, PanelSum)
        .join(Round, Round.id == PanelSum.round_id)
        .where(Round.season_id == season_id, PanelSum.kind == KIND)
    ):
        kept.setdefault((code, row.group, row.subject), {})[row.name] = row.value
    return tuple(
        PanelCovariance(*key, *read_covariance(told)) for key, told in sorted(kept.items())
    )


def _examine(opened: _Opened, code: str) -> RoundDiagnostics:
    rule, facts = opened.scheme.score, opened.facts
    tables = tuple(t for t in list_tables(rule, facts, code) if not t.is_empty)
    return RoundDiagnostics(
        code,
        tables,
        tuple(t for t in list_citizen_tables(rule, facts, code, opened.panels) if t.units),
        NO_LABELS,
        opened.favours[code],
    )


def _list_flagged(whole: RoundDiagnostics, opened: _Opened) -> Iterator[FlaggedBallot]:
    """From a round with all its ballots, those that stand out and are not excluded."""
    named = {group.code for group in opened.scheme.groups if group.identity == "named"}
    out = {(e.group, e.ballot) for e in opened.facts.exclusions if e.round == whole.round}
    found: dict[tuple[str, str], set[str]] = {}
    for table in whole.tables:
        doubtful = {each.rater for each in table.doubtful} if table.group in named else set()
        for rater in table.raters:
            flags = {*rater.flags, *(("doubtful",) if rater.rater in doubtful else ())}
            if flags and (table.group, rater.ballot) not in out:
                found.setdefault((table.group, rater.ballot), set()).update(flags)
    for key, flags in found.items():
        yield FlaggedBallot(*key, tuple(flag for flag in FLAGS if flag in flags))
