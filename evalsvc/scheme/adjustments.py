"""Bonuses and deductions as a scheme writes them."""

from decimal import Decimal
from fractions import Fraction
from typing import Literal

from analysis.score.rules import AdjustmentRule
from evalsvc.scheme.file.limits import LONGEST_ADJUSTMENT, MOST_ADJUSTMENTS
from evalsvc.scheme.file.reading import Reading
from evalsvc.scheme.file.source import Field
from evalsvc.scheme.model import AdjustmentKind
from evalsvc.text import Text

METHODS: tuple[Literal["times", "amount", "largest"], ...] = ("times", "amount", "largest")


def read_adjustments(
    reading: Reading, field: Field
) -> dict[str, tuple[AdjustmentKind, AdjustmentRule]]:
    """What the office may enter under each code, and how it becomes points."""
    return {
        code: _adjustment(reading, code, found)
        for code, found in reading.declared(field, MOST_ADJUSTMENTS, LONGEST_ADJUSTMENT).items()
    }


def _adjustment(reading: Reading, code: str, field: Field) -> tuple[AdjustmentKind, AdjustmentRule]:
    parts = reading.record(field, ("name", "points"), ("by", "from", "to"))
    chosen = reading.choice(parts["by"], METHODS, "times")
    method = next(each for each in METHODS if each == chosen)
    points = reading.number(parts["points"])
    between = _amounts(reading, parts["from"], parts["to"])
    by: Literal["times", "amount"] = "times" if method == "times" else "amount"
    kind = AdjustmentKind(code, reading.words(parts["name"]), by, points, between)
    limits = (Fraction(between[0]), Fraction(between[1])) if between else None
    return kind, AdjustmentRule(code, method, Fraction(points), limits)


def _amounts(reading: Reading, least: Field, most: Field) -> tuple[Decimal, Decimal] | None:
    if least.content is None and most.content is None:
        return None
    lowest, highest = reading.number(least), reading.number(most)
    if lowest > highest:
        reading.report(least, Text("from 不应大于 to", "expected from not to exceed to"))
    return lowest, highest
