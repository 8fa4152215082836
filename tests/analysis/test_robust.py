"""Robust means worked by hand, with what each does to short and constant columns."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.statistics.findings import Flag
from analysis.statistics.robust import (
    RobustMean,
    drop_high_low_mean,
    huber_location,
    huber_proposal_2,
    median,
    median_absolute_deviation,
    trimmed_mean,
)
from tests.analysis.designs import quick

NOTHING = RobustMean(None, 0, flags=(Flag.NO_RATINGS,))


def test_one_high_and_one_low_go_from_the_stated_number_on():
    ratings = [100, 85, 85, 70, None, 0]
    assert drop_high_low_mean(ratings, minimum=5) == RobustMean(80.0, 5, dropped=1)
    plain = RobustMean(68.0, 5, flags=(Flag.NOT_TRIMMED,))
    assert drop_high_low_mean(ratings, minimum=6) == plain


def test_two_raters_are_few_and_never_trimmed():
    found = drop_high_low_mean([70, 90], minimum=3)
    assert found == RobustMean(80.0, 2, flags=(Flag.FEW_RATERS, Flag.NOT_TRIMMED))
    with pytest.raises(ValueError, match="3 or more"):
        drop_high_low_mean([1, 2, 3], minimum=2)


def test_trimming_rounds_the_number_down():
    assert trimmed_mean(range(9), share=0.1).flags == (Flag.NOT_TRIMMED,)
    assert trimmed_mean([0, 0, 1, 2, 3, 4, 5, 6, 7, 80], share=0.1) == RobustMean(
        3.5, 10, dropped=1
    )
    assert trimmed_mean(range(100), share=0.29).dropped == 29  # floats would say 28
    for share in (-0.1, 0.5):
        with pytest.raises(ValueError, match=r"below 0\.5"):
            trimmed_mean([1], share=share)


def test_median_and_its_deviation():
    # |x − 3| = 2, 1, 0, 1, 97: median 1.
    assert median([1, 2, 3, 4, 100]) == RobustMean(3.0, 5, scale=1.4826)
    assert median_absolute_deviation([1, 2, 3, 4, 100]) == 1.4826
    assert median_absolute_deviation([]) is None


def test_huber_by_hand():
    # s = 1.4826, cut at μ ± 2.2239: only 100 is cut. 5μ = 1+2+3+4 + μ + 2.2239.
    found = huber_location([1, 2, 3, 4, 100])
    mu = (10 + 1.5 * 1.4826) / 4
    assert found.value == pytest.approx(mu)
    assert found.scale == 1.4826


def test_huber_proposal_2_solves_its_equations():
    x = np.array([1.0, 2.0, 3.0, 4.0, 6.0, 9.0, 40.0])
    k, found = 1.345, huber_proposal_2([1, 2, 3, 4, 6, 9, 40], k=1.345)
    psi = np.clip((x - found.value) / found.scale, -k, k)
    z = np.random.default_rng(0).normal(size=400_000)
    beta = (np.clip(z, -k, k) ** 2).mean()
    assert psi.sum() == pytest.approx(0, abs=1e-9)
    assert (psi**2).sum() == pytest.approx(6 * beta, rel=5e-3)


@pytest.mark.parametrize("method", [huber_location, huber_proposal_2])
def test_a_scale_of_zero_leaves_the_median(method):
    found = method([85, 85, 85, 100])
    assert found == RobustMean(85.0, 4, scale=0.0, flags=(Flag.ZERO_VARIANCE,))
    with pytest.raises(ValueError, match="above 0"):
        method([1, 2], k=0)


def test_no_ratings():
    assert drop_high_low_mean([], minimum=5) == NOTHING
    assert trimmed_mean([None], share=0.2) == NOTHING
    assert median([]) == huber_location([]) == huber_proposal_2([]) == NOTHING


@quick
@given(st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=12))
def test_every_robust_mean_lies_between_the_extremes(ratings):
    slack = 1e-6 * (1 + max(map(abs, ratings)))
    for found in (
        drop_high_low_mean(ratings, minimum=3),
        trimmed_mean(ratings, share=0.2),
        median(ratings),
        huber_location(ratings),
        huber_proposal_2(ratings),
    ):
        assert min(ratings) - slack <= found.value <= max(ratings) + slack
