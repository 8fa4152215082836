"""What the public figures of a season tell of single raters: today's way almost all, ours nothing.

The naive edition is the one that packages had: every group's score of every unit. The same solver
reads it and ours; where it says that an answer could be another one, that other world is scored
and packed, and its public files are the same byte for byte.

Two editions, one before and one after a unit's ballot was left out, tell that ballot from each
other: by the group's scores nearly whole, by the totals alone in part. The second is refused.
"""

import csv
import io
import json
import re
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import replace
from datetime import timedelta
from fractions import Fraction
from functools import cache
from itertools import accumulate, product
from math import comb
from pathlib import Path

import pypdf
import pytest

from analysis.outcome.season_outcome import season_outcome
from analysis.score.facts import Ballot, Exclusion, Facts
from analysis.score.scoring import score
from evalsvc.domain.acting import Act
from evalsvc.domain.concluding import archive, exclusions, publications, publishing, results
from evalsvc.domain.concluding.contents import get_content
from evalsvc.domain.concluding.notices import build_notice, write_notice
from evalsvc.domain.concluding.periods import Period
from evalsvc.domain.office_days import office_day
from evalsvc.errors import ACT_REFUSED, Problem
from evalsvc.evidence.disclosure.levels import Finding, Season, find_starts, probe
from evalsvc.evidence.disclosure.scored import build_facts
from evalsvc.evidence.disclosure.sums import Version
from evalsvc.evidence.public import build_public_package
from evalsvc.evidence.shown_from import Start, group_starts
from evalsvc.reports.documents.bulletin import render_bulletin
from evalsvc.reports.documents.table import render_csv
from evalsvc.scheme.model import Scheme
from evalsvc.scheme.presets import get_preset_text, list_presets, load_preset
from evalsvc.work.bulletin import build_bulletin
from tests.cast import MANAGER, MORNING, Installation, get_round_id
from tests.flagged_cast import copy_installation, find_flagged_ballot, opened
from tests.integrity.invented import invent_facts
from tests.office_cast import complete
from tests.saying import spoken
from tests.sealed_cast import hold_empty

pytestmark = pytest.mark.slow

__all__ = ["opened"]  # a fixture

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


def post(scheme: Scheme, facts: Facts) -> str:
    """The public notice: totals, ranks, grades and awards."""
    places = scheme.publication.places
    results = score(scheme.score, facts, places)
    outcome = season_outcome(scheme.outcome, facts, results, places)
    return write_notice(build_notice(outcome, facts))


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
    ours, posted = pack(scheme, facts, starts), post(scheme, facts)
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
            assert post(scheme, other) == posted
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


POINTS = {"A": 100, "B": 85, "C": 70}
RATERS = 14
OF_TOTAL = Fraction(3, 10) * Fraction(8, 10) * Fraction(3, 10)
"""What the mutual score of the year's end weighs in a total: appraisal, year-end, mutual."""
SOON = MORNING + timedelta(hours=1)


def trimmed_mean(counts: Sequence[int]) -> Fraction:
    """A group's score by how many gave A, B and C, without one highest and one lowest."""
    given = [POINTS[band] for band, n in zip("ABC", counts, strict=True) for _ in range(n)]
    return Fraction(sum(given[1:-1]), len(given) - 2)


@cache
def list_pairs() -> tuple[tuple[str, Fraction, Fraction, float], ...]:
    """Every band that can be left out of every way to vote: the score before and after, how likely.

    Likely by the forced proportions alone, 30, 50 and 20 percent.
    """
    found = []
    for a, b in product(range(RATERS + 1), repeat=2):
        way = (a, b, RATERS - a - b)
        for place, band in enumerate("ABC"):
            if min(way) >= 0 and way[place]:
                rest = [n - (other == place) for other, n in enumerate(way)]
                often = comb(RATERS, a) * comb(RATERS - a, b) * 0.3**a * 0.5**b * 0.2 ** way[2]
                found.append((band, trimmed_mean(way), trimmed_mean(rest), often * way[place]))
    return tuple(found)


def fit_bands(fits: Callable[[Fraction, Fraction], bool]) -> Counter[str]:
    """The bands that a unit may have had, with how likely, by what two editions say of it."""
    found: Counter[str] = Counter()
    for band, before, after, likely in list_pairs():
        if fits(before, after):
            found[band] += likely
    return found


def fit_proportions(options: Sequence[Collection[str]], quota: Counter[str]) -> list[set[str]]:
    """Of each unit the bands with which all others can still fill the ballot's proportions."""

    def fill(
        reached: frozenset[tuple[int, int]], bands: Collection[str]
    ) -> frozenset[tuple[int, int]]:
        return frozenset(
            (a + (band == "A"), b + (band == "B")) for a, b in reached for band in bands
        )

    start = frozenset({(0, 0)})
    left = list(accumulate(options, fill, initial=start))
    right = list(accumulate(reversed(options), fill, initial=start))[::-1]
    whole = (quota["A"], quota["B"])
    return [
        {
            band
            for band in bands
            if any(
                (a + c + (band == "A"), b + d + (band == "B")) == whole
                for a, b in left[place]
                for c, d in right[place + 1]
            )
        }
        for place, bands in enumerate(options)
    ]


def read_mutual(files: dict[str, bytes]) -> dict[str, Fraction]:
    """The mutual scores of the year's end, as an edition prints them."""
    rows = csv.DictReader(files["scores.csv"].decode().splitlines())
    return {r["unit"]: Fraction(r["value"]) for r in rows if r["node"] == "C.year_end.mutual"}


def read_totals(files: dict[str, bytes]) -> dict[str, Fraction]:
    units = json.loads(files["result.json"])
    return {unit: Fraction(str(found["published"])) for unit, found in units.items()}


def leave_out(facts: Facts, town: str) -> tuple[Ballot, Facts]:
    """One town's ballot of the year's end, and the facts without it."""
    (ballot,) = (
        each
        for each in facts.ballots
        if (each.round, each.group, each.rater) == ("year_end", "mutual_town", town)
    )
    left_out = Exclusion("year_end", "mutual_town", ballot.ballot, "reversed", "核对有误")
    return ballot, replace(facts, exclusions=(left_out,))


def count_read(ballot: Ballot, options: Sequence[Counter[str]]) -> tuple[int, int, int]:
    """How many answers are read right, how many of them beyond doubt, and of how many."""
    likely = [max(bands, key=bands.__getitem__) for bands in options]
    certain = fit_proportions(options, Counter(answer.value for answer in ballot.answers))
    given = [answer.value for answer in ballot.answers]
    assert all(value in bands for value, bands in zip(given, certain, strict=True))
    right = sum(value == band for value, band in zip(given, likely, strict=True))
    return right, sum(len(bands) == 1 for bands in certain), len(given)


@pytest.mark.parametrize(
    ("town", "read"), [("t01", (42, 20, 45)), ("t02", (44, 33, 45)), ("t03", (45, 32, 45))]
)
def test_two_editions_with_scores_tell_the_ballot_left_out_between_them(
    town: str, read: tuple[int, int, int]
):
    """12 times the first score less 11 times the second; only a lone extreme reads as another."""
    scheme, facts = load_preset("panshan-2018"), invent_facts("panshan-2018")
    ballot, rest = leave_out(facts, town)
    before, after = (read_mutual(pack(scheme, each, ())) for each in (facts, rest))

    def close(value: Fraction, shown: Fraction) -> bool:
        return abs(value - shown) <= Fraction(1, 20_000)

    options = [
        fit_bands(lambda b, a, unit=one.unit: close(b, before[unit]) and close(a, after[unit]))
        for one in ballot.answers
    ]
    assert count_read(ballot, options) == read


def test_two_editions_of_totals_alone_still_tell_two_answers():
    """So no level from which a package is public helps against it."""
    scheme, facts = load_preset("panshan-2018"), invent_facts("panshan-2018")
    ballot, rest = leave_out(facts, "t01")
    starts = tuple(Start(c.code, "total", "raised") for c in scheme.categories)
    before, after = (read_totals(pack(scheme, each, starts)) for each in (facts, rest))

    def fits(unit: str) -> Callable[[Fraction, Fraction], bool]:
        moved = after[unit] - before[unit]
        return lambda b, a: abs(OF_TOTAL * (a - b) - moved) <= Fraction(1, 100)

    options = [fit_bands(fits(one.unit)) for one in ballot.answers]
    assert count_read(ballot, options) == (27, 2, 45)


@pytest.fixture
def place(opened: tuple[Installation, int], tmp_path: Path) -> Iterator[Installation]:
    copied = copy_installation(opened[0], tmp_path)
    yield copied
    copied.database.close()


@pytest.mark.parametrize("group", ["leader", "mutual_department"])
def test_the_second_edition_is_refused(
    place: Installation, opened: tuple[Installation, int], group: str
):
    """Neither its file nor its publicity; what stands in the office may differ."""
    database, settings, season_id = place.database, place.settings, opened[1]
    # Half a result would be refused before anything else.
    hold_empty(place, get_round_id(place, season_id, "half_year"))
    complete(place, season_id)
    results.compute_result(Act(database, MANAGER, SOON), settings, season_id)
    archive.export_public_package(Act(database, MANAGER, SOON), settings, season_id)
    ballot = find_flagged_ballot(place, season_id, group)
    exclusions.propose_exclusion(
        Act(database, MANAGER, SOON), settings, season_id, "year_end", ballot, "核对有误"
    )
    version = results.compute_result(Act(database, MANAGER, SOON), settings, season_id).version
    publishing.propose(Act(database, MANAGER, SOON), season_id, "")
    today = office_day(SOON)
    period = Period(today, today + timedelta(days=6))
    second = (
        lambda: archive.export_public_package(Act(database, MANAGER, SOON), settings, season_id),
        lambda: publishing.begin_publicity(
            Act(database, MANAGER, SOON), settings, season_id, version, period
        ),
    )
    for act in second:
        with pytest.raises(Problem) as found:
            act()
        assert found.value.kind is ACT_REFUSED
        assert "只差 1 张票" in found.value.text.zh
        assert "differs by 1 ballot " in found.value.text.en
    (proposed,) = publications.list_publications(database, season_id)
    assert proposed.state == "proposed"


def test_the_bulletin_has_no_groups_figure(place: Installation, opened: tuple[Installation, int]):
    """The table for the office has the leaders' 97.5 of the first town; the bulletin has tasks."""
    season_id = opened[1]
    internal = render_csv(get_content(place.database, season_id)).decode()
    assert ",97.5," in internal
    bulletin = spoken(build_bulletin(place.database, season_id, "year_end", SOON))
    pages = pypdf.PdfReader(io.BytesIO(render_bulletin(bulletin, "zh"))).pages
    text = "".join(page.extract_text() for page in pages)
    groups = load_preset("panshan-2018").groups
    assert not re.search(r"\d\.\d", text)
    assert [group.code for group in groups if group.name.zh in text] == []
