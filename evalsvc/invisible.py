"""Characters that nobody sees, as web pages, chat programs and other systems leave them."""

import unicodedata

# Drawn although Unicode calls them formats: signs of numbers and of verses in other scripts.
_DRAWN = frozenset((*range(0x600, 0x606), 0x6DD, 0x70F, 0x890, 0x891, 0x8E2, 0x110BD, 0x110CD))
# Empty by their looks, not by their kind: fillers of other scripts. The separator of Mongolian
# is not among them, since it changes how a word is written.
_EMPTY = frozenset((0x34F, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x3164, 0xFFA0))
_MONGOLIAN = 0x180E


def is_invisible(character: str) -> bool:
    """Whether a character shows nothing and means nothing in a name, a code or a figure."""
    number = ord(character)
    if number < 0x7F:
        return False
    if number in _EMPTY:
        return True
    kind = unicodedata.category(character)
    return (kind == "Cf" and number not in _DRAWN and number != _MONGOLIAN) or kind == "Cc"


def strip_invisible(text: str) -> str:
    """The text without what nobody sees; white space stays."""
    if text.isascii():
        return text
    return "".join(letter for letter in text if letter == "\x85" or not is_invisible(letter))


def list_invisible(text: str) -> tuple[str, ...]:
    """The numbers of what nobody sees in it, as a message names them."""
    found = dict.fromkeys(letter for letter in text if is_invisible(letter))
    return tuple(f"U+{ord(letter):04X}" for letter in found)
