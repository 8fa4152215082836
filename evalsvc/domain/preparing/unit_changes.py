"""A unit renamed, merged, split, new or dissolved in the course of a year, and what follows.

Codes stay: figures, tasks, history and whoever speaks for a unit stay with it under its new name.
What goes with a unit is said before anybody confirms, and what can be handed on is handed on.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from sqlalchemy import delete, func, or_, select, update
from sqlalchemy.orm import InstrumentedAttribute, Session

from evalsvc.db import Database
from evalsvc.domain.acting import Act
from evalsvc.domain.preparing.relations import list_matrix_groups
from evalsvc.domain.preparing.rosters import (
    Correction,
    RelationRow,
    Roster,
    UnitRow,
    count_figures_lost,
    import_roster,
)
from evalsvc.domain.seasons import get_season_row, read_scheme
from evalsvc.errors import ACT_REFUSED, ENTRY_REFUSED
from evalsvc.models.assessment import BodyFigure, BodyMember, BodyNote, BodySheet, Task
from evalsvc.models.publication import Liaison
from evalsvc.models.season import Round
from evalsvc.models.unit_change import UnitChange
from evalsvc.scheme.model import Scheme
from evalsvc.text import AND, Text

Kind = Literal["renamed", "merged", "split", "new", "dissolved"]
KINDS: tuple[Kind, ...] = ("renamed", "merged", "split", "new", "dissolved")
# After a round has been issued nobody is taken off: a paper could be about them.
TAKE_OFF = frozenset({"merged", "dissolved"})

_NO_UNIT = Text("请选名册里的单位", "please choose a unit of the roster")
_SAME_UNIT = Text("并入的要是另一个单位", "a unit merges into another one")
_SAME_NAME = Text("名称没有变", "the name is the same")
_HAS_TASKS = Text(
    "它有 %(n)s 项任务（承担或牵头），撤销以后没有人办；请改用“并入”，任务一起转给接手的单位",
    "it carries or leads %(n)s tasks, which would be nobody's; please let it merge, so that they "
    "go to the unit that takes over",
)


@dataclass(frozen=True)
class Wanted:
    """A change as entered. `unit` is who changes; for a new one `code`, `name` and `category`.

    `other` is who takes over in a merger; a unit that is split off is new, and `unit` its origin.
    """

    kind: Kind
    unit: str = ""
    name: str = ""
    code: str = ""
    category: str = ""
    other: str = ""
    since: str = ""
    reason: str = ""


def plan_roster(roster: Roster, wanted: Wanted) -> Roster:
    """The roster after a change; it still has to pass the checks of an import."""
    units = {unit.code: unit for unit in roster.units}
    if wanted.kind != "new" and wanted.unit not in units:
        raise ENTRY_REFUSED.because(_NO_UNIT)
    match wanted.kind:
        case "renamed":
            if wanted.name == units[wanted.unit].name:
                raise ENTRY_REFUSED.because(_SAME_NAME)
            return _replace_unit(roster, replace(units[wanted.unit], name=wanted.name))
        case "dissolved":
            return _drop(roster, wanted.unit)
        case "merged":
            if wanted.other not in units:
                raise ENTRY_REFUSED.because(_NO_UNIT)
            if wanted.other == wanted.unit:
                raise ENTRY_REFUSED.because(_SAME_UNIT)
            return _drop(_hand_on(roster, wanted.unit, wanted.other), wanted.unit)
        case "split":
            origin = units[wanted.unit]
            new = replace(origin, code=wanted.code, name=wanted.name, account="", flags="")
            return _add_after(_copy_relations(roster, origin.code, new.code), origin.code, new)
        case "new":
            new = UnitRow(wanted.code, wanted.name, wanted.category)
            return replace(roster, units=(*roster.units, new))


def list_following(
    database: Database, season_id: int, roster: Roster, wanted: Wanted
) -> list[Text]:
    """What a change brings with it, in sentences for whoever is about to confirm it."""
    with database.reading() as session:
        season = get_season_row(session, season_id)
        scheme = read_scheme(season)
        found = [*_follow(session, season_id, scheme, roster, wanted)]
    if wanted.kind in TAKE_OFF:
        left = [unit for unit in roster.units if unit.code != wanted.unit]
        lost = count_figures_lost(database, season_id, left)
        if lost:
            found.append(_LOST.filled(n=lost))
    return found


def change_unit(act: Act, season_id: int, wanted: Wanted, of: Roster, checked: Roster) -> None:
    """Change the roster, hand on what can be handed on, and keep what became of the unit."""
    names = {unit.code: unit.name for unit in of.units}

    def go_along(session: Session) -> None:
        if wanted.kind in TAKE_OFF:
            _refuse_tasks(session, season_id, wanted)
            _hand_on_rows(session, season_id, wanted.unit, wanted.other)
        session.add(_build_row(act, season_id, wanted, names))

    line = f"units {wanted.unit or wanted.code} {wanted.kind}"
    import_roster(act, season_id, checked, Correction(line, of, go_along))


def _build_row(act: Act, season_id: int, wanted: Wanted, names: dict[str, str]) -> UnitChange:
    came = wanted.kind in ("new", "split")
    other = {"renamed": wanted.unit, "merged": wanted.other, "split": wanted.unit}
    code = other.get(wanted.kind, "")
    return UnitChange(
        season_id=season_id,
        kind=wanted.kind,
        unit=wanted.code if came else wanted.unit,
        name=wanted.name if came else names[wanted.unit],
        other=code,
        other_name=wanted.name if wanted.kind == "renamed" else names.get(code, ""),
        since=wanted.since,
        reason=wanted.reason,
        changed_by=act.actor.name,
        changed_at=act.moment,
    )


_LOST = Text(
    "它的 %(n)s 个指标数、加减分和历年结果一起删去；要留着的，请先从“指标和加减分”“历年结果”下载",
    "%(n)s figures, adjustments and results of earlier years go with it; please download what is "
    "to be kept from “Indicators and adjustments” and “Earlier years” first",
)
_RENAMED = Text(
    "指标数、任务、历年结果、联络员都跟着它，名称后面注明原名；接续往年结果时，按原名也认得",
    "figures, tasks, earlier results and liaisons stay with it, and its former name stands in "
    "brackets; results of earlier years are found by the former name, too",
)
_ISSUED = Text(
    "已经有轮次发过码：印好的信和问卷上是原来的名称，之后发的用新名称",
    "a round has been issued: what is printed has the former name, what is issued later the new",
)
_NO_REMOVAL = Text(
    "已经有轮次发过码，名册里的单位不能再去掉：本年度留着它，没有做的指标填“不承担”",
    "a round has been issued, and no unit can be taken off any more: keep it this year, and enter "
    "“not carried” where it did nothing",
)
_DUE = Text("它要填 %(n)s 个指标数", "%(n)s figures become due of it")
_RATES = Text("它自动成为评价人：%(groups)s", "it becomes a rater of: %(groups)s")
_LISTED = Text(
    "谁评它，由名单决定的要另外勾选：%(groups)s",
    "who rates it is listed, and is still to be ticked, in: %(groups)s",
)
_COPIED = Text(
    "谁评原单位，就也评它：%(n)s 个评价关系一起抄过来，可以再改",
    "whoever rates the unit that it comes from rates it as well: %(n)s relations are copied, and "
    "can be changed",
)
_SHEETS = Text(
    "%(n)s 张已报送的评分表里没有它；要给它评分，请退回这些表补填",
    "%(n)s sheets that were handed in don't have it; please send them back to be completed",
)
_NO_PAST = Text(
    "历年结果从今年开始；它没有往年的，连续几年的情形从今年算起",
    "it has no results of earlier years; what counts over years begins with this one",
)
_HANDED_ON = Text(
    "转给“%(name)s”：%(tasks)s 项任务，%(people)s 个联络员和经办人，%(relations)s 个评价关系",
    "handed on to “%(name)s”: %(tasks)s tasks, %(people)s liaisons and colleagues of bodies, "
    "%(relations)s relations",
)
_UNBOUND = Text(
    "%(n)s 个联络员和经办人与它的绑定一起解除，账号还在",
    "%(n)s liaisons and colleagues are no longer bound to it; their accounts stay",
)


def _follow(
    session: Session, season_id: int, scheme: Scheme, roster: Roster, wanted: Wanted
) -> Iterator[Text]:
    issued = session.scalar(
        select(func.count())
        .select_from(Round)
        .where(Round.season_id == season_id, Round.state != "preparing")
    )
    if wanted.kind == "renamed":
        yield _RENAMED
        if issued:
            yield _ISSUED
    elif wanted.kind in TAKE_OFF:
        if issued:
            yield _NO_REMOVAL
        yield from _follow_removal(session, season_id, roster, wanted)
    else:
        yield from _follow_arrival(session, season_id, scheme, roster, wanted)


def _follow_removal(
    session: Session, season_id: int, roster: Roster, wanted: Wanted
) -> Iterator[Text]:
    tasks = _count_tasks(session, season_id, wanted.unit)
    people = sum(
        session.scalar(
            select(func.count())
            .select_from(column.class_)
            .where(column.class_.season_id == season_id, column == wanted.unit)
        )
        or 0
        for column in (Liaison.unit, BodyMember.body)
    )
    if wanted.kind == "merged":
        names = {unit.code: unit.name for unit in roster.units}
        held = {(each.group, each.rater) for each in roster.relations if each.unit == wanted.other}
        moved = [
            each
            for each in roster.relations
            if each.unit == wanted.unit and (each.group, each.rater) not in held
        ]
        yield _HANDED_ON.filled(
            name=names[wanted.other], tasks=tasks, people=people, relations=len(moved)
        )
        return
    if tasks:
        yield _HAS_TASKS.filled(n=tasks)
    if people:
        yield _UNBOUND.filled(n=people)


def _follow_arrival(
    session: Session, season_id: int, scheme: Scheme, roster: Roster, wanted: Wanted
) -> Iterator[Text]:
    origin = next((unit for unit in roster.units if unit.code == wanted.unit), None)
    category = origin.category if origin else wanted.category
    due = [each for each in scheme.components if category in each.categories]
    if due:
        yield _DUE.filled(n=len(due))
    rates = [each.name for each in scheme.groups if each.members == category]
    if rates:
        yield _RATES.filled(groups=AND.join(rates))
    if origin:
        copied = sum(each.unit == origin.code for each in roster.relations)
        if copied:
            yield _COPIED.filled(n=copied)
    else:
        listed = [
            group.name
            for group in list_matrix_groups(scheme)
            if any(s.category == category and s.relation == "listed" for s in group.sights)
        ]
        if listed:
            yield _LISTED.filled(groups=AND.join(listed))
    bodies = {(each.round, each.body) for each in due if each.body}
    handed_in = session.execute(
        select(BodySheet.round, BodySheet.body).where(
            BodySheet.season_id == season_id, BodySheet.state.in_(("handed_in", "accepted"))
        )
    )
    n = sum((row.round, row.body) in bodies for row in handed_in)
    if n:
        yield _SHEETS.filled(n=n)
    yield _NO_PAST


def _count_tasks(session: Session, season_id: int, unit: str) -> int:
    of_unit = (
        select(func.count())
        .select_from(Task)
        .where(Task.season_id == season_id, or_(Task.unit == unit, Task.lead == unit))
    )
    return session.scalar(of_unit) or 0


def _refuse_tasks(session: Session, season_id: int, wanted: Wanted) -> None:
    tasks = _count_tasks(session, season_id, wanted.unit)
    if tasks and wanted.kind == "dissolved":
        raise ACT_REFUSED.because(_HAS_TASKS.filled(n=tasks))


def _hand_on_rows(session: Session, season_id: int, unit: str, other: str) -> None:
    """Tasks and people go to whoever takes over; what is of the unit itself goes with it."""
    if other:
        for column in (Task.unit, Task.lead):
            session.execute(
                update(Task)
                .where(Task.season_id == season_id, column == unit)
                .values({column.key: other})
            )
    for bound in (Liaison.unit, BodyMember.body):
        _move_bindings(session, season_id, bound, unit, other)
    for table in (BodyFigure, BodyNote):
        session.execute(delete(table).where(table.season_id == season_id, table.unit == unit))


def _move_bindings(
    session: Session, season_id: int, column: InstrumentedAttribute[str], unit: str, other: str
) -> None:
    """Who speaks or works for the unit does so for the other; without one, for none."""
    table = column.class_
    of_season = table.season_id == season_id
    bound = of_season & (column == unit)
    if other:
        there = session.scalars(select(table.staff_id).where(of_season, column == other)).all()
        # Bound to both, a colleague is bound to the other already.
        session.execute(
            update(table).where(bound, table.staff_id.not_in(there)).values({column.key: other})
        )
    session.execute(delete(table).where(bound))


def _replace_unit(roster: Roster, unit: UnitRow) -> Roster:
    return replace(
        roster, units=tuple(unit if each.code == unit.code else each for each in roster.units)
    )


def _drop(roster: Roster, code: str) -> Roster:
    return replace(
        roster,
        units=tuple(each for each in roster.units if each.code != code),
        relations=tuple(
            each for each in roster.relations if each.unit != code and each.rater != code
        ),
    )


def _hand_on(roster: Roster, code: str, other: str) -> Roster:
    """Its raters belong to the other unit, and who rated it rates that one, but never their own."""
    raters = tuple(
        replace(each, unit=other) if each.unit == code and each.code != code else each
        for each in roster.raters
    )
    own = {(each.group, each.code) for each in raters if each.unit == other} | {
        (each.group, each.rater) for each in roster.relations if each.rater == other
    }
    held = {(each.group, each.rater) for each in roster.relations if each.unit == other}
    moved = [
        replace(each, unit=other)
        for each in roster.relations
        if each.unit == code and (each.group, each.rater) not in held | own and each.rater != other
    ]
    kept = [
        each
        for each in roster.relations
        if not (each.unit == other and (each.group, each.rater) in own)
    ]
    return replace(roster, raters=raters, relations=(*kept, *moved))


def _copy_relations(roster: Roster, code: str, new: str) -> Roster:
    copied: Sequence[RelationRow] = [
        replace(each, unit=new) for each in roster.relations if each.unit == code
    ]
    return replace(roster, relations=(*roster.relations, *copied))


def _add_after(roster: Roster, code: str, new: UnitRow) -> Roster:
    """Beside the unit that it comes from, as units stand on questionnaires."""
    units: list[UnitRow] = []
    for each in roster.units:
        units += [each, new] if each.code == code else [each]
    return replace(roster, units=tuple(units))
