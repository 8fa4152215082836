"""Points for how one rates others: by the documents' book, worked by hand, and what it refuses."""

from fractions import Fraction

import pytest

from analysis.score.facts import Answer, Ballot, Facts, Unit
from analysis.score.rules import Distance, Rated, Trim
from analysis.score.scoring import score
from analysis.score.span import Span, span_of
from analysis.score.tree import Node, Remark
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
from tests.scheme.test_documents import ENGLISH, blocks, sketch

BOOK = "rating-well"
(TEXT,) = [block for block in blocks(ENGLISH, "yaml") if f"code: {BOOK}\n" in block]
GROUP = "colleague"
# Who gives whom what: as rated, A has 92, B 88, C 74 and D 69.
MARKS = {
    "A": {"B": 90, "C": 80, "D": 70},
    "B": {"A": 88, "C": 82, "D": 72},
    "C": {"A": 92, "B": 86, "D": 65},
    "D": {"A": 96, "B": 88, "C": 60},
}


def ballot(rater: str, marks: dict[str, int]) -> Ballot:
    answers = tuple(Answer(unit, "mark", str(mark)) for unit, mark in marks.items())
    return Ballot("year_end", GROUP, f"b-{rater}", rater, answers)


def facts(marks: dict[str, dict[str, int]], homes: dict[str, str] | None = None) -> Facts:
    homes = homes or {rater: rater for rater in marks}
    return Facts(
        tuple(Unit(code, code, "staff") for code in "ABCD"),
        tuple(ballot(rater, given) for rater, given in marks.items()),
        own_units={(GROUP, rater): unit for rater, unit in homes.items()},
    )


def rule(trim: Trim | None = None) -> Distance:
    limits = (Fraction(0), Fraction(100))
    rated = Rated("c", "year_end", {"staff": GROUP}, "mark", None, trim, limits=limits)
    return Distance("apart", rated)


def distances(of: Distance, given: Facts) -> list[Fraction | None]:
    return [result.tree.value for result in score(of, given, 2)]


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


def test_two_raters_of_a_unit_count_alike_and_a_unit_without_one_has_no_figure() -> None:
    # Means: B (90 + 70) / 2 = 80, C 80, D 70. A's ballots lie 10, 0 and 0, and 10 off.
    marks = {"x": {"B": 90, "C": 80, "D": 70}, "y": {"B": 70}}
    given = facts(marks, {"x": "A", "y": "A"})
    assert distances(rule(), given) == [(Fraction(10, 3) + 10) / 2, None, None, None]
    nodes = [each.tree for each in score(rule(), given, 2)]
    assert nodes[1].remarks == (Remark("no_own_ballot"),)
    assert explain(nodes[1], sketch(BOOK)).remarks[0].zh == "本单位没有有效票，算不出。"


def test_of_a_void_ballot_and_of_whoever_belongs_nowhere_nothing_counts() -> None:
    marks = MARKS | {"D": {"A": 196, "B": 88, "C": 60}}
    # A is rated with 90, B with 88, C with 81, D with 69.
    assert distances(rule(), facts(marks)) == [
        Fraction(4, 3),
        Fraction(2 + 1 + 3, 3),
        Fraction(2 + 2 + 4, 3),
        None,
    ]
    nowhere = facts(MARKS, {"A": "A"})
    assert distances(rule(), nowhere) == [3, None, None, None]


def test_trimming_is_of_the_means_alone() -> None:
    # Without the highest and the lowest: A 92, B 88, C 80, D 70.
    assert distances(rule(Trim(3)), facts(MARKS)) == [
        Fraction(2, 3),
        Fraction(4 + 2 + 2, 3),
        Fraction(0 + 2 + 5, 3),
        Fraction(4 + 0 + 20, 3),
    ]
    assert span_of(rule()) == Span(Fraction(0), Fraction(100))


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


def test_the_own_consensus_stands_below() -> None:
    (first, *_) = score(rule(), facts(MARKS), 2)
    assert first.tree == Node(
        "apart",
        "distance",
        Fraction(3),
        parts=(
            Node(
                "c",
                "rated",
                Fraction(92),
                inputs=first.tree.parts[0].inputs,
                remarks=(Remark("raters", ("3",)),),
            ),
        ),
        remarks=(Remark("distance", ("1", "3", "3")),),
    )
