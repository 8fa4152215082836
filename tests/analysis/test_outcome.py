"""What follows from a season's scores, category by category, worked by hand."""

from fractions import Fraction

from analysis.outcome.confirmation import Disagreement
from analysis.outcome.grading import Quota
from analysis.outcome.history import Consequence
from analysis.outcome.rules import (
    ConfirmationRule,
    ConsequenceRule,
    GradeRule,
    Grading,
    Marks,
    OutcomeRules,
    Places,
)
from analysis.outcome.season_outcome import SeasonOutcome, UnitOutcome, season_outcome
from analysis.score.facts import Facts, Unit
from analysis.score.tree import Node, UnitResult

F = Fraction

HALF_BEST = Grading(
    (
        GradeRule("best", Places(shares={"town": F(1, 2)}), coefficients={"head": F(3, 2)}),
        GradeRule("rest"),
    )
)
SAME = OutcomeRules(
    HALF_BEST, confirmations=(ConfirmationRule("same", "goals", "votes", places=0),)
)
FACTS = Facts(
    (Unit("t1", "甲镇", "town"), Unit("o1", "乙局", "office"), Unit("t2", "丙镇", "town"))
)


def result(unit: str, category: str, goals: int, votes: int, rank: int) -> UnitResult:
    total = F(goals + votes, 2)
    parts = (Node("goals", "given", F(goals)), Node("votes", "given", F(votes)))
    tree = Node("total", "weighted", total, parts=parts)
    return UnitResult(unit, category, tree, f"{float(total):.2f}", rank)


# By goals t1 is ahead of t2, by votes behind; together 85 and 75.
RESULTS = (
    result("t1", "town", 100, 70, 1),
    result("o1", "office", 60, 60, 1),
    result("t2", "town", 50, 100, 2),
)


def test_every_category_by_itself_in_the_order_of_the_units():
    found = season_outcome(SAME, FACTS, RESULTS, 2)
    first = Disagreement("same", "t1", "100.00", "70.00", 1, 2, 2)
    second = Disagreement("same", "t2", "50.00", "100.00", 2, 1, 2)
    # Half of two towns is one place; offices have no bound, so "best" takes their only unit.
    assert found == SeasonOutcome(
        (
            UnitOutcome(
                "t1",
                "town",
                "85.00",
                1,
                1,
                "best",
                "places",
                coefficients={"head": F(3, 2)},
                confirmations=(first,),
            ),
            UnitOutcome(
                "o1", "office", "60.00", 1, 1, "best", "rest", coefficients={"head": F(3, 2)}
            ),
            UnitOutcome("t2", "town", "75.00", 2, 2, "rest", "rest", confirmations=(second,)),
        ),
        (Quota("town", "best", 1, 1),),
    )


def test_a_unit_is_found_by_its_code():
    found = season_outcome(SAME, FACTS, RESULTS, 2)
    assert found.get_unit("t2") is found.units[2]


def test_this_years_grade_counts_though_nobody_has_said_the_year():
    best = frozenset({"best"})
    rules = OutcomeRules(
        HALF_BEST,
        consequences=(
            ConsequenceRule("praised", (Marks(grades=best),)),
            # Years running wait for the year to be said.
            ConsequenceRule("promoted", (Marks(years=2, grades=best),)),
        ),
    )
    found = season_outcome(rules, FACTS, RESULTS, 2)
    assert [unit.consequences for unit in found.units] == [
        (Consequence("praised", ()),),
        (Consequence("praised", ()),),
        (),
    ]
