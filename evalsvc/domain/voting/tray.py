"""The tray: where a ballot lies from the moment of its receipt until the next anchor's hour.

Whoever asks who has voted asks here: a place's ballots are those in the box and those on the tray.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from sqlalchemy import (
    CompoundSelect,
    bindparam,
    delete,
    exists,
    func,
    insert,
    null,
    select,
    union_all,
    update,
)
from sqlalchemy.engine import Connection
from sqlalchemy.orm import Session

from evalsvc.box.receipts import leaf_hash
from evalsvc.box.tray import TrayKey, WaitingPlace
from evalsvc.db import Database
from evalsvc.domain.voting.places import lock_round
from evalsvc.domain.voting.tray_keys import find_tray_key, list_tray_keys, make_tray_key
from evalsvc.domain.voting.visit import MOST_REVISIONS
from evalsvc.models.box import Ballot, Credential, PendingBallot
from evalsvc.models.season import Round

# Both databases take so many values in one statement.
MANY = 10_000

# Some rows have no class of their own.
_Row: TypeAlias = Any

_BOX = select(
    Ballot.seq, Ballot.nonce, Ballot.leaf, null().label("tag"), null().label("place")
).where(Ballot.credential == bindparam("key"))
_TRAY = select(null(), null(), null(), PendingBallot.tag, PendingBallot.place)
# Built once: putting a statement together costs more than running it. Box and tray are asked in one
# statement, for between two a ballot may move from the one into the other. Nearly everybody casts
# once: two tags under each of two keys are asked, the others only where a second one is there.
_SECOND_TAGS = PendingBallot.tag.in_([bindparam("second_a"), bindparam("second_b")])
_FIRST_TAGS = PendingBallot.tag.in_([bindparam("first_a"), bindparam("first_b")])
_FIRST: CompoundSelect[Any] = union_all(_BOX, _TRAY.where(_FIRST_TAGS | _SECOND_TAGS))
# The same within another question about a place: how many lie in the box, what waits, and whether
# that may not be all.
IN_BOX = (
    select(func.count())
    .where(Ballot.credential == Credential.key)
    .scalar_subquery()
    .label("in_box")
)
FIRST_PLACES = tuple(
    select(PendingBallot.place)
    .where(PendingBallot.tag == bindparam(f"first_{which}"))
    .scalar_subquery()
    .label(f"place_{which}")
    for which in "ab"
)
HAS_SECOND = exists().where(_SECOND_TAGS).label("has_second")
# All that a first cast has to know, for half the price: each value that a statement takes costs as
# much as a column. Whoever has a second ballot in a batch has a first one there, or in the box: a
# batch moves in whole transactions, and this is one question.
HAS_EARLIER = (
    exists().where(Ballot.credential == Credential.key) | exists().where(_FIRST_TAGS)
).label("has_earlier")
_ANY_TAG = PendingBallot.tag.in_(bindparam("tags", expanding=True))
_ALL: CompoundSelect[Any] = union_all(_BOX, _TRAY.where(_ANY_TAG))
_INSERT = insert(PendingBallot)


@dataclass(frozen=True)
class Earlier:
    """A ballot that a place has cast; `batch` is None for one that lies in the box."""

    seq: int
    nonce: bytes
    leaf: bytes
    batch: int | None


def name_first_tags(keys: Sequence[TrayKey], credential: bytes) -> dict[str, bytes]:
    """Parameters of a statement with FIRST_PLACES and HAS_SECOND, or with HAS_EARLIER."""
    named = {f"{which}_{key}": b"" for which in ("first", "second") for key in "ab"}
    for letter, key in zip("ab", keys, strict=False):
        named[f"first_{letter}"] = key.tag(credential, 1)
        named[f"second_{letter}"] = key.tag(credential, 2)
    return named


def count_first(keys: Sequence[TrayKey], asked: Mapping[str, bytes], found: _Row) -> int | None:
    """How many ballots a place has, by IN_BOX and FIRST_PLACES; None where that may not be all."""
    # Of one round there are more than two keys only after an emptying that was stopped.
    if found.has_second or len(keys) > 2:
        return None
    return int(found.in_box) + sum(
        place is not None and key.open_place(asked[f"first_{letter}"], place) is not None
        for letter, key, place in zip("ab", keys, (found.place_a, found.place_b), strict=False)
    )


def list_earlier(
    connection: Connection, keys: Sequence[TrayKey], credential: bytes
) -> list[Earlier]:
    """A place's ballots in their order, from the box and under these keys."""
    asked = name_first_tags(keys, credential)
    rows = connection.execute(_FIRST, {"key": credential, **asked}).all()
    tags = {asked[f"first_{letter}"]: key for letter, key in zip("ab", keys, strict=False)}
    # A second ballot in a batch, or more keys than were asked under: then all is asked at once.
    if len(keys) > 2 or any(row.tag is not None and row.tag not in tags for row in rows):
        return list_all_earlier(connection, keys, credential)
    return sorted(_read(rows, tags), key=lambda one: one.seq)


def list_all_earlier(
    connection: Connection, keys: Sequence[TrayKey], credential: bytes
) -> list[Earlier]:
    """The same, asked at once for as many as there can be."""
    tags = {tag: key for key in keys for tag in key.list_tags(credential, MOST_REVISIONS)}
    rows = connection.execute(_ALL, {"key": credential, "tags": list(tags)}).all()
    return sorted(_read(rows, tags), key=lambda one: one.seq)


def wrap(
    key: TrayKey, place: WaitingPlace, sealed: bytes, signature: bytes, length: int
) -> dict[str, Any]:
    """A ballot as it lies on the tray."""
    return {
        "tag": key.tag(place.credential, place.number),
        "batch": key.batch,
        "place": key.seal_place(place),
        "content": key.seal_content(sealed, signature, length),
    }


def put(connection: Connection, round_id: int, wrapped: Mapping[str, Any]) -> None:
    """Lay a ballot on the tray, in the transaction under way."""
    connection.execute(_INSERT, {"round_id": round_id, **wrapped})


def begin_batch(database: Database, round_id: int) -> None:
    """From here on a round's ballots wait under a new key; waits for casts that are under way."""
    with database.casting() as connection:
        lock_round(connection, round_id)
        found = connection.execute(select(Round.uid, Round.batch).where(Round.id == round_id)).one()
        _begin_next(connection, database, round_id, found.uid, found.batch)


def mend_batch(database: Database, round_id: int) -> None:
    """The same where the key is gone, as after a database was restored, and nobody else was first.

    What waits under the old key can't be read by anybody any more; those raters may vote again.
    """
    with database.casting() as connection:
        lock_round(connection, round_id)
        found = connection.execute(select(Round.uid, Round.batch).where(Round.id == round_id)).one()
        # Of many who find the key gone at once, the first
        # makes the new one; the others find it made.
        if find_tray_key(database.tray_keys, found.uid, found.batch) is None:
            _begin_next(connection, database, round_id, found.uid, found.batch)


def list_waiting(
    connection: Connection, keys: Sequence[TrayKey], round_id: int
) -> dict[bytes, WaitingPlace]:
    """Whose ballots wait on a round's tray, by their rows' tags; what no key opens is left out."""
    by_batch = {key.batch: key for key in keys}
    rows = connection.execute(
        select(PendingBallot.tag, PendingBallot.batch, PendingBallot.place).where(
            PendingBallot.round_id == round_id
        )
    )
    found = (
        (row.tag, by_batch[row.batch].open_place(row.tag, row.place))
        for row in rows
        if row.batch in by_batch
    )
    return {tag: place for tag, place in found if place is not None}


def count_rows(connection: Connection, round_id: int) -> int:
    """How many ballots lie on a round's tray, readable or not."""
    statement = select(func.count()).where(PendingBallot.round_id == round_id)
    return connection.execute(statement).scalar_one()


def count_used(session: Session, database: Database, row: Round) -> dict[str, int]:
    """How many good places of each group have a ballot, in the box or on the tray.

    The tray is asked first: what moves meanwhile is counted in neither for a moment, never twice.
    """
    connection = session.connection()
    # Read from the small part of every row: the large one, with the ballot, stays closed.
    keys = list_tray_keys(database.tray_keys, row.uid)
    waiting = {place.credential for place in list_waiting(connection, keys, row.id).values()}
    used = _count_groups(connection, row.id, exists().where(Ballot.credential == Credential.key))
    for some in _split(list(waiting)):
        # Who has a ballot in the box and another on the tray is one place.
        not_yet = ~exists().where(Ballot.credential == Credential.key)
        for group, n in _count_groups(
            connection, row.id, Credential.key.in_(some) & not_yet
        ).items():
            used[group] = used.get(group, 0) + n
    return used


def count_lost(session: Session, database: Database, row: Round) -> int:
    """How many ballots on the tray nobody can read: restored without the key of their batch."""
    connection = session.connection()
    keys = list_tray_keys(database.tray_keys, row.uid)
    return count_rows(connection, row.id) - len(list_waiting(connection, keys, row.id))


def take(connection: Connection, keys: Sequence[TrayKey], tags: Sequence[bytes]) -> None:
    """Move ballots into the box, in the order of these tags; what no key opens stays."""
    by_place = {(key.uid, key.batch): key for key in keys}
    rows = connection.execute(
        select(PendingBallot, Round.uid)
        .join(Round, Round.id == PendingBallot.round_id)
        # A hundred at a time. They move as a whole, so that a stop
        # at any point loses and doubles nothing (decision 0019).
        .where(PendingBallot.tag.in_(tags))
    ).all()
    opened = {
        row.tag: ballot
        for row in rows
        for ballot in (_open(by_place.get((row.uid, row.batch)), row),)
        if ballot is not None
    }
    # The caller has shuffled the tags: rows keep the order in which they are written.
    moved = [tag for tag in tags if tag in opened]
    if moved:
        connection.execute(insert(Ballot), [opened[tag] for tag in moved])
        connection.execute(delete(PendingBallot).where(PendingBallot.tag.in_(moved)))


def clear(connection: Connection, round_id: int) -> None:
    """Forget what is left on a tray, in the transaction that closes its round."""
    connection.execute(delete(PendingBallot).where(PendingBallot.round_id == round_id))


def _read(rows: Sequence[_Row], keys: Mapping[bytes, TrayKey]) -> Iterator[Earlier]:
    for row in rows:
        if row.tag is None:
            yield Earlier(row.seq, row.nonce, row.leaf, None)
        else:
            key = keys[row.tag]
            place = key.open_place(row.tag, row.place)
            if place is not None:
                yield Earlier(place.seq, place.nonce, place.leaf, key.batch)


def _begin_next(
    connection: Connection, database: Database, round_id: int, uid: str, batch: int
) -> None:
    # The key first: were the transaction to fail, the next one finds and takes it.
    make_tray_key(database.tray_keys, uid, batch + 1)
    connection.execute(update(Round).where(Round.id == round_id).values(batch=batch + 1))


def _open(key: TrayKey | None, row: _Row) -> dict[str, Any] | None:
    place = key.open_place(row.tag, row.place) if key else None
    content = key.open_content(row.content) if key else None
    if place is None or content is None:
        return None
    sealed, signature = content
    # Place and content are sealed apart, so a content could be laid beside another place. The leaf,
    # which the receipt shows, holds the two together.
    if leaf_hash(sealed) != place.leaf:
        return None
    return {
        "credential": place.credential,
        "seq": place.seq,
        "nonce": place.nonce,
        "sealed": sealed,
        "signature": signature,
        "leaf": place.leaf,
    }


def _count_groups(connection: Connection, round_id: int, where: Any) -> dict[str, int]:
    rows = connection.execute(
        select(Credential.group, func.count().label("n"))
        .where(Credential.round_id == round_id, Credential.void.is_(False), where)
        .group_by(Credential.group)
    )
    return {row.group: row.n for row in rows}


def _split(items: list[bytes]) -> Iterator[list[bytes]]:
    return (items[at : at + MANY] for at in range(0, len(items), MANY))
