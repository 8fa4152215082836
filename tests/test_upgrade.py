"""A database of every release comes through an upgrade whole: rows, pages, results, packages.

The databases lie in tests/data/releases; `make.py` there says how they were made.
"""

import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from sqlalchemy import inspect, text
from sqlalchemy.engine import Connection

from analysis.score.facts import Answer
from analysis.score.forbidden import forbids_something
from analysis.score.quotas import band_quota
from evalsvc.db import Database, connect
from evalsvc.domain import seasons
from evalsvc.domain.acting import Act
from evalsvc.domain.actor import Actor
from evalsvc.domain.concluding import archive, results
from evalsvc.domain.sealing import opening, rounds
from evalsvc.domain.voting import casting
from evalsvc.evidence.archive import open_package
from evalsvc.evidence.package import read_package
from evalsvc.evidence.recompute import recompute
from evalsvc.evidence.verify.verdict import verify
from evalsvc.migrating import migrate
from evalsvc.models.tables import METADATA
from evalsvc.releases import RELEASES
from evalsvc.settings import PROJECT
from evalsvc.standing import get_newest_migration
from tests.data.releases import changed_pages
from tests.data.releases.walking import NOW, PASSPHRASE
from tests.postgres import Cluster
from tests.releases import FOLDER, Release, unpack, walk
from tests.schemas import Description, describe

pytestmark = pytest.mark.slow

MANAGER = Actor(1, "manager", "考评办", frozenset({"administrator", "manager", "distributor"}))
CUSTODIAN = Actor(2, "custodian", "保管人", frozenset({"custodian"}))

# Rows that an upgrade changes, and why; every other row stays as it was.
CHANGED_ROWS = {
    "alembic_version": "says which migration is the newest",
    "approval": "0002 forgets whose card was exchanged, where the round's keys are destroyed",
}
# What a release's fixture has no row of.
EMPTY = {"sqlite": {"rejection"}, "postgresql": {"rejection", "favour_test"}}
VERSIONS = [release.version for release in RELEASES]


Rows = dict[str, tuple[list[str], list[str]]]


@pytest.fixture(
    scope="module",
    params=[
        pytest.param((version, kind), id=f"v{version}-{kind}", marks=marks)
        for version in VERSIONS
        for kind, marks in (("sqlite", ()), ("postgresql", pytest.mark.postgres))
    ],
)
def before(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Release, Rows]]:
    """An upgraded installation, and the rows that it had before."""
    version, kind = request.param
    folder = tmp_path_factory.mktemp("release") / "instance"
    if kind == "sqlite":
        release = unpack(version, kind, folder)
        yield release, _upgrade(release)
        return
    cluster: Cluster = request.getfixturevalue("postgres_cluster")
    url = cluster.create_database()
    release = unpack(version, kind, folder, url)
    yield release, _upgrade(release)
    cluster.drop_database(url)


def _upgrade(release: Release) -> Rows:
    rows = read_rows(release.url)
    migrate(release.url)
    return rows


@pytest.fixture
def upgraded(before: tuple[Release, Rows]) -> Release:
    return before[0]


@pytest.fixture
def database(upgraded: Release) -> Iterator[Database]:
    opened = connect(upgraded.url, upgraded.settings.peppers)
    yield opened
    opened.close()


def test_every_row_is_still_there(before: tuple[Release, Rows]) -> None:
    release, rows = before
    after = read_rows(release.url, {name: columns for name, (columns, _) in rows.items()})
    assert {name for name, (_, found) in rows.items() if not found} == EMPTY[release.kind]
    changed = {name for name, (_, found) in rows.items() if after[name][1] != found}
    assert changed - CHANGED_ROWS.keys() == set()
    assert {name: len(after[name][1]) for name in rows} == {
        name: len(found) for name, (_, found) in rows.items()
    }


def test_tables_are_those_of_a_fresh_database(
    upgraded: Release, database: Database, fresh: str
) -> None:
    other = connect(fresh)
    migrate(fresh)
    with database.engine.connect() as mine, other.engine.connect() as new:
        assert describe(mine) == describe(new)
        if upgraded.kind == "sqlite":  # to the letter
            question = "SELECT type, name, tbl_name, sql FROM sqlite_master ORDER BY type, name"
            found = [connection.exec_driver_sql(question).all() for connection in (mine, new)]
            assert found[0] == found[1]
    other.close()


@pytest.fixture
def fresh(upgraded: Release, request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty database of the same kind."""
    if upgraded.kind == "sqlite":
        return f"sqlite:///{tmp_path / 'fresh.sqlite'}"
    url: str = request.getfixturevalue("fresh_postgres_url")
    return url


def test_a_fresh_database_is_what_the_rows_describe(database_url: str) -> None:
    """Also in what Alembic's comparison passes over."""
    migrate(database_url)
    database = connect(database_url)
    with database.engine.begin() as connection:
        migrated = describe(connection)
        METADATA.drop_all(connection)
        METADATA.create_all(connection)
        assert _without_settings(migrated) == _without_settings(describe(connection))
    database.close()


def _without_settings(described: Description) -> Description:
    """Without what says how PostgreSQL works, not what a table holds."""
    return {
        table: [line for line in lines if not line.startswith("settings: ")]
        for table, lines in described.items()
    }


@pytest.mark.parametrize(
    ("naive", "lost"),
    [
        ("CREATE TABLE x (id INTEGER PRIMARY KEY AUTOINCREMENT, a TEXT)", "autoincrement True"),
        ("CREATE TABLE x (id INTEGER PRIMARY KEY, a TEXT CHECK (a <> ''))", "check a <> ''"),
        (
            "CREATE TABLE x (id INTEGER PRIMARY KEY, a TEXT REFERENCES y (b) ON DELETE CASCADE)",
            "reference ['a=y.b NO ACTION CASCADE NONE']",
        ),
        (
            "CREATE TABLE x (id INTEGER PRIMARY KEY, a TEXT COLLATE NOCASE)",
            "collations ['COLLATE NOCASE']",
        ),
        ("CREATE TABLE x (id INTEGER PRIMARY KEY, a TEXT UNIQUE)", ""),
        ("CREATE TABLE x (id INTEGER PRIMARY KEY, a TEXT) WITHOUT ROWID", ""),
    ],
)
def test_what_a_copied_table_loses_is_noticed(tmp_path: Path, naive: str, lost: str) -> None:
    """The comparison sees what Alembic's batch mode is known to drop."""
    plain = _describe_one(tmp_path / "a.sqlite", "CREATE TABLE x (id INTEGER PRIMARY KEY, a TEXT)")
    whole = _describe_one(tmp_path / "b.sqlite", naive)
    assert plain != whole
    assert not lost or (lost in whole and lost not in plain)


def _describe_one(file: Path, statement: str) -> list[str]:
    database = connect(f"sqlite:///{file}")
    with database.engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE y (b TEXT PRIMARY KEY)")
        connection.exec_driver_sql(statement)
        described = describe(connection)
    database.close()
    return described["x"]


def test_every_page_opens_and_says_what_it_said(upgraded: Release, tmp_path: Path) -> None:
    """As every colleague and as nobody; what differs is named in changed_pages.py."""
    now = walk(upgraded, tmp_path / "pages.json")
    broken = {
        path: page["status"] for path, page in now.items() if max(page["status"].values()) >= 500
    }
    assert broken == {}
    assert changed_pages.list_unexpected(upgraded.pages, now) == []


def test_results_are_the_same_to_the_digit(upgraded: Release, database: Database) -> None:
    """Kept results as they are read, and computed anew from the facts."""
    with database.reading() as session:
        question = text(
            "SELECT season_id, unit, published, rank FROM unit_sheet u WHERE version = "
            "(SELECT max(version) FROM unit_sheet WHERE season_id = u.season_id)"
        )
        kept = sorted(tuple(row) for row in session.execute(question))
    assert len({season_id for season_id, *_ in kept}) >= 8
    read = [
        (season_id, unit.unit, unit.published, unit.rank)
        for season_id in sorted({season_id for season_id, *_ in kept})
        for unit in results.get_result(database, season_id).units
    ]
    assert sorted(read) == kept
    for season_id in {season_id for season_id, *_ in kept} - _list_ended(upgraded):
        results.compute_result(Act(database, MANAGER, NOW), upgraded.settings, season_id)
        units = results.get_result(database, season_id).units
        # A score outside its third paid until then (decision 31): whoever had one falls, and the
        # others of its category may rise.
        moved = {unit.category for unit in units if forbids_something(unit.tree)}
        code = seasons.get_season(database, season_id).scheme.code
        assert not moved or code in ("three-in-one", "luoyang-2018")
        stay = {unit.unit for unit in units if unit.category not in moved}
        assert sorted(
            (season_id, unit.unit, unit.published, unit.rank) for unit in units if unit.unit in stay
        ) == [row for row in kept if row[0] == season_id and row[1] in stay]


def _list_ended(release: Release) -> set[int]:
    return {release.known["seasons"]["archived"]}


@pytest.mark.parametrize("version", VERSIONS)
def test_packages_of_before_still_verify_and_recompute(version: str, tmp_path: Path) -> None:
    paths = [*(FOLDER / f"v{version}").glob("package-*.zip")]
    paths += (unpack(version, "sqlite", tmp_path / "x").settings.instance / "archive").glob("*.zip")
    assert len(paths) == 6
    for path in paths:
        _check_package(open_package(path), path.name)


def test_packages_made_after_the_upgrade_verify_and_recompute(
    upgraded: Release, database: Database, tmp_path: Path
) -> None:
    computed = {"published", "city", "archived", "golmud", "bureau-400"}
    for name in computed:
        packages = archive.build_packages(
            database, upgraded.settings, upgraded.known["seasons"][name]
        )
        for edition in ("audit", "public"):
            path = tmp_path / f"{name}-{edition}.zip"
            path.write_bytes(getattr(packages, edition))
            _check_package(open_package(path), path.name)


def _check_package(files: Mapping[str, bytes], name: str) -> None:
    verdict = verify(files)
    assert (name, verdict.failed) == (name, ())
    outcome = recompute(read_package(files))
    assert (name, outcome.differences) == (name, ())
    assert outcome.figures


def test_a_box_that_was_closed_before_is_opened_after(
    upgraded: Release, database: Database
) -> None:
    round_id = _find_round(database, upgraded.known["seasons"]["closed"], "closed")
    _open_box(upgraded, database, round_id)
    with database.reading() as session:
        ballots, answers = session.execute(
            text("SELECT count(DISTINCT ballot), count(*) FROM opened_answer WHERE round_id = :id"),
            {"id": round_id},
        ).one()
    assert (ballots, answers > ballots) == (7, True)


def test_cards_of_before_are_good_until_their_round_ends(
    upgraded: Release, database: Database
) -> None:
    season_id = upgraded.known["seasons"]["open"]
    round_id = _find_round(database, season_id, "open")
    used = _count_used(database, round_id)
    for token in upgraded.known["cards"]["open"]:
        visit = casting.admit(database, upgraded.settings, token, NOW)
        paper = casting.get_paper(database, visit, NOW)
        answers = _answer(paper)
        casting.cast(database, visit, answers, casting.new_nonce(), NOW)
    assert _count_used(database, round_id) == used + 3
    rounds.close_round(Act(database, MANAGER, NOW), upgraded.settings, round_id)
    _open_box(upgraded, database, round_id)
    (counted,) = (
        one for one in seasons.get_season(database, season_id).rounds if one.id == round_id
    )
    assert counted.state == "counted"


def _open_box(upgraded: Release, database: Database, round_id: int) -> None:
    opening.open_box(
        Act(database, CUSTODIAN, NOW), upgraded.settings, round_id, PASSPHRASE, lambda *_: None
    )


def _count_used(database: Database, round_id: int) -> int:
    return sum(group.cast for group in rounds.get_turnout(database, round_id))


def _answer(paper: casting.Paper) -> list[Answer]:
    """30/50/20 of a Panshan form, in the order of the units."""
    answers = []
    for question in paper.questionnaire.questions:
        for category in {unit.category for unit in paper.units}:
            units = [unit.code for unit in paper.units if unit.category == category]
            quota = band_quota(len(units), [band.share for band in question.bands])
            codes = [
                band.code
                for band, places in zip(question.bands, quota, strict=True)
                for _ in range(places)
            ]
            answers += [
                Answer(unit, question.code, code) for unit, code in zip(units, codes, strict=True)
            ]
    return answers


def _find_round(database: Database, season_id: int, state: str) -> int:
    found = seasons.get_season(database, season_id).rounds
    return next(one.id for one in found if one.state == state)


KILLED = """
import os, sys
from evalsvc.migrating import migrate
left = int(sys.argv[2])
def say(_):
    global left
    left -= 1
    if left < 0:
        os.kill(os.getpid(), 9)
migrate(sys.argv[1], say)
"""


def test_a_killed_upgrade_leaves_everything_and_is_run_again(tmp_path: Path) -> None:
    """Killed when the copy is made, and after each migration."""
    release = unpack(VERSIONS[0], "sqlite", tmp_path / "instance")
    rows = read_rows(release.url)
    columns = {name: names for name, (names, _) in rows.items()}
    steps = int(get_newest_migration())  # the copy, and each migration after the first
    for step in range(steps):
        done = subprocess.run(
            [sys.executable, "-c", KILLED, release.url, str(step)], cwd=PROJECT, check=False
        )
        assert done.returncode == -9
        assert read_rows(release.url, columns) == rows
    (release.settings.instance / "backups" / "unfinished.sqlite").write_bytes(b"cut off")
    migrate(release.url)
    copies = sorted((release.settings.instance / "backups").iterdir())
    assert len(copies) in range(1, steps + 2)
    assert all(copy.stat().st_mode & 0o777 == 0o600 for copy in copies)
    assert re.fullmatch(
        r"evalsvc-\d{4}-\d\d-\d\d-\d{6}-before-upgrade-of-0001\.sqlite", copies[0].name
    )
    for copy in copies:
        assert read_rows(f"sqlite:///{copy}") == rows


def read_rows(url: str, wanted: Mapping[str, list[str]] | None = None) -> Rows:
    """Table → its columns and its rows, each as text, in no order."""
    database = connect(url)
    with database.engine.connect() as connection:
        look = inspect(connection)
        columns = wanted or {
            name: [column["name"] for column in look.get_columns(name)]
            for name in sorted(look.get_table_names())
        }
        rows = {
            name: (names, _read_table(connection, name, names)) for name, names in columns.items()
        }
    database.close()
    return rows


def _read_table(connection: Connection, name: str, columns: list[str]) -> list[str]:
    wanted = ", ".join(f'"{column}"' for column in columns)
    found = connection.execute(text(f'SELECT {wanted} FROM "{name}"'))  # noqa: S608 (our own names)
    return sorted(repr(tuple(row)) for row in found)
