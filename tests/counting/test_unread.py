"""Ballots that can't be read: the reason, and the key that openings.csv shows of each."""

import pytest
from nacl.bindings import crypto_box_beforenm
from nacl.public import PrivateKey
from nacl.signing import SigningKey

from evalsvc.box.sealing import ballot_message, seal, sign_ballot
from evalsvc.counting.count import BatchCounter, Plan, SealedBallot
from evalsvc.scheme.presets import get_preset_text

BOX, RATER = PrivateKey(b"\1" * 32), SigningKey(b"\2" * 32)
PUBLIC, CREDENTIAL = bytes(BOX.public_key), bytes(RATER.verify_key)
ROUND, NONCE = "00" * 16, bytes(16)
PLAN = Plan(ROUND, get_preset_text("panshan-2018"), {}, ((),), "year_end", ballot_format=2)
OF_ANOTHER_ROUND = seal(
    PUBLIC, {"answers": [], "assisted": 0, "credential": CREDENTIAL.hex(), "round": "11" * 16}
)
OTHERWISE_COMMITTED = OF_ANOTHER_ROUND[:-1] + bytes([OF_ANOTHER_ROUND[-1] ^ 1])
NO_JSON_OBJECT = seal(PUBLIC, "text")


def key_of(one_time: bytes) -> bytes:
    return crypto_box_beforenm(one_time, bytes(BOX))


def count(sealed: bytes, *, signer: SigningKey = RATER) -> tuple[str, bytes]:
    message = ballot_message(ROUND, CREDENTIAL, 1, NONCE, sealed)
    signature = sign_ballot(signer, message)
    ballot = SealedBallot(CREDENTIAL, "leader", "", 0, "L1", 1, NONCE, sealed, signature)
    (found,) = BatchCounter(PLAN, bytes(BOX)).count([ballot]).rejected_ballots
    return found.reason, found.key


@pytest.mark.parametrize(
    ("sealed", "expected"),
    [
        (b"", ("unreadable", b"")),
        (b"\2" + bytes(range(20)), ("unreadable", b"")),
        (b"\1" * 100, ("unreadable", key_of(b"\1" * 32))),
        (OTHERWISE_COMMITTED, ("unreadable", key_of(OTHERWISE_COMMITTED[:32]))),
        (OF_ANOTHER_ROUND, ("foreign_content", key_of(OF_ANOTHER_ROUND[1:33]))),
        (NO_JSON_OBJECT, ("foreign_content", key_of(NO_JSON_OBJECT[1:33]))),
    ],
    ids=["empty", "too short", "format", "commitment", "another round", "no object"],
)
def test_what_can_not_be_read_has_its_key_where_there_is_one(
    sealed: bytes, expected: tuple[str, bytes]
) -> None:
    assert count(sealed) == expected


def test_a_ballot_that_its_holder_did_not_sign_is_not_opened() -> None:
    assert count(OF_ANOTHER_ROUND, signer=SigningKey(b"\3" * 32)) == ("signature", b"")
