"""The entered figures of a season: imported from their workbook's cells, planned, and listed.

What a workbook says nothing of stays as it is, and what others own only they can change.
"""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass, field

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from evalsvc.box.log_words import Verb, about_season
from evalsvc.db import Database
from evalsvc.domain.acting import Act
from evalsvc.domain.assessing.counted import Key, read_counted, write_counted
from evalsvc.domain.assessing.owners import Owners, read_owners
from evalsvc.domain.changing import require_changeable
from evalsvc.domain.facts_mark import of_season
from evalsvc.domain.preparing.attachments import follow_adjustments
from evalsvc.domain.preparing.rosters import Change
from evalsvc.domain.seasons import get_season_row
from evalsvc.errors import UPLOAD_REFUSED
from evalsvc.models.figures import Adjustment, Indicator
from evalsvc.models.roster import Unit
from evalsvc.text import AND, Text


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
    """What a workbook says: figures to stand, figures to go, and all bonuses and deductions.

    `adjustments` are None where it says nothing about any.
    """

    indicators: tuple[IndicatorRow, ...] = ()
    adjustments: tuple[AdjustmentRow, ...] | None = None
    cleared: tuple[Key, ...] = ()


@dataclass(frozen=True)
class Standing:
    """What stands before an import, and whose it is where it is not the office's."""

    indicators: Mapping[Key, str | None] = field(default_factory=dict)
    adjustments: tuple[AdjustmentRow, ...] = ()
    owners: Owners = field(default_factory=dict)


@dataclass(frozen=True)
class PlannedFigure:
    """One figure that an import would change; both None and `gone` where it would go."""

    key: Key
    before: str | None
    after: str | None
    is_new: bool = False
    is_gone: bool = False


@dataclass(frozen=True)
class PlannedImport:
    """What an import would do, said before anybody confirms it."""

    figures: tuple[PlannedFigure, ...]
    unchanged: int
    untouched: int
    new_adjustments: tuple[AdjustmentRow, ...]
    gone_adjustments: tuple[AdjustmentRow, ...]
    kept_adjustments: int


@dataclass(frozen=True)
class FiguresChange:
    """What an import changed. An adjustment that differs in anything is another one."""

    indicators: Change
    adjustments: Change

    @property
    def total(self) -> Change:
        return self.indicators + self.adjustments


def import_figures(act: Act, season_id: int, figures: Figures) -> FiguresChange:
    """Enter what a workbook says; what it says nothing of stays, and what stays keeps its row."""
    with act.writing() as session:
        get_season_row(session, season_id)
        _check_units(session, season_id, figures)
        standing = read_standing(session, season_id)
        _check_owners(standing, figures)
        written = write_counted(
            session,
            act,
            season_id,
            {(row.round, row.unit, row.component): row.value for row in figures.indicators},
            "import",
            gone=figures.cleared,
        )
        change = FiguresChange(
            Change(written.added, written.changed, written.removed),
            Change()
            if figures.adjustments is None
            else _import_adjustments(session, season_id, figures.adjustments, act),
        )
        detail = {"indicators": str(change.indicators), "adjustments": str(change.adjustments)}
        act.tell(session, Verb.IMPORT_FIGURES, about_season(season_id), detail)
        return change


def get_standing(database: Database, season_id: int) -> Standing:
    """What stands, for a template that is filled and for the check of what comes back."""
    with database.reading() as session:
        return read_standing(session, season_id)


def read_standing(session: Session, season_id: int) -> Standing:
    return Standing(
        read_counted(session, season_id),
        tuple(_build_adjustment(row) for row in _select_adjustments(session, season_id)),
        read_owners(session, season_id),
    )


def plan_import(standing: Standing, figures: Figures) -> PlannedImport:
    """What is new, changed, unchanged and gone, held against what stands."""
    stands = standing.indicators
    said = {(row.round, row.unit, row.component): row.value for row in figures.indicators}
    gone = [key for key in figures.cleared if key in stands]
    planned = [
        PlannedFigure(key, stands.get(key), value, is_new=key not in stands)
        for key, value in said.items()
        if key not in stands or stands[key] != value
    ]
    planned += [PlannedFigure(key, stands[key], None, is_gone=True) for key in gone]
    # Counted, not as a set: the same bonus entered twice is two.
    before = Counter(standing.adjustments)
    after = before if figures.adjustments is None else Counter(figures.adjustments)
    return PlannedImport(
        tuple(planned),
        sum(key in stands and stands[key] == value for key, value in said.items()),
        len(stands.keys() - said.keys() - set(gone)),
        tuple((after - before).elements()),
        tuple((before - after).elements()),
        (before & after).total(),
    )


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
    used = {row.unit for row in figures.indicators} | {
        row.unit for row in figures.adjustments or ()
    }
    unknown = sorted(used - known)
    if unknown:
        listed = "、".join(unknown[:10])
        raise UPLOAD_REFUSED.because(
            Text(
                f"名册中已没有这些单位：{listed}。请重新上传核对",
                f"the roster no longer has these units: {listed}; please upload again",
            )
        )


def _check_owners(standing: Standing, figures: Figures) -> None:
    """What others own is theirs to change, also between the check of a file and its import."""
    said = [(row.round, row.unit, row.component) for row in figures.indicators]
    keys = ((key[0], key[2]) for key in (*said, *figures.cleared))
    others = dict.fromkeys(standing.owners[key] for key in keys if key in standing.owners)
    if others:
        listed = AND.join(others)
        raise UPLOAD_REFUSED.because(
            Text(
                "其中有%(owners)s报的数，不能由导入改动。请重新上传核对",
                "some of these figures are entered by %(owners)s, and no import changes them; "
                "please upload again",
            ).filled(owners=listed)
        )


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
    if added or gone:
        require_changeable(session, season_id)
    _insert(
        session,
        Adjustment,
        season_id,
        [{**asdict(row), "entered_by": act.actor.login} for row in added],
    )
    moved = _match_events(session, season_id, gone, before.keys())
    follow_adjustments(session, season_id, moved, act)
    session.execute(
        delete(Adjustment).where(Adjustment.id.in_(gone)), execution_options=of_season(season_id)
    )
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
    table: type[Adjustment],
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
