"""A card: what is printed for one rater, and the only place where its token ever stands."""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Card:
    """One printed invitation; `addressee` is a name or a seat number, `group` a code."""

    group: str
    addressee: str
    token: str = field(repr=False)
    stratum: str = ""
