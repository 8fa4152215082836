"""The place chart: for every unit the range of places that the data leave open, and its place."""

from collections.abc import Sequence
from dataclasses import dataclass

from evalsvc.reports.charts.drawing import (
    GAP,
    HEAD,
    NARROW,
    ROW,
    WIDTH,
    Chart,
    Drawing,
    build_drawing,
    fitted,
    label_room,
    label_width,
    row_middle,
)
from evalsvc.text import Text

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


def build_place_chart(ranges: Sequence[PlaceRange], note: Text) -> Chart:
    """One row a unit in the order of the official places."""
    ordered = sorted(ranges, key=lambda each: (each.place, each.first, each.last))
    finding = _finding(ordered)
    wide, narrow = (_draw(ordered, finding, width) for width in (WIDTH, NARROW))
    return Chart(finding, wide, note, narrow)


def _draw(ordered: Sequence[PlaceRange], finding: Text, width: float) -> Drawing:
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
    return build_drawing(
        "charts/places.svg",
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


def _finding(ordered: Sequence[PlaceRange]) -> Text:
    widest = max(ordered, key=lambda each: each.last - each.first)
    settled = sum(each.last - each.first <= CLOSE for each in ordered)
    if widest.last - widest.first <= CLOSE:
        return Text(
            "%(n)s个单位的名次都在3名以内确定", "the places of all %(n)s units are settled within 3"
        ).filled(n=len(ordered))
    if not settled:
        return Text(
            "没有一个单位的名次能定在3名以内；最不确定的是%(name)s，"
            "第%(first)s到第%(last)s名都有可能",
            "No unit's place is settled within 3; the least certain is %(name)s, anywhere from "
            "%(first)s to %(last)s",
        ).filled(name=widest.name, first=widest.first, last=widest.last)
    return Text(
        "名次最不确定的是%(name)s：第%(first)s到第%(last)s名都有可能；"
        "%(n)s个单位中%(settled)s个的名次在3名以内确定",
        "least certain is the place of %(name)s: anything from %(first)s to %(last)s; of "
        "%(n)s units, %(settled)s are settled within 3 places",
    ).filled(
        name=widest.name, first=widest.first, last=widest.last, n=len(ordered), settled=settled
    )
