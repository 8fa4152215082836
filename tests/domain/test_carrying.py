"""A year carried into the next: tasks with last year's figures, roster, bodies and liaisons."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from sqlalchemy import select

from evalsvc.domain import seasons
from evalsvc.domain.acting import Act
from evalsvc.domain.assessing import task_list
from evalsvc.domain.assessing.carrying import Carried, carry_year, list_earlier
from evalsvc.domain.assessing.roster_copy import copy_roster
from evalsvc.domain.people import bodies, liaisons
from evalsvc.domain.preparing import rosters
from evalsvc.errors import ACT_REFUSED, Problem
from evalsvc.models.assessment import Task
from evalsvc.models.roster import Unit
from evalsvc.scheme.presets import get_preset_text, load_preset
from tests.cast import MANAGER, MORNING, Installation, add_panshan
from tests.office_cast import add_liaison, add_months


@pytest.fixture
def earlier(place: Installation) -> int:
    """Four units with two tasks each, two leads, a liaison; the first task aims at 120."""
    season_id = add_months(place, 4, 2, 2, ())
    add_liaison(place, season_id, "u03")
    with place.database.writing() as session:
        session.get_one(Task, 1).figure = "120"
        session.get_one(Task, 1).last_year = "100"
    return season_id


@pytest.fixture
def act(place: Installation) -> Act:
    return Act(place.database, MANAGER, MORNING)


def add_next(act: Act) -> int:
    text = get_preset_text("golmud")
    return seasons.create_season(act, "下一年度", "考评办公室", "0", text)


def refuses(verb: Callable[[], object], said: str) -> None:
    with pytest.raises(Problem) as found:
        verb()
    assert found.value.kind is ACT_REFUSED
    assert said in found.value.text.zh


def test_everything_is_there_after_one_act(act: Act, place: Installation, earlier: int) -> None:
    season_id = add_next(act)
    assert list_earlier(place.database, season_id) == ((earlier, "测试年度"),)
    assert carry_year(act, season_id, earlier) == Carried(5, 8, 2, 1, ())
    found = task_list.list_tasks(place.database, season_id)
    assert {(task.state, task.level, task.proposed_by) for task in found} == {
        ("waiting", "lead", "manager")
    }
    # Last year's own aim is the least of this year's.
    assert (found[0].figure, found[0].last_year) == ("120", "120")
    assert len(rosters.list_units(place.database, season_id)) == 5
    assert [each.code for each in bodies.list_members(place.database, season_id)] == ["u01", "u02"]
    assert [each.code for each in liaisons.list_liaisons(place.database, season_id)] == ["u03"]
    refuses(lambda: carry_year(act, season_id, earlier), "已经有任务")


def test_tasks_without_their_unit_are_named_and_left(
    act: Act, place: Installation, earlier: int
) -> None:
    season_id = add_next(act)
    with place.database.writing() as session:
        for row in session.scalars(select(Unit).where(Unit.season_id == earlier)).all():
            if row.code != "u04":
                session.add(
                    Unit(season_id=season_id, position=row.position, code=row.code,
                         name=row.name, category=row.category)
                )  # a table, read by rows  # fmt: skip
    carried = carry_year(act, season_id, earlier)
    assert carried.left == ("重点任务 04-1", "重点任务 04-2")
    assert (carried.units, carried.tasks) == (0, 6)


def test_whoever_belonged_to_a_unit_without_a_place_stays_behind(
    act: Act, place: Installation
) -> None:
    """A class fewer: its units, their raters and who rated them are left together."""
    earlier, season_id = add_panshan(place), add_next(act)
    scheme = load_preset("panshan-2018")
    fewer = replace(scheme, categories=tuple(c for c in scheme.categories if c.code == "town"))
    with place.database.writing() as session:
        assert copy_roster(session, fewer, season_id, earlier) == 4
    roster = rosters.get_roster(place.database, season_id)
    towns = {unit.code for unit in roster.units}
    assert len(towns) == 4
    # Every listed relation of that season was to a department.
    assert roster.relations == ()
    assert {rater.unit for rater in roster.raters} == towns | {""}


def test_there_is_nothing_to_carry_from_an_empty_season(act: Act, earlier: int) -> None:
    season_id = add_next(act)
    refuses(lambda: carry_year(act, season_id, season_id), "没有审定的任务")
    refuses(lambda: carry_year(act, earlier, season_id), "已经有任务")
