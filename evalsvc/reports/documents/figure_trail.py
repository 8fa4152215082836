"""Entered figures that were changed after they counted, as rows of a document: both, and why."""

from collections.abc import Iterable
from dataclasses import dataclass

from evalsvc.language import show_moment
from evalsvc.results.changes import ChangedFigure
from evalsvc.scheme.model import Scheme
from evalsvc.text import NOTHING, Text, same


@dataclass(frozen=True)
class TrailRow:
    """One change in the reader's words; `unit` is a code."""

    unit: str
    item: Text
    before: Text
    after: Text
    reason: Text
    who: Text


def build_trail(
    changes: Iterable[ChangedFigure], scheme: Scheme, unit: str | None = None
) -> tuple[TrailRow, ...]:
    """All changes, or one unit's, in the order in which they were made."""
    return tuple(_build_row(each, scheme) for each in changes if unit in (None, each.unit))


def _build_row(change: ChangedFigure, scheme: Scheme) -> TrailRow:
    names = {(each.round, each.code): each.name for each in scheme.components}
    name = names.get((change.round, change.component))
    return TrailRow(
        unit=change.unit,
        item=name or same(change.component),
        before=_say(change.before),
        after=_say(change.after),
        reason=same(change.reason)
        or Text("考评办导入指标时改动", "changed when the office imported figures"),
        who=same(" ").join(
            part
            for part in (
                same(change.changed_by),
                show_moment(change.changed_at) if change.changed_at else NOTHING,
            )
            if part
        ),
    )


def _say(figure: str | None) -> Text:
    return Text("不承担", "not carried") if figure is None else same(figure)
