"""Grades and awards by hand: quotas, carrying, thresholds, bars, ties, and their edges."""

from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction

import pytest

from analysis.outcome.grading import Bar, Quota, category_grades, open_places
from analysis.outcome.rules import AwardRule, BarRule, GradeRule, Grading, Places
from analysis.score.facts import Adjustment, Facts, Unit
from analysis.score.tree import Node, UnitResult

F = Fraction


def share(percent: int) -> Places:
    return Places(shares={"all": F(percent, 100)})


BEST, GOOD, REST = GradeRule("best", share(15)), GradeRule("good", share(25)), GradeRule("rest")
THREE = Grading((BEST, GOOD, REST))


def grades(
    rules: Grading,
    figures: Mapping[str, str | None],
    *,
    second: Mapping[str, int] | None = None,
    events: tuple[tuple[str, str], ...] = (),
    no_award: frozenset[str] = frozenset(),
) -> dict[str, str | None]:
    found = graded(rules, figures, second=second, events=events, no_award=no_award)
    return {each.unit: each.grade for each in found.units}


def graded(rules, figures, *, second=None, events=(), no_award=frozenset()):
    results = [
        UnitResult(
            unit,
            "all",
            Node(
                "total",
                "total",
                figure and F(figure),
                parts=(Node("second", "given", F((second or {}).get(unit, 0))),),
            ),
            figure,
            None,
        )
        for unit, figure in figures.items()
    ]
    units = tuple(
        Unit(
            unit,
            unit,
            "all",
            frozenset({"no_award"} & ({"no_award"} if unit in no_award else set())),
        )
        for unit in figures
    )
    adjustments = tuple(
        Adjustment("r", unit, rule, 1, None, "2018-01-02", "file") for unit, rule in events
    )
    return category_grades(rules, "all", results, Facts(units, adjustments=adjustments), 2)


def ladder(n: int) -> dict[str, str]:
    """u1 is best: 99, 98, 97, …"""
    return {f"u{place}": str(100 - place) for place in range(1, n + 1)}


def count(found: Mapping[str, str | None]) -> dict[str | None, int]:
    listed = list(found.values())
    return {grade: listed.count(grade) for grade in dict.fromkeys(listed)}


@pytest.mark.parametrize(
    ("rounding", "carry", "n", "expected"),
    [
        # 15% of 7 is 1.05, 25% is 1.75.
        ("down", "none", 7, (1, 1)),
        ("nearest", "none", 7, (1, 2)),
        ("up", "none", 7, (2, 2)),
        # 15% of 3 is .45, 25% is .75: with what rounding took, 1.2.
        ("down", "none", 3, (0, 0)),
        ("down", "unfilled", 3, (0, 0)),
        ("down", "all", 3, (0, 1)),
        # 15% of 10 is 1.5: half up.
        ("nearest", "none", 10, (2, 3)),
        ("down", "all", 0, (0, 0)),
    ],
)
def test_rounding_is_stated(rounding: str, carry: str, n: int, expected: tuple[int, int]):
    rules = replace(THREE, rounding=rounding, carry=carry)
    found = count(grades(rules, ladder(n)))
    assert (found.get("best", 0), found.get("good", 0)) == expected
    assert sum(found.values()) == n


def test_places_that_a_threshold_leaves_empty_are_carried_on():
    # 50% of 4 are two places, but only 99 reaches 99: the other goes to good, which then has two.
    strict = Grading(
        (GradeRule("best", share(50), at_least=F(99)), GradeRule("good", share(25)), REST)
    )
    assert grades(strict, ladder(4)) == {"u1": "best", "u2": "good", "u3": "good", "u4": "rest"}
    alone = replace(strict, carry="none")
    assert grades(alone, ladder(4)) == {"u1": "best", "u2": "good", "u3": "rest", "u4": "rest"}


def test_grades_by_threshold_alone():
    rules = Grading(
        (GradeRule("a", at_least=F(90)), GradeRule("b", at_least=F(60)), GradeRule("c"))
    )
    assert grades(
        rules, {"u1": "90.00", "u2": "89.99", "u3": "60.00", "u4": "59.99", "u5": None}
    ) == {"u1": "a", "u2": "b", "u3": "b", "u4": "c", "u5": None}


def test_a_barred_unit_is_passed_over_and_a_set_grade_stands():
    rules = replace(
        THREE,
        bars=(
            BarRule("veto", frozenset({"best", "good"}), event="accident"),
            BarRule("blame", sets="rest", event="blamed"),
            BarRule("weak", frozenset({"best"}), node="second", below=F(60)),
        ),
    )
    second = dict.fromkeys(ladder(10), 80) | {"u2": 59}
    found = graded(rules, ladder(10), second=second, events=(("u1", "accident"), ("u3", "blamed")))
    named = {each.unit: (each.grade, each.reason) for each in found.units}
    # One place of best: u1 is vetoed, u2 is weak, u3 has its grade: u4. Two of good: u2 and u5.
    assert named["u1"] == ("rest", "rest")
    assert named["u2"] == ("good", "places")
    assert named["u3"] == ("rest", "set")
    assert named["u4"] == ("best", "places")
    assert named["u5"] == ("good", "places")
    assert found.units[0].bars == (Bar("veto", "2018-01-02 file"),)
    assert found.units[1].bars == (Bar("weak", "59.00"),)


def test_all_vetoed():
    rules = replace(THREE, bars=(BarRule("veto", frozenset({"best", "good"}), event="accident"),))
    found = graded(rules, ladder(10), events=tuple((unit, "accident") for unit in ladder(10)))
    assert {each.grade for each in found.units} == {"rest"}
    # 1.5 gives one place, 2.5 two and the one that nobody filled.
    assert found.quotas == (Quota("all", "best", 1, 0), Quota("all", "good", 3, 0))


def test_barred_from_every_grade_there_is_none():
    rules = replace(
        THREE, bars=(BarRule("veto", frozenset({"best", "good", "rest"}), event="accident"),)
    )
    assert grades(rules, ladder(1), events=(("u1", "accident"),)) == {"u1": None}


def test_no_award_units_take_no_place_and_do_not_count():
    rules = Grading((GradeRule("best", share(25)), GradeRule("rest", award=False)))
    figures = ladder(5)
    # Four count, one place: u2. With the fifth counted, 25% of 5 is 1.25: still one.
    assert grades(rules, figures, no_award=frozenset({"u1"})) == {
        "u1": "rest",
        "u2": "best",
        "u3": "rest",
        "u4": "rest",
        "u5": "rest",
    }
    eight = replace(rules, count_no_award=True)
    both = frozenset({"u1", "u2"})
    assert count(grades(rules, ladder(9), no_award=both))["best"] == 1  # 25% of 7
    assert count(grades(eight, ladder(9), no_award=both))["best"] == 2  # 25% of 9
    awards_only = Grading((GradeRule("best"),))
    assert grades(awards_only, ladder(1), no_award=frozenset({"u1"})) == {"u1": None}


TIED = {"u1": "90.00", "u2": "80.00", "u3": "80.00", "u4": "70.00"}
HALF = Grading((GradeRule("best", share(50)), REST))


def test_ties_at_the_cut():
    # Two places, and the second of them is tied.
    assert count(grades(HALF, TIED)) == {"best": 1, "rest": 3}
    assert count(grades(replace(HALF, ties="all"), TIED)) == {"best": 3, "rest": 1}
    broken = replace(HALF, tie_break=("second",))
    found = graded(broken, TIED, second={"u3": 5, "u2": 4})
    assert {u.unit: (u.place, u.grade) for u in found.units} == {
        "u1": (1, "best"),
        "u3": (2, "best"),
        "u2": (3, "rest"),
        "u4": (4, "rest"),
    }


def test_a_tie_break_sees_no_hidden_decimals():
    broken = replace(HALF, tie_break=("second",))
    figures = dict(TIED)
    results = [
        UnitResult(
            u, "all", Node("t", "total", F(f), parts=(Node("second", "given", F(hidden)),)), f, None
        )
        for (u, f), hidden in zip(figures.items(), ("0", "5.004", "5.001", "0"), strict=True)
    ]
    facts = Facts(tuple(Unit(u, u, "all") for u in figures))
    found = category_grades(broken, "all", results, facts, 2)
    assert [u.place for u in found.units] == [1, 2, 2, 4]


def test_all_tied():
    same = dict.fromkeys(ladder(4), "80.00")
    assert count(grades(HALF, same)) == {"rest": 4}
    assert count(grades(replace(HALF, ties="all"), same)) == {"best": 4}


def test_a_quota_of_zero_has_no_place_for_ties_either():
    rules = Grading((GradeRule("best", share(10)), REST), ties="all")
    assert count(grades(rules, ladder(4))) == {"rest": 4}


def test_the_last_share_and_what_lies_below():
    rules = Grading((GradeRule("good"), GradeRule("low", last=F(20, 100), below=F(60))))
    # 20% of 5 is one: u5; 55 would be low anyway.
    assert grades(rules, ladder(5))["u5"] == "low"
    figures = {"u1": "90", "u2": "80", "u3": "58", "u4": "57", "u5": "55"}
    assert count(grades(rules, figures)) == {"good": 2, "low": 3}
    # Two tie for the last place: none of them, or both.
    tied = {"u1": "90", "u2": "80", "u3": "75", "u4": "70", "u5": "70"}
    assert count(grades(rules, tied)) == {"good": 5}
    assert count(grades(replace(rules, ties="all"), tied)) == {"good": 3, "low": 2}
    nobody = {"u1": "90", "u2": "80"}  # 20% of 2 is none
    assert count(grades(replace(rules, ties="all"), nobody)) == {"good": 2}


def test_a_number_of_places_and_awards_among_grades():
    rules = Grading(
        (GradeRule("best", Places(counts={"all": 3})), REST),
        (
            AwardRule("praised", Places(counts={"all": 2}), grades=frozenset({"best"})),
            AwardRule("named", at_least=F(98)),
        ),
    )
    found = graded(rules, ladder(5), no_award=frozenset({"u1"}))
    assert {u.unit: u.awards for u in found.units} == {
        "u1": (),
        "u2": ("praised", "named"),
        "u3": ("praised",),
        "u4": (),
        "u5": (),
    }


def test_an_empty_category_has_quotas_of_zero():
    found = category_grades(THREE, "all", [], Facts(()), 2)
    assert (found.units, found.quotas) == (
        (),
        (Quota("all", "best", 0, 0), Quota("all", "good", 0, 0)),
    )


def test_the_last_share_may_be_everybody_and_passes_over_who_may_not_have_the_grade():
    everybody = Grading((GradeRule("good"), GradeRule("low", last=F(1))))
    assert grades(everybody, ladder(3)) == dict.fromkeys(ladder(3), "low")
    # 40% of 5 are two places, u4's and u5's; u5's bar does not push u3 down into its place.
    rules = Grading(
        (GradeRule("good"), GradeRule("low", last=F(2, 5))),
        bars=(BarRule("new", frozenset({"low"}), event="new"),),
    )
    assert grades(rules, ladder(5), events=(("u5", "new"),)) == {
        "u1": "good",
        "u2": "good",
        "u3": "good",
        "u4": "low",
        "u5": "good",
    }


def test_with_carry_all_the_next_grade_has_what_rounding_took():
    # 15% of 10 are 1.5, filled 1; 25% and the .5 left over are 3.
    rules = replace(THREE, carry="all")
    assert count(grades(rules, ladder(10))) == {"best": 1, "good": 3, "rest": 6}


def test_exactly_the_bound_is_not_below_it():
    rules = Grading(
        (GradeRule("good"), GradeRule("low", below=F(60))),
        bars=(BarRule("weak", frozenset({"good"}), node="second", below=F(60)),),
    )
    figures = {"u1": "60.00", "u2": "59.99", "u3": "60.00"}
    second = {"u1": 60, "u2": 60, "u3": 59}
    assert grades(rules, figures, second=second) == {"u1": "good", "u2": "low", "u3": "low"}


@pytest.mark.parametrize(
    ("places", "ties", "awarded"),
    [
        # 90, 80 twice, 70: the second and third are tied.
        (1, "none", {"u1"}),
        (2, "none", {"u1"}),
        (3, "none", {"u1", "u2", "u3"}),
        (1, "all", {"u1"}),
        (2, "all", {"u1", "u2", "u3"}),
        (3, "all", {"u1", "u2", "u3"}),
        (0, "all", set()),
        (4, "none", {"u1", "u2", "u3", "u4"}),
    ],
)
def test_awards_at_a_tie(places: int, ties: str, awarded: set[str]):
    rules = Grading((REST,), (AwardRule("praised", Places(counts={"all": places})),), ties=ties)
    found = graded(rules, {"u1": "90", "u2": "80", "u3": "80", "u4": "70"})
    assert {unit.unit for unit in found.units if unit.awards} == awarded
    assert found.quotas == (Quota("all", "praised", places, len(awarded)),)


def test_where_units_tie_one_without_the_figure_comes_last():
    broken = replace(HALF, tie_break=("second",))
    figures = {"u2": None, "u3": F(-1)}
    results = [
        UnitResult(
            u, "all", Node("t", "total", F(80), parts=(Node("second", "given", own),)), "80.00", 1
        )
        for u, own in figures.items()
    ]
    facts = Facts(tuple(Unit(u, u, "all") for u in figures))
    found = category_grades(broken, "all", results, facts, 2)
    assert {u.unit: (u.place, u.grade) for u in found.units} == {
        "u3": (1, "best"),
        "u2": (2, "rest"),
    }


def test_places_are_known_before_anybody_has_one():
    """15% of 40 staff is 6; 8‰ of 250 is 2 and of 124 is 0.992: none."""
    rules = Grading(
        grades=(GradeRule("best", Places({"staff": F(15, 100)})), GradeRule("rest")),
        awards=(AwardRule("commended", Places({"staff": F(8, 1000)})),),
    )
    assert open_places(rules, "staff", 40) == {"best": 6, "commended": 0}
    assert open_places(rules, "staff", 250) == {"best": 37, "commended": 2}
    assert open_places(rules, "staff", 124)["commended"] == 0
    assert open_places(rules, "others", 40) == {}
