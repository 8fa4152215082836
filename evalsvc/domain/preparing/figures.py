"""The entered figures of a season: imported as a whole from their workbook's rows, and listed."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from evalsvc.box.log_words import Verb, about_season
from evalsvc.db import Database
from evalsvc.domain.acting import Act
from evalsvc.domain.preparing.attachments import follow_adjustments
from evalsvc.domain.preparing.rosters import Change
from evalsvc.domain.seasons import get_season_row
from evalsvc.errors import UPLOAD_REFUSED
from evalsvc.models.figures import Adjustment, Indicator
from evalsvc.models.roster import Unit
from evalsvc.text import Text


@dataclass(frozen=True)
class IndicatorRow:
    """A unit's figure as exact decimal text; None: the unit does not carry the component."""

    round: str
    unit: str
    component: str
    value: str | None


@dataclass(frozen=True)
class AdjustmentRow:
    """A bonus or deduction: `times` for fixed points, `amount` where the rule wants one.

    `project` names what it is for, where the scheme counts one project once.
    """

    round: str
    unit: str
    rule: str
    times: int
    amount: str | None
    date: str
    evidence: str
    project: str = ""


@dataclass(frozen=True)
class Figures:
    """All figures that are entered for a season."""

    indicators: tuple[IndicatorRow, ...] = ()
    adjustments: tuple[AdjustmentRow, ...] = ()


@dataclass(frozen=True)
class FiguresChange:
    """What an import changed. An adjustment that differs in anything is another one."""

    indicators: Change
    adjustments: Change

    @property
    def total(self) -> Change:
        return self.indicators + self.adjustments


def import_figures(act: Act, season_id: int, figures: Figures) -> FiguresChange:
    """Put figures in the place of all that the season has; what stays the same keeps its row."""
    with act.writing() as session:
        get_season_row(session, season_id)
        _check_units(session, season_id, figures)
        change = FiguresChange(
            _import_indicators(session, season_id, figures.indicators),
            _import_adjustments(session, season_id, figures.adjustments, act),
        )
        detail = {"indicators": str(change.indicators), "adjustments": str(change.adjustments)}
        act.tell(session, Verb.IMPORT_FIGURES, about_season(season_id), detail)
        return change


def list_indicators(database: Database, season_id: int) -> tuple[IndicatorRow, ...]:
    """The season's indicators by unit, in the order of the roster, then round and component."""
    statement = (
        select(Indicator)
        .join(Unit, (Unit.season_id == Indicator.season_id) & (Unit.code == Indicator.unit))
        .where(Indicator.season_id == season_id)
        .order_by(Unit.position, Indicator.round, Indicator.component)
    )
    with database.reading() as session:
        return tuple(
            IndicatorRow(row.round, row.unit, row.component, row.value)
            for row in session.scalars(statement)
        )


def list_numbered_adjustments(
    database: Database, season_id: int
) -> tuple[tuple[int, AdjustmentRow], ...]:
    """In the order in which they were entered, each with the number that its files go by."""
    with database.reading() as session:
        return tuple(
            (row.id, _build_adjustment(row)) for row in _select_adjustments(session, season_id)
        )


def _check_units(session: Session, season_id: int, figures: Figures) -> None:
    """The roster may have changed since the workbook was read."""
    known = set(session.scalars(select(Unit.code).where(Unit.season_id == season_id)))
    used = {row.unit for row in figures.indicators} | {row.unit for row in figures.adjustments}
    unknown = sorted(used - known)
    if unknown:
        listed = "、".join(unknown[:10])
        raise UPLOAD_REFUSED.because(
            Text(
                f"名册中已没有这些单位：{listed}。请重新上传核对",
                f"the roster no longer has these units: {listed}; please upload again",
            )
        )


def _import_indicators(
    session: Session, season_id: int, indicators: Sequence[IndicatorRow]
) -> Change:
    of_season = select(Indicator).where(Indicator.season_id == season_id)
    rows = {(row.round, row.unit, row.component): row for row in session.scalars(of_season)}
    new = {(found.round, found.unit, found.component): found for found in indicators}
    added = [key for key in new if key not in rows]
    changed = [key for key in new if key in rows and rows[key].value != new[key].value]
    removed = [key for key in rows if key not in new]
    for key in removed:
        session.delete(rows[key])
    # What goes, goes first: what comes in its place may have its key.
    session.flush()
    for key in changed:
        rows[key].value = new[key].value
    _insert(session, Indicator, season_id, [asdict(new[key]) for key in added])
    return Change(len(added), len(changed), len(removed))


def _import_adjustments(
    session: Session, season_id: int, adjustments: Sequence[AdjustmentRow], act: Act
) -> Change:
    """Events have no key, and two alike are two events: they are compared by their number."""
    wanted = Counter(adjustments)
    before = {row.id: _build_adjustment(row) for row in _select_adjustments(session, season_id)}
    gone = {}
    for number, found in before.items():
        if wanted[found]:
            wanted[found] -= 1
        else:
            # Rows are numbered, and files hang on the number: an event that stays keeps its own.
            gone[number] = found
    added = list(wanted.elements())
    _insert(
        session,
        Adjustment,
        season_id,
        [{**asdict(row), "entered_by": act.actor.login} for row in added],
    )
    moved = _match_events(session, season_id, gone, before.keys())
    follow_adjustments(session, season_id, moved, act)
    session.execute(delete(Adjustment).where(Adjustment.id.in_(gone)))
    return Change(len(added), 0, len(gone))


def _match_events(
    session: Session, season_id: int, gone: Mapping[int, AdjustmentRow], before: Collection[int]
) -> dict[int, int | None]:
    """The new row of each event that was only worded or counted anew, by unit, rule and day."""
    free = {
        row.id: _name_event(_build_adjustment(row))
        for row in _select_adjustments(session, season_id)
        if row.id not in before
    }
    moved: dict[int, int | None] = {}
    for number, event in gone.items():
        moved[number] = next(
            (new for new, name in free.items() if name == _name_event(event)), None
        )
        # One new row is the successor of one old one.
        free.pop(moved[number] or 0, None)
    return moved


def _name_event(row: AdjustmentRow) -> tuple[str, str, str, str]:
    return (row.round, row.unit, row.rule, row.date)


def _insert(
    session: Session,
    table: type[Indicator] | type[Adjustment],
    season_id: int,
    rows: Collection[Mapping[str, object]],
) -> None:
    if rows:
        session.execute(insert(table), [{"season_id": season_id, **row} for row in rows])


def _select_adjustments(session: Session, season_id: int) -> Sequence[Adjustment]:
    of_season = select(Adjustment).where(Adjustment.season_id == season_id).order_by(Adjustment.id)
    return session.scalars(of_season).all()


def _build_adjustment(row: Adjustment) -> AdjustmentRow:
    return AdjustmentRow(
        row.round, row.unit, row.rule, row.times, row.amount, row.date, row.evidence, row.project
    )
