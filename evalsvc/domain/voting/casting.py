"""Casting: from a code to a sealed ballot and its receipt."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import bindparam, select
from sqlalchemy.engine import Connection

from analysis.score.facts import Answer
from evalsvc.ballots.breaches import list_paper_breaches
from evalsvc.ballots.paper import Paper
from evalsvc.box.receipts import leaf_hash, receipt_code
from evalsvc.box.roots import Voter, derive_root
from evalsvc.box.sealing import ballot_message, seal, sign_ballot
from evalsvc.box.tokens import format_token, read_token
from evalsvc.box.tray import TrayKey, WaitingPlace
from evalsvc.db import Database
from evalsvc.domain.voting.drafts import HAS_BEGUN, delete_draft
from evalsvc.domain.voting.papers import build_paper, find_head, shuffle_units
from evalsvc.domain.voting.peppers import find_pepper
from evalsvc.domain.voting.places import PLACE, Place, hold_place, takes_ballots
from evalsvc.domain.voting.tray import HAS_EARLIER, Earlier, list_earlier, mend_batch, put, wrap
from evalsvc.domain.voting.tray_keys import list_tray_keys
from evalsvc.domain.voting.visit import MOST_REVISIONS, Visit
from evalsvc.errors import (
    BALLOT_REFUSED,
    ROUND_CLOSED,
    ROUND_NOT_OPEN,
    TOKEN_MISTYPED,
    TOKEN_UNKNOWN,
    TOKEN_VOID,
    TOO_MANY_REVISIONS,
    Problem,
)
from evalsvc.models.box import Credential
from evalsvc.models.season import Round
from evalsvc.questions.breach import Breach
from evalsvc.settings import Settings
from evalsvc.text import SEMICOLON, Text

NONCE_BYTES = 16


@dataclass(frozen=True)
class Receipt:
    """Proof that a ballot is in the box; it can't show what the ballot says."""

    code: str
    times_cast: int


@dataclass(frozen=True)
class _Ballot:
    """A ballot that is sealed for its box and has no place yet in the order of the voter's."""

    paper: Paper
    voter: Voter
    nonce: bytes
    sealed: bytes
    leaf: bytes


# Built once: putting a statement together costs more than running it.
_ANSWERING = (
    select(Round.id, Round.uid, Round.state, Round.deadline)
    .where(Round.state != "preparing")
    .order_by(Round.id.desc())
)
_ADMITTED = select(Credential.void).where(
    Credential.key == bindparam("key"), Credential.round_id == bindparam("round")
)
# Nearly everybody casts once: that nothing was cast before is asked with the place.
_HELD = PLACE.add_columns(HAS_EARLIER, HAS_BEGUN)


def admit(database: Database, settings: Settings, token: str, moment: datetime) -> Visit:
    """Find the place on an open round's roll that a typed code leads to; nothing is written."""
    reading = read_token(token)
    if reading.token is None:
        raise Problem(TOKEN_MISTYPED)
    with database.glancing() as connection:
        # Nothing in a code says which round it is of: each has
        # another pepper, so all are tried, the newest first.
        for found in connection.execute(_ANSWERING).all():
            pepper = find_pepper(settings, found.uid)
            # Destroyed at closing. From then on an old code is like one
            # that never was, and the page can only say so (decision 0005).
            if pepper is None:
                continue
            visit = Visit(found.id, derive_root(pepper, reading.token))
            asked = {"key": visit.voter.credential, "round": found.id}
            place = connection.execute(_ADMITTED, asked).one_or_none()
            if place is not None:
                _check_admission(place.void, found.state, found.deadline, moment)
                return visit
    raise Problem(TOKEN_UNKNOWN)


def get_paper(database: Database, visit: Visit, moment: datetime) -> Paper:
    """The visitor's questionnaire, as long as the round takes answers."""
    with database.glancing() as connection:
        found = find_head(connection, database.tray_keys, visit)
        if found is None:
            raise Problem(TOKEN_UNKNOWN)
        head = found.head
        _check_admission(head.void, head.state, head.deadline, moment)
        paper = build_paper(connection, visit, found)
    manner = paper.questionnaire.manner
    if not manner.shuffled:
        return paper
    return replace(paper, units=shuffle_units(paper.units, visit.root), deal=())


def cast(
    database: Database,
    visit: Visit,
    answers: Sequence[Answer],
    nonce: bytes,
    moment: datetime,
    paper: Paper | None = None,
    *,
    assisted: bool = False,
) -> Receipt:
    """Check, seal, sign and store one ballot; the same nonce again gives the same receipt.

    `paper` is the visit's own, where the caller has just got it. `assisted` is a mark inside the
    sealed ballot: somebody of the office has typed it in for the card's holder.
    """
    paper = paper or get_paper(database, visit, moment)
    breaches = list_paper_breaches(paper, answers)
    if breaches:
        raise Problem(BALLOT_REFUSED, reason=say_breaches(breaches))
    receipt = _cast(database, visit, paper, answers, nonce, moment, assisted)
    # The tray's key is gone where a database was restored without the folder of the keys. A new
    # batch begins, and the ballot lies under that; a second failure is the folder's own.
    if receipt is None:
        mend_batch(database, visit.round_id)
        receipt = _cast(database, visit, paper, answers, nonce, moment, assisted)
    if receipt is None:
        raise ValueError("the tray's key can't be written: see the folder of the peppers")
    return receipt


def _cast(
    database: Database,
    visit: Visit,
    paper: Paper,
    answers: Sequence[Answer],
    nonce: bytes,
    moment: datetime,
    assisted: bool,
) -> Receipt | None:
    """One transaction; None where the tray's key is gone and nothing was written."""
    # Sealed before others have to wait: neither name nor key of an open round changes, and both
    # are compared.
    ballot = _seal(paper, visit.voter, answers, nonce, assisted)
    # Nearly everybody casts once, under the newest of the keys that came with the paper: for them
    # everything is ready here, and SQLite's one lock is held for two statements.
    newest = max(paper.tray_keys, key=lambda one: one.batch, default=None)
    wrapped = None if newest is None else _wrap(newest, ballot, 1, 1)
    with database.casting() as connection:
        place, keys, earlier = _hold(connection, database.tray_keys, visit, paper, moment)
        for found in earlier:
            # Before all limits: who sends again because the reply was lost has cast once, and gets
            # the same receipt (tried 200 times on both databases).
            if secrets.compare_digest(found.nonce, nonce):
                return _receipt(found.leaf, len(earlier))
        if len(earlier) >= MOST_REVISIONS:
            raise Problem(TOO_MANY_REVISIONS, most=MOST_REVISIONS)
        key = next((one for one in keys if one.batch == place.batch), None)
        # Nothing has been written yet, so the whole cast may be tried again under a new key.
        if key is None:
            return None
        # Sealed for one box and laid into another, the ballot would be unreadable at the count.
        if (place.uid, place.public_key) != (paper.round_uid, paper.public_key):
            raise ValueError("the paper is of another round than the visit")
        if earlier or key != newest or wrapped is None:
            # By place over box and tray: revisions run 1, 2, 3, and the highest counts. The other
            # number is within the batch alone, for the tag that its key gives.
            number = sum(one.batch == key.batch for one in earlier) + 1
            wrapped = _wrap(key, ballot, len(earlier) + 1, number)
        put(connection, place.id, wrapped)
        # A draft mostly is not there, and a deletion that finds nothing would be asked for by every
        # cast; whether there is one came with the place.
        if place.has_begun or earlier:
            delete_draft(connection, visit, len(earlier))
    return _receipt(ballot.leaf, len(earlier) + 1)


def new_nonce() -> bytes:
    """What makes a repeated submission recognisable as the same one."""
    return secrets.token_bytes(NONCE_BYTES)


def say_breaches(breaches: Sequence[Breach], most: int = 5) -> Text:
    """The first reasons in one sentence, and how many more there are."""
    more = len(breaches) - most
    told = SEMICOLON.join(breach.text for breach in breaches[:most])
    if more > 0:
        told += Text("；另有%(n)s处", "; and %(n)s more").filled(n=more)
    return told


def _check_admission(void: bool, state: str, deadline: datetime | None, moment: datetime) -> None:
    # A void card first: of the round's state it is told nothing.
    if void:
        raise Problem(TOKEN_VOID)
    if state == "issued":
        raise Problem(ROUND_NOT_OPEN)
    if not takes_ballots(state, deadline, moment):
        raise Problem(ROUND_CLOSED)


def _build_content(
    round_uid: str, voter: Voter, answers: Sequence[Answer], assisted: bool
) -> dict[str, object]:
    # Round and credential stand inside as well: a sealed ballot copied elsewhere won't count.
    # The mark takes one digit either way, so that a ballot's length does not tell.
    return {
        "round": round_uid,
        "credential": voter.credential.hex(),
        "answers": [[answer.unit, answer.item, answer.value] for answer in answers],
        "assisted": int(assisted),
    }


def _hold(
    connection: Connection, folder: Path, visit: Visit, paper: Paper, moment: datetime
) -> tuple[Place, Sequence[TrayKey], Sequence[Earlier]]:
    """The place, the tray's keys and the ballots so far, in one question where there are none."""
    # With the paper came the keys. Read here they were read while others
    # wait for SQLite's one lock; read before, a cast's share of the version
    # without a tray rose from .65 to .72 (sixteen threads, November 2026).
    keys, credential = paper.tray_keys, visit.voter.credential
    place = hold_place(connection, visit, moment, _HELD, paper.asked)
    if all((one.uid, one.batch) != (place.uid, place.batch) for one in keys):
        keys = tuple(list_tray_keys(folder, place.uid))  # the batch has turned since
    elif len(keys) <= 2 and not place.has_earlier:
        return place, keys, ()
    return place, keys, list_earlier(connection, keys, credential)


def _seal(
    paper: Paper, voter: Voter, answers: Sequence[Answer], nonce: bytes, assisted: bool
) -> _Ballot:
    content = _build_content(paper.round_uid, voter, answers, assisted)
    sealed = seal(paper.public_key, content, paper.lengths.ballot)
    return _Ballot(paper, voter, nonce, sealed, leaf_hash(sealed))


def _wrap(key: TrayKey, ballot: _Ballot, seq: int, number: int) -> dict[str, Any]:
    """Signed for its place in the order of a credential's ballots, and sealed for the tray."""
    voter, nonce, sealed = ballot.voter, ballot.nonce, ballot.sealed
    message = ballot_message(ballot.paper.round_uid, voter.credential, seq, nonce, sealed)
    waiting = WaitingPlace(voter.credential, number, seq, nonce, ballot.leaf)
    signature = sign_ballot(voter.signing_key, message)
    return wrap(key, waiting, sealed, signature, ballot.paper.lengths.waiting)


def _receipt(leaf: bytes, times_cast: int) -> Receipt:
    return Receipt(format_token(receipt_code(leaf)), times_cast)
