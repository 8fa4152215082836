"""A place on the roll, held for one short write: nobody else casts or saves for it meanwhile."""

from datetime import datetime
from typing import Any, TypeAlias

from sqlalchemy import bindparam, select
from sqlalchemy.engine import Connection

from evalsvc.errors import ROUND_CLOSED, TOKEN_UNKNOWN, TOKEN_VOID, Problem
from evalsvc.models.box import Credential
from evalsvc.models.season import Round

# A joined row has no class of its own.
Place: TypeAlias = Any

# Built once: putting a statement together costs more than running it.
_PLACE = (
    select(
        Credential.group,
        Credential.void,
        Round.id,
        Round.uid,
        Round.state,
        Round.deadline,
        Round.public_key,
    )
    .join(Round, Round.id == Credential.round_id)
    .where(Credential.key == bindparam("key"))
    .with_for_update(of=Credential)
)
# Shared with other casters, exclusive with closing: a ballot is either before it or refused.
_ROUND_OPEN = (
    select(Round.state, Round.deadline)
    .where(Round.id == bindparam("id"))
    .with_for_update(read=True)
)


def hold_place(connection: Connection, key: bytes, moment: datetime) -> Place:
    """The place on the roll of an open round, locked until the transaction ends."""
    place = connection.execute(_PLACE, {"key": key}).one_or_none()
    if place is None:
        raise Problem(TOKEN_UNKNOWN)
    if place.void:
        raise Problem(TOKEN_VOID)
    # Asked again in the order of locks: closing may have come between the page and this moment.
    # SQLite has one lock, which this transaction already holds.
    one_lock = connection.dialect.name == "sqlite"
    now = place if one_lock else connection.execute(_ROUND_OPEN, {"id": place.id}).one()
    if not takes_ballots(now.state, now.deadline, moment):
        raise Problem(ROUND_CLOSED)
    return place


def takes_ballots(state: str, deadline: datetime | None, moment: datetime) -> bool:
    """Open, and the announced deadline has not passed."""
    return state == "open" and (deadline is None or moment < deadline)
