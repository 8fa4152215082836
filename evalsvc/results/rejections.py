"""Ballots that did not count when a box was opened, and why; those that nobody can read."""

from dataclasses import dataclass
from typing import Literal

Reason = Literal[
    "signature", "unreadable", "foreign_content", "missing", "foreign_unit", "doubled",
    "unknown_item", "not_a_choice", "proportions", "not_asked",
]  # a table, read by rows  # fmt: skip
REASONS = frozenset(Reason.__args__)  # type: ignore[attr-defined]  # a Literal has them
"""Why a ballot did not count; there is no other reason."""


@dataclass(frozen=True)
class Rejections:
    """How many ballots of a group did not count for one reason in a round."""

    round: str
    group: str
    reason: str
    n: int


@dataclass(frozen=True)
class LostBallots:
    """How many ballots were on a round's tray when their key was lost; never in the box.

    Whoever cast them may vote again until the round `closed`.
    """

    round: str
    n: int
    closed: bool
