"""result.xlsx: figures are numbers, texts are never formulas, another program reads the same."""

import csv
import io
import subprocess
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest
from openpyxl import load_workbook
from python_calamine import CalamineWorkbook

from evalsvc.reports.documents.workbook import render_workbook
from tests.capability import get_program
from tests.evidence.panshan import EXPECTED
from tests.reports.samples import made_content, worked_content

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def made() -> bytes:
    return render_workbook(made_content())


@pytest.fixture(scope="module")
def worked() -> bytes:
    return render_workbook(worked_content())


def read(book: bytes, sheet: str) -> list[list[object]]:
    rows = CalamineWorkbook.from_filelike(io.BytesIO(book)).get_sheet_by_name(sheet).to_python()
    return [list(row) for row in rows]


def test_the_ranking(made: bytes):
    assert read(made, "结果") == [
        ["类别", "名次", "单位代码", "单位", "得分", "目标", "领导评价", "加减分"],
        ["机关", 1, "u2", "信访局", 93, 96, 88, 0],
        ["机关", 2, "u1", '\'=HYPERLINK("http://evil")', 83, 80, 88, 0],
    ]


def test_every_node(made: bytes):
    assert read(made, "计分项")[1] == ["机关", "u2", "信访局", 93, 96, 88, 0]


def test_the_details_unfold_to_the_ballots(made: bytes):
    header, *rows = read(made, "计分明细")
    assert header == [
        "单位代码",
        "单位",
        "计分项代码",
        "计分项",
        "规则",
        "得分",
        "权重",
        "实用权重",
        "依据",
        "填写",
        "折合分",
        "计入份额",
        "说明",
    ]
    ours = [row for row in rows if row[0] == "u2"]
    assert [row[2:] for row in ours if row[2] == "leaders"] == [
        [
            "leaders",
            "领导评价",
            "评价",
            88,
            0.3,
            0.375,
            "",
            "",
            "",
            "",
            "5票平均：(100 × 3 + 70 × 2) ÷ 5 = 88。",
        ],
        *[["leaders", "领导评价", "评价", "", "", "", "一票", "好", 100, 0.2, ""]] * 3,
        *[["leaders", "领导评价", "评价", "", "", "", "一票", "一般", 70, 0.2, ""]] * 2,
    ]
    assert ours[0][12] == (
        "96 × 62.5% + 88 × 37.5% + 0 = 93。 没有“互评”，其权重10%由其余部分按权重比例分担。"
    )


def test_raters_are_named_only_when_asked_for():
    raters = {("leader", "L0"): "王县长"}
    assert "王县长" in str(read(render_workbook(made_content(), raters=raters), "计分明细"))
    assert "L0" not in str(read(render_workbook(made_content()), "计分明细"))


def test_satisfaction_hides_what_few_answers_carry(made: bytes):
    assert read(made, "满意度") == [
        [
            "单位代码",
            "单位",
            "有效答卷",
            "不了解",
            "满意率（%，不加权）",
            "满意和基本满意率（%，不加权）",
            "满意",
            "基本满意",
            "不满意",
        ],
        ["u1", '\'=HYPERLINK("http://evil")', 20, 5, 50, 80, 10, 6, 4],
        ["u2", "信访局", 7, 1, "", "", "", "", ""],
    ]


def test_the_notes_name_scheme_choices_and_void_ballots(made: bytes):
    assert read(made, "说明") == [
        ["项目", "内容"],
        ["考评年度", "2026年度考评"],
        ["考评机构", "县考评办"],
        ["轮次", "年终"],
        ["考评方案", "试行方案"],
        ["方案校验值", "5c" * 32],
        ["证据包校验值", "ab" * 32],
        ["计算时间", "2026年12月28日 10:30"],
        ["计算版本", "3"],
        ["票箱钥匙", "单人保管：李保管"],
        ["方案自定", "去掉极值的人数：6（未明确）"],
        ["废票", "年终，县领导：没有按规定比例，1票"],
        [
            "总分",
            '\'=HYPERLINK("http://evil")、信访局：没有“互评”，其权重10%由其余部分按权重比例分担。',
        ],
    ]


def test_nothing_hostile_becomes_a_formula_or_a_link():
    hostile = ["=1+1", "+1", "-1", "@SUM(A1)", "＝1+1", "＋1", "－1", "＠x", "\t=1", "http://x.cn"]
    content = made_content()
    for text in hostile:
        head = replace(content.head, season_title=text, office=text, custodian=text)
        names = {"u1": text, "u2": text}
        book = render_workbook(replace(content, head=head, names=names))
        with zipfile.ZipFile(io.BytesIO(book)) as parts:
            sheets = [name for name in parts.namelist() if name.startswith("xl/worksheets/sheet")]
            for sheet in sheets:
                markup = parts.read(sheet)
                assert b"<f" not in markup.replace(b"<formatPr", b"")
                assert b"hyperlink" not in markup
        shown = read(book, "结果")[1][3]
        assert shown == (text if text.startswith("http") else f"'{text}")


def test_heads_stay_in_view_and_filter(made: bytes):
    sheets = load_workbook(io.BytesIO(made)).worksheets
    assert [(sheet.title, sheet.freeze_panes, sheet.auto_filter.ref) for sheet in sheets] == [
        ("结果", "E2", "A1:H3"),
        ("计分项", "D2", "A1:G3"),
        ("计分明细", "E2", "A1:M19"),
        ("满意度", "C2", "A1:I3"),
        ("说明", "A2", "A1:B13"),
    ]
    assert all(cell.font.bold for sheet in sheets for cell in sheet[1])
    assert sheets[0]["E2"].number_format == "0.00"


def test_english():
    book = CalamineWorkbook.from_filelike(io.BytesIO(render_workbook(made_content(), "en")))
    assert book.sheet_names == ["Result", "Component", "Unit sheet", "Satisfaction", "Note"]


def test_the_worked_case(worked: bytes):
    rows = {row[2]: row for row in read(worked, "结果")[1:]}
    assert {unit: (f"{row[4]:.2f}", row[1]) for unit, row in rows.items()} == {
        unit: (expected["published"], expected["rank"]) for unit, expected in EXPECTED.items()
    }


def test_components_stand_in_the_scheme_s_order(worked: bytes):
    assert read(worked, "结果")[0][5:] == [
        "指标考核",
        "个性指标",
        "共性指标",
        "综合评价",
        "半年综合评价",
        "年终综合评价",
        "加减分",
    ]


def test_libreoffice_reads_the_same_totals(worked: bytes, tmp_path: Path):
    program = get_program("soffice", "libreoffice-calc")
    (tmp_path / "result.xlsx").write_bytes(worked)
    profile = f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}"
    filter_ = "csv:Text - txt - csv (StarCalc):44,34,76"  # commas, quotes, UTF-8
    command = [program, "--headless", profile, "--convert-to", filter_]
    subprocess.run([*command, "result.xlsx"], cwd=tmp_path, check=True, capture_output=True)
    with (tmp_path / "result.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert {row["单位代码"]: (row["得分"], int(row["名次"])) for row in rows} == {
        unit: (expected["published"], expected["rank"]) for unit, expected in EXPECTED.items()
    }
