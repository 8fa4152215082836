"""A package that is written is read back as it was, and its bytes never differ."""

import random
from dataclasses import replace
from fractions import Fraction

import pytest

from analysis import score
from analysis.score.facts import Adjustment, Count, Facts, Unit
from evalsvc.evidence.model import Past, Rater
from evalsvc.evidence.package import read_package
from evalsvc.evidence.recompute import recompute
from evalsvc.evidence.write import build_package, build_zip, number_text
from evalsvc.scheme.presets import get_preset_text, load_preset
from tests.evidence.panshan import package

TEXT = get_preset_text("panshan-2018")
SCHEME = load_preset("panshan-2018")


def written(facts: Facts) -> dict[str, bytes]:
    return build_package(
        facts,
        TEXT,
        score(SCHEME.score, facts, 2),
        raters=package().raters,
        history=(Past(2017, "u01", Fraction(915, 10), "优秀"),),
        further={"box/log.json": b"[]"},
    )


def by_content(facts: Facts) -> Facts:
    """The same facts in one order, as rows of a file are."""
    return replace(
        facts,
        ballots=tuple(
            sorted(
                (replace(b, answers=tuple(sorted(b.answers, key=str))) for b in facts.ballots),
                key=str,
            )
        ),
        indicators=tuple(sorted(facts.indicators, key=str)),
        adjustments=tuple(sorted(facts.adjustments, key=str)),
    )


def test_written_and_read_back():
    before = package()
    after = read_package(written(before.facts))
    assert by_content(after.facts) == by_content(replace(before.facts, history=after.history))
    assert after.scheme == SCHEME
    assert set(after.raters) == set(before.raters)
    assert after.history == (Past(2017, "u01", Fraction(915, 10), "优秀"),)


def test_what_was_written_is_reproduced():
    outcome = recompute(read_package(written(package().facts)))
    assert outcome.differences == ()
    assert len(outcome.figures) > 16 * 40  # every node of sixteen units


def test_the_order_of_facts_does_not_change_a_byte():
    facts, draw = package().facts, random.Random(7)
    mixed = replace(
        facts,
        ballots=tuple(draw.sample(facts.ballots, len(facts.ballots))),
        indicators=tuple(draw.sample(facts.indicators, len(facts.indicators))),
    )
    assert build_zip(written(mixed)) == build_zip(written(facts))


def test_texts_that_look_like_formulas_survive():
    facts = replace(
        package().facts,
        adjustments=(
            Adjustment("year_end", "u01", "slack", 1, None, "2018-12-10", "=HYPERLINK(1)"),
        ),
    )
    files = written(facts)
    assert b",=" not in files["adjustments.csv"]
    assert read_package(files).facts.adjustments == facts.adjustments


def test_counts_are_read_back():
    scheme = load_preset("three-in-one")
    facts = Facts(
        (Unit("u1", "发改委", "economic", frozenset({"no_award"})),),
        counts=(Count("year_end", "panel", "organs", "u1", "satisfaction", "satisfied", 9, 8),),
    )
    files = build_package(
        facts,
        get_preset_text(scheme.code),
        score(scheme.score, facts, 2),
        raters=(Rater("leader", "L1", "=甲"),),
    )
    again = read_package(files)
    assert again.facts == facts
    assert again.raters == (Rater("leader", "L1", "=甲"),)


@pytest.mark.parametrize(
    ("value", "text"),
    [(Fraction(879, 10), "87.9"), (Fraction(12_000_000), "12000000"), (Fraction(-1, 8), "-0.125")],
)
def test_numbers_without_loss(value: Fraction, text: str):
    assert number_text(value) == text


def test_a_number_that_is_no_decimal_is_refused():
    with pytest.raises(ValueError, match="1/3 is no decimal"):
        number_text(Fraction(1, 3))


@pytest.mark.parametrize("name", ["units.csv", "other/roll.json"])
def test_further_files_have_their_place(name: str):
    with pytest.raises(ValueError, match="no place"):
        build_package(Facts(()), TEXT, (), further={name: b""})
