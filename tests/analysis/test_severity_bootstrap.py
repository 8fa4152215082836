"""The bootstrap of the severity model: one draw against the model itself, edges, coverage."""

import numpy as np
import pytest
from hypothesis import given

from analysis.statistics.findings import Flag
from analysis.statistics.severity import severity_model
from analysis.statistics.severity_bootstrap import severity_bootstrap
from tests.analysis.designs import has_nan, quick, rating_designs


def test_one_draw_is_the_model_with_raters_repeated():
    """With one draw the interval is a point: the model whose raters count as often as drawn."""
    rng = np.random.default_rng(3)
    x = rng.normal(size=(4, 5))
    x[0, 1] = x[2, 3] = np.nan
    g = np.random.default_rng(8).standard_exponential((1, 4))[0]
    found = severity_bootstrap(x, 8, draws=1, penalty=2.0)
    # Repeating a rater g times is weighting both its ratings and its penalty by g.
    repeated = severity_model(x * 1.0, penalty=2.0)
    m = ~np.isnan(x)
    a = np.zeros((5, 5))
    b = np.zeros(5)
    for i in range(4):
        row, n = m[i].astype(float), m[i].sum()
        y = np.where(m[i], x[i], 0.0)
        a += g[i] * (np.diag(row) - np.outer(row, row) / (n + 2.0))
        b += g[i] * (y - row * y.sum() / (n + 2.0))
    u = np.linalg.solve(a, b)
    assert found.low == pytest.approx(tuple(u - u.mean()))
    assert found.high == found.low
    fitted = repeated.rated_effects
    assert found.means == pytest.approx(tuple(fitted - fitted.mean()))


def test_intervals_hold_the_effects_and_narrow_with_more_raters():
    rng = np.random.default_rng(1)
    x = rng.normal(size=(60, 8)) + np.arange(8)
    wide, narrow = severity_bootstrap(x[:15], 1), severity_bootstrap(x, 1)
    assert wide.flags == narrow.flags == ()
    for found in (wide, narrow):
        assert all(a < m < b for a, m, b in zip(found.low, found.means, found.high, strict=True))
    widths = [np.subtract(f.high, f.low).mean() for f in (wide, narrow)]
    assert widths[1] < 0.7 * widths[0]


def test_few_raters_are_flagged_and_unrated_units_have_nothing():
    found = severity_bootstrap([[1.0, None, 3.0], [2.0, None, 2.0]], 1, draws=20)
    assert found.flags == (Flag.APPROXIMATE,)
    assert (found.means[1], found.low[1], found.high[1]) == (None, None, None)
    nothing = severity_bootstrap(np.full((2, 2), np.nan), 1)
    assert nothing.flags == (Flag.NO_RATINGS, Flag.APPROXIMATE)
    assert nothing.means == (None, None)


@pytest.mark.parametrize(
    ("wrong", "said"), [({"penalty": 0.0}, "above 0"), ({"level": 1.0}, "between 0 and 1")]
)
def test_wrong_calls_say_what_is_expected(wrong: dict[str, float], said: str):
    with pytest.raises(ValueError, match=said):
        severity_bootstrap([[1.0, 2.0]], 1, **wrong)


@quick
@given(rating_designs())
def test_any_design_gives_finite_intervals(x):
    found = severity_bootstrap(x, 1, draws=5)
    assert not has_nan((*found.means, *found.low, *found.high))
    assert [m is None for m in found.means] == np.isnan(x).all(axis=0).tolist()
