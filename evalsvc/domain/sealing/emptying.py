"""Emptying the tray: its ballots go into the box in a random order, and their key is destroyed.

Killed at any point, nothing is lost or doubled: each chunk moves in one transaction, and a batch's
key is destroyed only when none of its rows is left that it opens. The next hour goes on.
"""

import secrets
from collections.abc import Iterable, Iterator, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from evalsvc.box.tray import TrayKey
from evalsvc.db import Database
from evalsvc.domain.voting.peppers import destroy_pepper
from evalsvc.domain.voting.places import lock_emptying
from evalsvc.domain.voting.tray import begin_batch, clear, count_rows, list_waiting, take
from evalsvc.domain.voting.tray_keys import destroy_tray_key, list_tray_keys
from evalsvc.models.season import Round
from evalsvc.settings import Settings

# Some ten milliseconds for a chunk: nobody who casts meanwhile waits longer.
CHUNK = 100
# Left for the transaction that closes, to be mixed with whoever comes in the last seconds.
LEFT_FOR_CLOSING = 500


def turn_tray(database: Database, round_id: int) -> None:
    """Let new ballots wait under a new key, and put all that wait under earlier ones in the box."""
    # The new key first. What lies under the earlier ones can only become less from here on.
    begin_batch(database, round_id)
    with database.glancing() as connection:
        found = connection.execute(select(Round.uid, Round.batch).where(Round.id == round_id)).one()
    keys = [key for key in list_tray_keys(database.tray_keys, found.uid) if key.batch < found.batch]
    _empty(database, round_id, keys, 0)


def empty_before_closing(database: Database, round_id: int, uid: str) -> None:
    """Put most of a tray into the box while others still cast, so that closing is short."""
    keys = list_tray_keys(database.tray_keys, uid)
    _empty(database, round_id, keys, LEFT_FOR_CLOSING)


def empty_at_closing(session: Session, database: Database, row: Round) -> int:
    """Put the rest into the box, in the transaction that closes; how many nobody could read."""
    connection = session.connection()
    # An hour's emptying may be under way in another process.
    lock_emptying(connection, row.id)
    keys = list_tray_keys(database.tray_keys, row.uid)
    for tags in _split(_shuffle(list_waiting(connection, keys, row.id))):
        take(connection, keys, tags)
    lost = count_rows(connection, row.id)
    # What nobody can read any more goes as well. It is counted
    # and told, and who cast it could vote again until now.
    clear(connection, row.id)
    return lost


def destroy_spent_keys(database: Database, round_id: int) -> None:
    """Destroy the keys of all batches before a round's present one of which nothing waits."""
    with database.glancing() as connection:
        found = connection.execute(select(Round.uid, Round.batch).where(Round.id == round_id)).one()
        keys = list_tray_keys(database.tray_keys, found.uid)
        earlier = [key for key in keys if key.batch < found.batch]
        for key in earlier:
            # Asked of this key alone: rows that no key
            # opens are lost already and keep no key alive.
            if not list_waiting(connection, [key], round_id):
                destroy_tray_key(database.tray_keys, key.uid, key.batch)


def destroy_all_keys(database: Database, uid: str) -> None:
    """Destroy the keys of a closed round's batches."""
    for key in list_tray_keys(database.tray_keys, uid):
        destroy_tray_key(database.tray_keys, key.uid, key.batch)


def destroy_closed_secrets(database: Database, settings: Settings) -> None:
    """Destroy what a closing left that was killed after its commit: pepper and tray keys.

    Whoever starts the service or publishes anchors asks for it; nothing happens where all is done.
    """
    with database.glancing() as connection:
        uids = connection.scalars(select(Round.uid).where(Round.state.in_(("closed", "counted"))))
        closed = list(uids)
    for uid in closed:
        destroy_pepper(settings, uid)
        destroy_all_keys(database, uid)


def _empty(database: Database, round_id: int, keys: Sequence[TrayKey], leave: int) -> None:
    # Listed before the first chunk: what comes meanwhile
    # lies under the newest key and is not looked for.
    with database.glancing() as connection:
        tags = _shuffle(list_waiting(connection, keys, round_id))
    for some in _split(tags[leave:]):
        with database.casting() as connection:
            lock_emptying(connection, round_id)
            take(connection, keys, some)


def _shuffle(tags: Iterable[bytes]) -> list[bytes]:
    shuffled = list(tags)
    # From the system's own source. An order that follows from
    # a seed could be worked out from some of its places.
    secrets.SystemRandom().shuffle(shuffled)
    return shuffled


def _split(tags: Sequence[bytes]) -> Iterator[Sequence[bytes]]:
    return (tags[at : at + CHUNK] for at in range(0, len(tags), CHUNK))
