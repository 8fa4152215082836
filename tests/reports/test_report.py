"""The official report: its sections, figures and footers, read back from the PDF."""

from dataclasses import replace
from pathlib import Path

import pytest

from evalsvc.reports.documents.report import build_report, render_report
from tests.reports.reading import list_texts
from tests.reports.samples import SCHEME, made_content, worked_content
from tests.saying import spoken

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    return list_texts(render_report(made_content()), tmp_path_factory.mktemp("report"))


def test_the_sections_in_order(pages: list[str]):
    whole = "".join(pages)
    heads = [
        "2026年度考评结果报告", "一、总体情况", "二、得分和名次", "（一）机关", "三、参评情况",
        "四、满意度", "五、加分和扣分", "六、方案自定的事项", "七、需要说明的分数",
    ]  # a table, read by rows  # fmt: skip
    places = [whole.index(head) for head in heads]
    assert places == sorted(places)


def test_every_page_says_what_it_belongs_to(pages: list[str]):
    for number, page in enumerate(pages, start=1):
        assert f"—{number}—" in page
        assert "5c" * 32 in page
        assert "ab" * 32 in page
        assert "计算时间2026年12月28日10:30（第3次）" in page
        assert "单人保管：李保管" in page


def test_the_office_signs_with_the_date(pages: list[str]):
    assert "县考评办2026年12月28日" in pages[-1]


def test_two_custodians_are_not_called_one(tmp_path: Path):
    content = made_content()
    shared = replace(content, head=replace(content.head, custodian="", package_sha256=""))
    whole = "".join(list_texts(render_report(shared), tmp_path))
    assert "单人保管" not in whole
    assert "证据包" not in whole


def test_the_summary():
    assert spoken(build_report(made_content())).summary == (
        "县考评办按照《试行方案》（试行〔2026〕1号）对2个单位进行考评，其中机关2个。本报告是"
        "2026年12月28日 10:30第3次计算的结果，得分保留2位小数，四舍五入，"
        "同类之内按公布的得分排名。",
        "机关：信访局居首（93.00分），首末相差10.00分。",
        "评价共1轮，发出评价码10份，收回答卷9份，参评率90%；按规则不计入的1份。",
        "票箱钥匙由一人保管（单人保管：李保管），开箱时没有第二人的钥匙相互制约。",
    )


def test_the_tables():
    report = spoken(build_report(made_content()))
    (ranking,) = report.rankings
    table = ranking.tables["zh"]
    assert table.heads == ("目标", "领导评价", "加减分")
    assert [(row.rank, row.name, row.published, row.values) for row in table.rows] == [
        (1, "信访局", "93.00", (96, 88, 0)),
        (2, '=HYPERLINK("http://evil")', "83.00", (80, 88, 0)),
    ]
    assert [(row.group, row.reason, row.value.n) for row in report.rejections] == [
        ("县领导", "没有按规定比例", 1)
    ]
    assert [(row.unit, row.kind, row.entered) for row in report.adjustments] == [
        ("信访局", "表彰", "2次")
    ]
    assert report.choices == (spoken(SCHEME.parameters[0]),)


def test_nothing_to_tell_leaves_no_empty_section(tmp_path: Path):
    bare = replace(
        made_content(),
        turnout=(),
        rejections=(),
        adjustments=(),
        satisfaction=(),
        scheme=replace(SCHEME, parameters=()),
    )
    whole = "".join(list_texts(render_report(bare), tmp_path))
    assert "三、需要说明的分数" in whole
    assert "满意度" not in whole


def test_english(tmp_path: Path):
    whole = "".join(list_texts(render_report(made_content(), "en"), tmp_path))
    assert "1.Overview" in whole
    assert "28December2026" in whole


def test_the_annex_counts_its_pages_anew(tmp_path: Path):
    pages = list_texts(render_report(made_content(), unit_pages=True), tmp_path)
    first = [page for page in pages if "—1—" in page]
    assert len(first) == 3
    assert "信访局计分明细" in first[1]


def test_the_worked_case(tmp_path: Path):
    whole = "".join(list_texts(render_report(worked_content()), tmp_path))
    assert "部门：县民政局居首（91.29分），首末相差7.41分" in whole
    assert "分摊后为100.325，超出范围，按100计。" in whole
