"""Every indicator method with figures worked by hand, at its edges, too."""

from dataclasses import replace
from fractions import Fraction

import pytest

from analysis.score.facts import LEFT_OUT
from analysis.score.rules import (
    AllOrNothing,
    Banded,
    Completion,
    EventPoints,
    Extreme,
    Given,
    Graded,
    Part,
    Placed,
    Scaled,
    Segment,
    Segments,
    ShareCap,
    Summed,
    Tally,
    TaskGrades,
    ToBest,
    Weighted,
)
from analysis.score.rules.banded import Band
from analysis.score.scoring import score
from tests.analysis.entered import X, entered, first_node, one_figure, told, values

F = Fraction

HUNDRED = F(100)


def test_direct_deduction_stops_at_nothing():
    rule = Tally("t", HUNDRED, (EventPoints(X("x"), F(-5)),), least=F(0))
    # 100 - 3 x 5; 100 - 20 x 5 reaches 0 exactly; 21 would be -5.
    assert values(rule, one_figure("0", "3", "20", "21")) == [100, 85, 0, 0]
    assert told(first_node(rule, one_figure("20"))) == {"arithmetic": ("100 − 20 × 5 = 0",)}
    assert told(first_node(rule, one_figure("21"))) == {
        "arithmetic": ("100 − 21 × 5 = -5",),
        "bounded": ("-5", "0"),
    }


def test_accumulation_up_to_a_cap():
    rule = Tally("t", F(0), (EventPoints(X("x"), F("2.5")),), most=F(10))
    # 2.5 each: 4 events reach the cap exactly, 5 pass it.
    assert values(rule, one_figure("0", "3", "4", "5")) == [0, F("7.5"), 10, 10]
    assert "bounded" not in told(first_node(rule, one_figure("4")))


def test_each_kind_of_event_has_its_own_bounds():
    rule = Tally("t", F(60), (EventPoints(X("x"), F(3), most=F(20)), EventPoints(X("y"), F(-1))))
    facts = entered({"u1": {"x": "10", "y": "4"}, "u2": {"x": "-2", "y": "NA"}})
    # 60 + 20 - 4; 60 - 2 x 3 with y not carried.
    assert values(rule, facts) == [76, 54]


def test_a_count_that_nobody_entered_is_not_zero():
    rule = Tally("t", HUNDRED, (EventPoints(X("x"), F(-5)), EventPoints(X("y"), F(-1))))
    node = first_node(rule, entered({"u1": {"x": "0"}}))
    assert (node.value, told(node)) == (None, {"missing_fact": ("y",)})
    assert values(rule, entered({"u1": {"x": "NA", "y": "NA"}})) == [None]


def test_completion_has_a_threshold_and_a_top():
    rule = Completion("c", F(40), X("done"), X("target"), threshold=F(6, 10))
    done = {"u1": "119", "u2": "120", "u3": "150", "u4": "200", "u5": "300"}
    facts = entered({unit: {"done": value, "target": "200"} for unit, value in done.items()})
    # 59.5% is nothing, 60% is 24 of 40, 75% is 30; 150% is no more than all.
    assert values(rule, facts) == [0, 24, 30, 40, 40]
    assert values(replace(rule, most=None), facts)[-1] == 60
    assert values(replace(rule, threshold=None), facts)[0] == F(40 * 119, 200)


def test_completion_without_a_target():
    as_percentage = Completion("c", HUNDRED, X("x"), None, threshold=F(6, 10))
    assert values(as_percentage, one_figure("59.99", "60", "NA")) == [0, 60, None]
    zero = entered({"u1": {"done": "5", "target": "0"}})
    node = first_node(Completion("c", HUNDRED, X("done"), X("target")), zero)
    assert (node.value, told(node)) == (0, {"no_target": ("0",), "forbidden": ("0",)})


def test_all_or_nothing():
    rule = AllOrNothing("v", F(10), X("x"))
    assert values(rule, one_figure("0", "1", "3", "NA")) == [10, 0, 0, None]


PLACES = Placed("p", X("x"), (F(60),), step=F(3))


@pytest.mark.parametrize(
    ("ties", "expected"),
    [
        # 60, 57 (twice), 51 for the fourth place.
        ("shared", [60, 57, 57, 51, None]),
        # The tied two hold the places 2 and 3: (57 + 54) / 2.
        ("mean", [60, F(111, 2), F(111, 2), 51, None]),
        ("void_tied", [60, None, None, 51, None]),
        ("void_all", [None, None, None, None, None]),
    ],
)
def test_points_by_place(ties: str, expected: list[F | None]):
    rule = replace(PLACES, ties=ties)
    assert values(rule, one_figure("9", "7", "7", "5", "NA")) == expected


def test_places_by_the_lowest_figure_and_a_list_of_points():
    rule = Placed("p", X("x"), (F(10), F(8), F(7)), step=F(4), least=F(2), order="lowest")
    # 10, 8, 7, then 4 less a place and no less than 2.
    assert values(rule, one_figure("1", "2", "3", "4", "5", "6")) == [10, 8, 7, 3, 2, 2]


def test_all_tied_void_the_indicator():
    node = first_node(replace(PLACES, ties="void_all"), one_figure("5", "5"))
    assert (node.value, told(node)) == (
        None,
        {"place": ("1", "2"), "tied": ("2", "void_all"), "voided_by_tie": ()},
    )


def test_no_tie_voids_nothing():
    assert values(replace(PLACES, ties="void_all"), one_figure("5", "4")) == [60, 57]


def test_in_proportion_to_the_best():
    rule = ToBest("b", F(50), X("x"))
    # 50 x 30/40; a figure below nothing counts as nothing.
    assert values(rule, one_figure("40", "30", "-4", "NA")) == [50, F("37.5"), 0, None]
    lowest = ToBest("b", F(50), X("x"), order="lowest")
    # 50 x 2/4; 50 x 2/8
    assert values(lowest, one_figure("2", "4", "8")) == [50, 25, F("12.5")]


def test_a_best_of_nothing():
    assert values(ToBest("b", F(50), X("x")), one_figure("0", "0")) == [0, 0]
    assert values(ToBest("b", F(50), X("x"), order="lowest"), one_figure("0", "3")) == [50, 0]
    assert values(ToBest("b", F(50), X("x")), one_figure("NA", "NA")) == [None, None]


POINTS = {F(1): F(100), F(2): F(85), F(3): F(70)}


def test_a_choice_gives_its_points_and_the_best_is_capped():
    capped = Graded("g", X("x"), POINTS, ShareCap(F(1), F(30, 100)))
    three_of_ten = ("1", "1", "1", *["2"] * 6, "3")
    # 30% of 10 is 3: exactly reached.
    assert values(capped, one_figure(*three_of_ten)) == [100] * 3 + [85] * 6 + [70]
    four_of_ten = ("1", "1", "1", "1", *["2"] * 5, "3")
    assert values(capped, one_figure(*four_of_ten)) == [0] * 4 + [85] * 5 + [70]
    before = replace(one_figure(*four_of_ten), law=LEFT_OUT)
    assert values(capped, before) == [None] * 4 + [85] * 5 + [70]
    lenient = replace(capped, cap=ShareCap(F(1), F(30, 100), "next"))
    assert values(lenient, one_figure(*four_of_ten)) == [85] * 4 + [85] * 5 + [70]


def test_those_without_the_indicator_do_not_widen_its_cap():
    capped = Graded("g", X("x"), POINTS, ShareCap(F(1), F(1, 2)))
    assert values(capped, one_figure("1", "NA", "NA")) == [0, None, None]


def test_tasks_graded_by_the_lead_units():
    rule = TaskGrades("t", (Part(F(100), X("a")), Part(F(85), X("b")), Part(F(50), X("d"))))
    facts = entered(
        {
            "u1": {"a": "3", "b": "1", "d": "0"},  # (300 + 85) / 4
            "u2": {"a": "0", "b": "0", "d": "0"},  # no tasks
            "u3": {"a": "NA", "b": "2.5", "d": "NA"},
        }
    )
    assert values(rule, facts) == [F("96.25"), None, 85]


THIRDS = tuple(
    Segment(code, F(lower), F(upper), closed=code == "A+")
    for code, lower, upper in (
        ("A+", "290/3", "100"),
        ("A0", "280/3", "290/3"),
        ("A-", "90", "280/3"),
        ("C0", "60", "70"),
    )
)
NINE = Segments("s", X("agreed"), X("score"), THIRDS)


@pytest.mark.parametrize(
    ("agreed", "score", "expected"),
    [
        ("1", "100", 100),
        ("1", "96.67", F("96.67")),
        ("1", "96.66", 0),
        ("2", "96.66", F("96.66")),
        ("2", "96.67", 0),
        ("2", "93.34", F("93.34")),
        ("3", "90", 90),
        ("3", "93.34", 0),
        ("4", "60", 60),
        ("4", "70", 0),
        ("5", "65", 0),
        ("0", "65", 0),
        ("1.5", "98", 0),
    ],
)
def test_nine_segments_with_exact_thirds(agreed: str, score: str, expected: F | None):
    assert values(NINE, entered({"u1": {"agreed": agreed, "score": score}})) == [expected]


def test_what_a_segment_lacks_is_told():
    assert told(first_node(NINE, entered({"u1": {"agreed": "3", "score": "NA"}}))) == {
        "not_scored": ("A-", "90", "93.3333"),
        "forbidden": ("0",),
    }
    assert told(first_node(NINE, entered({"u1": {"agreed": "NA", "score": "91"}}))) == {
        "not_agreed": ("NA",),
        "forbidden": ("0",),
    }
    assert told(first_node(NINE, entered({"u1": {"score": "91"}}))) == {"missing_fact": ("agreed",)}


def test_a_figure_outside_its_bounds_is_refused():
    rule = Given("x", "r", (F(0), F(10)))
    assert values(rule, one_figure("0", "10", "10.01", "-1")) == [0, 10, 0, 0]
    assert told(first_node(rule, one_figure("11"))) == {
        "out_of_bounds": ("11", "0", "10"),
        "forbidden": ("0",),
    }
    choice = Given("x", "r", choices=frozenset({F(1), F(2)}))
    assert told(first_node(choice, one_figure("3"))) == {
        "not_a_choice": ("3",),
        "forbidden": ("0",),
    }
    refused = Tally("t", F(9), (EventPoints(rule, F(-1)),))
    # 9 − 10: at most ten may be entered, and eleven must not count as none.
    node = first_node(refused, one_figure("11"))
    assert (node.value, told(node)) == (-1, {"forbidden": ("-1", "x")})
    before = first_node(refused, replace(one_figure("11"), law=LEFT_OUT))
    assert (before.value, told(before)) == (None, {"missing_fact": ("x",)})


BOOK = Summed("s", (Part(F(60), X("a")), Part(F(40), X("b")), Part(F(0), X("c"))), "proportional")


def test_a_sum_of_points_with_extras():
    facts = entered(
        {
            "u1": {"a": "50", "b": "30", "c": "7"},  # 87
            "u2": {"a": "50", "b": "30", "c": "NA"},  # an extra is never missed
            "u3": {"a": "45", "b": "NA", "c": "2"},  # 45 of 60 are 75 of 100, + 2
            "u4": {"a": "NA", "b": "NA", "c": "9"},  # without any part
        }
    )
    assert values(BOOK, facts) == [87, 80, 77, None]
    assert values(replace(BOOK, missing="zero"), facts) == [87, 80, 47, None]
    assert values(replace(BOOK, missing="not_ranked"), facts) == [87, 80, None, None]
    assert values(replace(BOOK, most=F(85), least=F(79)), facts) == [85, 80, 79, None]


def test_rounding_inside_the_tree_is_a_parameter():
    third = ToBest("b", HUNDRED, X("x"))  # 100 x 2/3 = 66.666…
    whole = Weighted("w", (Part(F(1), third),), "zero")
    facts = one_figure("3", "2")
    assert values(whole, facts) == [100, F(200, 3)]
    rounded = Weighted("w", (Part(F(1), replace(third, places=1)),), "zero")
    assert values(rounded, facts) == [100, F("66.7")]


def test_a_choice_that_is_not_carried_or_not_listed_has_no_points():
    rule = Graded("g", X("x"), POINTS)
    assert values(rule, one_figure("2", "NA", "4")) == [85, None, 0]
    assert told(first_node(rule, one_figure("NA"))) == {"not_carried": ()}
    assert told(first_node(rule, one_figure("4"))) == {"not_a_choice": ("4",), "forbidden": ("0",)}


def test_too_many_of_the_last_choice_have_nothing_to_fall_to():
    last = Graded("g", X("x"), POINTS, ShareCap(F(3), F(1, 2), "next"))
    assert values(last, one_figure("3", "3", "1")) == [0, 0, 100]
    assert told(first_node(last, one_figure("3", "3", "1"))) == {
        "over_share": ("2", "1", "next"),
        "forbidden": ("0",),
    }


def test_tasks_below_nothing_are_refused():
    rule = TaskGrades("t", (Part(F(100), X("a")), Part(F(50), X("b"))))
    node = first_node(rule, entered({"u1": {"a": "-1", "b": "3"}}))
    assert (node.value, told(node)) == (0, {"negative_amount": (), "forbidden": ("0",)})


def test_neither_agreed_nor_scored_is_not_carried():
    node = first_node(NINE, entered({"u1": {"agreed": "NA", "score": "NA"}}))
    assert (node.value, told(node)) == (None, {"not_carried": ()})


@pytest.mark.parametrize(
    ("points", "count", "written"),
    [
        ("-5", "0", "10 − 0 × 5 = 10"),
        ("-1", "-1", "10 + 1 × 1 = 11"),
        ("5", "-1", "10 − 1 × 5 = 5"),
        ("0.5", "0", "10 + 0 × 0.5 = 10"),
        ("0.5", "1", "10 + 1 × 0.5 = 10.5"),
        ("0", "3", "10 + 3 × 0 = 10"),
    ],
)
def test_a_step_is_written_with_the_sign_of_what_it_does(points: str, count: str, written: str):
    rule = Tally("t", F(10), (EventPoints(X("x"), F(points)),))
    assert told(first_node(rule, one_figure(count))) == {"arithmetic": (written,)}


def test_completion_may_go_beyond_all_and_a_target_be_one_or_less():
    rule = Completion("c", F(40), X("done"), X("target"), most=F(12, 10))
    facts = entered(
        {
            "u1": {"done": "3", "target": "2"},
            "u2": {"done": "1", "target": "0.5"},
            "u3": {"done": "1", "target": "1"},
        }
    )
    assert values(rule, facts) == [48, 48, 40]


def test_a_place_is_tied_where_another_holds_it():
    assert told(first_node(PLACES, one_figure("9", "7"))) == {"place": ("1", "2")}
    assert told(first_node(PLACES, one_figure("9", "9"))) == {
        "place": ("1", "2"),
        "tied": ("2", "shared"),
    }


def test_points_that_are_listed_may_lie_below_the_least_of_further_places():
    rule = Placed("p", X("x"), (F(10), F(1)), step=F(1), least=F(2))
    assert values(rule, one_figure("9", "8", "7")) == [10, 1, 2]


def test_the_best_may_be_less_than_one():
    assert values(ToBest("b", F(50), X("x")), one_figure("0.5", "0.1")) == [50, 10]
    lowest = ToBest("b", F(50), X("x"), order="lowest")
    assert values(lowest, one_figure("0.1", "0.5")) == [50, 10]


def test_half_a_task_counts_half():
    rule = TaskGrades("t", (Part(F(100), X("a")), Part(F(50), X("b"))))
    # (100 × .5 + 50 × 1.5) / 2
    assert values(rule, entered({"u1": {"a": "0.5", "b": "1.5"}})) == [F("62.5")]


def test_completion_is_held_against_its_threshold_before_it_is_cut():
    rule = Completion("c", HUNDRED, X("x"), None, threshold=F(9, 10), most=F(8, 10))
    # 85 is below 90 per cent; 95 reaches it, and only then counts as 80.
    assert values(rule, one_figure("85", "95")) == [0, 80]


def test_what_nobody_in_the_category_has_is_missed_by_each():
    parts = (Part(F(4, 10), X("x")), Part(F(3, 10), X("y")), Part(F(3, 10), X("z")))
    rule = Weighted("w", parts, "centred", missing_most=F(1, 2))
    facts = entered(
        {"u1": {"x": "80", "y": "NA", "z": "NA"}, "u2": {"x": "90", "y": "60", "z": "NA"}}
    )
    # u1 lacks 60 per cent, though z, of 30, is left out for both; u2 has (.4 x 90 + .3 x 60) / .7.
    assert values(rule, facts) == [None, F(540, 7)]


def test_a_figure_brought_to_other_full_marks():
    rule = Scaled("s", X("x"), F(100), F(80))
    assert values(rule, one_figure("60", "80")) == [75, 100]
    node = first_node(rule, one_figure("60"))
    assert told(node) == {"arithmetic": ("60 × 100 ÷ 80 = 75",)}
    assert [part.applied for part in node.parts] == [F(5, 4)]


def test_a_figure_times_the_coefficient_of_the_unit():
    """中央企业: a score of 92 times a difficulty of 1.05 is 96.6."""
    rule = Scaled("s", X("x"), times=(X("k"),))
    facts = entered({"u1": {"x": "92", "k": "1.05"}, "u2": {"x": "92", "k": "NA"}})
    assert values(rule, facts) == [F("96.6"), None]
    assert told(first_node(rule, facts)) == {"arithmetic": ("92 × 1.05 = 96.6",)}
    # Without a coefficient there is no figure, and none that would look as if there were one.
    lacking = first_node(rule, entered({"u1": {"x": "92"}}))
    assert (lacking.value, told(lacking)) == (None, {"missing_fact": ("k",)})
    assert lacking.parts[0].applied == 0


def test_a_mark_out_of_a_hundred_beside_points():
    rule = Summed("s", (Part(F(80), X("x")), Part(F(20), X("y"), F(100))), "proportional")
    facts = entered({"u1": {"x": "70", "y": "90"}, "u2": {"x": "NA", "y": "90"}})
    # 70 + 90 x 20 / 100; alone, 18 of 20 stand for 90 of 100.
    assert values(rule, facts) == [88, 90]
    assert told(first_node(rule, facts)) == {"out_of": ("y", "20", "100")}
    assert [part.applied for part in first_node(rule, facts).parts] == [1, F(1, 5)]


def test_what_nobody_has_entered_is_not_what_a_unit_does_not_carry():
    month = TaskGrades("month", (Part(F(100), X("a")), Part(F(50), X("b"))))
    for rule in (
        Banded("over", month, (Band(F(60), F(10)),), F(0)),
        Scaled("over", month, times=(X("k"),)),
        Extreme("over", (month,)),
    ):
        facts = entered({"u1": {"k": "1"}, "u2": {"a": "NA", "b": "NA", "k": "1"}})
        first, second = (result.tree for result in score(rule, facts, 2))
        assert (first.value, told(first)["missing_fact"]) == (None, ("a", "b"))
        assert (second.value, "not_carried" in told(second)) == (None, True)
