"""计分明细: the whole tree of one unit, and nobody else in it."""

import re
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest

from evalsvc.reports.documents.unit_sheet import build_sheet, render_unit_sheet
from tests.reports.reading import list_texts
from tests.reports.samples import HEAD, SCHEME, made_content, worked_content
from tests.saying import spoken

pytestmark = pytest.mark.slow

WORKED = worked_content()
UNIT = next(unit for unit in WORKED.units if unit.unit == "u01")
PEERS = [unit for unit in WORKED.units if unit.category == UNIT.category]


def test_every_figure_is_unfolded_down_to_the_ballots(tmp_path: Path):
    pdf = render_unit_sheet(HEAD, WORKED.scheme, "县政府办", UNIT, "zh", PEERS)
    whole = "".join(list_texts(pdf, tmp_path))
    assert "总分：89.54名次：3（本类共9个）" in whole
    assert "93.8978×70%+78.04×30%+0.4=89.5405。" in whole
    assert "7票，去掉1个最高、1个最低，其余5票平均：(100+85+70×3)÷5=79。" in whole
    assert "省级以上单项表彰、市单项表彰合计0.65，超过上限0.4，按上限计。" in whole


def test_no_other_unit_and_no_rater_is_named(tmp_path: Path):
    pdf = render_unit_sheet(HEAD, WORKED.scheme, "县政府办", UNIT, "zh", PEERS)
    whole = "".join(list_texts(pdf, tmp_path))
    for code, name in WORKED.names.items():
        assert (name in whole) == (code == "u01")
    leaders = {
        each.source
        for node in UNIT.tree.walk()
        for each in node.inputs
        if each.source.startswith("ballot:leader:L")
    }
    assert len(leaders) == 5
    assert not re.search("L[0-9]", whole)


def test_blocks_are_numbered_and_entered_figures_are_rows():
    sheet = spoken(build_sheet(WORKED.scheme, "县政府办", UNIT, PEERS))
    assert [(block.number, block.told.title) for block in sheet.blocks] == [
        ("", "总分"),
        ("1", "指标考核"),
        ("1.1", "个性指标"),
        ("1.1.1", "过程考核"),
        ("1.1.2", "年度考核"),
        ("1.2", "共性指标"),
        ("2", "综合评价"),
        ("2.1", "半年综合评价"),
        ("2.1.1", "半年县领导评价"),
        ("2.1.2", "半年专项行动办评价"),
        ("2.1.3", "半年互评"),
        ("2.2", "年终综合评价"),
        ("2.2.1", "年终县领导评价"),
        ("2.2.2", "年终专项行动办评价"),
        ("2.2.3", "年终互评"),
        ("3", "加减分"),
    ]


def test_like_ballots_are_one_row_with_their_number():
    content = made_content()
    sheet = spoken(build_sheet(SCHEME, "信访局", content.units[1], content.units))
    leaders = next(block for block in sheet.blocks if block.told.code == "leaders")
    rows = [(fact.row.raw, fact.row.points, fact.row.applied, fact.n) for fact in leaders.facts]
    assert rows == [("好", 100, Fraction(1, 5), 3), ("一般", 70, Fraction(1, 5), 2)]


def test_a_small_category_is_not_compared():
    """With four peers, each dot would have a name to everybody who knows the category."""
    assert spoken(build_sheet(WORKED.scheme, "县政府办", UNIT, PEERS[:4])).chart is None
    assert spoken(build_sheet(WORKED.scheme, "县政府办", UNIT, PEERS[:5])).chart is not None


def test_a_unit_without_a_place(tmp_path: Path):
    unplaced = replace(made_content().units[0], rank=None, published=None)
    whole = "".join(list_texts(render_unit_sheet(HEAD, SCHEME, "信访局", unplaced), tmp_path))
    assert "总分：—不排名" in whole


def test_english(tmp_path: Path):
    unit = made_content().units[1]
    whole = "".join(list_texts(render_unit_sheet(HEAD, SCHEME, "信访局", unit, "en"), tmp_path))
    assert "Meanof5ballots:(100×3+70×2)÷5=88." in whole
