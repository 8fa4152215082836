"""Figures and dates as people write them in letters and digits."""

import re
from datetime import date
from decimal import Decimal

# As people write one; an exponent would ask for as many digits as it says.
_WRITTEN = re.compile(r"[+-]?([0-9]{1,12}|[0-9]{1,3}(,[0-9]{3}){1,3})(\.[0-9]{1,12})?")
_DATE = re.compile(
    r"([0-9]{4})(?:-([0-9]{1,2})-([0-9]{1,2})|/([0-9]{1,2})/([0-9]{1,2})"
    r"|\.([0-9]{1,2})\.([0-9]{1,2})|年([0-9]{1,2})月([0-9]{1,2})日)(?: [0-9:.]+)?"
)


def fold_width(text: str) -> str:
    """Full-width ASCII as plain ASCII; Chinese punctuation stays."""
    return "".join(
        chr(ord(letter) - 0xFEE0) if "\uff01" <= letter <= "\uff5e" else letter for letter in text
    )


def parse_number(text: str) -> Decimal | None:
    """A number written as text, also with full-width digits and thousands separators."""
    plain = fold_width(text)
    return Decimal(plain.replace(",", "")) if _WRITTEN.fullmatch(plain) else None


def parse_date(text: str) -> date | None:
    """A date in one of the ways an office writes it."""
    found = _DATE.fullmatch(fold_width(text))
    if found is None:
        return None
    year, month, day = (int(part) for part in found.groups() if part)
    try:
        return date(year, month, day)
    except ValueError:
        return None
