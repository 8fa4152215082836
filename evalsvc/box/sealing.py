"""Sealing answers so that only the custodians can read them, and signing the sealed ballot."""

import hashlib
import hmac
import json
from typing import Any

from nacl.bindings import (
    crypto_box_beforenm,
    crypto_box_keypair,
    crypto_secretbox_easy,
    crypto_secretbox_open_easy,
    sodium_pad,
    sodium_unpad,
)
from nacl.exceptions import CryptoError
from nacl.public import PrivateKey
from nacl.signing import SigningKey, VerifyKey

CREDENTIAL_BYTES = 32
SEALED_FORMAT = 2
"""2: a ballot commits to the key that opens it. 1, until 2026: the same without its commitment."""
OVERHEAD = 1 + 32 + 16 + 32
"""What sealing adds: the format, the one-time public key, the authenticator, the commitment."""
_BALLOT_DOMAIN = b"evalsvc ballot 1"
_COMMITMENT_DOMAIN = b"evalsvc ballot key 2\0"
# What stands in JSON as it is.
_SIMPLE = {type(None), bool, int, str}
_VERSION = bytes([SEALED_FORMAT])
_ONE_TIME_BYTES = 32
# Made once: `json.dumps` makes one for each ballot, where it is told how to write.
_CANONICAL = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"))
_NONCE_BYTES = 24
_DAMAGED = "选票已损坏或密钥不符 / damaged, or sealed to another key"


class CannotOpen(Exception):  # noqa: N818 - it is an outcome of opening, named as the log says it
    """A sealed ballot is damaged, was sealed to another key, or holds no canonical JSON."""


class Opener:
    """One private key made ready to open many ballots.

    `least_format`: the oldest format that counts. Where ballots of both may lie in one box, one is
    of format 2 if its commitment says so, whatever else it could be read as.
    """

    def __init__(self, private: bytes, least_format: int = 1) -> None:
        self._private = private
        self._public = bytes(PrivateKey(private).public_key)
        self._least_format = least_format

    def open(self, sealed: bytes) -> object:
        """The content of one sealed ballot; raises CannotOpen."""
        return self.open_with(self.find_key(sealed), sealed)

    def open_with(self, key: bytes, sealed: bytes) -> object:
        """The same by the ballot's own key, where that has been found already."""
        return _content(_decrypt(self._public, key, sealed, self._least_format))

    def decrypt(self, sealed: bytes) -> bytes:
        """The padded bytes inside; raises CannotOpen."""
        return _decrypt(self._public, self.find_key(sealed), sealed, self._least_format)

    def find_key(self, sealed: bytes) -> bytes:
        """The key that opens this ballot and no other; raises CannotOpen where none can."""
        try:
            if sealed[:1] == _VERSION:
                key = crypto_box_beforenm(sealed[1 : 1 + _ONE_TIME_BYTES], self._private)
                # The first byte alone does not tell: the one-time key
                # of a ballot of format 1 begins with it once in 256.
                if commits_to(self._public, key, sealed):
                    return key
            return crypto_box_beforenm(sealed[:_ONE_TIME_BYTES], self._private)
        except CryptoError as error:
            raise CannotOpen(_DAMAGED) from error


def seal(public: bytes, content: object, pad_to: int = 1024) -> bytes:
    """Encrypt content to a public key; the result shows its length only in steps of `pad_to`.

    The smallest step holds `pad_to` - 1 bytes of canonical JSON; `OVERHEAD` comes on top. The box
    binds the text to nobody: what must not be copied under another credential has to name that
    credential inside.

    It is libsodium's sealed box between a version and a commitment: the cipher alone would let
    whoever seals make one ballot that opens to two texts under two keys.
    """
    if pad_to < 1:
        raise ValueError(f"pad_to is a positive number of bytes, not {pad_to}")
    # To one length for all ballots of a paper (decision 0012): libsodium's
    # padding has a mark of its own, so at least one byte is added.
    padded = sodium_pad(canonical_json(content), pad_to)
    one_time, private = crypto_box_keypair()
    key = crypto_box_beforenm(public, private)
    box = crypto_secretbox_easy(padded, _nonce(one_time, public), key)
    return _VERSION + one_time + box + _commitment(public, key, one_time)


def open_with_key(public: bytes, key: bytes, sealed: bytes, least_format: int = 1) -> object:
    """Open one ballot by its own key, as an auditor does; raises CannotOpen.

    `public` is the key of the box that it was sealed to.
    """
    return _content(_decrypt(public, key, sealed, least_format))


def commits_to(public: bytes, key: bytes, sealed: bytes) -> bool:
    """Whether a ballot is of format 2 and commits to this key: no other one opens it."""
    if sealed[:1] != _VERSION or len(sealed) < OVERHEAD:
        return False
    expected = _commitment(public, key, sealed[1 : 1 + _ONE_TIME_BYTES])
    return hmac.compare_digest(sealed[-len(expected) :], expected)


def unseal(private: bytes, sealed: bytes) -> object:
    """Open one sealed ballot; raises CannotOpen. For many of them, keep an Opener."""
    return Opener(private).open(sealed)


def canonical_json(value: object) -> bytes:
    """The one way to write a value: keys sorted by code point, no spaces, UTF-8, no floats."""
    _require_plain(value, "$")
    return _written(value)


def parse_canonical(written: bytes) -> Any:
    """The value of bytes that `canonical_json` wrote; any other spelling is a ValueError."""
    # The parser itself keeps floats and NaN out, which
    # saves a second walk through each ballot's content.
    content = json.loads(written, parse_float=_raise_not_whole, parse_constant=_raise_not_whole)
    # Sorted otherwise, with a space or with a name twice
    # it would be read as the same and be another text.
    if _written(content) != written:
        raise ValueError("not canonical")
    return content


def ballot_message(
    round_uid: str, credential: bytes, seq: int, nonce: bytes, sealed: bytes
) -> bytes:
    """What a rater signs: every part after its length, so that no two ballots read alike."""
    if len(credential) != CREDENTIAL_BYTES:
        raise ValueError(f"a credential has {CREDENTIAL_BYTES} bytes, this one {len(credential)}")
    # The box's bytes are among them: an old signature can't be put under another ballot.
    parts = (_BALLOT_DOMAIN, round_uid.encode(), credential, seq.to_bytes(8), nonce, sealed)
    return b"".join(len(part).to_bytes(8) + part for part in parts)


def sign_ballot(signing_key: SigningKey, message: bytes) -> bytes:
    """The 64-byte Ed25519 signature of a ballot message."""
    return signing_key.sign(message).signature


def verify_ballot(credential: bytes, message: bytes, signature: bytes) -> bool:
    """Whether the holder of the credential signed the message; malformed parts are a no."""
    try:
        VerifyKey(credential).verify(message, signature)
    except CryptoError:  # PyNaCl's errors for wrong lengths are of this kind, too
        return False
    return True


def _decrypt(public: bytes, key: bytes, sealed: bytes, least_format: int) -> bytes:
    # By the commitment, where there is one, whatever the seal allows: a ballot has one reading.
    if commits_to(public, key, sealed):
        one_time, box = sealed[1 : 1 + _ONE_TIME_BYTES], sealed[1 + _ONE_TIME_BYTES : -32]
    elif least_format == 1:
        one_time, box = sealed[:_ONE_TIME_BYTES], sealed[_ONE_TIME_BYTES:]
    else:
        # In a round that sealed format 2 nothing else counts,
        # or whoever seals could leave the commitment out.
        raise CannotOpen(_DAMAGED)
    try:
        return crypto_secretbox_open_easy(box, _nonce(one_time, public), key)
    except (CryptoError, ValueError) as error:  # the second: shorter than an authenticator
        raise CannotOpen(_DAMAGED) from error


def _nonce(one_time: bytes, public: bytes) -> bytes:
    """As libsodium's sealed box has it: a one-time key needs no nonce of its own."""
    return hashlib.blake2b(one_time + public, digest_size=_NONCE_BYTES).digest()


def _commitment(public: bytes, key: bytes, one_time: bytes) -> bytes:
    # XSalsa20-Poly1305 does not commit to a key: one ballot could be made that opens to two texts.
    # With the key's hash in the leaf it can't (decision 0011). 33 bytes, 6 microseconds a ballot.
    return hashlib.sha256(_COMMITMENT_DOMAIN + key + one_time + public).digest()


def _content(padded: bytes) -> object:
    """The value inside; only the bytes that canonical_json writes, so that it has one reading."""
    try:
        content: object = parse_canonical(sodium_unpad(padded, len(padded)))
    except (CryptoError, ValueError, TypeError, RecursionError) as error:
        raise CannotOpen("选票内容格式不对 / the content is no canonical JSON") from error
    return content


def _written(value: object) -> bytes:
    return _CANONICAL.encode(value).encode()


def _raise_not_whole(number: str) -> None:
    raise ValueError(f"{number} is no whole number")


def _require_plain(value: object, place: str) -> None:
    """Refuse what JSON can't say in exactly one way, naming the place."""
    # A ballot is nearly all lists of three texts, and a walk through
    # each with a name for every place costs more than writing them.
    if isinstance(value, list | tuple) and set(map(type, value)) <= _SIMPLE:
        return
    match value:
        case None | bool() | int() | str():
            return
        case list() | tuple():
            for index, item in enumerate(value):
                _require_plain(item, f"{place}[{index}]")
        case dict():
            for key, item in value.items():
                if not isinstance(key, str):
                    raise TypeError(f"{place}: keys must be text, not {type(key).__name__}")
                _require_plain(item, f"{place}.{key}")
        case _:
            raise TypeError(
                f"{place}: {type(value).__name__} has no canonical form; "
                "write fractions as text or as whole numbers of a smaller unit"
            )
