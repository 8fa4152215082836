"""Points in bands: what a scheme may say, which ballots keep the limits, and what they count."""

from fractions import Fraction
from pathlib import Path

import pytest

from analysis.score.facts import Answer
from evalsvc.ballots.breaches import list_breaches
from evalsvc.questions.allotment import AllotmentQuestion, StepBand
from evalsvc.questions.questionnaire import Asked, Questionnaire, ask
from evalsvc.questions.unit import PaperUnit
from evalsvc.scheme.file.errors import SchemeErrors
from evalsvc.scheme.model import Category
from evalsvc.scheme.presets import load_scheme
from evalsvc.scheme.writing import replace_questionnaire
from evalsvc.text import Text
from evalsvc.xlsform.reading import read_form
from evalsvc.xlsform.writing import render_form

SCHEME = (Path(__file__).parents[1] / "data" / "schemes" / "every-question.yaml").read_text()
BANDS = """        bands:
          A: {name: {zh: 优秀, en: Excellent}, from: 9, most: 20%}
          B: {name: {zh: 良好, en: Good}, from: 7}
          C: {name: {zh: 一般, en: Ordinary}, from: 5}
          D: {name: {zh: 较差, en: Weak}, from: 1}
"""
QUESTION = AllotmentQuestion(
    "points",
    Text("年度评分", "Points of the year"),
    (
        StepBand("A", Text("优秀", "Excellent"), 9, 20),
        StepBand("B", Text("良好", "Good"), 7),
        StepBand("C", Text("一般", "Ordinary"), 5),
        StepBand("D", Text("较差", "Weak"), 1),
    ),
)
CATEGORIES = (Category("dep", Text("部门", "Dep")), Category("town", Text("镇", "Towns")))
UNITS = tuple(PaperUnit(f"u{n}", f"单位{n}", "dep" if n < 7 else "town", "") for n in range(10))
NO_WORDS = Text("", "")


def list_messages(points: str, *asked: Asked) -> list[str]:
    """What is wrong with these points, a digit each, 0 for ten and a space for none."""
    sheet = Questionnaire("q", NO_WORDS, NO_WORDS, asked or ask(QUESTION))
    given = [
        Answer(unit.code, "points", "10" if point == "0" else point)
        for unit, point in zip(UNITS, points, strict=True)
        if point != " "
    ]
    return [breach.text.en for breach in list_breaches(sheet, CATEGORIES, UNITS, given)]


def test_a_scheme_says_it() -> None:
    scheme = load_scheme(SCHEME)
    asked = scheme.questionnaires["everything"].asked
    assert [one.question for one in asked if one.question.code == "points"] == [QUESTION]


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("most: 20%", "most: 20.5%", "expected a whole percentage up to 100%"),
        (", most: 20%", "", "expected “most” for a band"),
        ("from: 7}", "from: 9}", "expected the best band first"),
        ("from: 1}", "from: 2}", "the last one 1"),
        ("from: 9,", "from: 9, share: 3,", "there is no such name"),
    ],
)
def test_what_a_scheme_may_not_say_is_named(old: str, new: str, expected: str) -> None:
    with pytest.raises(SchemeErrors) as refused:
        load_scheme(SCHEME.replace(BANDS, BANDS.replace(old, new, 1)))
    messages = [error.message.en for error in refused.value.errors]
    assert any(expected in message and "questions.points" in message for message in messages)


def test_all_bands_limited_leave_no_room() -> None:
    bands = BANDS.replace("from: 7}", "from: 7, most: 30%}").replace(
        "from: 5}", "from: 5, most: 30%}"
    )
    with pytest.raises(SchemeErrors) as refused:
        load_scheme(SCHEME.replace(BANDS, bands.replace("from: 1}", "from: 1, most: 20%}")))
    messages = [error.message.en for error in refused.value.errors]
    assert any("expected a band without “most”" in message for message in messages)


# Ten units in two categories: 20% are two.
@pytest.mark.parametrize(
    ("points", "messages"),
    [
        ("9088765417", []),
        ("1111111111", []),
        (
            "9887654990",
            ["Excellent (9–10 points): at most 2 of the 10 units that you rate (20%, "
             "rounded down), is 4"],
        ),
    ],
)  # a table, read by rows  # fmt: skip
def test_a_limit_is_of_all_units_together(points: str, messages: list[str]) -> None:
    assert list_messages(points) == messages


def test_while_a_unit_is_missing_only_that_is_said() -> None:
    assert list_messages("99999999 9") == ["“单位8” is not rated yet"]


def test_the_limit_is_of_the_units_that_are_asked_about() -> None:
    """Seven departments alone: 20% are 1.4, which is one."""
    asked = Asked(QUESTION, categories=frozenset(("dep",)))
    assert list_messages("9888888   ", asked) == []
    assert list_messages("9988888   ", asked) == [
        "Excellent (9–10 points): at most 1 of the 7 units that you rate (20%, rounded down), is 2"
    ]


def test_a_limit_below_one_unit_takes_none() -> None:
    assert QUESTION.find_quota(4) == {"A": 0}
    assert QUESTION.find_quota(5) == {"A": 1}
    assert QUESTION.find_quota(59) == {"A": 11}


def test_points_count_ten_each() -> None:
    text = SCHEME.replace("question: overall}", "question: points}")
    (rule,) = [
        part.node for part in load_scheme(text).score.base.parts if part.node.code == "leaders"
    ]
    assert rule.points == {str(step): Fraction(10 * step) for step in range(1, 11)}


@pytest.mark.parametrize("of", range(1, 30))
def test_invented_points_keep_the_limit(of: int) -> None:
    points = [int(QUESTION.invent(place, of, Fraction(1, 2))) for place in range(of)]
    assert points == sorted(points, reverse=True)
    assert sum(point >= 9 for point in points) == of // 5


def test_the_file_takes_it_back() -> None:
    scheme = load_scheme(SCHEME)
    sheet = scheme.questionnaires["everything"]
    assert (
        load_scheme(replace_questionnaire(SCHEME, scheme, sheet)).questionnaires
        == scheme.questionnaires
    )


def test_a_workbook_takes_it_out_and_in() -> None:
    sheet = Questionnaire("q", Text("题", "T"), Text("说明", "I"), ask(QUESTION))
    reading = read_form(render_form(sheet, CATEGORIES, ()), {"q": sheet}, ("dep", "town"))
    assert [problem for problem in reading.problems if problem.severity == "error"] == []
    assert reading.questionnaire == sheet
