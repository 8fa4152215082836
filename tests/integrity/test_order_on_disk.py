"""The order in which ballots came, read from files, log, dump and copies: all of it, and nothing.

The attackers have the database's files, its log and its dumps, and know the order of arrival, which
they try to find again. They are tried first on the same program without a tray.
"""

import re
import subprocess
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.engine import Connection

from evalsvc.box.tray import TrayKey, WaitingPlace
from evalsvc.domain.acting import Act
from evalsvc.domain.sealing import anchors, rounds
from evalsvc.domain.voting import casting
from evalsvc.domain.voting.tray_keys import list_tray_keys
from evalsvc.models.box import Ballot
from tests.cast import MANAGER, MORNING
from tests.integrity.on_disk import (
    by_dump,
    by_place_in_file,
    checkpoint,
    correlate,
    dump_table,
    list_orders,
)
from tests.integrity.thousand import PEOPLE, Crowd, build_crowd, cast_all, list_keys
from tests.postgres import Cluster, run_own_cluster

# Of a thousand, by chance once in 600 draws; a second crowd decides.
MOST_CORRELATED = 0.1
PIECE = 32  # so many bytes of a sealed ballot stand nowhere else

pytestmark = pytest.mark.slow


@pytest.fixture
def postgres_cluster() -> Iterator[Cluster]:
    """A server of the test's own, in place of the one that all tests share."""
    yield from run_own_cluster()


@dataclass(frozen=True)
class Watched:
    """A crowd, its places in the order of arrival, and where its database lies."""

    crowd: Crowd
    keys: Sequence[bytes]
    cluster: Cluster | None


Gather = Callable[[], Watched]


@pytest.fixture
def gather(
    tmp_path: Path,
    database_url: str,
    monkeypatch: pytest.MonkeyPatch,
    request: pytest.FixtureRequest,
) -> Iterator[Gather]:
    """Makes crowds, each in a database of its own."""
    made: list[Watched] = []

    def gather_once() -> Watched:
        folder = tmp_path / f"crowd{len(made)}"
        folder.mkdir()
        cluster: Cluster | None = None
        url = None
        if not database_url.startswith("sqlite"):
            cluster = request.getfixturevalue("postgres_cluster")
            url = cluster.create_database()
        crowd = build_crowd(folder, monkeypatch, url)
        crowd.place.database.close()  # SQLite's log of the issuing ends here
        made.append(Watched(crowd, list_keys(crowd), cluster))
        return made[-1]

    yield gather_once
    for one in made:
        one.crowd.place.database.close()


def wrap_nothing(
    key: TrayKey,  # noqa: ARG001 (the box has none)
    place: WaitingPlace,
    sealed: bytes,
    signature: bytes,
    length: int,  # noqa: ARG001
) -> dict[str, object]:
    """The program without a tray: a ballot is written as it lies in the box."""
    return {
        "credential": place.credential,
        "seq": place.seq,
        "nonce": place.nonce,
        "sealed": sealed,
        "signature": signature,
        "leaf": place.leaf,
    }


def put_in_box(
    connection: Connection,
    round_id: int,  # noqa: ARG001 (of the tray)
    ballot: Mapping[str, object],
) -> None:
    """And goes into the box as it comes."""
    connection.execute(Ballot.__table__.insert(), ballot)  # type: ignore[attr-defined]  # a table, and no other selectable


def test_without_a_tray_the_order_is_on_the_disk(
    gather: Gather, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(casting, "wrap", wrap_nothing)
    monkeypatch.setattr(casting, "put", put_in_box)
    watched = gather()
    assert len(list(cast_all(watched.crowd))) == PEOPLE
    found = attack(watched)
    if watched.cluster is None:
        assert found["file, contents"] > 0.9
    else:
        assert found["transaction numbers"] == pytest.approx(1)
        assert found["dumped rows"] > 0.9
        assert found["rows"] > 0.9
        assert found["commits in the log"] == pytest.approx(1)


def test_an_hours_ballots_lie_in_no_order(gather: Gather) -> None:
    """After the anchor's hour, while the round is open: rows, files, log, dump and a copy."""
    for turn in range(2):
        watched = gather()
        place, round_id = watched.crowd.place, watched.crowd.round_id
        before = count_traces(watched)
        assert len(list(cast_all(watched.crowd))) == PEOPLE
        assert count_traces(watched) == before  # nothing tells whose the rows are
        assert anchors.publish_anchor(place.database, place.settings, round_id, MORNING)
        assert [key.batch for key in list_tray_keys(place.settings.peppers)] == [2] * (turn + 1)
        found = attack(watched)
        if max(found.values()) <= MOST_CORRELATED:
            return
    raise AssertionError(found)


def test_a_closed_box_tells_no_order_of_batches_either(gather: Gather) -> None:
    """Two hours and the rest at closing; then the boxes are mixed."""
    for _ in range(2):
        watched = gather()
        place, round_id = watched.crowd.place, watched.crowd.round_id
        arriving = cast_all(watched.crowd)
        for batch in (400, 300):
            assert len(list(islice(arriving, batch))) == batch
            assert anchors.publish_anchor(place.database, place.settings, round_id, MORNING)
        before = attack(watched)
        assert len(list(arriving)) == 300
        rounds.close_round(Act(place.database, MANAGER, MORNING), place.settings, round_id)
        found = attack(watched, logs=False)
        print(before, found)
        if max(found.values()) <= MOST_CORRELATED:
            return
    raise AssertionError(found)


def attack(watched: Watched, *, logs: bool = True) -> dict[str, float]:
    """|Spearman| of the true order of arrival with the one that each attacker finds."""
    database = watched.crowd.place.database
    with database.engine.connect() as connection:
        rows = connection.execute(text("SELECT credential, sealed FROM ballot")).all()
    sealed = {bytes(row.credential): bytes(row.sealed) for row in rows}
    keys = [key for key in watched.keys if key in sealed]
    assert len(keys) == len(sealed)
    # Ends of contents stand on pages of their own, apart from the rows' keys.
    ends = [sealed[key][-PIECE:] for key in keys]
    orders = read_sqlite_order(watched, keys, ends) if watched.cluster is None else {}
    if watched.cluster is not None:
        orders = read_postgresql_order(watched, watched.cluster, keys, ends, logs=logs)
    assert orders
    return {name: abs(correlate(order, truth)) for name, (order, truth) in orders.items()}


Orders = dict[str, tuple[Sequence[bytes], Sequence[bytes]]]


def read_sqlite_order(watched: Watched, keys: Sequence[bytes], ends: Sequence[bytes]) -> Orders:
    """From the file with its log, from the file alone, and from a copy as backups are made."""
    place = watched.crowd.place
    folder = place.settings.instance
    orders = list_marks(folder, "running", keys, ends)
    copy = folder.with_name(f"{folder.name}-copies")
    copy.mkdir(exist_ok=True)
    (copy / "copy.sqlite").unlink(missing_ok=True)
    with place.database.engine.connect() as connection:
        connection.exec_driver_sql(f"VACUUM INTO '{copy / 'copy.sqlite'}'")
    orders |= list_marks(copy, "copy", keys, ends)
    place.database.close()  # the last connection writes the log into the file
    assert not list(folder.glob("*-wal"))
    orders |= list_marks(folder, "stopped", keys, ends)
    name = next(one for one in orders if one.startswith("stopped") and one.endswith("contents"))
    return orders | {"file, contents": orders[name]}


def read_postgresql_order(
    watched: Watched, cluster: Cluster, keys: Sequence[bytes], ends: Sequence[bytes], *, logs: bool
) -> Orders:
    database = watched.crowd.place.database
    orders: Orders = {}
    with database.engine.connect() as connection:
        for name, order in (("transaction numbers", "xmin::text::bigint, ctid"), ("rows", "ctid")):
            found = connection.execute(text(f"SELECT credential FROM ballot ORDER BY {order}"))  # noqa: S608 (two words of ours)
            orders[name] = ([bytes(row[0]) for row in found], keys)
        locked = "SELECT key FROM credential ORDER BY xmax::text::bigint, ctid"
        found = connection.execute(text(locked))
        orders["locks in rows"] = ([key for row in found if (key := bytes(row[0])) in keys], keys)
        url = connection.engine.url.render_as_string(hide_password=False)
        orders["commits in the log"] = (list_commits(connection, cluster), keys)
    orders["dumped rows"] = (by_dump(dump_table(url, "ballot"), keys), keys)
    checkpoint(cluster)
    orders |= list_marks(cluster.data / "base", "tables", keys, ends)
    orders |= list_marks(cluster.data / "pg_wal", "log", keys, ends)
    if not logs:  # which keeps for a while what it was told while the round was open
        orders = {
            name: order
            for name, order in orders.items()
            if not name.startswith("log") and name != "commits in the log"
        }
    return orders


def list_marks(folder: Path, name: str, keys: Sequence[bytes], ends: Sequence[bytes]) -> Orders:
    """By every file of a folder that holds all keys, or the ends of all contents."""
    found: Orders = {}
    for what, marks in (("keys", keys), ("contents", ends)):
        for file, order in list_orders(folder, marks).items():
            found[f"{name}, {file}, {what}"] = (order, marks)
    return found


def list_commits(connection: Connection, cluster: Cluster) -> list[bytes]:
    """The places in the order in which the log says that their ballots were committed."""
    node = connection.execute(text("SELECT pg_relation_filenode('ballot')")).scalar_one()
    rows = connection.execute(text("SELECT ctid::text, credential FROM ballot")).all()
    where = {str(row[0]): bytes(row[1]) for row in rows}
    order: list[bytes] = []
    for line in read_log(cluster):
        found = re.search(rf"Heap .*INSERT.* off:? (\d+).*rel \d+/\d+/{node} .*blk (\d+)", line)
        if found:
            place = f"({found[2]},{found[1]})"
            order.append(where[place])
    return order


def read_log(cluster: Cluster) -> list[str]:
    """What pg_waldump tells of the write-ahead log that is still there."""
    segments = sorted(
        file.name for file in (cluster.data / "pg_wal").iterdir() if len(file.name) == 24
    )
    command = [
        str(cluster.binaries / "pg_waldump"),
        "-p",
        str(cluster.data / "pg_wal"),
        segments[0],
        segments[-1],
    ]
    said = subprocess.run(command, check=False, capture_output=True, text=True)
    return said.stdout.splitlines()


def count_traces(watched: Watched) -> int:
    """How many places stand in the log of the casts, by their keys or by locks of their rows."""
    if watched.cluster is None:
        log = watched.crowd.place.settings.instance / "evalsvc.sqlite-wal"
        return len(by_place_in_file(log.read_bytes(), watched.keys)) if log.exists() else 0
    with watched.crowd.place.database.engine.connect() as connection:
        node = connection.execute(text("SELECT pg_relation_filenode('credential')")).scalar_one()
    return sum(f"/{node} " in line and " LOCK off" in line for line in read_log(watched.cluster))
