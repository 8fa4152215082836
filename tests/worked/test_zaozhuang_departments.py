"""C1 by hand: public goals scaled where one is missing, one project once, top 10%, two years."""

import pytest

from analysis.outcome.grading import Bar, Quota
from analysis.outcome.history import Consequence
from tests.worked.cases import F, Figures, following, lines, read_case, worked_nodes

CASE = read_case("zaozhuang-departments")

WORKED: dict[str, Figures] = {
    # 9 + 9 + 5 + 4 = 27 of 30; 65 + 27 = 92. One project at city (4) and province (8): 8 counts.
    "e01": {"public": 27, "adjustments": 8, "total": 92 + 8},
    # No investment: (10 + 9 + 4) of 25, scaled to 30 = 27.6; 66 + 27.6 - 5 = 88.6.
    "e02": {"public": F("27.6"), "adjustments": -5, "total": F("88.6")},
    # 30 of 30; 69 + 30 = 99, + 8 for national.
    "e03": {"public": 30, "adjustments": 8, "total": 107},
    # 8 + 8 + 4 + 3 = 23.
    "e04": {"public": 23, "adjustments": 0, "total": 55 + 23},
    "e05": {"public": 23, "adjustments": 0, "total": 30 + 23},
    "e06": {"public": 7 + 8 + 4 + 3, "adjustments": 0, "total": 30 + 22},
    "e07": {"public": 23, "adjustments": 0, "total": 54 + 23},
    "e08": {"public": 23, "adjustments": 0, "total": 53 + 23},
    "e09": {"public": 23, "adjustments": 0, "total": None},  # business not entered
    "e10": {"public": 23, "adjustments": 0, "total": 52 + 23},
    "e11": {"public": 23, "adjustments": 0, "total": 51 + 23},
}


@pytest.mark.parametrize("unit", WORKED)
def test_node_by_node(unit: str):
    assert worked_nodes(CASE, unit) == WORKED[unit]


def test_ranks_inside_the_section():
    assert lines(CASE) == {
        "e03": ("107.00", 1, None),
        "e01": ("100.00", 2, None),
        "e02": ("88.60", 3, None),
        "e04": ("78.00", 4, None),
        "e07": ("77.00", 5, None),
        "e08": ("76.00", 6, None),
        "e10": ("75.00", 7, None),
        "e11": ("74.00", 8, None),
        "e05": ("53.00", 9, None),
        "e06": ("52.00", 10, None),
        "e09": (None, None, None),
    }


def test_ten_per_cent_of_ten_is_one_and_a_veto_passes_it_on():
    awards = {unit.unit: unit.awards for unit in CASE.outcome.units if unit.awards}
    assert awards == {"e01": ("commended",)}
    assert CASE.outcome.get_unit("e03").bars == (Bar("veto", "2018-11-11 安全事故"),)
    assert CASE.outcome.quotas == (Quota("economy", "commended", 1, 1),)


def test_two_years_below_60():
    # e05: 58, then 53. e06: 2017 is not known, so that people must look. e04: 59, then 78.
    assert following(CASE) == {
        "e05": (Consequence("two_years_low", (2017, 2018)),),
        "e06": (Consequence("two_years_low", (2017, 2018), unknown=(2017,)),),
    }
