"""Places per band by integer arithmetic, and the check of one ballot's bands against them."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction


@dataclass(frozen=True)
class BandQuota:
    """The proportions a ballot must keep inside one category, from `enforce_from` units on.

    With `exact` every band holds its quota; otherwise the bands but the last hold at most theirs.
    """

    bands: tuple[str, ...]
    shares: tuple[int, ...]
    enforce_from: int
    exact: bool = True


@dataclass(frozen=True)
class NumberLimit:
    """On a ballot, how many units of a category may have a number in a range.

    The range is from `lowest` (included) to `below` (not included); `most_share` is a share of
    the category's units on the ballot, rounded down.
    """

    lowest: Fraction | None = None
    below: Fraction | None = None
    least: int | None = None
    most: int | None = None
    most_share: Fraction | None = None


@dataclass(frozen=True)
class LevelLimit:
    """On a ballot, how many units of a category may have one of some levels, taken together.

    `most_share` is a share of the category's units that the ballot rates, rounded down.
    """

    levels: frozenset[str]
    least: int | None = None
    most: int | None = None
    most_share: Fraction | None = None


@dataclass(frozen=True)
class QuotaBreach:
    """A band of one category that holds another number of units than it has places."""

    category: str
    band: str
    places: int
    given: int


def band_quota(n: int, shares: Sequence[int]) -> tuple[int, ...]:
    """The places of each band for `n` units: all but the last rounded down, the rest to the last.

    `shares` are percentages that sum to 100, best band first. Integers only, since
    `int(0.29 * 100)` is 28. Raises ValueError for shares that don't sum to 100 or are below 0,
    and for a negative number of units.
    """
    if n < 0 or min(shares, default=0) < 0 or sum(shares) != 100:
        raise ValueError(
            "need 0 or more units, and shares of 0 or more that sum to 100, "
            f"got {n}, {tuple(shares)}"
        )
    upper = tuple(share * n // 100 for share in shares[:-1])
    # The last band takes the rest, or places would be lost: each
    # rounded down, 30, 50 and 20 per cent of 7 units are six.
    return (*upper, n - sum(upper))


def quota_breaches(
    bands: Mapping[str, str], categories: Mapping[str, str], quota: BandQuota
) -> tuple[QuotaBreach, ...]:
    """Where one ballot breaks its proportions; empty if it keeps them.

    `bands` gives each unit on the ballot its band, `categories` each unit its category. A category
    with fewer units on the ballot than `quota.enforce_from` is free.
    """
    free = free_categories(bands, categories, quota)
    breaches = []
    for category, given in _given(bands, categories).items():
        if category in free:
            continue
        # Of the units on this ballot, not of the category:
        # who rates eleven fills the bands of eleven.
        places = band_quota(given.total(), quota.shares)
        checked = list(zip(quota.bands, places, strict=True))
        # With `at_most` the last band has no limit: it takes what the others leave.
        for band, most in checked if quota.exact else checked[:-1]:
            if given[band] > most or (quota.exact and given[band] != most):
                breaches.append(QuotaBreach(category, band, most, given[band]))
    return tuple(breaches)


def free_categories(
    bands: Mapping[str, str], categories: Mapping[str, str], quota: BandQuota
) -> frozenset[str]:
    """The categories with too few units on this ballot for its proportions to bind."""
    return frozenset(
        category
        for category, given in _given(bands, categories).items()
        if given.total() < quota.enforce_from
    )


def _given(bands: Mapping[str, str], categories: Mapping[str, str]) -> dict[str, Counter[str]]:
    given: dict[str, Counter[str]] = {}
    for unit, band in bands.items():
        given.setdefault(categories[unit], Counter())[band] += 1
    return given
