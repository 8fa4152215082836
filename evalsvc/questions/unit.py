"""A unit as questions ask about it and raters see it."""

from dataclasses import dataclass

from evalsvc.text import Text


@dataclass(frozen=True)
class Beside:
    """A unit's account and its named figures, as a rater reads them."""

    account: str
    figures: tuple[tuple[Text, Text], ...]


@dataclass(frozen=True)
class PaperUnit:
    """A unit as a rater sees it."""

    code: str
    name: str
    category: str
    work: str
    beside: Beside | None = None
