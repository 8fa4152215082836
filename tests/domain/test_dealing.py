"""A panel on the roll: nobody nearly alone with a form in a cell, and the office is told."""

from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from sqlalchemy import select

from evalsvc.box.cards import Card
from evalsvc.domain.sealing.dealing import RollCell, list_panels
from evalsvc.errors import ACT_REFUSED, Problem
from evalsvc.models.box import Credential, DealtForm
from evalsvc.models.roster import PanelSeats
from tests.cast import (
    Installation,
    add_panel_city,
    add_panshan,
    build_installation,
    get_round_id,
    issue_cards,
)

STRATA = ("grassroots", "enterprises", "deputies", "organs")


@pytest.fixture
def installation(tmp_path: Path, database_url: str) -> Iterator[Installation]:
    built = build_installation(tmp_path, database_url)
    yield built
    built.database.close()


def issue(installation: Installation, *seats: int) -> tuple[int, tuple[Card, ...]]:
    """A panel city of twelve units, eight a form, with these seats in its four strata."""
    season_id = add_panel_city(installation)
    with installation.database.writing() as session:
        for stratum, n in zip(STRATA, seats, strict=True):
            session.get_one(PanelSeats, (season_id, "panel", stratum)).seats = n
    round_id = get_round_id(installation, season_id)
    return round_id, issue_cards(installation, round_id)


def read_roll(installation: Installation, round_id: int) -> Mapping[tuple[str, int], int]:
    with installation.database.reading() as session:
        found = session.execute(
            select(Credential.cell, Credential.form).where(
                Credential.round_id == round_id, Credential.group == "panel"
            )
        )
        return Counter((cell, form) for cell, form in found)


def count_units(installation: Installation, round_id: int) -> Counter[str]:
    """On how many forms each unit stands."""
    with installation.database.reading() as session:
        forms = session.scalars(select(DealtForm.units).where(DealtForm.round_id == round_id))
        return Counter(code for units in forms for code in units.split())


@pytest.mark.parametrize(
    ("seats", "cells"),
    [
        # Twelve units, eight a form: two forms show them all, so ten cards make a cell.
        ((20, 10, 11, 14), {"grassroots", "enterprises", "deputies", "organs"}),
        ((20, 9, 10, 4), {"grassroots", "enterprises+deputies+organs"}),
        ((3, 3, 0, 2), {"grassroots+enterprises+organs"}),
        ((5, 0, 0, 0), {"grassroots"}),
    ],
)
def test_every_cell_and_form_on_the_roll_is_shared_by_five(
    installation: Installation, seats: tuple[int, ...], cells: set[str]
) -> None:
    round_id, cards = issue(installation, *seats)
    roll = read_roll(installation, round_id)
    assert {cell for cell, _ in roll} == cells
    assert min(roll.values()) >= 5
    # Whoever hands the cards out still knows for whom they are.
    told = Counter(card.stratum for card in cards if card.group == "panel")
    assert told == {stratum: n for stratum, n in zip(STRATA, seats, strict=True) if n}


def test_units_stand_on_equally_many_forms(installation: Installation) -> None:
    round_id, _ = issue(installation, 100, 60, 40, 30)
    # Twenty forms of eight are 160 places for twelve units: 13 or 14 each.
    assert set(count_units(installation, round_id).values()) == {13, 14}


def test_the_office_sees_what_was_joined(installation: Installation) -> None:
    round_id, _ = issue(installation, 20, 9, 10, 4)
    (panel,) = list_panels(installation.database, round_id)
    assert panel.cells == (
        RollCell(("grassroots",), 20, 4, 5),
        RollCell(("enterprises", "deputies", "organs"), 23, 4, 5),
    )
    assert (panel.needed, panel.unseen, panel.counted) == (10, (), None)
    assert panel.seats == dict(zip(STRATA, (20, 9, 10, 4), strict=True))


def test_units_that_nobody_is_asked_about_are_named(installation: Installation) -> None:
    round_id, _ = issue(installation, 3, 3, 0, 2)
    (panel,) = list_panels(installation.database, round_id)
    assert panel.cells == (RollCell(("grassroots", "enterprises", "organs"), 8, 1, 8),)
    assert len(panel.unseen) == 12 - 8


def test_a_panel_of_four_is_not_issued(installation: Installation) -> None:
    with pytest.raises(Problem) as caught:
        issue(installation, 1, 1, 1, 1)
    assert caught.value.kind is ACT_REFUSED
    assert "只有 4 张评议卡，至少要 5 张" in caught.value.text.zh


def test_a_round_without_a_panel_has_no_cells(installation: Installation) -> None:
    round_id = get_round_id(installation, add_panshan(installation))
    issue_cards(installation, round_id)
    assert list_panels(installation.database, round_id) == ()
