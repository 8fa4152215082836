"""The rater map: raters × units, blue where a rater is more generous than expected, orange less."""

from collections.abc import Sequence
from dataclasses import dataclass

from evalsvc.reports.charts.drawing import (
    GAP,
    ON_DARK,
    ON_LIGHT,
    WIDTH,
    Chart,
    build_drawing,
    fitted,
    label_width,
)
from evalsvc.text import Text

CELL_MOST = 26
CELL_HIGH = 17
LABELS_MOST = 150
HEAD_MOST = 110
FULL = 3.0  # residuals from this size on have the full colour
TOLD = 1.5  # and from this size on a sign, for print in black and white
DARK = 0.55  # from this share of the full colour on signs are white
BLUE, ORANGE = (0x1F, 0x4E, 0x8C), (0xB4, 0x51, 0x1A)


@dataclass(frozen=True)
class HeatCell:
    """One rating: how far it is from what its rater and its unit would lead one to expect."""

    x: float
    fill: str
    sign: str
    ink: str


@dataclass(frozen=True)
class HeatRow:
    """A rater's row."""

    y: float
    label: str
    cells: tuple[HeatCell, ...]


def build_heat_chart(
    raters: Sequence[str],
    units: Sequence[str],
    residuals: Sequence[Sequence[float | None]],
    finding: Text,
    note: Text,
) -> Chart:
    """`residuals` are standardised, a row a rater in the order of `raters`; None is not rated."""
    label_end = label_width(raters, LABELS_MOST)
    left = label_end + GAP
    wide = min((WIDTH - left) / max(len(units), 1), CELL_MOST)
    head = label_width(units, HEAD_MOST) + 6
    rows = [
        HeatRow(
            y=head + line * CELL_HIGH,
            label=fitted(rater, label_end),
            cells=tuple(
                _cell(value, left + column * wide)
                for column, value in enumerate(row)
                if value is not None
            ),
        )
        for line, (rater, row) in enumerate(zip(raters, residuals, strict=True))
    ]
    heads = [
        (left + (column + 0.5) * wide + 4, fitted(unit, HEAD_MOST))
        for column, unit in enumerate(units)
    ]
    drawing = build_drawing("charts/heat.svg", title=finding, rows=rows, heads=heads, wide=wide,
        high=CELL_HIGH, label_end=label_end, head=head, width=WIDTH,
        frame=(left, len(units) * wide), bottom=head + len(rows) * CELL_HIGH,
    )  # a table, read by rows  # fmt: skip
    return Chart(finding, drawing, note)


def shade(value: float) -> str:
    """White at 0, blue above, orange below, full from `FULL` on."""
    share = min(abs(value) / FULL, 1.0)
    full = BLUE if value > 0 else ORANGE
    red, green, blue = (round(255 + share * (part - 255)) for part in full)
    return f"#{red:02x}{green:02x}{blue:02x}"


def _cell(value: float, x: float) -> HeatCell:
    sign = "" if abs(value) < TOLD else "+" if value > 0 else "−"
    dark = abs(value) / FULL > DARK
    return HeatCell(x, shade(value), sign, ON_DARK if dark else ON_LIGHT)
