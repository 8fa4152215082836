"""B by hand: nine segments with their edges, no award for the evaluators, grades, coefficients."""

from fractions import Fraction

import pytest

from analysis.outcome.grading import Quota
from analysis.outcome.history import Consequence
from tests.worked.cases import F, Figures, following, lines, read_case, remarks, worked_nodes

CASE = read_case("three-in-one")


def unit(
    daily: int,
    year_end: int | None,
    function: str,
    leaders: tuple[int, int, int],
    social: int,
    appraisal: str,
    total: str,
) -> Figures:
    names = ("in_charge", "not_in_charge")
    return {
        "function.daily": daily,
        "function.year_end": year_end,
        "function": F(function),
        **{f"appraisal.leaders.{n}": mark for n, mark in zip(names, leaders[:2], strict=True)},
        "appraisal.leaders": leaders[2],
        "appraisal.social": social,
        "appraisal": F(appraisal),
        "total": F(total),
    }


WORKED = {
    # .3x98 + .7x95 = 95.9; .6x95 + .4x90 = 93, with 100 the mean is 96.5.
    # .6x95.9 + .2x90 + .2x96.5 = 57.54 + 18 + 19.3
    "u1": unit(98, 95, "95.9", (95, 90, 93), 100, "96.5", "94.84"),
    # .3x88 + .7x89 = 88.7; 53.22 + 18 + 16
    "u2": unit(88, 89, "88.7", (80, 80, 80), 80, "80", "87.22"),
    # 90 is the lower edge of A-. .3x90 + .7x85 = 86.5; 51.9 + 18 + 16
    "u3": unit(90, 85, "86.5", (80, 80, 80), 80, "80", "85.9"),
    # .3x75 + .7x60 = 64.5; (60 + 0)/2; 38.7 + 12 + 6
    "u4": unit(75, 60, "64.5", (60, 60, 60), 0, "30", "56.7"),
    # A0 ends at 96.67, so 96.7 is not allowed and counts 0: .3x80 + .7x0 = 24; 14.4 + 16 + 16.
    # Left out, the daily 80 stood alone and paid 80, more than B+ with 89.9 and the daily 60.
    "u5": unit(80, 0, "24", (80, 80, 80), 80, "80", "46.4"),
    # 59.4 + 19.8 + .2 x 99.5
    "u6": unit(99, 99, "99", (99, 99, 99), 100, "99.5", "99.1"),
}


@pytest.mark.parametrize("code", WORKED)
def test_node_by_node(code: str):
    assert worked_nodes(CASE, code) == WORKED[code]


def test_a_score_outside_its_third_is_refused():
    assert remarks(CASE, "u5", "function.year_end") == {
        "outside_segment": ("96.7", "A0", "93.3333", "96.6667"),
        "forbidden": ("0",),
    }
    assert remarks(CASE, "u3", "function.daily") == {"segment": ("A-", "90", "93.3333")}


def test_grades_without_the_evaluators():
    # Five units count: 15% is 0.75, none; 25% is 1.25 and the 0.75 makes 2; 40% is 2.
    assert lines(CASE) == {
        "u6": ("99.10", 1, "passed"),  # takes no award and no place
        "u1": ("94.84", 2, "advanced"),
        "u2": ("87.22", 3, "advanced"),
        "u3": ("85.90", 4, "good"),
        "u4": ("56.70", 5, "admonished"),
        "u5": ("46.40", 6, "admonished"),
    }
    assert CASE.outcome.quotas == (
        Quota("economic", "best", 0, 0),
        Quota("economic", "advanced", 2, 2),
        Quota("economic", "good", 2, 1),
    )


def test_coefficients_by_grade_and_post():
    assert {u.unit: dict(u.coefficients) for u in CASE.outcome.units} == {
        "u1": {"head": F("1.3"), "staff": F("1.2")},
        "u2": {"head": F("1.3"), "staff": F("1.2")},
        "u3": {"head": F("1.1"), "staff": F("1.1")},
        "u5": {"head": Fraction(0), "staff": Fraction(0)},
        "u4": {"head": Fraction(0), "staff": Fraction(0)},
        "u6": {"head": Fraction(1), "staff": Fraction(1)},
    }


def test_admonished_two_years_running():
    assert following(CASE) == {
        "u4": (Consequence("twice_admonished", (2017, 2018)),),
        # Nothing is known of its year before.
        "u5": (Consequence("twice_admonished", (2017, 2018), (2017,)),),
    }
