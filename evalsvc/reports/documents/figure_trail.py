"""Entered figures that were changed after they counted, as rows of a document: both, and why."""

from collections.abc import Iterable
from dataclasses import dataclass

from evalsvc.language import show_moment, translate
from evalsvc.results.changes import ChangedFigure
from evalsvc.scheme.model import Scheme


@dataclass(frozen=True)
class TrailRow:
    """One change in the reader's words; `unit` is a code."""

    unit: str
    item: str
    before: str
    after: str
    reason: str
    who: str


def build_trail(
    changes: Iterable[ChangedFigure], scheme: Scheme, language: str, unit: str | None = None
) -> tuple[TrailRow, ...]:
    """All changes, or one unit's, in the order in which they were made."""
    return tuple(
        _build_row(each, scheme, language) for each in changes if unit in (None, each.unit)
    )


def _build_row(change: ChangedFigure, scheme: Scheme, language: str) -> TrailRow:
    names = {(each.round, each.code): each.name for each in scheme.components}
    name = names.get((change.round, change.component))
    return TrailRow(
        unit=change.unit,
        item=name.in_language(language) if name else change.component,
        before=_say(change.before, language),
        after=_say(change.after, language),
        reason=change.reason or translate("考评办导入指标时改动", language),
        who=" ".join(
            part
            for part in (
                change.changed_by,
                show_moment(change.changed_at, language) if change.changed_at else "",
            )
            if part
        ),
    )


def _say(figure: str | None, language: str) -> str:
    return translate("不承担", language) if figure is None else figure
