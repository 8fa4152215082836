"""A place on the roll, held for one short write: nobody else casts or saves for it meanwhile.

On PostgreSQL by locks that stand in its memory alone. A lock of a row would be written into the row
and into the log, beside what else the transaction wrote: which place was used when.
"""

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any, TypeAlias

from sqlalchemy import BigInteger, Integer, Select, bindparam, cast, func, select
from sqlalchemy.engine import Connection

from evalsvc.domain.voting.visit import Visit
from evalsvc.errors import ROUND_CLOSED, TOKEN_UNKNOWN, TOKEN_VOID, Problem
from evalsvc.models.box import Credential
from evalsvc.models.season import Round

# A joined row has no class of its own.
Place: TypeAlias = Any

# Locks of rounds have a name of two numbers: what they are, and the round's. Places have one.
_CASTING, _EMPTYING = 1, 2

# Built once: putting a statement together costs more than running it.
PLACE = (
    select(
        Credential.group,
        Credential.void,
        Round.id,
        Round.uid,
        Round.state,
        Round.deadline,
        Round.public_key,
        Round.batch,
    )
    .join(Round, Round.id == Credential.round_id)
    .where(Credential.key == bindparam("key"), Round.id == bindparam("round"))
)
_LOCK_PLACE = func.pg_advisory_xact_lock(bindparam("place", type_=BigInteger))
_LOCK_PLACE_ALONE = select(_LOCK_PLACE)
# Shared with other casters, exclusive with closing and with turning to the next batch: a ballot is
# either before it or after.
_LOCK_BOTH = select(
    _LOCK_PLACE,
    func.pg_advisory_xact_lock_shared(cast(_CASTING, Integer), cast(bindparam("round"), Integer)),
)
_LOCK_ROUND = select(
    func.pg_advisory_xact_lock(cast(bindparam("kind"), Integer), cast(bindparam("round"), Integer))
)


def hold_place(
    connection: Connection,
    visit: Visit,
    moment: datetime,
    question: Select[*tuple[Any, ...]] = PLACE,
    named: Mapping[str, Any] = MappingProxyType({}),
) -> Place:
    """The place on the roll of an open round, locked until the transaction ends.

    `question`: PLACE, or with more columns whose parameters are `named`, to save a question.
    """
    key = visit.voter.credential
    if connection.dialect.name != "sqlite":  # which has one lock, and this transaction holds it
        held = {"place": _name_lock(key), "round": visit.round_id}
        connection.execute(_LOCK_BOTH, held)
    # Asked after locking: closing may have come between the page and this moment.
    asked = {"key": key, "round": visit.round_id, **named}
    place = connection.execute(question, asked).one_or_none()
    if place is None:
        raise Problem(TOKEN_UNKNOWN)
    if place.void:
        raise Problem(TOKEN_VOID)
    if not takes_ballots(place.state, place.deadline, moment):
        raise Problem(ROUND_CLOSED)
    return place


def lock_place(connection: Connection, key: bytes) -> None:
    """Wait for whoever casts for a place, and keep others waiting until the transaction ends."""
    if connection.dialect.name != "sqlite":
        connection.execute(_LOCK_PLACE_ALONE, {"place": _name_lock(key)})


def lock_round(connection: Connection, round_id: int) -> None:
    """Wait for all who cast in a round, and keep others waiting until the transaction ends."""
    if connection.dialect.name != "sqlite":
        connection.execute(_LOCK_ROUND, {"kind": _CASTING, "round": round_id})


def lock_emptying(connection: Connection, round_id: int) -> None:
    """Of two who empty a round's tray, one waits for the other's transaction."""
    if connection.dialect.name != "sqlite":
        connection.execute(_LOCK_ROUND, {"kind": _EMPTYING, "round": round_id})


def takes_ballots(state: str, deadline: datetime | None, moment: datetime) -> bool:
    """Open, and the announced deadline has not passed."""
    return state == "open" and (deadline is None or moment < deadline)


def _name_lock(key: bytes) -> int:
    """Eight of a key's bytes; two places of one name only wait for each other."""
    return int.from_bytes(key[:8], signed=True)
