"""The place chart: for every unit the range of places that the data leave open, and its place."""

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from evalsvc.language import translate
from evalsvc.reports.charts.drawing import (
    GAP,
    HEAD,
    NARROW,
    ROW,
    WIDTH,
    Chart,
    fitted,
    label_room,
    label_width,
    row_middle,
)
from evalsvc.reports.markup import render_markup

END = 64  # the column of ranges in figures
NARROW_END = 44
CLOSE = 2  # a range of at most so many places beside the first counts as settled


@dataclass(frozen=True)
class PlaceRange:
    """A unit's official place, with the first and the last place it may really have."""

    name: str
    place: int
    first: int
    last: int


@dataclass(frozen=True)
class PlaceRow:
    """A drawn unit."""

    y: float
    label: str
    left: float
    width: float
    dot: float
    shown: str


def build_place_chart(ranges: Sequence[PlaceRange], note: str, language: str = "zh") -> Chart:
    """One row a unit in the order of the official places."""
    ordered = sorted(ranges, key=lambda each: (each.place, each.first, each.last))
    finding = _finding(ordered, language)
    wide, narrow = (_draw(ordered, finding, width, language) for width in (WIDTH, NARROW))
    return Chart(finding, wide, note, narrow)


def _draw(ordered: Sequence[PlaceRange], finding: str, width: float, language: str) -> Markup:
    label_end = label_width((each.name for each in ordered), label_room(width))
    left, right = label_end + GAP, width - (END if width > NARROW else NARROW_END)
    most = max(len(ordered), *(each.last for each in ordered))
    step = (right - left) / most
    rows = [
        PlaceRow(
            y=row_middle(line),
            label=fitted(each.name, label_end),
            left=left + (each.first - 1) * step,
            width=(each.last - each.first + 1) * step,
            dot=left + (each.place - 0.5) * step,
            shown=show_range(each.first, each.last),
        )
        for line, each in enumerate(ordered)
    ]
    return render_markup(
        "charts/places.svg",
        language,
        title=finding,
        rows=rows,
        label_end=label_end,
        ticks=[(place, left + (place - 0.5) * step) for place in _ticks(most)],
        figures_end=width - 2,
        width=width,
        top=HEAD,
        bottom=HEAD + ROW * len(rows),
    )


def show_range(first: int, last: int) -> str:
    """One place, or the first and the last of a range."""
    return str(first) if first == last else f"{first}–{last}"


def _ticks(most: int) -> list[int]:
    step = next(step for step in (1, 2, 5, 10, 20, 50, 100, 1000) if most <= 10 * step)
    return sorted({1, *range(step, most + 1, step)})


def _finding(ordered: Sequence[PlaceRange], language: str) -> str:
    widest = max(ordered, key=lambda each: each.last - each.first)
    settled = sum(each.last - each.first <= CLOSE for each in ordered)
    if widest.last - widest.first <= CLOSE:
        return translate("%(n)s个单位的名次都在3名以内确定", language, n=len(ordered))
    if not settled:
        return translate(
            "没有一个单位的名次能定在3名以内；最不确定的是%(name)s，第%(first)s到第%(last)s名都有可能",
            language,
            name=widest.name,
            first=widest.first,
            last=widest.last,
        )
    return translate(
        "名次最不确定的是%(name)s：第%(first)s到第%(last)s名都有可能；%(n)s个单位中%(settled)s个"
        "的名次在3名以内确定",
        language,
        name=widest.name,
        first=widest.first,
        last=widest.last,
        n=len(ordered),
        settled=settled,
    )
