"""Sample sizes and intervals of rates, by hand and from printed tables."""

from decimal import Decimal

import pytest

from analysis.panel.sample_sizes import (
    krejcie_morgan,
    largest_remainder,
    rate_interval,
    sample_size_for_difference,
    sample_size_for_margin,
)


def test_printed_sample_sizes():
    assert [sample_size_for_margin(m, 25) for m in (5, 3, 2, 1)] == [97, 267, 601, 2401]
    assert [sample_size_for_margin(m, 20) for m in (5, 3, 2, 1)] == [62, 171, 385, 1537]
    assert [sample_size_for_difference(d, 20) for d in (5, 3, 2)] == [252, 698, 1570]
    for size in (sample_size_for_margin, sample_size_for_difference):
        with pytest.raises(ValueError, match="above 0"):
            size(0, 20)


def test_krejcie_morgan_at_its_ends():
    assert [krejcie_morgan(n) for n in (0, 1, 10, 1_000_000)] == [0, 1, 10, 384]
    with pytest.raises(ValueError, match="0 or more"):
        krejcie_morgan(-1)


def test_wilson_by_hand():
    # No hit in 10: (0, z²/(n + z²)).
    low, high = rate_interval(0, 10)
    assert (low, high) == (0.0, pytest.approx(3.841459 / 13.841459, abs=1e-6))
    assert rate_interval(10, 10)[1] == pytest.approx(1.0)
    assert rate_interval(0, 0) is None
    wide = rate_interval(50, 100, design_effect=2)
    assert wide == pytest.approx(rate_interval(25, 50))
    with pytest.raises(ValueError, match="between 0 and 3"):
        rate_interval(4, 3)


def test_seats_by_the_largest_remainder():
    """Ten of 100,000 votes (en.wikipedia.org/wiki/Quota_method, Hare's quota), 25 of the same."""
    votes = [47_000, 16_000, 15_900, 12_000, 6_000, 3_100]
    assert largest_remainder(10, votes) == (5, 2, 1, 1, 1, 0)
    assert largest_remainder(25, votes) == (12, 4, 4, 3, 1, 1)


def test_one_more_seat_may_cost_one():
    """The Alabama paradox: of 10 the quotas are 4.29, 4.29 and 1.43, of 11 4.71, 4.71 and 1.57."""
    assert largest_remainder(10, [6, 6, 2]) == (4, 4, 2)
    assert largest_remainder(11, [6, 6, 2]) == (5, 5, 1)


def test_equal_remainders_decimals_and_nothing():
    assert largest_remainder(1, [0.1, 0.1]) == (1, 0)
    # As written 0.1 and 0.2 are exactly 1 and 2 of 3, which floats are not.
    assert largest_remainder(3, [0.1, Decimal("0.2"), 0]) == (1, 2, 0)
    assert largest_remainder(0, [1, 2]) == (0, 0)
    for total, weights in ((-1, [1]), (1, [0]), (1, []), (1, [2, -1])):
        with pytest.raises(ValueError, match="above 0"):
            largest_remainder(total, weights)
