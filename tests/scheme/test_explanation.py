"""A scheme in words: weights of the whole, bounds worked by hand, adjustments, what follows."""

from pathlib import Path

import pytest

from evalsvc.scheme.explanation import explain
from evalsvc.scheme.model import Scheme
from evalsvc.scheme.presets import load_preset, load_scheme
from tests.scheme.test_documents import sketch
from tests.scheme.test_errors import SMALL, read


def told(scheme: Scheme, title: str, language: str = "zh") -> list[str]:
    """The lines under a heading, indented as they are printed."""
    (section,) = [s for s in explain(scheme) if s.title.in_language(language) == title]
    return ["  " * line.depth + line.text.in_language(language) for line in section.lines]


def test_the_tree_with_its_weights_and_bounds():
    # 60% × (no bound) leaves the total without one; the ratings are 50% of 40%, 20% of the whole.
    assert told(read(), "总分怎样得出：部门、镇") == [
        "总分：不限。 不计加减分：不限。",
        "总分 [total]：下列各项加权，再加减分；有缺项就没有得分；不限。",
        "  任务 [tasks]，60%：录入的指标数，不限大小。",
        "  评价 [C]，40%：下列各项加权；缺项按类别平均数中心化分摊；-100 到 200 分。",
        "    领导 [lead]，50%，占总分 20%：领导；每票打分，取平均；0 到 100 分。",
        "    社会 [soc]，50%，占总分 20%：评议团；"
        "各层满意度按权重合计，每位群众同一权重（满意 100；不了解不计入）；100 到 100 分。",
        "  加减分 [adjustments]：加减分表；最低 0 分，上不封顶。",
    ]


def test_the_same_in_english():
    lines = told(read(), "How the total comes about: Departments, Towns", "en")
    assert lines[4] == (
        "    Leaders [lead], 50%, 20% of the total: Leaders; points on every ballot, then the "
        "mean; 0 to 100."
    )


def test_the_greatest_total_with_the_adjustments_and_without():
    # 70% of at most 100 and 30% of at most 100 are 100, and 3 of bonuses at most.
    assert told(load_preset("panshan-2018"), "总分怎样得出：部门")[0] == (
        "总分：最高 103 分，下不封底。 不计加减分：12 到 100 分。"
    )


def test_what_an_entered_figure_may_be():
    between = {
        "from: 0, to: 100": "录入的指标数，0 到 100。",
        "from: 0": "录入的指标数，不小于 0。",
        "to: 100": "录入的指标数，不大于 100。",
        "choices: {60: {zh: 差, en: Poor}, 100: {zh: 好, en: Good}}": (
            "录入的指标数，为 60、100 之一。"
        ),
    }
    for bounds, words in between.items():
        scheme = read(("round: r2}\nadj", f"round: r2, {bounds}}}\nadj"))
        assert told(scheme, "总分怎样得出：部门、镇")[2].endswith(words)


def test_full_marks_and_what_a_mark_is_out_of():
    lines = told(sketch("points-and-marks"), "总分怎样得出：乡镇")
    assert any("，满分 20，占总分 20%：" in line for line in lines)
    assert any("按 100 分打，折成 20 分" in line for line in lines)


@pytest.mark.parametrize(
    ("scheme", "title", "code", "zh", "en"),
    [
        (
            "targets-and-bands",
            ("企业", "Enterprises"),
            "profit.points",
            "（达到目标 30 分；每高 2% 加 1，最多 6，只计满一步的；"
            "每低 2% 减 1，最多 6，只计满一步的）",
            "(at the target 30; each 2% above: 1 more, 6 at most, whole steps alone; "
            "each 2% below: 1 less, 6 at most, whole steps alone)",
        ),
        (
            "targets-and-bands",
            ("企业", "Enterprises"),
            "emissions.points",
            "（目标 100；达到目标 10 分；每高 1% 加 0.5，最多 5；每低 1% 减 1；"
            "不到目标的 80% 得 0 分；最少 0 分）",
            "(target 100; at the target 10; each 1% above: 0.5 more, 5 at most; "
            "each 1% below: 1 less; below 80% of the target 0; 0 at least)",
        ),
        (
            "targets-and-bands",
            ("企业", "Enterprises"),
            "votes.points",
            "（达到 90 得 60；达到 80 得 57；超过 100/3 得 50；其余 39）",
            "(from 90: 60; from 80: 57; above 100/3: 50; otherwise 39)",
        ),
        (
            "targets-and-bands",
            ("企业", "Enterprises"),
            "growth.points",
            "（起点 0 分；“增长（百分点）”每个 1/3 分，最少 0 分，最多 3 分）",
            "(from 0; “Growth, in points” 1/3 each, 0 at least, 3 at most)",
        ),
        (
            "votes-and-conditions",
            ("企业", "Enterprises"),
            "projects.points",
            "（“本年利润”低于 0 时最多 20 分）",
            "(“Profit of the year” below 0: 20 at most)",
        ),
        (
            "votes-and-conditions",
            ("企业", "Enterprises"),
            "votes",
            "选这些答案的票占百分之几（优秀）",
            "the percentage of ballots with these answers (Excellent)",
        ),
        (
            "few-nineties",
            ("部门", "Departments"),
            "rating",
            "（6 人起去掉 1 个最高、1 个最低）",
            "(from 6 raters on 1 highest and 1 lowest dropped)",
        ),
        (
            "nine-strata",
            ("服务部门", "Services"),
            "social",
            "（满意 100；一般 60；不满意 0；不了解不计入）",
            "(Satisfied 100; Fair 60; Not satisfied 0; Don't know not counted)",
        ),
        (
            "places-of-quarters",
            ("乡镇", "Towns"),
            "place.q1",
            "（依次 60、57、54；以后每名少 2；最少 40 分；并列的没有得分）",
            "(in turn 60, 57, 54; then 2 less for each place; 40 at least; who ties has no figure)",
        ),
    ],
)
def test_the_numbers_that_a_rule_goes_by(
    scheme: str, title: tuple[str, str], code: str, zh: str, en: str
) -> None:
    """Whoever has the document can compare them; they were named nowhere but in the file."""
    for language, heading, said in (
        ("zh", f"总分怎样得出：{title[0]}", zh),
        ("en", f"How the total comes about: {title[1]}", en),
    ):
        (line,) = [x for x in told(sketch(scheme), heading, language) if f" [{code}]" in x]
        assert said in line


def test_the_numbers_of_choices_and_of_what_is_done() -> None:
    lines = "\n".join(
        line.text.zh for section in explain(load_preset("luoyang-2018")) for line in section.lines
    )
    assert "按录入的等级得分（优 100 分；良 85 分；一般 70 分；优最多占 30%）" in lines
    assert "按完成目标的比例得分（不到目标的 60% 得 0 分；完成的最多按 100% 计）" in lines


def test_categories_with_trees_of_their_own_are_told_apart():
    titles = [section.title.zh for section in explain(load_preset("panshan-2018"))]
    assert titles[:2] == ["总分怎样得出：部门", "总分怎样得出：镇（街道）、园区"]


def adjusted(entries: str, more: str = "") -> list[str]:
    text = SMALL.replace("  praise: {name: {zh: 表扬, en: Praise}, points: 1}\n", entries)
    return told(
        load_scheme(text.replace("    rule: adjustments\n", f"    rule: adjustments\n{more}")),
        "加减分",
    )


def test_every_way_of_adjusting():
    assert adjusted(
        "  a: {name: {zh: 甲, en: A}, points: 0.5}\n"
        "  b: {name: {zh: 乙, en: B}, points: -1, by: amount}\n"
        "  c: {name: {zh: 丙, en: C}, points: 1, by: amount, from: 0, to: 3}\n"
        "  d: {name: {zh: 丁, en: D}, points: 2, by: largest}\n"
        "  e: {name: {zh: 戊, en: E}, points: 0.1, by: amount}\n",
        "    caps: [{of: [a, c], most: 2}]\n    bonus_most: 3\n",
    ) == [
        "甲：每次 0.5 分。",
        "乙：按填报的分值扣。",
        "丙：按填报的分值加，每次 0 到 3。",
        "丁：最多的单位得 2 分，其余按比例。",
        "戊：填报的数 × 0.1 分。",
        "甲、丙：合计最多加 2 分。",
        "加分总共最多 3 分。",
    ]


OUTCOME = """\
posts: {head: {zh: 负责人, en: Head}}
grading:
  rounding: nearest
  carry: none
  ties: all
  tie_break: [C]
  count_no_award: true
  grades:
    a: {name: {zh: 优, en: A}, share: {dep: 30, town: 20}, from: 90, coefficients: {head: 1.5}}
    b: {name: {zh: 良, en: B}, count: 3}
    c: {name: {zh: 中, en: C}}
    d: {name: {zh: 差, en: D}, last: 10, below: 60, award: false}
  awards:
    x: {name: {zh: 表彰, en: Commended}, share: 1/3, grades: [b, a]}
    y: {name: {zh: 嘉奖, en: Cited}, from: 95}
  bars:
    event: {name: {zh: 作假, en: Faked}, event: praise, bars: [a, x]}
    node: {name: {zh: 过低, en: Too low}, node: C, from: 10, below: 60, sets: d}
consequences:
  twice:
    name: {zh: 提请研究, en: To be decided}
    when:
      - {years: 2, below: 60, place: last}
      - {grades: [d], from: 10, event: praise}
      - {place: first}
confirmations:
  both: {name: {zh: 印证, en: Agreeing}, first: tasks, second: C, share: 1/4}
  places: {name: {zh: 名次, en: Places}, first: tasks, second: C, places: 3}
"""


def test_what_follows_from_the_scores():
    assert told(load_scheme(SMALL + OUTCOME), "等次、表彰和后果") == [
        "优：各类单位的比例：部门 30%、镇 20%，总分不低于 90，奖励系数：负责人 1.5。",
        "良：每类最多 3 个。",
        "中：其余的单位。",
        "差：总分低于 60 的都是，名次在最后 10% 的都是，不参加评优的单位也可以是。",
        "名额：四舍五入；没有用完的作废；名额边上并列的都得；总分相同的依次比较评价；"
        "不参加评优的单位计入名额基数。",
        "表彰：本类单位的 33.33%，等次为优、良。",
        "嘉奖：总分不低于 95。",
        "作假：有“表扬”的，不能得优、表彰。",
        "过低：“评价”不低于 10，低于 60 的，定为差。",
        "提请研究：连续2年，每年低于60分，或为本类末位；不低于10分，或等次为差，"
        "或发生“表扬”；为本类第一。",
        "印证：按任务和按评价的名次相差超过本类单位的 25%，要核实。",
        "名次：按任务和按评价的名次相差超过 3 名，要核实。",
    ]


def test_a_number_for_each_category_and_an_award_for_all():
    grades = (
        "grading: {grades: {a: {name: {zh: 优, en: A}, count: {dep: 3, town: 1}}, "
        "b: {name: {zh: 良, en: B}}}, awards: {x: {name: {zh: 全, en: All}}}}\n"
    )
    assert (
        told(load_scheme(SMALL + grades), "等次、表彰和后果")[0]
        == "优：各类最多：部门 3、镇 1 个。"
    )
    assert told(load_scheme(SMALL + grades), "等次、表彰和后果")[-1] == "全：所有单位。"


JOINED = Path(__file__).parents[1] / "data" / "schemes" / "joined-conditions.yaml"


def test_conditions_of_questions():
    scheme = load_scheme(JOINED.read_text())
    assert told(scheme, "Questions that are asked on a condition", "en") == [
        "Form",
        "  “Why”: only if “Work” is answered “Poor”, or (“Have you dealt with them” is answered "
        "“Yes”, and “What for” is answered “Papers” or “other”, and “What for” is answered "
        "“Advice”).",
        "  “Again”: only if “What for” is answered “Papers”.",
    ]


def test_parameters_that_were_chosen_here():
    assert told(read(), "文件没有规定、由方案选定的") == ["权重 [most]：60"]


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_heading_with_nothing_below_it_is_left_out(language: str):
    titles = [section.title.in_language(language) for section in explain(read())]
    assert not [title for title in titles if "等次" in title or "Grades" in title]
