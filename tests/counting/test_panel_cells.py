"""Cells of a citizen panel when it is counted: small ones joined, nothing kept of one to four."""

from collections import Counter
from decimal import Decimal
from itertools import cycle, islice

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from analysis.panel.dealing import deal_cells, deal_forms, deal_people
from analysis.panel.small_cells import DEFAULTS
from analysis.score.facts import Answer
from evalsvc.counting.panel import PanelTally
from evalsvc.questions.levels import LevelsQuestion
from evalsvc.questions.question import Level
from evalsvc.questions.questionnaire import Questionnaire, ask
from evalsvc.scheme.model import Group, Stratum
from evalsvc.text import Text

ITEM = "satisfaction"
NAME = Text("名", "name")
LEVELS = (
    Level("good", NAME, Decimal(100), satisfied=True),
    Level("poor", NAME, Decimal(0), satisfied=False),
    Level("unknown", NAME, None, satisfied=False),
)
quick = settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))


def build_group(*codes: str) -> Group:
    share = Decimal(100) / len(codes)
    strata = tuple(Stratum(code, NAME, share) for code in codes)
    return Group("panel", NAME, "counts", "paper", (), strata=strata)


def build_tally(group: Group, issued: dict[str, int]) -> PanelTally:
    question = LevelsQuestion(ITEM, NAME, LEVELS)
    return PanelTally(group, Questionnaire("paper", NAME, NAME, ask(question)), issued, DEFAULTS)


def add(tally: PanelTally, cell: str, units: list[str], times: int = 1) -> None:
    for _ in range(times):
        tally.note_cast(cell)
        tally.add(cell, [Answer(unit, ITEM, "good") for unit in units])


def list_told(tally: PanelTally) -> Counter[tuple[str, str]]:
    """How many citizens are told to have answered, by stratum and unit."""
    told: Counter[tuple[str, str]] = Counter()
    for row in tally.list_counts():
        told[row.stratum, row.unit] += row.n
    return told


def list_valid(tally: PanelTally) -> dict[str, str]:
    return {
        row.subject: row.value
        for row in tally.list_sums()
        if (row.kind, row.name) == ("cell", "valid")
    }


def test_a_cell_of_ten_stands_and_a_smaller_one_joins_the_next() -> None:
    tally = build_tally(build_group("a", "b", "c"), {"a": 10, "b": 9, "c": 10})
    for cell, n in (("a", 10), ("b", 9), ("c", 10)):
        add(tally, cell, ["u1"], n)
    assert list_valid(tally) == {"a": "10", "b+c": "19"}
    assert list_told(tally) == {("a", "u1"): 10, ("b+c", "u1"): 19}


def test_a_cell_with_few_answers_about_one_unit_is_joined() -> None:
    tally = build_tally(build_group("a", "b", "c"), {"a": 10, "b": 14, "c": 10})
    for cell, n in (("a", 10), ("b", 10), ("c", 10)):
        add(tally, cell, ["u1"], n)
    add(tally, "b", ["u2"], 4)
    add(tally, "c", ["u2"], 1)
    assert list_valid(tally) == {"a": "10", "b+c": "25"}
    assert list_told(tally) == {("a", "u1"): 10, ("b+c", "u1"): 20, ("b+c", "u2"): 5}


def test_nothing_is_kept_of_a_unit_that_four_of_all_spoke_of() -> None:
    tally = build_tally(build_group("a", "b"), {"a": 12, "b": 12})
    add(tally, "a", ["u1", "u2"], 2)
    add(tally, "b", ["u1", "u2"], 2)
    add(tally, "a", ["u1"], 8)
    add(tally, "b", ["u1"], 8)
    assert list_valid(tally) == {"a+b": "20"}
    assert list_told(tally) == {("a+b", "u1"): 20}
    assert {row.subject for row in tally.list_sums() if row.kind == "unit"} == {"u1"}


def test_four_who_answered_leave_no_more_than_their_number() -> None:
    tally = build_tally(build_group("a"), {"a": 12})
    add(tally, "a", ["u1"], 4)
    assert list_told(tally) == {}
    assert {(row.kind, row.name, row.value) for row in tally.list_sums()} == {
        ("cell", "issued", "12"),
        ("cell", "cast", "4"),
        ("cell", "valid", "4"),
        ("cell", "rejected", "0"),
    }
    add(tally, "a", ["u1"])
    assert {row.kind for row in tally.list_sums()} == {"cell", "unit", "panel", "panel_squared"}


def test_cells_that_were_dealt_together_carry_the_plan_of_both() -> None:
    """Weights 40, 30 and 30: the joint cell has 60 of 100 with half of the ballots."""
    strata = [("a", 40), ("b", 30), ("c", 30)]
    group = Group(
        "panel",
        NAME,
        "counts",
        "paper",
        (),
        strata=tuple(Stratum(code, NAME, Decimal(w)) for code, w in strata),
    )
    tally = build_tally(group, {"b+c": 20, "a": 20})
    add(tally, "b+c", ["u1"], 20)
    add(tally, "a", ["u2"], 20)
    sums = {(row.subject, row.name): row.value for row in tally.list_sums() if row.kind == "unit"}
    # ω = share ÷ ballots, scaled to a mean of 1: 60/20 and 40/20 over 100/40.
    assert (sums["u1", "w"], sums["u2", "w"]) == ("24", "16")
    assert list_valid(tally) == {"a": "20", "b+c": "20"}


def test_a_stratum_without_cards_is_counted_with_its_neighbour() -> None:
    tally = build_tally(build_group("a", "b", "c"), {"a": 10, "c": 10})
    add(tally, "a", ["u1"], 10)
    add(tally, "c", ["u1"], 10)
    assert list_valid(tally) == {"a": "10", "b+c": "10"}


def test_merging_shards_gives_the_same_cells() -> None:
    group, issued = build_group("a", "b"), {"a": 12, "b": 12}
    whole, first, second = (build_tally(group, issued) for _ in range(3))
    for number in range(12):
        for cell in ("a", "b"):
            units = ["u1"] if number % 4 else ["u1", "u2"]
            add(whole, cell, units)
            add(first if number < 7 else second, cell, units)
    first.merge(second)
    assert list(first.list_counts()) == list(whole.list_counts())
    assert list(first.list_sums()) == list(whole.list_sums())
    assert list_told(whole) == {("a+b", "u1"): 24, ("a+b", "u2"): 6}


@quick
@given(
    st.lists(st.integers(0, 60), min_size=1, max_size=5).filter(lambda n: sum(n) >= 5),
    st.integers(2, 20),
    st.data(),
)
def test_no_released_cell_tells_of_one_to_four(sizes: list[int], n_units: int, data) -> None:  # type: ignore[no-untyped-def]  # Hypothesis gives its data no public type
    """Any panel, dealt as it is dealt, any of it answering: nothing told is of one to four."""
    size = data.draw(st.integers(1, n_units))
    codes = [f"s{number}" for number in range(len(sizes))]
    cells = deal_cells(dict(zip(codes, sizes, strict=True)), n_units, size, 5)
    forms = deal_forms(n_units, size, max(cell.n_forms for cell in cells), 3)
    answering = islice(cycle(data.draw(st.lists(st.booleans(), min_size=1))), sum(sizes))
    tally = build_tally(build_group(*codes), {"+".join(cell.strata): cell.people for cell in cells})
    for cell in cells:
        for form in deal_people(cell.people, cell.n_forms, 4):
            if next(answering):
                add(tally, "+".join(cell.strata), [f"u{unit}" for unit in forms[form]])

    told = list_told(tally)
    assert all(n >= 5 for n in told.values())
    valid = list_valid(tally)
    assert len(valid) == 1 or all(int(n) >= 10 for n in valid.values())
    dealt = [set(cell.strata) for cell in cells]
    for joint in valid:
        members = set(joint.split("+"))
        assert all(strata <= members or not strata & members for strata in dealt)
