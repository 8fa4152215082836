"""Where an observed figure lies among shuffled ones, by hand."""

import pytest

from analysis.statistics.permutations import placed_among


def test_p_counts_the_observed_itself_and_z_is_in_standard_deviations():
    # Two of four reach 3; mean 2, variance (4 + 1 + 1 + 4)/3 … of 0, 1, 3, 4.
    p, z = placed_among([0.0, 1.0, 3.0, 4.0], 3.0)
    assert p == 3 / 5
    assert z == pytest.approx((3 - 2) / (10 / 3) ** 0.5)


def test_undefined_figures_are_no_hits():
    assert placed_among([None, 1.0, None], 0.5) == (2 / 4, None)
    assert placed_among([None, None], 0.5) == (1 / 3, None)


def test_shuffles_that_change_nothing_have_no_z():
    assert placed_among([2.0, 2.0, 2.0], 2.0) == (1.0, None)


def test_a_difference_of_rounding_is_none():
    assert placed_among([0.3, 0.0], 0.1 + 0.2)[0] == 2 / 3
