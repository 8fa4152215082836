"""Surveys of LimeSurvey: ten with different kinds of questions, in every layout, and refusals."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

import pytest

from evalsvc.errors import Problem
from evalsvc.questions.choice import ChoiceQuestion
from evalsvc.questions.conditions import Condition, Joined
from evalsvc.questions.levels import LevelsQuestion
from evalsvc.questions.number import NumberQuestion
from evalsvc.questions.question import Level, Option
from evalsvc.questions.questionnaire import Asked
from evalsvc.questions.ranking import RankingQuestion
from evalsvc.questions.sum import SumQuestion
from evalsvc.questions.text import TextQuestion
from evalsvc.scheme.model import Category
from evalsvc.text import Text
from evalsvc.xlsform.limesurvey.conditions import Answer, translate
from evalsvc.xlsform.limesurvey.document import is_limesurvey
from evalsvc.xlsform.reading import FormReading, read_form
from evalsvc.xlsform.writing import render_form
from tests.xlsform.forms import BEFORE, COLOUR_OPTIONS, WORK, YES_NO_OPTIONS
from tests.xlsform.limesurvey.saving import SID, VERSIONS, G, Q, save

COLOURS = {"red": ("红", "Red"), "blue": ("蓝", "Blue"), "green": ("绿", "Green")}
FIVE = tuple(Option(str(n), Text(str(n), str(n))) for n in range(1, 6))
UNSURE = (*YES_NO_OPTIONS, Option("uncertain", Text("不确定", "Uncertain")))
UNITS = {"SQ001": ("甲局", "Bureau A"), "SQ002": ("乙镇", "Town B")}
NAMES = ("u1", "甲局", "u2", "乙镇")
ASPECTS = {"speed": ("快慢", "Speed"), "style": ("作风", "Style")}
GRADES = {"A1": ("好", "Good"), "A2": ("一般", "Plain")}
CATEGORIES = tuple(Category(code, Text(code, code)) for code in ("county", "town"))
FIRST = Text("第一组", "Part one")


def part(name: str) -> Text:
    """A subquestion's words stand behind its question's."""
    return Text(f"工作 {ASPECTS[name][0]}", f"Work {ASPECTS[name][1]}")


@dataclass(frozen=True)
class Case:
    """The questions of a survey, and what they should become."""

    name: str
    asked: Sequence[Q]
    expected: tuple[Asked, ...]


def optional(question, **more) -> Asked:
    return Asked(question, required=False, **more)


RED_AND_GREEN = (Condition("q", frozenset(("red",))), Condition("m", frozenset(("green",))))
CASES = (
    Case("texts, long and short, with a limit",
         [Q("S", "q", mandatory="Y"), Q("T", "r", attributes={"maximum_chars": "200"})],
         (Asked(TextQuestion("q", WORK, 500)), optional(TextQuestion("r", WORK, 200)))),
    Case("lists, as buttons and folded, with other",
         [Q("L", "q", answers=COLOURS), Q("!", "r", answers=COLOURS, other="Y")],
         (optional(ChoiceQuestion("q", WORK, COLOUR_OPTIONS)),
          optional(ChoiceQuestion("r", WORK, COLOUR_OPTIONS, other=True)))),
    Case("five points, and yes or no",
         [Q("5", "q"), Q("Y", "r", mandatory="Y")],
         (optional(ChoiceQuestion("q", WORK, FIVE)),
          Asked(ChoiceQuestion("r", WORK, YES_NO_OPTIONS)))),
    Case("multiple choice, at most two",
         [Q("M", "q", parts=COLOURS, attributes={"max_answers": "2"})],
         (optional(ChoiceQuestion("q", WORK, COLOUR_OPTIONS, 2)),)),
    Case("an array of five points, one of yes, no and uncertain",
         [Q("A", "q", parts=ASPECTS), Q("C", "r", parts=ASPECTS)],
         (*(optional(ChoiceQuestion(f"q.{name}", part(name), FIVE)) for name in ASPECTS),
          *(optional(ChoiceQuestion(f"r.{name}", part(name), UNSURE)) for name in ASPECTS))),
    Case("an array over the units, whose answers have points",
         [Q("F", "q", parts=UNITS, answers=GRADES, points={"A1": 100, "A2": 60}, mandatory="Y")],
         (Asked(LevelsQuestion("q", WORK, (
             Level("A1", Text("好", "Good"), Decimal(100), satisfied=False),
             Level("A2", Text("一般", "Plain"), Decimal(60), satisfied=False)))),)),
    Case("numbers about the units, and points spread over them",
         [Q("K", "q", parts=UNITS, mandatory="Y",
            attributes={"num_value_int_only": "1", "min_num_value": "0", "max_num_value": "10"}),
          Q("K", "r", parts=UNITS, mandatory="Y", attributes={"equals_num_value": "100"})],
         (Asked(NumberQuestion("q", WORK, Decimal(0), Decimal(10), 0)),
          Asked(SumQuestion("r", WORK, 100)))),
    Case("the units in order", [Q("R", "q", answers=UNITS, mandatory="Y")],
         (Asked(RankingQuestion("q", WORK)),)),
    Case("a list with a comment, several short texts, a text above",
         [Q("X", "n", ("先看", "Look")), Q("O", "q", answers=COLOURS), Q("Q", "r", parts=ASPECTS)],
         (optional(ChoiceQuestion("q", WORK, COLOUR_OPTIONS), note=Text("先看", "Look")),
          optional(TextQuestion("q.comment", Text("工作 （说明）", "Work (comment)"), 500)),
          *(optional(TextQuestion(f"r.{name}", part(name), 500)) for name in ASPECTS))),
    Case("conditions on a choice, on one of several, and help",
         [Q("L", "q", answers=COLOURS), Q("M", "m", parts=COLOURS),
          Q("S", "r", relevance='((q.NAOK == "red" or q.NAOK == "blue"))', help=("短些", "Briefly"),
            conditions=[(f"{SID}X1X101", "red"), (f"{SID}X1X101", "blue")]),
          Q("S", "s", relevance='((m_green.NAOK == "Y"))',
            conditions=[(f"{SID}X1X102green", "Y")])],
         (optional(ChoiceQuestion("q", WORK, COLOUR_OPTIONS)),
          optional(ChoiceQuestion("m", WORK, COLOUR_OPTIONS, 3)),
          optional(TextQuestion("r", WORK, 500), note=Text("短些", "Briefly"),
                   condition=Condition("q", frozenset(("red", "blue")))),
          optional(TextQuestion("s", WORK, 500), condition=Condition("m", frozenset(("green",)))))),
    Case("conditions on two questions, together and as alternatives",
         [Q("L", "q", answers=COLOURS), Q("M", "m", parts=COLOURS),
          Q("S", "r", relevance='((q.NAOK == "red" and m_green.NAOK == "Y"))',
            conditions=[(f"{SID}X1X101", "red"), (f"{SID}X1X102green", "Y")]),
          Q("S", "s", relevance='((q.NAOK == "red")) or ((m_green.NAOK == "Y"))',
            conditions=[(f"{SID}X1X101", "red"), (f"{SID}X1X102green", "Y", "2")])],
         (optional(ChoiceQuestion("q", WORK, COLOUR_OPTIONS)),
          optional(ChoiceQuestion("m", WORK, COLOUR_OPTIONS, 3)),
          optional(TextQuestion("r", WORK, 500), condition=Joined("all", RED_AND_GREEN)),
          optional(TextQuestion("s", WORK, 500), condition=Joined("any", RED_AND_GREEN)))),
)  # a table, read by rows  # fmt: skip


def read(data: bytes) -> FormReading:
    return read_form(data, {"survey": BEFORE}, ("county", "town"), NAMES)


def with_first_note(asked: tuple[Asked, ...]) -> tuple[Asked, ...]:
    """The name of a group stands above its first question."""
    first = asked[0]
    note = (
        Text(f"{FIRST.zh} {first.note.zh}", f"{FIRST.en} {first.note.en}") if first.note else FIRST
    )
    return (Asked(first.question, note, first.required, first.condition), *asked[1:])


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_every_version_becomes_the_same_questions(case: Case, version: int) -> None:
    reading = read(save([G(("第一组", "Part one"), case.asked)], version))
    assert [each.text.en for each in reading.problems if each.severity == "error"] == []
    assert reading.questionnaire is not None
    assert reading.questionnaire.asked == with_first_note(case.expected)
    assert reading.questionnaire.title == Text("新表", "New form")


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_what_both_formats_know_goes_round(case: Case) -> None:
    """From the survey into a questionnaire, out as a workbook, and in again."""
    reading = read(save([G(("第一组", "Part one"), case.asked)], 630))
    assert reading.questionnaire is not None
    workbook = render_form(reading.questionnaire, CATEGORIES, ())
    again = read(workbook)
    assert [each.text.en for each in again.problems if each.severity == "error"] == []
    assert again.questionnaire == reading.questionnaire


def test_groups_become_pages_with_what_they_say() -> None:
    groups = [
        G(("第一组", "Part one"), [Q("Y", "q")]),
        G(("第二组", "Part two"), [Q("S", "r")], ("只问一次", "Only once"), 'q.NAOK == "Y"'),
    ]
    reading = read(save(groups, 630, welcome=("<p>请<b>如实</b>填写</p>", "<p>Please answer</p>")))
    assert reading.questionnaire is not None
    assert reading.questionnaire.introduction == Text("请如实填写", "Please answer")
    assert reading.questionnaire.asked[1] == Asked(
        TextQuestion("r", WORK, 500),
        Text("第二组 只问一次", "Part two Only once"),
        required=False,
        condition=Condition("q", frozenset({"yes"})),
        new_page=True,
    )
    on_one_page = read(save(groups, 630, form="A")).questionnaire
    assert on_one_page is not None
    assert not on_one_page.asked[1].new_page


def test_one_language_stands_for_both_and_others_are_named() -> None:
    reading = read(
        save([G(("Teil", "x"), [Q("S", "q", ("Arbeit", "Work"))])], 155, languages=("de", "fr"))
    )
    assert reading.questionnaire is not None
    assert reading.questionnaire.asked[0].question.title == Text("Arbeit", "Arbeit")
    assert ("", "fr") in {(each.heading, each.found) for each in reading.problems}


REFUSED = (
    ("D", {}, "日期"), ("|", {}, "图片"), ("1", {}, "双量表"), (":", {}, "数字表格"),
    (";", {}, "文字表格"), ("I", {}, "选语言"), ("P", {}, "另写说明"), ("R", {}, "给单位排序"),
    ("M", {"min_answers": "1"}, "至少选几项"), ("M", {"exclude_all_others": "red"}, "不能选其他"),
    ("M", {"array_filter": "p"}, "去掉筛选"), ("S", {"em_validation_q": "1==1"}, "校验"),
    ("K", {"equals_num_value": "100"}, "分配分数"),
)  # a table, read by rows  # fmt: skip


@pytest.mark.parametrize(("kind", "attributes", "said"), REFUSED)
def test_what_has_no_counterpart_is_refused_at_its_row(
    kind: str, attributes: dict[str, str], said: str
) -> None:
    asked = Q(kind, "q", parts=COLOURS, answers=COLOURS, attributes=attributes)
    reading = read(save([G(("", ""), [Q("S", "before"), asked])], 630))
    assert reading.questionnaire is None
    errors = [each for each in reading.problems if each.severity == "error"]
    assert any(said in each.text.zh and each.row in (4, 5, 6) for each in errors), errors


WARNED = (
    (Q("L", "q", answers=COLOURS, points={"red": 5}), "评估分"),
    (Q("S", "q", mandatory="S"), "软性必答"),
    (Q("S", "q", ("看<img src='a.png'>图", "Look")), "图片"),
    (Q("S", "q", attributes={"random_group": "a"}), "没有对应"),
    (Q("S", "q", attributes={"hidden": "1"}), "不做计算"),
    (Q("A", "q", parts=UNITS), "名册里的单位"),
)


@pytest.mark.parametrize(("asked", "said"), WARNED)
def test_what_is_left_out_is_told(asked: Q, said: str) -> None:
    reading = read(save([G(("", ""), [Q("S", "before"), asked])], 630))
    assert any(said in each.text.zh for each in reading.problems if each.severity == "warning")
    assert reading.questionnaire is not None


def test_tables_without_a_counterpart_are_told() -> None:
    further = {name: [{"id": "1"}] for name in ("quota", "defaultvalues", "assessments")}
    reading = read(save([G(("", ""), [Q("S", "q")])], 630, further=further))
    said = " ".join(each.text.zh for each in reading.problems if each.row is None)
    assert "配额" in said
    assert "默认值" in said
    assert "评估规则" in said


@pytest.mark.parametrize("relevance", ["!is_empty(p)", 'p.NAOK > "3"', 'p == "A" and age > 5', "0"])
def test_conditions_that_are_not_simple_are_refused(relevance: str) -> None:
    asked = [Q("L", "p", answers=COLOURS), Q("S", "q", relevance=relevance)]
    reading = read(save([G(("", ""), asked)], 630))
    assert [each.heading for each in reading.problems if each.severity == "error"] == ["relevant"]


def test_braces_that_would_be_shown_are_refused() -> None:
    reading = read(save([G(("", ""), [Q("S", "q", ("{TOKEN:FIRSTNAME}好", "Hello"))])], 630))
    assert reading.questionnaire is None


def test_the_questionnaire_of_the_same_title_is_replaced() -> None:
    data = save([G(("", ""), [Q("S", "q")])], 630, title=("旧表", "Old form"))
    both = {"first": BEFORE, "second": BEFORE.__class__("second", Text("别的", "Other"), WORK, ())}
    reading = read_form(data, both, ())
    assert reading.questionnaire is not None
    assert reading.questionnaire.code == "survey"
    other = read_form(save([G(("", ""), [Q("S", "q")])], 630), both, ())
    assert [each.heading for each in other.problems if each.severity == "error"] == ["form_id"]


SURVEY = save([G(("", ""), [Q("S", "q")])], 630)


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (SURVEY[:400], "已损坏"),
        (SURVEY.replace(b"<document>", b'<!DOCTYPE d [<!ENTITY a "a">]><document>'), "DTD"),
        (SURVEY.replace(b">Survey<", b">Group<"), "不是整份问卷"),
        (SURVEY + b" " * 6 * 1024 * 1024, "MB"),
    ],
)
def test_files_that_are_no_survey_are_refused(data: bytes, said: str) -> None:
    assert is_limesurvey(data)
    with pytest.raises(Problem) as refused:
        read(data)
    assert said in refused.value.text.zh


def test_only_what_begins_like_one_is_taken_for_a_survey() -> None:
    assert not is_limesurvey(b"PK\x03\x04 LimeSurveyDocType")
    assert not is_limesurvey(b"<html><body>survey</body></html>")
    assert is_limesurvey(b"\xef\xbb\xbf" + SURVEY)


def test_signs_inside_a_value_are_the_value() -> None:
    names = {"q1": Answer("q1"), "q2": Answer("q2")}
    said = translate("q1 == \"x || z\" && q2 == 'a'", names)
    assert said.split() == ["${q1}", "=", "'x", "||", "z'", "and", "${q2}", "=", "'a'"]
