"""Kinds of questions that enter no score, and how questions are put, read from a scheme's file."""

from pathlib import Path

import pytest

from evalsvc.questions.choice import ChoiceQuestion
from evalsvc.questions.conditions import DEEPEST, Condition, Joined, When
from evalsvc.questions.question import Option
from evalsvc.questions.questionnaire import Asked, Manner
from evalsvc.questions.ranking import RankingQuestion
from evalsvc.questions.sum import SumQuestion
from evalsvc.questions.text import TextQuestion
from evalsvc.scheme.file.errors import SchemeErrors
from evalsvc.scheme.presets import load_preset, load_scheme
from evalsvc.text import Text

EVERYTHING = (Path(__file__).parents[1] / "data" / "schemes" / "every-question.yaml").read_text()
YES_NO = (Option("yes", Text("是", "Yes")), Option("no", Text("否", "No")))


def test_every_kind_is_read() -> None:
    questionnaire = load_scheme(EVERYTHING).questionnaires["everything"]
    asked = {one.question.code: one for one in questionnaire.asked}

    assert list(asked) == [
        "overall",
        "mark",
        "service.speed",
        "service.manner",
        "service.honesty",
        "why",
        "order",
        "share",
        "points",
        "met",
        "visits",
        "wishes",
    ]
    assert [one.code for one in questionnaire.questions] == [*list(asked)[:5], "points"]
    assert asked["order"] == Asked(
        RankingQuestion("order", Text("创新工作名次", "Order by new ideas")), new_page=True
    )
    assert asked["share"].question == SumQuestion(
        "share", Text("奖金怎么分", "How to share the bonus"), 100
    )
    assert asked["met"].question == ChoiceQuestion(
        "met", Text("今年到过基层吗", "Have you been to the grassroots this year"), YES_NO
    )
    assert asked["visits"].condition == Condition("met", frozenset({"yes"}))
    assert asked["wishes"] == Asked(
        TextQuestion("wishes", Text("意见建议", "Remarks"), 300), required=False
    )
    assert asked["overall"].note == Text("第一部分：总体评价。", "Part one: the whole year.")


MET = '{question: met, is: ["yes"]}'
NOT_MET = '{question: met, is: ["no"]}'
OFTEN = "{question: visits, is: [many]}"
WISHES = "        longest: 300\n"


def read_wish(condition: str) -> When | None:
    """The condition of the last question, about the whole ballot, where it is written so."""
    text = EVERYTHING.replace(WISHES, f"{WISHES}        show_if: {condition}\n")
    return load_scheme(text).questionnaires["everything"].asked[-1].condition


def test_several_conditions_hold_all_or_any() -> None:
    met, often = Condition("met", frozenset({"yes"})), Condition("visits", frozenset({"many"}))
    no = Condition("met", frozenset({"no"}))

    assert read_wish(f"{{any: [{NOT_MET}, {OFTEN}]}}") == Joined("any", (no, often))
    nested = f"{{any: [{NOT_MET}, {{all: [{MET}, {OFTEN}]}}]}}"
    assert read_wish(nested) == Joined("any", (no, Joined("all", (met, often))))


ALL_OF_ALL = MET
for _ in range(DEEPEST + 1):
    ALL_OF_ALL = f"{{all: [{ALL_OF_ALL}, {MET}]}}"


@pytest.mark.parametrize(
    ("condition", "place", "message"),
    [
        ("{question: met, is: []}", "show_if.is", "expected one option at least"),
        ("{any: []}", "show_if.any", "expected two conditions at least"),
        (f"{{all: [{MET}]}}", "show_if.all", "expected two conditions at least"),
        (f"{{all: [{MET}, {NOT_MET}]}}", "show_if", "exclude each other"),
        # How often is asked only of those who have been there.
        (f"{{all: [{NOT_MET}, {OFTEN}]}}", "show_if", "exclude each other"),
        (f"{{any: [{MET}, {{all: [{NOT_MET}, {OFTEN}]}}]}}", "show_if", "exclude each other"),
        (f"{{any: [{MET}, {OFTEN}], question: met}}", "show_if.question", "there is no such name"),
        (f"{{any: [{MET}, {{question: wishes, is: [x]}}]}}", "show_if.any[2].question",
         "there is no such earlier question"),
        (f"{{any: [{MET}, {{question: service.speed, is: [poor]}}]}}", "show_if.any[2].question",
         "can't depend on an answer about a unit"),
        (f"{{any: [{', '.join([MET] * 21)}]}}", "show_if.any", "expected 20 at most"),
        (f"{{any: [{', '.join([f'{{any: [{MET}, {OFTEN}]}}'] * 11)}]}}", "show_if",
         "expected 20 conditions of a question at most"),
        (ALL_OF_ALL, "show_if.all[1].all[1].all[1].all[1]", "inside each other 4 deep"),
    ],
)  # a table, read by rows  # fmt: skip
def test_conditions_that_no_one_can_mean_are_named(
    condition: str, place: str, message: str
) -> None:
    with pytest.raises(SchemeErrors) as found:
        read_wish(condition)

    (error,) = found.value.errors
    assert error.field == f"questionnaires.everything.questions.wishes.{place}"
    assert message in error.expected.en


def test_a_condition_on_units_of_other_categories_never_holds() -> None:
    """`why` of departments can't depend on what is asked about towns only."""
    poor = "show_if: {question: service.speed, is: [poor]}"
    joined = "{all: [{question: service.speed, is: [poor]}, {question: overall, is: [A]}]}"
    only = EVERYTHING.replace("        ordered: true", "        categories: [town]", 1)
    text = only.replace(poor, f"categories: [dep]\n        show_if: {joined}")

    with pytest.raises(SchemeErrors) as found:
        load_scheme(text)

    assert any("exclude each other" in error.expected.en for error in found.value.errors)


def test_a_scheme_taken_earlier_keeps_a_condition_without_options() -> None:
    text = EVERYTHING.replace(MET, "{question: met, is: []}")

    asked = load_scheme(text, sealed={}).questionnaires["everything"].asked
    assert asked[-2].condition == Condition("met", frozenset())


def test_manner_is_read() -> None:
    questionnaires = load_scheme(EVERYTHING).questionnaires

    assert questionnaires["everything"].manner == Manner(recusal=True)
    assert questionnaires["panel"].manner == Manner(shuffled=True, dealt_with=True)


def test_plain_questionnaires_stay_plain() -> None:
    questionnaire = load_preset("three-in-one").questionnaires["panel"]

    assert questionnaire.asked == (Asked(questionnaire.questions[0]),)
    assert (questionnaire.manner, questionnaire.is_plain) == (Manner(), True)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("most: 2", "most: 4", "expected no more than there are options"),
        ("total: 100", "total: 0", "expected a whole number from 1 to 999999"),
        ("longest: 300", "longest: 2001", "expected a whole number from 1 to 2000"),
        (
            '{question: met, is: ["yes"]}',
            "{question: visits, is: [few]}",
            "there is no such earlier question; there are: ",
        ),
        (
            '{question: met, is: ["yes"]}',
            "{question: met, is: [maybe]}",
            "that question has no such option; there are: yes、no",
        ),
        (
            '{question: met, is: ["yes"]}',
            "{question: service.speed, is: [poor]}",
            "a question about the whole ballot can't depend on an answer about a unit",
        ),
        ("order: shuffled", "order: random", "expected one of: official、shuffled"),
        (
            "          queue: {zh: 排队, en: Queues}",
            "          other: {zh: 排队, en: Queues}",
            "the code other is taken by “other”",
        ),
        (
            "about: units\n        show_if",
            "about: unit\n        show_if",
            "expected one of: ballot、units",
        ),
        ("        required: false", "        required: perhaps", "expected true or false"),
        (
            "        required: false",
            "        categories: [city]",
            "there is no such category; there are: dep、town",
        ),
    ],
)
def test_mistakes_are_named(old: str, new: str, message: str) -> None:
    assert old in EVERYTHING

    with pytest.raises(SchemeErrors) as found:
        load_scheme(EVERYTHING.replace(old, new))

    assert any(message in error.expected.en for error in found.value.errors)
