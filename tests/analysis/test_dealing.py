"""Dealt forms: even, without repeats, and as efficient as the method promises."""

from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.panel.dealing import (
    DealtCell,
    deal_cells,
    deal_forms,
    deal_people,
    fewest_in_cell,
    form_figures,
)
from analysis.statistics.findings import Flag
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
    [
        (5, 0, 30, "1 to 5 units"),
        (5, 6, 30, "1 to 5 units"),
        (5, 2, 0, "1 to 120 forms"),
        (5, 2, 121, "1 to 120 forms"),
    ],
)
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


def test_strata_that_are_large_enough_are_dealt_apart():
    # 60 units, 8 a form: eight forms to show them all, so 40 people.
    people = {"grassroots": 450, "firms": 250, "deputies": 40, "organs": 44}
    assert fewest_in_cell(60, 8, 5) == 40
    assert deal_cells(people, 60, 8, 5) == (
        DealtCell(("grassroots",), 450, 60),
        DealtCell(("firms",), 250, 50),
        DealtCell(("deputies",), 40, 8),
        DealtCell(("organs",), 44, 8),
    )


def test_a_small_stratum_joins_its_neighbour_and_an_empty_one_is_nowhere():
    people = {"grassroots": 100, "firms": 0, "deputies": 39, "organs": 40}
    assert deal_cells(people, 60, 8, 5) == (
        DealtCell(("grassroots",), 100, 20),
        DealtCell(("deputies", "organs"), 79, 15),
    )
    assert deal_cells({"a": 90, "b": 4}, 60, 8, 5) == (DealtCell(("a", "b"), 94, 18),)


def test_a_panel_too_small_for_all_units_is_one_cell_of_fewer_forms():
    assert deal_cells({"a": 9, "b": 8}, 60, 8, 5) == (DealtCell(("a", "b"), 17, 3),)
    assert deal_cells({"a": 9, "b": 8}, 60, 8, 5)[0].fewest_per_form == 5


def test_who_rates_all_units_needs_no_second_form():
    assert deal_cells({"a": 500, "b": 5}, 12, 12, 5) == (
        DealtCell(("a",), 500, 1),
        DealtCell(("b",), 5, 1),
    )


@pytest.mark.parametrize(
    ("people", "size", "named"),
    [
        ({"a": 4}, 8, "5 people or more"),
        ({"a": 9, "b": -1}, 8, "5 people or more"),
        ({"a": 9}, 61, "1 to 60 units"),
        ({}, 8, "5 people or more"),
    ],
)
def test_impossible_cells_are_refused(people, size, named):
    with pytest.raises(ValueError, match=named):
        deal_cells(people, 60, size, 5)


@quick
@given(
    st.lists(st.integers(0, 400), min_size=1, max_size=8).filter(lambda n: sum(n) >= 5),
    st.integers(1, 70),
    st.data(),
)
def test_nobody_is_nearly_alone_with_a_form_in_a_cell(sizes, n_units, data):
    size = data.draw(st.integers(1, n_units))
    people = {f"s{number}": n for number, n in enumerate(sizes)}
    cells = deal_cells(people, n_units, size, 5)
    forms = deal_forms(n_units, size, max(cell.n_forms for cell in cells), 1)

    held = Counter(
        (number, form)
        for number, cell in enumerate(cells)
        for form in deal_people(cell.people, cell.n_forms, 2)
    )
    assert min(held.values()) >= 5
    assert sum(held.values()) == sum(sizes)
    assert [stratum for cell in cells for stratum in cell.strata] == [
        stratum for stratum, n in people.items() if n
    ]
    for number, cell in enumerate(cells if len(cells) > 1 else ()):
        seen = {unit for at, form in held if at == number for unit in forms[form]}
        # More than 60 forms are never dealt, so of tiny forms not every unit stands on one.
        assert len(seen) == min(n_units, 60 * size), cell
