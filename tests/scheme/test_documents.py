"""The examples in the documents can be read and run, and are the same in both languages."""

import re
from fractions import Fraction
from pathlib import Path

import pytest

from analysis.score.facts import Answer, Ballot, Count, Facts, Indicator, Unit
from analysis.score.scoring import score
from analysis.score.void_ballots import void_ballots
from evalsvc.domain.preparing.trial import try_out
from evalsvc.questions.kinds import READERS, SEVERAL
from evalsvc.questions.number import NumberQuestion
from evalsvc.reports.words.explain import explain
from evalsvc.scheme.cases import say_cases
from evalsvc.scheme.file.errors import SchemeErrors
from evalsvc.scheme.model import Scheme
from evalsvc.scheme.outcome import MARKS
from evalsvc.scheme.outline import list_outline
from evalsvc.scheme.presets import get_preset_text, load_scheme
from evalsvc.scheme.questionnaires import SETTINGS
from evalsvc.scheme.rules import kinds as rules
from evalsvc.scheme.rules.parts import MISSING

DOCS = Path(__file__).parents[2] / "docs"
ENGLISH = (DOCS / "schemes.md").read_text(encoding="utf-8")
CHINESE = (DOCS / "schemes.zh.md").read_text(encoding="utf-8")
GRADING = (
    "rounding",
    "carry",
    "ties",
    "tie_break",
    "count_no_award",
    "awards",
    "bars",
    "grades",
    "consequences",
    "confirmations",
    "year",
)


def blocks(document: str, language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", document, re.DOTALL)


def sketch(code: str) -> Scheme:
    (text,) = [block for block in blocks(ENGLISH, "yaml") if f"code: {code}\n" in block]
    return load_scheme(text)


def values(scheme: Scheme, facts: Facts) -> dict[str, Fraction | None]:
    return {result.unit: result.tree.value for result in score(scheme.score, facts, 2)}


def test_both_languages_have_the_same_examples():
    for language in ("yaml", "diff"):
        assert blocks(CHINESE, language) == blocks(ENGLISH, language)


def test_the_example_is_a_sound_scheme():
    assert load_scheme(blocks(ENGLISH, "yaml")[0]).code == "example"


def test_every_word_of_the_language_is_explained_in_both():
    for word in (*READERS, *rules.READERS, *MISSING, *GRADING):
        for document in (ENGLISH, CHINESE):
            assert f"| `{word}` |" in document, word
    for word in (*MARKS, *SETTINGS, *SEVERAL):
        for document in (ENGLISH, CHINESE):
            assert f"`{word}" in document, word


def test_grades_as_shown_fit_a_preset():
    (shown,) = [block for block in blocks(ENGLISH, "yaml") if block.startswith("posts:")]
    scheme = load_scheme(get_preset_text("panshan-2018") + shown)
    assert [grade.code for grade in scheme.outcome.grading.grades] == [
        "excellent",
        "good",
        "ordinary",
    ]
    assert [bar.code for bar in scheme.outcome.grading.bars] == ["false_report", "accident", "slow"]
    assert scheme.outcome.confirmations[0].share == Fraction(1, 3)
    (twice,) = scheme.outcome.consequences
    assert say_cases(twice, scheme).zh == "连续2年，每年低于60分，或为本类末位"


def test_a_case_says_or_and_may_ask_for_all():
    (shown,) = [block for block in blocks(ENGLISH, "yaml") if block.startswith("posts:")]
    first, second = (
        "{years: 2, below: 60, place: last}",
        "{from: 90, place: first, grades: [good], event: false_report, match: all}",
    )
    scheme = load_scheme(get_preset_text("panshan-2018") + shown.replace(first, second))
    (case,) = scheme.outcome.consequences
    assert case.marks[0].together
    assert say_cases(case, scheme).zh == (
        "不低于90分，且等次为良好，且为本类第一，且发生“虚报瞒报”"
    )
    assert say_cases(case, scheme).en.startswith("90 or more and graded Good and first")


def edited(diffs: list[str]) -> Scheme:
    text = None
    for diff in diffs:
        first, *lines = diff.splitlines()
        preset = first.removeprefix("--- schemes/").removesuffix(".yaml")
        text = text or get_preset_text(preset)
        old = "".join(f"{line[1:]}\n" for line in lines if line[0] in " -")
        new = "".join(f"{line[1:]}\n" for line in lines if line[0] in " +")
        assert text.count(old) == 1, diff
        text = text.replace(old, new)
    return load_scheme(text)


def test_a_clerk_changes_a_weight_a_quota_and_a_questionnaire():
    weights, weights_too, quota, questionnaire = blocks(ENGLISH, "diff")
    first, second = edited([weights, weights_too]).score.base.parts
    assert (first.weight, second.weight) == (Fraction(65, 100), Fraction(35, 100))
    best = edited([quota]).outcome.grading.grades[0]
    assert best.places.shares["economic"] == Fraction(1, 10)
    (question,) = edited([questionnaire]).questionnaires["appraisal"].questions
    assert isinstance(question, NumberQuestion)
    assert [(c.lowest, c.most) for c in question.counts] == [(90, 3)]


STRATA = (
    "deputies",
    "committee",
    "enterprises",
    "shops",
    "residents",
    "farmers",
    "schools",
    "hospitals",
    "press",
)


def test_nine_strata_whose_weights_differ_by_class():
    # Ten answers from every stratum about each unit: all satisfied (100) but enterprises, who are
    # not (0), and shops, who find it fair (60).
    levels = dict.fromkeys(STRATA, "satisfied") | {"enterprises": "not", "shops": "fair"}
    units = (Unit("s1", "政务大厅", "service"), Unit("e1", "城管局", "enforcement"))
    counts = tuple(
        Count("year_end", "voters", stratum, unit.code, "satisfaction", level, 10, 10)
        for unit in units
        for stratum, level in levels.items()
    )
    # Services: 100 - 10 x 100% - 5 x 40% = 88. Enforcement: 100 - 30 - 15 x 40% = 64.
    assert values(sketch("nine-strata"), Facts(units, counts=counts)) == {"s1": 88, "e1": 64}


def marks(rater: str, work: tuple[int, ...], style: tuple[int, ...]) -> Ballot:
    answers = tuple(
        Answer(f"d{n}", item, str(mark))
        for item, given in (("work", work), ("style", style))
        for n, mark in enumerate(given, start=1)
    )
    return Ballot("year_end", "leader", rater, rater, answers)


def test_nine_strata_by_the_means_of_each():
    """As the book's calculator has it: every stratum's mean times its weight, whoever knows."""
    (text,) = [block for block in blocks(ENGLISH, "yaml") if "code: nine-strata\n" in block]
    text = text.replace(
        "      min_valid: $min_valid\n",
        "      min_valid: $min_valid\n      weighing: strata\n"
        "      few: {below: 10, then: joined}\n",
    )
    scheme = load_scheme(text)
    # Enterprises: 10 not satisfied, and all others of them don't know the unit; shops 9 fair, who
    # are counted together with the 90 residents.
    answers = {h: {"satisfied": 90} for h in STRATA} | {
        "enterprises": {"not": 10, "unknown": 80},
        "shops": {"fair": 9, "unknown": 81},
    }
    units = (Unit("s1", "政务大厅", "service"), Unit("e1", "城管局", "enforcement"))
    counts = tuple(
        Count("year_end", "voters", stratum, unit.code, "satisfaction", level, n, n)
        for unit in units
        for stratum, levels in answers.items()
        for level, n in levels.items()
    )
    # Shops and residents: (9 x 60 + 90 x 100) / 99 = 96.36.. by 5 + 15 and 15 + 5.
    joint = Fraction(9 * 60 + 90 * 100, 99)
    assert values(scheme, Facts(units, counts=counts)) == {
        "s1": 70 + joint * Fraction(20, 100),
        "e1": 50 + joint * Fraction(20, 100),
    }
    assert "各层平均分乘方案权重" in {b.how.zh for _, b in list_outline(scheme)}
    assert "每位群众同一权重" in str({b.how.zh for _, b in list_outline(sketch("nine-strata"))})
    trees = score(scheme.score, Facts(units, counts=counts), 2)
    told = explain(trees[0].tree.parts[0], scheme)
    assert told.remarks[0].zh == (
        "个体工商户的有效答卷不足10份，与方案中的下一层（末层与上一层）合并计算。"
    )
    # Of nine shops no mean is shown, so the other figure is not either.
    assert "每位群众" not in told.sentence.zh


def test_the_other_figure_stands_beside_the_official_one():
    scheme = sketch("nine-strata")
    counts = tuple(
        Count("year_end", "voters", stratum, "s1", "satisfaction", level, n, n)
        for stratum in STRATA
        for level, n in (
            {"not": 10, "unknown": 30} if stratum == "farmers" else {"satisfied": 40}
        ).items()
    )
    trees = score(scheme.score, Facts((Unit("s1", "政务大厅", "service"),), counts=counts), 2)
    # By citizens 90 x 40 / (90 x 40 + 10 x 10) = 97.3; by strata 90.
    assert trees[0].published == "97.30"
    told = explain(trees[0].tree.parts[0], scheme)
    assert told.sentence.zh.endswith("= 97.2973。（按各层平均分乘方案权重计，为90分。）")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("weighing: strata, few: {below: 4, then: joined}", "expected a whole number from 5 to"),
        ("few: {below: 10, then: joined}", "“few” goes together with weighing: strata"),
        ("weighing: strata, few: {below: 10, then: kept}", "expected one of: joined、handed_on"),
        ("weighing: means", "expected one of: citizens、strata"),
    ],
)
def test_what_may_not_be_said_of_strata(words: str, said: str):
    (text,) = [block for block in blocks(ENGLISH, "yaml") if "code: nine-strata\n" in block]
    lines = "".join(f"      {each}\n" for each in words.replace(", few", "\nfew").split("\n"))
    with pytest.raises(SchemeErrors) as raised:
        load_scheme(
            text.replace("      min_valid: $min_valid\n", f"      min_valid: $min_valid\n{lines}")
        )
    assert said in raised.value.errors[0].expected.en


def test_at_most_three_of_90_and_more():
    scheme = sketch("few-nineties")
    units = tuple(Unit(f"d{n}", f"部门{n}", "department") for n in range(1, 6))
    kept = marks("L1", (95, 92, 90, 80, 60), (90, 90, 90, 90, 90))
    four = marks("L2", (95, 92, 90, 91, 60), (80, 80, 80, 80, 80))
    none_below = marks("L3", (95, 92, 90, 80, 70), (80, 80, 80, 80, 80))
    own = Ballot("year_end", "self", "S", "d1", (Answer("d1", "work", "100"),))
    facts = Facts(units, (kept, four, none_below, own), own_units={("self", "d1"): "d1"})
    # Only the first ballot counts: .7x95 + .3x90 = 93.5, .7x92 + .3x90 = 91.4, 90, 83, 69.
    assert list(values(scheme, facts).values()) == [Fraction("93.5"), Fraction("91.4"), 90, 83, 69]
    assert [c.ballot.ballot for c in void_ballots(scheme.score, facts)] == ["L2", "L3"]
    tree = score(scheme.score, facts, 2)[0].tree
    assert [(part.code, part.value, part.weight) for part in tree.parts] == [
        ("rating", Fraction("93.5"), 1),
        ("self", 100, 0),
    ]


def test_points_by_place_with_ties_voiding():
    scheme = sketch("places-of-quarters")
    growth = {
        "q1": (9, 8, 7, 6, 5),
        "q2": (9, 9, 7, 6, 5),
        "q3": (1, 2, 3, 4, 5),
        "q4": (5, 5, 5, 5, 9),
    }
    revenue = (300, 200, 150, 100, 50)
    units = tuple(Unit(f"t{n}", f"乡镇{n}", "town") for n in range(1, 6))
    indicators = tuple(
        Indicator(quarter, unit.code, f"growth.{quarter}", Fraction(figure))
        for quarter, figures in growth.items()
        for unit, figure in zip(units, figures, strict=True)
    ) + tuple(
        Indicator("year_end", unit.code, "revenue", Fraction(figure))
        for unit, figure in zip(units, revenue, strict=True)
    )
    # Places give 60, 57, 54, 52, 50. q2: the first two tie and get nothing, then 54, 52, 50.
    # q4: four tie and get nothing, the fifth is first.
    quarters = (
        60 + 0 + 50 + 0,
        57 + 0 + 52 + 0,
        54 + 54 + 54 + 0,
        52 + 52 + 57 + 0,
        50 + 50 + 60 + 60,
    )
    # 40 x revenue / 300 to one decimal: 40, 26.7, 20, 13.3, 6.7.
    best = ("40", "26.7", "20", "13.3", "6.7")
    assert list(values(scheme, Facts(units, indicators=indicators)).values()) == [
        Fraction(sum_of_four, 4) + Fraction(points)
        for sum_of_four, points in zip(quarters, best, strict=True)
    ]


@pytest.mark.parametrize(
    "code", ["nine-strata", "few-nineties", "places-of-quarters", "full-order"]
)
def test_nobody_has_a_figure_where_there_are_no_facts(code: str):
    scheme = sketch(code)
    units = tuple(Unit(each.code, "单位", each.code) for each in scheme.categories)
    assert set(values(scheme, Facts(units)).values()) <= {None, Fraction(0)}


@pytest.mark.parametrize("code", ["nine-strata", "few-nineties", "full-order"])
def test_a_trial_gives_everybody_a_figure(code: str):
    """Made-up ballots keep the limits, orders and sums of the examples."""
    trial = try_out(sketch(code))
    assert all(result.published is not None for result in trial.results)
