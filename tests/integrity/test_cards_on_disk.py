"""Cards put beside places on the roll by the order of rows and bytes: 1,000 of 1,000, and nobody.

The attacker has the list of who got which card, in the printed order, and what a database keeps:
its dump, its files, its log. No pepper and no key.
"""

from collections.abc import Iterator, Sequence

import pytest
from sqlalchemy import column, select, text
from sqlalchemy import table as sql_table
from sqlalchemy.engine import Connection

from evalsvc.box.roots import Voter, derive_root
from evalsvc.domain.voting.peppers import find_pepper
from evalsvc.models.season import Round
from tests.cast import Installation, add_panel_city, get_round_id, issue_cards
from tests.integrity.attackers import count_right
from tests.integrity.on_disk import by_dump, checkpoint, correlate, dump_table, list_orders
from tests.integrity.test_relinking import MOST_BY_CHANCE
from tests.postgres import Cluster, run_own_cluster

SEATS = 250  # of four strata
MOST_CORRELATED = 0.1  # of a thousand, by chance once in 600 draws; two in a row are none

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("database_url")]


@pytest.fixture
def postgres_cluster() -> Iterator[Cluster]:
    """A server of the test's own, in place of the one that all tests share."""
    yield from run_own_cluster()


@pytest.fixture
def cluster(database_url: str, request: pytest.FixtureRequest) -> Cluster | None:
    if database_url.startswith("sqlite"):
        return None
    found: Cluster = request.getfixturevalue("postgres_cluster")
    return found


def test_the_printed_order_gives_every_card_away(
    place: Installation, cluster: Cluster | None
) -> None:
    """A table whose rows are written as they are printed."""
    keys = _issue(place)
    with place.database.engine.begin() as connection:
        kind = "BLOB" if cluster is None else "bytea"
        connection.execute(text(f"CREATE TABLE naive (key {kind} NOT NULL, used int)"))
        rows = [{"key": key} for key in keys]
        connection.execute(text("INSERT INTO naive VALUES (:key, 0)"), rows)
    found = _attack(place, cluster, keys, "naive")
    certain = {name for name, (right, _) in found.items() if right == len(keys)}
    assert "row" in certain
    if cluster is not None:
        assert "dumped rows" in certain
        assert any("base/" in name and "8192 backward" in name for name in certain)


def test_no_file_and_no_dump_tells_a_cards_place(
    place: Installation, cluster: Cluster | None
) -> None:
    found = _attack(place, cluster, _issue(place), "credential")
    assert len(found) >= (4 if cluster is None else 8)  # rows and dump; heap, index and log
    if not _is_chance(found):  # once in some hundred issues: chance does not strike twice
        again = _attack(place, cluster, _issue(place), "credential")
        assert _is_chance(again), (found, again)


def _issue(place: Installation) -> list[bytes]:
    """Issue a thousand citizens' cards and those of all raters; their places as printed."""
    with place.database.reading() as session:
        issued = session.query(Round).filter(Round.state == "issued").all()
    round_id = issued[0].id if issued else get_round_id(place, add_panel_city(place, SEATS))
    cards = issue_cards(place, round_id)
    with place.database.reading() as session:
        uid = session.get_one(Round, round_id).uid
    pepper = find_pepper(place.settings, uid)
    assert pepper is not None
    return [Voter(derive_root(pepper, card.token)).credential for card in cards]


def _attack(
    place: Installation, cluster: Cluster | None, keys: Sequence[bytes], table: str
) -> dict[str, tuple[int, float]]:
    """For each attacker: how many cards lead to the right place, and the correlation of orders."""
    place.database.close()  # SQLite: all that was written stands in the file
    with place.database.engine.connect() as connection:
        orders = {"row": _list_rows(connection, table)}
        if cluster is None:
            folder = place.settings.instance
        else:
            checkpoint(cluster)
            folder = cluster.data
            url = connection.engine.url.render_as_string(hide_password=False)
            orders["dumped rows"] = by_dump(dump_table(url, table), keys)
        orders |= list_orders(folder, keys)
    assert len(orders["row"]) == len(keys)
    return {
        name: (
            count_right([key.hex() for key in order], [key.hex() for key in keys]),
            correlate(order, keys),
        )
        for name, order in orders.items()
    }


def _list_rows(connection: Connection, table: str) -> list[bytes]:
    """As the table itself has them: no order is asked for, or that of its places."""
    statement = select(column("key")).select_from(sql_table(table))
    if connection.dialect.name == "postgresql":
        statement = statement.order_by(column("ctid"))
    return [bytes(row[0]) for row in connection.execute(statement)]


def _is_chance(found: dict[str, tuple[int, float]]) -> bool:
    return all(
        right <= MOST_BY_CHANCE and abs(correlation) <= MOST_CORRELATED
        for right, correlation in found.values()
    )
