"""Variance components by hand, recovered from what was put in, and at their edges."""

import numpy as np
import pytest
from hypothesis import given

from analysis.statistics.findings import Flag
from analysis.statistics.generalizability import (
    crossed_generalizability,
    generalizability,
    nested_generalizability,
)
from analysis.statistics.intraclass import icc
from tests.analysis.designs import quick, rating_designs


def test_one_facet_by_hand():
    # Shrout & Fleiss: MS units 11.24, raters 32.49, residual 1.02 (6 units, 4 raters).
    x = np.array(
        [[9, 2, 5, 8], [6, 1, 3, 2], [8, 4, 6, 8], [7, 1, 2, 6], [10, 5, 6, 9], [6, 2, 4, 7]]
    ).T
    found = generalizability(x)
    assert [round(c.estimate, 2) for c in found.components] == [2.56, 5.24, 1.02]
    assert found.observed.generalizability == pytest.approx(icc(x).icc3k.value)
    assert found.observed.dependability == pytest.approx(icc(x).icc2k.value)
    # n* = (.9/.1)·1.02/2.56 = 3.6 → 4.
    assert found.raters_needed(target=0.9) == 4
    assert found.raters_needed(target=0.5) == 1


def test_crossed_facets_recover_what_was_put_in():
    rng = np.random.default_rng(8)
    t, r, u = 30, 30, 40
    x = (
        rng.normal(0, 2, (1, 1, u))
        + rng.normal(0, 1, (t, 1, 1))
        + rng.normal(0, 1, (1, r, 1))
        + rng.normal(0, 1.5, (t, 1, u))
        + rng.normal(0, 0.7, (1, r, u))
        + rng.normal(0, 0.5, (t, r, 1))
        + rng.normal(0, 1, (t, r, u))
    )
    found = {c.name: c.estimate for c in crossed_generalizability(x).components}
    assert found["unit"] == pytest.approx(4, rel=0.5)
    assert found["unit×task"] == pytest.approx(2.25, rel=0.1)
    assert found["unit×rater"] == pytest.approx(0.49, rel=0.15)
    assert found["task×rater"] == pytest.approx(0.25, rel=0.2)
    assert found["unit×task×rater"] == pytest.approx(1, rel=0.05)


def test_more_tasks_where_more_raters_do_not_help():
    # A pure unit × task effect: no number of raters lifts one task to .9.
    x = np.zeros((2, 2, 4))
    x += np.array([0.0, 1.0, 2.0, 3.0])
    x[0] += np.array([0.5, -0.5, 0.5, -0.5])
    x[:, 0, 0] += 0.1
    found = nested_generalizability(x)
    assert found.raters_needed(target=0.99, n_tasks=1) is None
    assert found.raters_needed(target=0.9, n_tasks=50) == 1
    assert found.decision_study(n_raters=2, n_tasks=9).generalizability > (
        found.observed.generalizability
    )


def test_generalizability_at_the_edges():
    assert generalizability([[1.0, None], [1.0, 2.0]]).flags == (Flag.INCOMPLETE,)
    empty = generalizability([[1.0]])
    assert (empty.flags, empty.observed, empty.unit_variance) == ((Flag.NOT_TESTABLE,), None, None)
    assert empty.raters_needed() is None
    flat = generalizability(np.ones((3, 3)))
    assert (flat.flags, flat.observed.generalizability) == ((Flag.ALL_EQUAL,), None)
    assert flat.raters_needed() is None
    assert generalizability([[1.0, 2.0], [2.0, 1.0]]).flags == (Flag.NEGATIVE_ESTIMATE,)
    for two_facets in (nested_generalizability, crossed_generalizability):
        assert two_facets(np.full((2, 2, 2), np.nan)).flags == (Flag.INCOMPLETE,)
        with pytest.raises(ValueError, match="three axes"):
            two_facets([[1.0]])
    with pytest.raises(ValueError, match="1 or more"):
        flat.decision_study(n_raters=0)
    with pytest.raises(ValueError, match="between 0 and 1"):
        flat.raters_needed(target=1.0)


@quick
@given(rating_designs())
def test_no_design_breaks_the_figures(x):
    assert len(generalizability(x).components) in (0, 3)
