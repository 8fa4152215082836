"""A rater's admission, as it goes from page to page."""

from dataclasses import dataclass, field
from datetime import timedelta
from functools import cached_property

from evalsvc.box.roots import Voter

LENGTH = timedelta(hours=2)


@dataclass(frozen=True)
class Visit:
    """What the encrypted cookie carries: the round, and the root of everything a token gives."""

    round_id: int
    root: bytes = field(repr=False)

    @cached_property
    def voter(self) -> Voter:
        """The visitor as far as the box knows one; its keys are derived once for a request."""
        return Voter(self.root)

    @property
    def draft_id(self) -> bytes:
        """Where the draft lies: its round, then bytes that tell nothing without the token."""
        prefix = begin_draft_ids(self.round_id)
        return prefix + self.voter.draft_id[len(prefix) :]


def begin_draft_ids(round_id: int) -> bytes:
    """How the ids of a round's drafts begin, so that closing it can delete them all."""
    return round_id.to_bytes(4)
