"""What a scheme's file can say, as values that are written: texts, numbers, lists, mappings."""

from decimal import Decimal
from fractions import Fraction

from evalsvc.text import Text

Entry = str | int | bool | list["Entry"] | dict[str, "Entry"]


def write_text(text: Text) -> Entry:
    return {"zh": text.zh, "en": text.en}


def write_number(number: Decimal) -> str:
    return f"{number:f}"


def write_fraction(number: Fraction) -> str:
    return f"{Decimal(number.numerator) / Decimal(number.denominator):f}"
