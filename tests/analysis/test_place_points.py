"""Rankings, orders inside bands and constant sums as scores, each worked by hand."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from fractions import Fraction

import pytest

from analysis import expected_normal_scores, score
from analysis.score.facts import Answer, Ballot, Facts, Unit
from analysis.score.place_points import ballot_places, ballot_points
from analysis.score.rules import BandQuota, ByPlace, Rated
from analysis.score.tree import Node, Remark
from analysis.score.validity import checked_ballots
from analysis.score.void_ballots import void_ballots

F = Fraction
NORMAL = ByPlace("normal", (F(60), F(100)), F(85), F(5), ranked=True)
PERCENTILE = ByPlace("percentile", ranked=True)
POINTS = ByPlace("points", points=(F(60), F(57)), step=F(2), least=F(54), ranked=True)
RANKING = Rated("t", "r", {"all": "g", "other": "g"}, "order", None, None, by_place=NORMAL)
QUOTA = BandQuota(("A", "B", "C"), (30, 50, 20), 4)
BANDS = replace(
    RANKING,
    item="band",
    quota=QUOTA,
    points={"A": F(100), "B": F(85), "C": F(70)},
    by_place=replace(NORMAL, ranked=False),
)
ORDERED = replace(BANDS, by_place=replace(NORMAL, ranked=False, within="band.place"))
SUM = replace(RANKING, item="share", by_place=None, limits=(F(0), F(100)), sum_to=F(100))


def facts(*ballots: Mapping[str, Sequence[str]], units: int = 4) -> Facts:
    """Ballots that say for each item what every unit was given, in the order of the units."""
    own = tuple(Unit(f"u{n}", f"单位{n}", "all") for n in range(1, units + 1))
    cast = tuple(
        Ballot(
            "r",
            "g",
            f"b{n}",
            f"r{n}",
            tuple(
                Answer(unit.code, item, value)
                for item, given in ballot.items()
                for unit, value in zip(own, given, strict=True)
                if value
            ),
        )
        for n, ballot in enumerate(ballots, start=1)
    )
    return Facts(own, cast)


def ranked(*orders: str) -> Facts:
    return facts(*({"order": order.split()} for order in orders), units=len(orders[0].split()))


def nodes(rule: Rated, of: Facts) -> list[Node]:
    return [result.tree for result in score(rule, of, 2)]


def values(rule: Rated, of: Facts) -> list[F | None]:
    return [node.value for node in nodes(rule, of)]


# Places 1 to 4 from one leader; 2, 1, 4, 3 from another.
TWO_ORDERS = ranked("1 2 3 4", "2 1 4 3")


def test_places_as_expected_normal_scores():
    # Harter's table, n = 4: 1.029375, .297011 and their negatives. The first two units hold
    # places 1 and 2: 85 + 5 x (1.029375 + .297011) / 2 = 88.315965; the others 85 - 3.315965.
    assert values(RANKING, TWO_ORDERS) == [
        F("88.315965"),
        F("88.315965"),
        F("81.684035"),
        F("81.684035"),
    ]
    assert nodes(RANKING, TWO_ORDERS)[0].remarks == (
        Remark("by_normal", ("85", "5", "60", "100")),
        Remark("raters", ("2",)),
    )
    # The tree keeps answer, place, units on the ballot, and the score before it was scaled.
    assert [each.raw for each in nodes(RANKING, TWO_ORDERS)[0].inputs] == [
        "1|1-1/4|1.0294",
        "2|2-2/4|0.297",
    ]


def test_places_as_percentiles():
    # (n - place + 1/2) / n: 87.5, 62.5, 37.5, 12.5; means of the first two and the last two.
    rule = replace(RANKING, by_place=PERCENTILE)
    assert values(rule, TWO_ORDERS) == [75, 75, 25, 25]
    # Between 60 and 100: 60 + 40 x .75 = 90 and 60 + 40 x .25 = 70.
    narrow = replace(RANKING, by_place=replace(PERCENTILE, limits=(F(60), F(100))))
    assert values(narrow, TWO_ORDERS) == [90, 90, 70, 70]


def test_places_as_points():
    # 60, 57, then 2 less each but not below 54: 60, 57, 55, 54 (53 is cut).
    rule = replace(RANKING, by_place=POINTS)
    assert values(rule, ranked("1 2 3 4")) == [60, 57, 55, 54]
    assert values(rule, TWO_ORDERS) == [F("58.5"), F("58.5"), F("54.5"), F("54.5")]
    assert values(rule, ranked("1")) == [60]


def test_units_in_one_band_share_the_mean_of_their_places():
    # 5 units in 30/50/20: places 1 / 2 / 2. Harter, n = 5: 1.162964, .495019, 0, and negatives.
    # A: 1.162964; B: (.495019 + 0) / 2; C: -(.495019 + 1.162964) / 2.
    found = values(BANDS, facts({"band": "ABBCC"}, units=5))
    assert found == [
        85 + 5 * F("1.162964"),
        *[85 + 5 * F("0.495019") / 2] * 2,
        *[85 - 5 * (F("0.495019") + F("1.162964")) / 2] * 2,
    ]
    # 90.8 / 86.2 / 80.9, as the printed table of small ballots has them.
    assert [f"{float(each):.1f}" for each in found] == ["90.8", "86.2", "86.2", "80.9", "80.9"]


def test_the_order_inside_bands_breaks_their_ties():
    ballot = {"band": "ABBCC", "band.place": "12112"}
    # Places 1, 3, 2, 4, 5: 1.162964, 0, .495019, -.495019, -1.162964.
    assert values(ORDERED, facts(ballot, units=5)) == [
        F("90.81482"),
        85,
        F("87.475095"),
        F("82.524905"),
        F("79.18518"),
    ]
    # Without its order the same ballot counts by its bands alone.
    plain = replace(ORDERED, by_place=None)
    assert values(plain, facts(ballot, units=5)) == [100, 85, 85, 70, 70]


def test_numbers_and_levels_count_by_place_too():
    # 90, 80, 80: places 1, 2-3. Percentiles of 3: 5/6, 3/6, 1/6; the tie has (3/6 + 1/6) / 2.
    numbers = replace(SUM, item="mark", sum_to=None, by_place=replace(PERCENTILE, ranked=False))
    assert values(numbers, facts({"mark": ("90", "80", "80")}, units=3)) == [
        F(500, 6),
        F(100, 3),
        F(100, 3),
    ]
    # "Don't know" has no place, and the others stand among themselves: 75 and 25.
    levels = replace(numbers, item="level", points={"good": F(100), "bad": F(0), "?": None})
    assert values(levels, facts({"level": ("bad", "?", "good")}, units=3)) == [25, None, 75]


def test_a_constant_sum_counts_as_the_number_given():
    both = facts({"share": ("60", "40")}, {"share": ("50", "50")}, units=2)
    assert values(SUM, both) == [55, 45]


def test_every_category_is_an_order_of_its_own():
    units = tuple(Unit(f"u{n}", "单位", c) for n, c in enumerate(("all", "all", "other"), start=1))
    answers = tuple(
        Answer(unit.code, "order", place) for unit, place in zip(units, "121", strict=True)
    )
    of = Facts(units, (Ballot("r", "g", "b", "r1", answers),))
    rule = replace(RANKING, by_place=PERCENTILE)
    assert values(rule, of) == [75, 25, 50]
    assert nodes(rule, of)[2].remarks[-1] == Remark("no_order", ("1",))


def test_a_unit_left_out_leaves_the_order_to_the_others():
    # Three of four are ranked: percentiles of 3.
    rule = replace(RANKING, by_place=PERCENTILE)
    assert values(rule, facts({"order": ("1", "2", "3", "")})) == [F(500, 6), 50, F(100, 6), None]


def test_all_in_one_band_say_nothing():
    free = replace(BANDS, quota=replace(QUOTA, enforce_from=5))
    assert values(free, facts({"band": "AAAA"})) == [85] * 4
    told = nodes(free, facts({"band": "AAAA"}))[0].remarks
    assert Remark("no_order", ("1",)) in told


def test_points_stay_inside_their_limits():
    # 85 + 30 x .56419 = 101.9 and 68.1: the upper is cut, the lower is not.
    steep = replace(RANKING, by_place=replace(NORMAL, spread=F(30)))
    assert values(steep, ranked("1 2")) == [100, 85 - 30 * F("0.56419")]


def test_only_the_role_is_counted_but_the_whole_ballot_ranked():
    rule = replace(RANKING, by_place=PERCENTILE, role="in_charge")
    of = replace(ranked("1 2 3 4"), roles={("", "g", "r1", "u4"): "in_charge"})
    assert values(rule, of) == [None, None, None, F("12.5")]


@pytest.mark.parametrize(
    ("rule", "ballot", "breach"),
    [
        (RANKING, {"order": "1134"}, "order"),
        (RANKING, {"order": ("1", "2", "0", "4")}, "order"),
        (RANKING, {"order": ("1", "2", "x", "4")}, "unknown_value"),
        (ORDERED, {"band": "ABBC", "band.place": "1111"}, "order"),
        (ORDERED, {"band": "ABBC", "band.place": ("1", "1", "", "1")}, "order"),
        (SUM, {"share": ("60", "20", "20", "1")}, "sum"),
        (SUM, {"share": ("60", "20", "19", "0")}, "sum"),
        (SUM, {"share": ("120", "-20", "0", "0")}, "out_of_range"),
    ],
)
def test_what_voids_such_a_ballot(rule: Rated, ballot: Mapping[str, str], breach: str):
    (void,) = void_ballots(rule, facts(ballot))
    assert breach in [each.code for each in void.breaches]
    assert values(rule, facts(ballot)) == [None] * 4


def test_official_scores_are_those_of_the_reference_library_to_six_decimals():
    """The table is worked out without NumPy, since official figures are exact."""
    for units in (2, 3, 7, 14, 59):
        order = " ".join(str(place) for place in range(1, units + 1))
        (checked,) = checked_ballots(RANKING, ranked(order))
        places = ballot_places(RANKING, NORMAL, checked, {f"u{n}": "all" for n in range(1, 60)})
        found = [places[f"u{n}"].score for n in range(units, 0, -1)]
        assert sum(found) == 0
        assert [float(each) for each in found] == pytest.approx(
            list(expected_normal_scores(units)), abs=5.1e-7
        )


def test_a_better_place_never_lowers_a_unit():
    for by_place in (NORMAL, PERCENTILE, POINTS):
        rule = replace(RANKING, by_place=by_place)
        found = values(rule, ranked("1 2 3 4 5 6 7"))
        assert found == sorted(found, reverse=True)


def test_a_unit_not_answered_has_no_place_and_no_points():
    (checked,) = checked_ballots(RANKING, ranked("1 NA 2"))
    categories = dict.fromkeys(("u1", "u2", "u3"), "all")
    rule = replace(RANKING, by_place=PERCENTILE)
    # Percentiles of the two that stand on the ballot.
    assert ballot_points(rule, checked, categories) == {"u1": 75, "u2": None, "u3": 25}
    plain = replace(rule, by_place=None, points={"1": F(100), "2": F(90)})
    assert ballot_points(plain, checked, categories) == {"u1": 100, "u2": None, "u3": 90}


def test_what_is_no_number_is_told_beside_the_sum_of_the_others():
    (void,) = void_ballots(SUM, facts({"share": ("60", "30", "ten", "9")}))
    assert [(each.code, each.figures) for each in void.breaches] == [
        ("unknown_value", ("u3", "ten")),
        ("sum", ("all", "100", "99")),
    ]


def test_further_places_go_on_from_the_last_that_is_listed():
    three = replace(POINTS, points=(F(60), F(58), F(57)), step=F(1), least=F(0))
    assert values(replace(RANKING, by_place=three), ranked("1 2 3 4 5")) == [60, 58, 57, 56, 55]


def test_a_tie_of_some_and_a_unit_not_answered_leave_an_order():
    rule = replace(SUM, item="mark", sum_to=None, by_place=replace(PERCENTILE, ranked=False))
    for node in nodes(rule, facts({"mark": ("90", "80", "80", "NA")})):
        assert "no_order" not in {remark.code for remark in node.remarks}
