"""The distance of a unit's own ballots from the means of all, worked by hand."""

from dataclasses import replace
from fractions import Fraction

from analysis.examining.diagnostics import list_residuals
from analysis.score.facts import Answer, Ballot, Facts, Unit
from analysis.score.rules import Distance, Mean, Rated, Trim
from analysis.score.scoring import score
from analysis.score.span import Span, span_of
from analysis.score.tree import Node, Remark

GROUP = "colleague"
# Who gives whom what: as rated, A has 92, B 88, C 74 and D 69.
MARKS = {
    "A": {"B": 90, "C": 80, "D": 70},
    "B": {"A": 88, "C": 82, "D": 72},
    "C": {"A": 92, "B": 86, "D": 65},
    "D": {"A": 96, "B": 88, "C": 60},
}


def ballot(rater: str, marks: dict[str, int]) -> Ballot:
    answers = tuple(Answer(unit, "mark", str(mark)) for unit, mark in marks.items())
    return Ballot("year_end", GROUP, f"b-{rater}", rater, answers)


def facts(marks: dict[str, dict[str, int]], homes: dict[str, str] | None = None) -> Facts:
    homes = homes or {rater: rater for rater in marks}
    return Facts(
        tuple(Unit(code, code, "staff") for code in "ABCD"),
        tuple(ballot(rater, given) for rater, given in marks.items()),
        own_units={(GROUP, rater): unit for rater, unit in homes.items()},
    )


def rule(trim: Trim | None = None) -> Distance:
    limits = (Fraction(0), Fraction(100))
    rated = Rated("c", "year_end", {"staff": GROUP}, "mark", None, trim, limits=limits)
    return Distance("apart", rated)


def distances(of: Distance, given: Facts) -> list[Fraction | None]:
    return [result.tree.value for result in score(of, given, 2)]


def test_two_raters_of_a_unit_count_alike_and_a_unit_without_one_has_no_figure() -> None:
    # Means: B (90 + 70) / 2 = 80, C 80, D 70. A's ballots lie 10, 0 and 0, and 10 off.
    marks = {"x": {"B": 90, "C": 80, "D": 70}, "y": {"B": 70}}
    given = facts(marks, {"x": "A", "y": "A"})
    assert distances(rule(), given) == [(Fraction(10, 3) + 10) / 2, None, None, None]
    nodes = [each.tree for each in score(rule(), given, 2)]
    assert nodes[1].remarks == (Remark("no_own_ballot"),)


def test_of_a_void_ballot_and_of_whoever_belongs_nowhere_nothing_counts() -> None:
    marks = MARKS | {"D": {"A": 196, "B": 88, "C": 60}}
    # A is rated with 90, B with 88, C with 81, D with 69.
    assert distances(rule(), facts(marks)) == [
        Fraction(4, 3),
        Fraction(2 + 1 + 3, 3),
        Fraction(2 + 2 + 4, 3),
        None,
    ]
    nowhere = facts(MARKS, {"A": "A"})
    assert distances(rule(), nowhere) == [3, None, None, None]


def test_trimming_is_of_the_means_alone() -> None:
    # Without the highest and the lowest: A 92, B 88, C 80, D 70.
    assert distances(rule(Trim(3)), facts(MARKS)) == [
        Fraction(2, 3),
        Fraction(4 + 2 + 2, 3),
        Fraction(0 + 2 + 5, 3),
        Fraction(4 + 0 + 20, 3),
    ]
    assert span_of(rule()) == Span(Fraction(0), Fraction(100))
    assert rule().below == (rule().rated,)


def test_the_own_consensus_stands_below() -> None:
    (first, *_) = score(rule(), facts(MARKS), 2)
    assert first.tree == Node(
        "apart",
        "distance",
        Fraction(3),
        parts=(
            Node(
                "c",
                "rated",
                Fraction(92),
                inputs=first.tree.parts[0].inputs,
                remarks=(Remark("raters", ("3",)),),
            ),
        ),
        remarks=(Remark("distance", ("1", "3", "3")),),
    )


def test_a_group_for_one_category_says_nothing_of_another():
    """The group of B's category is another one: what A gives B there is none of this rule's."""
    limits = (Fraction(0), Fraction(100))
    rated = Rated(
        "c", "year_end", {"staff": GROUP, "head": "other"}, "mark", None, None, limits=limits
    )
    units = tuple(Unit(code, code, "head" if code == "B" else "staff") for code in "ABCD")
    given = Facts(units, (ballot("A", {"C": 80}),), own_units={(GROUP, "A"): "A"})
    assert distances(Distance("apart", rated), given) == [0, None, None, None]


def test_the_ballots_are_examined_once() -> None:
    """As marks and as what own marks are compared with they are the same table."""
    whole = Mean("m", (replace(rule().rated, code="rated"), rule()), frozenset())
    assert [table.node for table in list_residuals(whole, facts(MARKS), "year_end")] == ["rated"]
