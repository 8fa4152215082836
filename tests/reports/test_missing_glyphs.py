"""No document has another character than it was given: what no font draws stands as its number."""

import logging
from pathlib import Path

import pytest

from evalsvc import printable
from evalsvc.printable import is_meaningless, list_undrawn, replace_unprintable
from evalsvc.reports.documents.pdf import render_pdf
from tests.reports.reading import list_texts

# From the extensions D and E, which GB 18030-2022 has and the usual Chinese fonts lack.
RARE = ("王\U0002b740", "李\U0002b922", "赵\U0002cea0")


@pytest.fixture
def bare_fonts(monkeypatch: pytest.MonkeyPatch) -> None:
    """As if the machine had no font for anything beyond the basic plane."""
    monkeypatch.setattr(printable, "_is_covered", lambda number: number < 0x10000)


@pytest.mark.usefixtures("bare_fonts")
def test_names_without_a_font_are_told_apart(
    caplog: pytest.LogCaptureFixture, tmp_path: Path
) -> None:
    with caplog.at_level(logging.WARNING):
        pdf = render_pdf("".join(f"<p>{name}</p>" for name in RARE))
    text = "".join(list_texts(pdf, tmp_path))
    assert [name in text for name in ("王[U+2B740]", "李[U+2B922]", "赵[U+2CEA0]")] == [True] * 3
    assert caplog.messages == ["no font for [U+2B740] [U+2B922] [U+2CEA0]"]


def test_names_are_printed_as_they_are_or_by_their_numbers(tmp_path: Path) -> None:
    """With whatever fonts this machine has: never as another name."""
    pdf = render_pdf("".join(f"<p>{name}</p>" for name in RARE))
    text = "".join(list_texts(pdf, tmp_path))
    for name in RARE:
        assert replace_unprintable(name)[0] in text


@pytest.mark.parametrize(
    "letter",
    [
        "\ue000",
        "\U000f0000",
        "\U00100000",
        "\ufffd",
        "\uffff",
        "\U0001fffe",
        "\U000e0fff",
        "\u0378",
    ],
)
def test_what_has_no_meaning_is_never_drawn(letter: str) -> None:
    assert is_meaningless(letter)
    number = f"[U+{ord(letter):04X}]"
    assert replace_unprintable(f"王{letter}") == (f"王{number}", (letter,))


def test_a_character_written_by_its_number_is_looked_at_too(tmp_path: Path) -> None:
    pdf = render_pdf("<p>a&#xE000;b&#57345;c&#x41;d&#xD800;e&#60;f</p>")
    text = "".join(list_texts(pdf, tmp_path))
    assert "a[U+E000]b[U+E001]cAd[U+D800]e<f" in text


@pytest.mark.usefixtures("bare_fonts")
def test_what_shows_nothing_needs_no_font() -> None:
    assert list_undrawn("a\u200b\ufe0f\U000e0100 \u3000\n中\U0002ebf0\U0002ebf0") == ("\U0002ebf0",)


def test_without_fontconfig_nothing_is_said_to_be_lacking(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(printable.ctypes, "CDLL", _refuse)
    printable._load_fonts.cache_clear()
    printable._is_covered.cache_clear()
    try:
        assert replace_unprintable("王\U0002cea8") == ("王\U0002cea8", ())
    finally:
        printable._load_fonts.cache_clear()
        printable._is_covered.cache_clear()


def _refuse(_: str) -> None:
    raise OSError
