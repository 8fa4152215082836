"""Destroyed is destroyed: nothing of it is found in any file of the database afterwards.

A whole round of 69 invitations with everything that is deleted on its way: keys made twice, codes
issued twice, drafts, an exchanged card. Then somebody reads every byte of the data folder, the
write-ahead log included. The naive variant deletes as SQL does, and all of it is found.
"""

import json
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import select, text, update

from evalsvc.box.keys import CHEAPEST
from evalsvc.db import Database, connect
from evalsvc.domain import events, purging
from evalsvc.domain.acting import Act
from evalsvc.domain.sealing import custody, opening, reissue, rounds
from evalsvc.domain.voting import casting, drafts
from evalsvc.erasing import postgresql, sqlite
from evalsvc.models.approval import Approval
from evalsvc.models.box import Credential, Invite
from evalsvc.models.draft import Draft
from evalsvc.models.roster import Rater, Relation
from evalsvc.models.season import Round
from evalsvc.settings import PROJECT
from tests.cast import (
    CUSTODIAN,
    DEADLINE,
    MANAGER,
    MORNING,
    PASSPHRASE,
    Installation,
    add_panshan,
    build_installation,
    get_card,
    get_round_id,
    ignore_progress,
    issue_cards,
)
from tests.domain.test_casting import visit_and_fill
from tests.integrity.test_canaries import find_server, read_files
from tests.patience import PATIENCE_S
from tests.postgres import Cluster, run_own_cluster

LEADERS = 58  # with 10 units and the office: 69 invitations
INVITATIONS = 69
FAR = 1_000_000
Look = Callable[[], Iterator[bytes]]


@pytest.fixture
def postgres_cluster() -> Iterator[Cluster]:
    """A server of the test's own: nobody else has written into its files; its log is in bits."""
    yield from run_own_cluster(wal_segment_mb=1)


@dataclass
class Destroyed:
    """Byte strings that must be gone, by what they are, as they stand in this database's rows."""

    marks: dict[str, set[bytes]] = field(default_factory=dict)

    def add(self, kind: str, *found: bytes) -> None:
        self.marks.setdefault(kind, set()).update(found)

    def count(self, contents: Iterator[bytes]) -> dict[str, int]:
        """How many of each kind are found anywhere."""
        seen: set[bytes] = set()
        for content in contents:
            for marks in self.marks.values():
                seen |= {mark for mark in marks - seen if mark in content}
        return {kind: len(marks & seen) for kind, marks in self.marks.items()}


def write_invitation(database: Database, key: bytes, rater: int) -> bytes:
    """A row of an invitation as it lies in the file: the key, then whose it is."""
    if database.engine.dialect.name == "postgresql":
        return key + bytes(3) + rater.to_bytes(4, "little")  # aligned to four bytes
    return key + rater.to_bytes((rater.bit_length() + 8) // 8)


def read_invitations(database: Database) -> list[bytes]:
    with database.reading() as session:
        rows = session.execute(select(Invite.credential, Invite.rater_id)).all()
        return [write_invitation(database, key, rater) for key, rater in rows]


def read_wrapped_key(database: Database, round_id: int) -> bytes:
    with database.reading() as session:
        wrapped = session.get_one(Round, round_id).wrapped_key or ""
        (one,) = json.loads(wrapped)
        return str(max(one.values(), key=lambda value: len(str(value)))).encode()


def sample(database: Database) -> None:
    """What the server does by itself from time to time."""
    if database.engine.dialect.name == "postgresql":
        with database.engine.connect() as connection:
            own = connection.execution_options(isolation_level="AUTOCOMMIT")
            own.exec_driver_sql("ANALYZE")


def live_through(place: Installation) -> tuple[int, Destroyed]:
    """A round up to its count, noting what is destroyed on the way and what is to be at the end."""
    database, destroyed = place.database, Destroyed()
    season_id = add_panshan(place)
    add_leaders(database, season_id)
    round_id = get_round_id(place, season_id)
    custody.make_keys(Act(database, CUSTODIAN, MORNING), round_id, PASSPHRASE + "旧", cost=CHEAPEST)
    destroyed.add("keys made anew", read_wrapped_key(database, round_id))
    issue_cards(place, round_id)
    destroyed.add("codes issued anew", *read_invitations(database))
    cards = rounds.issue(Act(database, MANAGER, MORNING), place.settings, round_id, DEADLINE)
    destroyed.add("invitations", *read_invitations(database))
    destroyed.add("wrapped key", read_wrapped_key(database, round_id))
    rounds.open_round(Act(database, MANAGER, MORNING), place.settings, round_id)
    sample(database)
    for number in range(3):
        visit, answers = visit_and_fill(place, get_card(cards, "mutual_town", number).token)
        paper = casting.get_paper(database, visit, MORNING)
        kept = [("a.overall.u01", "A")] * (number + 1)
        drafts.save_draft(database, visit, kept, 0, MORNING, paper.lengths)
        with database.reading() as session:
            destroyed.add("drafts", *(one[:64] for one in session.scalars(select(Draft.sealed))))
        if number:
            casting.cast(database, visit, answers, casting.new_nonce(), MORNING)
    exchange(place, round_id, destroyed)
    sample(database)
    rounds.close_round(Act(database, MANAGER, MORNING), place.settings, round_id)
    opening.open_box(
        Act(database, CUSTODIAN, MORNING), place.settings, round_id, PASSPHRASE, ignore_progress
    )
    return round_id, destroyed


def add_leaders(database: Database, season_id: int) -> None:
    """More leaders; all raters get numbers of three bytes, so that none is found by chance."""
    with database.writing() as session:
        session.execute(update(Rater).values(id=Rater.id + FAR))
        for number in range(3, LEADERS + 1):
            code = f"L{number}"
            session.add(
                Rater(
                    id=2 * FAR + number,
                    season_id=season_id,
                    group="leader",
                    code=code,
                    name=f"领导{code}",
                )
            )
            session.add(
                Relation(
                    season_id=season_id, group="leader", rater=code, unit="u01", role="in_charge"
                )
            )


def exchange(place: Installation, round_id: int, destroyed: Destroyed) -> None:
    """A leader's card is exchanged: the proposal names the leader beside the place."""
    approval = reissue.propose_by_rater(
        Act(place.database, MANAGER, MORNING),
        place.settings,
        "reissue",
        round_id,
        "leader",
        "L7",
        "丢失",
    )
    with place.database.reading() as session:
        detail = session.get_one(Approval, approval).detail
        assert "领导L7" in detail
        destroyed.add("holder of an exchanged card", detail.encode())
    reissue.reissue(Act(place.database, MANAGER, MORNING), place.settings, approval)
    destroyed.add("invitations", *read_invitations(place.database))


@pytest.fixture
def look(tmp_path: Path, database_url: str, request: pytest.FixtureRequest) -> Look:
    """Reads every file of the installation and of its database's server."""
    server = find_server(database_url, request)

    def read() -> Iterator[bytes]:
        yield from read_files(tmp_path)
        yield from server()

    return read


@pytest.mark.usefixtures("database_url")
@pytest.mark.slow
def test_nothing_destroyed_is_found_in_any_file(place: Installation, look: Look) -> None:
    round_id, destroyed = live_through(place)
    everything = {kind: len(marks) for kind, marks in destroyed.marks.items()}
    assert everything == {
        "keys made anew": 1,
        "codes issued anew": INVITATIONS,
        "invitations": INVITATIONS + 1,
        "wrapped key": 1,
        "drafts": 3,
        "holder of an exchanged card": 1,
    }
    found = destroyed.count(look())
    # In SQLite the exchanged one is overwritten already.
    assert (found["wrapped key"], found["invitations"] >= INVITATIONS) == (1, True)

    custody.destroy_keys(Act(place.database, CUSTODIAN, MORNING), place.settings, round_id)
    waiting = purging.find_destruction(place.database, round_id)
    done = purging.purge(place.database, MORNING)

    assert destroyed.count(look()) == dict.fromkeys(everything, 0)
    assert waiting is not None
    assert waiting.done_at is None
    assert {(view.done_at, view.notes) for view in done} == {(MORNING, ())}
    assert purging.find_destruction(place.database, round_id) in done
    assert purging.purge(place.database, MORNING) == ()  # nothing waits any more
    told = [one for one in events.list_events(place.database) if one.verb == "purge"]
    assert sorted(json.loads(one.detail)["what"] for one in told) == [
        "card",
        "drafts",
        "keys",
        "old_keys",
        "roll",
    ]


@pytest.mark.usefixtures("database_url")
@pytest.mark.slow
def test_a_plain_delete_leaves_everything_in_the_files(place: Installation, look: Look) -> None:
    """What SQL says is gone, on a connection that no pragma makes careful."""
    round_id, destroyed = live_through(place)
    naive = connect(place.settings.database_url)
    with naive.engine.connect() as connection:
        own = connection.execution_options(isolation_level="AUTOCOMMIT")
        if naive.engine.dialect.name == "sqlite":
            own.exec_driver_sql("PRAGMA secure_delete = OFF")
        own.execute(text("DELETE FROM invite"))
        own.execute(text("UPDATE round SET wrapped_key = '[]'"))
        own.execute(text("UPDATE approval SET detail = '{}'"))
    found = destroyed.count(look())
    naive.close()

    assert (found["wrapped key"], found["invitations"] >= INVITATIONS) == (1, True)
    assert found["holder of an exchanged card"] == 1
    assert round_id == get_round_id(place, 1)


@pytest.mark.usefixtures("database_url")
def test_an_invitation_is_searched_for_as_it_lies_in_the_file(place: Installation) -> None:
    """A key with its rater, in three sizes of numbers."""
    written = [write_invitation(place.database, b"k" * 32, rater) for rater in (5, 300, 70_000)]

    assert len(set(written)) == 3
    assert all(one.startswith(b"k" * 32) and len(one) > 32 for one in written)


@pytest.fixture(autouse=True)
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """On a busy machine the server counts late; only a real reader is to be told as one."""
    monkeypatch.setattr(postgresql, "COUNTED_WITHIN_S", PATIENCE_S)


@pytest.fixture
def owned(tmp_path: Path, postgres_cluster: Cluster) -> Iterator[tuple[Installation, Database]]:
    """The documented roles: the service may not touch ballots, its tables have another owner."""
    url = postgres_cluster.create_database()
    name = url.split("@/")[1].split("?")[0]
    ask(postgres_cluster, "postgres", "CREATE ROLE evalsvc_owner LOGIN")
    ask(postgres_cluster, "postgres", f"ALTER DATABASE {name} OWNER TO evalsvc_owner")
    owner_url = url.replace("postgres@", "evalsvc_owner@")
    owner = build_installation(tmp_path, owner_url)
    with psycopg.connect(host=str(postgres_cluster.folder), user="postgres", dbname=name) as own:
        own.execute((PROJECT / "docs" / "postgresql-roles.sql").read_bytes())
    service = connect(url.replace("postgres@", "evalsvc_app@"))
    yield owner, service
    service.close()
    owner.database.close()


def ask(cluster: Cluster, database: str, *statements: str) -> None:
    with psycopg.connect(
        host=str(cluster.folder), user="postgres", dbname=database, autocommit=True
    ) as connection:
        for statement in statements:
            connection.execute(statement)


@pytest.mark.slow
@pytest.mark.postgres
def test_each_role_does_what_it_may_and_says_what_it_may_not(
    owned: tuple[Installation, Database], postgres_cluster: Cluster
) -> None:
    owner, service = owned
    round_id, destroyed = live_through(owner)
    custody.destroy_keys(Act(service, CUSTODIAN, MORNING), owner.settings, round_id)

    def look() -> dict[str, int]:
        return destroyed.count(read_files(postgres_cluster.folder))

    by_service = purging.purge(service, MORNING)
    assert {(view.done_at, view.notes) for view in by_service} == {(None, ("owner",))}
    without_rights = purging.purge(owner.database, MORNING)
    assert {(view.done_at, view.notes) for view in without_rights} == {(None, ("log_rights",))}
    assert look()["wrapped key"] == 1  # the log has it still
    name = owner.settings.database_url.split("@/")[1].split("?")[0]
    lines = (PROJECT / "docs" / "postgresql-purge.sql").read_text().splitlines()
    grants = "".join(line for line in lines if not line.startswith("--"))
    ask(postgres_cluster, name, *(one for one in grants.split(";") if one.strip()))
    with_rights = purging.purge(owner.database, MORNING)

    assert {(view.done_at, view.notes) for view in with_rights} == {(MORNING, ())}
    assert set(look().values()) == {0}
    assert with_rights[-1] == purging.find_destruction(service, round_id)


@pytest.mark.slow
@pytest.mark.postgres
def test_who_reads_an_older_state_delays_it(
    owned: tuple[Installation, Database], postgres_cluster: Cluster
) -> None:
    """Rows that an earlier transaction may still read are carried into the new file."""
    owner, _ = owned
    name = owner.settings.database_url.split("@/")[1].split("?")[0]
    round_id, destroyed = live_through(owner)
    with psycopg.connect(host=str(postgres_cluster.folder), user="postgres", dbname=name) as late:
        late.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        late.execute("SELECT count(*) FROM pg_class")
        custody.destroy_keys(Act(owner.database, CUSTODIAN, MORNING), owner.settings, round_id)
        delayed = purging.purge(owner.database, MORNING)
        assert "in_use" in delayed[-1].notes
        assert destroyed.count(read_files(postgres_cluster.data / "base"))["wrapped key"] == 1
        late.rollback()

    purging.purge(owner.database, MORNING)
    assert set(destroyed.count(read_files(postgres_cluster.data / "base")).values()) == {0}


def test_a_reader_of_an_older_state_delays_sqlite_too(tmp_path: Path) -> None:
    installation = build_installation(tmp_path)
    url = installation.settings.database_url + "?timeout=0"
    round_id, _ = live_through(installation)
    custody.destroy_keys(
        Act(installation.database, CUSTODIAN, MORNING), installation.settings, round_id
    )
    quick = connect(url)
    with quick.engine.connect() as hurried:
        hurried.exec_driver_sql("PRAGMA busy_timeout = 0")
    with installation.database.reading() as session:
        session.scalars(select(Credential)).first()
        with suppress(Exception), quick.engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA busy_timeout = 0")
        delayed = purging.purge(quick, MORNING)
    quick.close()

    assert delayed[-1].notes == ("in_use",)
    assert purging.purge(installation.database, MORNING)[-1].notes == ()
    installation.database.close()


def test_a_large_sqlite_file_is_not_written_anew_under_raters(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    installation = build_installation(tmp_path)
    round_id, _ = live_through(installation)
    custody.destroy_keys(
        Act(installation.database, CUSTODIAN, MORNING), installation.settings, round_id
    )
    other = get_round_id(installation, add_panshan(installation))
    issue_cards(installation, other)
    rounds.open_round(Act(installation.database, MANAGER, MORNING), installation.settings, other)

    monkeypatch.setattr(sqlite, "SMALL", 4096)
    assert purging.purge(installation.database, MORNING)[-1].notes == ("open_round",)
    rounds.close_round(Act(installation.database, MANAGER, MORNING), installation.settings, other)
    assert purging.purge(installation.database, MORNING)[-1].notes == ()
    installation.database.close()
