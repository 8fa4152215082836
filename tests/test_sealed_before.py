"""What an earlier release sealed is what its rounds are judged by, whatever this program has.

v0.1.0 wrote all eight thresholds into every seal, and acted by the same eight, most of them from
the list that it sealed, three from copies beside it (of a mean, a distribution, two populations).
So its seals leave nothing to guess: here its databases are brought into a program with other
numbers of its own, which must show, count, recompute and verify as if it had none.
"""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from analysis.panel.small_cells import Thresholds
from evalsvc.app import create_app
from evalsvc.box.roll import RoundSeal
from evalsvc.counting.count import Outcome, build_outcome, count_ballots
from evalsvc.db import Database, connect
from evalsvc.domain import seasons
from evalsvc.domain.concluding import archive
from evalsvc.domain.sealing import opening
from evalsvc.domain.sealing.custody import unlock_box
from evalsvc.evidence.archive import open_package
from evalsvc.evidence.package import read_package
from evalsvc.evidence.recompute import recompute
from evalsvc.evidence.verify.verdict import verify
from evalsvc.migrating import migrate
from evalsvc.models.anchor import SealedRound
from evalsvc.models.opened import LevelCount, PanelSum
from evalsvc.models.season import Round
from evalsvc.releases import RELEASES
from tests import second_verifier
from tests.cast import ignore_progress
from tests.data.releases import walking
from tests.postgres import Cluster
from tests.releases import Release, unpack
from tests.sealed_cast import read_file, running_program, stop_the_clock

pytestmark = pytest.mark.slow

# Each release's numbers, word for word.
ACTED_BY = {
    "0.1.0": Thresholds(
        raters_for_unit_groups=3,
        answers_for_score=30,
        answers_for_mean=5,
        answers_for_distribution=10,
        answers_between_populations=5,
        people_per_form=5,
        ballots_per_cell=10,
        answers_per_cell=5,
    )
}
# What this program has meanwhile, far from them.
LATER = Thresholds(*(50 + n for n in range(8)))
KINDS = (("sqlite", ()), ("postgresql", pytest.mark.postgres))


@pytest.fixture(
    scope="module",
    params=[
        pytest.param((release.version, kind), id=f"v{release.version}-{kind}", marks=marks)
        for release in RELEASES
        for kind, marks in KINDS
    ],
)
def upgraded(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Release]:
    version, kind = request.param
    folder = tmp_path_factory.mktemp("release") / "instance"
    if kind == "sqlite":
        release = unpack(version, kind, folder)
        migrate(release.url)
        yield release
        return
    cluster: Cluster = request.getfixturevalue("postgres_cluster")
    url = cluster.create_database()
    release = unpack(version, kind, folder, url)
    migrate(release.url)
    yield release
    cluster.drop_database(url)


@pytest.fixture(scope="module")
def database(upgraded: Release) -> Iterator[Database]:
    opened = connect(upgraded.url, upgraded.settings.peppers)
    yield opened
    opened.close()


def test_every_seal_names_every_number(upgraded: Release, database: Database) -> None:
    expected = vars(ACTED_BY[upgraded.version])
    with database.reading() as session:
        contents = session.scalars(select(SealedRound.content)).all()
    assert len(contents) >= 8
    assert all(RoundSeal.from_json(text).thresholds == expected for text in contents)


def test_every_round_acts_by_its_seal(upgraded: Release, database: Database) -> None:
    """So do rounds to come of a season that has one: its scheme was sealed with it as a whole."""
    with database.reading() as session:
        begun = set(
            session.scalars(select(Round.season_id).join(SealedRound).distinct().order_by(None))
        )
    assert len(begun) >= 8
    with running_program(LATER):
        found = {
            (season_id, one.code): one.thresholds
            for season_id in begun
            for one in seasons.get_season(database, season_id).scheme.rounds
        }
    assert len(found) > len(begun)
    assert set(found.values()) == {ACTED_BY[upgraded.version]}


def test_a_panel_is_counted_by_its_seal(upgraded: Release, database: Database) -> None:
    """Counted once more, from the box: level by level and sum by sum what the release counted."""
    season_id = upgraded.known["seasons"]["city"]
    with running_program(LATER):
        row, outcome = count_again(database, season_id)
    with database.reading() as session:
        levels = {
            (one.group, one.stratum, one.unit, one.item, one.level): one.n
            for one in session.scalars(select(LevelCount).where(LevelCount.round_id == row.id))
        }
        sums = {
            (one.group, one.kind, one.subject, one.name): one.value
            for one in session.scalars(select(PanelSum).where(PanelSum.round_id == row.id))
        }
    assert len({stratum for _, stratum, *_ in levels}) > 1  # which LATER would have joined
    assert levels == {
        (group, one.stratum, one.unit, one.item, one.level): one.n
        for group, counted in outcome.levels.items()
        for one in counted
    }
    again = {
        (group, one.kind, one.subject, one.name): one.value
        for group, counted in outcome.sums.items()
        for one in counted
    }
    assert sums
    differing = [key for key, told in sums.items() if not agrees(key, told, again.get(key))]
    assert differing == []


def agrees(key: tuple[str, ...], told: str, again: str | None) -> bool:
    """Word for word; only a search's estimates of errors may end some digits elsewhere."""
    if key[1] != "fit" or again is None or told == again:
        return told == again
    return np.allclose(np.array(json.loads(told)), np.array(json.loads(again)), rtol=1e-5, atol=0)


def count_again(database: Database, season_id: int) -> tuple[Round, Outcome]:
    with database.reading() as session:
        row = session.scalars(
            select(Round).where(Round.season_id == season_id, Round.state == "counted")
        ).one()
        private = unlock_box(row, walking.PASSPHRASE)
        plan, papers = opening.build_plan(session, row)
        ballots = opening.list_sealed_ballots(session, row.id, papers)
        total = opening.count_counting_ballots(session, row.id)
        count = count_ballots(plan, private, ballots, total, ignore_progress)
        return row, build_outcome(plan, count)


def test_packages_recompute_and_verify_by_the_seal(
    upgraded: Release, database: Database, tmp_path: Path
) -> None:
    with running_program(LATER):
        for name in ("published", "city"):
            season_id = upgraded.known["seasons"][name]
            packages = archive.build_packages(database, upgraded.settings, season_id)
            for edition in ("audit", "public"):
                path = tmp_path / f"{name}-{edition}.zip"
                path.write_bytes(getattr(packages, edition))
                files = open_package(path)
                verdict, outcome = verify(files), recompute(read_package(files))
                assert (path.name, verdict.failed, outcome.differences) == (path.name, (), ())
                # Its openings are of the format before; a stranger reads them by the documents.
                assert (path.name, second_verifier.check(files)) == (path.name, set())
                # The documented numbers are LATER's here, so each of the eight is remarked on.
                told = [note.zh for note in verdict.notes if "按封存的查验" in note.zh]
                assert len(told) == 8 * len({note.split("：")[0] for note in told}) > 0


def test_pages_show_by_the_seal(upgraded: Release, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every page of a season with a panel and of one with units, as today's program shows it."""
    season_ids = [upgraded.known["seasons"][name] for name in ("published", "city")]
    wanted = re.compile(
        rf"/office/seasons/({'|'.join(map(str, season_ids))})"
        r"(/(results(/\w+)?|satisfaction/.*|comments|publication|diagnostics(/\w+)?|exports))?"
    )
    paths = [path for path in upgraded.pages if wanted.fullmatch(path)]
    assert len(paths) > 12
    stop_the_clock(monkeypatch, walking.NOW)
    today = read_pages(upgraded, paths)
    assert any("不足30份，不计分" in text for text in today.values())
    assert any("不足5份不显示，不足10份不显示分布" in text for text in today.values())
    with running_program(LATER):
        later = read_pages(upgraded, paths)
    assert [path for path in paths if later[path] != today[path]] == []


def read_pages(release: Release, paths: list[str]) -> dict[str, str]:
    app = create_app(release.settings)
    app.testing = True
    client: FlaskClient = app.test_client()
    walking._sign_in(client, "manager")
    answers = {path: client.get(path) for path in paths}
    said = {
        path: f"{answer.status_code} {read_file(answer.mimetype, answer.get_data())}"
        for path, answer in answers.items()
    }
    app.extensions["evalsvc"].database.close()
    return said
