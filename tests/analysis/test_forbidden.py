"""No entry that a rule forbids ever pays: generated rules, entries and grades."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.outcome.rules import BarRule, GradeRule, Grading, OutcomeRules, Places
from analysis.outcome.season_outcome import season_outcome
from analysis.score.facts import LEAST, LEFT_OUT, Adjustment, Facts, Indicator, Unit
from analysis.score.forbidden import forbids_something, list_forbidden
from analysis.score.rules import (
    Adjusted,
    AllOrNothing,
    Banded,
    Completion,
    Deviation,
    Extreme,
    Given,
    Graded,
    Limited,
    Mean,
    Placed,
    Rule,
    Scaled,
    Segments,
    Summed,
    Tally,
    TaskGrades,
    ToBest,
    Total,
    Weighted,
)
from analysis.score.rules.adjusted import AdjustmentRule
from analysis.score.rules.banded import Band
from analysis.score.rules.deviation import Slope
from analysis.score.rules.graded import ShareCap
from analysis.score.rules.limited import Condition
from analysis.score.rules.segments import Segment
from analysis.score.rules.tally import EventPoints
from analysis.score.rules.weighted import Part
from analysis.score.scoring import score

F = Fraction
ROUND = "year"
UNITS = tuple(Unit(code, code, "all") for code in ("u1", "u2", "u3", "u4", "u5"))
MARK = (F(0), F(100))


@dataclass(frozen=True)
class Leaf:
    """A rule on figures of its own: which may be entered in their places, and which may not."""

    rule: Rule
    codes: tuple[str, ...]
    allowed: tuple[tuple[F | None, ...], ...]
    forbidden: tuple[tuple[F | None, ...], ...]


def mark(code: str) -> Given:
    return Given(code, ROUND, MARK)


def figures(*rows: str) -> tuple[tuple[F | None, ...], ...]:
    return tuple(tuple(None if x == "NA" else F(x) for x in row.split()) for row in rows)


NINE = (
    Segment("A", F(90), F(100), closed=True),
    Segment("B", F(80), F(90)),
    Segment("C", F(0), F(80)),
)
CHOICES = {F(1): F(100), F(2): F(85), F(3): F(70)}


def entered_mark(n: str) -> Leaf:
    return Leaf(mark(n), (n,), figures("0", "40", "100", "NA"), figures("101", "-1"))


def nine_segments(n: str) -> Leaf:
    agreed, points = Given(f"{n}a", ROUND), mark(f"{n}s")
    rule = Segments(n, agreed, points, NINE)
    allowed = figures("1 95", "2 80", "3 0", "NA NA")
    return Leaf(
        rule, (agreed.code, points.code), allowed, figures("1 60", "3 80", "NA 99", "2 NA", "7 50")
    )


def choice(n: str) -> Leaf:
    given_ = Given(f"{n}g", ROUND, choices=frozenset(CHOICES))
    return Leaf(
        Graded(n, given_, CHOICES), (given_.code,), figures("1", "2", "3", "NA"), figures("4", "0")
    )


def completed(n: str) -> Leaf:
    done, target = Given(f"{n}d", ROUND), Given(f"{n}t", ROUND)
    rule = Completion(n, F(100), done, target, F(6, 10))
    return Leaf(
        rule,
        (done.code, target.code),
        figures("5 10", "9 10", "10 10", "NA NA"),
        figures("5 0", "5 -1"),
    )


def counted(n: str) -> Leaf:
    count = Given(f"{n}c", ROUND, (F(0), F(10)))
    rule = Tally(n, F(100), (EventPoints(count, F(-5)),), least=F(0))
    return Leaf(rule, (count.code,), figures("0", "3", "10", "NA"), figures("11", "-1"))


def deducted(n: str) -> Leaf:
    """A deduction that goes below nothing."""
    count = Given(f"{n}c", ROUND, (F(0), F(10)))
    rule = Tally(n, F(10), (EventPoints(count, F(-5)),))
    return Leaf(rule, (count.code,), figures("0", "3", "10", "NA"), figures("11", "-1"))


def vetoed(n: str) -> Leaf:
    count = Given(f"{n}c", ROUND, (F(0), F(10)))
    return Leaf(
        AllOrNothing(n, F(100), count), (count.code,), figures("0", "1", "NA"), figures("-1")
    )


def deviating(n: str) -> Leaf:
    done, target = Given(f"{n}d", ROUND, MARK), Given(f"{n}t", ROUND)
    rule = Deviation(
        n,
        F(50),
        done,
        target,
        relative=True,
        above=Slope(F(1), F(-1), F(50)),
        under=Slope(F(1), F(1), F(50)),
        least=F(0),
        most=F(100),
    )
    return Leaf(
        rule,
        (done.code, target.code),
        figures("50 50", "40 50", "60 50", "NA NA"),
        figures("101 50", "50 0"),
    )


def tasks(n: str) -> Leaf:
    good, bad = Given(f"{n}g", ROUND), Given(f"{n}b", ROUND)
    rule = TaskGrades(n, (Part(F(100), good), Part(F(50), bad)))
    return Leaf(
        rule, (good.code, bad.code), figures("2 0", "1 1", "0 3", "NA NA"), figures("2 -1", "-1 0")
    )


def placed(n: str) -> Leaf:
    given_ = mark(f"{n}x")
    rule = Placed(n, given_, (F(100), F(80), F(60)), F(10), order="lowest")
    return Leaf(rule, (given_.code,), figures("0", "40", "100", "NA"), figures("-1", "101"))


def to_best(n: str) -> Leaf:
    given_ = mark(f"{n}x")
    return Leaf(
        ToBest(n, F(100), given_), (given_.code,), figures("0", "40", "100", "NA"), figures("101")
    )


def banded(n: str) -> Leaf:
    """Few are best."""
    given_ = mark(f"{n}x")
    rule = Banded(n, given_, (Band(F(50), F(10)), Band(F(10), F(60))), F(100))
    return Leaf(rule, (given_.code,), figures("0", "40", "100", "NA"), figures("-1", "101"))


def limited(n: str) -> Leaf:
    """Never below 30 where the basics are met."""
    work, basics = mark(f"{n}w"), Given(f"{n}b", ROUND, (F(0), F(10)))
    rule = Limited(n, work, (Condition(basics, below=F(5)),), least=F(30))
    return Leaf(
        rule,
        (work.code, basics.code),
        figures("0 1", "80 9", "80 1", "NA NA"),
        figures("101 1", "80 -1"),
    )


def scaled(n: str) -> Leaf:
    work, factor = mark(f"{n}w"), Given(f"{n}f", ROUND, (F(1, 2), F(1)))
    rule = Scaled(n, work, times=(factor,))
    return Leaf(
        rule,
        (work.code, factor.code),
        figures("80 1", "100 1/2", "NA NA"),
        figures("101 1", "80 2"),
    )


def lowest(n: str) -> Leaf:
    first, second = mark(f"{n}a"), mark(f"{n}b")
    rule = Extreme(n, (first, second))
    return Leaf(
        rule, (first.code, second.code), figures("80 50", "0 50", "NA 50"), figures("101 50")
    )


def mean(n: str) -> Leaf:
    first, second = mark(f"{n}a"), mark(f"{n}b")
    rule = Mean(n, (first, second))
    return Leaf(
        rule,
        (first.code, second.code),
        figures("80 50", "0 50", "NA 50"),
        figures("101 50", "-1 50"),
    )


KINDS: tuple[Callable[[str], Leaf], ...] = (
    entered_mark,
    nine_segments,
    choice,
    completed,
    counted,
    deducted,
    vetoed,
    deviating,
    tasks,
    placed,
    to_best,
    banded,
    limited,
    scaled,
    lowest,
    mean,
)
GRADES = (
    GradeRule("best", Places(counts={}, shares={"all": F(3, 10)})),
    GradeRule("good", Places(counts={}, shares={"all": F(4, 10)})),
    GradeRule("rest", Places(), award=False),
    GradeRule("last", Places(), award=False, last=F(1, 5), below=F(20)),
)


@dataclass(frozen=True)
class Book:
    """A made-up rule book with what its units entered, and one unit's entry to be changed."""

    rule: Rule
    leaves: tuple[Leaf, ...]
    entries: tuple[tuple[int, ...], ...]
    changed: int
    row: int
    grading: Grading

    @property
    def may_lack_cost(self) -> bool:
        """Whether to have no figure may cost more than an allowed 0, which is what counts: centred
        on the means, or where the others' points lie below nothing."""
        assert isinstance(self.rule, Weighted | Summed)
        below = any(isinstance(x.rule, Tally) and x.rule.least is None for x in self.leaves)
        return below or self.rule.missing == "centred"

    def standing(self, values: tuple[F | None, ...], law: int = LEAST) -> tuple[F, F, int]:
        """Total, place and grade of the first unit with these figures; more is better."""
        results = score(self.rule, self.facts(values, law), 2)
        end = season_outcome(OutcomeRules(self.grading), self.facts(values, law), results, 2)
        first, line = results[0], end.units[0]
        order = [grade.code for grade in self.grading.grades]
        total = F(-(10**6)) if first.tree.value is None else first.tree.value
        place = F(-(10**6)) if first.rank is None else F(-first.rank)
        return total, place, -order.index(line.grade) if line.grade else -len(order)

    def facts(self, values: tuple[F | None, ...], law: int) -> Facts:
        rows = []
        for n, unit in enumerate(UNITS):
            for m, leaf in enumerate(self.leaves):
                own = leaf.allowed[self.entries[n][m] % len(leaf.allowed)]
                own = values if (n, m) == (0, self.changed) else own
                rows += [
                    Indicator(ROUND, unit.code, c, x) for c, x in zip(leaf.codes, own, strict=True)
                ]
        return Facts(UNITS, indicators=tuple(rows), law=law)


@st.composite
def books(draw: st.DrawFn) -> Book:
    n = draw(st.integers(2, 4))
    leaves = tuple(draw(st.sampled_from(KINDS))(f"n{each}") for each in range(n))
    weights = [F(draw(st.integers(1, 4))) for _ in leaves]
    missing = draw(st.sampled_from(["centred", "proportional", "equal", "zero", "not_ranked"]))
    parts = tuple(Part(w, leaf.rule) for w, leaf in zip(weights, leaves, strict=True))
    rule: Rule
    if draw(st.booleans()):
        rule = Summed("total", tuple(replace(each, out_of=F(100)) for each in parts), missing)
    else:
        rule = Weighted(
            "total",
            tuple(replace(each, weight=each.weight / sum(weights)) for each in parts),
            missing,
        )
    entries = tuple(tuple(draw(st.integers(0, 4)) for _ in leaves) for _ in UNITS)
    bars = (BarRule("many", frozenset({"best"}), node=leaves[0].rule.code, at_least=F(90)),)
    grading = Grading(
        GRADES,
        bars=bars if draw(st.booleans()) else (),
        carry=draw(st.sampled_from(["unfilled", "none"])),
        # With `none` a lower total may leave a tie that had no grade: the scheme's own doing.
        ties="all",
        tie_break=(leaves[-1].rule.code,) if draw(st.booleans()) else (),
    )
    changed = draw(st.integers(0, n - 1))
    row = draw(st.integers(0, len(leaves[changed].forbidden) - 1))
    return Book(rule, leaves, entries, changed, row, grading)


@given(books())
@settings(max_examples=150, deadline=None)
def test_no_forbidden_entry_raises_a_total_a_place_or_a_grade(book: Book) -> None:
    leaf = book.leaves[book.changed]
    bad = leaf.forbidden[book.row]
    assert forbids_something(score(book.rule, book.facts(bad, LEAST), 2)[0].tree)
    total, place, grade = book.standing(bad)
    for values in leaf.allowed:
        allowed_total, allowed_place, allowed_grade = book.standing(values)
        if allowed_total == F(-(10**6)):
            continue  # without a total there is nothing to be raised from
        if book.may_lack_cost and None in values:
            continue
        assert total <= allowed_total, values
        assert place <= allowed_place, values
        assert grade <= allowed_grade, values


@pytest.mark.parametrize("kind", KINDS)
def test_every_forbidden_entry_is_named(kind: Callable[[str], Leaf]) -> None:
    leaf = kind("n")
    rule = Weighted("total", (Part(F(1, 2), leaf.rule), Part(F(1, 2), mark("x"))), "proportional")
    for bad in leaf.forbidden:
        rows = [*zip((*leaf.codes, "x"), (*bad, F(80)), strict=True)]
        entered = tuple(Indicator(ROUND, "u1", code, value) for code, value in rows)
        facts = Facts(UNITS[:1], indicators=entered)
        (unit,) = score(rule, facts, 2)
        assert list_forbidden(unit.tree), bad
        # Left out, it would have been 80: the other part alone.
        assert unit.tree.value is not None
        assert unit.tree.value <= 80 * F(1, 2) + 50
        (before,) = score(rule, replace(facts, law=LEFT_OUT), 2)
        assert not forbids_something(before.tree)


def test_a_quota_that_is_exceeded_pays_nobody() -> None:
    # Of 5 units 40% are 2. Quantitative 95, 90, 88, 60, 50; three are rated 优.
    # With two 优 and a 良: .6x95 + .4x100 = 97, .6x90 + 40 = 94, .6x88 + 34 = 86.8.
    # With three: .6x95 = 57, 54, 52.8 — and 优 of u4 and u5 is 良: .6x60 + 34 = 70, 64.
    rule = Weighted(
        "total",
        (
            Part(F(6, 10), mark("q")),
            Part(F(4, 10), Graded("g", Given("c", ROUND), CHOICES, ShareCap(F(1), F(4, 10)))),
        ),
        "proportional",
    )
    amounts = ("95", "90", "88", "60", "50")

    def totals(*choices: str, law: int = LEAST) -> list[F | None]:
        rows = [
            Indicator(ROUND, unit.code, code, F(value))
            for unit, q, c in zip(UNITS, amounts, choices, strict=True)
            for code, value in (("q", q), ("c", c))
        ]
        facts = Facts(UNITS, indicators=tuple(rows), law=law)
        return [result.tree.value for result in score(rule, facts, 2)]

    assert totals("1", "1", "2", "2", "2") == [97, 94, F("86.8"), 70, 64]
    assert totals("1", "1", "1", "2", "2") == [57, 54, F("52.8"), 70, 64]
    # By the law of before the quantitative part stood alone, and paid the third more than 良 does.
    assert totals("1", "1", "1", "2", "2", law=LEFT_OUT) == [95, 90, 88, 70, 64]


def test_a_least_below_nothing_counts_as_it_is() -> None:
    # 10 − 5 × 10 = −40 is the least of at most ten events.
    leaf = deducted("n")
    facts = Facts(UNITS[:1], indicators=(Indicator(ROUND, "u1", "nc", F(11)),))
    assert score(leaf.rule, facts, 2)[0].tree.value == -40


def test_without_a_least_there_is_no_total() -> None:
    open_down = Tally("n", F(10), (EventPoints(Given("c", ROUND, (F(0), None)), F(-5)),))
    rule = Weighted("total", (Part(F(1, 2), open_down), Part(F(1, 2), mark("x"))), "proportional")
    rows = (Indicator(ROUND, "u1", "c", F(-1)), Indicator(ROUND, "u1", "x", F(80)))
    (unit,) = score(rule, Facts(UNITS[:1], indicators=rows), 2)
    assert (unit.tree.value, unit.published, unit.rank) == (None, None, None)
    assert [node.code for node in list_forbidden(unit.tree)] == ["c"]


ADJUSTED = Adjusted(
    "added",
    (
        AdjustmentRule("praise", "amount", F(1), (F(0), F(2))),
        AdjustmentRule("fault", "amount", F(-1), (F(1), F(3))),
        AdjustmentRule("late", "times", F(-2)),
        AdjustmentRule("funds", "largest", F(2), (F(0), F(1000))),
    ),
    (),
    None,
)
WITH_EVENTS = Total("total", Weighted("base", (Part(F(1), mark("x")),), "zero"), ADJUSTED)


@pytest.mark.parametrize(
    ("rule", "times", "amount", "points"),
    [
        ("praise", 1, "9", 0),  # beyond its range: no bonus
        ("praise", -1, "2", -2),  # turned around it would be a deduction, and stays one
        ("fault", 1, "-3", -3),  # turned around it would be a bonus
        ("fault", 1, "9", -9),
        ("fault", 1, "0", -3),  # below its range: the most that it can take
        ("late", -2, None, -4),
        ("funds", 1, "5000", 0),
    ],
)
def test_events_that_may_not_be_entered(
    rule: str, times: int, amount: str | None, points: int
) -> None:
    event = Adjustment(ROUND, "u1", rule, times, None if amount is None else F(amount))
    facts = Facts(UNITS[:1], indicators=(Indicator(ROUND, "u1", "x", F(80)),), adjustments=(event,))
    (unit,) = score(WITH_EVENTS, facts, 2)
    assert unit.tree.value == 80 + points
    assert forbids_something(unit.tree)


def test_a_forbidden_amount_is_nobodys_largest() -> None:
    amounts = {"u1": "5000", "u2": "600", "u3": "300"}
    facts = Facts(
        UNITS[:3],
        indicators=tuple(Indicator(ROUND, unit, "x", F(80)) for unit in amounts),
        adjustments=tuple(Adjustment(ROUND, u, "funds", 1, F(a)) for u, a in amounts.items()),
    )
    # 600 is the largest that may be: 2 points, and 300 of 600 are 1.
    assert [unit.tree.value for unit in score(WITH_EVENTS, facts, 2)] == [80, 82, 81]


def test_a_bar_by_many_events_holds_for_a_number_that_may_not_be() -> None:
    count = Given("c", ROUND, (F(0), F(10)))
    rule = Total(
        "total", Weighted("base", (Part(F(1), mark("x")), Part(F(0), count)), "zero"), None
    )
    rows = (Indicator(ROUND, "u1", "x", F(80)), Indicator(ROUND, "u1", "c", F(99)))
    facts = Facts(UNITS[:1], indicators=rows)
    grading = Grading(GRADES, bars=(BarRule("many", sets="last", node="c", at_least=F(3)),))
    end = season_outcome(OutcomeRules(grading), facts, score(rule, facts, 2), 2)
    assert (end.units[0].grade, [bar.rule for bar in end.units[0].bars]) == ("last", ["many"])


def test_a_bar_on_a_figure_that_a_unit_does_not_have_bars_nobody() -> None:
    rule = Total("total", Weighted("base", (Part(F(1), mark("x")),), "zero"), None)
    facts = Facts(UNITS[:1], indicators=(Indicator(ROUND, "u1", "x", F(80)),))
    bars = (BarRule("elsewhere", sets="last", node="of_another_category", at_least=F(0)),)
    end = season_outcome(OutcomeRules(Grading(GRADES, bars=bars)), facts, score(rule, facts, 2), 2)
    assert end.units[0].bars == ()


def test_the_law_of_before_counted_an_event_that_may_not_be() -> None:
    event = Adjustment(ROUND, "u1", "late", -2, None)
    facts = Facts(
        UNITS[:1],
        indicators=(Indicator(ROUND, "u1", "x", F(80)),),
        adjustments=(event,),
        law=LEFT_OUT,
    )
    # 80 + (−2) × (−2): turned around, being late paid.
    assert score(WITH_EVENTS, facts, 2)[0].tree.value == 84


def test_a_limit_on_what_has_no_least_leaves_no_figure() -> None:
    open_down = Tally("n", F(10), (EventPoints(Given("c", ROUND, (F(0), None)), F(-5)),))
    rule = Limited("l", open_down, (Condition(Given("d", ROUND, MARK), below=F(60)),), most=F(50))
    rows = (Indicator(ROUND, "u1", "c", F(-1)), Indicator(ROUND, "u1", "d", F(80)))
    (unit,) = score(rule, Facts(UNITS[:1], indicators=rows), 2)
    assert (unit.tree.value, unit.published) == (None, None)
    assert [node.code for node in list_forbidden(unit.tree)] == ["c"]
