"""Favours tested at opening: found, not invented, the same again, and nothing kept but numbers."""

import gzip
import json
import signal
from collections.abc import Iterator
from dataclasses import fields
from multiprocessing import get_context
from pathlib import Path

import numpy as np
import pytest
from sqlalchemy import select

from analysis.examining.favours import Favour
from analysis.score.facts import Answer
from evalsvc.counting.count import BoxCount, Outcome, build_outcome, count_ballots
from evalsvc.counting.favours import HomeBallot, PlacedUnit, build_favours
from evalsvc.domain.acting import Act
from evalsvc.domain.concluding.diagnostics import find_round_diagnostics
from evalsvc.domain.sealing import offline
from evalsvc.domain.sealing.custody import unlock_box
from evalsvc.domain.sealing.opening import open_box
from evalsvc.models.opened import FavourTest, OpenedAnswer
from evalsvc.models.season import Round
from evalsvc.scheme.presets import get_preset_text, load_scheme
from tests.cast import (
    CUSTODIAN,
    MORNING,
    PASSPHRASE,
    Installation,
    build_installation,
    ignore_progress,
)
from tests.domain.test_opening import open_and_die
from tests.favour_cast import build_opinions, choose_bands, close_mutual_round

RELATIONS = [
    ("mutual", "mutual_town", "mutual_department"),
    ("cluster", "mutual_department", "town"),
    ("cluster", "mutual_town", "department"),
]


PLACED = tuple(
    PlacedUnit(f"{sign}{n:02d}", category, "东南西"[n % 3])
    for sign, category in (("d", "department"), ("t", "town"))
    for n in range(12)
)


@pytest.fixture
def file(tmp_path: Path) -> Iterator[Installation]:
    built = build_installation(tmp_path)
    yield built
    built.database.close()


def count(place: Installation, round_id: int) -> dict[tuple[str, str, str], Favour]:
    """The round opened, and what its opening has left of favours."""
    open_box(
        Act(place.database, CUSTODIAN, MORNING),
        place.settings,
        round_id,
        PASSPHRASE,
        ignore_progress,
    )
    return read_kept(place, round_id)


def read_kept(place: Installation, round_id: int) -> dict[tuple[str, str, str], Favour]:
    with place.database.reading() as session:
        row = session.get_one(Round, round_id)
        season_id, code = row.season_id, row.code
    examined = find_round_diagnostics(place.database, season_id, code)
    assert examined is not None
    return {(each.kind, each.forth, each.back): each for each in examined.favours}


@pytest.mark.usefixtures("database_url")
def test_planted_favours_are_found_at_opening(place: Installation) -> None:
    kept = count(place, close_mutual_round(place, strength=2.0))
    assert list(kept) == RELATIONS
    mutual = kept[RELATIONS[0]]
    assert (mutual.givers, mutual.takers, mutual.cells) == (12, 12, 144)
    # Shared variance 4 of 5 in opinions; three bands leave a part of the .8.
    assert 0.4 < mutual.effect < 0.8
    assert (mutual.z > 4, mutual.p) == (True, 0.001)
    # Areas have no part in it.
    assert [kept[key].cells for key in RELATIONS[1:]] == [48, 48]
    assert all(kept[key].p > 0.01 for key in RELATIONS[1:])


def test_honest_units_are_not_told_to_return_favours(file: Installation) -> None:
    kept = count(file, close_mutual_round(file, strength=0.0))
    assert list(kept) == RELATIONS
    # Honest rounds of this size have effects of 0 ± .09 and ± .20 (250 of them simulated).
    assert abs(kept[RELATIONS[0]].effect) < 0.27
    assert all(abs(kept[key].effect) < 0.6 for key in RELATIONS[1:])


@pytest.mark.slow
def test_false_alarms_are_as_many_as_stated() -> None:
    scheme = load_scheme(get_preset_text("panshan-2018"))
    ps: dict[str, list[float]] = {"mutual": [], "cluster": []}
    for seed in range(60):
        opinions = build_opinions(0.0, 0.0, 12, seed)
        ballots = [
            HomeBallot(
                group,
                f"{own}{k:02d}",
                tuple(
                    Answer(f"{other}{n:02d}", "overall", band)
                    for n, band in enumerate(choose_bands(opinions[group][k]))
                ),
            )
            for group, own, other in (("mutual_town", "t", "d"), ("mutual_department", "d", "t"))
            for k in range(12)
        ]
        for favour in build_favours(scheme, "year_end", f"uid {seed}", PLACED, ballots):
            ps[favour.kind].append(favour.p)
    # At 5%: 3 of 60 expected and 9 or more once in 300 times; 6 of 120 and 14 or more as rarely.
    assert (len(ps["mutual"]), len(ps["cluster"])) == (60, 120)
    assert sum(p <= 0.05 for p in ps["mutual"]) < 9
    assert 0 < sum(p <= 0.05 for p in ps["cluster"]) < 14


def test_areas_that_rate_their_own_higher_are_found(file: Installation) -> None:
    kept = count(file, close_mutual_round(file, strength=0.0, own_area=2.0))
    # The season's own number deals the 999 rearrangements: now and then one reaches the effect.
    assert all(kept[key].effect > 0.5 and kept[key].p < 0.01 for key in RELATIONS[1:])


def test_below_ten_units_a_side_nothing_is_kept(file: Installation) -> None:
    assert count(file, close_mutual_round(file, strength=2.0, size=9)) == {}
    with file.database.reading() as session:
        assert session.scalars(select(FavourTest)).all() == []


@pytest.mark.usefixtures("database_url")
@pytest.mark.slow
def test_a_killed_opening_gives_the_same_numbers_when_started_again(place: Installation) -> None:
    round_id = close_mutual_round(place, strength=1.0)
    url = place.database.engine.url.render_as_string(hide_password=False)
    with place.database.reading() as session:
        plan, ballots, private = read_box(place, round_id)
    undisturbed = build_outcome(
        plan, count_ballots(plan, private, iter(ballots), len(ballots), ignore_progress)
    ).favours
    child = get_context("spawn").Process(
        target=open_and_die, args=(url, place.settings, round_id, "before the commit")
    )
    child.start()
    child.join(60)
    assert child.exitcode == -signal.SIGKILL
    with place.database.reading() as session:
        assert session.scalars(select(FavourTest)).all() == []
    kept = count(place, round_id)
    assert sorted(kept.values(), key=repr) == sorted(undisturbed, key=repr)
    # Whatever order ballots are in, and however many processes count them.
    backwards = count_ballots(plan, private, iter(ballots[::-1]), 24, ignore_progress, 1)
    assert build_outcome(plan, backwards).favours == undisturbed


def read_box(place: Installation, round_id: int):  # type: ignore[no-untyped-def]  # a plan, ballots
    with place.database.reading() as session:
        private = unlock_box(session.get_one(Round, round_id), PASSPHRASE)
    box = offline.read_box(offline.export_box(Act(place.database, CUSTODIAN, MORNING), round_id))
    return box.plan, list(box.ballots), private


def test_the_offline_count_carries_the_numbers_and_no_units(file: Installation) -> None:
    round_id = close_mutual_round(file, strength=2.0)
    plan, ballots, private = read_box(file, round_id)
    assert {ballot.home for ballot in ballots} == {unit.code for unit in plan.units}
    counted = count_ballots(plan, private, iter(ballots), len(ballots), ignore_progress)
    content = offline.write_opened(plan, build_outcome(plan, counted))
    record = json.loads(gzip.decompress(content))
    # Towns rate all departments: a town's code stands nowhere among their ballots.
    theirs = [ballot for ballot in record["ballots"] if ballot[0] == "mutual_town"]
    assert {ballot[1] for ballot in theirs} == {""}
    assert not any(f'"t{n:02d}"' in json.dumps(theirs) for n in range(12))
    offline.take_opened(Act(file.database, CUSTODIAN, MORNING), file.settings, round_id, content)
    kept = read_kept(file, round_id)
    assert [vars(kept[key]) for key in RELATIONS] == sorted(
        record["favours"], key=lambda one: (one["kind"] == "cluster", one["forth"])
    )
    assert kept[RELATIONS[0]].p == 0.001


def test_what_is_kept_of_a_unit_group_names_no_rater(file: Installation) -> None:
    count(file, close_mutual_round(file, strength=2.0))
    with file.database.reading() as session:
        answers = session.scalars(select(OpenedAnswer)).all()
    towns = [one for one in answers if one.group == "mutual_town"]
    assert len({one.rater for one in towns}) == 12
    assert not {f"t{n:02d}" for n in range(12)} & {
        text for one in towns for text in (one.rater, one.ballot, one.unit)
    }
    # What leaves the count has no field for it.
    assert "homes" in {field.name for field in fields(BoxCount)}
    assert "homes" not in {field.name for field in fields(Outcome)}


def test_relations_that_are_listed_one_by_one_are_not_tested() -> None:
    text = get_preset_text("golmud")
    units = tuple(PlacedUnit(f"u{n:02d}", "department") for n in range(12))
    ballots = [
        HomeBallot(
            "mutual",
            one.code,
            tuple(
                Answer(other.code, "overall", str(60 + (7 * k + 5 * n * k) % 40))
                for n, other in enumerate(units)
                if other is not one
            ),
        )
        for k, one in enumerate(units)
    ]
    (found,) = build_favours(load_scheme(text), "year_end", "uid", units, ballots)
    assert (found.kind, found.forth, found.back, found.cells) == ("mutual", "mutual", "mutual", 66)
    every = "sees: {department: {units: all_but_own}, town: {units: all}}"
    some = "sees: {department: {units: listed}, town: {units: all}}"
    listed = load_scheme(text.replace(every, some))
    assert build_favours(listed, "year_end", "uid", units, ballots) == ()
    assert build_favours(load_scheme(text), "year_end", "uid", units, []) == ()


def test_numbers_are_drawn_from_the_rounds_own_seed() -> None:
    units = tuple(PlacedUnit(f"u{n:02d}", "department") for n in range(12))
    rng = np.random.default_rng(5)
    ballots = [
        HomeBallot(
            "mutual",
            one.code,
            tuple(
                Answer(other.code, "overall", str(rng.integers(40, 100)))
                for other in units
                if other is not one
            ),
        )
        for one in units
    ]
    scheme = load_scheme(get_preset_text("golmud"))
    told = [build_favours(scheme, "year_end", f"uid {n}", units, ballots)[0] for n in range(20)]
    assert build_favours(scheme, "year_end", "uid 0", units, ballots) == (told[0],)
    assert len({(each.z, each.p) for each in told}) > 1
    assert len({each.effect for each in told}) == 1
