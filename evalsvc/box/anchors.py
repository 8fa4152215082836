"""Anchors: signed statements of what a box held at a moment, each covering the one before."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Self

from nacl.signing import SigningKey

from evalsvc.box.statements import hash_statement, is_signed, show_short, sign_statement

FIRST_PREVIOUS = bytes(32)  # what a round's first anchor, number 1, follows
LEAST_NEW_BALLOTS = 20
"""Fewer would show who came when; only closing publishes whatever came last."""
_KIND = "anchor"
_DIGEST = "[0-9a-f]{64}"
_FORMS = {
    "round_uid": "[0-9a-f]{32}",
    "box_root": _DIGEST,
    "roll_root": _DIGEST,
    "seal": _DIGEST,
    "log_head": _DIGEST,
    "previous": _DIGEST,
    "at": r"\d{4}-\d\d-\d\dT[0-9:.+]{8,24}",
    "key": _DIGEST,
    "signature": "[0-9a-f]{128}",
}
_NUMBERS = ("number", "ballots", "log_seq")


@dataclass(frozen=True)
class Anchor:
    """How many ballots a box held, the roots of box and roll, and how far the log had come.

    Hashes are hexadecimal text, `at` is ISO 8601 text, signed as written. `log_head` is the hash
    of the event number `log_seq`.
    """

    round_uid: str
    number: int
    ballots: int
    box_root: str
    roll_root: str
    seal: str
    log_seq: int
    log_head: str
    at: str
    previous: str

    @property
    def hash(self) -> bytes:
        """By which the next anchor and the log name this one."""
        return hash_statement(_KIND, vars(self))

    @property
    def short(self) -> str:
        """The name printed on receipts and notices."""
        return show_short(self.hash)


@dataclass(frozen=True)
class SignedAnchor:
    """An anchor with the service's public key and its signature, both hexadecimal."""

    anchor: Anchor
    key: str
    signature: str

    @property
    def moment(self) -> datetime:
        """When it was published."""
        return datetime.fromisoformat(self.anchor.at)

    @property
    def is_genuine(self) -> bool:
        """Whether the key it names signed it."""
        key, signature = bytes.fromhex(self.key), bytes.fromhex(self.signature)
        return is_signed(key, _KIND, vars(self.anchor), signature)

    def to_record(self) -> dict[str, str | int]:
        """The anchor as JSON has it."""
        return {**vars(self.anchor), "key": self.key, "signature": self.signature}

    @classmethod
    def from_record(cls, record: Mapping[str, object]) -> Self:
        """Read what to_record gave; raises ValueError naming the field."""
        expected = {*_FORMS, *_NUMBERS}
        # A field more would stand there unsigned.
        if set(record) != expected:
            raise ValueError(f"an anchor has the fields {', '.join(sorted(expected))}")
        for name, form in _FORMS.items():
            if not isinstance(record[name], str) or not re.fullmatch(form, str(record[name])):
                raise ValueError(f"{name} of an anchor has another form")
        for name in _NUMBERS:
            # `True` is an int to isinstance, and is written in another way.
            if type(record[name]) is not int:
                raise ValueError(f"{name} of an anchor is a number")
        fields = {name: record[name] for name in Anchor.__dataclass_fields__}
        anchor = Anchor(**fields)  # type: ignore[arg-type]  # each was checked above
        return cls(anchor, str(record["key"]), str(record["signature"]))


def sign_anchor(key: SigningKey, anchor: Anchor) -> SignedAnchor:
    """Sign an anchor with the service's key."""
    signature = sign_statement(key, _KIND, vars(anchor))
    return SignedAnchor(anchor, bytes(key.verify_key).hex(), signature.hex())
