"""What the public figures of a season tell of single raters: today's way almost all, ours nothing.

The naive edition is the one that packages had: every group's score of every unit. The same solver
reads it and ours; where it says that an answer could be another one, that other world is scored
and packed, and its public files are the same byte for byte.
"""

from collections import Counter

import pytest

from analysis.score.facts import Facts
from analysis.score.scoring import score
from evalsvc.evidence.disclosure.levels import Finding, Season, build_facts, find_starts, probe
from evalsvc.evidence.disclosure.sums import Version
from evalsvc.evidence.public import build_public_package
from evalsvc.evidence.shown_from import Start, group_starts
from evalsvc.scheme.model import Scheme
from evalsvc.scheme.presets import get_preset_text, list_presets, load_preset
from tests.integrity.invented import invent_facts

pytestmark = pytest.mark.slow

STARTS = {
    "bureau-400": (),
    "golmud": ("evaluation",),
    "luoyang-2018": ("evaluation",),
    "panshan-2018": ("total",),
    "three-in-one": ("appraisal.leaders",),
    "zaozhuang-departments": (),
    "zaozhuang-districts": (),
    "zaozhuang-staff": ("total",),
}


def build_season(preset: str, starts: dict[str, tuple[str, ...]] | None = None) -> Season:
    scheme, facts = load_preset(preset), invent_facts(preset)
    results = score(scheme.score, facts, scheme.publication.places)
    nowhere = {category.code: () for category in scheme.categories}
    return Season(scheme, facts, (Version(results, nowhere | (starts or {})),))


def pack(scheme: Scheme, facts: Facts, starts: tuple[Start, ...]) -> dict[str, bytes]:
    results = score(scheme.score, facts, scheme.publication.places)
    return build_public_package(facts, scheme, get_preset_text(scheme.code), results, starts=starts)


def count(found: Finding, group: str) -> dict[str, tuple[int, int]]:
    """By round how many answers of a group are certain, and of how many."""
    certain = Counter(cell.round for cell in found.certain if cell.group == group)
    every = Counter(c.round for c in (*found.certain, *found.worlds) if c.group == group)
    return {code: (certain[code], n) for code, n in every.items()}


def test_groups_scores_give_panshans_raters_away():
    season = build_season("panshan-2018")
    found = probe(season, "department", whole=True)
    assert count(found, "leader") == {"half_year": (56, 66), "year_end": (45, 66)}
    assert count(found, "office") == {"half_year": (45, 45), "year_end": (45, 45)}


def test_a_score_of_one_leader_is_that_leaders_band():
    season = build_season("panshan-2018")
    points = {"A": 100, "B": 85, "C": 70}
    read = []
    for result in season.versions[0].results:
        if result.category != "department":
            continue
        for node in result.tree.walk():
            counted = [one for one in node.inputs if one.points is not None]
            if node.code.endswith(".leader") and len(counted) == 1:
                read.append(points[counted[0].raw] == node.value)
    assert read == [True] * 46


def test_a_score_of_one_leader_is_that_leaders_mark():
    alone = []
    for result in build_season("three-in-one").versions[0].results:
        (node,) = [n for n in result.tree.walk() if n.code == "appraisal.leaders.in_charge"]
        if len(node.inputs) == 1:
            alone.append(int(node.inputs[0].raw) == node.value)
    assert alone == [True] * 21


@pytest.mark.parametrize(
    ("category", "start", "group"),
    [("town", "C.year_end", "office"), ("department", "C", "leader")],
)
def test_joined_figures_of_panshan_still_give_some_away(category: str, start: str, group: str):
    """Divisibility gives the office's bands on towns away, extremes one leader's."""
    starts = ("C.half_year", "C.year_end") if start == "C.year_end" else (start,)
    found = probe(build_season("panshan-2018", {category: starts}), category)
    assert found.proved
    assert {cell.group for cell in found.certain} == {group}


@pytest.mark.parametrize("preset", list_presets())
def test_every_named_answer_could_be_another_one(preset: str):
    season = build_season(preset)
    scheme, facts = season.scheme, season.facts
    starts = find_starts(season)
    assert {each.node for each in starts} == set(STARTS[preset])
    assert "unproved" not in {each.why for each in starts}
    ours = pack(scheme, facts, starts)
    settled = season.with_starts(
        {c.code: group_starts(starts).get(c.code, ()) for c in scheme.categories}
    )
    named = {group.code for group in scheme.groups if group.identity == "named"}
    open_answers = set()
    for category in scheme.categories:
        found = probe(settled, category.code, whole=False)
        assert found.certain == frozenset()
        for world in {id(w): w for w in found.worlds.values()}.values():
            other = build_facts(facts, world)
            assert pack(scheme, other, starts) == ours
            open_answers |= {
                (b.round, b.group, b.rater, a.unit)
                for b, before in zip(other.ballots, facts.ballots, strict=True)
                for a, was in zip(b.answers, before.answers, strict=True)
                if a.value != was.value
            }
    asked = {
        (ballot.round, ballot.group, ballot.rater, answer.unit)
        for ballot in facts.ballots
        if ballot.group in named
        for answer in ballot.answers
    }
    assert asked - open_answers == set()
