"""Invented indicators and adjustments: good units have good figures, and chance has its part."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction
from typing import Literal

from analysis.score.rules import Completion, Rule, Segments, Tally
from evalsvc.demo.chance import draw
from evalsvc.domain.assessing.forbidden import list_forbidden
from evalsvc.domain.preparing.figures import AdjustmentRow, Figures, IndicatorRow
from evalsvc.domain.preparing.rosters import UnitRow
from evalsvc.scheme.model import AdjustmentKind, Component, Scheme

# Of a hundred units, how many carry tasks from this source; whoever lacks one lacks it all year.
SOURCES = {"province": 80, "city": 75}
COMMON_CARRIED = 88
# The document leaves these two out of the mean, but everybody carries them.
CARRIED_BY_ALL = ("安全生产工作", "创城")
# How good a unit must be for the best of several choices: one unit in ten is.
RARELY = 1.3

Fact = Literal["count", "target"] | Segments
"""What an entered fact is, where it is no plain figure: a count, a target, an agreed segment."""


def invent_figures(
    scheme: Scheme, units: Sequence[UnitRow], qualities: Mapping[str, float]
) -> Figures:
    """A figure for every unit and component, and a handful of bonuses and deductions."""
    facts = _list_facts(scheme.score)
    indicators = (
        _build_indicator(component, unit, qualities[unit.code], facts)
        for unit in units
        for component in scheme.components
        if unit.category in component.categories
    )
    return Figures(
        indicators=_keep_to_quotas(scheme, units, indicators),
        adjustments=tuple(
            event for unit in units for event in _list_events(scheme, unit, qualities[unit.code])
        ),
    )


def _keep_to_quotas(
    scheme: Scheme, units: Sequence[UnitRow], indicators: Iterable[IndicatorRow]
) -> tuple[IndicatorRow, ...]:
    """Where the best choice stands more often than it may, the last to have it get the next."""
    rows = {(row.round, row.unit, row.component): row for row in indicators}
    while found := list_forbidden(scheme, units, {key: row.value for key, row in rows.items()}):
        round_code, _, code = key = found[-1].key
        choices = [str(each.value) for each in scheme.get_component(round_code, code).choices]
        following = choices[choices.index(rows[key].value or "") + 1]
        rows[key] = replace(rows[key], value=following)
    return tuple(rows.values())


def _build_indicator(
    component: Component, unit: UnitRow, quality: float, facts: Mapping[str, Fact]
) -> IndicatorRow:
    value = None
    if _carries(component, unit):
        value = _value(component, unit, quality, facts.get(component.code))
    return IndicatorRow(component.round, unit.code, component.code, value)


def _list_facts(rule: Rule) -> dict[str, Fact]:
    """The raw facts of indicator methods by component, as far as they are not plain figures."""
    found: dict[str, Fact] = {}
    if isinstance(rule, Tally):
        found |= {event.node.code: "count" for event in rule.events}
    elif isinstance(rule, Completion) and rule.target is not None:
        found[rule.target.code] = "target"
    elif isinstance(rule, Segments):
        found[rule.agreed.code] = rule
    for part in rule.below:
        found |= _list_facts(part)
    return found


def _carries(component: Component, unit: UnitRow) -> bool:
    *_, last = component.code.split(".")
    if last in SOURCES:
        return draw("source", unit.code, last).randrange(100) < SOURCES[last]
    if ".common." in component.code and last not in CARRIED_BY_ALL:
        return draw("common", unit.code, last).randrange(100) < COMMON_CARRIED
    return True


def _value(component: Component, unit: UnitRow, quality: float, fact: Fact | None) -> str:
    chance = draw("indicator", unit.code, component.round, component.code)
    if isinstance(fact, Segments):
        return _agreed(fact, component, unit, quality)
    if fact == "count":
        return str(chance.randrange(3))
    if component.choices:  # the best choice is scarce
        return str(component.choices[0 if quality > RARELY else chance.randrange(1, 3)].value)
    figure = 100.0 if fact == "target" else _figure(component.code, component.round, unit, quality)
    least, most = component.minimum, component.maximum
    if least is not None and most is not None and most - least != 100:
        figure = float(least) + float(most - least) * figure / 100
    return f"{figure:.1f}".removesuffix(".0")


def _figure(code: str, round_code: str, unit: UnitRow, quality: float) -> float:
    luck = draw("indicator", unit.code, round_code, code).gauss(0, 3)
    return min(100.0, max(60.0, 90 + 3 * quality + luck))


def _agreed(rule: Segments, component: Component, unit: UnitRow, quality: float) -> str:
    """The segment that the score lies in: nobody scores outside what was agreed."""
    figure = Fraction(f"{_figure(rule.score.code, component.round, unit, quality):.1f}")
    numbers = (n for n, each in enumerate(rule.segments, start=1) if each.lower <= figure)
    return str(next(numbers))


def _list_events(scheme: Scheme, unit: UnitRow, quality: float) -> Iterator[AdjustmentRow]:
    """Better units win more bonuses; deductions are rare and mostly hit weaker ones."""
    for kind in scheme.adjustments:
        chance = draw("adjustment", unit.code, kind.code)
        deducts = kind.points is not None and kind.points < 0
        likely = 0.02 - 0.02 * quality if deducts else 0.12 + 0.06 * quality
        if chance.random() < likely:
            day = date(2018, 1, 8) + timedelta(days=chance.randrange(340))
            yield AdjustmentRow(
                round=scheme.rounds[-1].code,
                unit=unit.code,
                rule=kind.code,
                times=1,
                amount=_amount(kind, chance.random()) if kind.by == "amount" else None,
                date=day.isoformat(),
                evidence=f"{kind.name.zh}（演示依据 {unit.code}-{day:%m%d}）",
            )


def _amount(kind: AdjustmentKind, share: float) -> str:
    if kind.amount_range is None:
        return str(100 + round(4900 * share))  # funds, in ten thousand yuan
    low, high = kind.amount_range
    return f"{round(float(low) + share * float(high - low), 2):g}"
