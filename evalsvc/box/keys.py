"""The key pair of a round's box, and its private half wrapped under custodians' pass-phrases."""

import json
import secrets
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from typing import Self

from nacl.exceptions import CryptoError
from nacl.public import PrivateKey
from nacl.pwhash import argon2id
from nacl.secret import SecretBox

from evalsvc.box.sealing import CannotOpen, seal, unseal

KEY_BYTES = 32
_FORMAT = "evalsvc wrapped key 1"
_SEALED_BYTES = SecretBox.NONCE_SIZE + KEY_BYTES + SecretBox.MACBYTES


class WrongPassphrase(Exception):  # noqa: N818 - named as the custodian is told it
    """The pass-phrase does not open this wrapped key."""


@dataclass(frozen=True)
class Cost:
    """What one guess at a pass-phrase costs: Argon2id passes, and bytes of memory."""

    opslimit: int
    memlimit: int

    def __post_init__(self) -> None:
        """Keep a forged key file from asking for hours or for all memory."""
        passes = range(argon2id.OPSLIMIT_MIN, argon2id.OPSLIMIT_SENSITIVE + 1)
        memory = range(argon2id.MEMLIMIT_MIN, argon2id.MEMLIMIT_SENSITIVE + 1)
        if self.opslimit not in passes or self.memlimit not in memory:
            raise _damaged("opslimit, memlimit", "Argon2id limits up to 4 passes and 1 GiB")


MODERATE = Cost(argon2id.OPSLIMIT_MODERATE, argon2id.MEMLIMIT_MODERATE)  # 3 passes, 256 MiB
INTERACTIVE = Cost(argon2id.OPSLIMIT_INTERACTIVE, argon2id.MEMLIMIT_INTERACTIVE)  # 2, 64 MiB
CHEAPEST = Cost(argon2id.OPSLIMIT_MIN, argon2id.MEMLIMIT_MIN)  # for tests: protects nothing


@dataclass(frozen=True)
class BoxKeys:
    """An X25519 key pair: ballots are sealed to the public half."""

    public: bytes
    private: bytes = field(repr=False)


@dataclass(frozen=True)
class WrappedKey:
    """A private key under a pass-phrase, and whose pass-phrase that is.

    Two of three custodians is three wrapped keys of two holders each.
    """

    holders: tuple[str, ...]
    salt: bytes
    cost: Cost
    sealed: bytes

    def __post_init__(self) -> None:
        if len(self.salt) != argon2id.SALTBYTES:
            raise _damaged("salt", f"{argon2id.SALTBYTES} bytes")
        if len(self.sealed) != _SEALED_BYTES:
            raise _damaged("sealed", f"{_SEALED_BYTES} bytes")

    def to_json(self) -> str:
        """Write the key as text; binary parts in hexadecimal, which survives print and retyping."""
        return json.dumps(
            {
                "format": _FORMAT,
                "holders": list(self.holders),
                "kdf": "argon2id",
                "opslimit": self.cost.opslimit,
                "memlimit": self.cost.memlimit,
                "salt": self.salt.hex(),
                "sealed": self.sealed.hex(),
            },
            ensure_ascii=False,
            indent=1,
        )

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Read what to_json wrote; raises ValueError naming the damaged field."""
        record = _parse_record(text)
        return cls(
            holders=_names(record, "holders"),
            salt=_hexadecimal(record, "salt"),
            cost=Cost(_number(record, "opslimit"), _number(record, "memlimit")),
            sealed=_hexadecimal(record, "sealed"),
        )


@dataclass(frozen=True)
class PassphraseCheck:
    """One byte of a stretched pass-phrase: 255 of 256 slips of the finger are told at once.

    A byte and not more: whoever has it need guess only one pass-phrase in 256 with another's, and
    no pass-phrase can be found by itself, as a whole hash would let it be.
    """

    salt: bytes
    cost: Cost
    byte: int

    def fits(self, passphrase: str) -> bool:
        """Whether the pass-phrase may be the one that was chosen."""
        return _stretched(passphrase, self.salt, self.cost)[0] == self.byte

    def to_record(self) -> dict[str, object]:
        """As it stands beside wrapped keys."""
        return {
            "salt": self.salt.hex(),
            "opslimit": self.cost.opslimit,
            "memlimit": self.cost.memlimit,
            "byte": self.byte,
        }

    @classmethod
    def from_record(cls, record: dict[str, object]) -> Self:
        """Read what to_record wrote; raises ValueError naming the damaged field."""
        return cls(
            _hexadecimal(record, "salt"),
            Cost(_number(record, "opslimit"), _number(record, "memlimit")),
            _number(record, "byte"),
        )


def make_check(
    passphrase: str, *, cost: Cost = MODERATE, random: Callable[[int], bytes] = secrets.token_bytes
) -> PassphraseCheck:
    """A pass-phrase's check, under a salt of its own."""
    salt = random(argon2id.SALTBYTES)
    return PassphraseCheck(salt, cost, _stretched(passphrase, salt, cost)[0])


def new_box_keys(random: Callable[[int], bytes] = secrets.token_bytes) -> BoxKeys:
    """Draw the key pair of a round."""
    private = PrivateKey(random(KEY_BYTES))
    return BoxKeys(public=bytes(private.public_key), private=bytes(private))


def wrap_private(
    private: bytes,
    passphrase: str,
    *,
    holders: Sequence[str] = (),
    cost: Cost = MODERATE,
    random: Callable[[int], bytes] = secrets.token_bytes,
) -> WrappedKey:
    """Seal a private key under a pass-phrase stretched by Argon2id."""
    salt = random(argon2id.SALTBYTES)
    nonce = random(SecretBox.NONCE_SIZE)
    sealed = SecretBox(_stretched(passphrase, salt, cost)).encrypt(private, nonce)
    return WrappedKey(tuple(holders), salt, cost, bytes(sealed))


def unwrap_private(wrapped: WrappedKey, passphrase: str) -> bytes:
    """The private key again; raises WrongPassphrase, also where the wrapped key was altered."""
    box = SecretBox(_stretched(passphrase, wrapped.salt, wrapped.cost))
    try:
        return box.decrypt(wrapped.sealed)
    except CryptoError as error:
        raise WrongPassphrase("口令不对 / the pass-phrase does not open this key") from error


def wrap_for_pairs(
    private: bytes,
    passphrases: Mapping[str, str],
    *,
    cost: Cost = MODERATE,
    random: Callable[[int], bytes] = secrets.token_bytes,
) -> tuple[WrappedKey, ...]:
    """Seal a private key once for each pair of holders: any two of them open it, none alone."""
    return tuple(
        wrap_private(
            private,
            join_passphrases([passphrases[name] for name in pair]),
            holders=pair,
            cost=cost,
            random=random,
        )
        for pair in combinations(passphrases, 2)
    )


def join_passphrases(passphrases: Iterable[str]) -> str:
    """Several pass-phrases as one, each behind its length, so that no two lists read alike."""
    cleaned = [_clean(one) for one in passphrases]
    return "".join(f"{len(one)}:{one}" for one in cleaned)


def unwrap_with(wrapped: Iterable[WrappedKey], passphrases: Mapping[str, str]) -> bytes:
    """The private key by the pass-phrases of the holders who are present.

    Raises WrongPassphrase where no wrapped key has exactly these holders, or one of them errs.
    """
    for key in wrapped:
        # Exactly these: with a third pass-phrase at hand,
        # which pair's copy to try would be a guess.
        if set(key.holders) == set(passphrases):
            # In the order of the wrapping, whoever speaks first on the day.
            ordered = [passphrases[name] for name in key.holders]
            joined = ordered[0] if len(ordered) == 1 else join_passphrases(ordered)
            return unwrap_private(key, joined)
    raise WrongPassphrase("这几位保管人打不开 / these custodians together open no copy")


def write_wrapped(wrapped: Iterable[WrappedKey]) -> str:
    """Several wrapped keys as one text."""
    return json.dumps([json.loads(key.to_json()) for key in wrapped], ensure_ascii=False, indent=1)


def read_wrapped(text: str) -> tuple[WrappedKey, ...]:
    """Read what write_wrapped wrote; raises ValueError naming the damaged field."""
    try:
        records = json.loads(text)
    except ValueError as error:
        raise _damaged("JSON", "the text that was saved") from error
    if not isinstance(records, list):
        raise _damaged("JSON", "a list of wrapped keys")
    return tuple(WrappedKey.from_json(json.dumps(one)) for one in records)


def rehearse(public: bytes, private: bytes) -> bool:
    """Whether what is sealed to the public key opens with the private one, tried on a random text.

    Compulsory before a round opens: a box that nobody can open loses every ballot in it.
    """
    content = secrets.token_hex(32)
    try:
        return unseal(private, seal(public, content)) == content
    except (CannotOpen, CryptoError):  # the second: no usable keys at all
        return False


def _stretched(passphrase: str, salt: bytes, cost: Cost) -> bytes:
    """The key of a pass-phrase, the same from every keyboard (full width, stray end spaces)."""
    text = _clean(passphrase)
    return argon2id.kdf(
        KEY_BYTES, text.encode(), salt, opslimit=cost.opslimit, memlimit=cost.memlimit
    )


def _clean(passphrase: str) -> str:
    text = unicodedata.normalize("NFKC", passphrase).strip()
    if not text:
        raise WrongPassphrase("口令为空 / the pass-phrase is empty")
    return text


def _parse_record(text: str) -> dict[str, object]:
    try:
        record = json.loads(text)
    except ValueError as error:
        raise _damaged("JSON", "the text that was saved") from error
    if not isinstance(record, dict) or record.get("format") != _FORMAT:
        raise _damaged("format", _FORMAT)
    return record


def _names(record: dict[str, object], name: str) -> tuple[str, ...]:
    values = record.get(name)
    if not isinstance(values, list) or not all(isinstance(value, str) for value in values):
        raise _damaged(name, "a list of names")
    return tuple(values)


def _number(record: dict[str, object], name: str) -> int:
    value = record.get(name)
    if type(value) is not int:  # a bool would pass isinstance
        raise _damaged(name, "a whole number")
    return value


def _hexadecimal(record: dict[str, object], name: str) -> bytes:
    try:
        return bytes.fromhex(str(record[name]))
    except (KeyError, ValueError) as error:
        raise _damaged(name, "hexadecimal digits") from error


def _damaged(name: str, expected: str) -> ValueError:
    return ValueError(
        f"密钥文件损坏，请换用另一份副本：{name} / "
        f"damaged key file, use another copy: {name} should be {expected}"
    )
