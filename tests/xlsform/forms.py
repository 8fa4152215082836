"""Twenty workbooks as other survey programs write them, and what each should be read as."""

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction

from openpyxl import Workbook

from analysis.score.rules import NumberLimit
from evalsvc.questions.choice import ChoiceQuestion
from evalsvc.questions.conditions import Condition
from evalsvc.questions.forced_ratio import Band, ForcedRatioQuestion
from evalsvc.questions.levels import LevelsQuestion
from evalsvc.questions.number import NumberQuestion
from evalsvc.questions.question import Level, Option
from evalsvc.questions.questionnaire import PLAIN, Asked, Manner, Questionnaire
from evalsvc.questions.ranking import RankingQuestion
from evalsvc.questions.sum import SumQuestion
from evalsvc.questions.text import TextQuestion
from evalsvc.text import Text
from evalsvc.workbooks.cells import Cell, Sheet

CATEGORIES = ("county", "town")
BEFORE = Questionnaire("survey", Text("旧表", "Old form"), Text("请填写", "Please answer"), ())
QUESTIONNAIRES = {BEFORE.code: BEFORE}

Row = Mapping[str, object]
ZH, EN = "label::中文 (zh)", "label::English (en)"
YES_NO = (
    {"list_name": "yes_no", "name": "yes", ZH: "是", EN: "Yes"},
    {"list_name": "yes_no", "name": "no", ZH: "否", EN: "No"},
)
YES_NO_OPTIONS = (Option("yes", Text("是", "Yes")), Option("no", Text("否", "No")))
COLOURS = (
    {"list_name": "colours", "name": "red", ZH: "红", EN: "Red"},
    {"list_name": "colours", "name": "blue", ZH: "蓝", EN: "Blue"},
    {"list_name": "colours", "name": "green", ZH: "绿", EN: "Green"},
)
COLOUR_OPTIONS = (
    Option("red", Text("红", "Red")),
    Option("blue", Text("蓝", "Blue")),
    Option("green", Text("绿", "Green")),
)
SCALE = ({"list_name": "scale", "name": "3", ZH: "满意", EN: "Satisfied", "points": 100,
          "counts_as": "satisfied"},
         {"list_name": "scale", "name": "2", ZH: "基本满意", EN: "Fairly", "points": 80,
          "counts_as": "basically_satisfied"},
         {"list_name": "scale", "name": "1", ZH: "不满意", EN: "Not", "points": 60},
         {"list_name": "scale", "name": "dk", ZH: "不了解", EN: "Don't know",
          "points": "none"})  # a table, read by rows  # fmt: skip
LEVELS = (
    Level("3", Text("满意", "Satisfied"), Decimal(100), satisfied=True),
    Level("2", Text("基本满意", "Fairly"), Decimal(80), satisfied=False, basically=True),
    Level("1", Text("不满意", "Not"), Decimal(60), satisfied=False),
    Level("dk", Text("不了解", "Don't know"), None, satisfied=False),
)
RATIO = (
    {"list_name": "ratio", "name": "A", ZH: "好", EN: "Good", "points": 100, "share": 30},
    {"list_name": "ratio", "name": "B", ZH: "较好", EN: "Fair", "points": 85, "share": 40},
    {"list_name": "ratio", "name": "C", ZH: "一般", EN: "Plain", "points": 70.5, "share": "30%"},
)
BANDS = (
    Band("A", Text("好", "Good"), Decimal(100), 30),
    Band("B", Text("较好", "Fair"), Decimal(85), 40),
    Band("C", Text("一般", "Plain"), Decimal("70.5"), 30),
)
WORK = Text("工作", "Work")
LABELS = {ZH: "工作", EN: "Work"}


@dataclass(frozen=True)
class Form:
    """A workbook's rows by sheet, and the questions that it should become."""

    name: str
    survey: Sequence[Row]
    asked: tuple[Asked, ...]
    choices: Sequence[Row] = ()
    settings: Row = field(default_factory=dict)
    title: Text = BEFORE.title
    introduction: Text = BEFORE.introduction
    manner: Manner = PLAIN


def build_workbook(
    survey: Sequence[Row], choices: Sequence[Row] = (), settings: Row | None = None
) -> bytes:
    book = Workbook()
    sheet = book.active
    sheet.title = "survey"
    _fill(sheet, survey)
    if choices:
        _fill(book.create_sheet("choices"), choices)
    if settings:
        _fill(book.create_sheet("settings"), [settings])
    output = io.BytesIO()
    book.save(output)
    return output.getvalue()


def _fill(sheet, rows: Sequence[Row]) -> None:
    headings = list(dict.fromkeys(key for row in rows for key in row))
    sheet.append(headings)
    for row in rows:
        sheet.append([row.get(heading) for heading in headings])


def build_sheets(
    survey: Sequence[Row], choices: Sequence[Row] = (), settings: Row | None = None
) -> list[Sheet]:
    """The same sheets as they come out of the jailed reader, for tests of what stands in them."""
    named = {"survey": survey, "choices": choices, "settings": [settings] if settings else []}
    return [_build_sheet(name, rows) for name, rows in named.items() if rows or name == "survey"]


def _build_sheet(name: str, rows: Sequence[Row]) -> Sheet:
    headings = list(dict.fromkeys(key for row in rows for key in row))
    lines = [{heading: heading for heading in headings}, *rows] if rows else []
    return Sheet(
        name,
        {
            number: {
                column: Cell("text", str(line[heading]))
                for column, heading in enumerate(headings, start=1)
                if line.get(heading) not in (None, "")
            }
            for number, line in enumerate(lines, start=1)
        },
    )


def row(kind: str, name: str = "q", **more: object) -> Row:
    """A question titled 工作 / Work."""
    return {"type": kind, "name": name} | LABELS | more


def in_repeat(*rows: Row) -> list[Row]:
    return [
        {"type": "begin_repeat", "name": "units", ZH: "逐个单位回答", EN: "Unit by unit"},
        *rows,
        {"type": "end_repeat"},
    ]


def _units_in_a_list(*rows: Row) -> list[Row]:
    """As field programs need it: the unit chosen from a list, its category looked up."""
    return in_repeat(
        row("select_one units", "unit", required="yes"),
        {
            "type": "calculate",
            "name": "category",
            "calculation": "instance('units')/root/item[name=${unit}]/category",
        },
        *rows,
    )


TEXT = TextQuestion("q", WORK, 500)
NUMBER = NumberQuestion("q", WORK, Decimal(0), Decimal(100), 0)
BOUNDS = ". >= 0 and . <= 100"

FORMS = (
    Form("a text", [row("text")], (Asked(TEXT, required=False),)),
    Form("a required text with a limit, on several lines",
         [row("text", required="yes", constraint="string-length(.) <= 200",
              appearance="multiline")],
         (Asked(TextQuestion("q", WORK, 200)),)),
    Form("a text about every unit", in_repeat(row("text", constraint="string-length(.) < 101")),
         (Asked(TextQuestion("q", WORK, 100, "units"), required=False),)),
    Form("yes or no", [row("select_one yes_no", required="TRUE")],
         (Asked(ChoiceQuestion("q", WORK, YES_NO_OPTIONS)),), YES_NO),
    Form("one choice with other",
         [row("select_one colours or_other", required="true()")],
         (Asked(ChoiceQuestion("q", WORK, COLOUR_OPTIONS, other=True)),), COLOURS),
    Form("several choices, no more than two",
         [row("select_multiple colours", constraint="count-selected(.) <= 2")],
         (Asked(ChoiceQuestion("q", WORK, COLOUR_OPTIONS, 2), required=False),), COLOURS),
    Form("as many choices as there are, other included",
         [row("select multiple colours or specify other", required="yes")],
         (Asked(ChoiceQuestion("q", WORK, COLOUR_OPTIONS, 4, other=True)),), COLOURS),
    Form("a choice about every unit", in_repeat(row("select_one colours", required="yes")),
         (Asked(ChoiceQuestion("q", WORK, COLOUR_OPTIONS, about="units")),), COLOURS),
    Form("levels of satisfaction with don't know",
         _units_in_a_list(row("select_one scale", required="yes")),
         (Asked(LevelsQuestion("q", WORK, LEVELS)),), SCALE),
    Form("several items on one scale, as a table",
         in_repeat({"type": "begin_group", "name": "g", "appearance": "table-list"},
                   row("select_one scale", "g.speed", required="yes"),
                   row("select_one scale", "g.style", required="yes"), {"type": "end_group"}),
         (Asked(LevelsQuestion("g.speed", WORK, LEVELS)),
          Asked(LevelsQuestion("g.style", WORK, LEVELS))), SCALE),
    Form("a forced ratio with the order inside bands",
         in_repeat(row("select_one ratio", required="yes", enforce_from=5, proportions="at_most",
                       appearance="ordered")),
         (Asked(ForcedRatioQuestion("q", WORK, BANDS, 5, exact=False, ordered=True)),), RATIO),
    Form("whole numbers with counts",
         in_repeat(row("integer", required="yes", constraint=(
             f"{BOUNDS} and count(${{q}}[. >= 90]) <= 3 and count(${{q}}[. < 60]) >= 1"
             " and count(${q}[. >= 80 and . < 90]) <= 0.3 * count(${q})"))),
         (Asked(NumberQuestion("q", WORK, Decimal(0), Decimal(100), 0, counts=(
             NumberLimit(lowest=Fraction(90), most=3), NumberLimit(below=Fraction(60), least=1),
             NumberLimit(Fraction(80), Fraction(90), most_share=Fraction(3, 10))))),)),
    Form("a slider with one decimal",
         in_repeat(row("range", required="yes", parameters="start=1 end=5 step=0.1")),
         (Asked(NumberQuestion("q", WORK, Decimal(1), Decimal(5), 1)),)),
    Form("a decimal number", in_repeat(row("decimal", required="yes", constraint=BOUNDS)),
         (Asked(NumberQuestion("q", WORK, Decimal(0), Decimal(100), 2)),)),
    Form("points that add up",
         in_repeat(row("integer", required="yes", constraint="sum(${q}) = 50")),
         (Asked(SumQuestion("q", WORK, 50)),)),
    Form("units in order", [row("rank units", required="yes")],
         (Asked(RankingQuestion("q", WORK)),),
         [{"list_name": "units", "name": "u1", ZH: "甲", EN: "A", "category": "county"}]),
    Form("a condition on an earlier choice",
         [row("select_one colours", required="yes"),
          row("text", "why", relevant="${q} = 'red' or selected(${q}, \"blue\")")],
         (Asked(ChoiceQuestion("q", WORK, COLOUR_OPTIONS)),
          Asked(TextQuestion("why", WORK, 500), required=False,
                condition=Condition("q", frozenset(("red", "blue"))))), COLOURS),
    Form("a condition on a group, for units of one category",
         [row("select_one colours", required="yes"),
          *_units_in_a_list(
              {"type": "begin_group", "name": "g", "relevant": "selected(${q}, 'red')"},
              row("integer", "n", required="yes", constraint=BOUNDS,
                  relevant="${category} = 'town'"),
              {"type": "end_group"})],
         (Asked(ChoiceQuestion("q", WORK, COLOUR_OPTIONS)),
          Asked(NumberQuestion("n", WORK, Decimal(0), Decimal(100), 0),
                condition=Condition("q", frozenset(("red",))),
                categories=frozenset(("town",)))), COLOURS),
    Form("texts above questions, hints, pages, an introduction",
         [{"type": "note", "name": "introduction", ZH: "说明", EN: "Intro"},
          {"type": "note", "name": "n1", ZH: "先看这里", EN: "Look here"},
          row("text") | {"hint::中文 (zh)": "写短些", "hint::English (en)": "Be brief"},
          {"type": "begin group", "name": "p", "appearance": "field-list", ZH: "第二页",
           EN: "Page two"},
          row("text", "r"), {"type": "end group"}],
         (Asked(TEXT, Text("先看这里 写短些", "Look here Be brief"), required=False),
          Asked(TextQuestion("r", WORK, 500), Text("第二页", "Page two"), required=False,
                new_page=True)),
         introduction=Text("说明", "Intro")),
    Form("settings: titles, recusal, order, whom one dealt with; labels without a language",
         [{"type": "text", "name": "q", "label": "工作"}],
         (Asked(TextQuestion("q", Text("工作", "工作"), 500), required=False),),
         settings={"form_title": "新表", "form_title_en": "New form", "form_id": "x",
                   "recusal": "yes", "order": "shuffled", "dealt_with": "no"},
         title=Text("新表", "New form"), manner=Manner(recusal=True, shuffled=True)),
)  # a table, read by rows  # fmt: skip
