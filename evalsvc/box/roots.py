"""From a token to everything a rater owns in the box: credential, signing key and draft."""

import hmac
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property

from nacl.signing import SigningKey

from evalsvc.box.tokens import has_right_check

PEPPER_BYTES = 32
ROOT_BYTES = 32


def new_pepper(random: Callable[[int], bytes] = secrets.token_bytes) -> bytes:
    """Draw the secret of a round; it is kept outside the database and destroyed at closing."""
    return random(PEPPER_BYTES)


def derive_root(pepper: bytes, token: str) -> bytes:
    """HMAC-SHA256 of a cleaned token under the round's pepper.

    No slow password hash: a token holds 74 random bits, and without the pepper there is nothing
    to guess against. A slow one would cap the box at some twenty ballots a second.
    """
    if len(pepper) != PEPPER_BYTES:
        raise ValueError(f"a pepper has {PEPPER_BYTES} bytes, this one {len(pepper)}")
    if not has_right_check(token):  # a dash left in would silently become another person
        raise ValueError("the token is not cleaned: pass it through clean_token first")
    return hmac.digest(pepper, token.encode("ascii"), "sha256")


def derive_letter_key(pepper: bytes, token: str) -> bytes:
    """What is kept of the code on a person's letter; it leads back only with the pepper."""
    return hmac.digest(derive_root(pepper, token), b"letter", "sha256")


@dataclass(frozen=True)
class Voter:
    """The holder of a token, as far as the box knows one; lives in memory for one request."""

    root: bytes = field(repr=False)

    def __post_init__(self) -> None:
        if len(self.root) != ROOT_BYTES:
            raise ValueError(f"a root has {ROOT_BYTES} bytes, this one {len(self.root)}")

    @cached_property
    def signing_key(self) -> SigningKey:
        """The Ed25519 key that signs this rater's ballots."""
        return SigningKey(self._derive(b"credential"))

    @property
    def credential(self) -> bytes:
        """The public half of the signing key: 32 bytes that stand for the rater everywhere."""
        return bytes(self.signing_key.verify_key)

    def get_draft_id(self, turn: int) -> bytes:
        """Where the draft of a turn lies; whoever lacks the root sees no link to anything.

        Not to the draft of the next turn either: who answers again would show when they did first.
        """
        return self._derive(b"draft id" + (b" %d" % turn if turn else b""))

    @property
    def draft_key(self) -> bytes:
        """The symmetric key of the draft."""
        return self._derive(b"draft key")

    def _derive(self, label: bytes) -> bytes:
        # One label for each purpose: whoever learns one of these learns none of the others.
        return hmac.digest(self.root, label, "sha256")
