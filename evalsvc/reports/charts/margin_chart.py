"""The margin chart: how far either way a panel's index may lie, by how many cards come back."""

from collections.abc import Sequence
from dataclasses import dataclass

from evalsvc.reports.charts.drawing import (
    DEEP,
    GAP,
    HEAD,
    NARROW,
    PALE,
    ROW,
    WIDTH,
    Chart,
    Drawing,
    build_drawing,
    label_width,
    row_middle,
)
from evalsvc.scheme.wording import show_float
from evalsvc.text import Text

END = 64  # the column of figures
LABELS = ("100%",)


@dataclass(frozen=True)
class Margin:
    """A share of cards that come back, and the points either way; None without answers."""

    share: float
    points: float | None
    usual: bool = False


@dataclass(frozen=True)
class MarginRow:
    """A drawn share."""

    y: float
    label: str
    left: float
    width: float
    fill: str
    shown: str


def build_margin_chart(margins: Sequence[Margin]) -> Chart | None:
    """One bar a share, around the figure that all would give; none where nobody would answer."""
    known = [each for each in margins if each.points is not None]
    usual = next((each for each in known if each.usual), None)
    if usual is None:
        return None
    finding = Text(
        "收回%(share)s时，满意度上下差%(margin)s分以内；全部收回也有%(least)s分",
        "With %(share)s of the cards back the index is within %(margin)s points either way; with "
        "all of them within %(least)s",
    ).filled(
        share=f"{usual.share:.0%}",
        margin=show_float(usual.points, 1),
        least=show_float(min(each.points or 0.0 for each in known), 1),
    )
    note = Text(
        "条的中间是所有人都答会有的满意度，条长是95%把握的范围；深色是常见的收回率。",
        "The middle is the index that everybody's answers would give, bars hold 95%; dark is the "
        "share that usually comes back.",
    )
    wide, narrow = (_draw(margins, finding, width) for width in (WIDTH, NARROW))
    return Chart(finding, wide, note, narrow)


def _draw(margins: Sequence[Margin], finding: Text, width: float) -> Drawing:
    label_end = label_width(LABELS)
    left, right = label_end + GAP, width - END
    middle = (left + right) / 2
    widest = max(each.points or 0.0 for each in margins)
    scale = (right - left) / 2 / widest
    rows = [
        MarginRow(
            y=row_middle(line),
            label=f"{each.share:.0%}",
            left=middle - (each.points or 0.0) * scale,
            width=2 * (each.points or 0.0) * scale,
            fill=DEEP if each.usual else PALE,
            shown="—" if each.points is None else f"±{show_float(each.points, 1)}",
        )
        for line, each in enumerate(margins)
    ]
    return build_drawing(
        "charts/margins.svg",
        title=finding,
        width=width,
        label_end=label_end,
        middle=middle,
        rows=rows,
        bottom=HEAD + ROW * len(rows),
    )
