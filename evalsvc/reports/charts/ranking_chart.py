"""The ranking chart: dots of one category's totals, best first, with strips of components."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from evalsvc.figures import show_figure
from evalsvc.reports.charts.drawing import (
    GAP,
    HEAD,
    ROW,
    WIDTH,
    Chart,
    Scale,
    build_drawing,
    fitted,
    label_width,
    name_tied,
    plain_scale,
    row_middle,
    ticked_scale,
)
from evalsvc.text import Text

STRIPS_MOST = 4
STRIP = 66
FIGURE = 46  # the column of totals


@dataclass(frozen=True)
class ScoredUnit:
    """A unit on the chart: its name, place and total (as shown, too), and its components."""

    name: str
    rank: int | None
    total: Fraction | None
    shown: str
    components: tuple[Fraction | None, ...] = ()


@dataclass(frozen=True)
class RankingRow:
    """A drawn unit: its dot (None without a total) and its mark on each strip."""

    y: float
    label: str
    shown: str
    dot: float | None
    marks: tuple[float | None, ...]


def build_ranking_chart(
    category: Text, units: Sequence[ScoredUnit], components: Sequence[Text]
) -> Chart:
    """One row a unit. `components` names the strips, in the order of each unit's values."""
    ordered = sorted(units, key=lambda unit: (unit.rank is None, unit.rank or 0))
    heads = components[:STRIPS_MOST]
    label_end = label_width(unit.name for unit in ordered)
    strips_at = WIDTH - len(heads) * (STRIP + GAP)
    scale = ticked_scale(
        (unit.total for unit in ordered), label_end + GAP, strips_at - FIGURE - GAP
    )
    strips = [
        plain_scale((unit.components[place] for unit in ordered), left + 3, left + STRIP - 3)
        for place, left in enumerate(
            strips_at + GAP + place * (STRIP + GAP) for place in range(len(heads))
        )
    ]
    finding = _finding(category, ordered)
    drawing = build_drawing(
        "charts/ranking.svg",
        title=finding,
        scale=scale,
        strips=strips,
        rows=[_row(line, unit, label_end, scale, strips) for line, unit in enumerate(ordered)],
        heads=[head.changed(lambda word: fitted(word, STRIP + GAP)) for head in heads],
        label_end=label_end,
        figures_end=strips_at - 2,
        width=WIDTH,
        row=ROW,
        top=HEAD,
        bottom=HEAD + ROW * len(ordered),
    )
    note = Text("n = %(n)s个单位。", "n = %(n)s units.").filled(n=len(ordered))
    if heads:
        note += Text(
            "右侧细线从本类最低到最高，短竖为本单位。",
            " The thin lines at the right run from the category's lowest to its highest; the "
            "short stroke is the unit.",
        )
    return Chart(finding, drawing, note)


def _row(
    line: int, unit: ScoredUnit, label_end: float, scale: Scale, strips: Sequence[Scale]
) -> RankingRow:
    return RankingRow(
        y=row_middle(line),
        label=fitted(unit.name, label_end),
        shown=unit.shown,
        dot=None if unit.total is None else scale.place(unit.total),
        marks=tuple(
            None if value is None else strip.place(value)
            for strip, value in zip(strips, unit.components, strict=False)
        ),
    )


def _finding(category: Text, ordered: Sequence[ScoredUnit]) -> Text:
    totals = [unit.total for unit in ordered if unit.total is not None]
    if not totals:
        return Text("%(category)s：没有单位有总分", "%(category)s: no unit has a total").filled(
            category=category
        )
    return Text(
        "%(category)s：%(first)s居首（%(shown)s分），首末相差%(spread)s分",
        "%(category)s: %(first)s leads (%(shown)s points); first and last differ by "
        "%(spread)s points",
    ).filled(
        category=category,
        first=name_tied(
            [u.name for u in ordered if u.rank is not None and u.rank == ordered[0].rank]
        ),
        shown=ordered[0].shown,
        spread=show_figure(max(totals) - min(totals)),
    )
