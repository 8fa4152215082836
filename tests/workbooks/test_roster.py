"""Rosters read back: what is filled in comes out the same, and every problem has its place."""

import io
from dataclasses import replace
from datetime import date

import openpyxl
import pytest

from evalsvc.domain.preparing.rosters import RelationRow, Roster, UnitRow
from evalsvc.scheme.presets import get_preset_text, load_preset
from evalsvc.scheme.reader import load_scheme
from evalsvc.workbooks.cells import Block, Cell, Sheet
from evalsvc.workbooks.problems import Mark
from evalsvc.workbooks.roster import RosterReading, check_roster, read_roster
from evalsvc.workbooks.roster_layout import roster_layouts
from evalsvc.workbooks.seen import AS_DATE
from evalsvc.workbooks.templates import roster_template
from tests.workbooks.filling import PANEL_CITY, PANSHAN, Value, build_sheet, fill, save, show

PANSHAN_SCHEME = load_preset("panshan-2018")
PANEL_SCHEME = load_preset("three-in-one")
UNIT_HEADINGS = ["代码", "名称", "类别", "标记", "职能"]
RATER_HEADINGS = ["评价主体", "代码", "姓名或席位", "所属单位"]
RELATION_HEADINGS = ["评价主体", "评价人代码", "单位", "角色"]
SEAT_HEADINGS = ["评价主体", "层别", "人数"]

UNITS = build_sheet(
    "单位",
    [
        UNIT_HEADINGS,
        ["u01", "县教育局", "部门", "", "全县教育管理"],
        ["u02", "县公安局", "部门", "不参与评奖"],
        ["u03", "甜水镇", "镇（街道）、园区"],
        ["u04", "=吴家镇", "town"],
    ],
)
RATERS = build_sheet(
    "评价人",
    [
        RATER_HEADINGS,
        ["县领导", "L1", "王县长"],
        ["leader", "L2", "李副县长", "县公安局"],
        ["office", "O1", "专项办"],
    ],
)
RELATIONS = build_sheet(
    "评价关系",
    [
        RELATION_HEADINGS,
        ["县领导", "L1", "县教育局", "分管"],
        ["leader", "L1", "u02", "in_charge"],
        ["leader", "L2", "u01"],
    ],
)


def check_panshan(
    units: Sheet = UNITS, raters: Sheet = RATERS, relations: Sheet = RELATIONS
) -> RosterReading:
    return check_roster((units, raters, relations), PANSHAN_SCHEME)


# What is right


def test_a_filled_in_chinese_template_comes_back_as_it_was_meant() -> None:
    data = fill(
        roster_template(PANSHAN_SCHEME, "zh"),
        {
            "单位": [
                ["u01", "县教育局", "部门", None, "全县教育管理"],
                ["u02", "县公安局", "部门", "不参与评奖"],
                ["u03", "甜水镇", "镇（街道）、园区"],
                ["u04", "=吴家镇", "镇（街道）、园区"],
            ],
            "评价人": [
                ["县领导", "L1", "王县长"],
                ["县领导", "L2", "李副县长", "县公安局"],
                ["office", "O1", "专项办"],
            ],
            "评价关系": [
                ["县领导", "L1", "县教育局", "分管"],
                ["县领导", "L1", "县公安局", "分管"],
                ["县领导", "L2", "u01", "分管"],
            ],
        },
    )

    reading = read_roster(data, PANSHAN_SCHEME)

    assert show(reading.problems) == []
    assert reading.roster == PANSHAN


def test_a_filled_in_english_template_comes_back_as_it_was_meant() -> None:
    data = fill(
        roster_template(PANEL_SCHEME, "en"),
        {
            "Units": [["b1", "市财政局", "Economic management"], ["b2", "市税务局", "vertical"]],
            "Raters": [["City leaders", "S1", "书记"]],
            "Relations": [["City leaders", "S1", "市税务局", "in charge"]],
            "Panel": [
                ["Thousand-member panel", "Deputies and committee members", 150],
                ["panel", "Enterprises", 200],
                ["panel", "grassroots", 500],
                ["panel", "Public organs", 150],
            ],
        },
    )

    reading = read_roster(data, PANEL_SCHEME)

    assert show(reading.problems) == []
    assert reading.roster == PANEL_CITY


def test_names_and_codes_are_equally_good() -> None:
    reading = check_panshan()
    assert (reading.roster, reading.problems) == (PANSHAN, ())


def test_spaces_widths_and_invisible_characters_are_mended_silently() -> None:
    units = build_sheet(
        "　单位 ",
        [
            [" 代码\u200b", "名　称", "类别\n", "标 记"],
            ["ｕ０１", "　县教育局\u200b ", "部门　"],
            [102, "县\ufeff公安局", "Ｄｅｐａｒｔｍｅｎｔ", "No Award"],
        ],
    )
    reading = check_panshan(
        units, build_sheet("评价人", [RATER_HEADINGS]), build_sheet("评价关系", [RELATION_HEADINGS])
    )

    assert reading.roster == Roster(
        (
            UnitRow("u01", "县教育局", "department"),
            UnitRow("102", "县公安局", "department", "no_award"),
        )
    )


def test_a_title_above_and_empty_rows_between_do_no_harm() -> None:
    units = build_sheet("单位", [
        ["盘县被考评单位名单"], [], UNIT_HEADINGS, [], ["u01", "县教育局", "部门"], [], [],
        ["", " ", ""], ["u03", "甜水镇", "town"],
    ], merged=[Block(1, 1, 1, 5)])  # a table, read by rows  # fmt: skip
    relations = build_sheet("评价关系", [RELATION_HEADINGS, ["leader", "L9", "甜水镇"]])

    reading = check_panshan(units, build_sheet("评价人", [RATER_HEADINGS]), relations)

    assert show(reading.problems) == [
        ("评价人!", "?“县领导”还没有评价人"),
        ("评价人!", "?“专项行动领导小组办公室”还没有评价人"),
        ("评价关系!B2", "“评价人”表的“县领导”中没有这个代码"),
        ("评价关系!C2", "“县领导”评价“镇（街道）、园区”的每个单位，不用列，请删去这一行"),
    ]
    assert reading.sheets[0].header_number == 3
    assert reading.sheets[0].numbers == (5, 8, 9)


# What is wrong with sheets and columns


def test_missing_and_doubled_sheets_are_named_with_what_is_there() -> None:
    reading = check_roster((UNITS, UNITS, replace(RATERS, name="评价人员")), PANSHAN_SCHEME)

    there = "单位、单位、评价人员"
    assert show(reading.problems) == [
        ("单位!", "这张工作表有两张，请只留一张"),
        ("评价人!", f"缺少工作表“评价人”；文件中有：{there}。请使用下载的模板，不要改工作表名"),
        ("评价关系!", f"缺少工作表“评价关系”；文件中有：{there}。请使用下载的模板，不要改工作表名"),
    ]
    assert reading.roster is None


def test_renamed_missing_and_doubled_columns_are_named() -> None:
    units = build_sheet(
        "单位", [["代码", "单位全称", "类别", "类别", "职责"], ["u01", "县教育局", "部门"]]
    )
    known = (
        "没有这一列；可用的列：代码、名称、类别、标记、职能、片区或分管口。"
        "请改回模板的标题，或删去这一列"
    )

    reading = check_panshan(
        units, build_sheet("评价人", [RATER_HEADINGS]), build_sheet("评价关系", [RELATION_HEADINGS])
    )

    assert show(reading.problems) == [
        ("单位!B1", known),
        ("单位!D1", "这一列与C列重复，请只留一列"),
        ("单位!E1", known),
        ("单位!", "第1行缺少“名称”一列"),
        ("评价人!", "?“县领导”还没有评价人"),
        ("评价人!", "?“专项行动领导小组办公室”还没有评价人"),
    ]
    assert [problem.found for problem in reading.problems[:3]] == ["单位全称", "类别", "职责"]


def test_an_empty_sheet_of_units_is_a_problem() -> None:
    reading = check_panshan(build_sheet("单位", [UNIT_HEADINGS]))
    assert show(reading.problems)[0] == ("单位!", "没有填写任何单位")
    assert reading.roster is None


# What is wrong with cells


def test_every_wrong_cell_of_the_units_is_named() -> None:
    units = build_sheet(
        "单位",
        [
            UNIT_HEADINGS,
            ["u01", "县教育局", "部门"],
            ["U01", "县教育 局", "局委办"],
            ["u 3", "x" * 61, "部门", "优秀"],
            ["", "县公安局", ""],
            ["u05", Cell("error", "#REF!"), Cell("formula", "=A1")],
            ["u06", "甜水镇", "town", "", "长" * 201],
        ],
    )

    reading = check_panshan(
        units,
        build_sheet("评价人", [RATER_HEADINGS, ["office", "O1", "办"]]),
        build_sheet("评价关系", [RELATION_HEADINGS]),
    )

    code = "代码只能用字母、数字、汉字和 . _ -，最多40个字，中间没有空格"
    own_code = "自编的短代码，不重复，定下后不要改；可用字母、数字、汉字、. _ -"
    assert show(reading.problems) == [
        ("单位!C3", "没有这个类别；应为：部门、镇（街道）、园区"),
        ("单位!A3", "与第2行的代码重复"),
        ("单位!B3", "与第2行的名称重复"),
        ("单位!A4", code),
        ("单位!B4", "有61个字，最多60个"),
        ("单位!D4", "没有这个标记；应为：不参与评奖，或不填"),
        ("单位!A5", f"不能空着：{own_code}"),
        ("单位!C5", "不能空着：从下拉列表中选择"),
        ("单位!B6", "公式出错（#REF!）；请改正公式，或直接填数值"),
        ("单位!C6", "公式还没有算出结果；请在 Excel 或 WPS 中打开并保存，或直接填数值"),
        ("单位!E7", "有201个字，最多200个"),
        ("评价人!", "?“县领导”还没有评价人"),
    ]
    assert (reading.problems[0].heading, reading.problems[0].found) == ("类别", "局委办")
    assert reading.problems[0].text.en == (
        "there is no such category; expected: Departments, Towns, subdistricts and parks"
    )


def test_merged_cells_are_named_once_and_not_as_empty_cells_too() -> None:
    units = build_sheet(
        "单位",
        [UNIT_HEADINGS, ["u01", "县教育局", "部门"], ["u02", "县公安局", ""]],
        merged=[Block(2, 3, 3, 3)],
    )

    reading = check_panshan(
        units,
        build_sheet("评价人", [RATER_HEADINGS, ["leader", "L1", "王"], ["office", "O1", "办"]]),
    )

    assert show(reading.problems)[0] == (
        "单位!C2",
        "C2:C3 是合并单元格，请取消合并，每个单元格各填各的",
    )
    assert [place for place, _ in show(reading.problems) if place.startswith("单位")] == ["单位!C2"]


def test_every_wrong_cell_of_the_raters_is_named() -> None:
    raters = build_sheet(
        "评价人",
        [
            RATER_HEADINGS,
            ["县领导", "L1", "王县长", "县水务局"],
            ["县领导", "l1", "李副县长"],
            ["省领导", "L3", ""],
            ["mutual_town", "u03", "甜水镇"],
            ["office", "O1", "专项办", date(2018, 12, 1)],
        ],
    )

    reading = check_panshan(
        raters=raters,
        relations=build_sheet(
            "评价关系", [RELATION_HEADINGS, ["leader", "L1", "u01"], ["leader", "l1", "u01"]]
        ),
    )

    units = "县教育局、县公安局、甜水镇、=吴家镇"
    groups = "、".join(group.name.zh for group in PANSHAN_SCHEME.groups)
    assert show(reading.problems) == [
        ("评价人!D2", f"没有这个单位；应为：{units}"),
        ("评价人!B3", "与第2行的代码重复"),
        ("评价人!A4", f"没有这个评价主体，最接近的是“县领导”；应为：{groups}"),
        ("评价人!C4", "不能空着：印在信件上，最多60字"),
        (
            "评价人!A5",
            "这个评价主体不在这张表里填（由单位担任的自动产生，评议团只填人数）；"
            "这里只填：县领导、专项行动领导小组办公室。请删去这一行",
        ),
        ("评价人!D6", AS_DATE.zh),
        ("评价关系!C3", "与第2行的评价人和单位重复"),
    ]


def test_every_wrong_relation_is_named() -> None:
    relations = build_sheet(
        "评价关系",
        [
            RELATION_HEADINGS,
            ["县领导", "L7", "县教育局"],
            ["县领导", "L2", "县公安局"],
            ["县领导", "L2", "甜水镇"],
            ["县领导", "L2", "县教育局", "联系"],
            ["office", "O1", "县教育局"],
            ["县领导", "L2", "县教育局"],
            ["县领导", "L2", "县教育局"],
        ],
    )

    reading = check_panshan(relations=relations)

    assert show(reading.problems) == [
        ("评价关系!B2", "“评价人”表的“县领导”中没有这个代码"),
        ("评价关系!C3", "这是评价人自己所属的单位，不能评价，请删去这一行"),
        ("评价关系!C4", "“县领导”评价“镇（街道）、园区”的每个单位，不用列，请删去这一行"),
        ("评价关系!D5", "没有这个角色；应为：分管"),
        (
            "评价关系!A6",
            "这个评价主体不在这张表里填（由单位担任的自动产生，评议团只填人数）；"
            "这里只填：县领导。请删去这一行",
        ),
        ("评价关系!C7", "与第5行的评价人和单位重复"),
        ("评价关系!C8", "与第5行的评价人和单位重复"),
    ]


def test_a_rater_who_would_get_an_empty_questionnaire_is_warned_of() -> None:
    scheme = replace(
        PANSHAN_SCHEME,
        groups=tuple(
            replace(group, sights=group.sights[:1]) if group.code == "leader" else group
            for group in PANSHAN_SCHEME.groups
        ),
    )
    relations = build_sheet("评价关系", [RELATION_HEADINGS, ["leader", "L1", "县教育局"]])

    reading = check_roster((UNITS, RATERS, relations), scheme)

    assert show(reading.problems) == [
        ("评价人!B3", "?“评价关系”中没有列出这个评价人评价哪些单位，不会收到问卷")
    ]
    assert reading.roster is not None


def test_units_that_rate_listed_units_are_named_by_their_own_names() -> None:
    scheme = replace(
        PANSHAN_SCHEME,
        groups=tuple(
            replace(group, sights=(replace(group.sights[0], relation="listed"),))
            if group.code == "mutual_town"
            else group
            for group in PANSHAN_SCHEME.groups
        ),
    )
    relations = build_sheet(
        "评价关系",
        [
            RELATION_HEADINGS,
            ["mutual_town", "甜水镇", "县教育局"],
            ["mutual_town", "县公安局", "县教育局"],
        ],
    )
    good = replace(relations, rows={row: relations.rows[row] for row in (1, 2)})

    assert show(check_roster((UNITS, RATERS, relations), scheme).problems) == [
        ("评价关系!B3", "“镇（街道）、园区评部门”只由类别为“镇（街道）、园区”的单位担任")
    ]
    roster = check_roster((UNITS, RATERS, good), scheme).roster
    assert roster is not None
    assert roster.relations == (RelationRow("mutual_town", "u03", "u01", ""),)


def test_every_wrong_cell_of_the_panel_is_named() -> None:
    seats = build_sheet(
        "评议团",
        [
            SEAT_HEADINGS,
            ["千人评议团", "基层群众", "500"],
            ["千人评议团", "企业", 2.5],
            ["千人评议团", "企业", -3],
            ["千人评议团", "学校", "很多"],
            ["市领导", "", 7],
            ["千人评议团", "", ""],
            ["千人评议团", "机关", 0],
        ],
    )
    sheets = (
        build_sheet("单位", [UNIT_HEADINGS, ["b1", "市财政局", "经济管理部门"]]),
        build_sheet("评价人", [RATER_HEADINGS, ["市领导", "S1", "书记"]]),
        build_sheet("评价关系", [RELATION_HEADINGS]),
        seats,
    )

    reading = check_roster(sheets, PANEL_SCHEME)

    strata = "基层群众、企业、人大代表、政协委员、机关"
    as_text = "这是文本格式的数字；请选中该列，点“数据”→“分列”→“完成”，再保存"
    assert show(reading.problems) == [
        ("评议团!C2", as_text),
        ("评议团!C3", "应为 1 到 1000000 的整数"),
        ("评议团!C4", "应为 1 到 1000000 的整数"),
        ("评议团!B4", "与第3行的层别重复"),
        ("评议团!C5", "应为数字"),
        ("评议团!B5", f"没有这个层别；应为：{strata}"),
        (
            "评议团!A6",
            "这个评价主体不在这张表里填（由单位担任的自动产生，评议团只填人数）；"
            "这里只填：千人评议团。请删去这一行",
        ),
        ("评议团!C7", "不能空着：正整数"),
        ("评议团!B7", f"不能空着；应为：{strata}"),
        ("评议团!C8", "应为 1 到 1000000 的整数"),
        *(
            (("评议团!", f"?“{stratum}”没有填人数"))
            for stratum in ("基层群众", "企业", "人大代表、政协委员", "机关")
        ),
    ]


# What the dry run shows


def test_the_dry_run_shows_the_sheet_with_its_cells_marked() -> None:
    rows: list[list[Value]] = [["u01", "县教育局", "部门"], [], ["u02", "县教育局", "部"]]
    reading = check_panshan(build_sheet("单位", [[*UNIT_HEADINGS[:3], "备注"], *rows]))

    shown = reading.sheets[0]

    assert (shown.name, shown.letters, shown.header_number) == ("单位", ("A", "B", "C", "D"), 1)
    assert shown.header == ("代码", "名称", "类别", "备注")
    assert shown.rows == (("u01", "县教育局", "部门", ""), ("u02", "县教育局", "部", ""))
    assert (shown.numbers, shown.omitted) == ((2, 4), 0)
    problems = [problem for problem in reading.problems if problem.sheet == "单位"]
    assert shown.marks == tuple(
        Mark(row, column, "error", problem.text)
        for (row, column), problem in zip([(-1, 3), (1, 2), (1, 1)], problems, strict=True)
    )
    assert [sheet.name for sheet in reading.sheets] == ["单位", "评价人", "评价关系"]


def test_a_long_sheet_is_shown_in_part_but_with_every_marked_row() -> None:
    rows: list[list[Value]] = [[f"u{n}", f"单位{n}", "部门"] for n in range(1, 400)]
    rows[300][2] = "部"

    shown = check_panshan(build_sheet("单位", [UNIT_HEADINGS[:3], *rows])).sheets[0]

    assert shown.numbers == (*range(2, 202), 302)
    assert shown.omitted == 399 - 201


def test_problems_beyond_counting_end_with_a_word() -> None:
    rows: list[list[Value]] = [[f"u{n}", f"单位{n}", "部"] for n in range(1, 1_200)]
    problems = check_panshan(build_sheet("单位", [UNIT_HEADINGS[:3], *rows])).problems

    assert len(problems) == 1_001
    assert problems[-1].text.zh == "问题太多，后面的没有列出；请先改正以上各处"


# Real files


def test_errors_formulas_and_merged_cells_of_a_real_file_are_found() -> None:
    book = openpyxl.load_workbook(io.BytesIO(roster_template(PANSHAN_SCHEME, "zh")))
    sheet = book["单位"]
    for row, values in enumerate(
        [["u01", "县教育局", "部门"], ["u02", "县公安局", "部门"], ["u03", "x", "部门"]], start=2
    ):
        for column, value in enumerate(values, start=1):
            sheet.cell(row, column).value = value
    sheet["B2"] = "#REF!"
    sheet["B2"].data_type = "e"
    sheet["B3"] = "=A1"
    sheet.merge_cells("C3:C4")

    reading = read_roster(save(book), PANSHAN_SCHEME)

    assert show(reading.problems) == [
        ("单位!C3", "C3:C4 是合并单元格，请取消合并，每个单元格各填各的"),
        ("单位!B2", "公式出错（#REF!）；请改正公式，或直接填数值"),
        ("单位!B3", "公式还没有算出结果；请在 Excel 或 WPS 中打开并保存，或直接填数值"),
        ("评价人!", "?“县领导”还没有评价人"),
        ("评价人!", "?“专项行动领导小组办公室”还没有评价人"),
    ]


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("preset", ["panshan-2018", "three-in-one"])
def test_an_empty_template_only_lacks_its_entries(preset: str, language: str) -> None:
    scheme = load_preset(preset)
    reading = read_roster(roster_template(scheme, language), scheme)
    assert [text for _, text in show(reading.problems) if not text.startswith("?")] == [
        "没有填写任何单位"
    ]


def test_accounts_are_read_where_the_scheme_shows_them() -> None:
    text = get_preset_text("panshan-2018").replace(
        "    questions:\n      overall:", "    account: true\n    questions:\n      overall:", 1
    )
    scheme = load_scheme(text)
    units = [("u01", "县教育局", "部门", None, None, "今年新建两所学校。")]
    data = fill(roster_template(scheme), {"单位": units})
    reading = read_roster(data, scheme)
    assert reading.roster is not None, reading.problems
    assert [unit.account for unit in reading.roster.units] == ["今年新建两所学校。"]
    too_long = fill(roster_template(scheme), {"单位": [(*units[0][:5], "长" * 601)]})
    problems = read_roster(too_long, scheme).problems
    assert [(each.row, each.column, each.text.zh) for each in problems if "字" in each.text.zh] == [
        (2, "F", "有601个字，最多600个")
    ]


def test_areas_are_read_where_units_rate_each_other() -> None:
    scheme = load_preset("panshan-2018")
    units = [
        ("u01", "县教育局", "部门", None, None, "农口"),
        ("u02", "县公安局", "部门", None, None, None),
    ]
    reading = read_roster(fill(roster_template(scheme), {"单位": units}), scheme)
    assert reading.roster is not None, reading.problems
    assert [unit.cluster for unit in reading.roster.units] == ["农口", ""]

    long = [("u01", "县教育局", "部门", None, None, "长" * 41)]
    (problem,) = [
        one
        for one in read_roster(fill(roster_template(scheme), {"单位": long}), scheme).problems
        if one.severity == "error"
    ]
    assert (problem.row, problem.column, problem.heading) == (2, "F", "片区或分管口")
    assert "40" in problem.text.zh


def test_no_area_is_asked_where_no_unit_rates() -> None:
    scheme = load_preset("three-in-one")
    units = next(one for one in roster_layouts(scheme) if one.key == "units")
    assert "cluster" not in [column.key for column in units.columns]


def test_a_name_that_is_no_units_brings_the_nearest_one() -> None:
    reading = check_panshan(
        raters=build_sheet(
            "评价人",
            [
                RATER_HEADINGS,
                ["县领导", "L1", "王县长", "教育局"],
                ["leader", "L2", "李副县长", "县公安分局"],
                ["office", "O1", "专项办", "人民银行"],
            ],
        ),
        relations=build_sheet("评价关系", [RELATION_HEADINGS, ["leader", "王县长", "u01"]]),
    )
    units = "县教育局、县公安局、甜水镇、=吴家镇"
    errors = [each for each in reading.problems if each.severity == "error"]
    assert show(errors) == [
        ("评价人!D2", f"没有这个单位，最接近的是“县教育局”；应为：{units}"),
        ("评价人!D3", f"没有这个单位，最接近的是“县公安局”；应为：{units}"),
        ("评价人!D4", f"没有这个单位；应为：{units}"),
        ("评价关系!B2", "“评价人”表的“县领导”中没有这个代码，最接近的是“L1 王县长”"),
    ]


def test_a_renamed_unit_is_found_by_its_earlier_name_on_the_other_sheets() -> None:
    """Unless another one has that name now: a name is whose it is today."""
    sheets = [
        build_sheet(
            "单位", [UNIT_HEADINGS, ["u01", "县教体局", "部门"], ["u02", "县公安局", "部门"]]
        ),
        RATERS,
        build_sheet("评价关系", [RELATION_HEADINGS, ["县领导", "L1", "县教育局", "分管"]]),
    ]
    earlier = {"u01": "县教育局", "u03": "县公安局"}
    reading = check_roster(sheets, PANSHAN_SCHEME, earlier)
    assert reading.roster is not None
    assert reading.roster.relations == (RelationRow("leader", "L1", "u01", "in_charge"),)
    assert reading.roster.raters[1].unit == "u02"
    refused = check_roster(sheets, PANSHAN_SCHEME)
    assert show([each for each in refused.problems if each.severity == "error"]) == [
        ("评价关系!C2", "没有这个单位，最接近的是“县教体局”；应为：县教体局、县公安局")
    ]
