"""What must hold for every preset's worked case: order, parts, and better figures."""

import random
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.outcome.season_outcome import season_outcome
from analysis.score.facts import Ballot, Facts
from analysis.score.rounding import half_up
from analysis.score.scoring import score
from analysis.score.tree import Node
from evalsvc.evidence.package import read_package
from evalsvc.evidence.write import build_package
from evalsvc.questions.forced_ratio import ForcedRatioQuestion
from evalsvc.questions.levels import LevelsQuestion
from evalsvc.scheme.model import Scheme
from evalsvc.scheme.presets import get_preset_text, list_presets, load_preset, load_scheme
from tests.worked.cases import DATA, read_worked
from tests.worked.test_stated import MODULES

pytestmark = pytest.mark.slow

CASES = {code: read_worked(code).package.facts for code in list_presets()}


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
    for result in read_worked(code).results:
        for node in result.tree.walk():
            expected = sum_of_parts(node)
            if expected is not None:
                assert node.value == expected, (result.unit, node.code)


@pytest.mark.parametrize("places", [0, 1, 2])
@pytest.mark.parametrize("code", CASES)
def test_totals_equal_their_parts_rounded_at_every_node(code: str, places: int):
    """With `node_places`, what stands above is made of the figures as they are shown below."""
    text = get_preset_text(code)
    stated = "publication: {places: 2"
    assert text.count(stated) == 1
    scheme = load_scheme(text.replace(stated, f"{stated}, node_places: {places}"))
    for result in score(scheme.score, CASES[code], 2):
        for node in result.tree.walk():
            if node.value is None or node.rule == "given":
                continue
            assert node.value == Fraction(half_up(node.value, places)), (result.unit, node.code)
            exact = sum_of_parts(node)
            if exact is not None:
                assert node.value == Fraction(half_up(exact, places)), (result.unit, node.code)


def sum_of_parts(node: Node) -> Fraction | None:
    """Σ applied × value, for nodes that are that; what bounds and means changed is in remarks."""
    told = {remark.code for remark in node.remarks}
    if node.rule not in ("weighted", "mean", "sum", "total") or node.value is None:
        return None
    if told & {"bounded", "centred_means"}:
        return None
    there = [part for part in node.parts if part.value is not None and part.applied]
    return sum((part.value * part.applied for part in there), Fraction(0))


@pytest.mark.parametrize("code", ["panshan-2018", "zaozhuang-staff"])
@given(data=st.data())
@settings(max_examples=15, deadline=None)
def test_raising_a_band_or_a_level_never_lowers_that_unit(code: str, data: st.DataObject):
    """Where a proportion is broken by it the ballot would be void, so two units change places."""
    facts, scheme = CASES[code], load_preset(code)
    place = data.draw(st.integers(0, len(facts.ballots) - 1))
    ballot = facts.ballots[place]
    worth = points_of(scheme, ballot)
    which = data.draw(st.integers(0, len(ballot.answers) - 1))
    answer = ballot.answers[which]
    categories = {unit.code: unit.category for unit in facts.units}
    better = [
        other
        for other, each in enumerate(ballot.answers)
        if categories[each.unit] == categories[answer.unit]
        and (worth(each.value) or 0) >= (worth(answer.value) or 0)
    ]
    other = data.draw(st.sampled_from(better))
    answers = list(ballot.answers)
    answers[which] = replace(answer, value=ballot.answers[other].value)
    answers[other] = replace(ballot.answers[other], value=answer.value)
    ballots = list(facts.ballots)
    ballots[place] = replace(ballot, answers=tuple(answers))
    raised = replace(facts, ballots=tuple(ballots))
    before, after = (
        {r.unit: r for r in score(scheme.score, each, 2)}[answer.unit] for each in (facts, raised)
    )
    if worth(answer.value) is not None and worth(ballot.answers[other].value) is not None:
        assert after.tree.value >= before.tree.value


def points_of(scheme: Scheme, ballot: Ballot) -> Callable[[str], Fraction | None]:
    """What an answer of the ballot's group is worth; None for "don't know"."""
    question = scheme.get_questionnaire(ballot.group).questions[0]
    if isinstance(question, LevelsQuestion):
        points = {level.code: level.points for level in question.levels}
    else:
        assert isinstance(question, ForcedRatioQuestion)
        points = {band.code: band.points for band in question.bands}
    return lambda value: None if points.get(value) is None else Fraction(points[value])


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
    case = read_worked(code)
    files = build_package(
        case.package.facts,
        get_preset_text(code),
        case.results,
        raters=case.package.raters,
        outcome=case.outcome,
    )
    again = read_package(files)
    assert set(again.facts.adjustments) == set(case.package.facts.adjustments)
    assert set(again.history) == set(case.package.history)
    assert {u: s.grade for u, s in again.stated.items()} == {
        u.unit: u.grade for u in case.outcome.units
    }


def test_every_preset_has_a_worked_case():
    assert {code for code in list_presets() if (DATA / code).is_dir()} == set(MODULES)
    assert set(list_presets()) == {*MODULES, "panshan-2018"}
