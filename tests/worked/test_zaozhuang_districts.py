"""C2 by hand: half-year figures shown and not counted, the top two commended, a veto."""

import pytest

from analysis.outcome.grading import Quota
from tests.worked.cases import F, Figures, lines, read_case, worked_nodes

CASE = read_case("zaozhuang-districts")

NO_HALF: Figures = {"half_year.business": None, "half_year.public": None, "half_year.goals": None}


def year(business: int, public: Figures | object, adjustments: int) -> dict[str, object]:
    return {
        "year_end.business": business,
        "year_end.public": public,
        "year_end.goals": business + public,
        "goals": business + public,
        "adjustments": adjustments,
        "total": business + public + adjustments,
    }


WORKED = {
    # Half: 30 + 20, 8 + 8 + 4 + 4. Year: 36 + 27, 9 + 9 + 4 + 4.5; the half-year weighs 0. + 6.
    "d1": {
        "half_year.business": 50,
        "half_year.public": 24,
        "half_year.goals": 74,
        **year(63, F("26.5"), 6),
    },
    # 38 + 28, 9 + 9 + 5 + 5, one criticism.
    "d2": {**NO_HALF, **year(66, 28, -5)},
    "d3": {**NO_HALF, **year(68, 30, 0)},
    "d4": {**NO_HALF, **year(55, 24, 0)},
}


@pytest.mark.parametrize("unit", WORKED)
def test_node_by_node(unit: str):
    assert worked_nodes(CASE, unit) == WORKED[unit]


def test_the_top_two_without_the_vetoed_one():
    assert lines(CASE) == {
        "d3": ("98.00", 1, None),
        "d1": ("95.50", 2, None),
        "d2": ("89.00", 3, None),
        "d4": ("79.00", 4, None),
    }
    assert [u.unit for u in CASE.outcome.units if u.awards] == ["d1", "d2"]
    assert CASE.outcome.quotas == (Quota("district", "commended", 2, 2),)
