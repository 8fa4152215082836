"""Every figure of every worked case says in words how it came about, in both languages."""

import re

import pytest

from analysis.score.tree import Node
from evalsvc.reports.words.explain import Explanation, explain
from evalsvc.reports.words.remarks import SENTENCES
from evalsvc.scheme.presets import load_preset
from tests.reports.test_remarks import RULE_MODULES, list_codes
from tests.saying import spoken
from tests.worked.cases import read_worked
from tests.worked.test_stated import MODULES

CHINESE = re.compile("[\u4e00-\u9fff]")


def test_no_remark_of_a_score_is_without_words():
    raised = list_codes("Remark", *RULE_MODULES)
    assert {"outside_segment", "raters", "cap"} <= raised, "else this looks in the wrong place"
    assert raised - SENTENCES.keys() == set()


@pytest.mark.parametrize("code", MODULES)
def test_english_is_english_and_nothing_is_left_a_code(code: str):
    scheme, case = load_preset(code), read_worked(code)
    for result in case.results:
        for node in result.tree.walk():
            told = spoken(explain(node, scheme), "en")
            words = " ".join((told.title, told.rule, told.sentence, *told.remarks))
            assert not CHINESE.search(words), (node.code, words)
            assert "_" not in told.rule


def told_of(code: str, unit: str, node: str) -> tuple[Node, Explanation]:
    tree = next(result.tree for result in read_worked(code).results if result.unit == unit)
    found = next(each for each in tree.walk() if each.code == node)
    return found, spoken(explain(found, load_preset(code)))


@pytest.mark.parametrize(
    ("code", "unit", "node", "sentence", "remarks"),
    [
        ("bureau-400", "c1", "work.savings", "60 + 4 × 3 = 72。", ()),
        (
            "bureau-400",
            "c1",
            "other.publicity",
            "10 + 7 × 1 − 0 × 1 = 17。",
            ("算得17，按上下限计15。",),
        ),
        ("bureau-400", "c1", "final", "106 + 108 + 164 + 85 = 463。", ()),
        (
            "bureau-400",
            "c5",
            "quality",
            "没有分数。",
            ("还没有填报或需要重填：各项目质量满分之和，因此没有分数。",),
        ),
        (
            "zaozhuang-departments",
            "e02",
            "public",
            "10 × 120% + 9 × 120% + 4 × 120% = 27.6。",
            ("没有“招商引资”（满分5分），其余各项按满分比例放大来补足。",),
        ),
        ("zaozhuang-departments", "e02", "total", "66 + 27.6 − 5 = 88.6。", ()),
        ("golmud", "d1", "goals.m01", "(100 × 3 + 85 × 1) ÷ 4 = 96.25。", ()),
        (
            "luoyang-2018",
            "e4",
            "quantitative.half_year.declared.points",
            "得0分。",
            ("完成59%，不到60%，不得分。",),
        ),
        (
            "three-in-one",
            "u5",
            "function.year_end",
            "按0分计。",
            (
                "所打的96.7分不在商定的A0档（93.3333到96.6667分）内，不予采用。",
                "方案不允许这样填，按0分计，权重不由其他各项分担。",
            ),
        ),
        (
            "three-in-one",
            "u3",
            "function.daily",
            "所打的90分在商定的档内，照此计分。",
            ("评价组商定A-档（90到93.3333分）。",),
        ),
        # Months without tasks weigh alike and are told together; a month without any, plainly.
        (
            "golmud",
            "d4",
            "goals",
            "100 × 100% = 100。",
            (
                "没有“二月目标任务、三月目标任务、四月目标任务、五月目标任务、六月目标任务、七月目标任务、"
                "八月目标任务、九月目标任务、十月目标任务、十一月目标任务、十二月目标任务”这11项，"
                "其权重各8.33%由其余部分按权重比例分担。",
            ),
        ),
        (
            "luoyang-2018",
            "e5",
            "indicators.half_year",
            "缺少规定的部分，没有分数。",
            ("没有“半年定量指标、半年定性指标”。",),
        ),
        ("luoyang-2018", "e5", "qualitative.year_end", "评为“良”，得85分。", ()),
        ("luoyang-2018", "e5", "qualitative.year_end.grade", "年终填报：2（良）。", ()),
        ("zaozhuang-districts", "d2", "adjustments", "加分0 − 扣分5 = −5。", ()),
        # 2 × 8,400,000 / 12,000,000 = 1.4
        (
            "panshan-2018",
            "u07",
            "adjustments",
            "加分1.4 − 扣分0 = 1.4。",
            ("“争取上级资金”最多的单位为12000000，得2分，其余按比例。",),
        ),
    ],
)
def test_sentences(code: str, unit: str, node: str, sentence: str, remarks: tuple[str, ...]):
    _, told = told_of(code, unit, node)
    assert (told.sentence, told.remarks) == (sentence, remarks)
