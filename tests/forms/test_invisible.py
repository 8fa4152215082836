"""Figures pasted into a page from elsewhere, with characters that nobody sees around them."""

import pytest

from evalsvc.invisible import list_invisible, strip_invisible
from forms.number import NumberField
from forms.plain_number import spell_plainly

PASTED = ["\u202a87.5\u202c", "\u200b87.5", "\ufeff８７．５", "87.5\u00ad", "\u206687.5\u2069"]


@pytest.mark.parametrize("text", PASTED)
def test_a_pasted_figure_is_that_figure(text: str) -> None:
    assert (NumberField.clean(text), spell_plainly(text)) == ("87.5", "87.5")


def test_what_is_drawn_stays() -> None:
    # A Mongolian separator, an Arabic sign of numbers, white space and a supplementary character.
    kept = "\u180e \u0600 \u00a0\u3000\n\x85 \U0002b740 é"
    assert strip_invisible(kept) == kept
    assert list_invisible(kept.replace("\x85", "")) == ()


def test_what_nobody_sees_is_named_once() -> None:
    assert list_invisible("\u200b8\u200b7\u3164\x7f\x80") == (
        "U+200B",
        "U+3164",
        "U+007F",
        "U+0080",
    )
