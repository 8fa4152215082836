"""Limits on numbers are checked before a ballot is sealed."""

from dataclasses import replace
from fractions import Fraction

from analysis.score.facts import Answer
from analysis.score.rules import NumberLimit
from evalsvc.ballots.breaches import list_breaches
from evalsvc.questions.questionnaire import Questionnaire, ask
from evalsvc.questions.unit import PaperUnit
from evalsvc.scheme.presets import load_preset

GOLMUD = load_preset("golmud")
UNITS = tuple(PaperUnit(f"d{n}", f"部门{n}", "department", "") for n in range(1, 6))


def sheet(*limits: NumberLimit) -> Questionnaire:
    marks = GOLMUD.questionnaires["marks"]
    return replace(marks, asked=ask(replace(marks.questions[0], counts=limits)))


def told(limit: NumberLimit, *marks: str) -> list[tuple[str, str]]:
    answers = [Answer(unit.code, "overall", m) for unit, m in zip(UNITS, marks, strict=True)]
    found = list_breaches(sheet(limit), GOLMUD.categories, UNITS, answers)
    return [(breach.kind, breach.category) for breach in found]


TOO_MANY_OR_FEW = [("proportions", "department")]


def test_at_most_three_of_90_and_more():
    limit = NumberLimit(lowest=Fraction(90), most=3)
    assert told(limit, "90", "95", "100", "89", "80") == []
    assert told(limit, "90", "95", "100", "91", "80") == TOO_MANY_OR_FEW


def test_at_least_a_share_below():
    limit = NumberLimit(below=Fraction(70), least=1, most_share=Fraction(2, 5))
    assert told(limit, "90", "95", "100", "69", "80") == []
    assert told(limit, "90", "95", "100", "70", "80") == TOO_MANY_OR_FEW
    # Two fifths of five are two.
    assert told(limit, "60", "61", "62", "70", "80") == TOO_MANY_OR_FEW


def test_a_number_that_is_none_is_told_first():
    limit = NumberLimit(lowest=Fraction(90), most=0)
    assert [kind for kind, _ in told(limit, "90", "95", "x", "70", "80")] == ["not_a_choice"]


def test_a_limit_between_two_numbers():
    limit = NumberLimit(lowest=Fraction(80), below=Fraction(90), most=1)
    assert told(limit, "80", "90", "95", "70", "79.9") == [("not_a_choice", "department")]
    assert told(limit, "80", "90", "95", "70", "79") == []
    assert told(limit, "80", "89", "95", "70", "79") == TOO_MANY_OR_FEW
