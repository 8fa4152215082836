"""Nothing of a form is left out without a word: it works, it is listed, or the form is refused."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import pytest

from evalsvc.questions.choice import ChoiceQuestion
from evalsvc.questions.conditions import Condition
from evalsvc.questions.levels import LevelsQuestion
from evalsvc.questions.number import NumberQuestion
from evalsvc.questions.questionnaire import Asked
from evalsvc.questions.text import TextQuestion
from evalsvc.text import Text
from evalsvc.workbooks.cells import Cell, Sheet, column_letter
from evalsvc.workbooks.problems import CellProblem
from evalsvc.xlsform.reading import FormReading, check_form
from tests.xlsform.forms import (
    BOUNDS,
    CATEGORIES,
    COLOUR_OPTIONS,
    COLOURS,
    EN,
    FORMS,
    QUESTIONNAIRES,
    RATIO,
    SCALE,
    YES_NO,
    ZH,
    Form,
    Row,
    build_sheets,
    in_repeat,
    row,
)


def read(survey: Sequence[Row], choices: Sequence[Row] = (), settings: Row | None = None):
    return check_form(build_sheets(survey, choices, settings), QUESTIONNAIRES, CATEGORIES)


def list_places(reading: FormReading, severity: str = "") -> list[str]:
    return [
        f"{each.sheet}!{each.column or ''}{each.row or ''}"
        for each in reading.problems
        if severity in ("", each.severity)
    ]


def get_asked(reading: FormReading) -> tuple[Asked, ...]:
    assert reading.questionnaire is not None, reading.problems
    return reading.questionnaire.asked


def say_at(reading: FormReading, place: str) -> str:
    """What is said at one place."""
    said = zip(list_places(reading), reading.problems, strict=True)
    return "\n".join(each.text.zh for where, each in said if where == place)


# Cells that name something for other programs only.
NAMES = ("note", "begin", "end")


def is_name_only(sheet: Sheet, number: int, column: int) -> bool:
    """A name of a text, a group or the workbook: nothing refers to it here."""
    heading = sheet.get_cell(1, column).text
    if sheet.name == "settings":
        return heading in ("form_id", "default_language", "style")
    kind = sheet.get_cell(number, 1).text
    return heading == "name" and kind.startswith(NAMES)


def without(sheet: Sheet, number: int, column: int) -> Sheet:
    cells = {place: cell for place, cell in sheet.rows[number].items() if place != column}
    return replace(sheet, rows={**sheet.rows, number: cells})


# What pages do anyway: such a cell may be empty as well.
AS_IT_IS = (("appearance", "multiline"), ("appearance", "table-list"), ("dealt_with", "no"))


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.name)
def test_every_cell_of_a_form_changes_it_or_is_listed(form: Form) -> None:
    sheets = build_sheets(form.survey, form.choices, form.settings)
    whole = check_form(sheets, QUESTIONNAIRES, CATEGORIES)
    told = set(list_places(whole))
    lost = []
    for place, sheet in enumerate(sheets):
        for number, cells in list(sheet.rows.items())[1:]:
            for column in cells:
                said = f"{sheet.name}!{column_letter(column)}"
                if {f"{said}{number}", f"{said}1"} & told or is_name_only(sheet, number, column):
                    continue
                if (sheet.rows[1][column].text, cells[column].text) in AS_IT_IS:
                    continue
                changed = [*sheets]
                changed[place] = without(sheet, number, column)
                again = check_form(changed, QUESTIONNAIRES, CATEGORIES)
                # What is shown of the sheet differs of course, whatever was made of it.
                if replace(again, sheets=whole.sheets) == whole:
                    lost.append(f"{said}{number}")
    # The lists of the units, and how other programs choose one, stand in for the roster.
    assert not [each for each in lost if not is_of_the_roster(form, each)]


def is_of_the_roster(form: Form, place: str) -> bool:
    sheet, _, cell = place.partition("!")
    rows = form.choices if sheet == "choices" else form.survey
    told = rows[int(cell[1:]) - 2]
    return told.get("list_name") == "units" or told.get("type") in (
        "select_one units",
        "calculate",
        "begin_repeat",
    )


# One filled cell each: where it is listed, and with which words.
LISTED: Mapping[str, tuple[Sequence[Row], str, str]] = {
    "parameters of a text": ([row("text", parameters="rows=5")], "E2", "没有对应的设置"),
    "a trigger": ([row("text", trigger="${p}")], "E2", "没有用处"),
    "an appearance": ([row("text", appearance="numbers")], "E2", "样子由系统决定"),
    "a default": ([row("text", default="x")], "E2", "从不预先选好"),
    "a message": ([row("text", required_message="x")], "E2", "提示语由系统给出"),
    "a ratio's word elsewhere": ([row("text", proportions="exact")], "E2", "按比例排序"),
    "a required note": ([row("note", "n", required="yes"), row("text")], "E2", "要回答的题"),
    "a limited group": (
        [row("begin_group", "g", constraint=". >= 1"), row("text"), {"type": "end_group"}],
        "E2", "要回答的题",
    ),
    "a computed note": (
        [row("note", "n", calculation="1 + 1"), row("text")], "E2", "没有用处",
    ),
    "words at the end of a group": (
        [row("begin_group", "g"), row("text"), {"type": "end_group", "label": "完"}],
        "E4", "只读 type",
    ),
    "a condition on nothing": (
        [row("text"), row("begin_group", "g", relevant="${category} = 'town'") | {ZH: "", EN: ""},
         {"type": "end_group"}], "E3", "没有问题",
    ),
    "markdown": ([row("text") | {ZH: "**工作**"}], "C2", "去掉了记号"),
    "html": ([row("text") | {ZH: "<span style=\"color:red\">工作</span>"}], "C2", "去掉了记号"),
    "a computed value": ([row("calculate", "c", calculation="1"), row("text")], "A2", "不做计算"),
    "a guidance": ([row("text", guidance_hint="x")], "E2", "没有用处"),
}  # a table, read by rows  # fmt: skip


@pytest.mark.parametrize("name", LISTED)
def test_what_is_left_out_is_listed_at_its_cell(name: str) -> None:
    survey, place, words = LISTED[name]
    reading = read(survey)
    assert [each.question.code for each in get_asked(reading)] == ["q"]
    assert list_places(reading) == [f"survey!{place}"]
    assert words in reading.problems[0].text.zh
    assert {each.severity for each in reading.problems} == {"warning"}


# One cell each that would change who is asked what, or which answers are right.
REFUSED: Mapping[str, tuple[Sequence[Row], str, str]] = {
    "a heading nearly right": (
        [row("select_one yes_no", "p"), row("text", relevent="${p} = 'yes'")],
        "E1", "标题应写成 relevant",
    ),
    "or and and without brackets": (
        in_repeat(row("integer", constraint="not(. >= 90) or count(../../units[position() != "
                      "position(current()/..) and q >= 90]) < 3 and . <= 100")),
        "E3", "限制只能是",
    ),
    "a condition that never holds": ([row("text", relevant="false()")], "E2", "永远不会问"),
    "an option that there isn't": (
        [row("select_one yes_no", "p"), row("text", relevant="${p} = 'perhaps'")],
        "E3", "没有选项“perhaps”，已有：yes、no",
    ),
    "a condition on words": (
        [row("text", "p"), row("text", relevant="${p} = 'yes'")], "E3", "不是选择题",
    ),
    "a bound on a text": ([row("text", constraint=". >= 3")], "E2", "没有这样的限制"),
    "a length of a number": (
        in_repeat(row("integer", constraint=f"{BOUNDS} and string-length(.) <= 2")),
        "E3", "没有这样的限制",
    ),
    "a count of one choice": (
        [row("select_one yes_no", constraint="count-selected(.) <= 1")], "E2", "没有这样的限制",
    ),
    "bounds beside a sum": (
        in_repeat(row("integer", constraint="sum(${q}) = 100 and . <= 40")),
        "E3", "不能再限制每个单位",
    ),
    "two sums": (
        in_repeat(row("integer", constraint="sum(${q}) = 100 and sum(${q}) = 50")),
        "E3", "限制只能是",
    ),
    "a text no longer than nothing": (
        [row("text", constraint="string-length(.) < 1")], "E2", "应为 1 到 2000",
    ),
    "a bound between the steps": (
        in_repeat(row("range", parameters="start=0 end=100 step=10", constraint=". <= 45")),
        "F3", "正好落在 range 的一级上",
    ),
    "a parameter without a value": (
        in_repeat(row("range", parameters="start=0 end=10 step")), "E3", "应为 start=0",
    ),
    "an answer that is computed": ([row("text", calculation="1")], "E2", "算出来的"),
    "an answer that is read-only": ([row("text", readonly="yes")], "E2", "没有人能答"),
    "a name in a text": ([row("text") | {ZH: "${p} 怎么样"}], "C2", "会原样显示"),
    "a choice from a file": (
        [row("select_one yes_no", appearance="search('x')")], "E2", "不读取外部文件",
    ),
    "disabled, perhaps": ([row("text", disabled="perhaps")], "E2", "应为 yes 或 no"),
    "one name in two groups": (
        [{"type": "begin_group", "name": "a"}, row("text"), {"type": "end_group"},
         {"type": "begin_group", "name": "b"}, row("text"), {"type": "end_group"}],
        "B6", "不同分组里的题也不能同名",
    ),
    "a note with a condition of its own": (
        [row("select_one yes_no", "p"), row("note", "n", relevant="${p} = 'yes'"), row("text")],
        "E3", "条件和下面那一题的不一样",
    ),
    "an introduction with a condition": (
        [row("note", "introduction", relevant="${category} = 'town'"), row("text")],
        "E2", "不能有条件",
    ),
    "conditions that exclude each other": (
        in_repeat({"type": "begin_group", "name": "g", "relevant": "${category} = 'town'"},
                  row("integer", constraint=BOUNDS, relevant="${category} = 'county'"),
                  {"type": "end_group"}),
        "E4", "永远不会问",
    ),
    "answers that exclude each other": (
        [row("select_one yes_no", "p"),
         row("text", relevant="${p} = 'yes' and ${p} = 'no'")], "E3", "永远不会问",
    ),
    "equal to several choices": (
        [row("select_multiple yes_no", "p"), row("text", relevant="${p} = 'yes'")],
        "E3", "请写成 selected(${p}, 'yes')",
    ),
    "not, of what may stay open": (
        [row("select_one yes_no", "p"), row("text", relevant="${p} != 'yes'")],
        "E3", "可以不答",
    ),
    "the category of a whole ballot": (
        [row("text", relevant="${category} = 'town'")], "E2", "条件只能是",
    ),
    "the category, by other means": (
        in_repeat(row("calculate", "category", calculation="'town'"),
                  row("integer", constraint=BOUNDS, relevant="${category} = 'town'")),
        "G4", "前面没有问题“category”",
    ),
    "units chosen twice": (
        in_repeat(row("select_one units", "unit"), row("select_one units", "other"), row("text")),
        "A4", "只能有一行选被评单位",
    ),
    "units of a filter": (
        in_repeat(row("select_one units", "unit", choice_filter="zone = ${p}"), row("text")),
        "E3", "不能随前面的回答变化",
    ),
}  # a table, read by rows  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_what_would_mean_something_else_is_refused_at_its_cell(name: str) -> None:
    survey, place, words = REFUSED[name]
    reading = read(survey, YES_NO)
    assert reading.questionnaire is None
    assert list_places(reading, "error") == [f"survey!{place}"]
    assert words in say_at(reading, f"survey!{place}")


YES = Condition("p", frozenset(("yes",)))
P = row("select_one yes_no", "p", required="yes")
# Conditions that have a counterpart, and what they become.
CONDITIONS: Mapping[str, tuple[Sequence[Row], Condition | None]] = {
    "not": ([P, row("text", relevant="${p} != 'no'")], YES),
    "not selected": ([P, row("text", relevant="not(selected(${p}, 'no'))")], YES),
    "answered": (
        [P, row("text", relevant="${p} != ''")], Condition("p", frozenset(("yes", "no"))),
    ),
    "twice the same": ([P, row("text", relevant="${p} = 'yes' and ${p} != 'no'")], YES),
    "one that follows from the other": (
        [P, row("select_one yes_no", "o", relevant="${p} = 'yes'"),
         row("text", relevant="${p} = 'yes' and ${o} = 'no'")],
        Condition("o", frozenset(("no",))),
    ),
    "a name by its path": ([P, row("text", relevant="selected(../group/p, 'yes')")], YES),
    "turned quotation marks": ([P, row("text", relevant="${p} = ‘yes’")], YES),
    "always": ([P, row("text", relevant="true()")], None),
    "capitals and blanks": ([P, row("text", relevant="  ${ p }='yes'  ")], YES),
}  # a table, read by rows  # fmt: skip


@pytest.mark.parametrize("name", CONDITIONS)
def test_conditions_with_a_counterpart(name: str) -> None:
    survey, condition = CONDITIONS[name]
    reading = read(survey, YES_NO)
    assert get_asked(reading)[-1].condition == condition
    assert not reading.problems


def test_a_column_that_some_rows_of_a_list_fill_is_asked_for_in_all_of_them() -> None:
    for choices, key, place in (
        (SCALE, "points", "choices!E3"),
        (RATIO, "points", "choices!E3"),
        (RATIO, "share", "choices!F3"),
    ):
        emptied = [choices[0], choices[1] | {key: None}, *choices[2:]]
        reading = read(in_repeat(row(f"select_one {choices[0]['list_name']}")), emptied)
        assert reading.questionnaire is None
        assert "空着不等于 0" in say_at(reading, place)


def test_bands_of_a_ratio_have_points() -> None:
    ratio = [RATIO[0] | {"points": "none"}, *RATIO[1:]]
    reading = read(in_repeat(row("select_one ratio")), ratio)
    assert say_at(reading, "choices!E2") == "这里应为数字"


def test_points_of_a_list_that_rates_nothing_are_listed() -> None:
    reading = read([row("select_one scale")], SCALE)
    assert isinstance(get_asked(reading)[0].question, ChoiceQuestion)
    assert list_places(reading) == [
        *(f"choices!E{number}" for number in (2, 3, 4, 5)),
        *(f"choices!F{number}" for number in (2, 3)),
    ]


def test_a_list_that_nobody_uses_is_listed_once_and_not_judged() -> None:
    spare = [{"list_name": "spare", "name": "a", "points": "many"}, {"list_name": "spare"}]
    reading = read([row("select_one yes_no")], [*YES_NO, *spare])
    assert get_asked(reading)
    assert list_places(reading) == ["choices!A4"]
    assert "没有问题用这个列表" in reading.problems[0].text.zh


def test_of_two_maxima_both_hold() -> None:
    survey = in_repeat(row("integer", constraint=". >= 0 and . <= 50 and . <= 100"))
    question = get_asked(read(survey))[0].question
    assert isinstance(question, NumberQuestion)
    assert (question.minimum, question.maximum) == (0, 50)


def test_a_range_is_as_narrow_as_its_constraint() -> None:
    survey = in_repeat(row("range", parameters="start=0 end=100 step=10", constraint=". <= 50"))
    question = get_asked(read(survey))[0].question
    assert isinstance(question, NumberQuestion)
    assert (question.minimum, question.maximum, question.step) == (0, 50, 10)


def test_bounds_that_a_sum_has_by_itself_say_nothing_new() -> None:
    survey = in_repeat(row("integer", constraint="sum(${q}) = 100 and . >= 0 and . <= 100"))
    assert not read(survey).problems


def test_a_number_that_is_asked_once_is_a_choice_or_words() -> None:
    survey = [
        row("integer", "few", constraint=". > 0 and . < 4"),
        row("range", "steps", parameters="start=0 end=100 step=50"),
        row("integer", "many", constraint=". >= 0 and . <= 120"),
        row("decimal", "part"),
        row("integer", "free"),
    ]
    reading = read(survey)
    few, steps, *words = (each.question for each in get_asked(reading))
    assert [option.code for option in few.list_options()] == ["1", "2", "3"]
    assert [option.code for option in steps.list_options()] == ["0", "50", "100"]
    assert {type(each) for each in words} == {TextQuestion}
    assert list_places(reading) == [f"survey!A{number}" for number in (2, 3, 4, 5, 6)]


def test_what_holds_over_several_units_is_no_number_asked_once() -> None:
    reading = read([row("integer", constraint="count(${q}[. >= 90]) <= 3")])
    assert list_places(reading, "error") == ["survey!E2"]


def test_a_sum_that_pages_show_themselves_is_left_out_with_a_remark() -> None:
    survey = [
        *in_repeat(row("integer", constraint="sum(${q}) = 100")),
        row("calculate", "total", calculation="sum(${q})"),
        row("note", "n") | {ZH: "合计 ${total}", EN: "Together ${total}"},
    ]
    reading = read(survey)
    assert [each.note for each in get_asked(reading)] == [None]
    assert list_places(reading) == ["survey!A5", "survey!A6"]
    assert {"自己显示合计" in each.text.zh for each in reading.problems} == {True}


def test_open_bounds_of_whole_numbers_are_bounds() -> None:
    survey = in_repeat(row("integer", constraint=". > -0.5 and . < 10.5"))
    question = get_asked(read(survey))[0].question
    assert isinstance(question, NumberQuestion)
    assert (question.minimum, question.maximum) == (0, 10)


def test_a_constraint_that_always_holds_says_nothing() -> None:
    assert not read([row("text", constraint="true()")]).problems


def test_a_text_behind_the_last_question_is_moved_above_it_with_a_remark() -> None:
    survey = [
        row("text") | {"hint::中文 (zh)": "短", "hint::English (en)": "brief"},
        row("note", "n"),
    ]
    reading = read(survey)
    assert get_asked(reading)[0].note == Text("短 工作", "brief Work")
    assert list_places(reading) == ["survey!A3"]
    assert "移到了“q”的上面" in reading.problems[0].text.zh


def test_behind_a_conditional_question_it_stands_above_the_last_that_is_always_asked() -> None:
    asked_of_some = row("text", "why", relevant="${p} = 'yes'")
    reading = read([row("text", "first"), P, asked_of_some, row("note", "n")], YES_NO)

    assert [each.note for each in get_asked(reading)] == [None, Text("工作", "Work"), None]
    assert list_places(reading) == ["survey!A5"]
    assert "移到了“p”的上面" in reading.problems[0].text.zh


def test_a_text_behind_it_with_a_condition_or_without_a_question_is_refused() -> None:
    told = row("note", "n", relevant="${p} = 'yes'")
    assert list_places(read([P, told], YES_NO), "error") == ["survey!A3"]
    assert list_places(read([row("note", "n")]), "error") == ["survey!A2"]


def test_the_check_shows_the_sheet_as_it_stands_in_the_file() -> None:
    """Read as 80, and marked in the column of another program, too."""
    scale = [{**each, "points": 80, "photo": "x.png"} for each in SCALE[:2]]
    sheets = build_sheets(in_repeat(row("select_one scale")), scale)
    choices = sheets[1]
    points = max(choices.rows[1]) - 1
    choices.rows[2][points] = Cell("number", "0.8", "80%")
    reading = check_form(sheets, QUESTIONNAIRES, CATEGORIES)

    (shown,) = [each for each in reading.sheets if each.name == "choices"]
    assert shown.rows[0][-2:] == ("80% [0.8]", "x.png")
    assert {(mark.row, mark.column) for mark in shown.marks} >= {(0, points - 1), (-1, points)}


def test_a_disabled_row_is_not_asked() -> None:
    reading = read([row("text"), row("text", "r", disabled="Yes")])
    assert [each.question.code for each in get_asked(reading)] == ["q"]
    assert list_places(reading) == ["survey!E3"]


def test_a_note_goes_with_its_question() -> None:
    survey = [
        P,
        row("note", "n", relevant="${p} = 'yes'"),
        row("text", relevant="selected(${p}, 'yes')"),
    ]
    reading = read(survey, YES_NO)
    assert get_asked(reading)[1].note == Text("工作", "Work")
    assert not reading.problems


def test_a_heading_that_goes_with_a_question_asked_of_some_is_remarked() -> None:
    survey = [
        P,
        row("begin_group", "g"),
        row("text", relevant="${p} = 'yes'"),
        row("text", "r"),
        {"type": "end_group"},
    ]
    reading = read(survey, YES_NO)
    assert get_asked(reading)
    assert list_places(reading) == ["survey!A3"]
    assert "那一题不问时它也不出现" in reading.problems[0].text.zh


def test_words_without_marks_are_what_people_read() -> None:
    survey = [row("text") | {ZH: "# 请看 **这里** 和 [网址](https://example.org)", EN: "_a_ 3*4*5"}]
    title = get_asked(read(survey))[0].question.title
    assert title == Text("请看 这里 和 网址（https://example.org）", "a 3*4*5")


KG = (
    {"list_name": "units", "name": "kg", ZH: "公斤", EN: "kg"},
    {"list_name": "units", "name": "t", ZH: "吨", EN: "t"},
)
ROSTER = ({"list_name": "units", "name": "u1", ZH: "甲", EN: "A", "category": "town"},)


def test_a_list_of_ones_own_called_units_is_a_list() -> None:
    reading = read(in_repeat(row("select_one units")), KG)
    asked = get_asked(reading)[0].question
    assert isinstance(asked, ChoiceQuestion)
    assert [option.code for option in asked.options] == ["kg", "t"]
    assert list_places(reading) == ["choices!A2"]
    assert "当作普通选项" in reading.problems[0].text.zh


def test_several_units_are_not_the_unit() -> None:
    reading = read(in_repeat(row("select_multiple units"), row("text", "r")), ROSTER)
    assert list_places(reading, "error") == ["survey!A3"]


def test_a_question_called_category_is_that_question() -> None:
    survey = [row("select_one yes_no", "category"), row("text", relevant="${category} = 'yes'")]
    asked = get_asked(read(survey, YES_NO))[1]
    assert (asked.condition, asked.categories) == (
        Condition("category", frozenset(("yes",))),
        frozenset(),
    )


def test_a_filter_of_the_units_is_a_category() -> None:
    survey = in_repeat(
        row("select_one units", "unit", choice_filter="category = 'town'"),
        row("integer", constraint=BOUNDS),
    )
    reading = read(survey, ROSTER)
    assert get_asked(reading)[0].categories == {"town"}


SPELLINGS: Sequence[Row] = (
    {"Type": "Text", "Name": "q", "Label::English": "Work", "LABEL::zh_CN": "工作"},
    {"type": "string", "value": "q", "label::Chinese (zh-Hans)": "工作", "label:en": "Work"},
    {"Command": "add text prompt", "Tag": "q", "caption::中文": "工作", "Caption::en-GB": "Work"},
)


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_other_spellings_of_headings_languages_and_texts(spelling: Row) -> None:
    reading = read([spelling])
    assert get_asked(reading) == (
        Asked(TextQuestion("q", Text("工作", "Work"), 500), required=False),
    )
    assert not reading.problems


@pytest.mark.parametrize(
    ("kind", "most"),
    [
        ("Select_One colours", 1),
        ("select1 colours", 1),
        ("select one from colours", 1),
        ("add select one prompt using colours", 1),
        ("Select all that apply from colours", 3),
        ("select_multiple from colours", 3),
    ],
)
def test_other_spellings_of_choices(kind: str, most: int) -> None:
    reading = read([row(kind)], COLOURS)
    question = get_asked(reading)[0].question
    assert question == ChoiceQuestion("q", Text("工作", "Work"), COLOUR_OPTIONS, most)
    assert not reading.problems


def test_no_message_ends_in_nothing() -> None:
    surveys = (
        [row("select_one nowhere")],
        [row("text", relevant="${nowhere} = 'x'")],
        [row("text", "", label="x"), {"name": "x"}],
    )
    for survey in surveys:
        _check_endings(read(survey).problems)
    _check_endings(read([row("select_one l")], [{"list_name": "l", ZH: "a", EN: "a"}]).problems)


def _check_endings(problems: Sequence[CellProblem]) -> None:
    assert problems
    for each in problems:
        assert each.text.zh.rstrip()[-1] not in "：:，,、“", each.text.zh
        assert each.text.en.rstrip()[-1] not in ":;,“", each.text.en


def test_sheets_that_are_not_read_are_named() -> None:
    sheets = build_sheets([row("text")])
    more = [Sheet("entities", {}), Sheet("Sheet2", {})]
    reading = check_form([*sheets, *more], QUESTIONNAIRES, CATEGORIES)
    assert get_asked(reading)
    assert [(each.sheet, each.severity) for each in reading.problems] == [
        ("entities", "warning"),
        ("Sheet2", "warning"),
    ]


@pytest.mark.parametrize("name", ["choice", "Choises", "setings", "Setting"])
def test_a_sheet_whose_name_is_nearly_right_is_not_passed_over(name: str) -> None:
    reading = check_form(
        [*build_sheets([row("text")]), Sheet(name, {})], QUESTIONNAIRES, CATEGORIES
    )
    assert reading.questionnaire is None
    assert "这张工作表应名为" in reading.problems[0].text.zh


def test_a_column_without_heading_and_a_second_row_of_settings_are_listed() -> None:
    survey, settings = build_sheets([row("text")], settings={"form_id": "x"})
    survey = replace(
        survey, rows={1: survey.rows[1], 2: {**survey.rows[2], 7: Cell("text", "不要问")}}
    )
    settings = replace(settings, rows={**settings.rows, 3: {1: Cell("text", "y")}})
    reading = check_form([survey, settings], QUESTIONNAIRES, CATEGORIES)
    assert get_asked(reading)
    assert list_places(reading) == ["survey!G2", "settings!A3"]


def test_many_cells_of_one_column_are_listed_at_its_heading() -> None:
    survey = [row("text", f"q{number}", parameters="rows=3") for number in range(30)]
    reading = read(survey)
    assert list_places(reading) == ["survey!E1"]
    assert "共 30 行" in reading.problems[0].text.zh


def test_levels_of_a_scale_stay_what_they_were() -> None:
    assert isinstance(
        get_asked(read(in_repeat(row("select_one scale")), SCALE))[0].question, LevelsQuestion
    )
