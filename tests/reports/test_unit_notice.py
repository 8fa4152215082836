"""What a unit sees of itself: no ballot, no figure of one or two people, always two pages."""

import io
import re
from dataclasses import replace
from datetime import date
from fractions import Fraction

import pypdf

from analysis.score.tree import Input, Node, Remark, UnitResult
from evalsvc.reports.documents.notice_words import Standing, say_change
from evalsvc.reports.documents.unit_notice import (
    MOST_COMMENTS,
    RateWords,
    UnitNotice,
    build_page,
    render_unit_notice,
)
from evalsvc.reports.words.own_view import list_own_lines, visible_tree
from evalsvc.results.season import ReportHead
from evalsvc.scheme.presets import load_preset
from evalsvc.scheme.wording import node_name
from evalsvc.text import Text, same
from tests.cast import MORNING
from tests.saying import spoken

SCHEME = load_preset("panshan-2018")


def rated(code: str, *points: int) -> Node:
    """A rated figure of so many ballots."""
    each = [Input(f"ballot:{n}", "A", Fraction(p), Fraction(1)) for n, p in enumerate(points)]
    mean = Fraction(sum(points), len(points))
    remarks = (Remark("raters", (str(len(points)),)),)
    return Node(code, "rated", mean, Fraction(1, 2), Fraction(1, 2), (), tuple(each), remarks)


def build_tree(*leaders: int) -> Node:
    parts = (rated("C.year_end.leader", *leaders), rated("C.year_end.mutual", 81, 82, 83))
    return Node("C.year_end", "weighted", Fraction(77), parts=parts)


def test_a_mean_of_three_is_shown_without_its_ballots() -> None:
    lines = spoken(list_own_lines(build_tree(71, 72, 73), SCHEME))
    assert [(line.code, line.value) for line in lines] == [
        ("C.year_end", 77),
        ("C.year_end.leader", 72),
        ("C.year_end.mutual", 82),
    ]
    assert lines[1].sentence == "3 票平均得出，逐票不公开。"
    said = " ".join(line.sentence + "".join(line.remarks) for line in lines)
    assert [n for n in ("71", "73", "81", "83") if n in said] == []


def test_a_figure_of_one_or_two_ballots_folds_its_siblings_too() -> None:
    """72 alone is how somebody voted; beside 77 and 82 it could be worked out."""
    for leaders in ((72,), (71, 73)):
        (line,) = spoken(list_own_lines(build_tree(*leaders), SCHEME))
        assert (line.code, line.value) == ("C.year_end", 77)
        assert line.sentence == "组成中有不足3票得出的分数，不再展开。"
        assert visible_tree(build_tree(*leaders), SCHEME).parts == ()


def test_a_parent_that_is_no_more_than_one_ballot_is_folded_as_well() -> None:
    only = Node("C.year_end", "weighted", Fraction(72), parts=(rated("C.year_end.leader", 72),))
    other = rated("C.half_year", 81, 82, 83)
    tree = Node("C", "weighted", Fraction(75), parts=(only, other))
    assert [line.code for line in spoken(list_own_lines(tree, SCHEME))] == ["C"]


def test_inputs_of_ballots_are_nowhere_in_the_visible_tree() -> None:
    tree = visible_tree(build_tree(71, 72, 73), SCHEME)
    assert [node.inputs for node in tree.walk() if node.rule == "rated"] == [(), ()]


def build_notice(comments: int, events: int) -> UnitNotice:
    tree = Node("total", "total", Fraction(80), parts=(build_tree(71, 72, 73),))
    result = UnitResult("u01", "department", tree, "80.00", 3)
    head = ReportHead("测试年度", "考评办公室", 2, MORNING, (Text("年终", "Year-end"),), "a" * 64)
    return UnitNotice(
        head=head,
        scheme=SCHEME,
        name="名字很长的一个被考评单位某某领导小组办公室",
        contact="0427-0000000",
        result=result,
        peers=[result] * 6,
        grade=same("优秀"),
        awards=[same("先进单位")],
        why=[same("一票否决：2018年11月发生较大安全生产责任事故")],
        adjustments=[same("市综合表彰，1 次，2018-11-01，依据：市委发〔2018〕12号")] * events,
        rates=[RateWords(same("年终 评议团"), 40, "90.0%", "97.5%")],
        comments=["办事快" * 60] * comments,
        change=same("本单位原为 79.00 分。更正理由：录入有误"),
        first_day=date(2018, 12, 1),
        last_day=date(2018, 12, 7),
        review_until=date(2018, 12, 11),
        review_days=10,
    )


def test_a_notice_has_two_pages_however_much_there_is_to_say() -> None:
    for notice in (build_notice(0, 0), build_notice(40, 8)):
        pdf = pypdf.PdfReader(io.BytesIO(render_unit_notice(notice)))
        assert len(pdf.pages) == 2
    page = spoken(build_page(build_notice(40, 8)))
    assert (len(page.comments), page.more_comments) == (MOST_COMMENTS, 40 - MOST_COMMENTS)
    assert (len(page.reasons), page.more_reasons) == (6, 3)


def test_others_stand_beside_a_unit_only_in_figures_that_are_public() -> None:
    """Dots without names still tell that somebody gave the lowest or the highest."""
    notice = build_notice(0, 0)
    open_page = spoken(build_page(notice))
    shut_page = spoken(build_page(replace(notice, hidden=frozenset({"C.year_end"}))))
    assert open_page.chart is not None
    assert shut_page.chart is not None
    name = spoken(node_name(SCHEME, "C.year_end"))
    assert name in open_page.chart.drawing
    assert name not in shut_page.chart.drawing


def test_a_notice_is_said_in_english() -> None:
    pdf = pypdf.PdfReader(io.BytesIO(render_unit_notice(build_notice(1, 1), "en")))
    text = pdf.pages[0].extract_text() + pdf.pages[1].extract_text()
    assert "Where the unit stands" in text
    assert "What people said" in text


def test_a_notice_has_the_whole_signing_key_and_still_two_pages() -> None:
    key = "0123456789abcdef" * 4
    for language in ("zh", "en"):
        notice = replace(build_notice(40, 8), key=key)
        pdf = pypdf.PdfReader(io.BytesIO(render_unit_notice(notice, language)))
        assert len(pdf.pages) == 2
        said = re.sub(r"\s", "", pdf.pages[1].extract_text())
        assert key in said


def test_a_place_is_one_of_all_in_the_category() -> None:
    """Two of three have no total: the third is place 1 of 3, not of 1."""
    notice = build_notice(0, 0)
    others = [replace(notice.result, unit=code, published=None, rank=None) for code in ("u2", "u3")]
    assert build_page(replace(notice, peers=[notice.result, *others])).of == 3


def test_a_correction_says_whose_figure_changed() -> None:
    old, new = Standing("91.00", 2, same("良好")), Standing("93.50", 1, same("优秀"))

    def say(before: Standing, after: Standing, changed: list[str], *, named: bool) -> str:
        told = say_change(before, after, "漏录", changed=changed, own="甲局", named=named)
        return told.in_language("zh")

    assert say(old, new, ["甲局"], named=True) == (
        "本单位原为91.00分、第2名、良好，现为93.50分、第1名、优秀。得分改变的只有本单位。"
        "更正理由：漏录"
    )
    # A place that moves for somebody else's figure names whose; only where results are public.
    lower = Standing("91.00", 3, same("良好"))
    assert "得分改变的是乙局。" in say(old, lower, ["乙局"], named=True)
    assert "得分改变的是别的单位（1个）。" in say(old, lower, ["乙局"], named=False)
    assert say(old, old, [], named=True) == (
        "本单位的得分、名次和等次没有变化。没有单位的得分改变。更正理由：漏录"
    )
    assert "本单位和乙局、丙局、丁局、戊局、己局等6个单位。" in say(
        old, new, ["甲局", "乙局", "丙局", "丁局", "戊局", "己局", "庚局"], named=True
    )
