"""The rating matrix: what goes in, what is refused."""

from pathlib import Path

import numpy as np
import pytest

from analysis.statistics.findings import Flag
from analysis.statistics.ratings import optional, rating_matrix, rating_matrix_from_rows, values_of


def test_none_nan_and_masks_all_mean_not_rated():
    expected = [[1.0, None], [None, 4.0]]
    masked = np.ma.MaskedArray([[1, 2], [3, 4]], mask=[[False, True], [True, False]])
    for given in ([[1, None], [None, 4]], [[1, np.nan], [np.nan, 4]], masked):
        assert [list(optional(row)) for row in rating_matrix(given)] == expected


def test_rating_matrix_copies():
    given = np.ones((2, 2))
    rating_matrix(given)[0, 0] = 5.0
    assert given[0, 0] == 1.0


def test_refuses_other_shapes_and_infinite_values():
    with pytest.raises(ValueError, match=r"two axes .* got shape \(3,\)"):
        rating_matrix([1, 2, 3])
    with pytest.raises(ValueError, match="unit 1 by rater 0 is infinite"):
        rating_matrix([[1, float("inf")]])


def test_long_form_keeps_the_order_of_first_appearance():
    table = rating_matrix_from_rows(["b", "a", "b"], ["y", "y", "x"], [1, 2, None])
    assert (table.raters, table.units) == (("b", "a"), ("y", "x"))
    assert [optional(row) for row in table.ratings] == [(1.0, None), (2.0, None)]


def test_long_form_refuses_a_second_rating_and_ragged_columns():
    with pytest.raises(ValueError, match="rater 'a' rates unit 'x' twice"):
        rating_matrix_from_rows(["a", "a"], ["x", "x"], [1, 2])
    with pytest.raises(ValueError, match="columns differ: 1 raters, 2 units, 2 scores"):
        rating_matrix_from_rows(["a"], ["x", "y"], [1, 2])


def test_values_of_drops_the_missing():
    assert values_of([1, None, 3]).tolist() == [1.0, 3.0]


@pytest.mark.parametrize("page", ["analysis.md", "analysis.zh.md"])
def test_every_flag_is_explained(page: str):
    text = (Path(__file__).parents[2] / "docs" / page).read_text(encoding="utf-8")
    assert [flag for flag in Flag if f"| `{flag.name}` |" not in text] == []
