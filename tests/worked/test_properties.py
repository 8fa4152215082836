"""What must hold for every preset's worked case: order, parts, and better figures."""

import random
from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.facts import Facts
from analysis.outcome import season_outcome
from analysis.scoring import score
from analysis.tree import Node
from evalsvc.evidence.package import read_package
from evalsvc.evidence.write import build_package
from evalsvc.scheme.presets import get_preset_text, list_presets, load_preset
from tests.worked.cases import DATA, read_case
from tests.worked.test_stated import MODULES

CASES = {code: read_case(code).package.facts for code in MODULES}


@pytest.mark.parametrize("code", CASES)
@given(seed=st.integers(0, 2**32))
@settings(max_examples=5, deadline=None)
def test_the_order_of_rows_and_units_changes_nothing(code: str, seed: int):
    facts, scheme, draw = CASES[code], load_preset(code), random.Random(seed)

    def shuffled(rows: tuple) -> tuple:
        return tuple(draw.sample(rows, len(rows)))

    mixed = replace(
        facts,
        units=shuffled(facts.units),
        ballots=tuple(replace(b, answers=shuffled(b.answers)) for b in shuffled(facts.ballots)),
        counts=shuffled(facts.counts),
        indicators=shuffled(facts.indicators),
        adjustments=shuffled(facts.adjustments),
        history=shuffled(facts.history),
    )
    assert by_unit(code, mixed) == by_unit(code, facts)
    assert scheme.code == code


def by_unit(code: str, facts: Facts) -> dict[str, object]:
    scheme = load_preset(code)
    results = score(scheme.score, facts, scheme.publication.places)
    outcome = season_outcome(scheme.outcome, facts, results, scheme.publication.places)
    return {unit.unit: (result, unit) for result, unit in zip(results, outcome.units, strict=True)}


@pytest.mark.parametrize("code", CASES)
def test_totals_equal_their_parts(code: str):
    for result in read_case(code).results:
        for node in result.tree.walk():
            expected = sum_of_parts(node)
            if expected is not None:
                assert node.value == expected, (result.unit, node.code)


def sum_of_parts(node: Node) -> Fraction | None:
    """Σ applied × value, for nodes that are that; bounds and centred means are told in remarks."""
    told = {remark.code for remark in node.remarks}
    if node.rule not in ("weighted", "mean", "sum", "total") or node.value is None:
        return None
    if told & {"bounded", "centred_means"}:
        return None
    there = [part for part in node.parts if part.value is not None and part.applied]
    return sum((part.value * part.applied for part in there), Fraction(0))


@pytest.mark.parametrize("code", ["golmud", "luoyang-2018", "three-in-one"])
@given(data=st.data())
@settings(max_examples=15, deadline=None)
def test_raising_a_mark_never_lowers_that_unit(code: str, data: st.DataObject):
    facts, scheme = CASES[code], load_preset(code)
    place = data.draw(st.integers(0, len(facts.ballots) - 1))
    ballot = facts.ballots[place]
    which = data.draw(st.integers(0, len(ballot.answers) - 1))
    answer = ballot.answers[which]
    better = data.draw(st.integers(int(answer.value), 100))
    answers = list(ballot.answers)
    answers[which] = replace(answer, value=str(better))
    ballots = list(facts.ballots)
    ballots[place] = replace(ballot, answers=tuple(answers))
    raised = replace(facts, ballots=tuple(ballots))
    before, after = (
        {r.unit: r for r in score(scheme.score, each, 2)}[answer.unit] for each in (facts, raised)
    )
    assert after.tree.value >= before.tree.value
    assert after.rank <= before.rank


@pytest.mark.parametrize("code", CASES)
def test_a_case_is_written_and_read_back(code: str):
    case = read_case(code)
    files = build_package(case.package.facts, get_preset_text(code), case.results,
                          raters=case.package.raters, outcome=case.outcome)
    again = read_package(files)
    assert set(again.facts.adjustments) == set(case.package.facts.adjustments)
    assert set(again.history) == set(case.package.history)
    assert {u: s.grade for u, s in again.stated.items()} == {
        u.unit: u.grade for u in case.outcome.units}


def test_every_preset_has_a_worked_case():
    assert {code for code in list_presets() if (DATA / code).is_dir()} == set(MODULES)
    assert set(list_presets()) == {*MODULES, "panshan-2018"}
