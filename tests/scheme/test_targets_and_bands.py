"""Deviations, bands and thirds as a scheme writes them, and what it may not write."""

from fractions import Fraction

import pytest

from analysis.score.facts import Facts, Indicator, Unit
from analysis.score.scoring import score
from evalsvc.reports.words.explain import explain
from evalsvc.scheme.file.errors import SchemeErrors
from evalsvc.scheme.outline import build_outline
from evalsvc.scheme.presets import load_scheme
from tests.scheme.test_documents import ENGLISH, blocks, sketch
from tests.scheme.test_full_marks import TEXT as WITH_MARKS

BOOK = "targets-and-bands"
(TEXT,) = [block for block in blocks(ENGLISH, "yaml") if f"code: {BOOK}\n" in block]
FIGURES = {
    "profit": "470",
    "profit.target": "500",
    "emissions": "103",
    "patients": "86.5",
    "votes": "89.99",
    "growth": "4",
}


def test_the_book_by_hand() -> None:
    scheme = sketch(BOOK)
    facts = Facts(
        (Unit("a", "甲", "enterprise"),),
        indicators=tuple(
            Indicator("year_end", "a", code, Fraction(value)) for code, value in FIGURES.items()
        ),
    )
    (found,) = score(scheme.score, facts, 2)
    values = {node.code: node.value for node in found.tree.walk()}
    # 30 − 3; 10 + 3 × 0.5; below 90; −3.5; 4 thirds.
    assert (values["profit.points"], values["emissions.points"]) == (27, Fraction("11.5"))
    assert (values["votes.points"], values["patients.points"]) == (57, Fraction("-3.5"))
    assert values["growth.points"] == Fraction(4, 3)
    assert found.published == "93.33"
    told = {part.code: explain(part, scheme).sentence for part in found.tree.parts}
    assert told["profit.points"].zh == "470，目标500，相差−6%：30 − 3 = 27。"
    assert told["profit.points"].en == "470 against 500, a difference of −6%: 30 − 3 = 27."
    assert told["votes.points"].zh == "89.99，达到80，得57分。"
    outline = {each.code: each.reach.zh for each in build_outline(scheme, "enterprise").walk()}
    assert (outline["profit.points"], outline["patients.points"]) == ("最高36分", "最高5分")


def test_three_thirds_are_the_whole() -> None:
    part = "    - {weight: 100/3, component: work}\n"
    head, tail = WITH_MARKS.split("    - {full: 80")[0], WITH_MARKS.split("\npublication")[1]
    parts = part + part.replace("work", "b") + part.replace("work", "c")
    text = f"{head}{parts}\npublication{tail}"
    declared = "".join(
        f"  {code}: {{name: {{zh: 项, en: Item}}, round: year_end, from: 0, to: 80}}\n"
        for code in "bc"
    )
    text = text.replace("\nscore:", f"{declared}\nscore:")
    # The questionnaire is not read any more, which is told, and nothing else.
    with pytest.raises(SchemeErrors) as raised:
        load_scheme(text)
    assert [error.field for error in raised.value.errors] == ["questionnaires.appraisal"]
    with pytest.raises(SchemeErrors) as raised:
        load_scheme(text.replace("weight: 100/3, component: b", "weight: 33.33, component: b"))
    assert "they add up to 99.9966667" in raised.value.errors[-1].expected.en
    with pytest.raises(SchemeErrors) as raised:
        load_scheme(text.replace("weight: 100/3, component: b", "weight: -1/3, component: b"))
    assert "expected" in raised.value.errors[-1].expected.en


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (
            "above: {each: 2, points: 1, most: 6, steps: whole}",
            "above: {each: 2, points: 1}",
            "a slope that adds points says its most (none where there is no bound)",
        ),
        (
            "above: {each: 2, points: 1, most: 6, steps: whole}",
            "above: {each: 0, points: 1, most: 6}",
            "expected a number above 0",
        ),
        (
            "above: {each: 2, points: 1, most: 6, steps: whole}",
            "above: {each: 2, points: 0, most: 6}",
            "points can't be 0",
        ),
        ("target: profit.target", "target: nothing", "there is no such component; declare it"),
        ("- {points: 39}", "- {from: 20, points: 39}", "the last band has points alone"),
        ("- {from: 80, points: 57}", "- {from: 95, points: 57}", "expected bands from high to low"),
        (
            "- {from: 80, points: 57}",
            "- {from: 80, above: 80, points: 57}",
            "each band has one of “from” (reached) and “above” (passed)",
        ),
        ("- {from: 90, points: 60}", "- {points: 60}", "each band has one of “from”"),
        ("- {from: 90, points: 60}", "- {from: 90, points: 90}", "but this part goes to 90"),
    ],
)
def test_what_is_refused(old: str, new: str, said: str) -> None:
    assert TEXT.count(old) == 1
    with pytest.raises(SchemeErrors) as raised:
        load_scheme(TEXT.replace(old, new))
    assert any(
        error.expected.en.startswith(said) or said in error.expected.en
        for error in raised.value.errors
    )


def test_a_slope_without_end_is_written_as_one() -> None:
    text = TEXT.replace("most: 6, steps: whole}\n      below", "most: none}\n      below")
    outline = build_outline(load_scheme(text), "enterprise")
    assert {b.code: b.reach.zh for b in outline.walk()}["profit.points"] == "不封顶"
    slopes = (
        "      above: {each: 2, points: 1, most: 6, steps: whole}\n"
        "      below: {each: 2, points: -1, most: 6, steps: whole}\n"
    )
    without = TEXT.replace(slopes, "")
    with pytest.raises(SchemeErrors) as raised:
        load_scheme(without)
    assert raised.value.errors[0].expected.en == "expected “above” or “below”, or both"
