"""One ballot's bands against their proportions."""

import pytest

from analysis import QuotaBreach, band_quota, quota_breaches
from analysis.score.quotas import free_categories
from analysis.score.rules import BandQuota

QUOTA = BandQuota(("A", "B", "C"), (30, 50, 20), enforce_from=4)


def bands(given: str) -> dict[str, str]:
    return {f"u{place}": band for place, band in enumerate(given)}


def one_category(given: str) -> dict[str, str]:
    return {f"u{place}": "town" for place in range(len(given))}


def test_exact_proportions_pass():
    assert quota_breaches(bands("ABBC"), one_category("ABBC"), QUOTA) == ()


def test_each_band_that_is_off_is_named():
    assert quota_breaches(bands("AABC"), one_category("AABC"), QUOTA) == (
        QuotaBreach("town", "A", places=1, given=2),
        QuotaBreach("town", "B", places=2, given=1),
    )


def test_below_the_threshold_bands_are_free():
    assert quota_breaches(bands("AAA"), one_category("AAA"), QUOTA) == ()
    assert free_categories(bands("AAA"), one_category("AAA"), QUOTA) == {"town"}
    assert free_categories(bands("AAAA"), one_category("AAAA"), QUOTA) == frozenset()


def test_proportions_hold_inside_each_category():
    # Together 4 A of 8 would break; the categories are looked at one by one.
    given = {**bands("ABBC"), "d1": "A", "d2": "A", "d3": "A"}
    categories = {**one_category("ABBC"), "d1": "dep", "d2": "dep", "d3": "dep"}
    assert quota_breaches(given, categories, QUOTA) == ()
    given["d4"], categories["d4"] = "B", "dep"
    assert {breach.category for breach in quota_breaches(given, categories, QUOTA)} == {"dep"}


def test_as_upper_limits_fewer_may_be_good_but_not_more():
    at_most = BandQuota(("A", "B", "C"), (30, 50, 20), enforce_from=4, exact=False)
    assert quota_breaches(bands("BBCC"), one_category("BBCC"), at_most) == ()
    assert quota_breaches(bands("AABC"), one_category("AABC"), at_most) == (
        QuotaBreach("town", "A", places=1, given=2),
    )


def test_every_band_but_the_last_has_its_upper_limit():
    at_most = BandQuota(("A", "B", "C"), (30, 50, 20), enforce_from=4, exact=False)
    assert quota_breaches(bands("BBBC"), one_category("BBBC"), at_most) == (
        QuotaBreach("town", "B", places=2, given=3),
    )
    assert quota_breaches(bands("CCCC"), one_category("CCCC"), at_most) == ()


@pytest.mark.parametrize(
    ("n", "shares"), [(10, (30, 50, 30)), (10, (30, 50)), (10, (120, -20)), (-1, (30, 70)), (4, ())]
)
def test_shares_that_leave_or_lack_places_are_refused(n: int, shares: tuple[int, ...]):
    with pytest.raises(ValueError, match="sum to 100"):
        band_quota(n, shares)
