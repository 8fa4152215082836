"""E by hand: completion from 60% on, excellent capped, grades in the class, two sources."""

import pytest

from analysis.outcome.confirmation import Disagreement
from analysis.outcome.grading import Quota
from tests.worked.cases import F, Figures, lines, read_case, remarks, worked_nodes

CASE = read_case("luoyang-2018")


def half(
    name: str,
    declared: int | None,
    split: int | None,
    mean: int | None,
    grade: int | None,
    value: int | None,
) -> Figures:
    return {
        f"quantitative.{name}.declared.points": declared,
        f"quantitative.{name}.split.points": split,
        f"quantitative.{name}.reviewed.points": None,
        f"quantitative.{name}": mean,
        f"qualitative.{name}": grade,
        f"indicators.{name}": value,
    }


def end(county: int, leaders: int, indicators: str, evaluation: int, total: str) -> Figures:
    return {
        "evaluation.county": county,
        "evaluation.leaders": leaders,
        "evaluation": evaluation,
        "indicators": F(indicators),
        "total": F(total),
    }


WORKED = {
    # .6x90 + .4x100 = 94; 110% is cut to 100, 50% gives nothing: .6x50 + .4x85 = 64.
    # .3x94 + .7x64 = 73; .7x73 + .3x95
    "e1": {
        **half("half_year", 100, 80, 90, 100, 94),
        **half("year_end", 100, 0, 50, 85, 64),
        **end(95, 95, "73", 95, "79.6"),
    },
    # 88 and 100: .3x88 + .7x100 = 96.4; counties 88 and 92, leaders 89 and 91.
    "e2": {
        **half("half_year", 90, 90, 90, 85, 88),
        **half("year_end", 100, 100, 100, 100, 100),
        **end(90, 90, "96.4", 90, "94.48"),
    },
    # 60% is enough. .6x60 + .4x70 = 64, .6x80 + .4x85 = 82
    "e3": {
        **half("half_year", 60, 60, 60, 70, 64),
        **half("year_end", 80, 80, 80, 85, 82),
        **end(80, 80, "76.6", 80, "77.62"),
    },
    # 59% is not. .6x50 + .4x85 = 64, .6x80 + .4x70 = 76
    "e4": {
        **half("half_year", 0, 100, 50, 85, 64),
        **half("year_end", 70, 90, 80, 70, 76),
        **end(75, 75, "72.4", 75, "73.18"),
    },
    # No half-year inspection: the annual figure stands for both. .6x90 + .4x85 = 88
    "e5": {
        **half("half_year", None, None, None, None, None),
        **half("year_end", 90, 90, 90, 85, 88),
        **end(70, 70, "88", 70, "82.6"),
    },
    # 30% of 2 is 0, and both are rated excellent at the year's end: not allowed, so both have 0
    # there. .6x100 + .4x0 = 60; .3x94 + .7x60 = 70.2; .7x70.2 + .3x90. Left out, the quantitative
    # part stood alone and paid 95.74, where 良 gives .7(.3x94 + .7x94) + .3x90 = 92.8.
    "m1": {
        **half("half_year", 100, 100, 100, 85, 94),
        **half("year_end", 100, 100, 100, 0, 60),
        **end(90, 90, "70.2", 90, "76.14"),
    },
    # .3x(.6x80 + .4x85) + .7x.6x80 = 24.6 + 33.6; .7x58.2 + .3x80
    "m2": {
        **half("half_year", 80, 80, 80, 85, 82),
        **half("year_end", 80, 80, 80, 0, 48),
        **end(80, 80, "58.2", 80, "64.74"),
    },
}


@pytest.mark.parametrize("unit", WORKED)
def test_node_by_node(unit: str):
    assert worked_nodes(CASE, unit) == WORKED[unit]


def test_why_a_figure_is_what_it_is():
    assert remarks(CASE, "e1", "quantitative.year_end.split.points") == {
        "below_threshold": ("0.5", "0.6")
    }
    assert remarks(CASE, "e1", "quantitative.year_end.declared.points") == {
        "arithmetic": ("100 × 110 ÷ 100 = 110",),
        "bounded": ("110", "100"),
    }
    assert remarks(CASE, "m1", "qualitative.year_end") == {
        "over_share": ("2", "0", "refuse"),
        "forbidden": ("0",),
    }


def test_grades_in_the_class():
    # Of 5: 20% is 1, 50% is 2. Of 2: 20% is 0, 50% is 1.
    assert lines(CASE) == {
        "e2": ("94.48", 1, "excellent"),
        "e5": ("82.60", 2, "good"),
        "e1": ("79.60", 3, "good"),
        "e3": ("77.62", 4, "ordinary"),
        "e4": ("73.18", 5, "ordinary"),
        "m1": ("76.14", 1, "good"),
        "m2": ("64.74", 2, "ordinary"),
    }
    assert CASE.outcome.quotas == (
        Quota("economy", "excellent", 1, 1),
        Quota("economy", "good", 2, 2),
        Quota("mass", "excellent", 0, 0),
        Quota("mass", "good", 1, 1),
    )


def test_two_sources_that_do_not_confirm_each_other():
    # By indicators e2, e5, e3, e1, e4; by evaluation e1, e2, e3, e4, e5. A third of 5 is 1.67.
    rule = "indicators_and_evaluation"
    found = {u.unit: u.confirmations for u in CASE.outcome.units if u.confirmations}
    assert found == {
        "e1": (Disagreement(rule, "e1", "73.00", "95.00", 4, 1, 5),),
        "e5": (Disagreement(rule, "e5", "88.00", "70.00", 2, 5, 5),),
    }
