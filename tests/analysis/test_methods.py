"""Every method side by side: on one scale, places worked by hand, odd tables."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.statistics.methods import places_of, reference_model, scores_side_by_side
from tests.analysis.designs import quick, rating_designs

pytestmark = pytest.mark.slow

GRADES = [[100.0, 85.0, 85.0, 70.0], [100.0, 85.0, 70.0, 85.0], [85.0, 100.0, 85.0, 70.0]]


def test_bands_and_numbers_have_the_methods_that_suit_them():
    bands = [m.method for m in scores_side_by_side(GRADES, kind="bands").methods]
    numbers = [m.method for m in scores_side_by_side(GRADES, kind="numbers").methods]
    assert bands == [
        "official",
        "mean",
        "drop_high_low",
        "rank_normal",
        "severity",
        "bucket_plackett_luce",
    ]
    assert numbers == [
        "official",
        "mean",
        "drop_high_low",
        "trimmed",
        "huber",
        "severity",
        "bucket_plackett_luce",
    ]


def test_places_of_the_means():
    """Means 95, 90, 80, 75 in this order."""
    found = scores_side_by_side(GRADES, kind="bands").methods[1]
    assert found.scores == pytest.approx((95, 90, 80, 75))
    assert found.places == (1, 2, 3, 4)


def test_all_methods_have_the_officials_mean_and_spread():
    official = [90.0, 88.0, 84.0, 78.0]
    for method in scores_side_by_side(GRADES, kind="bands", official=official).methods:
        known = np.array(method.scores, dtype=float)
        assert (known.mean(), known.std()) == pytest.approx(
            (np.mean(official), np.std(official))
        ), method.method


def test_who_moves_most_is_named_with_the_methods():
    """The third unit is last under the official figures and third under the means."""
    found = scores_side_by_side(GRADES, kind="bands", official=[95.0, 90.0, 70.0, 75.0])
    first = found.moved[0]
    assert (first.unit, first.best, first.worst, first.worst_method) == (2, 3, 4, "official")
    assert first.places == 1


def test_dropping_starts_where_the_scheme_says():
    """100, 100, 85 for the first unit: without one highest and one lowest, 100."""
    official = [95.0, 90.0, 80.0, 75.0]
    two = scores_side_by_side(GRADES, kind="bands", official=official, least_to_drop=3)
    four = scores_side_by_side(GRADES, kind="bands", official=official, least_to_drop=4)
    assert two.methods[2].scores != pytest.approx(official)
    assert four.methods[2].scores == pytest.approx(official)


def test_ballot_scores_are_fitted_with_a_penalty_of_one_and_numbers_by_reml():
    assert reference_model(GRADES, "bands").penalty == 1.0
    assert reference_model(GRADES, "numbers").penalty != 1.0
    assert reference_model([[80.0, 90.0]], "numbers").penalty == 2.0


def test_equal_up_to_rounding_shares_a_place():
    assert places_of([0.1 + 0.2, 0.3, None, 0.1]) == (1, 1, None, 3)
    assert places_of([]) == ()


@quick
@given(rating_designs(), st.sampled_from(["bands", "numbers"]))
def test_any_design_gives_every_rated_unit_a_place_under_every_method(x, kind):
    found = scores_side_by_side(x, kind=kind)
    rated = (~np.isnan(x)).any(axis=0)
    for method in found.methods:
        assert [score is not None for score in method.scores] == rated.tolist(), method.method
        assert [place is not None for place in method.places] == rated.tolist()
        assert all(np.isfinite(s) for s in method.scores if s is not None)
    assert len(found.moved) == rated.sum()
