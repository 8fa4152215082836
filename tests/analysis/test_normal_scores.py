"""Ballot scores against Harter's table, the printed band table and their own symmetries."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.statistics.findings import Flag
from analysis.statistics.normal_scores import (
    band_scores,
    blom_scores,
    expected_normal_scores,
    likert_sigma_scores,
    rank_normal_matrix,
    rank_normal_scores,
    scaled_scores,
)
from tests.analysis.designs import quick, rating_designs


def test_harter_1961_table_1_for_twenty():
    published = [1.86748, 1.40760, 1.13095, 0.92098, 0.74538, 0.59030, 0.44833, 0.31493, 0.18696,
                 0.06200]  # a table, read by rows  # fmt: skip
    assert expected_normal_scores(20)[::-1][:10] == pytest.approx(published, abs=1e-5)


def test_closed_forms_for_two_and_three():
    # E max of two is 1/√π, of three 3/(2√π).
    assert expected_normal_scores(2)[1] == pytest.approx(1 / np.sqrt(np.pi), abs=1e-13)
    assert expected_normal_scores(3)[2] == pytest.approx(1.5 / np.sqrt(np.pi), abs=1e-13)


def test_small_and_large_sizes():
    assert expected_normal_scores(0).tolist() == []
    assert expected_normal_scores(1).tolist() == [0.0]
    assert (expected_normal_scores(2001) == blom_scores(2001)).all()
    assert np.abs(expected_normal_scores(500) - blom_scores(500)).max() < 0.03
    with pytest.raises(ValueError, match="got -1"):
        expected_normal_scores(-1)


def test_scores_are_cached_and_cannot_be_changed():
    assert expected_normal_scores(9) is expected_normal_scores(9)
    with pytest.raises(ValueError, match="read-only"):
        expected_normal_scores(9)[0] = 1.0


@pytest.mark.parametrize(
    ("sizes", "printed"),
    [  # worst first; the printed table of the method
        ((1, 1, 0), (-0.564, 0.564, None)),
        ((1, 2, 1), (-1.029, 0.0, 1.029)),
        ((2, 2, 1), (-0.829, 0.248, 1.163)),
        ((2, 3, 1), (-0.954, 0.214, 1.267)),
        ((2, 5, 3), (-1.270, -0.131, 1.065)),
        ((4, 10, 6), (-1.332, -0.134, 1.110)),
        ((12, 30, 18), (-1.376, -0.135, 1.142)),
    ],
)
def test_printed_band_table(sizes, printed):
    scores = band_scores(sizes)
    assert [None if s is None else round(s, 3) for s in scores] == list(printed)


def test_negative_band_is_refused():
    with pytest.raises(ValueError, match="0 or more"):
        band_scores([1, -1])


def test_ties_share_their_positions_and_missing_stays_missing():
    low, high = expected_normal_scores(3)[0], expected_normal_scores(3)[2]
    scored = rank_normal_scores([80, None, 80, 60])
    assert scored.scores == pytest.approx((high / 2, None, high / 2, low))
    assert scored.flags == ()


def test_ranks_count_from_the_best():
    best_first = rank_normal_scores([1, 2, 3], higher_is_better=False)
    assert best_first.scores == pytest.approx(rank_normal_scores([3, 2, 1]).scores)


@pytest.mark.parametrize("levels", [[5], [3, 3, 3]])
def test_a_ballot_without_order_is_zero_and_flagged(levels):
    scored = rank_normal_scores(levels)
    assert scored.scores == (0.0,) * len(levels)
    assert scored.flags == (Flag.NO_INFORMATION,)


def test_an_empty_ballot():
    assert rank_normal_scores([None, None]).flags == (Flag.NO_RATINGS,)
    assert rank_normal_scores([]).scores == ()


@quick
@given(rating_designs())
def test_every_ballot_sums_to_zero_and_keeps_its_order(x):
    scored = rank_normal_matrix(x)
    assert scored.scores.shape == x.shape
    assert (np.isnan(scored.scores) == np.isnan(x)).all()
    assert np.abs(np.nansum(scored.scores, axis=1)).max(initial=0.0) < 1e-9
    for ballot, scores in zip(x, scored.scores, strict=True):
        rated = ~np.isnan(ballot)
        step = np.subtract.outer(ballot[rated], ballot[rated])
        assert (np.sign(step) * np.subtract.outer(scores[rated], scores[rated]) >= 0).all()


def test_likert_limit_of_large_ballots():
    assert likert_sigma_scores([20, 50, 30]) == pytest.approx(
        band_scores([400, 1000, 600]), abs=2e-3
    )
    assert likert_sigma_scores([0, 1]) == (None, 0.0)


@given(st.lists(st.integers(0, 50), min_size=1, max_size=7).filter(any))
@quick
def test_likert_scores_average_to_zero(counts):
    scores = likert_sigma_scores(counts)
    total = sum(n * s for n, s in zip(counts, scores, strict=True) if s is not None)
    assert abs(total) / sum(counts) < 1e-12


@pytest.mark.parametrize("shares", [[], [0, 0], [1, -1]])
def test_likert_refuses_what_is_no_distribution(shares):
    with pytest.raises(ValueError, match="not all 0"):
        likert_sigma_scores(shares)


def test_points_are_cut_to_their_range():
    assert scaled_scores([0.0, 1.0, 4.0, -9.0, None]) == (85.0, 90.0, 100.0, 60.0, None)
    assert scaled_scores([1.0], centre=80, spread=10, low=0, high=89) == (89,)
