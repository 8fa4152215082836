"""What XLSForm workbooks become, and the message for each thing that has no counterpart."""

from dataclasses import replace
from pathlib import Path

import pytest

from evalsvc.errors import Problem
from evalsvc.workbooks.problems import has_errors
from evalsvc.xlsform.limesurvey.unsupported import PREFIX
from evalsvc.xlsform.reading import check_form, read_form
from evalsvc.xlsform.unsupported import QUESTIONS, SILENT
from tests.xlsform.forms import (
    BEFORE,
    BOUNDS,
    CATEGORIES,
    COLOURS,
    EN,
    FORMS,
    QUESTIONNAIRES,
    RATIO,
    SCALE,
    ZH,
    Form,
    build_sheets,
    build_workbook,
    in_repeat,
    row,
)

pytestmark = pytest.mark.slow


def test_there_are_twenty_forms() -> None:
    assert len(FORMS) == 20


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.name)
def test_supported(form: Form) -> None:
    data = build_workbook(form.survey, form.choices, form.settings)
    reading = read_form(data, QUESTIONNAIRES, CATEGORIES)
    assert not has_errors(reading.problems), reading.problems
    questionnaire = reading.questionnaire
    assert questionnaire is not None
    assert questionnaire.asked == form.asked
    assert questionnaire.title == form.title
    assert questionnaire.introduction == form.introduction
    assert questionnaire.manner == form.manner


def refusals(survey, choices=(), settings=None) -> list[tuple[str, str]]:
    """The places and Chinese texts of what is wrong."""
    reading = check_form(build_sheets(survey, choices, settings), QUESTIONNAIRES, CATEGORIES)
    assert reading.questionnaire is None
    assert all(each.text.zh and each.text.en for each in reading.problems)
    return [
        (f"{each.sheet}!{each.column or ''}{each.row or ''}", each.text.zh)
        for each in reading.problems
        if each.severity == "error"
    ]


UNSUPPORTED = {
    **dict.fromkeys(("geopoint", "geotrace", "geoshape", "start-geopoint"), "不采集位置"),
    **dict.fromkeys(("image", "audio", "video", "file", "background-audio"), "不收图片"),
    **dict.fromkeys(("date", "time", "dateTime"), "没有日期和时间题"),
    **dict.fromkeys(("csv-external", "xml-external"), "不读取外部文件"),
    **dict.fromkeys(
        ("select_one_from_file places.csv", "select_multiple_from_file p.csv"), "不读取外部文件"
    ),
    "barcode": "没有扫码题",
    "acknowledge": "没有“确认”题",
    "osm": "没有地图题",
    "rank colours": "不能给选项排序",
    "select_one nowhere": "没有列表“nowhere”，已有：colours",
    "begin_repeat": "没有与它相配的 end_repeat",
    "end_group": "没有与它相配的 begin_group",
    "telepathy": "没有这种问题",
}


@pytest.mark.parametrize("kind", UNSUPPORTED)
def test_a_type_without_counterpart_is_refused_at_its_row(kind: str) -> None:
    found = refusals([row("text", "first"), row(kind)], COLOURS)
    assert [place for place, _ in found] == ["survey!A3"]
    assert UNSUPPORTED[kind] in found[0][1]


@pytest.mark.parametrize(
    "kind", ["start", "end", "today", "deviceid", "username", "audit", "phonenumber", "email"]
)
def test_traces_of_the_rater_are_left_out_and_said(kind: str) -> None:
    reading = check_form(build_sheets([row(kind, kind), row("text")]), QUESTIONNAIRES, CATEGORIES)
    assert reading.questionnaire is not None
    assert [each.question.code for each in reading.questionnaire.asked] == ["q"]
    assert [(each.row, each.severity) for each in reading.problems] == [(2, "warning")]
    assert "从不记录" in reading.problems[0].text.zh


@pytest.mark.parametrize(
    ("question", "place", "said"),
    [
        (row("text", relevant="${a} > 3"), "survey!E2", "条件只能是"),
        (row("text", relevant="not(selected(${a}, 'x'))"), "survey!E2", "前面没有问题“a”"),
        (row("text", relevant="${a} = 'x' or ${b} = 'y'"), "survey!E2", "前面没有问题“a”"),
        (row("text", relevant="${a} = 'x' and ${b} = 'y'"), "survey!E2", "前面没有问题“a”"),
        (row("text", relevant="${later} = 'x'"), "survey!E2", "前面没有问题“later”"),
        (row("text", constraint="regex(., '[0-9]+')"), "survey!E2", "限制只能是"),
        (row("text", constraint="string-length(.) <= 9999"), "survey!E2", "应为 1 到 2000 的整数"),
        (row("text", choice_filter="x = ${a}"), "survey!E2", "不能随前面的回答变化"),
        (row("text", required="${a} = 'x'"), "survey!E2", "应为 yes 或 no"),
        (
            row("select_multiple colours", constraint="count-selected(.) = 2"),
            "survey!E2",
            "限制只能是",
        ),
        (
            row("select_multiple colours", constraint="count-selected(.) <= 9"),
            "survey!E2",
            "不应多于选项的个数",
        ),
    ],
)
def test_what_no_questionnaire_here_can_say(question, place: str, said: str) -> None:
    found = refusals([question], COLOURS)
    assert [each for each, _ in found] == [place]
    assert said in found[0][1]


@pytest.mark.parametrize(
    ("question", "place", "said"),
    [
        (row("decimal", constraint=". > 0 and . < 100"), "survey!E3", "限制只能是"),
        (row("integer", constraint=". >= 9 and . <= 1"), "survey!E3", "from 应小于 to"),
        (
            row("integer", constraint=f"{BOUNDS} and count(${{q}}[. = 3]) <= 1"),
            "survey!E3",
            "限制只能是",
        ),
        (row("integer", constraint="sum(${other}) = 100"), "survey!E3", "限制只能是"),
        (row("range", parameters="start=0 end=100 step=7"), "survey!E3", "step 可为"),
        (row("rank units"), "survey!A3", "要放在重复之外"),
        (row("begin_repeat", "again"), "survey!A3", "重复里不能再有重复"),
        (row("select_one ratio", enforce_from="many"), "survey!E3", "应为不小于 1 的整数"),
        (row("select_one ratio", proportions="about"), "survey!E3", "应为 exact"),
        (
            row("integer", constraint=BOUNDS, relevant="${category} = 'city'"),
            "survey!F3",
            "没有这个类别",
        ),
    ],
)
def test_what_no_question_about_units_can_say(question, place: str, said: str) -> None:
    found = refusals(in_repeat(question), [*RATIO, *SCALE])
    assert (place, True) in [(each, said in text) for each, text in found], found


@pytest.mark.parametrize(
    ("choices", "place", "said"),
    [
        ([*RATIO[:2], RATIO[2] | {"share": 31}], "survey!A3", "之和应为 100，现为 101"),
        ([*RATIO, RATIO[0]], "choices!B5", "这个代码已经用过"),
        ([*RATIO[:2], RATIO[2] | {"share": "a third"}], "choices!F4", "0 到 100 的整数"),
        ([*RATIO[:2], RATIO[2] | {"points": "few"}], "choices!E4", "应为数字"),
        ([*RATIO[:2], RATIO[2] | {"name": "a b"}], "choices!B4", "代码只能用"),
        ([*RATIO[:2], RATIO[2] | {ZH: "", EN: ""}], "choices!C4", "不能空着"),
    ],
)
def test_lists_of_choices_are_checked(choices, place: str, said: str) -> None:
    found = refusals(in_repeat(row("select_one ratio")), choices)
    assert (place, True) in [(each, said in text) for each, text in found], found


def test_names_stand_once_and_are_not_forgotten() -> None:
    found = refusals([row("text"), row("text"), row("text", ""), row("", "r")])
    assert found == [
        ("survey!B3", "第2行已经用了这个代码；不同分组里的题也不能同名，请改一个"),
        ("survey!B4", "不能空着：问题的代码"),
        ("survey!A5", "不能空着：这一行是什么"),
    ]


def test_a_text_without_a_question_below_is_not_lost_quietly() -> None:
    survey = [row("text", relevant="${category} = 'town'"), row("note", "n")]
    assert refusals(in_repeat(*survey)) == [
        ("survey!A4", "说明后面没有问题，无处可放；请移到一个问题的上面")
    ]


def test_unknown_columns_defaults_and_one_language_are_remarked() -> None:
    survey = [
        {
            "type": "text",
            "name": "q",
            "label": "工作",
            "media::image": "a.png",
            "default": "x",
            "trigger": "${p}",
            "constraint_message": "no",
        }
    ]
    reading = check_form(build_sheets(survey), QUESTIONNAIRES, CATEGORIES)
    assert reading.questionnaire is not None
    assert {each.severity for each in reading.problems} == {"warning"}
    assert [each.column for each in reading.problems] == ["D", "C", "E", "F", "G"]


def test_a_workbook_without_questions_is_refused() -> None:
    assert refusals([]) != []
    assert refusals([{"type": "start", "name": "start"}]) != []


def test_text_is_no_workbook() -> None:
    with pytest.raises(Problem):
        read_form(b"type,name,label", QUESTIONNAIRES, CATEGORIES)


def test_the_workbook_says_which_questionnaire_it_replaces() -> None:
    two = {code: replace(BEFORE, code=code) for code in ("marks", "panel")}
    sheets = build_sheets([row("text")], settings={"form_id": "panel"})
    reading = check_form(sheets, two, CATEGORIES)
    assert reading.questionnaire is not None
    assert reading.questionnaire.code == "panel"
    for settings, place in (({"form_id": "x"}, (2, "A")), ({"style": "pages"}, (None, None))):
        lost = check_form(build_sheets([row("text")], settings=settings), two, CATEGORIES)
        assert lost.questionnaire is None
        assert [(each.row, each.column) for each in lost.problems] == [place]
        assert "marks、panel" in lost.problems[0].text.zh


@pytest.mark.parametrize("document", ["xlsform.md", "xlsform.zh.md"])
def test_the_documents_name_everything_without_counterpart(document: str) -> None:
    text = (Path(__file__).parents[2] / "docs" / document).read_text(encoding="utf-8")
    # Another program's kinds are told in its own words.
    kinds = [kind for kind in (*QUESTIONS, *SILENT) if not kind.startswith(PREFIX)]
    for kind in kinds:
        assert f"`{kind}`" in text, kind
