"""The trimmed mean by number of raters."""

from fractions import Fraction

import pytest

from analysis.score.aggregation import TrimmedMean, trimmed_mean
from analysis.score.rules import Trim

SIX = [Fraction(points) for points in (100, 85, 85, 70, 100, 70)]


def test_from_six_raters_one_highest_and_one_lowest_go():
    mean = trimmed_mean(SIX, Trim(6))
    assert mean.value == Fraction(100 + 85 + 85 + 70, 4)
    assert sorted(mean.notes) == ["", "", "", "", "dropped_high", "dropped_low"]


def test_below_that_all_stay():
    five = SIX[:5]
    assert trimmed_mean(five, Trim(6)) == TrimmedMean(Fraction(88), 5, ("",) * 5)


def test_without_trimming_the_plain_mean():
    assert trimmed_mean(SIX, None).value == Fraction(85)


def test_two_at_each_end():
    points = [Fraction(n) for n in (1, 2, 3, 10, 20)]
    assert trimmed_mean(points, Trim(5, 2)).value == 3


def test_no_ratings_have_no_mean():
    with pytest.raises(ValueError, match="at least one rating"):
        trimmed_mean([], None)
