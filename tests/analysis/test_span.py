"""Between which figures each rule can lie, worked out by hand."""

from fractions import Fraction

import pytest

from analysis.score.place_points import ByPlace
from analysis.score.rules import (
    Adjusted,
    AdjustmentRule,
    AllOrNothing,
    ByCategory,
    Cap,
    Completion,
    EventPoints,
    Given,
    Graded,
    ItemShare,
    Mean,
    Part,
    Placed,
    Rated,
    RatedItems,
    Rule,
    Satisfaction,
    Scaled,
    Segment,
    Segments,
    Summed,
    Tally,
    TaskGrades,
    ToBest,
    Total,
    Weighted,
)
from analysis.score.span import Span, span_of

F = Fraction


def given(low: int | None, high: int | None, code: str = "g") -> Given:
    ends = [None if end is None else F(end) for end in (low, high)]
    return Given(code, "y", (ends[0], ends[1]))


def rated(points: dict[str, F | None] | None = None, high: int = 100) -> Rated:
    limits = None if points else (F(0), F(high))
    return Rated("r", "y", {"t": "leader"}, "q", points, None, limits=limits)


BANDS: dict[str, F | None] = {"a": F(95), "b": F(60), "none": None}
NINETY = rated(BANDS)
MARK = rated()
TO_TEN, OPEN = given(0, 10), given(0, None)
UP_TO_120 = Completion("c", F(100), given(0, None), most=F(6, 5))


def weighted(missing: str, *parts: Rule, limits: tuple[F, F] | None = None) -> Weighted:
    share = F(1, len(parts))
    return Weighted("w", tuple(Part(share, each) for each in parts), missing, limits)  # type: ignore[arg-type]


CASES: dict[str, tuple[Rule, Span]] = {
    "an entered figure has its bounds": (TO_TEN, Span(F(0), F(10), F(10))),
    "or a choice": (Given("g", "y", choices=frozenset({F(1), F(5)})), Span(F(1), F(5))),
    "or none": (OPEN, Span(F(0), None)),
    "a mark out of a hundred": (MARK, Span(F(0), F(100), F(100), rated=True)),
    "bands say what the best gets": (NINETY, Span(F(60), F(95), None, rated=True)),
    "a number without bounds": (
        Rated("r", "y", {}, "q", None, None),
        Span(None, None, None, rated=True),
    ),
    "places as percentiles": (
        Rated("r", "y", {}, "q", None, None, by_place=ByPlace("percentile", (F(60), F(100)))),
        Span(F(60), F(100), F(100), rated=True),
    ),
    "places as points": (
        Rated("r", "y", {}, "q", None, None, by_place=ByPlace("points", points=(F(9), F(7)))),
        Span(F(0), F(9), None, rated=True),
    ),
    "several questions": (
        RatedItems("i", (ItemShare(F(1), MARK), ItemShare(F(0), rated(high=10)))),
        Span(F(0), F(100), F(100), rated=True),
    ),
    "satisfaction": (
        Satisfaction("s", "y", "g", "q", {"s": F(100), "n": F(0), "u": None}, {}, 30),
        Span(F(0), F(100), F(100), rated=True),
    ),
    "a rounded figure": (
        Scaled("x", given(0, 1), F(1), F(3), places=1),
        Span(F(0), F(3, 10), F(1)),
    ),
    # 10 x 100 / 10, times 0.9 to 1.1.
    "scaled, with a coefficient": (
        Scaled("x", TO_TEN, F(100), F(10), (Given("k", "y", (F(9, 10), F(11, 10))),)),
        Span(F(0), F(110), F(100)),
    ),
    "a coefficient alone, which may be anything": (
        Scaled("x", given(5, 10), times=(Given("k", "y"),)),
        Span(None, None, F(10)),
    ),
    "weighted, nothing may be missing": (
        weighted("not_ranked", given(0, 100), given(20, 100)),
        Span(F(10), F(100), F(100)),
    ),
    "weighted, with parts of their own full marks": (
        weighted("proportional", TO_TEN, given(-5, 100)),
        Span(F(-5), F(100), None),
    ),
    "weighted, what is missing counts as 0": (
        weighted("zero", given(20, 100), given(30, 100)),
        Span(F(0), F(100), F(100)),
    ),
    # The category's mean 100, and a deviation of 50 from a mean of 50.
    "centred": (weighted("centred", given(50, 100), given(60, 100)), Span(F(0), F(150), F(100))),
    "centred and cut": (
        weighted("centred", given(50, 100), given(60, 100), limits=(F(70), F(90))),
        Span(F(50), F(100), F(100)),
    ),
    "centred without bounds": (weighted("centred", OPEN, MARK), Span(None, None, None)),
    "weighted without bounds": (weighted("not_ranked", OPEN, MARK), Span(F(0), None, None)),
    "a part of weight 0 is only told": (
        Weighted("w", (Part(F(1), MARK), Part(F(0), OPEN)), "not_ranked"),
        Span(F(0), F(100), F(100), rated=True),
    ),
    "a mean of parts but one": (
        Mean("m", (given(0, 100, "a"), given(0, 100, "b"), given(0, 9, "c")), frozenset({"c"})),
        Span(F(0), F(100), F(100)),
    ),
    # 100 - 2 x 0..10, at least 85 and, with nothing carried, 100.
    "a deduction": (
        Tally("t", F(100), (EventPoints(given(0, 10), F(-2)),), least=F(85)),
        Span(F(85), F(100), stated=True),
    ),
    "an accumulation without a cap": (
        Tally("t", F(0), (EventPoints(given(0, 10), F(2)),)),
        Span(F(0), F(20)),
    ),
    "one whose kind is capped": (
        Tally("t", F(10), (EventPoints(given(-3, None), F(2), most=F(5)),)),
        Span(F(4), F(15), stated=True),
    ),
    "one with a cap of the whole": (
        Tally("t", F(10), (EventPoints(given(None, None), F(2)),), most=F(12)),
        Span(None, F(12), stated=True),
    ),
    "completion": (Completion("c", F(30), OPEN), Span(F(0), F(30), F(30))),
    "completion beyond": (UP_TO_120, Span(F(0), F(120), F(100), stated=True)),
    "completion without end": (
        Completion("c", F(30), OPEN, most=None),
        Span(F(0), None, F(30), stated=True),
    ),
    "all or nothing": (AllOrNothing("a", F(8), OPEN), Span(F(0), F(8), F(8))),
    "to the best": (ToBest("b", F(40), OPEN), Span(F(0), F(40), F(40))),
    "by place": (Placed("p", OPEN, (F(60), F(57)), F(2), F(40)), Span(F(40), F(60))),
    "graded": (Graded("g", OPEN, {F(1): F(20), F(2): F(10)}), Span(F(10), F(20))),
    "grades of tasks": (
        TaskGrades("t", (Part(F(100), OPEN), Part(F(50), OPEN))),
        Span(F(50), F(100), F(100)),
    ),
    "segments": (
        Segments("s", OPEN, OPEN, (Segment("a", F(80), F(90)), Segment("b", F(60), F(80)))),
        Span(F(60), F(90)),
    ),
    # 80 + 20 x 100 / 100, and an extra of 5 at most.
    "points with a mark and an extra": (
        Summed(
            "s",
            (Part(F(80), given(0, 80)), Part(F(20), MARK, F(100)), Part(F(0), given(-1, 5))),
            "not_ranked",
        ),
        Span(F(-1), F(105), F(100), stated=True),
    ),
    "points with a cut": (
        Summed("s", (Part(F(100), UP_TO_120),), "proportional", F(10), F(110)),
        Span(F(10), F(110), F(100), stated=True),
    ),
    "points without bounds": (
        Summed("s", (Part(F(10), given(None, None)),), "not_ranked", F(0), None),
        Span(F(0), None, F(10), stated=True),
    ),
    "by category": (ByCategory("k", {"a": TO_TEN, "b": given(2, 20)}), Span(F(0), F(20), None)),
    "a total without adjustments": (
        Total("t", weighted("not_ranked", MARK), None),
        Span(F(0), F(100), F(100), rated=True),
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_between_which_figures_a_rule_can_lie(case: str) -> None:
    rule, expected = CASES[case]
    assert span_of(rule) == expected


RULES = {
    "praise": AdjustmentRule("praise", "times", F(2)),
    "blame": AdjustmentRule("blame", "times", F(-2)),
    "largest": AdjustmentRule("largest", "largest", F(3), (F(0), F(9))),
    "amount": AdjustmentRule("amount", "amount", F(1), (F(0), F(9))),
    "taken": AdjustmentRule("taken", "amount", F(-1), (F(0), F(9))),
    "turned": AdjustmentRule("turned", "amount", F(-1), (F(-5), F(-1))),
    "open": AdjustmentRule("open", "amount", F(-1)),
    "lost": AdjustmentRule("lost", "largest", F(-3)),
}


@pytest.mark.parametrize(
    ("codes", "caps", "most", "expected"),
    [
        (["blame"], (), None, Span(None, F(0))),
        (["praise"], (), None, Span(F(0), None)),
        (["praise", "blame"], (), F(3), Span(None, F(3))),
        (["largest"], (), None, Span(F(0), F(3))),
        (["lost"], (), None, Span(None, None)),
        (["amount"], (), None, Span(F(0), None)),
        (["taken"], (), None, Span(None, F(0))),
        (["turned"], (), None, Span(F(0), None)),
        (["open"], (), None, Span(None, None)),
        # Capped at 5 together, and the largest 3 beside it.
        (["praise", "amount", "largest"], (("praise", "amount"),), None, Span(F(0), F(8))),
        # Less than the cap of 5 can't be reached.
        (["largest"], (("largest",),), None, Span(F(0), F(3))),
    ],
)
def test_what_adjustments_can_come_to(
    codes: list[str], caps: tuple[tuple[str, ...], ...], most: F | None, expected: Span
) -> None:
    rule = Adjusted(
        "a", tuple(RULES[code] for code in codes), tuple(Cap(of, F(5)) for of in caps), most
    )
    assert span_of(rule) == expected


def test_a_total_with_bonuses_goes_beyond_its_full_marks() -> None:
    added = Adjusted("a", (RULES["praise"], RULES["blame"]), (), F(3))
    total = Total("t", weighted("not_ranked", MARK), added)
    assert span_of(total) == Span(None, F(103), F(100), rated=True, stated=True)
