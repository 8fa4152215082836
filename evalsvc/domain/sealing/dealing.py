"""Dealing a panel's cards: small strata joined, and forms that enough people share in each cell."""

import secrets
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from analysis.panel.dealing import DealtCell, deal_cells, deal_forms, deal_people, fewest_in_cell
from evalsvc.db import Database
from evalsvc.domain.seasons import get_round_row, read_scheme
from evalsvc.errors import ACT_REFUSED, ROSTER_EMPTY, Problem
from evalsvc.models.box import Credential, DealtForm
from evalsvc.models.opened import PanelSum
from evalsvc.models.roster import PanelSeats, Unit
from evalsvc.models.season import Round
from evalsvc.scheme.model import Group, Stratum
from evalsvc.text import Text


@dataclass(frozen=True)
class DealtSeat:
    """One card of a panel: its stratum for whoever hands it out, its cell and form for the roll."""

    stratum: Stratum
    number: int
    cell: str
    form: int


@dataclass(frozen=True)
class RollCell:
    """A cell as it stands on the roll, without void cards."""

    strata: tuple[str, ...]
    cards: int
    forms: int
    fewest_per_form: int

    @property
    def is_joint(self) -> bool:
        return len(self.strata) > 1


@dataclass(frozen=True)
class PanelCells:
    """How a panel was dealt and, once counted, which cells were counted together.

    `needed`: from how many cards on a stratum is dealt as a cell of its own. `unseen`: units on
    no form, because the panel has too few people for so many forms.
    """

    group: Group
    cells: tuple[RollCell, ...]
    needed: int
    seats: Mapping[str, int]
    unseen: tuple[str, ...]
    counted: tuple[tuple[str, ...], ...] | None

    @property
    def was_joined_at_count(self) -> bool:
        return self.counted is not None and len(self.counted) < len(self.cells)


def deal_panel(session: Session, row: Round, group: Group) -> Iterator[DealtSeat]:
    """Deal a panel's forms and give every seat of the plan its cell and its form."""
    # A panel without strata is one stratum that has everybody.
    strata = {one.code: one for one in group.strata or (Stratum("", group.name, Decimal(100)),)}
    seats = _list_seats(session, row.season_id, group)
    people = {code: seats.get(code, 0) for code in strata}
    if not any(people.values()):
        return
    least = _get_per_form(row)
    # Fewer people than have to share a form: whatever is joined, the answers would be somebody's.
    _check_enough(group, sum(people.values()), least)
    codes = _list_panel_units(session, row, group)
    size = min(group.form_size or len(codes), len(codes))
    # Small strata give way and not the forms: with fewer forms a small stratum would judge some
    # units only, and with one weight for a citizen that bends those units' means (decision 0008).
    cells = deal_cells(people, len(codes), size, least)
    _write_forms(session, row, group, codes, size, max(cell.n_forms for cell in cells))
    for cell in cells:
        yield from _seat_cell(cell, people, strata)


def list_panels(database: Database, round_id: int) -> tuple[PanelCells, ...]:
    """How a round's panels were dealt, for the office to see; empty before codes are issued."""
    with database.reading() as session:
        row = get_round_row(session, round_id)
        scheme = read_scheme(row.season)
        found = session.execute(
            select(Credential.group, Credential.cell, Credential.form, func.count())
            .where(Credential.round_id == round_id, Credential.void.is_(False))
            .group_by(Credential.group, Credential.cell, Credential.form)
        ).all()
        cards: dict[str, dict[str, dict[int, int]]] = {}
        for group, cell, form, n in found:
            cards.setdefault(group, {}).setdefault(cell, {})[form] = n
        return tuple(
            _build_panel(session, row, group, cards[group.code])
            for group in scheme.groups
            if group.identity == "counts" and group.code in cards
        )


def _list_seats(session: Session, season_id: int, group: Group) -> dict[str, int]:
    found = session.scalars(
        select(PanelSeats).where(PanelSeats.season_id == season_id, PanelSeats.group == group.code)
    )
    return {one.stratum: one.seats for one in found}


def _get_per_form(row: Round) -> int:
    """How many people of a cell share a form at least: sealed when the round opened."""
    return read_scheme(row.season).get_round(row.code).thresholds.people_per_form


def _check_enough(group: Group, people: int, least: int) -> None:
    if people < least:
        raise ACT_REFUSED.because(
            Text(
                f"{group.name.zh}只有 {people} 张评议卡，至少要 {least} 张，"
                "否则答卷认得出是谁的；请在名册里增加",
                f"{group.name.en} has {people} cards and needs {least} at least, or answers "
                "would give people away; please add some in the roster",
            )
        )


def _list_panel_units(session: Session, row: Round, group: Group) -> list[str]:
    seen = {sight.category for sight in group.sights}
    units = session.scalars(
        select(Unit).where(Unit.season_id == row.season_id).order_by(Unit.position)
    ).all()
    codes = [unit.code for unit in units if unit.category in seen]
    if not codes:
        raise Problem(ROSTER_EMPTY, what=Text("单位", "units"))
    return codes


def _write_forms(
    session: Session, row: Round, group: Group, codes: Sequence[str], size: int, n_forms: int
) -> None:
    """The first forms of a deal are even by themselves, so smaller cells take the first ones."""
    dealt = deal_forms(len(codes), size, n_forms, secrets.randbits(64))
    for number, form in enumerate(dealt):
        # Where everybody sees all units, in the office's
        # order; a dealt list is even only as it was dealt.
        units = " ".join(codes[index] for index in (sorted(form) if size == len(codes) else form))
        session.add(DealtForm(round_id=row.id, group=group.code, form=number, units=units))


def _seat_cell(
    cell: DealtCell, people: Mapping[str, int], strata: Mapping[str, Stratum]
) -> Iterator[DealtSeat]:
    """Forms by chance: a seat's number, which is printed, tells nothing of its form."""
    forms = iter(deal_people(cell.people, cell.n_forms, secrets.randbits(64)))
    name = "+".join(cell.strata)
    for stratum in cell.strata:
        for number in range(1, people[stratum] + 1):
            yield DealtSeat(strata[stratum], number, name, next(forms))


def _build_panel(
    session: Session, row: Round, group: Group, cards: Mapping[str, Mapping[int, int]]
) -> PanelCells:
    codes = _list_panel_units(session, row, group)
    size = min(group.form_size or len(codes), len(codes))
    dealt = session.scalars(
        select(DealtForm.units).where(DealtForm.round_id == row.id, DealtForm.group == group.code)
    )
    shown = {code for units in dealt for code in units.split()}
    order = [stratum.code for stratum in group.strata]
    cells = [
        RollCell(tuple(cell.split("+")), sum(forms.values()), len(forms), min(forms.values()))
        for cell, forms in cards.items()
    ]
    return PanelCells(
        group=group,
        # By the declared order of strata: the order of the roll would be that of its keys.
        cells=tuple(sorted(cells, key=lambda one: [order.index(s) for s in one.strata if s])),
        needed=fewest_in_cell(len(codes), size, _get_per_form(row)),
        seats=_list_seats(session, row.season_id, group),
        unseen=tuple(code for code in codes if code not in shown),
        counted=_list_counted(session, row, group) if row.state == "counted" else None,
    )


def _list_counted(session: Session, row: Round, group: Group) -> tuple[tuple[str, ...], ...]:
    subjects = session.scalars(
        select(PanelSum.subject).where(
            PanelSum.round_id == row.id,
            PanelSum.group == group.code,
            PanelSum.kind == "cell",
            PanelSum.name == "valid",
        )
    )
    return tuple(tuple(one.split("+")) for one in subjects)
