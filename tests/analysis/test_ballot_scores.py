"""Ballots with several weighted items, with limits on numbers, and self-ratings, by hand."""

from dataclasses import replace
from fractions import Fraction

from analysis import score
from analysis.score.facts import Answer, Ballot, Exclusion, Facts, Unit
from analysis.score.rules import (
    Adjusted,
    Given,
    ItemShare,
    NumberLimit,
    Part,
    Rated,
    RatedItems,
    Summed,
    Total,
    Trim,
    Weighted,
)
from analysis.score.tree import Remark
from analysis.score.validity import Breach
from analysis.score.void_ballots import void_ballots

F = Fraction

UNITS = tuple(Unit(f"u{n}", f"单位{n}", "all") for n in range(1, 5))
HUNDRED = (F(0), F(100))


def rated(item: str, **more: object) -> Rated:
    return Rated(f"t.{item}", "r", {"all": "g"}, item, None, None, limits=HUNDRED, **more)


TWO = RatedItems("t", (ItemShare(F(7, 10), rated("work")), ItemShare(F(3, 10), rated("style"))))


def ballot(rater: str, **answers: str) -> Ballot:
    """Answers about u1 by item."""
    return Ballot("r", "g", rater, rater, tuple(Answer("u1", i, v) for i, v in answers.items()))


def value(rule: RatedItems, *ballots: Ballot) -> F | None:
    return score(rule, Facts(UNITS[:1], ballots), 2)[0].tree.value


def test_items_are_weighted_inside_each_ballot():
    # .7x90 + .3x70 = 84, .7x80 + .3x100 = 86
    assert (
        value(TWO, ballot("r1", work="90", style="70"), ballot("r2", work="80", style="100")) == 85
    )


def test_an_item_not_answered_leaves_its_weight_to_the_others():
    assert value(TWO, ballot("r1", work="NA", style="70")) == 70
    assert value(TWO, ballot("r1", work="NA", style="NA")) is None


def test_what_voids_one_item_voids_the_ballot():
    good, wild = ballot("r1", work="90", style="70"), ballot("r2", work="80", style="101")
    assert value(TWO, good, wild) == 84
    assert [c.ballot.ballot for c in void_ballots(TWO, Facts(UNITS[:1], (good, wild)))] == ["r2"]


def test_whole_ballots_are_trimmed():
    ballots = [
        ballot(f"r{n}", work=w, style=s)
        for n, (w, s) in enumerate((("100", "0"), ("60", "100"), ("80", "80")))
    ]
    # 70, 72, 80: without the ends 72.
    assert value(replace(TWO, trim=Trim(3)), *ballots) == 72
    tree = score(TWO, Facts(UNITS[:1], tuple(ballots)), 2)[0].tree
    assert tree.value == F(70 + 72 + 80, 3)
    # Each item's own mean stands below: (100 + 60 + 80)/3 and (0 + 100 + 80)/3.
    assert [(p.code, p.value, p.weight) for p in tree.parts] == [
        ("t.work", 80, F(7, 10)),
        ("t.style", 60, F(3, 10)),
    ]


def four(*marks: str) -> Facts:
    answers = tuple(Answer(unit.code, "q", mark) for unit, mark in zip(UNITS, marks, strict=True))
    return Facts(UNITS, (Ballot("r", "g", "b1", "r1", answers),))


def voids(limit: NumberLimit, *marks: str) -> bool:
    rule = Rated("t", "r", {"all": "g"}, "q", None, None, limits=HUNDRED, number_limits=(limit,))
    return bool(void_ballots(rule, four(*marks)))


def test_at_most_so_many_numbers_of_a_range():
    at_most_two = NumberLimit(lowest=F(90), most=2)
    assert not voids(at_most_two, "90", "100", "89.99", "0")
    assert voids(at_most_two, "90", "100", "90", "0")
    half = NumberLimit(lowest=F(90), most_share=F(1, 2))
    assert not voids(half, "90", "95", "80", "80")
    assert voids(half, "90", "95", "91", "80")


def test_at_least_so_many_numbers_of_a_range():
    one_below = NumberLimit(below=F(70), least=1)
    assert voids(one_below, "90", "80", "70", "75")
    assert not voids(one_below, "90", "80", "69.9", "75")
    between = NumberLimit(lowest=F(80), below=F(90), most=1)
    assert voids(between, "80", "89", "90", "90")
    assert not voids(between, "80", "90", "90", "90")


def test_a_self_rating_is_of_the_own_unit_only():
    rule = Rated("t", "r", {"all": "g"}, "q", None, None, limits=HUNDRED, relations={"all": "own"})
    own = Ballot("r", "g", "b1", "r1", (Answer("u1", "q", "90"),))
    foreign = Ballot("r", "g", "b2", "r2", (Answer("u1", "q", "10"),))
    facts = Facts(UNITS[:1], (own, foreign), own_units={("g", "r1"): "u1", ("g", "r2"): "u2"})
    tree = score(rule, facts, 2)[0].tree
    assert (tree.value, tree.inputs[1].note) == (90, "void:outside_relation")


def about(rater: str, unit: str, mark: str, group: str = "g") -> Ballot:
    return Ballot("r", group, f"b-{rater}-{mark}", rater, (Answer(unit, "q", mark),))


def test_a_unit_nobody_knows_or_of_another_category_voids():
    rule = Rated("t", "r", {"all": "g", "else": "h"}, "q", None, None, limits=HUNDRED)
    facts = Facts(
        UNITS[:1],
        (about("r1", "u1", "90"), about("r2", "nowhere", "50"), about("r3", "u1", "10", "h")),
    )
    assert [
        (c.ballot.rater, [(b.code, b.figures) for b in c.breaches])
        for c in void_ballots(rule, facts)
    ] == [("r2", [("unknown_unit", ("nowhere",))]), ("r3", [("wrong_category", ("u1",))])]
    assert score(rule, facts, 2)[0].tree.value == 90


def test_ballots_without_a_rater_are_not_taken_for_one_persons():
    rule = Rated("t", "r", {"all": "g"}, "q", None, None, limits=HUNDRED)
    nameless = (about("", "u1", "90"), about("", "u1", "70"))
    assert score(rule, Facts(UNITS[:1], nameless), 2)[0].tree.value == 80


def test_what_is_no_number_voids():
    rule = Rated("t", "r", {"all": "g"}, "q", None, None)
    facts = Facts(UNITS[:1], (about("r1", "u1", "90"), about("r2", "u1", "good")))
    assert [c.breaches[0].code for c in void_ballots(rule, facts)] == ["unknown_value"]
    assert score(rule, facts, 2)[0].tree.value == 90


def test_a_ballot_that_somebody_excluded_is_void_for_the_reason_given():
    rule = Rated("t", "r", {"all": "g"}, "q", None, None, limits=HUNDRED)
    kept, doubtful = about("r1", "u1", "90"), about("r2", "u1", "10")
    decision = Exclusion("r", "g", doubtful.ballot, "reversed", "scale read upside down")
    elsewhere = replace(decision, round="other", ballot=kept.ballot)
    facts = Facts(UNITS[:1], (kept, doubtful), exclusions=(decision, elsewhere))
    (void,) = void_ballots(rule, facts)
    assert (void.ballot, void.breaches) == (
        doubtful,
        (Breach("excluded", ("reversed", "scale read upside down")),),
    )
    assert score(rule, facts, 2)[0].tree.value == 90
    assert score(rule, facts.with_all_ballots(), 2)[0].tree.value == 50
    assert facts.with_all_ballots().with_all_ballots() == Facts(UNITS[:1], (kept, doubtful))


def test_an_item_that_is_not_on_the_ballot_leaves_its_weight_to_the_others():
    assert value(TWO, ballot("r1", style="70"), ballot("r2", work="90", style="70")) == 77


def test_a_most_without_a_least_wants_nothing_in_the_range():
    assert not voids(NumberLimit(lowest=F(90), most=1), "80", "80", "80", "80")


def test_the_same_for_everybody_needs_two_units_and_then_is_enough():
    uniform = Rated("t", "r", {"all": "g"}, "q", None, None, limits=HUNDRED, void_uniform=True)
    one = about("r1", "u1", "90")
    assert void_ballots(uniform, Facts(UNITS, (one,))) == ()
    two = replace(one, answers=(*one.answers, Answer("u2", "q", "90")))
    (void,) = void_ballots(uniform, Facts(UNITS, (two,)))
    assert void.breaches == (Breach("all_same", ("90",)),)
    assert void_ballots(uniform, four("90", "80", "90", "90")) == ()


def test_a_ballot_that_counts_by_its_points_lacks_no_order():
    rule = Rated("t", "r", {"all": "g"}, "q", None, None, limits=HUNDRED)
    tree = score(rule, Facts(UNITS[:1], (about("r1", "u1", "90"),)), 2)[0].tree
    assert tree.remarks == (Remark("raters", ("1",)),)


def test_the_parts_of_a_total_are_its_base_and_what_is_added():
    base = Weighted("base", (Part(F(1), Given("x", "r")),), "zero")
    added = Adjusted("extra", (), (), None)
    assert Total("t", base, added).below == (base, added)
    assert Total("t", base, None).below == (base,)
    assert Summed("s", (Part(F(10), base),), "zero").below == (base,)


def test_raters_are_enough_before_any_is_trimmed():
    three = [ballot(rater, work=mark) for rater, mark in (("r1", "60"), ("r2", "80"), ("r3", "90"))]
    rule = rated("work", least_raters=3)
    trimming = replace(rule, trim=Trim(3))
    assert value(trimming, *three) == 80
    # "Don't know" is no rater of the unit's.
    assert value(trimming, *three[:2], ballot("r3", work="NA")) is None
