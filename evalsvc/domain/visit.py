"""A rater's admission, as it goes from page to page."""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Visit:
    """What the encrypted cookie carries: the round, and the root of everything a token gives."""

    round_id: int
    root: bytes = field(repr=False)
