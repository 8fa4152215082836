"""Points for how one rates others: by the documents' book, worked by hand, and what it refuses."""

import pytest

from analysis.score.scoring import score
from evalsvc.evidence.disclosure.levels import Season, find_starts
from evalsvc.evidence.disclosure.sums import Version
from evalsvc.evidence.package import read_package
from evalsvc.evidence.public import build_public_package
from evalsvc.evidence.recompute import recompute
from evalsvc.evidence.shown_from import Start
from evalsvc.reports.words.explain import explain
from evalsvc.scheme.file.errors import SchemeErrors
from evalsvc.scheme.presets import load_scheme
from evalsvc.scheme.shown import list_shown_from
from tests.analysis.test_distance import MARKS, facts
from tests.scheme.test_documents import ENGLISH, blocks, sketch

BOOK = "rating-well"
(TEXT,) = [block for block in blocks(ENGLISH, "yaml") if f"code: {BOOK}\n" in block]


def test_four_who_rate_each_other() -> None:
    scheme = sketch(BOOK)
    found = score(scheme.score, facts(MARKS), 2)
    nodes = [{node.code: node.value for node in each.tree.walk()} for each in found]
    # A: 90 - 88, 80 - 74 and 70 - 69; B: 4, 8 and 3; C: 0, 2 and 4; D: 4, 0 and 14.
    assert [each["apart"] for each in nodes] == [3, 5, 2, 6]
    assert [each["rating"] for each in nodes] == [54, 50, 56, 48]
    # 92, 88, 74 and 69 of 100, with full marks of 40.
    assert [each.published for each in found] == ["90.80", "85.20", "85.60", "75.60"]
    told = {node.code: explain(node, scheme) for node in found[0].tree.walk()}
    assert told["apart"].sentence.zh == "本单位1票，3个评价，与各单位平均分平均相差3。"
    assert told["apart"].sentence.en == (
        "Ballots of its own: 1, with 3 ratings, on average 3 from the units' means."
    )
    assert told["apart.consensus"].title.zh == "各票平均"


def test_without_a_ballot_of_its_own_the_sheet_says_why() -> None:
    scheme = sketch(BOOK)
    found = score(scheme.score, facts({"A": MARKS["A"]}), 2)
    apart = next(node for node in found[1].tree.walk() if node.code == "apart")
    assert explain(apart, scheme).remarks[0].zh == "本单位没有有效票，算不出。"


def test_only_totals_are_public_and_the_package_recomputes() -> None:
    scheme, given = sketch(BOOK), facts(MARKS)
    results = score(scheme.score, given, 2)
    assert list_shown_from(scheme, "staff") == ("total",)
    season = Season(scheme, given, (Version(results, {"staff": ("total",)}),))
    starts = find_starts(season)
    assert starts == (Start("staff", "total", "unproved"),)
    files = build_public_package(given, scheme, TEXT, results, starts=starts)
    assert b"apart" not in files["scores.csv"] + files["result.json"]
    assert recompute(read_package(files)).differences == ()


def test_a_package_with_scores_recomputes_too() -> None:
    scheme, given = sketch(BOOK), facts(MARKS)
    results = score(scheme.score, given, 2)
    files = build_public_package(given, scheme, TEXT, results)
    assert b"A,apart,3\n" in files["scores.csv"]
    assert recompute(read_package(files)).differences == ()


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("identity: named", "identity: unit\n    members: staff", "this rule is for groups with"),
        (
            "        question: mark\n      target",
            "        question: marks\n      target",
            "no such q",
        ),
        (
            "        question: mark\n      target",
            "        question: mark\n        role: x\n      target",
            "rule: distance does not take this",
        ),
    ],
)
def test_what_is_refused(old: str, new: str, said: str) -> None:
    assert TEXT.count(old) == 1
    with pytest.raises(SchemeErrors) as raised:
        load_scheme(TEXT.replace(old, new))
    assert any(said in error.expected.en for error in raised.value.errors)
