"""What is derived from a token: always the same, and nothing leads from one part to another."""

import hashlib
import hmac

import pytest
from nacl.signing import SigningKey

from evalsvc.box.roots import Voter, derive_root, new_pepper

PEPPER = bytes(range(32))
TOKEN = "ABCDEFGHJKMNPQRE"


def mac(key: bytes, text: bytes) -> bytes:
    """HMAC-SHA256 written out from RFC 2104, so that it shares no call with the product."""
    block = key.ljust(64, b"\x00")
    inner = hashlib.sha256(bytes(byte ^ 0x36 for byte in block) + text).digest()
    return hashlib.sha256(bytes(byte ^ 0x5C for byte in block) + inner).digest()


def test_the_tests_own_mac_is_hmac() -> None:
    assert mac(PEPPER, b"x") == hmac.new(PEPPER, b"x", "sha256").digest()


def test_root_is_the_hmac_of_the_token() -> None:
    assert derive_root(PEPPER, TOKEN) == mac(PEPPER, b"ABCDEFGHJKMNPQRE")


def test_parts_of_a_voter() -> None:
    root = mac(PEPPER, TOKEN.encode())
    voter = Voter(derive_root(PEPPER, TOKEN))
    assert bytes(voter.signing_key) == mac(root, b"credential")
    assert voter.credential == bytes(SigningKey(mac(root, b"credential")).verify_key)
    assert voter.get_draft_id(0) == mac(root, b"draft id")
    assert voter.draft_key == mac(root, b"draft key")


def test_parts_differ_between_rounds_and_tokens() -> None:
    voters = [
        Voter(derive_root(pepper, token))
        for pepper in (PEPPER, bytes(32))
        for token in (TOKEN, "A" * 16)
    ]
    parts = [
        part
        for voter in voters
        for part in (voter.root, voter.credential, voter.get_draft_id(0), voter.draft_key)
    ]
    assert len(set(parts)) == len(parts) == 16
    assert {len(part) for part in parts} == {32}


@pytest.mark.parametrize("token", ["", "ABCD-EFGH-JKMN-PQRE", TOKEN.lower(), "ABCDEFGHJKMNPQRF"])
def test_only_a_cleaned_token_has_a_root(token: str) -> None:
    with pytest.raises(ValueError, match="clean_token"):
        derive_root(PEPPER, token)


@pytest.mark.parametrize("pepper", [b"", bytes(31), bytes(33)])
def test_a_pepper_has_32_bytes(pepper: bytes) -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        derive_root(pepper, TOKEN)


def test_a_root_has_32_bytes() -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        Voter(b"short")


def test_new_peppers() -> None:
    assert len(new_pepper()) == 32
    assert new_pepper() != new_pepper()
    assert new_pepper(bytes) == bytes(32)


def test_a_voter_does_not_print_its_root() -> None:
    voter = Voter(derive_root(PEPPER, TOKEN))
    assert repr(voter) == "Voter()"
