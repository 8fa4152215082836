"""The turnout chart: which share of each group's cards was used."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from evalsvc.language import translate
from evalsvc.reports.charts.drawing import (
    DEEP,
    GAP,
    HEAD,
    ROW,
    WIDTH,
    BarRow,
    Chart,
    Segment,
    fitted,
    label_width,
    row_middle,
)
from evalsvc.reports.markup import render_markup
from evalsvc.reports.words.wording import show_percent

LABELS = 290
FIGURES = 120  # the column of figures at the bars' ends


@dataclass(frozen=True)
class TurnoutBar:
    """How many of a group's cards were issued and used."""

    label: str
    issued: int
    cast: int

    @property
    def share(self) -> Fraction | None:
        return Fraction(self.cast, self.issued) if self.issued else None


def build_turnout_chart(bars: Sequence[TurnoutBar], language: str = "zh") -> Chart:
    """One bar a group in the order given, on an outline that stands for all cards issued."""
    label_end = label_width((bar.label for bar in bars), LABELS)
    left, right = label_end + GAP, WIDTH - FIGURES
    rows = tuple(
        BarRow(
            y=row_middle(line),
            label=fitted(bar.label, label_end),
            segments=(Segment(left, (right - left) * float(bar.share or 0), DEEP),),
            end=f"{bar.cast} / {bar.issued}　{show_percent(bar.share)}",
        )
        for line, bar in enumerate(bars)
    )
    finding = _finding(bars, language)
    drawing = render_markup(
        "charts/turnout.svg", language, title=finding, rows=rows, label_end=label_end, left=left,
        right=right, width=WIDTH, row=ROW, bottom=HEAD + ROW * len(rows),
    )  # a table, read by rows  # fmt: skip
    return Chart(finding, drawing, translate("条长为收回份数占发出份数的比例。", language))


def _finding(bars: Sequence[TurnoutBar], language: str) -> str:
    issued, cast = sum(bar.issued for bar in bars), sum(bar.cast for bar in bars)
    if not issued:
        return translate("还没有发出评价码", language)
    if cast == issued:
        return translate("发出的%(issued)s份全部收回", language, issued=issued)
    least = min((bar for bar in bars if bar.issued), key=lambda bar: bar.share or 0)
    return translate(
        "发出%(issued)s份，收回%(cast)s份（%(share)s），最低的是%(lowest)s（%(least)s）",
        language,
        issued=issued,
        cast=cast,
        share=show_percent(Fraction(cast, issued)),
        lowest=least.label,
        least=show_percent(least.share),
    )
