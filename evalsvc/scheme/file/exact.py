"""Numbers that may be fractions: a third is no decimal, and three of 33.33 are not the whole."""

import re
from fractions import Fraction

from evalsvc.scheme.file.reading import Reading
from evalsvc.scheme.file.source import Field

FRACTION = re.compile(r"(?P<top>-?(0|[1-9][0-9]{0,8}))/(?P<bottom>[1-9][0-9]{0,5})")


def read_exact(reading: Reading, field: Field) -> Fraction:
    """A plain number, or a fraction such as `100/3`; 0 where nothing stands."""
    found = _find(reading, field)
    return Fraction(reading.number(field)) if found is None else found


def read_exact_weight(reading: Reading, field: Field) -> Fraction:
    """What a part weighs, a question or a round; or the full marks of a part."""
    found = _find(reading, field)
    # With its sign it is told like any other weight.
    return Fraction(reading.weight(field)) if found is None or found < 0 else found


def _find(reading: Reading, field: Field) -> Fraction | None:
    if not isinstance(field.content, str):
        return None
    found = FRACTION.fullmatch(reading.text(field))
    return None if found is None else Fraction(int(found["top"]), int(found["bottom"]))
