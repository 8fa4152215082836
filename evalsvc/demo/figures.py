"""Invented indicators and adjustments: good units have good figures, and chance has its part."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta

from evalsvc.demo.chance import draw
from evalsvc.domain.figures import AdjustmentRow, Figures, IndicatorRow
from evalsvc.domain.rosters import UnitRow
from evalsvc.scheme.model import AdjustmentKind, Component, Scheme

# Of a hundred units, how many carry tasks from this source; whoever lacks one lacks it all year.
SOURCES = {"province": 80, "city": 75}
COMMON_CARRIED = 88
# The document leaves these two out of the mean, but everybody carries them.
CARRIED_BY_ALL = ("安全生产工作", "创城")


def invent_figures(
    scheme: Scheme, units: Sequence[UnitRow], qualities: Mapping[str, float]
) -> Figures:
    """A figure for every unit and component, and a handful of bonuses and deductions."""
    return Figures(
        indicators=tuple(
            _build_indicator(component, unit, qualities[unit.code])
            for unit in units
            for component in scheme.components
            if unit.category in component.categories
        ),
        adjustments=tuple(
            event
            for unit in units
            for event in _list_events(scheme, unit, qualities[unit.code])
        ),
    )


def _build_indicator(component: Component, unit: UnitRow, quality: float) -> IndicatorRow:
    value = _value(component, unit, quality) if _carries(component, unit) else None
    return IndicatorRow(component.round, unit.code, component.code, value)


def _carries(component: Component, unit: UnitRow) -> bool:
    *_, last = component.code.split(".")
    if last in SOURCES:
        return draw("source", unit.code, last).randrange(100) < SOURCES[last]
    if ".common." in component.code and last not in CARRIED_BY_ALL:
        return draw("common", unit.code, last).randrange(100) < COMMON_CARRIED
    return True


def _value(component: Component, unit: UnitRow, quality: float) -> str:
    luck = draw("indicator", unit.code, component.round, component.code).gauss(0, 3)
    return f"{min(100.0, max(60.0, 90 + 3 * quality + luck)):.1f}".removesuffix(".0")


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
