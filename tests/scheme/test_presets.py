"""The presets that come with the product."""

import hashlib
from decimal import Decimal
from fractions import Fraction

import pytest

from analysis.score.rules import BandQuota, Rated, Total, Weighted
from analysis.score.void_ballots import list_rated
from evalsvc.scheme.model import Group, Sight
from evalsvc.scheme.presets import get_preset_text, list_presets, load_preset
from evalsvc.text import Text

PANSHAN = load_preset("panshan-2018")


def test_presets_have_their_own_code_and_hash():
    assert {"panshan-2018", "three-in-one"} <= set(list_presets())
    for code in list_presets():
        scheme = load_preset(code)
        assert scheme.code == code
        assert scheme.sha256 == hashlib.sha256(get_preset_text(code).encode()).hexdigest()


def test_an_unknown_preset_is_a_key_error():
    with pytest.raises(KeyError, match="atlantis"):
        load_preset("atlantis")
    with pytest.raises(KeyError):
        load_preset("../requirements")


@pytest.mark.parametrize("code", list_presets())
def test_every_text_is_in_both_languages(code: str):
    scheme = load_preset(code)
    texts = [
        scheme.title,
        *(each.name for each in scheme.groups),
        *(each.name for each in scheme.components),
        *(each.name for each in scheme.adjustments),
        *(each.about for each in scheme.parameters),
        *scheme.node_names.values(),
    ]
    assert [text for text in texts if not text.zh or not text.en or "{" in text.zh + text.en] == []


def test_panshan_has_its_25_common_items():
    common = [c for c in PANSHAN.components if c.code.startswith("I.common.")]
    assert len(common) == 25
    assert {c.categories for c in common} == {("department", "town")}


def test_panshan_leaders_see_what_is_in_their_charge_and_all_towns():
    assert PANSHAN.get_group("leader") == Group(
        "leader",
        Text("县领导", "County leaders"),
        "named",
        "ranking",
        (Sight("department", "listed", ("in_charge",)), Sight("town", "all")),
    )


def test_panshan_rates_by_proportions():
    rated = {rule.code: rule for rule in list_rated(PANSHAN.score) if isinstance(rule, Rated)}
    assert rated.keys() == {
        f"C.{half}.{who}"
        for half in ("half_year", "year_end")
        for who in ("leader", "office", "mutual")
    }
    mutual = rated["C.year_end.mutual"]
    assert mutual.groups == {"department": "mutual_town", "town": "mutual_department"}
    assert mutual.quota == BandQuota(("A", "B", "C"), (30, 50, 20), 4, exact=True)
    assert mutual.points == {"A": Fraction(100), "B": Fraction(85), "C": Fraction(70)}
    assert mutual.round == "year_end"


def test_panshan_rounds_are_a_weighted_node():
    assert isinstance(PANSHAN.score, Total)
    rounds = PANSHAN.score.base.parts[1].node
    assert isinstance(rounds, Weighted)
    assert [(part.weight, part.node.code) for part in rounds.parts] == [
        (Fraction(2, 10), "C.half_year"),
        (Fraction(8, 10), "C.year_end"),
    ]
    assert PANSHAN.node_names["C.half_year.leader"] == Text(
        "半年县领导评价", "County leaders, Half-year"
    )


def test_the_open_choices_are_marked():
    opened = {parameter.code for parameter in PANSHAN.parameters if parameter.open}
    assert {"trim_min", "enforce_from", "band_a_points", "missing_group"} <= opened
    assert "weight_indicators" not in opened


def test_the_panel_of_three_in_one():
    panel = load_preset("three-in-one").get_group("panel")
    assert (panel.identity, panel.form_size) == ("counts", 8)
    assert sum(stratum.weight for stratum in panel.strata) == Decimal(100)


def test_a_round_asks_those_whose_answers_it_scores():
    golmud = load_preset("golmud")
    asked = {
        one.code: [group.code for group in golmud.list_groups(one.code)] for one in golmud.rounds
    }
    assert asked.pop("year_end") == ["democratic", "leader", "evaluators", "mutual", "society"]
    assert set(map(tuple, asked.values())) == {()}
    assert [group.code for group in PANSHAN.list_groups("half_year")] == [
        "leader",
        "office",
        "mutual_town",
        "mutual_department",
    ]
