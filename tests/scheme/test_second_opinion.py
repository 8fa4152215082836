"""Every rule book of docs/schemes, tried on made-up facts: the score, the same from a package, and
the second verifier's, which is written from the documents alone, agree node by node."""

import json
import random
from collections.abc import Mapping
from dataclasses import asdict, replace
from fractions import Fraction

import pytest

from analysis.score.facts import Facts
from analysis.score.rounding import half_up
from analysis.score.scoring import score
from evalsvc.domain.preparing.trial import build_sample
from evalsvc.evidence.write import build_facts_files, sheet
from evalsvc.scheme.model import Scheme
from evalsvc.scheme.presets import load_scheme
from tests.scheme.test_documents import ENGLISH, blocks
from tests.second_verifier import forms
from tests.second_verifier.scores import Score

BOOKS = {
    block.split("\n")[0].removeprefix("code: "): block
    for block in blocks(ENGLISH, "yaml")
    if block.startswith("code: ")
}
# The words that the second verifier leaves to others, as it says.
NOT_KNOWN = {"few-nineties", "full-order"}
# Made-up strata have some 50 to 60 valid answers each: some too few, and some enough.
STRATA = {
    "nine-strata by means": ("weighing: strata", "few: {below: 70, then: joined}"),
    "nine-strata handed on": ("weighing: strata", "few: {below: 54, then: handed_on}"),
}
for name, words in STRATA.items():
    lines = "".join(f"      {each}\n" for each in words)
    BOOKS[name] = BOOKS["nine-strata"].replace("$min_valid\n", f"$min_valid\n{lines}")

Figures = Mapping[str, Mapping[str, str | None]]


def told(value: Fraction | None) -> str | None:
    return None if value is None else half_up(value, 9)


def first_opinion(scheme: Scheme, facts: Facts) -> Figures:
    results = score(scheme.score, facts, scheme.publication.places)
    return {
        result.unit: {node.code: told(node.value) for node in result.tree.walk()}
        for result in results
    }


def second_opinion(text: str, scheme: Scheme, facts: Facts) -> Figures:
    manifest = {
        "season": "season 1",
        "version": 1,
        "log_seq": 0,
        "log_head": "",
    }  # facts have no log
    files = build_facts_files(facts, text) | {"box/anchors.json": b"{}"}
    files["raters.csv"] = sheet(
        ("group", "rater", "unit"), [(*rater, unit) for rater, unit in facts.own_units.items()]
    )
    files["box/manifest.json"] = json.dumps(manifest).encode()
    for each in scheme.rounds:
        seal = {"thresholds": asdict(each.thresholds)}
        files[f"box/{each.code}/seal.json"] = json.dumps(seal).encode()
    nodes = Score(forms.Facts(files), {}).nodes
    return {unit: {code: told(x) for code, x in own.items()} for unit, own in nodes.items()}


@pytest.mark.parametrize("book", sorted(BOOKS.keys() - NOT_KNOWN))
@pytest.mark.parametrize("sample", [1, 2])
def test_two_programs_agree_on_every_rule_book_of_the_documents(book: str, sample: int) -> None:
    scheme = load_scheme(BOOKS[book])
    facts = build_sample(scheme, sample)
    first, second = first_opinion(scheme, facts), second_opinion(BOOKS[book], scheme, facts)
    assert any(own[scheme.score.code] is not None for own in first.values())
    assert first == second


def spoil(scheme: Scheme, facts: Facts, seed: int) -> Facts:
    """Some figures and events that no sheet would have taken, as old data may hold them."""
    chance = random.Random(seed)
    limits = {component.code: component for component in scheme.components}
    entered = [*facts.indicators]
    for place in chance.sample(range(len(entered)), min(len(entered), 3)):
        component = limits[entered[place].component]
        beyond = Fraction(component.maximum or 99) + 1 if chance.random() < 0.5 else Fraction(-7)
        entered[place] = replace(entered[place], value=beyond)
    events = [
        replace(each, times=-each.times) if chance.random() < 0.3 else each
        for each in facts.adjustments
    ]
    return replace(facts, indicators=tuple(entered), adjustments=tuple(events))


@pytest.mark.parametrize("book", sorted(BOOKS.keys() - NOT_KNOWN))
@pytest.mark.parametrize("sample", [1, 2])
def test_two_programs_agree_on_what_is_not_allowed(book: str, sample: int) -> None:
    scheme = load_scheme(BOOKS[book])
    facts = spoil(scheme, build_sample(scheme, sample), sample)
    first, second = first_opinion(scheme, facts), second_opinion(BOOKS[book], scheme, facts)
    assert first == second
