"""What an import would change, as its dry run says it before anybody confirms."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from evalsvc.domain.preparing.figures import AdjustmentRow, PlannedFigure, PlannedImport
from evalsvc.domain.preparing.rosters import UnitRow
from evalsvc.scheme.model import Scheme
from evalsvc.text import NOTHING, Text, same
from evalsvc.workbooks.figures import say_figure

Kind = Literal["new", "changed", "gone"]

# More than a page helps to read; all of them are counted.
SHOWN = 300


@dataclass(frozen=True)
class PlannedRow:
    """One thing that would come, change or go, with what stands now and what would."""

    kind: Kind
    unit: str
    item: Text
    before: Text
    after: Text


@dataclass(frozen=True)
class Planned:
    """All that would change, and how much stays: named in the file, or not named at all."""

    rows: tuple[PlannedRow, ...]
    unchanged: int
    untouched: int

    def count(self, kind: Kind) -> int:
        return sum(row.kind == kind for row in self.rows)

    @property
    def shown(self) -> tuple[PlannedRow, ...]:
        """What goes or changes before what is new: an empty season has thousands of those."""
        order = ("gone", "changed", "new")
        return tuple(sorted(self.rows, key=lambda row: order.index(row.kind))[:SHOWN])


def build_planned(scheme: Scheme, units: Sequence[UnitRow], plan: PlannedImport) -> Planned:
    """A plan in words."""
    names = {unit.code: unit.name for unit in units}
    rows = [_build_figure(scheme, names, each) for each in plan.figures]
    rows += [_build_event(scheme, names, each, "gone") for each in plan.gone_adjustments]
    rows += [_build_event(scheme, names, each, "new") for each in plan.new_adjustments]
    return Planned(tuple(rows), plan.unchanged + plan.kept_adjustments, plan.untouched)


def _build_figure(scheme: Scheme, names: dict[str, str], planned: PlannedFigure) -> PlannedRow:
    round_code, unit, code = planned.key
    component = scheme.get_component(round_code, code)
    item = component.name
    if len({each.round for each in scheme.components}) > 1:
        told = Text("%(item)s（%(round)s）", "%(item)s (%(round)s)")
        item = told.filled(item=item, round=scheme.get_round(round_code).name)
    return PlannedRow(
        "gone" if planned.is_gone else "new" if planned.is_new else "changed",
        names.get(unit, unit),
        item,
        NOTHING if planned.is_new else say_figure(component, planned.before),
        NOTHING if planned.is_gone else say_figure(component, planned.after),
    )


def _build_event(
    scheme: Scheme, names: dict[str, str], event: AdjustmentRow, kind: Kind
) -> PlannedRow:
    rule = next((each.name for each in scheme.adjustments if each.code == event.rule), NOTHING)
    measure = event.amount or f"× {event.times}"
    said = same(f"{measure}  {event.date}  {event.evidence}")
    gone = kind == "gone"
    return PlannedRow(
        kind,
        names.get(event.unit, event.unit),
        rule,
        said if gone else NOTHING,
        NOTHING if gone else said,
    )
