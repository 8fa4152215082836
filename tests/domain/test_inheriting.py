"""A season begun from an earlier one: what comes along, what stays behind, what is new."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from evalsvc.domain import seasons
from evalsvc.domain.acting import Act
from evalsvc.domain.concluding import periods
from evalsvc.domain.concluding.periods import Terms
from evalsvc.domain.people import bodies, liaisons
from evalsvc.domain.preparing import inheriting, rosters
from evalsvc.errors import NOT_FOUND, Problem
from evalsvc.scheme.presets import get_preset_text
from tests.cast import MANAGER, MORNING, Installation, add_panshan, build_installation
from tests.office_cast import add_liaison, add_staff

pytestmark = pytest.mark.slow


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Installation]:
    built = build_installation(tmp_path)
    yield built
    built.database.close()


def act_in(place: Installation) -> Act:
    return Act(place.database, MANAGER, MORNING)


def inherit(place: Installation, earlier: int, scheme: str | None = None) -> int:
    return inheriting.inherit_season(act_in(place), "2027年度", "办", "1", earlier, scheme)


def test_everything_comes_along_under_the_same_scheme(place: Installation) -> None:
    earlier = add_panshan(place)
    add_liaison(place, earlier)
    add_staff(place, "assessor", "assessor")
    bodies.bind_member(act_in(place), earlier, "assessor", "u02")
    periods.set_terms(act_in(place), earlier, Terms(3, 5, 6, 7))
    later = inherit(place, earlier)
    assert rosters.get_roster(place.database, later) == rosters.get_roster(place.database, earlier)
    assert [each.code for each in liaisons.list_liaisons(place.database, later)] == ["u01"]
    assert [each.code for each in bodies.list_members(place.database, later)] == ["u02"]
    assert periods.get_terms(place.database, later) == Terms(3, 5, 6, 7)
    one, other = (seasons.get_season(place.database, each) for each in (earlier, later))
    assert (other.scheme_text, other.title) == (one.scheme_text, "2027年度")
    assert {each.uid for each in one.rounds} & {each.uid for each in other.rounds} == set()
    assert inheriting.compare_inherited(place.database, later, earlier).left == ()


def test_what_another_scheme_has_no_place_for_is_listed(place: Installation) -> None:
    """Golmud has departments and towns too; of Panshan's rater groups it knows the leaders."""
    earlier = add_panshan(place)
    roster = rosters.get_roster(place.database, earlier)
    later = inherit(place, earlier, get_preset_text("zaozhuang-districts"))
    found = inheriting.compare_inherited(place.database, later, earlier)
    left = {kind.zh: len(names) for kind, names in found.left}
    # Districts alone are evaluated there: neither of Panshan's ten units nor anybody else fits.
    assert left["单位"] == len(roster.units) == 10
    assert {kind.zh: n for kind, n in found.came}["单位"] == 0
    names = dict(found.left)
    assert {name.zh for kind, ones in names.items() if kind.zh == "单位" for name in ones} == {
        unit.name for unit in roster.units
    }
    assert rosters.list_units(place.database, later) == ()


def test_figures_codes_and_accounts_stay_with_their_year(place: Installation) -> None:
    earlier = add_panshan(place)
    later = inherit(place, earlier)
    season = seasons.get_season(place.database, later)
    assert (season.indicator_count, season.adjustment_count, season.newest_result) == (0, 0, None)
    assert {(each.state, each.has_keys) for each in season.rounds} == {("preparing", False)}


def test_no_season_is_made_from_one_that_is_not_there(place: Installation) -> None:
    with pytest.raises(Problem) as raised:
        inherit(place, 99)
    assert raised.value.kind is NOT_FOUND
    assert seasons.list_seasons(place.database) == ()
