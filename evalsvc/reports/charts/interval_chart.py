"""The interval chart: dots with intervals, best first, units that can't be told apart bracketed."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from evalsvc.reports.charts.drawing import (
    GAP,
    HEAD,
    NARROW,
    ROW,
    WIDTH,
    Chart,
    Drawing,
    Scale,
    build_drawing,
    fitted,
    label_room,
    label_width,
    row_middle,
    ticked_scale,
)
from evalsvc.scheme.wording import show_float
from evalsvc.text import AND, Text

FIGURE = 48  # the column of figures at the right of the scale
BRACKET = 9  # the room that each bracket takes
BRACKETS_MOST = 6
NAMES_MOST = 5


@dataclass(frozen=True)
class Estimate:
    """A unit's figure with its interval; `mark` is the official figure where it is another one."""

    unit: str
    name: str
    value: float
    low: float | None = None
    high: float | None = None
    mark: float | None = None


@dataclass(frozen=True)
class IntervalRow:
    """A drawn unit."""

    y: float
    label: str
    dot: float
    low: float | None
    high: float | None
    mark: float | None
    shown: str


@dataclass(frozen=True)
class Bracket:
    """A line beside the rows of units of which no two can be told apart."""

    x: float
    top: float
    bottom: float


def build_interval_chart(
    estimates: Sequence[Estimate], alike: Sequence[Sequence[str]], note: Text
) -> Chart:
    """One row a unit; `alike` are stretches of unit codes of which no two can be told apart."""
    ordered = sorted(estimates, key=lambda each: -each.value)
    runs = cover([each.unit for each in ordered], alike)
    finding = find_alike(ordered, runs)
    wide, narrow = (_draw(ordered, runs, finding, width) for width in (WIDTH, NARROW))
    return Chart(finding, wide, note, narrow)


def _draw(
    ordered: Sequence[Estimate], runs: Sequence[Sequence[str]], finding: Text, width: float
) -> Drawing:
    label_end = label_width((each.name for each in ordered), label_room(width))
    lanes = min(len(runs), BRACKETS_MOST)
    right = width - FIGURE - lanes * BRACKET - GAP
    values = [
        Fraction(value)
        for each in ordered
        for value in (each.value, each.low, each.high, each.mark)
        if value is not None
    ]
    scale = ticked_scale(values, label_end + GAP, right)
    rows = [_row(line, each, label_end, scale) for line, each in enumerate(ordered)]
    return build_drawing(
        "charts/intervals.svg",
        title=finding,
        scale=scale,
        rows=rows,
        brackets=_brackets(ordered, runs, right + FIGURE + GAP),
        label_end=label_end,
        figures_end=right + FIGURE,
        width=width,
        top=HEAD,
        bottom=HEAD + ROW * len(rows),
    )


def cover(order: Sequence[str], alike: Sequence[Sequence[str]]) -> tuple[tuple[str, ...], ...]:
    """As few of the stretches as reach every unit that stands in any, in the order drawn.

    A stretch whose units do not stand together in this order is left out: no line could show it.
    """
    place = {unit: line for line, unit in enumerate(order)}
    spans = sorted(
        {tuple(sorted(place[unit] for unit in run)) for run in alike if set(run) <= set(place)}
    )
    together = [span for span in spans if span[-1] - span[0] == len(span) - 1]
    chosen: list[tuple[int, ...]] = []
    reached = -1
    while True:
        ahead = [span for span in together if span[-1] > reached]
        if not ahead:
            return tuple(tuple(order[line] for line in span) for span in chosen)
        first = min(max(span[0], reached + 1) for span in ahead)
        span = max((s for s in ahead if s[0] <= first), key=lambda s: s[-1])
        chosen.append(span)
        reached = span[-1]


def find_alike(ordered: Sequence[Estimate], runs: Sequence[Sequence[str]]) -> Text:
    """Says which units at the top can't be told apart, or that all can."""
    if not any(each.low is not None for each in ordered):
        return Text(
            "误差无法估计，不能说哪些单位分得出高低",
            "no error can be estimated, so nothing says which units can be told apart",
        )
    names = {each.unit: each.name for each in ordered}
    top = next((run for run in runs if ordered[0].unit in run), ())
    if not runs:
        return Text("各单位之间都分得出高低", "all units can be told apart")
    if not top:
        return Text(
            "%(first)s单独领先；其余有%(n)s组单位组内分不出高低",
            "%(first)s leads alone; of the others, %(n)s groups can't be told apart inside the "
            "group",
        ).filled(first=ordered[0].name, n=len(runs))
    if len(top) == len(ordered):
        return Text(
            "%(n)s个单位之间都分不出高低", "none of the %(n)s units can be told apart"
        ).filled(n=len(ordered))
    listed = AND.join(names[unit] for unit in top[:NAMES_MOST])
    if len(top) > NAMES_MOST:
        listed += Text("等", " and others")
    return Text(
        "最前面的%(n)s个单位分不出高低：%(names)s",
        "The first %(n)s units can't be told apart: %(names)s",
    ).filled(n=len(top), names=listed)


def _row(line: int, each: Estimate, label_end: float, scale: Scale) -> IntervalRow:
    def place(value: float | None) -> float | None:
        return None if value is None else scale.place(Fraction(value))

    return IntervalRow(
        y=row_middle(line),
        label=fitted(each.name, label_end),
        dot=scale.place(Fraction(each.value)),
        low=place(each.low),
        high=place(each.high),
        mark=place(each.mark),
        shown=show_float(each.value, 2),
    )


def _brackets(
    ordered: Sequence[Estimate], runs: Sequence[Sequence[str]], left: float
) -> list[Bracket]:
    place = {each.unit: line for line, each in enumerate(ordered)}
    return [
        Bracket(
            left + (lane % BRACKETS_MOST) * BRACKET,
            row_middle(place[run[0]]) - 5,
            row_middle(place[run[-1]]) + 5,
        )
        for lane, run in enumerate(runs)
    ]
