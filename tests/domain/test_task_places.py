"""Places by tasks over months, quarters and half-years, worked by hand."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from evalsvc.domain.assessing.task_places import UnitPlace, list_periods, list_places
from evalsvc.models.figures import Indicator
from evalsvc.models.roster import Unit
from evalsvc.scheme.presets import load_preset
from evalsvc.text import Text
from tests.cast import Installation, build_installation
from tests.office_cast import add_golmud

# What each unit's tasks of each month weigh by grade: 优 100, 良 85, 中 70, 差 50.
FIGURES = {
    ("u01", "m01"): {"a": "1", "b": "1"},  # 92.5
    ("u01", "m02"): {"a": "2"},  # 100
    ("u02", "m01"): {"c": "1"},  # 70
    ("u02", "m02"): {"b": "3"},  # 85
    ("u02", "m03"): {"d": "0.5"},  # 50
    ("u03", "m01"): {"a": "0.5", "b": "0.5"},  # 92.5
}
DEPARTMENT, TOWN = Text("部门", "Departments"), Text("乡镇", "Towns")


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Installation]:
    built = build_installation(tmp_path)
    add_golmud(built)
    with built.database.writing() as session:
        for (unit, code), grades in FIGURES.items():
            for grade in "abcd":
                session.add(
                    Indicator(
                        season_id=1,
                        round=code,
                        unit=unit,
                        component=f"tasks.{code}.{grade}",
                        value=grades.get(grade, "0"),
                    )
                )
    yield built
    built.database.close()


def tell(place: Installation, *rounds: str) -> list[tuple[str, str | None, int | None, int]]:
    found = list_places(place.database, 1, rounds)
    return [(each.unit, each.points, each.place, each.of) for each in found]


def test_equal_points_of_a_month_are_one_place(place: Installation) -> None:
    assert tell(place, "m01") == [
        ("u01", "92.50", 1, 3),
        ("u03", "92.50", 1, 3),
        ("u02", "70.00", 3, 3),
        ("u04", None, None, 0),
    ]


def test_a_quarter_is_the_mean_of_the_months_that_a_unit_carries(place: Installation) -> None:
    """u01 (92.5 + 100) / 2, u03 92.5, u02 (70 + 85 + 50) / 3 = 68.333."""
    assert tell(place, "m01", "m02", "m03") == [
        ("u01", "96.25", 1, 3),
        ("u03", "92.50", 2, 3),
        ("u02", "68.33", 3, 3),
        ("u04", None, None, 0),
    ]
    last = list_places(place.database, 1, ("m01", "m02", "m03"))[2]
    assert last.months == {"m01": "70.00", "m02": "85.00", "m03": "50.00"}


def test_a_unit_without_award_has_points_and_takes_no_place(place: Installation) -> None:
    with place.database.writing() as session:
        session.query(Unit).filter_by(code="u01").one().flags = "no_award"
    found = list_places(place.database, 1, ("m01",))
    assert [(each.unit, each.points, each.place, each.of) for each in found][:3] == [
        ("u03", "92.50", 1, 2),
        ("u02", "70.00", 2, 2),
        ("u01", "92.50", None, 2),
    ]


def test_a_month_that_does_not_count_yet_gives_nobody_points(place: Installation) -> None:
    assert {each.points for each in list_places(place.database, 1, ("m09",))} == {None}
    (town,) = [each for each in list_places(place.database, 1, ("m09",)) if each.unit == "u04"]
    assert isinstance(town, UnitPlace)
    assert town.months == {"m09": None}


def test_a_year_has_months_quarters_and_halves() -> None:
    found = {each.code: each for each in list_periods(load_preset("golmud"))}
    assert list(found) == [
        *(f"m{n:02d}" for n in range(1, 13)), "q1", "q2", "q3", "q4", "h1", "h2"
    ]  # a table, read by rows  # fmt: skip
    assert found["q3"].rounds == ("m07", "m08", "m09")
    assert found["h2"].rounds == ("m07", "m08", "m09", "m10", "m11", "m12")
    assert (found["h1"].name.zh, found["m02"].name.zh) == ("上半年", "二月")
    # Without twelve months there are none of either.
    assert {len(each.rounds) for each in list_periods(load_preset("panshan-2018"))} == {1}
