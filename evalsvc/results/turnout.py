"""Turnout: how many of a group's cards in a round were used."""

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction


@dataclass(frozen=True)
class Turnout:
    """How many cards of a group were issued and used in a round, by codes of the scheme.

    Void cards are not among them. `assisted` were typed in by the office for their holders: until
    the box is open as the counter reported them, then as the ballots say.
    """

    round: str
    group: str
    issued: int
    cast: int
    assisted: int = 0

    @property
    def missing(self) -> int:
        """How many have not been used."""
        return max(0, self.issued - self.cast)

    @property
    def share(self) -> Fraction | None:
        """From 0 to 1; None where nobody was issued a card."""
        return Fraction(self.cast, self.issued) if self.issued else None


def sum_turnout(rows: Iterable[Turnout]) -> Turnout:
    """Several groups or rounds together, under no code."""
    found = tuple(rows)
    return Turnout(
        "",
        "",
        sum(row.issued for row in found),
        sum(row.cast for row in found),
        sum(row.assisted for row in found),
    )
