"""Ranks of published figures: equal figures share a place, and the next place is skipped."""

from collections.abc import Mapping
from decimal import Decimal


def competition_ranks(published: Mapping[str, str]) -> dict[str, int]:
    """The place of each unit by its published figure, best first (1, 2, 2, 4).

    Ranked on what is shown, never on hidden decimals.
    """
    # As numbers: as texts 9.50 would stand before 10.00.
    figures = sorted((Decimal(shown) for shown in published.values()), reverse=True)
    first: dict[Decimal, int] = {}
    for place, figure in enumerate(figures, start=1):
        first.setdefault(figure, place)
    return {unit: first[Decimal(shown)] for unit, shown in published.items()}
