"""Which units a rater of a group sees on the paper."""

from collections.abc import Collection, Sequence

from evalsvc.scheme.model import Group, Sight


def pick_rated_units(
    group: Group, units: Sequence[tuple[str, str]], own: str, listed: Collection[str]
) -> list[str]:
    """Of units with their categories, those that a rater sees.

    The own unit is among them only where the scheme asks for a self-rating.
    """
    return [
        code
        for sight in group.sights
        for code, category in units
        if category == sight.category and _sees(sight, code, own, listed)
    ]


def _sees(sight: Sight, unit: str, own: str, listed: Collection[str]) -> bool:
    if sight.relation == "own":
        return unit == own
    # The own unit is on nobody's list, also where the relations sheet names it.
    return unit != own and (sight.relation != "listed" or unit in listed)
