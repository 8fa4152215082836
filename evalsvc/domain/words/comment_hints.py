"""What a reviewer should look at twice in a comment: it may tell who somebody is."""

import re
import unicodedata
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

Kind = Literal["phone", "id_number", "rater", "unit", "long"]

LONG = 100
# Shorter names are everyday words.
SHORTEST_NAME = 2

_ID_NUMBER = re.compile(r"(?<!\d)\d{17}[\dXx](?![\dXx])")
_PHONE = re.compile(r"(?<!\d)(?:\+?86)?1[3-9]\d{9}(?!\d)|(?<!\d)0\d{2,3}\d{7,8}(?!\d)")
# What people put between the digits of a number.
_BETWEEN_DIGITS = re.compile(r"(?<=\d)[\s\-－—·.]+(?=\d)")
_LATIN = "A-Za-z0-9"


@dataclass(frozen=True)
class Hint:
    """What was found; `found` is a name or a code, and for `long` the number of characters."""

    kind: Kind
    found: str


def list_hints(
    text: str, raters: Collection[str], units: Mapping[str, str], about: Collection[str]
) -> tuple[Hint, ...]:
    """Numbers, names of raters, and names or codes of units other than those it is `about`.

    `units`: names by code.
    """
    plain = unicodedata.normalize("NFKC", text)
    joined = _BETWEEN_DIGITS.sub("", plain)
    return (
        *(Hint("id_number", found) for found in _ID_NUMBER.findall(joined)),
        *(Hint("phone", found) for found in _PHONE.findall(joined)),
        *(Hint("rater", name) for name in sorted(raters) if _names(plain, name)),
        *_list_units(plain, units, about),
        *([Hint("long", str(len(text)))] if len(text) > LONG else []),
    )


def _names(text: str, name: str) -> bool:
    return len(name) >= SHORTEST_NAME and name in text


def _list_units(text: str, units: Mapping[str, str], about: Collection[str]) -> Iterator[Hint]:
    for code, name in units.items():
        coded = re.search(rf"(?<![{_LATIN}]){re.escape(code)}(?![{_LATIN}])", text)
        if code not in about and (_names(text, name) or (coded and len(code) >= SHORTEST_NAME)):
            yield Hint("unit", name)
