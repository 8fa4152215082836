"""Rules over several units, in what other programs compute: what is read back of them."""

from decimal import Decimal
from fractions import Fraction

import pytest

from analysis.score.rules import LevelLimit, NumberLimit
from evalsvc.questions.forced_ratio import ForcedRatioQuestion
from evalsvc.questions.levels import LevelsQuestion
from evalsvc.questions.number import NumberQuestion
from evalsvc.questions.question import Question
from evalsvc.questions.sum import SumQuestion
from evalsvc.xlsform.reading import FormReading, check_form
from tests.xlsform.forms import (
    BANDS,
    BEFORE,
    LEVELS,
    RATIO,
    SCALE,
    WORK,
    Row,
    build_sheets,
    in_repeat,
    row,
)

BOUNDS = ". >= 0 and . <= 100"
NUMBER = NumberQuestion("q", WORK, Decimal(0), Decimal(100), 0)
TWO = ("county", "town")


def note(relevant: str, name: str = "q.check1") -> Row:
    return row("note", name, required="yes", relevant=relevant)


def read(
    question: Row, *notes: Row, choices: tuple[Row, ...] = (), categories: tuple[str, ...] = ("a",)
) -> FormReading:
    sheets = build_sheets([*in_repeat(question), *notes], choices)
    return check_form(sheets, {"survey": BEFORE}, categories)


def find_question(reading: FormReading) -> Question:
    assert reading.questionnaire is not None, reading.problems
    return reading.questionnaire.asked[0].question


def places(reading: FormReading, severity: str = "error") -> list[str]:
    return [f"{each.heading} {each.row}" for each in reading.problems if each.severity == severity]


SUM_NOTES = (
    "sum(${q}) != 100",
    "count(${q}[. != '']) > 0 and sum(${q}[. != '']) != 100",
    "( sum( ${ q } ) != 100 )",
)


@pytest.mark.parametrize("relevant", SUM_NOTES)
def test_a_sum_behind_the_repeat(relevant: str) -> None:
    reading = read(row("integer", required="yes"), note(relevant))
    assert find_question(reading) == SumQuestion("q", WORK, 100)
    assert reading.problems == ()


def test_a_sum_in_the_row_is_read_as_before() -> None:
    reading = read(row("integer", required="yes", constraint="sum(${q}) = 50"))
    assert find_question(reading) == SumQuestion("q", WORK, 50)


@pytest.mark.parametrize(
    ("relevant", "limit"),
    [
        ("count(${q}[. >= 90]) > 3", NumberLimit(Fraction(90), most=3)),
        ("count(${q}[.>=90 and .<95]) < 2", NumberLimit(Fraction(90), Fraction(95), least=2)),
        (
            "count(${q}[. < 60]) < 1 and count(${q}[. < 60]) < count(${q})",
            NumberLimit(below=Fraction(60), least=1),
        ),
        (
            "count(${q}[. >= 90]) * 10 > count(${q}) * 3",
            NumberLimit(Fraction(90), most_share=Fraction(3, 10)),
        ),
        (
            "(count(${q}[. >= 90]) > 3) or (count(${q}[. >= 90]) < 1)",
            NumberLimit(Fraction(90), least=1, most=3),
        ),
    ],
)
def test_a_limit_behind_the_repeat(relevant: str, limit: NumberLimit) -> None:
    reading = read(row("integer", required="yes", constraint=BOUNDS), note(relevant))
    assert find_question(reading) == NumberQuestion(
        "q", WORK, Decimal(0), Decimal(100), 0, counts=(limit,)
    )
    assert reading.problems == ()


def test_levels_in_another_order_and_other_quotation_marks() -> None:
    relevant = 'count(${q}[(. = "2" or . = "3")]) > 2'
    reading = read(row("select_one scale", required="yes"), note(relevant), choices=SCALE)
    assert find_question(reading) == LevelsQuestion(
        "q", WORK, LEVELS, (LevelLimit(frozenset("23"), most=2),)
    )


AT_ONCE = (
    "(not(. >= 90) or count(../../units[position() != position(current()/..) and "
    "category = current()/../category and q >= 90]) < 3)"
)


def test_a_limit_in_the_row_is_read_alone_and_beside_its_note() -> None:
    limited = NumberQuestion(
        "q", WORK, Decimal(0), Decimal(100), 0, counts=(NumberLimit(Fraction(90), most=3),)
    )
    asked = row("integer", required="yes", constraint=f"{BOUNDS} and {AT_ONCE}")
    assert find_question(read(asked)) == limited
    assert find_question(read(asked, note("count(${q}[. >= 90]) > 3"))) == limited
    old = row("integer", required="yes", constraint=f"{BOUNDS} and count(${{q}}[. >= 90]) <= 3")
    assert find_question(read(old, note("count(${q}[. >= 90]) > 3"))) == limited


@pytest.mark.parametrize(
    "changed", [AT_ONCE.replace("q >= 90", "q >= 80"), AT_ONCE.replace("q >=", "other >=")]
)
def test_a_limit_in_the_row_that_counts_something_else_is_refused(changed: str) -> None:
    asked = row("integer", required="yes", constraint=f"{BOUNDS} and {changed}")
    assert places(read(asked)) == ["constraint 3"]


def test_a_row_and_a_note_that_contradict_each_other_are_refused() -> None:
    asked = row("integer", required="yes", constraint=f"{BOUNDS} and {AT_ONCE}")
    assert places(read(asked, note("count(${q}[. >= 90]) > 5"))) == ["constraint 3"]
    summed = row("integer", required="yes", constraint="sum(${q}) = 50")
    assert places(read(summed, note("sum(${q}) != 100"))) == ["constraint 3"]


def test_proportions_are_those_of_the_list() -> None:
    asked = row("select_one ratio", required="yes", enforce_from="1")
    kept = note("count(${q}[. = 'A']) != int(count(${q}) * 30 div 100)")
    reading = read(asked, kept, choices=RATIO)
    assert find_question(reading) == ForcedRatioQuestion("q", WORK, BANDS, 1)
    other = note("count(${q}[. = 'A']) != int(count(${q}) * 20 div 100)")
    assert places(read(asked, other, choices=RATIO)) == ["relevant 5"]


def test_a_rule_of_another_kind_of_question_is_refused() -> None:
    assert places(read(row("text"), note("sum(${q}) != 100"))) == ["relevant 5"]
    assert places(read(row("text"), note("sum(${p}) != 100"))) == ["relevant 5"]


def test_a_rule_holds_in_every_category() -> None:
    asked = row("integer", required="yes")
    county = "(sum(${q}[../category = 'county']) != 100)"
    town = "(sum(${q}[../category = 'town']) != 100)"
    whole = read(asked, note(f"{county} or {town}"), categories=TWO)
    assert find_question(whole) == SumQuestion("q", WORK, 100)
    assert whole.problems == ()
    assert places(read(asked, note(county), categories=TWO)) == ["relevant 5"]
    together = read(asked, note("sum(${q}) != 100"), categories=TWO)
    assert find_question(together) == SumQuestion("q", WORK, 100)
    assert places(together, "warning") == ["relevant 5"]


def test_different_sums_in_two_categories_are_no_check() -> None:
    """What remains is a note with a condition."""
    relevant = "sum(${q}[../category = 'county']) != 100 or sum(${q}[../category = 'town']) != 50"
    reading = read(row("integer", constraint=BOUNDS), note(relevant), categories=TWO)
    assert reading.questionnaire is None


def test_a_long_expression_of_brackets_is_read_to_its_end() -> None:
    for text in ("(" * 15_000, "${q}[" * 6_000, " or ".join(["(sum(${q}) != 1)"] * 1_500)):
        read(row("integer", constraint=BOUNDS), note(text))
