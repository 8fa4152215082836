"""The roster's import: one transaction that keeps who stays, and what a running round forbids."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from sqlalchemy import event as sqlalchemy_event
from sqlalchemy import select, update

from evalsvc.db import Database
from evalsvc.domain.acting import Act
from evalsvc.domain.events import list_events
from evalsvc.domain.preparing.figures import Figures, IndicatorRow, import_figures, list_indicators
from evalsvc.domain.preparing.rosters import (
    Change,
    RaterRow,
    RelationRow,
    Roster,
    RosterChange,
    SeatsRow,
    UnitRow,
    import_roster,
    list_raters,
    list_relations,
    list_seats,
    list_units,
)
from evalsvc.domain.seasons import create_season
from evalsvc.errors import NOT_FOUND, ROSTER_IN_USE, ROSTER_REMOVAL, Problem
from evalsvc.models.roster import Rater
from evalsvc.models.season import Round
from evalsvc.scheme.presets import get_preset_text
from tests.cast import MANAGER, MORNING, build_installation

UNITS = (
    UnitRow("u01", "县教育局", "department", "", "全县教育管理"),
    UnitRow("u02", "县公安局", "department", "no_award", ""),
    UnitRow("u03", "甜水镇", "town"),
)
ROSTER = Roster(
    units=UNITS,
    raters=(RaterRow("leader", "L1", "王县长"), RaterRow("office", "O1", "专项办")),
    relations=(
        RelationRow("leader", "L1", "u02", "in_charge"),
        RelationRow("leader", "L1", "u01", "in_charge"),
    ),
    seats=(SeatsRow("panel", "", 40),),
)
# The units of a category are the raters of its group, without standing in the sheet.
MEMBERS = (
    RaterRow("mutual_town", "u03", "甜水镇", "u03"),
    RaterRow("mutual_department", "u01", "县教育局", "u01"),
    RaterRow("mutual_department", "u02", "县公安局", "u02"),
)
NOTHING = Change()


@dataclass(frozen=True)
class Place:
    """A season of the Panshan scheme without a roster yet."""

    database: Database
    season: int

    def take(self, roster: Roster) -> RosterChange:
        return import_roster(Act(self.database, MANAGER, MORNING), self.season, roster)

    def show(self) -> Roster:
        return Roster(
            list_units(self.database, self.season),
            list_raters(self.database, self.season),
            list_relations(self.database, self.season),
            list_seats(self.database, self.season),
        )

    def get_rater_id(self, code: str) -> int:
        with self.database.reading() as session:
            return session.execute(select(Rater.id).where(Rater.code == code)).scalar_one()

    def set_state(self, code: str, state: str) -> None:
        with self.database.writing() as session:
            session.execute(
                update(Round)
                .where(Round.season_id == self.season, Round.code == code)
                .values(state=state)
            )


@pytest.fixture
def place(database_url: str, tmp_path: Path) -> Iterator[Place]:
    database = build_installation(tmp_path, database_url).database
    season = create_season(
        Act(database, MANAGER, MORNING),
        "2018年度",
        "考评办",
        "0427-1234567",
        get_preset_text("panshan-2018"),
    )
    yield Place(database, season)
    database.close()


def test_a_roster_is_listed_as_it_was_imported(place: Place) -> None:
    change = place.take(ROSTER)

    assert place.show() == replace(ROSTER, raters=(*ROSTER.raters, *MEMBERS))
    assert change == RosterChange(Change(3), Change(5), Change(2), Change(1))
    assert change.total == Change(11, 0, 0)


def test_the_same_roster_again_changes_nothing(place: Place) -> None:
    place.take(ROSTER)
    before = place.show()

    assert place.take(ROSTER) == RosterChange(NOTHING, NOTHING, NOTHING, NOTHING)
    assert place.show() == before


def test_who_stays_keeps_their_row_and_takes_the_new_text(place: Place) -> None:
    place.take(ROSTER)
    before = place.get_rater_id("L1")

    change = place.take(
        Roster(
            units=(UNITS[2], replace(UNITS[0], name="县教育和体育局", work=""), UNITS[1]),
            raters=(RaterRow("leader", "L1", "王书记"), RaterRow("leader", "L2", "李县长", "u02")),
            relations=(
                RelationRow("leader", "L2", "u01", "in_charge"),
                RelationRow("leader", "L1", "u02", ""),
            ),
            seats=(SeatsRow("panel", "", 50),),
        )
    )

    assert place.get_rater_id("L1") == before
    # Every unit moved to another place; the renamed one renamed its rater, too.
    assert change == RosterChange(
        Change(0, 3, 0), Change(1, 2, 1), Change(1, 1, 1), Change(0, 1, 0)
    )
    assert [unit.name for unit in list_units(place.database, place.season)] == [
        "甜水镇",
        "县教育和体育局",
        "县公安局",
    ]
    assert RaterRow("mutual_department", "u01", "县教育和体育局", "u01") in place.show().raters


def test_two_units_may_swap_their_names(place: Place) -> None:
    place.take(ROSTER)
    swapped = (replace(UNITS[0], name="县公安局"), replace(UNITS[1], name="县教育局"), UNITS[2])

    place.take(replace(ROSTER, units=swapped))

    assert list_units(place.database, place.season) == swapped


def test_a_new_unit_may_take_the_name_of_one_that_goes(place: Place) -> None:
    place.take(ROSTER)
    renewed = (UNITS[0], UnitRow("u20", "县公安局", "department"), UNITS[2])

    place.take(replace(ROSTER, units=renewed, relations=ROSTER.relations[1:]))

    assert list_units(place.database, place.season) == renewed


def test_a_unit_that_changes_its_category_changes_its_group(place: Place) -> None:
    place.take(ROSTER)

    change = place.take(replace(ROSTER, units=(replace(UNITS[0], category="town"), *UNITS[1:])))

    raters = list_raters(place.database, place.season)
    assert [rater.group for rater in raters if rater.code == "u01"] == ["mutual_town"]
    assert (change.units, change.raters) == (Change(0, 1, 0), Change(1, 0, 1))


def test_figures_of_a_unit_go_with_it(place: Place) -> None:
    place.take(ROSTER)
    kept = IndicatorRow("year_end", "u01", "I.common.创城", "90")
    gone = replace(kept, unit="u03")
    import_figures(Act(place.database, MANAGER, MORNING), place.season, Figures((kept, gone)))

    change = place.take(replace(ROSTER, units=UNITS[:2]))

    assert (change.units, change.figures_removed) == (Change(0, 0, 1), 1)
    assert list_indicators(place.database, place.season) == (kept,)


@pytest.mark.parametrize("state", ["issued", "open", "closed"])
def test_nothing_is_imported_while_a_round_is_under_way(place: Place, state: str) -> None:
    place.take(ROSTER)
    before = place.show()
    place.set_state("year_end", state)

    with pytest.raises(Problem) as refused:
        place.take(replace(ROSTER, units=(*UNITS, UnitRow("u09", "县水务局", "department"))))

    assert refused.value.kind is ROSTER_IN_USE
    assert place.show() == before


def test_after_a_round_others_may_come_but_nobody_goes(place: Place) -> None:
    place.take(ROSTER)
    place.set_state("half_year", "counted")
    more = replace(ROSTER, raters=(*ROSTER.raters, RaterRow("leader", "L2", "李县长")))
    assert place.take(more).raters == Change(1)
    before = place.show()

    with pytest.raises(Problem) as refused:
        place.take(Roster(units=UNITS[:2], raters=(RaterRow("office", "O1", "专项办"),)))

    assert refused.value.kind is ROSTER_REMOVAL
    assert refused.value.text.zh == (
        "已经有轮次发过码，名册中的甜水镇（u03）、王县长（leader L1）、甜水镇（mutual_town u03）、"
        "李县长（leader L2）不能再删除。请把这些行放回名册后再导入。"
    )
    assert place.show() == before


def test_an_import_is_on_the_log_and_a_refused_one_is_not(place: Place) -> None:
    place.take(ROSTER)
    place.set_state("half_year", "open")
    with pytest.raises(Problem):
        place.take(replace(ROSTER, units=()))

    logged = [row for row in list_events(place.database) if row.verb == "import_roster"]

    assert [(row.actor, row.subject, row.detail) for row in logged] == [
        (
            "manager",
            f"season {place.season}",
            '{"figures_removed": "0", "raters": "+5 ~0 -0", "relations": "+2 ~0 -0", '
            '"seats": "+1 ~0 -0", "units": "+3 ~0 -0"}',
        )
    ]


def test_another_season_is_left_alone(place: Place) -> None:
    act, text = Act(place.database, MANAGER, MORNING), get_preset_text("panshan-2018")
    other = replace(place, season=create_season(act, "2019年度", "考评办", "", text))
    place.take(ROSTER)
    other.take(ROSTER)

    other.take(Roster(units=UNITS[:1]))

    assert place.show() == replace(ROSTER, raters=(*ROSTER.raters, *MEMBERS))


def test_a_season_that_is_not_there_is_not_found(place: Place) -> None:
    with pytest.raises(Problem) as refused:
        replace(place, season=999).take(ROSTER)
    assert refused.value.kind is NOT_FOUND


def test_a_large_roster_takes_no_more_statements_than_a_small_one(place: Place) -> None:
    def count(roster: Roster) -> int:
        statements: list[str] = []

        def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
            statements.append(statement)

        sqlalchemy_event.listen(place.database.engine, "before_cursor_execute", note)
        place.take(roster)
        sqlalchemy_event.remove(place.database.engine, "before_cursor_execute", note)
        return len(statements)

    def build(number: int) -> Roster:
        return Roster(tuple(UnitRow(f"x{n}", f"单位{n}", "department") for n in range(number)))

    few = count(build(1))
    place.take(Roster(units=()))
    assert count(build(30)) == few
