"""Tokens: the secret printed on a rater's card, and how typed or pasted ones are read."""

import secrets
import string
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal
from urllib.parse import unquote

ALPHABET = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"  # no I L O 0 1: they are misread on paper
LENGTH = 16  # 15 free symbols and the check symbol

Problem = Literal["empty", "length", "symbols", "check"]

# Normalising is quadratic on crafted runs of combining marks, so it never sees a longer text.
_LONGEST_TYPED = 200
_LONGEST_PASTED = 2_000

_PRIME = len(ALPHABET)
_VALUES = {symbol: value for value, symbol in enumerate(ALPHABET)}
# With the check symbol weighing -1 (= 30), all sixteen weights are distinct and non-zero modulo
# 31: one wrong symbol or any two exchanged ones, the check symbol included, break the sum.
_WEIGHTS = range(1, LENGTH)

# str.upper would also turn ß into SS and ı into I.
_ASCII_UPPER = str.maketrans(string.ascii_lowercase, string.ascii_uppercase)
_SEPARATOR_CATEGORIES = frozenset({"Zs", "Zl", "Zp", "Pd", "Cf"})
# Seen as a dash or as nothing, though Unicode files them elsewhere: modifier minus, bullets,
# minus, box line, kana length mark; Hangul fillers, Braille blank, variation selectors 15 and 16.
_OTHER_SEPARATORS = frozenset("\u02d7\u2043\u2212\u2500\u30fc\u115f\u1160\u2800\ufe0e\ufe0f")


@dataclass(frozen=True)
class TokenReading:
    """What was understood of a typed code: the token, or what is wrong with the text."""

    token: str | None = field(repr=False)  # a token never reaches a log by way of repr
    problem: Problem | None = None
    bad_symbols: str = ""


def new_token(choose: Callable[[str], str] = secrets.choice) -> str:
    """Draw a token of 16 symbols without dashes; `choose` picks one symbol of the alphabet."""
    fifteen = "".join(choose(ALPHABET) for _ in range(LENGTH - 1))
    return fifteen + check_code(fifteen)


def format_token(token: str) -> str:
    """Write a token, or a receipt, the way it is printed: XXXX-XXXX-XXXX-XXXX."""
    return "-".join(token[start : start + 4] for start in range(0, len(token), 4))


def clean_token(text: str) -> str | None:
    """The 16 symbols meant by a typed text, or None where its symbols, length or check fail."""
    return read_token(text).token


def read_token(text: str) -> TokenReading:
    """Read a typed code and say what is wrong with it, the most telling complaint first."""
    if len(text) > _LONGEST_TYPED:
        return TokenReading(None, "length")
    symbols = _without_separators(text)
    if not symbols:
        return TokenReading(None, "empty")
    if bad := _bad_symbols(symbols):
        return TokenReading(None, "symbols", bad)
    if len(symbols) != LENGTH:
        return TokenReading(None, "length")
    if not has_right_check(symbols):
        return TokenReading(None, "check")
    return TokenReading(symbols)


def first_token(text: str) -> str | None:
    """Find the token of a pasted link: the first 16 symbols after a '#', whatever follows them.

    Every '#' is tried, because people paste topics (#民主评议#) along with the link, and '%23'
    counts as one, because some chat programs encode it.
    """
    for tail in _normalised(unquote(text[:_LONGEST_PASTED])).split("#")[1:]:
        symbols = _leading_symbols(tail)
        if len(symbols) == LENGTH and has_right_check(symbols):
            return symbols
    return None


def check_code(fifteen: str) -> str:
    """The check symbol of 15 alphabet symbols: sum of weight times value, modulo 31."""
    if len(fifteen) != LENGTH - 1 or _bad_symbols(fifteen):
        raise ValueError(f"expected {LENGTH - 1} symbols of {ALPHABET}")
    weighted = zip(_WEIGHTS, fifteen, strict=True)
    return ALPHABET[sum(weight * _VALUES[symbol] for weight, symbol in weighted) % _PRIME]


def has_right_check(code: str) -> bool:
    """Whether a text is exactly 16 alphabet symbols of which the last checks the others."""
    if len(code) != LENGTH or _bad_symbols(code):
        return False
    return check_code(code[:-1]) == code[-1]


def _without_separators(text: str) -> str:
    return "".join(symbol for symbol in _normalised(text) if not _is_separator(symbol))


def _normalised(text: str) -> str:
    """Half-width and upper-case: Chinese keyboards type ａ２－ for A2-."""
    return unicodedata.normalize("NFKC", text).translate(_ASCII_UPPER)


def _is_separator(symbol: str) -> bool:
    return (
        symbol.isspace()
        or unicodedata.category(symbol) in _SEPARATOR_CATEGORIES
        or symbol in _OTHER_SEPARATORS
    )


def _bad_symbols(symbols: str) -> str:
    """Each symbol outside the alphabet once, in the order of the text."""
    return "".join(dict.fromkeys(symbol for symbol in symbols if symbol not in _VALUES))


def _leading_symbols(text: str) -> str:
    """At most 16 alphabet symbols from the start; a foreign one that no separator is ends them."""
    found: list[str] = []
    for symbol in text:
        if symbol in _VALUES:
            found.append(symbol)
        elif not _is_separator(symbol):
            break
        if len(found) == LENGTH:
            break
    return "".join(found)
