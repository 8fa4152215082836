"""Ballots that people have left out by decision, and the figures without that."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class ExcludedBallots:
    """How many ballots of a group a computation left out by decision, by the flag behind it."""

    round: str
    group: str
    flag: str
    n: int


@dataclass(frozen=True)
class PlainStanding:
    """A unit's figure and place as if nobody had excluded a ballot."""

    published: str | None
    rank: int | None


@dataclass(frozen=True)
class Exclusions:
    """What a computation left out, and the plain figures beside it.

    `withheld`: the plain figures are kept for the supervisors, since together with the official
    ones they would tell the few excluded ballots of an anonymous group.
    """

    counts: tuple[ExcludedBallots, ...] = ()
    plain: Mapping[str, PlainStanding] | None = None
    withheld: bool = False
    # From how many left out on of an anonymous group they would be shown.
    least: int = 0
