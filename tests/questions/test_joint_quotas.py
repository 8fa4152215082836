"""Fixed steps of a number and limits on levels taken together: read, told, refused, kept."""

from decimal import Decimal
from fractions import Fraction

import pytest

from evalsvc.questions.levels import LevelsQuestion
from evalsvc.questions.number import NumberQuestion
from evalsvc.questions.unit import PaperUnit
from evalsvc.scheme.file.errors import SchemeErrors
from evalsvc.scheme.presets import load_scheme
from evalsvc.scheme.writing import replace_questionnaire
from evalsvc.xlsform.expressions import read_limits
from evalsvc.xlsform.kinds.levels import LEVELS
from evalsvc.xlsform.kinds.number import NUMBER
from evalsvc.xlsform.rules import Tally
from tests.scheme.test_documents import ENGLISH, blocks

(BOTH,) = [block for block in blocks(ENGLISH, "yaml") if block.startswith("step: {kind")]
(BOOK,) = [block for block in blocks(ENGLISH, "yaml") if "code: points-and-marks\n" in block]
OVERALL = "      overall: {kind: number, title: {zh: 总体, en: Overall}, from: 0, to: 100}\n"
TEXT = BOOK.replace(OVERALL, "".join(f"      {line}\n" for line in BOTH.splitlines())).replace(
    "      question: overall\n", "      question: grade\n"
)
UNITS = [PaperUnit(f"u{n}", f"u{n}", "town", "") for n in range(12)]


def read(text: str = TEXT) -> tuple[NumberQuestion, LevelsQuestion]:
    step, grade = load_scheme(text).questionnaires["appraisal"].questions
    assert isinstance(step, NumberQuestion)
    assert isinstance(grade, LevelsQuestion)
    return step, grade


def flaws(question: LevelsQuestion | NumberQuestion, values: list[str]) -> list[str]:
    given = {(question.code, u.code): v for u, v in zip(UNITS, values, strict=False)}
    return [flaw.text.zh for flaw in question.list_flaws(UNITS[: len(values)], given)]


def test_of_twelve_rated_two_may_be_excellent() -> None:
    step, grade = read()
    assert flaws(grade, ["first", "third", *["good"] * 10]) == []
    assert flaws(grade, ["first", "second", "third", *["good"] * 9]) == [
        "“优秀一档、优秀二档、优秀三档”合计应为0到2个，现为3个"
    ]
    # Of those rated: two are not known, and a fifth of ten are still two.
    assert flaws(grade, ["first", "third", *["good"] * 8, "unknown", "unknown"]) == []
    assert flaws(step, ["100", "90", *["85"] * 10]) == []
    assert len(flaws(step, ["100", "90", "95", *["85"] * 9])) == 1
    assert [rule.zh for rule in grade.rules] == [
        "每类单位里，“优秀一档、优秀二档、优秀三档”合计最多占20%。"
    ]


def test_only_steps_are_answers() -> None:
    step, _ = read()
    assert [value for value in ("55", "56", "90", "100", "105") if step.is_answer(value, 12)] == [
        "55",
        "90",
        "100",
    ]
    assert step.say_choices(12).zh == "55–100，每5一级"


def test_a_trial_keeps_to_them() -> None:
    step, grade = read()
    invented = [grade.invent(place, 12, 1) for place in range(12)]  # type: ignore[arg-type]
    assert flaws(grade, invented) == []
    assert invented[:3] == ["first", "first", "good"]
    marks = [step.invent(place, 12, 1) for place in range(12)]  # type: ignore[arg-type]
    assert all(step.is_answer(mark, 12) for mark in marks)


def test_a_scheme_is_written_back_with_them() -> None:
    scheme = load_scheme(TEXT)
    text = replace_questionnaire(TEXT, scheme, scheme.questionnaires["appraisal"])
    assert load_scheme(text).questionnaires["appraisal"] == scheme.questionnaires["appraisal"]


def test_a_workbook_has_them() -> None:
    step, grade = read()
    assert NUMBER.write(step).particulars["parameters"] == "start=55 end=100 step=5"
    (rule,) = LEVELS.write(grade).rules
    assert isinstance(rule, Tally)
    assert rule.among == "(. = 'first' or . = 'second' or . = 'third')"
    assert rule.share == Fraction(1, 5)
    constraint = f"count(${{grade}}[{rule.among}]) <= 0.2 * count(${{grade}})"
    assert tuple(read_limits(constraint, "grade").level_counts) == grade.counts
    both = "count(${grade}[. = 'good']) >= 1 and count(${grade}[. = 'good']) <= 3"
    assert [(c.least, c.most) for c in read_limits(both, "grade").level_counts] == [
        (1, None),
        (None, 3),
    ]


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("to: 100, step: 5", "to: 100, step: 7", "expected a step above 0 by which"),
        ("to: 100, step: 5", "to: 100, step: 0", "expected a step above 0 by which"),
        ("to: 100, step: 5", "to: 100, step: 0.5", "with no more decimals than"),
        ("[first, second, third], most: 20%", "[unknown], most: 1", "no such level with points"),
        ("[first, second, third], most: 20%", "[], most: 1", "expected at least one level"),
        ("[first, second, third], most: 20%", "[first]", "expected “most” or “least”"),
        ("most: 20%}]\n\nscore", "most: 1, least: 2}]\n\nscore", "expected least not to exceed"),
    ],
)
def test_what_is_refused(old: str, new: str, said: str) -> None:
    text = (
        TEXT.replace(old, new)
        if old in TEXT
        else TEXT.replace("[first, second, third], most: 20%", "[first], most: 1, least: 2")
    )
    with pytest.raises(SchemeErrors) as raised:
        load_scheme(text)
    assert any(said in error.expected.en for error in raised.value.errors)


def test_a_step_may_be_a_decimal_where_marks_are() -> None:
    step, _ = read(TEXT.replace("to: 100, step: 5", "to: 100, places: 1, step: 0.5"))
    assert step.step == Decimal("0.5")
    assert step.is_answer("90.5", 12)
