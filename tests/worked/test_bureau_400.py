"""C4 by hand: 400 points from counts, caps and floors, a self-rating kept beside the final one."""

import pytest

from analysis.outcome.grading import Bar, Quota
from tests.worked.cases import Figures, lines, read_case, remarks, worked_nodes

CASE = read_case("bureau-400")
ITEMS = ("party", "clean", "publicity", "training", "discipline", "archives", "safety", "service")


def office(
    plan: int,
    savings: int | None,
    work: int,
    quality: int | None,
    info: tuple[int, ...],
    other: dict[str, int],
    final: int | None,
) -> Figures:
    """Items of other work are 10 where `other` does not say otherwise."""
    names = ("network", "security", "system", "data", "extra", "methods")
    items = {item: other.get(item, 10) for item in ITEMS}
    return {
        "work.plan": plan,
        "work.savings": savings,
        "work": work,
        "quality": quality,
        **{f"info.{name}": points for name, points in zip(names, info, strict=True)},
        "info": sum(info),
        **{f"other.{item}": points for item, points in items.items()},
        "other": sum(items.values()),
        "final": final,
        "total": final,
    }


FLAWLESS = (20, 20, 30, 30, 0, 0)
WORKED = {
    # 40 - 3 x 2; 60 + 4 x 3; 120 x 2700/3000; 20 - 1 x 2, 30 - 2 x 2, 4 x 5 extra, 1 x 50.
    # party 10 - 1; publicity 10 + 7 is cut to 15; discipline 10 + 2 to 10; service 10 + 1 = 11.
    # 106 + 108 + 164 + 85
    "c1": office(
        34,
        72,
        106,
        108,
        (18, 20, 26, 30, 20, 50),
        {"party": 9, "publicity": 15, "service": 11},
        463,
    ),
    # Savings 10 x 3 are cut to 20; 8 x 5 extra to 30; a breach of clean conduct empties its item.
    # 120 + 120 + 130 + 70
    "c2": office(40, 80, 120, 120, (20, 20, 30, 30, 30, 0), {"clean": 0}, 440),
    # 40 - 25 x 2 stops at 0; 60 - 5 x 3; half of 120; 20 - 12 x 2 stops at 0.
    # 45 + 60 + 80 + 80
    "c3": office(0, 45, 45, 60, (0, 20, 30, 30, 0, 0), {}, 265),
    # 40 - 10 and 60; 120 x 0.8; 90 + 96 + 100 + 80
    "c4": office(30, 60, 90, 96, FLAWLESS, {}, 366),
    "c5": office(30, 60, 90, None, FLAWLESS, {}, None),  # the projects' full marks are missing
    "c6": office(28, 60, 88, 96, FLAWLESS, {}, 364),
    # A county office has no savings: 36 of 40 become 90 of 100. 90 + 96 + 100 + 80
    "k1": office(36, None, 90, 96, FLAWLESS, {}, 366),
}


@pytest.mark.parametrize("unit", WORKED)
def test_node_by_node(unit: str):
    assert worked_nodes(CASE, unit) == WORKED[unit]


def test_both_ratings_are_kept_and_the_final_one_counts():
    tree = next(result.tree for result in CASE.results if result.unit == "c1")
    parts = [(part.code, part.value, part.weight) for part in tree.parts]
    assert parts == [("self", 420, 0), ("final", 463, 1)]


def test_the_arithmetic_is_told():
    assert remarks(CASE, "c1", "work.savings")["arithmetic"] == ("60 + 4 × 3 = 72",)
    assert remarks(CASE, "c2", "work.savings")["arithmetic"] == ("60 + 20 = 80",)
    assert remarks(CASE, "c3", "work.plan") == {
        "arithmetic": ("40 − 25 × 2 = -10",),
        "bounded": ("-10", "0"),
    }
    assert remarks(CASE, "c5", "quality") == {"missing_fact": ("quality.full",)}


def test_the_breach_bars_and_one_of_five_is_advanced():
    assert lines(CASE)["c1"] == ("463.00", 1, None)
    assert [(u.unit, u.awards) for u in CASE.outcome.units if u.awards] == [("c1", ("advanced",))]
    assert CASE.outcome.get_unit("c2").bars == (Bar("breach", "1.00"),)
    assert CASE.outcome.quotas == (
        Quota("city", "advanced", 1, 1),
        Quota("county", "advanced", 0, 0),
    )
