"""Means of strata times their weights, beside one weight for a citizen, by hand."""

from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction

from analysis.examining.citizen_tables import list_citizen_tables
from analysis.score.facts import Count, Facts, Unit
from analysis.score.rules import Satisfaction
from analysis.score.scoring import score
from analysis.score.strata import few_strata, stratum_weights
from analysis.score.tree import Node

F = Fraction

LEVELS: dict[str, F | None] = {"good": F(100), "bad": F(0), "unknown": None}
CITIZENS = Satisfaction(
    "social",
    "y",
    "panel",
    "q",
    LEVELS,
    {"leaders": F(6, 10), "citizens": F(4, 10)},
    30,
    frozenset({"good"}),
)
STRATA = replace(CITIZENS, weighing="strata")
# All leaders are satisfied. Of the first unit 20 of 100 citizens say they are not and 80 don't
# know it; of the second all 100 say they are not.
FIRST = {"leaders": {"good": 100}, "citizens": {"bad": 20, "unknown": 80}}
SECOND = {"leaders": {"good": 100}, "citizens": {"bad": 100}}

Counts = Mapping[str, Mapping[str, int]]


def nodes(rule: Satisfaction, *units: Counts) -> list[Node]:
    facts = Facts(
        tuple(Unit(f"u{n}", f"u{n}", "all") for n in range(len(units))),
        counts=tuple(
            Count("y", "panel", h, f"u{place}", "q", level, n, n)
            for place, strata in enumerate(units)
            for h, levels in strata.items()
            for level, n in levels.items()
        ),
    )
    return [result.tree for result in score(rule, facts, 2)]


def told(node: Node) -> dict[str, tuple[str, ...]]:
    return {remark.code: remark.figures for remark in node.remarks}


def test_leaders_60_and_citizens_40():
    first, second = nodes(STRATA, FIRST, SECOND)
    assert (first.value, second.value) == (60, 60)
    # One weight for a citizen: .6 × 100 × 100 ÷ (.6 × 100 + .4 × 20) = 6000 ÷ 68.
    by_citizens, _ = nodes(CITIZENS, FIRST, SECOND)
    assert by_citizens.value == F(6000, 68)
    # Each says what the other way would give.
    assert told(first)["weighing"] == ("strata", "88.2353")
    assert told(by_citizens)["weighing"] == ("citizens", "60")
    # The headline rate is weighted like the score.
    assert told(first)["satisfied_rates"][0] == "0.6"


PLAN = {"a": F(1, 2), "b": F(2, 10), "c": F(1, 10), "d": F(2, 10), "heard": F(0)}
FOUR = replace(STRATA, strata=PLAN)
COUNTS = {
    "a": {"good": 40, "unknown": 3},
    "b": {"bad": 3},
    "c": {"good": 1, "bad": 2, "unknown": 9},
    "d": {"bad": 1},
    "heard": {"bad": 9},
}


def test_small_strata_are_joined_with_the_next():
    # b and c have 3 + 3 answers together, d has one and joins them: .5 for 7 answers, one good.
    assert stratum_weights(FOUR, COUNTS) == {
        "a": F(1, 80),
        "b": F(5, 70),
        "c": F(5, 70),
        "d": F(5, 70),
    }
    (node,) = nodes(FOUR, COUNTS)
    assert node.value == 50 + F(50, 7)
    assert told(node)["few_answers"] == ("joined", "5", "b", "c", "d")
    assert "empty_strata" not in told(node)
    assert few_strata(FOUR, COUNTS) == ("b", "c", "d")


def test_a_joint_stratum_is_closed_as_soon_as_it_is_large_enough():
    rule = replace(FOUR, few_below=6)
    # b and c have six: .3 for six answers. d has ten, and stands alone.
    counts = COUNTS | {"d": {"good": 10}}
    assert stratum_weights(rule, counts) == {
        "a": F(1, 80),
        "b": F(3, 60),
        "c": F(3, 60),
        "d": F(2, 100),
    }


def test_strata_that_were_counted_together_keep_their_place():
    """a+b stands first, so b's few answers are joined with c and not with d."""
    plan = {"a": F(1, 10), "b": F(1, 10), "c": F(3, 10), "d": F(5, 10)}
    counts = {"a+b": {"good": 3}, "c": {"bad": 27}, "d": {"good": 10}}
    (node,) = nodes(replace(STRATA, strata=plan), counts)
    # .2 + .3 for 30 answers of which 3 are good, and .5 for good ones.
    assert node.value == F(50 * 3, 30) + 50
    assert told(node)["few_answers"] == ("joined", "5", "a+b")


def test_or_their_weight_is_handed_on():
    rule = replace(FOUR, few="handed_on")
    (node,) = nodes(rule, COUNTS)
    # Only a is left.
    assert node.value == 100
    assert told(node)["few_answers"] == ("handed_on", "5", "b", "c", "d")
    lower = replace(rule, few_below=3)
    # .5 × 100 + .2 × 0 + .1 × 100/3 over .8.
    assert nodes(lower, COUNTS)[0].value == (50 + F(10, 3)) / F(8, 10)


def test_a_stratum_that_nobody_answered_is_spoken_for():
    counts = {"leaders": {"good": 40}, "citizens": {"unknown": 40}}
    (node,) = nodes(STRATA, counts)
    assert (node.value, told(node)["few_answers"]) == (100, ("joined", "5", "citizens"))
    assert stratum_weights(STRATA, {}) == {}
    (silent,) = nodes(STRATA, {"leaders": {"unknown": 40}})
    assert silent.value is None


def test_without_strata_there_is_no_other_way():
    (node,) = nodes(replace(CITIZENS, strata={}), {"": {"good": 30, "bad": 10}})
    assert (node.value, "weighing" in told(node)) == (75, False)


def test_the_table_beside_the_score_has_its_figure():
    facts = Facts(
        (Unit("u0", "u0", "all"),),
        counts=tuple(
            Count("y", "panel", h, "u0", "q", level, n, n)
            for h, levels in FIRST.items()
            for level, n in levels.items()
        ),
    )
    (table,) = list_citizen_tables(STRATA, facts, "y")
    assert table.units[0].index == 60
    assert table.units[0].error is not None
