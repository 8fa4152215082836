"""Statements that the service signs: canonical JSON under a label of its kind."""

import hashlib
from collections.abc import Mapping

from nacl.exceptions import CryptoError
from nacl.signing import SigningKey, VerifyKey

from evalsvc.box.sealing import canonical_json

KEY_BYTES = 32
SIGNATURE_BYTES = 64


def hash_statement(kind: str, content: Mapping[str, object]) -> bytes:
    """SHA-256 of what would be signed; the label keeps one kind from passing for another."""
    return hashlib.sha256(statement_bytes(kind, content)).digest()


def sign_statement(key: SigningKey, kind: str, content: Mapping[str, object]) -> bytes:
    """The 64-byte Ed25519 signature; the same statement always has the same one."""
    return key.sign(statement_bytes(kind, content)).signature


def is_signed(key: bytes, kind: str, content: Mapping[str, object], signature: bytes) -> bool:
    """Whether the holder of the key signed the statement; malformed parts are a no."""
    try:
        VerifyKey(key).verify(statement_bytes(kind, content), signature)
    except CryptoError:  # PyNaCl's errors for wrong lengths are of this kind, too
        return False
    return True


def statement_bytes(kind: str, content: Mapping[str, object]) -> bytes:
    """What is signed and hashed."""
    # `1` is the version: a later kind of writing the same fields would get another label.
    return f"evalsvc {kind} 1\0".encode() + canonical_json(dict(content))


def show_short(digest: bytes) -> str:
    """The first 48 bits of a hash, as people compare them: 3f9a-17c2-88d0."""
    digits = digest.hex()[:12]
    return "-".join(digits[start : start + 4] for start in range(0, len(digits), 4))


def show_key(key: bytes) -> str:
    """All 64 digits of a key in groups of four: whoever prints fewer binds to fewer."""
    digits = key.hex()
    return " ".join(digits[start : start + 4] for start in range(0, len(digits), 4))
