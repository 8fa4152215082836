"""Relations as a matrix, raters × units: read for a page, and planned by a pattern or by its boxes.

A matrix is of one group and one role. A page shows a part of it; a pattern reaches all raters and
units that were found, on whatever page they stand.
"""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, TypeVar

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from evalsvc.db import Database
from evalsvc.domain.folding import fold
from evalsvc.domain.preparing.rosters import RaterRow, RelationRow, Roster, UnitRow
from evalsvc.domain.seasons import get_season_row, read_scheme
from evalsvc.errors import NOT_FOUND, Problem
from evalsvc.models.roster import Rater, Relation, Unit
from evalsvc.scheme.model import Group, Scheme

Pattern = Literal["all", "same_category", "other_category", "same_cluster", "none"]
PATTERNS: tuple[Pattern, ...] = ("all", "same_category", "other_category", "same_cluster", "none")
RATERS_SHOWN = 60
UNITS_SHOWN = 60
# More at once is a rule of the scheme, not a list.
MOST_CHANGES = 20_000

Found = TypeVar("Found")
Pair = tuple[str, str]
"""A rater and a unit, by their codes."""


@dataclass(frozen=True)
class Part:
    """Which part of a group's matrix is looked at; what is empty is chosen for the reader."""

    role: str = ""
    category: str = ""
    raters: str = ""
    units: str = ""
    page: int = 1
    columns: int = 1


@dataclass(frozen=True)
class MatrixRater:
    """A row; `rates` how many units in all, in whatever role."""

    code: str
    name: str
    unit: str
    rates: int


@dataclass(frozen=True)
class MatrixUnit:
    """A column; `rated_by` how many of the group."""

    code: str
    name: str
    rated_by: int


@dataclass(frozen=True)
class Matrix:
    """A page of a group's matrix. `roles` has by pair the role that stands, in this or another."""

    group: Group
    part: Part
    role_codes: tuple[str, ...]
    categories: tuple[str, ...]
    raters: tuple[MatrixRater, ...]
    units: tuple[MatrixUnit, ...]
    roles: Mapping[Pair, str]
    n_raters: int
    n_units: int
    has_clusters: bool

    @property
    def pages(self) -> int:
        return max(-(-self.n_raters // RATERS_SHOWN), 1)

    @property
    def column_pages(self) -> int:
        return max(-(-self.n_units // UNITS_SHOWN), 1)


@dataclass(frozen=True)
class RelationChange:
    """A pair with its role before and after; None: it does not rate this unit by the list."""

    rater: str
    unit: str
    before: str | None
    after: str | None


def get_matrix(database: Database, season_id: int, group_code: str, wanted: Part) -> Matrix:
    """A page of a group's matrix; only groups that list relations have one."""
    with database.reading() as session:
        scheme = read_scheme(get_season_row(session, season_id))
        group = find_group(scheme, group_code)
        if group is None:
            raise Problem(NOT_FOUND)
        role = wanted.role if wanted.role in list_roles(group) else list_roles(group)[0]
        categories = _list_categories(scheme, group, role)
        category = wanted.category if wanted.category in categories else ""
        units = _read_units(session, season_id, {category} if category else categories)
        raters = _read_raters(session, season_id, group_code)
        found_units = [each for each in units if _has(each, wanted.units)]
        found_raters = [each for each in raters if _has(each, wanted.raters)]
        columns, shown_units = _take(found_units, wanted.columns, UNITS_SHOWN)
        page, shown_raters = _take(found_raters, wanted.page, RATERS_SHOWN)
        rates, rated = _count(session, season_id, group_code)
        return Matrix(
            group=group,
            part=Part(role, category, wanted.raters, wanted.units, page, columns),
            role_codes=list_roles(group),
            categories=categories,
            raters=tuple(
                MatrixRater(each.code, each.name, _get_own(group, each), rates.get(each.code, 0))
                for each in shown_raters
            ),
            units=tuple(
                MatrixUnit(each.code, each.name, rated.get(each.code, 0)) for each in shown_units
            ),
            roles=_read_roles(session, season_id, group_code, shown_raters, shown_units),
            n_raters=len(found_raters),
            n_units=len(found_units),
            has_clusters=any(each.cluster for each in units),
        )


def find_group(scheme: Scheme, code: str) -> Group | None:
    """A group with relations to list, because it sees listed units or has roles."""
    return next((each for each in list_matrix_groups(scheme) if each.code == code), None)


def list_matrix_groups(scheme: Scheme) -> tuple[Group, ...]:
    return tuple(
        group
        for group in scheme.groups
        if group.identity != "counts"
        and any(sight.relation == "listed" or sight.roles for sight in group.sights)
    )


def list_roles(group: Group) -> tuple[str, ...]:
    """The roles that a list gives; an empty one where a unit is listed without any."""
    found = [
        role
        for sight in group.sights
        if sight.relation == "listed" or sight.roles
        for role in sight.roles or ("",)
    ]
    return tuple(dict.fromkeys(found))


def plan_pattern(
    scheme: Scheme, roster: Roster, group: Group, part: Part, pattern: Pattern
) -> tuple[RelationChange, ...]:
    """What a pattern changes for all raters and units that are found, whatever page they stand on.

    A rater's own unit is never rated. Patterns that go by it leave raters without one as they are.
    """
    units, raters = _find_in_roster(scheme, roster, group, part)
    by_code = {unit.code: unit for unit in roster.units}
    wants = _PATTERNS[pattern]

    def choose(rater: RaterRow, unit: UnitRow) -> bool | None:
        own = by_code.get(_get_own(group, rater))
        return None if own is None and pattern in _BY_OWN else wants(own, unit)

    return _plan(roster, group, part.role, raters, units, choose)


def plan_boxes(
    scheme: Scheme,
    roster: Roster,
    group: Group,
    part: Part,
    shown: tuple[Collection[str], Collection[str]],
    ticked: Collection[Pair],
) -> tuple[RelationChange, ...]:
    """What the boxes of a page say; raters and units that it did not show stay as they are."""
    codes, names = (set(each) for each in shown)
    everything = Part(part.role)
    units, raters = _find_in_roster(scheme, roster, group, everything)
    chosen = set(ticked)
    return _plan(
        roster,
        group,
        part.role,
        [rater for rater in raters if rater.code in codes],
        [unit for unit in units if unit.code in names],
        lambda rater, unit: (rater.code, unit.code) in chosen,
    )


def apply_changes(roster: Roster, group: Group, changes: Sequence[RelationChange]) -> Roster | None:
    """The roster with these changes; None where one is no longer what it was planned for."""
    stands = {
        (each.rater, each.unit): each.role for each in roster.relations if each.group == group.code
    }
    planned = {(each.rater, each.unit): each for each in changes}
    # Somebody else may have changed the list since the page was shown.
    if any(stands.get(pair) != each.before for pair, each in planned.items()):
        return None
    kept = [
        each
        for each in roster.relations
        if each.group != group.code or (each.rater, each.unit) not in planned
    ]
    new = [
        RelationRow(group.code, each.rater, each.unit, each.after)
        for each in changes
        if each.after is not None
    ]
    return Roster(roster.units, roster.raters, (*kept, *new), roster.seats)


def _plan(
    roster: Roster,
    group: Group,
    role: str,
    raters: Sequence[RaterRow],
    units: Sequence[UnitRow],
    choose: Callable[[RaterRow, UnitRow], bool | None],
) -> tuple[RelationChange, ...]:
    stands = {
        (each.rater, each.unit): each.role for each in roster.relations if each.group == group.code
    }

    def compare() -> Iterator[RelationChange]:
        for rater in raters:
            own = _get_own(group, rater)
            for unit in units:
                before = stands.get((rater.code, unit.code))
                wanted = unit.code != own and choose(rater, unit)
                if wanted and before != role:
                    yield RelationChange(rater.code, unit.code, before, role)
                # Who rates this unit in another role is not this matrix's to take away.
                elif wanted is False and before == role:
                    yield RelationChange(rater.code, unit.code, before, None)

    return tuple(compare())


def _find_in_roster(
    scheme: Scheme, roster: Roster, group: Group, part: Part
) -> tuple[list[UnitRow], list[RaterRow]]:
    categories = _list_categories(scheme, group, part.role)
    units = [
        each
        for each in roster.units
        if each.category in categories
        and part.category in ("", each.category)
        and _has(each, part.units)
    ]
    raters = [
        each for each in roster.raters if each.group == group.code and _has(each, part.raters)
    ]
    return units, raters


def _list_categories(scheme: Scheme, group: Group, role: str) -> tuple[str, ...]:
    """Of which units this role is listed."""
    seen = {
        sight.category
        for sight in group.sights
        if (sight.relation == "listed" or sight.roles) and role in (sight.roles or ("",))
    }
    return tuple(each.code for each in scheme.categories if each.code in seen)


def _get_own(group: Group, rater: RaterRow) -> str:
    # Where units themselves rate, the rater is the unit.
    return rater.code if group.members else rater.unit


_PATTERNS: Mapping[Pattern, Callable[[UnitRow | None, UnitRow], bool]] = {
    "all": lambda _own, _unit: True,
    "same_category": lambda own, unit: own is not None and own.category == unit.category,
    "other_category": lambda own, unit: own is not None and own.category != unit.category,
    "same_cluster": lambda own, unit: own is not None and own.cluster == unit.cluster != "",
    "none": lambda _own, _unit: False,
}
_BY_OWN = frozenset({"same_category", "other_category", "same_cluster"})


def _has(row: UnitRow | RaterRow, word: str) -> bool:
    return not word or fold(word) in fold(f"{row.name} {row.code}")


def _take(items: Sequence[Found], page: int, size: int) -> tuple[int, Sequence[Found]]:
    # A page typed into the address, or one that a narrower search no longer has.
    page = min(max(page, 1), max(-(-len(items) // size), 1))
    return page, items[(page - 1) * size : page * size]


def _read_units(
    session: Session, season_id: int, categories: Collection[str]
) -> tuple[UnitRow, ...]:
    columns = select(Unit.code, Unit.name, Unit.category, Unit.cluster)
    rows = session.execute(
        columns.where(Unit.season_id == season_id, Unit.category.in_(categories)).order_by(
            Unit.position
        )
    )
    return tuple(UnitRow(r.code, r.name, r.category, cluster=r.cluster) for r in rows)


def _read_raters(session: Session, season_id: int, group: str) -> tuple[RaterRow, ...]:
    rows = session.execute(
        select(Rater.group, Rater.code, Rater.name, Rater.unit)
        .where(Rater.season_id == season_id, Rater.group == group)
        .order_by(Rater.id)
    )
    return tuple(RaterRow(*row) for row in rows)


def _count(session: Session, season_id: int, group: str) -> tuple[dict[str, int], dict[str, int]]:
    """How many units each rater rates by the list, and how many raters each unit has."""
    found = []
    for column in (Relation.rater, Relation.unit):
        rows = session.execute(
            select(column, func.count())
            .where(Relation.season_id == season_id, Relation.group == group)
            .group_by(column)
        )
        found.append({row[0]: row[1] for row in rows})
    return found[0], found[1]


def _read_roles(
    session: Session,
    season_id: int,
    group: str,
    raters: Sequence[RaterRow],
    units: Sequence[UnitRow],
) -> dict[Pair, str]:
    rows = session.execute(
        select(Relation.rater, Relation.unit, Relation.role).where(
            Relation.season_id == season_id,
            Relation.group == group,
            Relation.rater.in_([each.code for each in raters]),
            Relation.unit.in_([each.code for each in units]),
        )
    )
    return {(row.rater, row.unit): row.role for row in rows}
