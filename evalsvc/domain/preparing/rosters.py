"""The roster of a season: imported as a whole from its workbook's rows, and listed again."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import TypeVar

from sqlalchemy import Select, delete, insert, select
from sqlalchemy.orm import Session

from evalsvc.box.log_words import Verb, about_season
from evalsvc.db import Database
from evalsvc.domain.acting import Act
from evalsvc.domain.changing import require_changeable
from evalsvc.domain.facts_mark import of_season
from evalsvc.domain.preparing.attachments import drop_with_units
from evalsvc.domain.seasons import get_season_row, read_scheme
from evalsvc.errors import ROSTER_CHANGED, ROSTER_IN_USE, ROSTER_REMOVAL, Problem
from evalsvc.models.figures import Adjustment, Indicator
from evalsvc.models.history import PastResult
from evalsvc.models.roster import PanelSeats, Rater, Relation, Unit
from evalsvc.models.season import Round
from evalsvc.scheme.model import Scheme
from evalsvc.text import Text

Key = TypeVar("Key")

_NAMED_REMOVALS = 10
# What is about units, and about nobody once they are gone.
_FIGURES = (Indicator, Adjustment, PastResult)


@dataclass(frozen=True)
class UnitRow:
    """A unit under evaluation. `flags` are codes separated by spaces, `work` is one line.

    An empty `account` leaves what the unit itself has written. `cluster` names its area or line of
    work, if it has one.
    """

    code: str
    name: str
    category: str
    flags: str = ""
    work: str = ""
    account: str = ""
    cluster: str = ""


@dataclass(frozen=True)
class RaterRow:
    """A person or seat that evaluates; `unit` is the code of the unit they belong to, or empty."""

    group: str
    code: str
    name: str
    unit: str = ""


@dataclass(frozen=True)
class RelationRow:
    """This rater evaluates this unit, in this role (empty where the group has no roles)."""

    group: str
    rater: str
    unit: str
    role: str = ""


@dataclass(frozen=True)
class SeatsRow:
    """How many cards a stratum of the panel gets; `stratum` is empty where there are none."""

    group: str
    stratum: str
    seats: int


@dataclass(frozen=True)
class Roster:
    """Who is evaluated and who evaluates; raters that follow from units are not in it."""

    units: tuple[UnitRow, ...]
    raters: tuple[RaterRow, ...] = ()
    relations: tuple[RelationRow, ...] = ()
    seats: tuple[SeatsRow, ...] = ()


@dataclass(frozen=True)
class Change:
    """How many rows of a kind came, were changed and went."""

    added: int = 0
    changed: int = 0
    removed: int = 0

    def __add__(self, other: "Change") -> "Change":
        return Change(
            self.added + other.added, self.changed + other.changed, self.removed + other.removed
        )

    def __str__(self) -> str:
        return f"+{self.added} ~{self.changed} -{self.removed}"


@dataclass(frozen=True)
class RosterChange:
    """What an import changed; `figures_removed` went with the units that they were about."""

    units: Change
    raters: Change
    relations: Change
    seats: Change
    figures_removed: int = 0

    @property
    def total(self) -> Change:
        return self.units + self.raters + self.relations + self.seats


@dataclass(frozen=True)
class Correction:
    """One line that is put right in place, and the whole roster that it was put right in.

    `before` does what goes with it in the same transaction, while everything is still there.
    """

    line: str
    of: Roster
    before: Callable[[Session], None] | None = None


def import_roster(
    act: Act,
    season_id: int,
    roster: Roster,
    correction: Correction | None = None,
    seen: Roster | None = None,
) -> RosterChange:
    """Put a roster in the place of the season's, keeping whoever stays by their code.

    A correction has no act of its own: verifiers look for this one to know whether papers can
    still be told. It is refused where somebody else has changed the roster since it was read, and
    so is a roster with lines of the one that was `seen` before.

    Raters of groups that consist of units are made from the units. Refused while a round is
    issued or open; and nobody can be taken off once a round has been issued.
    """
    with act.writing() as session:
        season = get_season_row(session, season_id)
        raters = (*roster.raters, *_build_member_raters(read_scheme(season), roster.units))
        was_issued = _check_rounds(session, season_id)
        # Under the lock: what a colleague has just entered would be taken back unseen.
        before = correction.of if correction else seen
        if before is not None and _read_roster(session, season_id) != before:
            raise Problem(ROSTER_CHANGED)
        # Whoever was issued a code may have answered: taken off, the ballot would be nobody's.
        if was_issued:
            _refuse_removals(session, season_id, roster.units, raters)
        gone = _list_gone(session, season_id, roster.units)
        if correction and correction.before:
            correction.before(session)
        # Files first, while what they belong to is still there.
        drop_with_units(session, season_id, gone, act)
        figures = _remove_figures(session, season_id, gone)
        change = RosterChange(
            _import_units(session, season_id, roster.units),
            _import_raters(session, season_id, raters),
            _import_relations(session, season_id, roster.relations),
            _import_seats(session, season_id, roster.seats),
            figures,
        )
        if change.units != Change() or figures:
            require_changeable(session, season_id)
        detail = {
            "units": str(change.units),
            "raters": str(change.raters),
            "relations": str(change.relations),
            "seats": str(change.seats),
            "figures_removed": str(figures),
            **({"corrected": correction.line} if correction else {}),
        }
        act.tell(session, Verb.IMPORT_ROSTER, about_season(season_id), detail)
        return change


def get_roster(database: Database, season_id: int) -> Roster:
    """The season's roster as it stands, raters made from units included."""
    with database.reading() as session:
        return _read_roster(session, season_id)


def list_units(database: Database, season_id: int) -> tuple[UnitRow, ...]:
    """The season's units in the order of the workbook."""
    with database.reading() as session:
        return tuple(_build_unit(row) for row in _select_units(session, season_id))


def list_raters(database: Database, season_id: int) -> tuple[RaterRow, ...]:
    """The season's raters, those made from units included."""
    with database.reading() as session:
        return tuple(_build_rater(row) for row in _select_raters(session, season_id))


def list_relations(database: Database, season_id: int) -> tuple[RelationRow, ...]:
    """The season's listed relations."""
    with database.reading() as session:
        return _read_relations(session, season_id)


def list_seats(database: Database, season_id: int) -> tuple[SeatsRow, ...]:
    """The plan of the season's panel, in alphabetical order."""
    with database.reading() as session:
        return _read_seats(session, season_id)


def _read_roster(session: Session, season_id: int) -> Roster:
    return Roster(
        tuple(_build_unit(row) for row in _select_units(session, season_id)),
        tuple(_build_rater(row) for row in _select_raters(session, season_id)),
        _read_relations(session, season_id),
        _read_seats(session, season_id),
    )


def _read_relations(session: Session, season_id: int) -> tuple[RelationRow, ...]:
    statement = select(Relation).where(Relation.season_id == season_id).order_by(Relation.id)
    return tuple(
        RelationRow(row.group, row.rater, row.unit, row.role) for row in session.scalars(statement)
    )


def _read_seats(session: Session, season_id: int) -> tuple[SeatsRow, ...]:
    statement = (
        select(PanelSeats)
        .where(PanelSeats.season_id == season_id)
        .order_by(PanelSeats.group, PanelSeats.stratum)
    )
    return tuple(SeatsRow(row.group, row.stratum, row.seats) for row in session.scalars(statement))


def count_figures_lost(database: Database, season_id: int, units: Sequence[UnitRow]) -> int:
    """How many figures would go with the units that another roster leaves out."""
    with database.reading() as session:
        gone = _list_gone(session, season_id, units)
        return sum(len(session.scalars(each).all()) for each in _select_figures(season_id, gone))


def _build_member_raters(scheme: Scheme, units: Sequence[UnitRow]) -> tuple[RaterRow, ...]:
    return tuple(
        RaterRow(group.code, unit.code, unit.name, unit.code)
        for group in scheme.groups
        if group.members and group.identity != "counts"
        for unit in units
        if unit.category == group.members
    )


def _check_rounds(session: Session, season_id: int) -> bool:
    """Refuse while a round is under way; say whether one has ever been issued."""
    # Locked, so that no round is issued from a roster that is just being changed.
    rounds = select(Round.state).where(Round.season_id == season_id).with_for_update()
    states = set(session.scalars(rounds))
    if states & {"issued", "open", "closed"}:
        raise Problem(ROSTER_IN_USE)
    return states != {"preparing"}


def _refuse_removals(
    session: Session, season_id: int, units: Sequence[UnitRow], raters: Sequence[RaterRow]
) -> None:
    unit_codes = {unit.code for unit in units}
    rater_codes = {(rater.group, rater.code) for rater in raters}
    gone = [
        f"{row.name}（{row.code}）"
        for row in _select_units(session, season_id)
        if row.code not in unit_codes
    ] + [
        f"{row.name}（{row.group} {row.code}）"
        for row in _select_raters(session, season_id)
        if (row.group, row.code) not in rater_codes
    ]
    if gone:
        raise Problem(ROSTER_REMOVAL, listed=_list_names(gone))


def _list_names(names: Sequence[str]) -> Text:
    shown, rest = names[:_NAMED_REMOVALS], len(names) - _NAMED_REMOVALS
    return Text(
        "、".join(shown) + (f"等{len(names)}个" if rest > 0 else ""),
        ", ".join(shown) + (f" and {rest} more" if rest > 0 else ""),
    )


def _list_gone(session: Session, season_id: int, units: Sequence[UnitRow]) -> list[str]:
    """The units that another roster leaves out."""
    kept = {unit.code for unit in units}
    return [row.code for row in _select_units(session, season_id) if row.code not in kept]


def _remove_figures(session: Session, season_id: int, gone: Sequence[str]) -> int:
    """Figures of a unit that is going would be figures of nobody."""
    found = [session.scalars(each).all() for each in _select_figures(season_id, gone)]
    for table in _FIGURES:
        about_gone = (table.season_id == season_id) & table.unit.in_(gone)
        session.execute(delete(table).where(about_gone), execution_options=of_season(season_id))
    return sum(map(len, found))


def _select_figures(season_id: int, units: Sequence[str]) -> Iterator[Select[str]]:
    for table in _FIGURES:
        yield select(table.unit).where(table.season_id == season_id, table.unit.in_(units))


def _import_units(session: Session, season_id: int, units: Sequence[UnitRow]) -> Change:
    rows = {row.code: row for row in _select_units(session, season_id)}
    old = {code: (row.position, _build_unit(row)) for code, row in rows.items()}
    new = {
        # An empty account leaves what the unit has written
        # itself: the workbook of the office does not know it.
        unit.code: (position, _keep_account(unit, rows.get(unit.code)))
        for position, unit in enumerate(units)
    }
    added, changed, removed = _compare(old, new)
    _delete(session, [rows[code] for code in removed])
    _free_names(session, [rows[code] for code in changed])
    for code in changed:
        position, unit = new[code]
        _set(rows[code], {"position": position, **asdict(unit)})
    session.flush()
    _insert(
        session,
        Unit,
        season_id,
        [{"position": new[code][0], **asdict(new[code][1])} for code in added],
    )
    return Change(len(added), len(changed), len(removed))


def _keep_account(unit: UnitRow, row: Unit | None) -> UnitRow:
    return unit if unit.account or row is None else replace(unit, account=row.account)


def _free_names(session: Session, rows: Iterable[Unit]) -> None:
    """Two units may have swapped their names, which are unique at every moment."""
    for row in rows:
        row.name = f"~{row.id}"
    session.flush()


def _import_raters(session: Session, season_id: int, raters: Sequence[RaterRow]) -> Change:
    rows = {(row.group, row.code): row for row in _select_raters(session, season_id)}
    old = {key: _build_rater(row) for key, row in rows.items()}
    new = {(rater.group, rater.code): rater for rater in raters}
    added, changed, removed = _compare(old, new)
    _delete(session, [rows[key] for key in removed])
    for key in changed:
        _set(rows[key], asdict(new[key]))
    _insert(session, Rater, season_id, [asdict(new[key]) for key in added])
    return Change(len(added), len(changed), len(removed))


def _import_relations(session: Session, season_id: int, relations: Sequence[RelationRow]) -> Change:
    of_season = select(Relation).where(Relation.season_id == season_id)
    rows = {(row.group, row.rater, row.unit): row for row in session.scalars(of_season)}
    old = {key: RelationRow(*key, row.role) for key, row in rows.items()}
    new = {(found.group, found.rater, found.unit): found for found in relations}
    added, changed, removed = _compare(old, new)
    _delete(session, [rows[key] for key in removed])
    for key in changed:
        rows[key].role = new[key].role
    _insert(session, Relation, season_id, [asdict(new[key]) for key in added])
    return Change(len(added), len(changed), len(removed))


def _import_seats(session: Session, season_id: int, seats: Sequence[SeatsRow]) -> Change:
    of_season = select(PanelSeats).where(PanelSeats.season_id == season_id)
    rows = {(row.group, row.stratum): row for row in session.scalars(of_season)}
    old = {key: SeatsRow(*key, row.seats) for key, row in rows.items()}
    new = {(found.group, found.stratum): found for found in seats}
    added, changed, removed = _compare(old, new)
    _delete(session, [rows[key] for key in removed])
    for key in changed:
        rows[key].seats = new[key].seats
    _insert(session, PanelSeats, season_id, [asdict(new[key]) for key in added])
    return Change(len(added), len(changed), len(removed))


def _compare(
    old: Mapping[Key, object], new: Mapping[Key, object]
) -> tuple[list[Key], list[Key], list[Key]]:
    """Keys that came, changed and went, each in its own side's order."""
    return (
        [key for key in new if key not in old],
        [key for key in new if key in old and old[key] != new[key]],
        [key for key in old if key not in new],
    )


def _delete(session: Session, rows: Iterable[Unit | Rater | Relation | PanelSeats]) -> None:
    """At once, so that what comes in their place may have their code or name."""
    for row in rows:
        session.delete(row)
    session.flush()


def _set(row: Unit | Rater, columns: Mapping[str, object]) -> None:
    for name, value in columns.items():
        setattr(row, name, value)


def _insert(
    session: Session,
    table: type[Unit] | type[Rater] | type[Relation] | type[PanelSeats],
    season_id: int,
    rows: Collection[Mapping[str, object]],
) -> None:
    if rows:
        session.execute(insert(table), [{"season_id": season_id, **row} for row in rows])


def _select_units(session: Session, season_id: int) -> Sequence[Unit]:
    of_season = select(Unit).where(Unit.season_id == season_id).order_by(Unit.position)
    return session.scalars(of_season).all()


def _select_raters(session: Session, season_id: int) -> Sequence[Rater]:
    of_season = select(Rater).where(Rater.season_id == season_id).order_by(Rater.id)
    return session.scalars(of_season).all()


def _build_unit(row: Unit) -> UnitRow:
    return UnitRow(row.code, row.name, row.category, row.flags, row.work, row.account, row.cluster)


def _build_rater(row: Rater) -> RaterRow:
    return RaterRow(row.group, row.code, row.name, row.unit)
