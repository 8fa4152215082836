"""Dealt forms: even, without repeats, and as efficient as the method promises."""

from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.dealing import deal_forms, deal_people, form_figures
from analysis.findings import Flag
from tests.analysis.designs import quick


@quick
@given(st.integers(1, 40), st.data())
def test_forms_are_even_and_without_repeats(n_units, data):
    size = data.draw(st.integers(1, n_units))
    n_forms = data.draw(st.integers(1, 120))
    forms = deal_forms(n_units, size, n_forms, data.draw(st.integers(0, 99)))
    assert [len(set(form)) for form in forms] == [size] * n_forms
    counts = Counter(j for form in forms for j in form)
    spread = [counts[j] for j in range(n_units)]
    assert sum(spread) == size * n_forms
    assert max(spread) - min(spread) <= 1


def test_a_seed_and_its_generator_deal_the_same():
    dealt = deal_forms(10, 4, 30, 7)
    assert dealt == deal_forms(10, 4, 30, np.random.default_rng(7))
    assert dealt != deal_forms(10, 4, 30, 8)


@pytest.mark.parametrize(
    ("units", "size", "forms", "named"),
    [(5, 0, 30, "1 to 5 units"), (5, 6, 30, "1 to 5 units"), (5, 2, 0, "1 to 120 forms"),
     (5, 2, 121, "1 to 120 forms")],
)  # fmt: skip
def test_impossible_deals_are_refused(units, size, forms, named):
    with pytest.raises(ValueError, match=named):
        deal_forms(units, size, forms, 1)


def test_sixty_forms_of_eight_keep_the_promised_efficiency():
    figures = form_figures(deal_forms(60, 8, 60, 1), 60)
    assert figures.occurrences == (8,) * 60
    assert figures.bound == pytest.approx((7 / 8) / (59 / 60))
    assert figures.efficiency == pytest.approx(0.874, abs=0.006)
    assert figures.flags == ()


def test_a_balanced_design_reaches_the_bound():
    # The seven lines of the Fano plane: every pair of seven units on exactly one form.
    fano = [(0, 1, 2), (0, 3, 4), (0, 5, 6), (1, 3, 5), (1, 4, 6), (2, 3, 6), (2, 4, 5)]
    figures = form_figures(fano, 7)
    assert figures.pair_range == (1, 1)
    assert figures.efficiency == pytest.approx(figures.bound)
    assert figures.flags == (Flag.THIN,)


def test_unlinked_forms_have_no_efficiency():
    apart = form_figures([(0, 1), (2, 3)], 4)
    assert (apart.efficiency, apart.flags) == (None, (Flag.THIN, Flag.DISCONNECTED))
    assert form_figures([(0,), (1,)], 2).efficiency is None
    assert form_figures([(0,)], 1) == form_figures([(0,)], 1)
    assert form_figures([(0,)], 1).flags == (Flag.SINGLE_UNIT,)
    with pytest.raises(ValueError, match="one form"):
        form_figures([], 3)


def test_people_share_the_forms_evenly():
    dealt = deal_people(125, 60, 3)
    counts = Counter(dealt)
    assert set(counts) == set(range(60))
    assert max(counts.values()) - min(counts.values()) == 1
    assert deal_people(0, 60, 3) == ()
    with pytest.raises(ValueError, match="1 or more forms"):
        deal_people(5, 0, 1)
