"""Rules that no preset needs yet, each by hand on two units."""

from dataclasses import replace
from fractions import Fraction

from analysis import score
from analysis.score.facts import Adjustment, Answer, Ballot, Count, Facts, Indicator, Unit
from analysis.score.rules import (
    Adjusted,
    AdjustmentRule,
    ByCategory,
    Given,
    Mean,
    Part,
    Rated,
    Satisfaction,
    Weighted,
)
from analysis.score.tree import Input, Node, Remark

UNITS = (Unit("u1", "甲", "a"), Unit("u2", "乙", "b"))
HALVES = (Part(Fraction(1, 2), Given("x", "r")), Part(Fraction(1, 2), Given("y", "r")))
POINTS = {"good": Fraction(100), "bad": Fraction(50)}


def entered(**figures: int) -> Facts:
    return Facts(
        UNITS,
        indicators=tuple(
            Indicator("r", "u1", component, Fraction(value)) for component, value in figures.items()
        ),
    )


def test_a_unit_that_lacks_too_much_has_no_value():
    rule = Weighted("t", HALVES, "proportional", missing_most=Fraction(4, 10))
    found = score(rule, entered(x=80), 2)[0]
    assert (found.published, found.rank) == (None, None)
    assert Remark("too_much_missing", ("0.5", "0.4")) in found.tree.remarks
    lenient = replace(rule, missing_most=Fraction(1, 2))
    assert score(lenient, entered(x=80), 2)[0].published == "80.00"


def test_a_category_without_a_rule_has_no_value():
    results = score(ByCategory("x", {"a": Given("x", "r")}), entered(x=7), 0)
    assert [result.published for result in results] == ["7", None]


def test_the_same_answer_for_everybody_voids_where_the_scheme_says_so():
    ballots = (
        Ballot("r", "g", "b1", "r1", (Answer("u1", "q", "good"), Answer("u2", "q", "good"))),
        Ballot("r", "g", "b2", "r2", (Answer("u1", "q", "bad"), Answer("u2", "q", "good"))),
    )
    rule = Rated("t", "r", {"a": "g", "b": "g"}, "q", POINTS, None)
    plain = score(rule, Facts(UNITS, ballots), 0)
    strict = score(replace(rule, void_uniform=True), Facts(UNITS, ballots), 0)
    assert [result.published for result in plain] == ["75", "100"]
    assert [result.published for result in strict] == ["50", "100"]


def test_a_group_of_units_needs_company():
    ballots = (Ballot("r", "g", "b1", "r1", (Answer("u1", "q", "good"),)),)
    rule = Rated("t", "r", {"a": "g"}, "q", POINTS, None, least_raters=3)
    found = score(rule, Facts(UNITS, ballots), 0)[0]
    assert found.tree.value is None
    assert Remark("too_few_raters", ("1", "3")) in found.tree.remarks


def test_a_mean_over_everything_leaves_nothing_out():
    rule = Mean("m", (Given("x", "r"), Given("y", "r")))
    found = score(rule, entered(x=80, y=60), 2)[0].tree
    assert (found.value, found.remarks) == (70, (Remark("mean_over", ("2", "2")),))
    assert [part.applied for part in found.parts] == [Fraction(1, 2)] * 2


def test_an_event_of_a_project_that_already_counted_counts_nothing():
    rules = (
        AdjustmentRule("city", "times", Fraction(1)),
        AdjustmentRule("province", "times", Fraction(2)),
    )
    adjusted = Adjusted("extra", rules, (), None, frozenset({"city", "province"}))
    facts = Facts(
        UNITS[:1],
        adjustments=(
            Adjustment("r", "u1", "city", 1, None, "2018-03-01", project="park"),
            Adjustment("r", "u1", "province", 1, None, "2018-05-01", project="park"),
            Adjustment("r", "u1", "city", 1, None, "2018-07-01", project="school"),
        ),
    )
    # The park's 2 from the province replace its 1 from the city; the school's 1 stands beside.
    assert score(adjusted, facts, 2)[0].tree == Node(
        "extra",
        "adjusted",
        Fraction(3),
        inputs=(
            Input("adjustment:city", "1", Fraction(1), Fraction(0), "same_project"),
            Input("adjustment:city", "1", Fraction(1), Fraction(1)),
            Input("adjustment:province", "1", Fraction(2), Fraction(1)),
        ),
        remarks=(Remark("project_once", ("1",)),),
    )


def test_a_stratum_where_nobody_knows_the_unit_is_told():
    points = {"yes": Fraction(100), "no": Fraction(0), "unknown": None}
    plan = {"town": Fraction(1, 2), "country": Fraction(1, 2)}
    rule = Satisfaction("panel", "r", "p", "q", points, plan, 2, frozenset({"yes"}))
    counts = (
        Count("r", "p", "town", "u1", "q", "yes", 3, 3),
        Count("r", "p", "town", "u1", "q", "no", 1, 1),
        Count("r", "p", "country", "u1", "q", "unknown", 5, 5),
    )
    assert score(rule, Facts(UNITS[:1], counts=counts), 2)[0].tree == Node(
        "panel",
        "satisfaction",
        Fraction(75),
        inputs=(
            Input("count:country:yes", "0", Fraction(100), Fraction(0)),
            Input("count:country:no", "0", Fraction(0), Fraction(0)),
            Input("count:country:unknown", "5", None, Fraction(0), "not_counted"),
            Input("count:town:yes", "3", Fraction(100), Fraction(3, 4)),
            Input("count:town:no", "1", Fraction(0), Fraction(1, 4)),
            Input("count:town:unknown", "0", None, Fraction(0), "not_counted"),
        ),
        remarks=(
            Remark("valid_answers", ("4", "5")),
            Remark("satisfied_rates", ("0.75", "0.75")),
            # The country has nobody to speak for it, and is joined with the town.
            Remark("weighing", ("citizens", "75")),
            Remark("empty_strata", ("country",)),
        ),
    )
