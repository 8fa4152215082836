"""Bounds, full marks, choices and the better end: what several rules write in the same way."""

from collections.abc import Mapping
from fractions import Fraction
from typing import cast

from analysis.score.rules import Order
from evalsvc.scheme.file.exact import read_exact
from evalsvc.scheme.file.reading import Reading
from evalsvc.scheme.file.source import Field
from evalsvc.text import Text


def read_bounds(
    reading: Reading, parts: Mapping[str, Field]
) -> tuple[Fraction | None, Fraction | None]:
    """`least` and `most`, either of which may be left out."""
    least, most = (_optional(reading, parts[name]) for name in ("least", "most"))
    # Taken together no figure could keep to both.
    if least is not None and most is not None and least > most:
        reading.report(
            parts["least"], Text("least 不应大于 most", "expected least not to exceed most")
        )
    return least, most


def read_full(reading: Reading, found: Field) -> Fraction:
    """Full marks, 100 where they are left out."""
    if found.content is None:
        return Fraction(100)
    full = read_exact(reading, found)
    # Points are a share of them; of 0 there is none.
    if full <= 0:
        reading.report(found, Text("满分应大于 0", "expected full marks above 0"))
    return full


def read_order(reading: Reading, found: Field) -> Order:
    """Which end is the best one; the highest where nothing is said."""
    return cast(Order, reading.choice(found, ("highest", "lowest")))


def choice_value(reading: Reading, field: Field, text: str) -> Fraction:
    return Fraction(reading.choice_value(field, text) or 0)


def require_some(reading: Reading, found: Field, given: object) -> None:
    if found.content is not None and not given:
        reading.report(found, Text("至少要有一项", "expected at least one entry"))


def _optional(reading: Reading, found: Field) -> Fraction | None:
    return None if found.content is None else read_exact(reading, found)
