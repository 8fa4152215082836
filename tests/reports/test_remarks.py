"""Every code that a score tree or an opened box may carry is said in words."""

import ast
from pathlib import Path
from typing import get_args

import pytest

from analysis.score.tree import Remark
from evalsvc.reports.words.remarks import SENTENCES, remark_sentence, void_reason
from evalsvc.results.rejections import Reason
from tests.reports.samples import SCHEME
from tests.saying import spoken

PROJECT = Path(__file__).parents[2]
RULE_MODULES = (
    "analysis/score/ballot_scores.py",
    "analysis/score/entered.py",
    "analysis/score/evaluation.py",
    *(
        str(path.relative_to(PROJECT))
        for path in sorted((PROJECT / "analysis/score/rules").glob("*.py"))
    ),
)


def list_codes(call: str, *paths: str) -> set[str]:
    """The first argument of each call of that name in some source files."""
    found = set()
    for path in paths:
        for node in ast.walk(ast.parse((PROJECT / path).read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == call and node.args:
                first = node.args[0]
                if isinstance(first, ast.Constant) and isinstance(first.value, str):
                    found.add(first.value)
    return found


def test_no_remark_of_scoring_is_without_words():
    raised = list_codes("Remark", *RULE_MODULES)
    assert {"missing_part", "rounded", "arithmetic", "trimmed"} <= raised, (
        "else this looks in the wrong place"
    )
    assert raised - SENTENCES.keys() == set()


def test_no_reason_for_a_void_ballot_is_without_words():
    raised = list_codes("Breach", "analysis/score/validity.py", "evalsvc/ballots/breaches.py") | {
        *get_args(Reason)
    }
    assert {"proportions", "doubled", "signature"} <= raised, "else this looks in the wrong place"
    assert {code for code in raised if spoken(void_reason(code)) == code} == set()


@pytest.mark.parametrize(
    ("remark", "chinese", "english"),
    [
        (
            Remark("not_entered", ("year",)),
            "年终没有填报这一项。",
            "This item was not entered for Year-end.",
        ),
        (
            Remark("missing_part", ("goals", "0.125", "equal")),
            "没有“目标”，其权重12.5%由其余部分平均分担。",
            'There is no "Goals"; its weight of 12.5% is shared equally by the others.',
        ),
        (
            Remark("too_much_missing", ("0.6", "0.5")),
            "缺少的权重共60%，超过规定的50%，没有分数。",
            "60% of the weight is missing, more than the 50% allowed, so there is no score.",
        ),
        (
            Remark("void_ballots", ("3", "b1:all_same", "b2:proportions", "b3:all_same")),
            "另有3张废票没有计入：所有单位答得一样2票、没有按规定比例1票。",
            "3 more ballots were void and not counted: the same answer for every unit (2), "
            "proportions not kept (1).",
        ),
        (
            Remark("too_few_raters", ("2", "3")),
            "只有2票，不足3票，不计分。",
            "Only 2 ballots, fewer than 3, so there is no score.",
        ),
        (
            Remark("satisfied_rates", ("0.9", "0.985")),
            "计分用的满意率90%，满意和基本满意率98.5%（方案给各层定了权重的，已按权重；"
            "满意度表里的不加权）。",
            "By which the score goes: satisfied 90%, satisfied or basically satisfied 98.5% "
            "(weighted where the scheme weighs strata; the table of satisfaction is unweighted).",
        ),
        (
            Remark("empty_strata", ("town+country",)),
            "没有有效答卷的层：城镇、农村，其权重由其余各层按比例分担。",
            "Strata without valid answers: Town, Country; the others share their weight in "
            "proportion.",
        ),
        (
            Remark("cap", ("4", "3")),
            "各项加分合计4，超过上限3，按上限计。",
            "All bonuses: 4 in sum, over the cap of 3, counted at the cap.",
        ),
        (Remark("never_heard", ("7",)), "never_heard 7", "never_heard 7"),
    ],
)
def test_sentences(remark: Remark, chinese: str, english: str):
    assert spoken(remark_sentence(remark, SCHEME)) == chinese
    assert spoken(remark_sentence(remark, SCHEME), "en") == english
