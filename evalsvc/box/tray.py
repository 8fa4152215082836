"""The tray's seal: a ballot that waits for the box, and its row tells neither whose nor what.

Rows lie in the order of arrival, in files, logs and copies. Under the key of their batch they are
noise; once the batch lies in the box in an order of its own, the key is destroyed.
"""

import hmac
import secrets
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from struct import Struct

from nacl.exceptions import CryptoError
from nacl.secret import SecretBox

KEY_BYTES = 32
# Credential, number within the batch, sequence, nonce, leaf: every row's is of one length.
_PLACE = Struct(">32sBB16s32s")
_SIGNATURE_BYTES = 64
# Signature, length and what sealing adds to a ballot.
_AROUND = 256


def new_tray_key(random: Callable[[int], bytes] = secrets.token_bytes) -> bytes:
    """Draw the key of a batch."""
    return random(KEY_BYTES)


@dataclass(frozen=True)
class WaitingPlace:
    """Whose ballot a row of the tray is, and what a later visit has to know of it.

    `number` counts a credential's ballots within a batch, from 1 on; `seq` those in all.
    """

    credential: bytes
    number: int
    seq: int
    nonce: bytes
    leaf: bytes


@dataclass(frozen=True)
class TrayKey:
    """The key of one batch of one round."""

    uid: str
    batch: int
    secret: bytes = field(repr=False)

    def tag(self, credential: bytes, number: int) -> bytes:
        """By which a row is found; two rows of one place have nothing in common."""
        return hmac.digest(self._tag_key, credential + bytes([number]), "sha256")

    def list_tags(self, credential: bytes, most: int) -> Iterator[bytes]:
        """All tags that a credential's ballots can have."""
        return (self.tag(credential, number) for number in range(1, most + 1))

    def seal_place(self, place: WaitingPlace) -> bytes:
        plain = _PLACE.pack(place.credential, place.number, place.seq, place.nonce, place.leaf)
        return bytes(self._box.encrypt(plain))

    def open_place(self, tag: bytes, sealed: bytes) -> WaitingPlace | None:
        """None where the row was damaged, or copied from another."""
        try:
            place = WaitingPlace(*_PLACE.unpack(self._box.decrypt(sealed)))
        except (CryptoError, ValueError):
            return None
        right = self.tag(place.credential, place.number)
        # A row that somebody copies under another tag would be another place's ballot.
        return place if hmac.compare_digest(right, tag) else None

    def seal_content(self, sealed: bytes, signature: bytes, length: int) -> bytes:
        """What the custodians can open, sealed once more: its bytes will stand in the box.

        Filled up to a length for the longest ballot of the round, or it would tell the group.
        """
        plain = len(sealed).to_bytes(4) + signature + sealed
        return bytes(self._box.encrypt(plain.ljust(length + _AROUND, b"\0")))

    def open_content(self, content: bytes) -> tuple[bytes, bytes] | None:
        """The sealed ballot and its signature; None where the row was damaged."""
        try:
            plain = self._box.decrypt(content)
        except (CryptoError, ValueError):
            return None
        length, begin = int.from_bytes(plain[:4]), 4 + _SIGNATURE_BYTES
        return plain[begin : begin + length], plain[4:begin]

    @cached_property
    def _tag_key(self) -> bytes:
        # Two keys of one: what is hashed under the one
        # says nothing of what is sealed under the other.
        return hmac.digest(self.secret, b"tray tag", "sha256")

    @cached_property
    def _box(self) -> SecretBox:
        return SecretBox(hmac.digest(self.secret, b"tray box", "sha256"))
