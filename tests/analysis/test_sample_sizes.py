"""Sample sizes and intervals of rates, by hand and from printed tables."""

import pytest

from analysis.panel.sample_sizes import (
    krejcie_morgan,
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
