"""Worlds found by exchange and worlds scored in part: as by search, and as scored whole."""

from collections import Counter
from random import Random

import pytest

from analysis.score.rules import Rated
from analysis.score.scoring import score
from evalsvc.evidence.disclosure.ballots import list_rated_of
from evalsvc.evidence.disclosure.scored import build_facts, score_world
from evalsvc.evidence.disclosure.sums import Cell, Entry
from evalsvc.evidence.disclosure.switches import list_switched
from evalsvc.evidence.disclosure.worlds import World
from evalsvc.scheme.presets import list_presets, load_preset
from tests.integrity.invented import invent_facts

# Three leaders, four units. The first two cross on u1 and u2; the third agrees with the first.
SHEETS = {"L1": "ABBC", "L2": "BABC", "L3": "ABBC"}


def cells(sheets: dict[str, str]) -> dict[Cell, str]:
    return {
        Cell("r", "leader", rater, f"u{place}", "overall"): value
        for rater, values in sheets.items()
        for place, value in enumerate(values, 1)
    }


def count_by(values: dict[Cell, str], by: str) -> Counter[tuple[str, str]]:
    return Counter((getattr(cell, by), value) for cell, value in values.items())


def answers(found: dict[Cell, str]) -> dict[str, str]:
    return {f"{cell.rater} {cell.unit}": value for cell, value in found.items()}


def test_two_who_answered_crosswise_change_places():
    values = cells(SHEETS)
    stands = dict.fromkeys(values, ("in_charge", 0))

    found = list_switched(values, stands, frozenset(values), 0)

    assert answers(found) == {"L1 u1": "B", "L2 u1": "A", "L1 u2": "A", "L2 u2": "B"}


def test_each_turn_pairs_others():
    values = cells(SHEETS)
    stands = dict.fromkeys(values, (None, 0))
    # L1 with L3, who gave the same: nothing to exchange.
    assert list_switched(values, stands, frozenset(values), 1) == {}


@pytest.mark.parametrize("why", ["another role", "moves no figure by itself", "not wanted"])
def test_nobody_changes_places_where_it_could_show(why: str):
    values = cells(SHEETS)
    stands: dict[Cell, tuple[object, ...]] = dict.fromkeys(values, (None, 0))
    wanted = frozenset(values)
    first = Cell("r", "leader", "L1", "u1", "overall")
    if why == "another role":
        stands[first] = ("in_charge", 0)
    elif why == "moves no figure by itself":
        del stands[first]
    else:
        wanted = frozenset()

    assert list_switched(values, stands, wanted, 0) == {}


def test_ballots_and_units_keep_their_ratings():
    dice = Random(7)
    values = cells({f"L{n}": "".join(dice.sample("AAABBBBBCC", 10)) for n in range(9)})
    stands = dict.fromkeys(values, (None, 0))

    found = list_switched(values, stands, frozenset(values), 0)

    after = values | found
    assert len(found) > 20
    assert all(values[cell] != value for cell, value in found.items())
    for by in ("rater", "unit"):
        assert count_by(values, by) == count_by(after, by)


@pytest.mark.parametrize("preset", list_presets())
def test_a_world_scored_in_part_is_the_world_scored_whole(preset: str):
    scheme, facts = load_preset(preset), invent_facts(preset)
    places = scheme.publication.places
    results = score(scheme.score, facts, places)
    world = shake(scheme, facts)

    found = score_world(scheme.score, facts, results, world, places)

    whole = score(scheme.score, build_facts(facts, world), places)
    assert [(r.unit, r.tree.value, r.published, r.rank) for r in found] == [
        (r.unit, r.tree.value, r.published, r.rank) for r in whole
    ]
    if world.answers or world.entries:
        assert [r.published for r in found] != [r.published for r in results]


def shake(scheme, facts) -> World:
    """Some answers of the first rated figure exchanged for others that exist, one figure halved."""
    dice = Random(11)
    rated: list[Rated] = [
        rule
        for category in scheme.categories
        for rule in list_rated_of(scheme.score, category.code)
    ]
    answers = {}
    for rule in rated[:1]:
        groups = set(rule.groups.values())
        given = [
            (Cell(b.round, b.group, b.rater or b.ballot, a.unit, a.item), a.value)
            for b in facts.ballots
            if b.round == rule.round and b.group in groups
            for a in b.answers
            if a.item == rule.item
        ]
        others = sorted({value for _, value in given})
        for cell, value in dice.sample(given, min(12, len(given))):
            answers[cell] = dice.choice([other for other in others if other != value] or [value])
    entries = {
        Entry(i.round, i.unit, i.component, i.value): i.value / 2
        for i in facts.indicators[:3]
        if i.value
    }
    return World(answers, entries)
