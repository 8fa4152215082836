"""How a figure is written in a remark: exact where it is short."""

from fractions import Fraction

import pytest

from analysis.score.tree import shown


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (Fraction(80), "80"),
        (Fraction(100, 3), "33.3333"),
        (Fraction(1, 2), "0.5"),
        (Fraction(-5, 4), "-1.25"),
        (Fraction(1, 20000), "0.0001"),
        (Fraction(0), "0"),
        (None, "NA"),
    ],
)
def test_a_figure_is_written_with_at_most_four_decimals(value: Fraction | None, text: str):
    assert shown(value) == text
