"""Sealing answers so that only the custodians can read them, and signing the sealed ballot."""

import json
from typing import Any

from nacl.bindings import sodium_pad, sodium_unpad
from nacl.exceptions import CryptoError
from nacl.public import PrivateKey, PublicKey, SealedBox
from nacl.signing import SigningKey, VerifyKey

CREDENTIAL_BYTES = 32
_BALLOT_DOMAIN = b"evalsvc ballot 1"


class CannotOpen(Exception):  # noqa: N818 - it is an outcome of opening, named as the log says it
    """A sealed ballot is damaged, was sealed to another key, or holds no canonical JSON."""


class Opener:
    """One private key made ready to open many ballots."""

    def __init__(self, private: bytes) -> None:
        self._box = SealedBox(PrivateKey(private))

    def open(self, sealed: bytes) -> object:
        """The content of one sealed ballot; raises CannotOpen."""
        try:
            padded = self._box.decrypt(sealed)
        except CryptoError as error:
            raise CannotOpen("选票已损坏或密钥不符 / damaged, or sealed to another key") from error
        return _content(padded)


def seal(public: bytes, content: object, pad_to: int = 1024) -> bytes:
    """Encrypt content to a public key; the result shows its length only in steps of `pad_to`.

    The smallest step holds `pad_to` - 1 bytes of canonical JSON. The box binds the text to
    nobody: what must not be copied under another credential has to name that credential inside.
    """
    if pad_to < 1:
        raise ValueError(f"pad_to is a positive number of bytes, not {pad_to}")
    padded = sodium_pad(canonical_json(content), pad_to)
    return SealedBox(PublicKey(public)).encrypt(padded)


def unseal(private: bytes, sealed: bytes) -> object:
    """Open one sealed ballot; raises CannotOpen. For many of them, keep an Opener."""
    return Opener(private).open(sealed)


def canonical_json(value: object) -> bytes:
    """The one way to write a value: keys sorted by code point, no spaces, UTF-8, no floats."""
    _require_plain(value, "$")
    return _written(value)


def parse_canonical(written: bytes) -> Any:
    """The value of bytes that `canonical_json` wrote; any other spelling is a ValueError."""
    content = json.loads(written, parse_float=_refuse, parse_constant=_refuse)
    if _written(content) != written:
        raise ValueError("not canonical")
    return content


def ballot_message(
    round_uid: str, credential: bytes, seq: int, nonce: bytes, sealed: bytes
) -> bytes:
    """What a rater signs: every part after its length, so that no two ballots read alike."""
    if len(credential) != CREDENTIAL_BYTES:
        raise ValueError(f"a credential has {CREDENTIAL_BYTES} bytes, this one {len(credential)}")
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


def _content(padded: bytes) -> object:
    """The value inside; only the bytes that canonical_json writes, so that it has one reading."""
    try:
        content: object = parse_canonical(sodium_unpad(padded, len(padded)))
    except (CryptoError, ValueError, TypeError, RecursionError) as error:
        raise CannotOpen("选票内容格式不对 / the content is no canonical JSON") from error
    return content


def _written(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def _refuse(number: str) -> None:
    raise ValueError(f"{number} is no whole number")


def _require_plain(value: object, place: str) -> None:
    """Refuse what JSON can't say in exactly one way, naming the place."""
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
