"""Chains of years by hand: what certainly applies, what has a gap, and who was first or last."""

from fractions import Fraction

from analysis.outcome.history import Consequence, Year, consequences, past_years
from analysis.outcome.rules import ConsequenceRule, Marks, OutcomeRules
from analysis.outcome.season_outcome import season_outcome
from analysis.score.facts import Adjustment, Facts, Past, Unit
from analysis.score.tree import Node, UnitResult

F = Fraction

LOW = ConsequenceRule("low", (Marks(2, below=F(60)),))


def year(
    score: str | None, grade: str = "", *, first: bool | None = False, last: bool | None = False
) -> Year:
    return Year(None if score is None else F(score), grade, first, last)


def test_two_years_running():
    found = consequences((LOW,), 2020, {2019: year("59.99"), 2020: year("50")})
    assert found == (Consequence("low", (2019, 2020)),)
    assert consequences((LOW,), 2020, {2019: year("60"), 2020: year("50")}) == ()
    assert consequences((LOW,), 2020, {2019: year("50"), 2020: year("60")}) == ()


def test_a_gap_leaves_it_to_people():
    unknown = (Consequence("low", (2019, 2020), unknown=(2019,)),)
    assert consequences((LOW,), 2020, {2018: year("50"), 2020: year("50")}) == unknown
    assert consequences((LOW,), 2020, {2019: year(None), 2020: year("50")}) == unknown
    # Without a figure this year there is nothing to be said.
    assert consequences((LOW,), 2020, {2019: year("50"), 2020: year(None)}) == ()
    # A year that breaks the chain breaks it, whatever else is unknown.
    three = ConsequenceRule("low", (Marks(3, below=F(60)),))
    assert consequences((three,), 2020, {2019: year("80"), 2020: year("50")}) == ()


def test_last_and_below_or_last_or_below():
    """万众评公务: the last one is warned only if it is below 75 as well."""
    either = ConsequenceRule("either", (Marks(below=F(75), last=True),))
    both = ConsequenceRule("both", (Marks(below=F(75), last=True, together=True),))

    def listed(found: Year) -> list[str]:
        return [each.rule for each in consequences((either, both), 2020, {2020: found})]

    assert listed(year("89", last=True)) == ["either"]
    assert listed(year("74.99", last=True)) == ["either", "both"]
    assert listed(year("74.99", last=False)) == ["either"]
    assert listed(year("75", last=False)) == []
    # Of what is not known, one mark that is missing decides, and one that holds does not.
    assert listed(year("80", last=None)) == []
    assert listed(year(None, last=False)) == []
    assert listed(year("70", last=None)) == ["either"]
    chain = ConsequenceRule("both", (Marks(2, below=F(75), last=True, together=True),))
    found = consequences((chain,), 2020, {2019: year("70", last=None), 2020: year("70", last=True)})
    assert found == (Consequence("both", (2019, 2020), unknown=(2019,)),)


def test_one_of_several_marks_a_year_and_the_shorter_chain_first():
    rule = ConsequenceRule("praise", (Marks(first=True), Marks(2, grades=frozenset({"best"}))))
    both = {2019: year("90", "best"), 2020: year("95", "best", first=True)}
    assert consequences((rule,), 2020, both) == (Consequence("praise", (2020,)),)
    twice = {2019: year("90", "best"), 2020: year("95", "best")}
    assert consequences((rule,), 2020, twice) == (Consequence("praise", (2019, 2020)),)
    mixed = ConsequenceRule("worse", (Marks(2, last=True, grades=frozenset({"poor"})),))
    years = {2019: year("70", "fair", last=True), 2020: year("65", "poor")}
    assert consequences((mixed,), 2020, years) == (Consequence("worse", (2019, 2020)),)


def test_places_of_past_years_are_those_of_the_listed_units():
    history = (
        Past(2019, "u1", F(90), ""),
        Past(2019, "u2", F(80), ""),
        Past(2019, "u3", None, ""),
        Past(2018, "u1", F(70), ""),
        Past(2019, "gone", F(99), ""),
        Past(2019, "other", F(10), ""),
    )
    categories = {"u1": "a", "u2": "a", "u3": "a", "other": "b"}
    assert past_years(history, categories) == {
        "u1": {2019: year("90", first=True), 2018: year("70", first=None, last=None)},
        "u2": {2019: year("80", last=True)},
        "u3": {2019: year(None, first=None, last=None)},
        "other": {2019: year("10", first=None, last=None)},  # alone in its category
    }


def result(unit: str, published: str | None) -> UnitResult:
    return UnitResult(unit, "a", Node("total", "total", published and F(published)), published, 1)


def test_the_season_follows_the_latest_year_or_the_one_stated():
    facts = Facts((Unit("u1", "一", "a"),), history=(Past(2018, "u1", F(50), ""),))
    by_history = season_outcome(OutcomeRules(consequences=(LOW,)), facts, [result("u1", "55")], 2)
    assert by_history.units[0].consequences == (Consequence("low", (2018, 2019)),)
    stated = OutcomeRules(consequences=(LOW,), year=2020)
    assert season_outcome(stated, facts, [result("u1", "55")], 2).units[0].consequences == (
        Consequence("low", (2019, 2020), unknown=(2019,)),
    )


def test_all_equal_nobody_is_last_and_all_are_first():
    rules = OutcomeRules(
        consequences=(
            ConsequenceRule("first", (Marks(first=True),)),
            ConsequenceRule("last", (Marks(last=True),)),
        )
    )
    facts = Facts((Unit("u1", "一", "a"), Unit("u2", "二", "a")))
    found = season_outcome(rules, facts, [result("u1", "70"), result("u2", "70")], 2)
    assert [[c.rule for c in unit.consequences] for unit in found.units] == [["first"], ["first"]]


def test_an_event_of_the_season():
    rules = OutcomeRules(consequences=(ConsequenceRule("talk", (Marks(event="complaint"),)),))
    facts = Facts(
        (Unit("u1", "一", "a"), Unit("u2", "二", "a")),
        adjustments=(
            Adjustment("r", "u1", "complaint", 1, None),
            Adjustment("r", "u2", "complaint", 0, None),
            Adjustment("r", "nobody", "complaint", 1, None),
        ),
    )
    found = season_outcome(rules, facts, [result("u1", None), result("u2", None)], 2)
    assert [len(unit.consequences) for unit in found.units] == [1, 0]


def test_two_good_years_running():
    praised = ConsequenceRule("praised", (Marks(2, at_least=F(90)),))
    # 90 is just enough.
    assert consequences((praised,), 2020, {2019: year("90"), 2020: year("95")}) == (
        Consequence("praised", (2019, 2020)),
    )
    assert consequences((praised,), 2020, {2019: year("89.99"), 2020: year("95")}) == ()
    assert consequences((praised,), 2020, {2019: year(None), 2020: year("95")}) == (
        Consequence("praised", (2019, 2020), unknown=(2019,)),
    )


def test_a_stated_place_goes_before_the_scores_at_hand():
    categories = {"u1": "a", "u2": "a", "u3": "a"}
    history = (
        Past(2019, "u1", F(90), "", "last"),
        Past(2019, "u2", F(80), "", "first"),
        Past(2019, "u3", F(70), ""),
    )
    assert past_years(history, categories) == {
        "u1": {2019: year("90", first=False, last=True)},
        "u2": {2019: year("80", first=True, last=False)},
        "u3": {2019: year("70", last=True)},
    }
