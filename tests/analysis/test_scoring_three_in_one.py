"""Leaders with two roles and a citizen panel, by hand under the preset `three-in-one`."""

from dataclasses import replace
from fractions import Fraction

from analysis import score
from analysis.score.facts import Answer, Ballot, Count, Facts, Indicator, Unit
from analysis.score.tree import Node, Remark
from evalsvc.scheme.presets import load_preset

SCHEME = load_preset("three-in-one")
UNITS = (Unit("u1", "发改委", "economic"), Unit("u2", "财政局", "economic"))


def leaders(marks: dict[str, tuple[str, str]]) -> tuple[Ballot, ...]:
    return tuple(
        Ballot(
            "year_end",
            "leader",
            f"b{rater}",
            rater,
            (Answer("u1", "overall", first), Answer("u2", "overall", second)),
        )
        for rater, (first, second) in marks.items()
    )


def panel(unit: str, stratum: str, **levels: int) -> tuple[Count, ...]:
    return tuple(
        Count("year_end", "panel", stratum, unit, "satisfaction", level, n, n)
        for level, n in levels.items()
    )


FACTS = Facts(
    UNITS,
    leaders({"L1": ("90", "80"), "L2": ("70", "60"), "L3": ("80", "NA")}),
    # A hundred answers from every stratum and forty valid ones for u1: the plan's 50, 20, 15 and
    # 15 per cent are then the strata's shares in u1's score.
    counts=(
        *panel("u1", "grassroots", satisfied=20, basically=20),  # 90
        *panel("u1", "enterprises", satisfied=40),  # 100
        *panel("u1", "deputies", basically=40),  # 80
        *panel("u1", "organs", satisfied=20, **{"not": 20}),  # 50
        *panel("u2", "grassroots", satisfied=29, unknown=31),  # too few valid answers
        *panel("u2", "enterprises", unknown=60),
        *panel("u2", "deputies", unknown=60),
        *panel("u2", "organs", unknown=60),
    ),
    indicators=tuple(
        Indicator("year_end", unit, component, Fraction(value))
        for unit in ("u1", "u2")
        for component, value in (
            ("function.daily.agreed", 6),
            ("function.daily.score", 80),  # B-, from 80
            ("function.year_end.agreed", 3),
            ("function.year_end.score", 90),  # A-, from 90
            ("common", 85),
        )
    ),
    roles={("", "leader", "L1", unit): "in_charge" for unit in ("u1", "u2")},
)


def nodes(facts: Facts, unit: str) -> dict[str, Node]:
    result = next(r for r in score(SCHEME.score, facts, 2) if r.unit == unit)
    return {node.code: node for node in result.tree.walk()}


def test_a_unit_that_everybody_rated():
    found = {code: node.value for code, node in nodes(FACTS, "u1").items()}
    social = Fraction(50 * 90 + 20 * 100 + 15 * 80 + 15 * 50, 100)  # 84.5
    leading = Fraction(60 * 90 + 40 * 75, 100)  # 84
    function = Fraction(30 * 80 + 70 * 90, 100)  # 87
    appraisal = (leading + social) / 2  # 84.25
    assert found == {
        "function.daily.agreed": 6,
        "function.daily.score": 80,
        "function.daily": 80,
        "function.year_end.agreed": 3,
        "function.year_end.score": 90,
        "function.year_end": 90,
        "function": function,
        "common": 85,
        "appraisal.leaders.in_charge": 90,
        "appraisal.leaders.not_in_charge": 75,
        "appraisal.leaders": leading,
        "appraisal.social": social,
        "appraisal": appraisal,
        "total": (60 * function + 20 * 85 + 20 * appraisal) / 100,  # 86.05
    }


def test_the_satisfied_rates_are_weighted_like_the_score():
    remarks = nodes(FACTS, "u1")["appraisal.social"].remarks
    # satisfied .5*.5 + .2 + 0 + .15*.5; with basically .5 + .2 + .15 + .075
    assert Remark("satisfied_rates", ("0.525", "0.925")) in remarks
    assert Remark("valid_answers", ("160", "0")) in remarks


def test_too_few_answers_are_a_missing_part():
    found = nodes(FACTS, "u2")
    assert found["appraisal.social"].value is None
    assert Remark("too_few_answers", ("29", "30")) in found["appraisal.social"].remarks
    # leaders of u2: 60 * 80 + 40 * 60 = 72; means 78 (leaders) and 84.5 (social):
    # 81.25 + (72 - 78) = 75.25
    assert found["appraisal"].value == Fraction(7525, 100)


def test_a_panel_figure_unfolds_into_its_counts():
    for node in nodes(FACTS, "u1").values():
        if node.rule == "satisfaction":
            counted = [i for i in node.inputs if i.points is not None]
            assert sum(i.points * i.weight for i in counted) == node.value
            assert sum(i.weight for i in counted) == 1


def test_a_mark_out_of_range_voids_the_ballot():
    wild = replace(FACTS, ballots=leaders({"L1": ("101", "80"), "L2": ("70", "60")}))
    found = nodes(wild, "u2")["appraisal.leaders.in_charge"]
    assert (found.value, found.inputs[0].note) == (None, "void:out_of_range")


def test_without_goals_there_is_no_total_and_no_rank():
    kept = tuple(i for i in FACTS.indicators if (i.unit, i.component) != ("u2", "common"))
    ranks = {
        r.unit: (r.published, r.rank)
        for r in score(SCHEME.score, replace(FACTS, indicators=kept), 2)
    }
    assert ranks == {"u1": ("86.05", 1), "u2": (None, None)}


def test_known_figures_replace_what_is_below_them():
    known = {("u2", "appraisal.social"): Fraction(60)}
    found = nodes(replace(FACTS, known=known), "u2")
    assert (found["appraisal.social"].rule, found["appraisal.social"].value) == ("known", 60)
    assert found["appraisal"].value == Fraction(72 + 60, 2)
