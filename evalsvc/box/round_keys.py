"""Rounds' keys under one key of the season, which the custodians make and rehearse once.

Every round has a key pair of its own, drawn apart. Its private half is sealed to the season's
public key, and the season's private half is wrapped under the pass-phrases. So one rehearsal and
one set of pass-phrases serve all rounds, and yet a round's sealed half can be destroyed alone:
from then on the season's key opens the other rounds and not this one (decision 0031).
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Self

from nacl.exceptions import CryptoError
from nacl.public import PrivateKey, PublicKey, SealedBox

from evalsvc.box.keys import (
    BoxKeys,
    PassphraseCheck,
    WrappedKey,
    WrongPassphrase,
    new_box_keys,
    read_wrapped,
    unwrap_with,
    write_wrapped,
)

ROUND_KEY_FORMAT = "evalsvc round key 1"
SEASON_KEYS_FORMAT = "evalsvc season keys 1"


@dataclass(frozen=True)
class RoundKey:
    """A round's private key sealed to its season's, beside the season's wrapped private key."""

    season_public: bytes
    wrapped: tuple[WrappedKey, ...]
    sealed: bytes
    checks: Mapping[str, PassphraseCheck] = field(default_factory=dict)

    def list_wrong(self, passphrases: Mapping[str, str]) -> tuple[str, ...]:
        """Whose pass-phrase can't be the one that was chosen, of those that have a check."""
        return tuple(
            name
            for name, typed in passphrases.items()
            if name in self.checks and not self.checks[name].fits(typed)
        )

    def unlock_season(self, passphrases: Mapping[str, str]) -> bytes:
        """The season's private key; raises WrongPassphrase."""
        return unwrap_with(self.wrapped, passphrases)

    def open(self, season_private: bytes, public: bytes) -> bytes:
        """The round's private key; WrongPassphrase where it is another round's or was altered."""
        try:
            private = bytes(SealedBox(PrivateKey(season_private)).decrypt(self.sealed))
        except CryptoError as error:
            raise WrongPassphrase(_NOT_THIS) from error
        # Sealed keys of two rounds that changed places would open nothing on the day.
        if bytes(PrivateKey(private).public_key) != public:
            raise WrongPassphrase(_NOT_THIS)
        return private

    def to_json(self) -> str:
        """As a round's row and the custodians' machine keep it."""
        record = {
            "format": ROUND_KEY_FORMAT,
            "season_public": self.season_public.hex(),
            "season": json.loads(write_wrapped(self.wrapped)),
            "sealed": self.sealed.hex(),
            "checks": {name: each.to_record() for name, each in self.checks.items()},
        }
        return json.dumps(record, ensure_ascii=False, indent=1)

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Read what to_json wrote; raises ValueError for anything else."""
        try:
            record = json.loads(text)
            if record["format"] != ROUND_KEY_FORMAT:
                raise ValueError(record["format"])
            return cls(
                bytes.fromhex(record["season_public"]),
                read_wrapped(json.dumps(record["season"])),
                bytes.fromhex(record["sealed"]),
                {
                    name: PassphraseCheck.from_record(each)
                    for name, each in record.get("checks", {}).items()
                },
            )
        except (KeyError, TypeError, AttributeError, ValueError) as error:
            raise ValueError(_DAMAGED) from error


@dataclass(frozen=True)
class SealedRound:
    """A round's keys as the custodians' machine keeps them."""

    public: bytes
    sealed: bytes


@dataclass(frozen=True)
class SeasonKeys:
    """What a machine of the custodians keeps; without rounds it is one round's key alone."""

    wrapped: tuple[WrappedKey, ...]
    season_public: bytes = b""
    rounds: Mapping[str, SealedRound] = field(default_factory=dict)

    def unlock(self, passphrases: Mapping[str, str]) -> dict[bytes, bytes]:
        """Every private key by its public one; raises WrongPassphrase."""
        opened = unwrap_with(self.wrapped, passphrases)
        if not self.rounds:
            return {bytes(PrivateKey(opened).public_key): opened}
        return {
            each.public: RoundKey(self.season_public, (), each.sealed).open(opened, each.public)
            for each in self.rounds.values()
        }

    def to_json(self) -> str:
        """As it lies on that machine."""
        record = {
            "format": SEASON_KEYS_FORMAT,
            "season_public": self.season_public.hex(),
            "season": json.loads(write_wrapped(self.wrapped)),
            "rounds": {
                code: {"public_key": each.public.hex(), "sealed": each.sealed.hex()}
                for code, each in self.rounds.items()
            },
        }
        return json.dumps(record, ensure_ascii=False, indent=1)

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Read what to_json wrote; raises ValueError for anything else."""
        try:
            record = json.loads(text)
            if record["format"] != SEASON_KEYS_FORMAT:
                raise ValueError(record["format"])
            return cls(
                read_wrapped(json.dumps(record["season"])),
                bytes.fromhex(record["season_public"]),
                {
                    str(code): SealedRound(
                        bytes.fromhex(each["public_key"]), bytes.fromhex(each["sealed"])
                    )
                    for code, each in record["rounds"].items()
                },
            )
        except (KeyError, TypeError, AttributeError, ValueError) as error:
            raise ValueError(_DAMAGED) from error


def make_season_keys(
    season_public: bytes, wrapped: tuple[WrappedKey, ...], codes: Iterable[str]
) -> SeasonKeys:
    """Keys for every round, each drawn apart and sealed to the season's."""
    rounds = {}
    for code in codes:
        own = new_box_keys()
        rounds[code] = SealedRound(own.public, seal_round_key(season_public, own))
    return SeasonKeys(wrapped, season_public, rounds)


def seal_round_key(season_public: bytes, round_keys: BoxKeys) -> bytes:
    """A round's private key, sealed so that the season's private key opens it."""
    return bytes(SealedBox(PublicKey(season_public)).encrypt(round_keys.private))


def is_round_key(text: str) -> bool:
    """Whether this is a key under a season's, and not a list of wrapped keys of before."""
    return text.lstrip().startswith("{")


_DAMAGED = "轮次密钥损坏，请换用另一份副本 / damaged round key, use another copy"
_NOT_THIS = "这把密钥打不开这一轮 / this key is not this round's"
