"""A rater's admission, as it goes from page to page."""

from dataclasses import dataclass, field
from datetime import timedelta
from functools import cached_property

from evalsvc.box.roots import Voter

LENGTH = timedelta(hours=2)
MOST_REVISIONS = 20
MOST_TURNS = MOST_REVISIONS + 1


@dataclass(frozen=True)
class Visit:
    """What the encrypted cookie carries: the round, and the root of everything a token gives."""

    round_id: int
    root: bytes = field(repr=False)

    @cached_property
    def voter(self) -> Voter:
        """The visitor as far as the box knows one; its keys are derived once for a request."""
        return Voter(self.root)

    def get_draft_id(self, turn: int) -> bytes:
        """Where the draft lies after so many casts: its round, then bytes that tell nothing."""
        prefix = begin_draft_ids(self.round_id)
        # Another place at every turn: a draft that is replaced where it lies would show, of whoever
        # answers twice, when they first did (decision 0019).
        return prefix + self.voter.get_draft_id(turn)[len(prefix) :]

    @cached_property
    def draft_ids(self) -> list[bytes]:
        """Where a draft can lie; there is one at most, for casting deletes it."""
        return [self.get_draft_id(turn) for turn in range(MOST_TURNS)]


def begin_draft_ids(round_id: int) -> bytes:
    """How the ids of a round's drafts begin, so that closing it can delete them all."""
    # In front, so that the ids of a round are one range; four bytes, as the round's number has.
    return round_id.to_bytes(4)
