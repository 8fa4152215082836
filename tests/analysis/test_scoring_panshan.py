"""The worked case, node by node, and what each node says about itself."""

from dataclasses import replace
from fractions import Fraction

import pytest

from analysis import score, void_ballots
from analysis.score.facts import Answer, Ballot, Facts
from analysis.score.tree import Input, Node, Remark, UnitResult
from evalsvc.scheme.presets import load_preset
from tests.evidence.panshan import EXPECTED, package

SCHEME = load_preset("panshan-2018")
FACTS = package().facts
RESULTS = {result.unit: result for result in score(SCHEME.score, FACTS, 2)}


def results(facts: Facts) -> dict[str, UnitResult]:
    return {result.unit: result for result in score(SCHEME.score, facts, 2)}


def node(result: UnitResult, code: str) -> Node:
    return next(each for each in result.tree.walk() if each.code == code)


def remark(found: Node, code: str) -> tuple[str, ...]:
    return next(each.figures for each in found.remarks if each.code == code)


@pytest.mark.parametrize("unit", EXPECTED)
def test_every_node_of_every_unit(unit: str):
    expected = dict(EXPECTED[unit])
    result = RESULTS[unit]
    assert (result.published, result.rank) == (expected.pop("published"), expected.pop("rank"))
    for code, value in expected.items():
        found = node(result, code).value
        assert (found is None) == (value is None), code
        assert value is None or abs(float(found) - value) < 1e-9, code


def test_half_a_cent_is_exact():
    assert RESULTS["u05"].tree.value == Fraction(89255, 1000)
    assert RESULTS["u05"].published == "89.26"


def test_codes_are_unique_and_named():
    for result in RESULTS.values():
        codes = [each.code for each in result.tree.walk()]
        assert len(codes) == len(set(codes))
        assert set(codes) <= SCHEME.node_names.keys()


def test_every_weighted_node_unfolds_into_its_parts():
    total = RESULTS["u01"].tree
    assert [(part.code, part.weight, part.applied) for part in total.parts] == [
        ("I", Fraction(7, 10), Fraction(7, 10)),
        ("C", Fraction(3, 10), Fraction(3, 10)),
        ("adjustments", None, 1),
    ]
    for result in RESULTS.values():
        for found in result.tree.walk():
            if found.parts and not found.remarks:
                assert found.value == sum(part.value * part.applied for part in found.parts)


def test_every_rated_node_unfolds_into_points_and_weights():
    for result in RESULTS.values():
        for found in result.tree.walk():
            if found.rule in ("rated", "adjusted") and found.value is not None:
                assert found.value == sum(i.points * i.weight for i in found.inputs)


def test_what_was_trimmed_is_marked():
    # u02 has seven leaders at mid-year: A A B B B C C by L1 to L7 in some order
    found = node(RESULTS["u02"], "C.half_year.leader")
    assert sorted(each.note for each in found.inputs) == [""] * 5 + ["dropped_high", "dropped_low"]
    assert {each.weight for each in found.inputs if not each.note} == {Fraction(1, 5)}
    assert remark(found, "trimmed") == ("1", "1")


def test_the_cut_is_said_with_the_value_before():
    assert remark(node(RESULTS["u09"], "C.half_year"), "cut") == ("100.325", "100")
    assert remark(node(RESULTS["u09"], "C.year_end"), "cut") == ("101.3938", "100")
    assert remark(node(RESULTS["u09"], "C.half_year"), "missing_part") == (
        "C.half_year.leader",
        "0.6",
        "centred",
    )


def test_an_office_ballot_is_one_input():
    assert node(RESULTS["u01"], "C.half_year.office").inputs == (
        Input("ballot:office:O1", "B", Fraction(85), Fraction(1)),
    )


def test_caps_are_said():
    found = node(RESULTS["u03"], "adjustments")
    assert remark(found, "cap") == ("3.5", "3")
    assert {i.source: i.note for i in found.inputs} == {
        "adjustment:commended.central": "over_cap",
        "adjustment:innovation": "over_cap",
        "adjustment:slack": "",
    }


def test_not_carried_and_left_out_are_told_apart():
    common = node(RESULTS["u01"], "I.common")
    carried = {part.code: part.applied for part in common.parts}
    assert remark(common, "left_out") == ("I.common.创城",)
    assert carried["I.common.创城"] == 0
    assert node(RESULTS["u01"], "I.common.处理投诉事件").remarks == (Remark("not_carried"),)


def changed(ballot: str, answers: dict[str, str] | None = None, **fields: str) -> Facts:
    """The facts with some answers or fields of one half-year ballot replaced."""
    ballots = []
    for each in FACTS.ballots:
        if each.ballot == ballot:
            new = tuple(
                replace(a, value=(answers or {}).get(a.unit, a.value)) for a in each.answers
            )
            ballots.append(replace(each, answers=new, **fields))
        else:
            ballots.append(each)
    return replace(FACTS, ballots=tuple(ballots))


def office_ballot() -> Ballot:
    return next(b for b in FACTS.ballots if (b.round, b.group) == ("half_year", "office"))


def reasons(facts: Facts) -> list[tuple[str, list[str]]]:
    found = void_ballots(SCHEME.score, facts)
    return [(each.ballot.ballot, [b.code for b in each.breaches]) for each in found]


def test_the_worked_case_has_no_void_ballot():
    assert reasons(FACTS) == []


def test_a_ballot_that_breaks_its_proportions_is_void_and_named():
    ballot = office_ballot()
    lowest = next(a.unit for a in ballot.answers if a.value == "C")
    facts = changed(ballot.ballot, {lowest: "A"})
    assert reasons(facts) == [(ballot.ballot, ["proportions", "proportions"])]
    found = node(results(facts)["u10"], "C.half_year.office")
    assert found.value is None
    assert remark(found, "void_ballots") == ("1", f"{ballot.ballot}:proportions")
    assert found.inputs == (Input("ballot:office:O1", "B", None, Fraction(0), "void:proportions"),)


def test_a_unit_twice_voids():
    ballot = office_ballot()
    twice = replace(ballot, answers=(*ballot.answers, Answer("u01", "overall", "A")))
    facts = replace(FACTS, ballots=tuple(twice if b == ballot else b for b in FACTS.ballots))
    assert reasons(facts)[0][1][0] == "twice"


def test_a_unit_outside_a_leaders_charge_voids():
    roles = {key: role for key, role in FACTS.roles.items() if key != ("", "leader", "L7", "u03")}
    found = reasons(replace(FACTS, roles=roles))
    assert [codes for _, codes in found] == [["outside_relation"], ["outside_relation"]]


def test_two_ballots_of_one_rater_in_a_round_are_both_void():
    ballot = office_ballot()
    second = replace(ballot, ballot="b9999")
    facts = replace(FACTS, ballots=(*FACTS.ballots, second))
    expected = [(ballot.ballot, ["second_ballot"]), ("b9999", ["second_ballot"])]
    assert reasons(facts) == expected


def test_nobody_rates_their_own_unit():
    facts = replace(FACTS, own_units={("mutual_town", "Tu10"): "u01"})
    assert {codes[0] for _, codes in reasons(facts)} == {"own_unit"}
    assert len(reasons(facts)) == 2


def test_an_unknown_band_voids():
    ballot = office_ballot()
    assert reasons(changed(ballot.ballot, {"u01": "D"}))[0][1][0] == "unknown_value"


def test_bands_free_below_four_units_are_said():
    # L7 has two departments in charge, u02 and u03; both may have the same band.
    found = node(RESULTS["u02"], "C.half_year.leader")
    assert remark(found, "free_bands") == ("2",)  # L6 and L7
    assert "free_bands" not in {
        each.code for each in node(RESULTS["u05"], "C.half_year.office").remarks
    }
