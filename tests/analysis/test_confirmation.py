"""Two figures whose ranks must agree, by hand."""

from fractions import Fraction

from analysis.outcome.confirmation import Disagreement, disagreements
from analysis.outcome.rules import ConfirmationRule
from analysis.score.tree import Node, UnitResult

F = Fraction

# Ranks by a: 1 2 3 4 5 6; by b: 4 1 2 3 6 5.
PAIRS = ((90, 60), (80, 95), (70, 90), (65, 80), (60, 40), (50, 50))


def results(pairs: tuple[tuple[int | None, int | None], ...] = PAIRS) -> list[UnitResult]:
    return [
        UnitResult(
            f"u{n}",
            "all",
            Node(
                "t",
                "weighted",
                None,
                parts=(
                    Node("a", "given", None if a is None else F(a)),
                    Node("b", "given", None if b is None else F(b)),
                ),
            ),
            None,
            None,
        )
        for n, (a, b) in enumerate(pairs, start=1)
    ]


def test_more_than_a_third_apart():
    rule = ConfirmationRule("pair", "a", "b", share=F(1, 3))
    # A third of 6 is 2: u1 is 3 apart, all others 1.
    assert disagreements(rule, results(), 2) == (
        Disagreement("pair", "u1", "90.00", "60.00", 1, 4, 6),
    )
    assert disagreements(ConfirmationRule("pair", "a", "b", share=F(1, 2)), results(), 2) == ()


def test_more_than_a_number_of_places():
    by_number = ConfirmationRule("pair", "a", "b", places=0)
    assert {d.unit for d in disagreements(by_number, results(), 2)} == {
        "u1",
        "u2",
        "u3",
        "u4",
        "u5",
        "u6",
    }
    assert disagreements(ConfirmationRule("pair", "a", "b", places=3), results(), 2) == ()


def test_the_narrower_of_two_limits_holds_and_missing_figures_stay_out():
    rule = ConfirmationRule("pair", "a", "b", share=F(1), places=1)
    assert [d.unit for d in disagreements(rule, results(), 2)] == ["u1"]
    assert disagreements(rule, results(((90, None), (None, 80), (70, 70))), 2) == ()
    assert disagreements(rule, [], 2) == ()
