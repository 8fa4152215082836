"""D by hand: months of task grades, six sides of evaluation, quotas by group, accountability."""

import pytest

from analysis.outcome.grading import Bar, Quota
from analysis.outcome.history import Consequence
from tests.worked.cases import F, Figures, following, lines, read_case, worked_nodes

CASE = read_case("golmud")
MONTHS = tuple(f"m{number:02d}" for number in range(1, 13))
SIDES = ("democratic", "leaders", "group", "mutual", "society")


def unit(
    months: dict[str, str],
    sides: tuple[int | None, ...],
    goals: str,
    evaluation: str,
    total: str,
    deducted: str = "0",
) -> Figures:
    return {
        **{f"goals.{m}": F(months[m]) if m in months else None for m in MONTHS},
        **{f"evaluation.{side}": mark for side, mark in zip(SIDES, sides, strict=True)},
        "goals": F(goals),
        "evaluation": F(evaluation),
        "adjustments": -F(deducted),
        "total": F(total),
    }


WORKED = {
    # (3x100 + 85)/4 and (2x100 + 2x85)/4, mean 94.375. Leaders 90, 92, 94. Society 30 at 100 and
    # 10 at 80: 95. Evaluation .2x90 + .3x92 + .2x88 + .1x(85 + 95 + 90) = 90.2.
    # .6 x 94.375 + .4 x 90.2 = 92.705, less 0.5.
    "d1": unit(
        {"m01": "96.25", "m02": "92.5"},
        (90, 92, 88, 85, 95),
        "94.375",
        "90.2",
        "92.205",
        deducted="0.5",
    ),
    # .9 x 95 + .1 x 100 = 95.5; 60 + 38.2
    "d2": unit({"m01": "100", "m02": "100"}, (95, 95, 95, 95, 100), "100", "95.5", "98.2"),
    # (2x70 + 2x50)/4, (85 + 70)/2; .8x60 + .1x50 + .1x60 = 59; .6 x 68.75 + .4 x 59
    "d3": unit({"m01": "60", "m02": "77.5"}, (60, 60, 60, 60, 50), "68.75", "59", "64.85"),
    # Only 20 citizens: society is missing and the other sides, all 80, take its weight.
    "d4": unit({"m01": "100"}, (80, 80, 80, 80, None), "100", "80", "92"),
    # .9 x 90 + .1 x 100 = 91; 60 + 36.4
    "t1": unit({"m01": "100"}, (90, 90, 90, 90, 100), "100", "91", "96.4"),
    # .6 x 92.5 + .4 x 91
    "t2": unit({"m01": "92.5"}, (90, 90, 90, 90, 100), "92.5", "91", "91.9"),
    "t3": unit({"m01": "92.5"}, (90, 90, 90, 90, 100), "92.5", "91", "91.9"),
    # .6 x 85 + .4 x 82
    "t4": unit({"m01": "85"}, (80, 80, 80, 80, 100), "85", "82", "83.8"),
    # .6 x 50 + .4 x 64
    "t5": unit({"m01": "50"}, (60, 60, 60, 60, 100), "50", "64", "55.6"),
}


@pytest.mark.parametrize("code", WORKED)
def test_node_by_node(code: str):
    assert worked_nodes(CASE, code) == WORKED[code]


def test_grades():
    assert lines(CASE) == {
        "d2": ("98.20", 1, "good"),  # admonished: barred from excellent, and the place goes on
        "d1": ("92.21", 2, "excellent"),  # 30% of 4 is 1.2: one place
        "d4": ("92.00", 3, "ordinary"),  # held to account
        "d3": ("64.85", 4, "good"),  # the last 10% of 4 are nobody
        "t1": ("96.40", 1, "excellent"),  # 20% of 5
        "t2": ("91.90", 2, "good"),
        "t3": ("91.90", 2, "good"),
        "t4": ("83.80", 4, "good"),
        "t5": ("55.60", 5, "ordinary"),  # below 60
    }
    assert [CASE.outcome.get_unit(code).reason for code in ("d4", "t1", "t2", "t5")] == [
        "set",
        "places",
        "rest",
        "below",
    ]
    assert CASE.outcome.get_unit("d2").bars == (Bar("admonished", "2019-07-01 诫勉谈话"),)
    assert CASE.outcome.quotas == (
        Quota("department", "excellent", 1, 1),
        Quota("town", "excellent", 1, 1),
    )


def test_consequences_over_years():
    # 2018 is known for the towns only: t1 was excellent, t5 last and ordinary.
    found = following(CASE)
    assert found["d2"] == (Consequence("recommended", (2019,)),)
    assert found["t1"] == (Consequence("recommended", (2019,)),)
    assert found["t5"] == (Consequence("last", (2019,)), Consequence("last_again", (2018, 2019)))
    # d1 is excellent, d4 ordinary: with the year before unknown nobody can say.
    assert found["d1"] == (Consequence("recommended", (2018, 2019), unknown=(2018,)),)
    assert found["d4"] == (Consequence("last_again", (2018, 2019), unknown=(2018,)),)
    assert found["d3"] == (
        Consequence("last", (2019,)),
        Consequence("last_again", (2018, 2019), unknown=(2018,)),
    )
    assert found.keys() == {"d1", "d2", "d3", "d4", "t1", "t5"}
