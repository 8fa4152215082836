"""Shares of votes, baselines and conditions as a scheme writes them."""

from fractions import Fraction

import pytest

from analysis.outcome.season_outcome import season_outcome
from analysis.score.facts import Answer, Ballot, Facts, Indicator, Unit
from analysis.score.scoring import score
from evalsvc.reports.words.explain import explain
from evalsvc.scheme.file.errors import SchemeErrors
from evalsvc.scheme.presets import load_scheme
from tests.scheme.test_documents import ENGLISH, blocks, sketch

BOOK = "votes-and-conditions"
(TEXT,) = [block for block in blocks(ENGLISH, "yaml") if f"code: {BOOK}\n" in block]
FIGURES = {
    "profit": "93.6",
    "profit.last": "90",
    "profit.second": "130",
    "profit.third": "100",
    "projects": "28",
}


def facts(excellent: int, **changed: str) -> Facts:
    grades = ["excellent"] * excellent + ["competent"] * (46 - excellent)
    return Facts(
        (Unit("a", "甲", "enterprise"),),
        tuple(
            Ballot("year_end", "assembly", f"b{n}", f"r{n}", (Answer("a", "grade", grade),))
            for n, grade in enumerate(grades)
        ),
        indicators=tuple(
            Indicator("year_end", "a", code, Fraction(value))
            for code, value in (FIGURES | changed).items()
        ),
    )


def test_the_book_by_hand() -> None:
    scheme = sketch(BOOK)
    (found,) = score(scheme.score, facts(41), 2)
    values = {node.code: node.value for node in found.tree.walk()}
    assert values["baseline"] == 90
    assert values["profit.points"] == 40 + Fraction(4, 3)
    assert (values["votes"], values["votes.points"]) == (Fraction(4100, 46), 28)
    # 41.33 + 28 + 28.
    assert found.published == "97.33"
    told = {node.code: explain(node, scheme) for node in found.tree.walk()}
    assert told["baseline"].sentence.zh == "90、106.6667中最低的：90。"
    assert told["votes"].remarks[0].zh == "得数是选“优秀”的百分比。"
    assert told["projects.points"].sentence.zh == "不受限制，得28分。"


def test_a_figure_stands_in_two_parts() -> None:
    scheme = sketch(BOOK)
    (found,) = score(scheme.score, facts(42, profit="-5"), 2)
    nodes = [node for node in found.tree.walk() if node.code == "profit"]
    assert [node.value for node in nodes] == [-5, -5]
    limited = next(node for node in found.tree.parts if node.code == "projects.points")
    assert explain(limited, scheme).sentence.zh == "因“本年利润”，28分按20分计。"
    # 42 of 46 are 91.3%, 30 points; the profit is 950/9 per cent below 90: 40 − 950/27 = 4.81.
    assert found.published == "54.81"


def test_a_share_of_votes_is_a_condition() -> None:
    scheme = sketch(BOOK)
    for excellent, grade in ((15, "ordinary"), (16, "good")):
        results = score(scheme.score, facts(excellent), 2)
        outcome = season_outcome(scheme.outcome, facts(excellent), results, 2)
        # 15 of 46 are 32.6%, 16 are 34.8%.
        assert [unit.grade for unit in outcome.units] == [grade]


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("share_of: [excellent]", "share_of: [unknown]", "there is no such scored answer"),
        ("share_of: [excellent]", "share_of: []", "expected at least one entry"),
        (
            "share_of: [excellent]",
            "share_of: [excellent]\n        by_place: {as: percentile}",
            "expected share_of or by_place, not both",
        ),
        ("when: [{of: profit, below: 0}]", "when: [{of: profit}]", "expected “below” or “from”"),
        ("when: [{of: profit, below: 0}]", "when: []", "expected at least one entry"),
        ("      most: 20\n", "", "expected “most” (how much at most) or “least”"),
        (
            "    - full: 30\n      code: projects",
            "    - {full: 0, component: projects}\n    - {full: 0, component: projects}\n"
            "    - full: 30\n      code: projects",
            "this figure stands in the list already",
        ),
        (
            "rule: lowest\n        parts:\n          - profit.last\n",
            "rule: lowest\n        parts:\n",
            "expected at least two parts",
        ),
    ],
)
def test_what_is_refused(old: str, new: str, said: str) -> None:
    assert TEXT.count(old) == 1
    with pytest.raises(SchemeErrors) as raised:
        load_scheme(TEXT.replace(old, new))
    assert any(said in error.expected.en for error in raised.value.errors)


def test_a_number_has_no_share() -> None:
    text = next(block for block in blocks(ENGLISH, "yaml") if "code: points-and-marks\n" in block)
    with pytest.raises(SchemeErrors) as raised:
        load_scheme(text.replace("question: overall\n", "question: overall\n      share_of: [a]\n"))
    assert raised.value.errors[0].expected.en == "share_of goes with bands and levels only"
