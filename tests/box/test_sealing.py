"""Sealing: one way to write, nothing to learn from lengths, every altered part noticed."""

import hashlib
from dataclasses import dataclass, replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from nacl.bindings import crypto_box_beforenm, crypto_secretbox_easy
from nacl.public import PrivateKey, PublicKey, SealedBox
from nacl.signing import SigningKey

from evalsvc.box.keys import new_box_keys
from evalsvc.box.sealing import (
    CannotOpen,
    Opener,
    ballot_message,
    canonical_json,
    commits_to,
    open_with_key,
    seal,
    sign_ballot,
    unseal,
    verify_ballot,
)

KEYS = new_box_keys()
SIGNER = SigningKey(bytes(range(32)))
CREDENTIAL = bytes(SIGNER.verify_key)
STRANGER = SigningKey(bytes(32))
# Format 2: version (1), one-time public key (32), authenticator (16), commitment (32).
ADDED = 81

plain = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)


@dataclass(frozen=True)
class Ballot:
    """The arguments of ballot_message."""

    round_uid: str = "2026-H1"
    credential: bytes = CREDENTIAL
    seq: int = 1
    nonce: bytes = b"n" * 16
    sealed: bytes = b"sealed"

    def message(self) -> bytes:
        return ballot_message(self.round_uid, self.credential, self.seq, self.nonce, self.sealed)


BALLOT = Ballot()
SIGNATURE = sign_ballot(SIGNER, BALLOT.message())


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (None, "null"),
        ({"b": 1, "a": [True, "乙"]}, '{"a":[true,"乙"],"b":1}'),
        ({"é": '\n"\\', "z": {}}, '{"z":{},"é":"\\n\\"\\\\"}'),
        ((1, -2), "[1,-2]"),
    ],
)
def test_canonical_json(value: object, written: str) -> None:
    assert canonical_json(value) == written.encode("utf-8")


@pytest.mark.parametrize(
    ("value", "place"),
    [
        (0.5, r"\$: float"),
        ({"q1": [1, 2.0]}, r"\$\.q1\[1\]: float"),
        (float("nan"), r"\$: float"),
        ({"a": {3: "x"}}, r"\$\.a: keys must be text, not int"),
        ([b"x"], r"\$\[0\]: bytes"),
        ({"s": {1}}, r"\$\.s: set"),
    ],
)
def test_canonical_json_names_what_it_refuses(value: object, place: str) -> None:
    with pytest.raises(TypeError, match=place):
        canonical_json(value)


@settings(deadline=None)  # the suite shares its processors
@given(plain)
def test_what_is_sealed_opens(content: object) -> None:
    assert unseal(KEYS.private, seal(KEYS.public, content)) == content


@settings(deadline=None)  # the suite shares its processors
@given(st.dictionaries(st.text(), st.integers()))
def test_the_order_of_keys_is_not_written(content: dict[str, int]) -> None:
    assert canonical_json(dict(reversed(content.items()))) == canonical_json(content)


def test_one_opener_opens_many() -> None:
    opener = Opener(KEYS.private)
    sealed = [seal(KEYS.public, {"number": number}) for number in range(20)]
    assert [opener.open(each) for each in sealed] == [{"number": number} for number in range(20)]


def test_padding_hides_length() -> None:
    lengths = {len(seal(KEYS.public, said)) for said in ({}, {"comment": "好" * 300})}
    assert lengths == {1024 + ADDED}


@pytest.mark.parametrize(
    ("written_bytes", "sealed_bytes"),
    [(2, 1024), (1023, 1024), (1024, 2048), (2047, 2048), (2048, 3072)],
)
def test_padding_steps(written_bytes: int, sealed_bytes: int) -> None:
    content = "x" * (written_bytes - 2)  # two quotation marks are written with it
    sealed = seal(KEYS.public, content)
    assert len(sealed) == sealed_bytes + ADDED
    assert unseal(KEYS.private, sealed) == content


def test_the_step_is_the_callers() -> None:
    assert len(seal(KEYS.public, "x" * 5000, pad_to=8192)) == 8192 + ADDED
    with pytest.raises(ValueError, match="pad_to"):
        seal(KEYS.public, "x", pad_to=0)


def test_the_same_content_is_never_sealed_alike() -> None:
    assert seal(KEYS.public, "x") != seal(KEYS.public, "x")


def test_every_flipped_byte_of_a_sealed_ballot_is_noticed() -> None:
    opener = Opener(KEYS.private)
    sealed = seal(KEYS.public, {"q1": 3}, pad_to=64)
    for place in range(len(sealed)):
        altered = bytearray(sealed)
        altered[place] ^= 0x01
        with pytest.raises(CannotOpen):
            opener.open(bytes(altered))


@pytest.mark.parametrize("sealed", [b"", b"short", bytes(47), bytes(48), bytes(1072)])
def test_what_is_no_sealed_ballot_is_not_opened(sealed: bytes) -> None:
    with pytest.raises(CannotOpen):
        unseal(KEYS.private, sealed)


def test_another_key_does_not_open() -> None:
    with pytest.raises(CannotOpen):
        unseal(new_box_keys().private, seal(KEYS.public, "x"))


@pytest.mark.parametrize(
    "padded",
    [
        b"",
        b'{"a":1}',  # not padded
        b"\x80",  # nothing written
        b"\x00" * 64,
        b"\xff\x80",  # not UTF-8
        b'{"a":0.5}\x80',
        b'{"a": 1}\x80',  # a space: not the one way to write it
        b'{"a":1,"a":2}\x80',
        b'{"b":1,"a":2}\x80',
        b"NaN\x80",
        b"[" * 50_000 + b"\x80",
    ],
)
def test_foreign_content_under_the_right_key_is_refused(padded: bytes) -> None:
    for sealed in (SealedBox(PublicKey(KEYS.public)).encrypt(padded), seal_bytes(padded)):
        with pytest.raises(CannotOpen):
            unseal(KEYS.private, sealed)


def seal_bytes(padded: bytes) -> bytes:
    """Format 2 as docs/evidence writes it out, over any bytes."""
    one_time = PrivateKey.generate()
    public = bytes(one_time.public_key)
    key = crypto_box_beforenm(KEYS.public, bytes(one_time))
    nonce = hashlib.blake2b(public + KEYS.public, digest_size=24).digest()
    box = crypto_secretbox_easy(padded, nonce, key)
    bound = hashlib.sha256(b"evalsvc ballot key 2\x00" + key + public + KEYS.public).digest()
    return b"\x02" + public + box + bound


def test_the_format_written_out() -> None:
    assert unseal(KEYS.private, seal_bytes(b'{"a":1}\x80')) == {"a": 1}


def test_one_ballots_key_opens_it_and_no_other() -> None:
    one, other = seal(KEYS.public, {"q": "A"}), seal(KEYS.public, {"q": "B"})
    key = Opener(KEYS.private).find_key(one)
    assert open_with_key(KEYS.public, key, one) == {"q": "A"}
    assert commits_to(KEYS.public, key, one)
    assert not commits_to(KEYS.public, key, other)
    with pytest.raises(CannotOpen):
        open_with_key(KEYS.public, key, other)


def test_a_commitment_to_another_key_is_no_ballot() -> None:
    """Whoever seals can put any commitment: the custodians' key must be the one it names."""
    sealed = seal(KEYS.public, {"q": "A"})
    bound = hashlib.sha256(b"evalsvc ballot key 2\x00" + bytes(32) + sealed[1:33] + KEYS.public)
    forged = sealed[:-32] + bound.digest()
    assert commits_to(KEYS.public, bytes(32), forged)
    with pytest.raises(CannotOpen):
        unseal(KEYS.private, forged)
    with pytest.raises(CannotOpen):
        open_with_key(KEYS.public, bytes(32), forged)


def test_ballots_of_before_still_open_unless_the_box_commits() -> None:
    old = SealedBox(PublicKey(KEYS.public)).encrypt(b'{"a":1}\x80')
    key = Opener(KEYS.private).find_key(old)
    assert Opener(KEYS.private).open(old) == open_with_key(KEYS.public, key, old) == {"a": 1}
    with pytest.raises(CannotOpen):
        Opener(KEYS.private, least_format=2).open(old)
    with pytest.raises(CannotOpen):
        open_with_key(KEYS.public, key, old, least_format=2)


def test_ballot_message_written_out() -> None:
    message = ballot_message("r", CREDENTIAL, 2, b"nonce", b"sealed")
    assert message == (
        b"\x00\x00\x00\x00\x00\x00\x00\x10evalsvc ballot 1"
        b"\x00\x00\x00\x00\x00\x00\x00\x01r"
        b"\x00\x00\x00\x00\x00\x00\x00\x20" + CREDENTIAL + b"\x00\x00\x00\x00\x00\x00\x00\x08"
        b"\x00\x00\x00\x00\x00\x00\x00\x02"
        b"\x00\x00\x00\x00\x00\x00\x00\x05nonce"
        b"\x00\x00\x00\x00\x00\x00\x00\x06sealed"
    )


def test_a_signed_ballot_verifies() -> None:
    assert len(SIGNATURE) == 64
    assert verify_ballot(CREDENTIAL, BALLOT.message(), SIGNATURE)


@pytest.mark.parametrize(
    "altered",
    [
        replace(BALLOT, round_uid="2026-H2"),
        replace(BALLOT, round_uid="2026-H1n"),
        replace(BALLOT, credential=bytes(STRANGER.verify_key)),
        replace(BALLOT, seq=2),
        replace(BALLOT, nonce=b"m" * 16),
        replace(BALLOT, sealed=b"sealee"),
        # The same bytes with the border between nonce and ciphertext moved.
        replace(BALLOT, nonce=b"n" * 15, sealed=b"nsealed"),
        replace(BALLOT, nonce=b"n" * 16 + b"s", sealed=b"ealed"),
    ],
)
def test_altering_any_part_breaks_the_signature(altered: Ballot) -> None:
    assert not verify_ballot(CREDENTIAL, altered.message(), SIGNATURE)


def test_every_flipped_byte_of_a_signature_is_noticed() -> None:
    for place in range(64):
        altered = bytearray(SIGNATURE)
        altered[place] ^= 0x01
        assert not verify_ballot(CREDENTIAL, BALLOT.message(), bytes(altered))


@pytest.mark.parametrize(
    ("credential", "signature"),
    [
        (bytes(STRANGER.verify_key), SIGNATURE),
        (CREDENTIAL, sign_ballot(STRANGER, BALLOT.message())),
        (bytes(32), SIGNATURE),
        (bytes(32), bytes(64)),
        (b"", SIGNATURE),
        (CREDENTIAL[:31], SIGNATURE),
        (CREDENTIAL, b""),
        (CREDENTIAL, SIGNATURE + b"\x00"),
    ],
)
def test_strangers_and_malformed_parts_do_not_verify(credential: bytes, signature: bytes) -> None:
    assert not verify_ballot(credential, BALLOT.message(), signature)


def test_a_message_needs_a_whole_credential() -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        replace(BALLOT, credential=b"short").message()
