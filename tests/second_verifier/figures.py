"""Figures as a scheme and the files write them, and what a rule makes of a few of them.

From docs/evidence and docs/schemes alone.
"""

import math
from collections import Counter
from collections.abc import Iterable, Mapping
from fractions import Fraction
from statistics import mean
from typing import Any

from tests.second_verifier.verify import Row

Spec = Mapping[str, Any]
Value = Fraction | None
Figures = dict[str, Value]  # by unit

WITHOUT_BOUND = Fraction(10**15)


def number(written: object) -> Fraction:
    text = str(written)
    return Fraction(text[:-1]) / 100 if text.endswith("%") else Fraction(text)


def read_value(cell: str) -> Value:
    return None if cell == "NA" else Fraction(cell)


def half_up(value: Fraction, places: int) -> Fraction:
    """Halves away from zero."""
    size = math.floor(abs(value) * 10**places + Fraction(1, 2))
    return Fraction(size if value >= 0 else -size, 10**places)


def of_category(written: Any, category: str) -> Any:
    """What holds for a category, where it may be said for each by itself."""
    return written.get(category) if isinstance(written, Mapping) else written


def there(values: Iterable[Value]) -> list[Fraction]:
    return [value for value in values if value is not None]


def clip(value: Fraction, bounds: Spec, low: str = "least", high: str = "most") -> Fraction:
    if low in bounds:
        value = max(value, number(bounds[low]))
    return min(value, number(bounds[high])) if bounds.get(high, "none") != "none" else value


def trimmed(values: list[Fraction], trim: Spec | None) -> Fraction:
    """The mean of figures in their order, without the extremes where there are enough."""
    ends = int(trim.get("each_end", 1)) if trim and len(values) >= int(trim["from"]) else 0
    return mean(values[ends : len(values) - ends])


def planned(group: Spec, stratum: str, category: str) -> Fraction:
    """What the plan gives to a stratum, or to some that are counted together."""
    strata = group.get("strata") or {}
    weights = (of_category(strata[h]["weight"], category) for h in stratum.split("+") if strata)
    return sum(map(number, weights), Fraction(0))


def add_events(spec: Spec, rules: Spec, rows: list[Row], unit: str) -> Fraction:
    """One unit's bonuses under their caps, and its deductions, which have none."""
    events = list_events(spec, rules, rows, unit)
    bonus = Counter[str]()
    for code, points in events:
        bonus[code] += max(points, Fraction(0))
    for cap in spec.get("caps", ()):
        together = sum(bonus.pop(code, Fraction(0)) for code in cap["of"])
        bonus[" ".join(cap["of"])] = min(together, number(cap["most"]))
    whole = clip(Fraction(sum(bonus.values())), {"most": spec.get("bonus_most", "none")})
    return whole + sum(min(points, Fraction(0)) for _, points in events)


def list_events(spec: Spec, rules: Spec, rows: list[Row], unit: str) -> list[tuple[str, Fraction]]:
    """Rule and points of each; of a project that counts once only the highest."""
    counted: dict[object, tuple[str, Fraction]] = {}
    for place, row in enumerate(rows):
        if row["unit"] == unit:
            points = event_points(rules[row["rule"]], row, rows)
            once = row["project"] and row["rule"] in spec.get("once_per_project", ())
            key = row["project"] if once else place
            if key not in counted or points > counted[key][1]:
                counted[key] = row["rule"], points
    return [*counted.values()]


def event_points(rule: Spec, row: Row, rows: list[Row]) -> Fraction:
    points, amount = number(rule["points"]), number(row["amount"] or 0)
    how = rule.get("by", "times")
    if how == "largest":
        sums = Counter[str]()
        for other in (one for one in rows if one["rule"] == row["rule"]):
            sums[other["unit"]] += number(other["amount"] or 0)
        most = max(sums.values())
        return points * amount / most if most > 0 else Fraction(0)
    return points * int(row["times"]) * (amount if how == "amount" else 1)
