"""Numbers that a keyboard gives are spelt plainly; what is none stays as it was typed."""

import pytest

from forms.assessment import FIGURE, NOTE, read_cells
from forms.plain_number import spell_plainly


@pytest.mark.parametrize(
    ("typed", "spelt"),
    [
        ("12.5", "12.5"),
        ("１２．５", "12.5"),
        ("12。5", "12.5"),
        (" ５ ", "5"),
        ("－３", "-3"),
        ("＋５", "+5"),
        ("1e9999999", "1e9999999"),
        ("١٢", "١٢"),
        ("nan", "nan"),
        ("inf", "inf"),
        ("1_000", "1_000"),
        ("0x10", "0x10"),
        ("", ""),
        ("1" * 41, "1" * 41),
        ("１" * 13, "１" * 13),
    ],
)
def test_spelling(typed: str, spelt: str) -> None:
    assert spell_plainly(typed) == spelt


def test_figures_of_a_sheet_are_spelt_and_notes_are_not() -> None:
    cells = read_cells({f"{FIGURE}|u01|tasks": "９５．５", f"{NOTE}|u01": "１２"})
    assert [cell.text for cell in cells] == ["95.5", "１２"]
