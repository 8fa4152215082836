"""Drafts: what is filled in so far, sealed under a key that only the token gives.

Another phone with the same code goes on where the first one stopped; for whoever reads the
database a draft is noise. Casting deletes it, closing a round deletes all of the round's.
"""

from collections.abc import Sequence
from datetime import datetime

from nacl.bindings import sodium_pad, sodium_unpad
from nacl.exceptions import CryptoError
from nacl.secret import SecretBox
from sqlalchemy import bindparam, delete, exists, insert, select
from sqlalchemy.engine import Connection
from sqlalchemy.orm import Session

from evalsvc.ballots.lengths import Lengths
from evalsvc.box.sealing import canonical_json, parse_canonical
from evalsvc.db import Database
from evalsvc.domain.voting.places import hold_place
from evalsvc.domain.voting.tray import list_earlier
from evalsvc.domain.voting.tray_keys import list_tray_keys
from evalsvc.domain.voting.visit import Visit, begin_draft_ids
from evalsvc.errors import DRAFT_OVERTAKEN, DRAFT_TOO_LONG, Problem
from evalsvc.models.draft import Draft

# Of the first turns, which every page asks for: nearly everybody casts once.
FIRST_TURNS = 2
HAS_FIRST_DRAFT = (
    exists()
    .where(Draft.id.in_([bindparam(f"draft_{turn}") for turn in range(FIRST_TURNS)]))
    .label("has_draft")
)
# Of the turn of a first cast alone; whoever has cast before has a draft deleted unasked.
HAS_BEGUN = exists().where(Draft.id == bindparam("draft_0")).label("has_begun")
# Whichever turn it is of.
_FIND = select(Draft.sealed).where(Draft.id.in_(bindparam("drafts", expanding=True)))
_DELETE = delete(Draft).where(Draft.id == bindparam("draft"))
_INSERT = insert(Draft)

Entries = Sequence[tuple[str, str]]


def save_draft(
    database: Database,
    visit: Visit,
    entries: Entries,
    turn: int,
    moment: datetime,
    lengths: Lengths,
) -> None:
    """Keep what is filled in, in place of what was kept before.

    All drafts of a paper have one length, which tells nothing about how far somebody has come.
    `turn` is how often the place had cast when the form was made: a draft that arrives late,
    after its ballot, must not bring back what the voter has handed in.
    """
    content = canonical_json([list(entry) for entry in entries])
    # One byte must be left for the padding's own mark.
    if len(content) >= lengths.draft:
        raise Problem(DRAFT_TOO_LONG)
    voter = visit.voter
    draft = visit.get_draft_id(turn)
    sealed = bytes(SecretBox(voter.draft_key).encrypt(sodium_pad(content, lengths.draft)))
    with database.casting() as connection:
        place = hold_place(connection, visit, moment)
        keys = list_tray_keys(database.tray_keys, place.uid)
        if len(list_earlier(connection, keys, voter.credential)) != turn:
            raise Problem(DRAFT_OVERTAKEN)
        connection.execute(_DELETE, {"draft": draft})
        if entries:
            # An emptied form leaves no row: an empty draft would tell that somebody had begun.
            connection.execute(_INSERT, {"id": draft, "sealed": sealed})


def find_draft(database: Database, visit: Visit) -> tuple[tuple[str, str], ...]:
    """What was kept for this code; nothing where there is no draft, or a damaged one."""
    with database.glancing() as connection:
        sealed = connection.execute(_FIND, {"drafts": visit.draft_ids}).scalar_one_or_none()
    if sealed is None:
        return ()
    try:
        padded = SecretBox(visit.voter.draft_key).decrypt(sealed)
        entries = parse_canonical(sodium_unpad(padded, len(padded)))
    except (CryptoError, ValueError):
        return ()  # somebody wrote into the database; the rater starts afresh
    return tuple((name, value) for name, value in entries)


def delete_draft(connection: Connection, visit: Visit, turn: int) -> None:
    """Forget a turn's draft inside the transaction that casts its ballot."""
    connection.execute(_DELETE, {"draft": visit.get_draft_id(turn)})


def name_first_drafts(visit: Visit) -> dict[str, bytes]:
    """Parameters of a statement with HAS_FIRST_DRAFT or HAS_BEGUN."""
    return {f"draft_{turn}": visit.get_draft_id(turn) for turn in range(FIRST_TURNS)}


def delete_drafts(session: Session, round_id: int) -> None:
    """Forget all drafts of a round inside the transaction that closes it."""
    # By a range of ids, since a draft's row has no column that says whose or of which round it is.
    first, last = begin_draft_ids(round_id), begin_draft_ids(round_id + 1)
    session.execute(delete(Draft).where(Draft.id >= first, Draft.id < last))
