"""Kinds of questions that enter no score, and how questions are put, read from a scheme's file."""

from pathlib import Path

import pytest

from evalsvc.questions.choice import ChoiceQuestion
from evalsvc.questions.question import Option
from evalsvc.questions.questionnaire import Asked, Condition, Manner
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
