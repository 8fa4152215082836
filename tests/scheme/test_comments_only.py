"""A second list of units that raters are asked about for comments alone, as one city has it."""

import pytest

from analysis.score.facts import Facts, Indicator, Unit
from analysis.score.scoring import score
from analysis.score.tree import Node, Remark
from evalsvc.domain.preparing.trial import try_out
from evalsvc.reports.words.explain import explain
from evalsvc.scheme.file.errors import SchemeErrors
from evalsvc.scheme.outline import build_outline
from evalsvc.scheme.presets import load_scheme
from tests.scheme.test_documents import ENGLISH, blocks

(SCORE,) = [
    block for block in blocks(ENGLISH, "yaml") if block.startswith("score:") and "comments" in block
]
TEXT = f"""
code: comments
version: "1"
title: {{zh: 征求意见, en: Comments}}
source: 示例
parameters: {{}}
categories:
  department: {{zh: 部门, en: Departments}}
  office: {{zh: 窗口, en: Offices}}
rounds:
  year_end: {{zh: 年终, en: Year-end}}
questionnaires:
  words:
    title: {{zh: 意见表, en: Comments}}
    introduction: {{zh: 请写意见。, en: Please comment.}}
    questions:
      words: {{kind: text, title: {{zh: 意见, en: Comment}}, about: units, categories: [office]}}
groups:
  voters:
    name: {{zh: 代表, en: Voters}}
    identity: named
    questionnaire: words
    sees: {{office: {{units: all}}}}
components:
  work: {{name: {{zh: 工, en: Work}}, round: year_end, categories: [department], to: 100}}
{SCORE}
publication: {{places: 2}}
"""


def test_units_without_a_score_or_a_place() -> None:
    scheme = load_scheme(TEXT)
    facts = Facts(
        (Unit("d", "甲", "department"), Unit("o", "乙", "office")),
        indicators=(Indicator("year_end", "d", "work", 88),),  # type: ignore[arg-type]  # a number
    )
    department, office = score(scheme.score, facts, 2)
    assert (department.published, department.rank) == ("88.00", 1)
    assert (office.published, office.rank) == (None, None)
    assert office.tree == Node("total", "comments_only", None, remarks=(Remark("comments_only"),))
    assert explain(office.tree, scheme).remarks[0].zh == "只征求意见，不计分。"


def test_the_trial_asks_for_no_comments() -> None:
    scheme = load_scheme(TEXT)
    trial = try_out(scheme)
    assert {r.category for r in trial.results if r.published is None} == {"office"}
    assert scheme.questionnaires["words"].further == ()


def test_the_group_is_asked_though_no_score_reads_it() -> None:
    scheme = load_scheme(TEXT)
    assert [group.code for group in scheme.list_groups("year_end")] == ["voters"]
    branch = build_outline(scheme, "office")
    assert (branch.how.zh, branch.reach.zh) == ("只征求意见，不计分、不排名", "")
    assert branch.groups == ("voters",)
    assert build_outline(scheme, "department").reach.zh == "最高100分"


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("groups: [voters], round: year_end", "groups: [nobody], round: year_end", "no such rater"),
        ("groups: [voters], round: year_end", "groups: [voters]", "expected “round” here"),
        (", groups: [voters], round: year_end", "", "the score never uses this questionnaire"),
    ],
)
def test_what_is_refused(old: str, new: str, said: str) -> None:
    assert TEXT.count(old) == 1
    with pytest.raises(SchemeErrors) as raised:
        load_scheme(TEXT.replace(old, new))
    assert any(said in error.expected.en for error in raised.value.errors)
