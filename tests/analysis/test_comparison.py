"""Comparing methods and weighing components, by hand."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from analysis.statistics.comparison import (
    effective_weights,
    equalised_scores,
    method_comparison,
    rescaled_scores,
)
from analysis.statistics.findings import Flag
from tests.analysis.designs import quick


def test_rescaling_takes_mean_and_spread_of_the_plain_figures():
    # Adjusted mean 2, deviation √(2/3); plain mean 80, deviation 10·√(2/3), over the first three.
    assert rescaled_scores([1, 2, 3, None, 5], [70, 80, 90, 60, None]) == pytest.approx(
        (70, 80, 90, None, 110)
    )
    assert rescaled_scores([5, 5], [70, 90]) == (80.0, 80.0)
    assert rescaled_scores([1, None], [None, 2]) == (None, None)
    with pytest.raises(ValueError, match="2 and 1 figures"):
        rescaled_scores([1, 2], [1])


def test_comparison_by_hand():
    found = method_comparison([90, 80, 80, None, 60], [85, 88, 70, 99, 60], top=1)
    assert [u.unit for u in found.units] == [0, 1, 2, 4]
    assert [u.official_rank for u in found.units] == [1, 2, 2, 4]
    assert [u.other_rank for u in found.units] == [2, 1, 3, 4]
    assert [u.places for u in found.units] == [-1, 1, -1, 0]
    assert found.units[1].difference == 8.0
    assert (found.entering, found.leaving) == ((1,), (0,))
    assert (found.mean_absolute_places, found.most_places) == (0.75, 1)
    assert found.spearman == pytest.approx(
        stats.spearmanr([90, 80, 80, 60], [85, 88, 70, 60]).statistic
    )
    assert found.kendall == pytest.approx(
        stats.kendalltau([90, 80, 80, 60], [85, 88, 70, 60]).statistic
    )


@pytest.mark.parametrize(
    ("official", "other", "flag"),
    [
        ([], [], Flag.NO_RATINGS),
        ([80], [70], Flag.SINGLE_UNIT),
        ([80, 80], [1, 2], Flag.ALL_EQUAL),
        ([1, 2], [70, 70], Flag.ALL_EQUAL),
    ],
)
def test_correlations_are_undefined_rather_than_wrong(official, other, flag):
    found = method_comparison(official, other)
    assert (found.spearman, found.kendall, found.flags) == (None, None, (flag,))


def test_printed_effective_weights():
    # Independent components: shares are (w·SD)². Nominal .4/.1/.3/.2, SDs 2/1.5/1.5/4.
    rng = np.random.default_rng(0)
    scores = rng.normal(size=(200_000, 4)) * [2, 1.5, 1.5, 4] + 80
    found = effective_weights(scores, [0.4, 0.1, 0.3, 0.2])
    assert found.effective == pytest.approx((0.43, 0.01, 0.14, 0.43), abs=0.01)
    assert found.nominal == pytest.approx((0.4, 0.1, 0.3, 0.2))


def test_effective_weights_by_hand():
    # E = (1, 2, 3)/2 + (3, 1, 5)/2: deviations of E from 2.5: −.5, −1, 1.5.
    found = effective_weights([[1, 3], [2, 1], [3, 5], [9, np.nan]], [1, 1])
    assert found.n_units == 3
    assert found.effective == pytest.approx((2 * 0.5 / 3.5, 2.5 / 3.5))
    assert sum(found.effective) == pytest.approx(1.0)


def test_effective_weights_undefined():
    assert effective_weights([[1, 2]], [1, 1]).flags == (Flag.NOT_TESTABLE,)
    flat = effective_weights([[1, 2], [1, 2]], [1, 1])
    assert (flat.effective, flat.flags) == ((None, None), (Flag.ALL_EQUAL,))
    with pytest.raises(ValueError, match="weight of 0 or more"):
        effective_weights([[1, 2]], [1])


def test_only_reliable_components_are_equalised():
    # Deviations 1, 3 and 2: the first two reliable, common spread 2.
    scores = [[79, 67, 60], [80, 70, 62], [81, 73, None], [None, 70, 64]]
    found = equalised_scores(scores, [0.6, 0.9, 0.3])
    spread = np.std([67, 70, 73, 70], ddof=1)
    common = (1 + spread) / 2
    assert found.common_deviation == pytest.approx(common)
    assert found.equalised == (0, 1)
    assert found.scores[0] == pytest.approx((80 - common, 70 - 3 * common / spread, 60))
    assert found.scores[3] == pytest.approx((None, 70, 64))
    assert found.cut == ()


def test_equalising_is_cut_to_the_range_and_named():
    found = equalised_scores([[99, 50], [98, 10], [97, 90]], [0.9, 0.9])
    assert found.scores[0][0] == 100.0
    assert found.cut == ((0, 0),)
    assert found.flags == (Flag.CUT,)


@pytest.mark.parametrize("reliabilities", [[None, 0.5], [0.9, None]])
def test_nothing_to_equalise(reliabilities):
    found = equalised_scores([[80, 1], [80, 2]], reliabilities)
    assert (found.scores, found.flags) == (((80, 1), (80, 2)), (Flag.NOT_TESTABLE,))
    with pytest.raises(ValueError, match="reliability"):
        equalised_scores([[1, 2]], [0.9])


@quick
@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5)), max_size=8))
def test_places_gained_are_places_in_the_ranking(pairs):
    found = method_comparison([a for a, _ in pairs], [b for _, b in pairs])
    assert all(u.places == u.official_rank - u.other_rank for u in found.units)
    if found.spearman is not None:
        assert -1 - 1e-12 <= found.spearman <= 1 + 1e-12
