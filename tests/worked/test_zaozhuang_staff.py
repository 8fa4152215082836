"""C3 by hand: ratings by two sides, grades by quota and threshold, misconduct, quotas of zero."""

import pytest

from analysis.outcome.grading import Quota
from analysis.outcome.history import Consequence
from tests.worked.cases import F, Figures, following, lines, read_case, remarks, worked_nodes

CASE = read_case("zaozhuang-staff")


def person(leaders: int | None, others: int, appraisal: int, goals: int, total: str) -> Figures:
    return {
        "appraisal.leaders": leaders,
        "appraisal.others": others,
        "appraisal": appraisal,
        "goals": goals,
        "total": F(total),
    }


WORKED = {
    # .3 x 100 + .7 x (88 + 10)
    "l1": person(100, 100, 100, 98, "98.6"),
    # .3 x 80 + .7 x 89
    "l2": person(80, 80, 80, 89, "86.3"),
    "l3": person(80, 80, 80, 89, "86.3"),
    "l4": person(80, 80, 80, 66, "70.2"),
    "o1": person(100, 100, 100, 94, "95.8"),
    # Two of four leaders say excellent: (2 x 100 + 2 x 80) / 4 = 90; with 80 the mean is 85.
    "o2": person(90, 80, 85, 88, "87.1"),
    "o3": person(80, 80, 80, 55, "62.5"),
    "o4": person(80, 80, 80, 44, "54.8"),
    "o5": person(100, 100, 100, 97, "97.9"),
    "o6": person(80, 80, 80, 83, "82.1"),
    # Two leaders don't know, two ballots are too few; the others' 80 stands for both sides.
    "o7": person(None, 80, 80, 77, "77.9"),
}


@pytest.mark.parametrize("unit", WORKED)
def test_node_by_node(unit: str):
    assert worked_nodes(CASE, unit) == WORKED[unit]


def test_two_ballots_are_too_few():
    assert remarks(CASE, "o7", "appraisal.leaders")["too_few_raters"] == ("2", "3")


def test_grades():
    assert lines(CASE) == {
        "l1": ("98.60", 1, "competent"),  # 15% of 4 is 0: no place for excellent
        "l2": ("86.30", 2, "competent"),
        "l3": ("86.30", 2, "competent"),
        "l4": ("70.20", 4, "competent"),
        "o5": ("97.90", 1, "basic"),  # misconduct bars excellent and competent
        "o1": ("95.80", 2, "excellent"),  # 15% of 7 is 1.05: one place, and 95.8 is over 90
        "o2": ("87.10", 3, "competent"),
        "o6": ("82.10", 4, "competent"),
        "o7": ("77.90", 5, "competent"),
        "o3": ("62.50", 6, "basic"),
        "o4": ("54.80", 7, "incompetent"),
    }


def test_quotas_of_zero_commend_nobody():
    # 5% of 4 and 8 in a thousand of 7 are both below one.
    assert CASE.outcome.quotas == (
        Quota("leader", "excellent", 0, 0),
        Quota("leader", "commended", 0, 0),
        Quota("other", "excellent", 1, 1),
        Quota("other", "commended", 0, 0),
    )
    assert [u for u in CASE.outcome.units if u.awards] == []


def test_incompetent_two_years_running():
    assert following(CASE) == {"o4": (Consequence("twice_incompetent", (2017, 2018)),)}
