"""Which characters can be put on paper here: those that mean one thing, and that a font draws.

A document with a character that no font has would show a box, and in the text of the PDF all such
characters become the first of them, so that one person's name becomes another's.
"""

import ctypes
import ctypes.util
import unicodedata
from collections.abc import Callable
from functools import cache

from evalsvc.invisible import is_invisible

# Choices between shapes of the character before; drawn by it or not at all.
_SELECTORS = frozenset((*range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0), *range(0x180B, 0x1810)))
# Planes 2 and 3 are for ideographs; a newer standard than Python's may have given this one out.
_IDEOGRAPHS = range(0x20000, 0x40000)
_REPLACEMENT = "\ufffd"
_NEVER = frozenset(("Co", "Cs", "Cn"))


def is_meaningless(character: str) -> bool:
    """Whether a character is what a program put for one it lost, or one that each machine draws
    otherwise: replacement, private use, unassigned."""
    number = ord(character)
    if number & 0xFFFE == 0xFFFE or character == _REPLACEMENT:
        return True
    kind = unicodedata.category(character)
    return kind in _NEVER and not (kind == "Cn" and number in _IDEOGRAPHS)


def is_drawn(character: str) -> bool:
    """Whether a font of this machine has it; what is never drawn needs none."""
    number = ord(character)
    if number < 0x7F or number in _SELECTORS or character.isspace() or is_invisible(character):
        return True
    return _is_covered(number)


def list_meaningless(text: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(each for each in text if is_meaningless(each)))


def list_undrawn(text: str) -> tuple[str, ...]:
    """Characters that no font of this machine has, each once."""
    return tuple(
        dict.fromkeys(each for each in text if not (is_meaningless(each) or is_drawn(each)))
    )


def replace_unprintable(text: str) -> tuple[str, tuple[str, ...]]:
    """The text with each character that can't be printed as its number, and those characters."""
    lacking = sorted(each for each in set(text) if is_meaningless(each) or not is_drawn(each))
    if not lacking:
        return text, ()
    return text.translate({ord(each): name_character(each) for each in lacking}), tuple(lacking)


def name_character(character: str) -> str:
    """A character by its number, in signs that every font has."""
    return f"[U+{ord(character):04X}]"


@cache
def _is_covered(number: int) -> bool:
    fonts = _load_fonts()
    return fonts is None or fonts(number)


@cache
def _load_fonts() -> Callable[[int], bool] | None:
    """Asks all fonts together for a character; None where there is no fontconfig to ask.

    These are the fonts that Pango, which draws our documents, falls back to.
    """
    name = ctypes.util.find_library("fontconfig") or "libfontconfig.so.1"
    try:
        library = ctypes.CDLL(name)
    except OSError:
        return None
    for function in ("FcPatternCreate", "FcFontSort", "FcInitLoadConfigAndFonts"):
        getattr(library, function).restype = ctypes.c_void_p
    config = ctypes.c_void_p(library.FcInitLoadConfigAndFonts())
    pattern = ctypes.c_void_p(library.FcPatternCreate())
    library.FcConfigSubstitute(config, pattern, 0)
    library.FcDefaultSubstitute(pattern)
    covered, result = ctypes.c_void_p(), ctypes.c_int()
    library.FcFontSort(config, pattern, 1, ctypes.byref(covered), ctypes.byref(result))
    if not covered:
        return None
    return lambda number: bool(library.FcCharSetHasChar(covered, ctypes.c_uint32(number)))
