"""Diagnostics in words: every sentence in its case, and silence about raters in documents."""

import io
from dataclasses import dataclass, replace
from pathlib import Path

import openpyxl
import pytest

from analysis.examining.citizen_tables import list_citizen_tables
from analysis.examining.diagnostics import UnitStanding, list_tables
from analysis.examining.favours import Favour
from analysis.examining.total_tables import list_totals
from evalsvc.reports.documents.agreement_exhibits import build_agreement, build_counts
from evalsvc.reports.documents.diagnostic_names import Names, list_alike
from evalsvc.reports.documents.diagnostic_words import list_sentences
from evalsvc.reports.documents.diagnostics import build_documents, build_round, build_totals
from evalsvc.reports.documents.favour_words import list_favour_sentences
from evalsvc.reports.documents.report import render_report
from evalsvc.reports.documents.total_words import list_citizen_sentences
from evalsvc.reports.documents.workbook import render_workbook
from evalsvc.scheme.model import Group
from evalsvc.scheme.wording import show_float
from evalsvc.text import Text
from tests.analysis.examined import REVERSED, RULE, UNITS, made_facts
from tests.reports.reading import list_texts
from tests.reports.samples import GROUPS, SCHEME, made_content
from tests.saying import spoken

pytestmark = pytest.mark.slow

FACTS = made_facts()


@dataclass(frozen=True)
class Labelled:
    units: dict[str, str]
    raters: dict[tuple[str, str], str]


@dataclass(frozen=True)
class MadeRound:
    round: str
    tables: tuple
    citizens: tuple
    favours: tuple
    labels: Labelled


@dataclass(frozen=True)
class Made:
    rounds: tuple
    totals: tuple
    labels: Labelled


LABELS = Labelled(
    {code: f"单位{code}" for code in UNITS},
    {("leader", f"L{i}"): f"领导{i}" for i in range(10)} | {("staff", "S0"): "考评办"},
)
SCHEME_OF_IT = replace(
    SCHEME,
    score=RULE,
    groups=(*GROUPS, Group("staff", Text("考评办", "Office"), "named", "bands", ())),
)
TABLES = list_tables(RULE, FACTS, "year")
ROUND = MadeRound("year", TABLES, list_citizen_tables(RULE, FACTS, "year"), (), LABELS)
EXAMINED = Made((ROUND,), list_totals(RULE, FACTS, 2, TABLES), LABELS)
BY_NODE = {table.node: table for table in TABLES}
PARTS = dict(
    zip(
        ("leaders", "staff", "peers", "panel"),
        spoken(build_round(ROUND, SCHEME_OF_IT)),
        strict=True,
    )
)


def said(table, raters: tuple[str, ...] = ()) -> str:
    return "".join(spoken(list_sentences(table, Names(LABELS.units, raters))))


def test_the_reversed_rater_is_named_with_what_to_do():
    words = "".join(PARTS["leaders"].sentences)
    assert "领导9的次序与其他人相反" in words
    assert "可能把好坏看反了，请核对。" in words
    assert "标记只是提问，不改变任何得分，也不说明有过错。" in words


def test_named_groups_have_a_map_and_others_only_figures():
    headings = {name: [e.heading for e in part.exhibits] for name, part in PARTS.items()}
    assert "谁和别人评得不一样" in headings["leaders"]
    maps = {
        name: exhibit.chart is not None
        for name, part in PARTS.items()
        for exhibit in part.exhibits
        if exhibit.heading == "谁和别人评得不一样"
    }
    assert maps == {"leaders": True, "peers": False}
    assert PARTS["peers"].exhibits[2].rows[0][0].startswith("匿名")


def test_a_single_rater_has_sentences_and_no_charts():
    assert PARTS["staff"].exhibits == ()
    assert PARTS["staff"].sentences == (
        "1位评价人评了12个单位，共12个评分。",
        "只有一位评价人：得分照给，但没有别人可以对照，误差无法估计。",
    )


def test_every_chart_has_a_table_whose_rows_are_as_long_as_its_head():
    for part in (*PARTS.values(), *spoken(build_totals(EXAMINED, SCHEME_OF_IT))):
        for exhibit in part.exhibits:
            assert exhibit.rows
            assert {len(row) for row in exhibit.rows} == {len(exhibit.heads)}


def test_documents_name_and_number_nobody():
    parts = spoken(build_documents(EXAMINED, SCHEME_OF_IT))
    words = repr(parts)
    assert "领导9" not in words
    assert "匿名" not in words
    assert "一位评价人的次序与其他人相反" in words
    assert not any(e.heading == "谁和别人评得不一样" for part in parts for e in part.exhibits)


def test_totals_say_what_their_range_leaves_out():
    (part,) = spoken(build_totals(EXAMINED, SCHEME_OF_IT))
    assert part.title == "机关：总分和名次有多稳"
    assert part.sentences[0].startswith("分不出高低的单位有")
    assert any("staff只有一位评价人，误差无法估计" in each for each in part.sentences)
    weights = next(e for e in part.exhibits if e.heading == "各部分实际起了多大作用")
    assert [row[2] for row in weights.rows] == ["40%", "20%", "10%", "10%", "20%"]


def test_english_has_no_chinese_but_names():
    names = replace(LABELS, units={code: code for code in UNITS}, raters={})
    english = replace(EXAMINED, labels=names, rounds=(replace(ROUND, labels=names),))
    for part in spoken(build_documents(english, SCHEME_OF_IT), "en"):
        text = part.title + "".join(part.sentences) + repr([e.rows for e in part.exhibits])
        assert not any("\u4e00" <= sign <= "\u9fff" for sign in text), text


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"misfitting": True}, "与其他人的差别是平均水平的"),
        ({"uniform": True}, "给所有单位打了同一个分，没有区分度。"),
    ],
)
def test_other_flags_have_words_of_their_own(changed: dict[str, bool], words: str):
    plain = tuple(replace(rater, reversed=False) for rater in BY_NODE["leaders"].raters)
    first = replace(plain[0], **changed)
    table = replace(BY_NODE["leaders"], raters=(first, *plain[1:]))
    assert words in said(table, tuple(rater.rater for rater in plain))


def test_a_rater_who_differs_without_a_flag_is_named_with_the_reason():
    raters = tuple(
        replace(rater, reversed=False, misfitting=False) for rater in BY_NODE["leaders"].raters
    )
    table = replace(BY_NODE["leaders"], raters=raters)
    names = tuple(rater.rater for rater in raters)
    assert f"与其他人差别最大的是{REVERSED}（差别是平均水平的" in said(table, names)
    assert "；但还没有大到能排除偶然，不作标记。" in said(table, names)
    small = replace(table, raters=tuple(replace(r, testable=False) for r in raters))
    assert "；所评不足10个单位，不作检验。" in said(small, names)
    alike = replace(table, raters=tuple(replace(r, distance=1.0) for r in raters))
    assert "没有哪位评价人与众不同。" in said(alike, names)


@pytest.mark.parametrize(
    ("mean", "needed", "words"),
    [
        (None, None, "数据不足，不能估计评价人之间有多一致。"),
        (0.0, None, "评价人之间看不出一致的高低次序：各单位的差别可能全是误差。"),
        (0.5, 40, "；40位可达0.8。"),
        (0.9, 4, "，足够。"),
        # Shown as 0.80: “2 would give 0.8” beside it says nothing.
        (0.796, 2, "相对信度0.80（换一批同样合格的人来评，1为次序完全不变），足够。"),
    ],
)
def test_agreement_in_its_cases(mean: float | None, needed: int | None, words: str):
    table = BY_NODE["leaders"]
    reliability = replace(table.reliability, mean=mean, single=0.2, raters_needed=needed)
    assert words in said(replace(table, reliability=reliability))


def test_raters_with_few_units_in_common_need_no_colleagues():
    """One who rates all says .91 and all together .6: more of them help less than common units."""
    table = BY_NODE["leaders"]
    for mean, shown in ((0.6, "0.60"), (0.85, "0.85")):
        reliability = replace(table.reliability, mean=mean, single=0.91, raters_needed=3)
        words = said(replace(table, reliability=reliability))
        assert f"相对信度{shown}" in words
        assert "让他们多评一些共同的单位，比增加人数有用。" in words
        assert "位可达" not in words
        assert "，足够。" not in words


def test_links_in_their_cases():
    table = BY_NODE["leaders"]
    assert "所有单位由多位共同的评价人连在一起，可以相互比较。" in said(table)
    links = table.links
    cut = replace(table, links=replace(links, cut_raters=(0, 1, 2, 3, 4)))
    names = tuple(f"领导{i}" for i in range(10))
    assert "领导0、领导1、领导2、领导3等（共5位）" in said(cut, names)
    assert "有5位评价人各自是部分单位之间唯一的联系" in said(cut)
    apart = replace(links, components=((0,), (1, 2), (3,)), unrated_units=(0,))
    words = said(replace(table, links=apart))
    assert "没有收到有效评分、该项计为缺失的：单位u01。" in words
    assert "评价关系分成互不相连的2组" in words


def test_doubtful_ratings_in_their_cases():
    table = BY_NODE["leaders"]
    assert "没有单个评分显得异常。" in said(replace(table, doubtful=(), tested=True))
    assert "评分太少，不检验单个评分是否异常。" in said(replace(table, tested=False))
    assert table.doubtful
    assert f"有{len(table.doubtful)}个评分与人们的预期相差很大。" in said(table)
    exhibit = next(e for e in PARTS["leaders"].exhibits if e.heading.startswith("值得核对"))
    assert len(exhibit.rows) == len(table.doubtful)


def test_the_report_and_the_workbook_carry_them(tmp_path: Path):
    content = replace(
        made_content(),
        diagnostics=EXAMINED,
        scheme=SCHEME_OF_IT,
        names={**made_content().names, **LABELS.units},
    )
    text = "".join(list_texts(render_report(content), tmp_path))
    assert "评价质量（仅供参考）" in text
    assert "领导9" not in text
    book = openpyxl.load_workbook(_written(render_workbook(content)))
    rows = list(book["评价质量"].iter_rows(values_only=True))
    assert rows[0] == ("轮次和对象", "内容", "单位", "项目", "结论或数值")
    assert len(rows) > 100


def test_without_a_counted_round_documents_have_no_annex():
    content = replace(made_content(), diagnostics=Made((), (), LABELS))
    assert "评价质量" not in openpyxl.load_workbook(_written(render_workbook(content))).sheetnames


@pytest.mark.parametrize(
    ("value", "shown"), [(None, "—"), (-0.001, "0.00"), (-1.5, "−1.50"), (2.345, "2.35")]
)
def test_a_rounded_nothing_has_no_sign(value: float | None, shown: str):
    assert show_float(value) == shown


def _written(content: bytes) -> io.BytesIO:
    return io.BytesIO(content)


def say_alike(alike: tuple[tuple[str, ...], ...], *, known: bool = True) -> list[str]:
    """What is said of six units, best first, with these stretches of units alike."""
    units = [UnitStanding(code, 1, 90.0 - k, k + 1, 90.0 - k) for k, code in enumerate(UNITS[:6])]
    names = Names(LABELS.units, ())
    return list(spoken(list_alike(alike, units, names, known=known)))


def test_units_that_cannot_be_told_apart_are_listed_in_words():
    a, b, c, d, e, f = UNITS[:6]
    assert say_alike(((a, b), (b, c))) == [
        f"分不出高低的单位有2组：单位{a}、单位{b}；单位{b}、单位{c}。"
        "同一组里得分的差别在误差以内，先后不能当真。",
        "其余3个单位与前后相邻的单位分得出高低。",
    ]
    assert say_alike(((a, b, c, d, e), (e, f)))[0].startswith(
        f"分不出高低的单位有2组：单位{a}到单位{e}（5个）；"
    )
    assert say_alike((UNITS[:6],)) == [
        "这6个单位彼此都分不出高低：得分的差别可能全是误差，先后不能当真。"
    ]
    assert say_alike(()) == ["前后相邻的单位，得分的差别都超出误差，分得出高低。"]
    assert say_alike((UNITS[:6],), known=False) == []


def test_telephones_have_a_drawing_of_their_own():
    table = PARTS["leaders"]
    narrow = [e.chart.narrow for e in table.exhibits[:2]]
    assert all('viewBox="0 0 350 ' in drawing for drawing in narrow)
    assert all("…" not in drawing for drawing in narrow)


def told(effect: float, p: float, kind: str = "mutual") -> Favour:
    back = "staff" if kind == "mutual" else "office"
    return Favour(kind, "leader", back, 12, 12, 66, effect, 3.1 if effect > 0 else -1.4, p)


def say_favours(*favours: Favour, mutual: tuple[str, ...] = ()) -> str:
    return "".join(spoken(list_favour_sentences(favours, mutual, SCHEME_OF_IT)))


def test_returned_favours_are_told_of_the_whole_alone():
    honest = say_favours(told(0.05, 0.3))
    chance = "给出的与得到的相关0.05，z = 3.1，偶然也会这样的机会至多30%"
    assert f"看不出互相照顾（66对互评，{chance}）" in honest
    assert "看不出互相照顾" in say_favours(told(-0.4, 0.01))
    found = say_favours(told(0.4, 0.001))
    assert "也从对方得到较高的评价（66对互评，相关0.40，z = 3.1，偶然如此的机会至多0.1%）" in found
    assert "不是照顾的证明" in found
    assert "任何一对单位、一个片区、一张票都没有自己的数字" in found


def test_clusters_are_told_of_together_and_none_is_named():
    found = say_favours(told(0.4, 0.001, "cluster"))
    assert found.startswith("县领导 → 机关：各片区（分管口）合起来，给自己人评得更高（66个")
    assert "平均高0.40个标准差，z = 3.1，偶然如此的机会至多0.1%" in found
    assert "不是偏向的证明，也不说明是哪个片区" in found
    honest = say_favours(told(-0.1, 0.8, "cluster"))
    assert "看不出各片区（分管口）给自己人评得更高" in honest
    assert "平均相差−0.10个标准差，z = −1.4，偶然也会这样的机会至多80%" in honest


def test_what_was_not_tested_is_said_with_what_it_would_take():
    said = spoken(list_favour_sentences((), ("leader",), SCHEME_OF_IT))
    assert "没有检验，也没有留下数字：一方参评的单位不到10个" in said[0]
    assert len(said) == 2
    # A cluster's test is no test of what is returned.
    assert "没有检验" in say_favours(told(0.4, 0.001, "cluster"), mutual=("leader",))
    assert "没有检验" not in say_favours(told(0.4, 0.001), mutual=("leader",))
    assert spoken(list_favour_sentences((), (), SCHEME_OF_IT)) == ()


def test_a_figure_that_few_people_decide_is_named():
    table = ROUND.citizens[0]
    units = tuple(
        replace(u, answers=100, effective=8.2, carried_by_few=("村民",)) for u in table.units
    )
    names = Names(LABELS.units, ())
    words = "".join(spoken(list_citizen_sentences(replace(table, units=units), names)))
    assert "100份有效答卷只抵8份同等分量的答卷" in words
    assert "只抵" not in "".join(spoken(list_citizen_sentences(table, names)))


AGREEMENT = "评价人之间有多一致"
COUNTS = "数一数票上的先后（可以人工核对）"


def rows_of(part, heading: str) -> dict[str, tuple[str, ...]]:
    exhibit = next(each for each in part.exhibits if each.heading == heading)
    return {row[0]: row[1:] for row in exhibit.rows}


def test_each_coefficient_says_what_it_is_and_agrees_with_the_others():
    for name, table in (("leaders", BY_NODE["leaders"]), ("peers", BY_NODE["peers"])):
        rows = rows_of(PARTS[name], AGREEMENT)
        together = rows["相对信度：全体评价人合起来"][0]
        # Everybody rated everything: the same figure by either name, here with its interval.
        assert rows["组内相关系数ICC(3,k)"][0].startswith(f"{together}（")
        single = float(rows["相对信度：只有一位评价人"][0])
        k = len(table.raters)
        assert abs(k * single / (1 + (k - 1) * single) - float(together)) < 0.02
        assert f"相对信度{together}（" in "".join(PARTS[name].sentences)
        assert "p < 0.001" in rows["肯德尔和谐系数W"][0]
        assert all(len(row) == 2 and row[1].endswith("。") for row in rows.values())


def test_an_incomplete_table_has_no_coefficient_that_needs_a_complete_one():
    table = BY_NODE["leaders"]
    w = replace(table.agreement.w, w=None, p=None, exact_p=None)
    gone = replace(table.agreement.mean_of_all, value=None, low=None, high=None)
    agreement = replace(table.agreement, w=w, mean_of_all=gone)
    (exhibit,) = spoken(build_agreement(replace(table, agreement=agreement)))
    assert [row[1] for row in exhibit.rows[2:4]] == ["评分不全"] * 2
    without = replace(table.agreement.mean_of_all, low=None, high=None)
    agreement = replace(table.agreement, mean_of_all=without)
    (exhibit,) = spoken(build_agreement(replace(table, agreement=agreement)))
    assert "到" not in exhibit.rows[2][1]
    silent = replace(
        table,
        reliability=replace(table.reliability, mean=None),
        agreement=replace(agreement, alpha=replace(agreement.alpha, alpha=None)),
    )
    assert build_agreement(silent) == ()


def test_places_are_counted_where_no_single_ballot_could_be_told():
    rows = rows_of(PARTS["leaders"], COUNTS)
    assert len(rows) == 12
    assert {row[4] for row in rows.values()} == {"10"}
    won = [tuple(map(int, row[2].split(" : "))) for row in rows.values()]
    assert all(sum(row) == 10 * 11 for row in won)
    # Seven ballots without names: a count of one would be somebody's own.
    assert COUNTS not in [each.heading for each in PARTS["peers"].exhibits]
    # In documents nobody is named: ten ballots are enough, and a unit on four of them has no row.
    travelling = spoken(build_documents(EXAMINED, SCHEME_OF_IT))
    leaders = [part for part in travelling if COUNTS in [e.heading for e in part.exhibits]]
    assert len(leaders) == 1
    table = BY_NODE["leaders"]
    counts = (replace(table.counts[0], ballots=4), *table.counts[1:])
    names = Names(LABELS.units, ())
    group = SCHEME_OF_IT.get_group("leader")
    (exhibit,) = build_counts(replace(table, counts=counts), names, group)
    assert len(exhibit.rows) == 11


def test_the_range_of_a_place_without_assumptions_is_the_wider_one():
    rows = rows_of(PARTS["leaders"], "名次可能是第几")
    for unit in BY_NODE["leaders"].units:
        assert unit.sure_low <= unit.place_low <= unit.place_high <= unit.sure_high
        assert len(rows[LABELS.units[unit.unit]]) == 3
