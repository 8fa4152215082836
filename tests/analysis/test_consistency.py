"""Cronbach's alpha by hand and at its edges."""

import pytest
from hypothesis import given

from analysis.statistics.consistency import cronbach_alpha
from analysis.statistics.findings import Flag
from tests.analysis.designs import has_nan, quick, rating_designs


def test_cronbach_by_hand_and_at_the_edges():
    # Items (1,2,3) and (1,3,2): variances 1, 1, covariance 1/2; total 3. α = 2(1 − 2/3) = 2/3.
    found = cronbach_alpha([[1, 1], [2, 3], [3, 2], [9, None]])
    assert (found.alpha, found.standardised) == (pytest.approx(2 / 3), pytest.approx(2 / 3))
    assert (found.n, found.items, found.flags) == (3, 2, ())
    assert cronbach_alpha([[1], [2]]).flags == (Flag.NOT_TESTABLE,)
    assert cronbach_alpha([[2, 2], [2, 2]]).flags == (Flag.ALL_EQUAL,)
    negative = cronbach_alpha([[1, 3], [2, 1.5], [3, 1]])
    assert negative.alpha < 0
    assert negative.flags == (Flag.NEGATIVE_ESTIMATE,)
    assert cronbach_alpha([[1, 5], [2, 5], [3, 5]]).standardised is None
    assert cronbach_alpha([[1, 3, 2], [2, 1, 3], [3, 2, 1], [1, 3, 2.1]]).standardised is not None


@quick
@given(rating_designs())
def test_no_design_breaks_the_figures(x):
    assert not has_nan([cronbach_alpha(x).alpha, cronbach_alpha(x).low])


@pytest.mark.parametrize("offset", [0.0, 1e6, 1e9])
def test_alpha_does_not_hang_on_where_the_scale_begins(offset: float):
    """The figures of the first test, 2/3, from marks around a milliard."""
    found = cronbach_alpha(
        [[offset + 1, offset + 1], [offset + 2, offset + 3], [offset + 3, offset + 2]]
    )
    assert found.alpha == pytest.approx(2 / 3, rel=1e-12)
    assert found.standardised == pytest.approx(2 / 3, rel=1e-12)
    # Equal answers stay equal: no α of the rounding of their mean.
    flat = cronbach_alpha([[offset + 0.1, offset + 0.7]] * 3)
    assert flat.flags == (Flag.ALL_EQUAL,)
