"""The strip chart: one unit against its category, a row per component, the others unnamed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import partial

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
    in_each_language,
    label_room,
    label_width,
    plain_scale,
    row_middle,
)
from evalsvc.scheme.wording import show_short
from evalsvc.text import AND, Text

END = 60  # the column of the unit's own figures
BOUND = 44  # the columns of the lowest and the highest figure
NARROW_END, NARROW_BOUND = 44, 34


@dataclass(frozen=True)
class Strip:
    """A component: this unit's value, and those of all units of the category in any order."""

    name: Text
    own: Fraction | None
    all: tuple[Fraction, ...]


@dataclass(frozen=True)
class StripRow:
    """A drawn component with its ends in figures."""

    y: float
    label: str
    low: str
    high: str
    others: tuple[float, ...]
    own: float | None
    shown: str


def build_strip_chart(strips: Sequence[Strip]) -> Chart:
    """One line a component from the category's lowest value to its highest."""
    told = [strip for strip in strips if strip.all]
    finding = _finding(told)
    wide, narrow = (_draw(told, finding, width) for width in (WIDTH, NARROW))
    note = Text(
        "细线从本类最低到最高，灰点为本类各单位，蓝色短竖为本单位。",
        "The thin lines run from the category's lowest to its highest; grey dots are its "
        "units, the blue stroke is this one.",
    )
    return Chart(finding, wide, note, narrow)


def _draw(strips: Sequence[Strip], finding: Text, width: float) -> Drawing:
    return build_drawing(
        "charts/strips.svg",
        in_each_language(partial(_lay_out, strips, width)),
        title=finding,
        width=width,
        row=ROW,
        bottom=HEAD + ROW * len(strips),
    )


def _lay_out(strips: Sequence[Strip], width: float, language: str) -> Mapping[str, object]:
    end, bound = (END, BOUND) if width > NARROW else (NARROW_END, NARROW_BOUND)
    names = [strip.name.in_language(language) for strip in strips]
    label_end = label_width(names, label_room(width))
    left, right = label_end + GAP + bound, width - end - bound
    rows = [
        _row(line, strip, fitted(name, label_end), left, right)
        for line, (strip, name) in enumerate(zip(strips, names, strict=True))
    ]
    return {"rows": rows, "label_end": label_end, "left": left, "right": right}


def _row(line: int, strip: Strip, label: str, left: float, right: float) -> StripRow:
    scale = plain_scale(strip.all, left + 4, right - 4)
    return StripRow(
        y=row_middle(line),
        label=label,
        low=show_short(scale.low, 2),
        high=show_short(scale.high, 2),
        others=tuple(sorted(scale.place(value) for value in strip.all)),
        own=None if strip.own is None else scale.place(strip.own),
        shown=show_short(strip.own, 2),
    )


def _finding(strips: Sequence[Strip]) -> Text:
    above = [s.name for s in strips if s.own is not None and s.own > _middle(s.all)]
    below = [s.name for s in strips if s.own is not None and s.own < _middle(s.all)]
    comma = AND
    none = Text("无", "none")
    return Text(
        "高于本类中位数的：%(above)s；低于的：%(below)s",
        "Above the category's median: %(above)s; below: %(below)s",
    ).filled(above=comma.join(above) or none, below=comma.join(below) or none)


def _middle(values: Sequence[Fraction]) -> Fraction:
    ordered = sorted(values)
    half = len(ordered) // 2
    return ordered[half] if len(ordered) % 2 else (ordered[half - 1] + ordered[half]) / 2
