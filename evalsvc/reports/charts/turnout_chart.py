"""The turnout chart: which share of each group's cards was used."""

from collections.abc import Mapping, Sequence
from functools import partial

from evalsvc.reports.charts.drawing import (
    DEEP,
    GAP,
    HEAD,
    ROW,
    WIDTH,
    BarPiece,
    BarRow,
    Chart,
    build_drawing,
    fitted,
    in_each_language,
    label_width,
    name_tied,
    row_middle,
)
from evalsvc.results.turnout import Turnout, sum_turnout
from evalsvc.scheme.wording import show_percent
from evalsvc.text import Text, same

LABELS = 290
FIGURES = 120  # the column of figures at the bars' ends


Bar = tuple[Text, Turnout]
"""A group's cards and how they are labelled."""


def build_turnout_chart(bars: Sequence[Bar]) -> Chart:
    """One bar a group in the order given, on an outline that stands for all cards issued."""
    finding = _finding(bars)
    drawing = build_drawing(
        "charts/turnout.svg",
        in_each_language(partial(_lay_out, bars)),
        title=finding,
        width=WIDTH,
        row=ROW,
        bottom=HEAD + ROW * len(bars),
    )
    note = Text(
        "条长为收回份数占发出份数的比例。", "Bars: ballots cast as a share of codes issued."
    )
    return Chart(finding, drawing, note)


def _lay_out(bars: Sequence[Bar], language: str) -> Mapping[str, object]:
    labels = [label.in_language(language) for label, _ in bars]
    label_end = label_width(labels, LABELS)
    left, right = label_end + GAP, WIDTH - FIGURES
    rows = tuple(
        BarRow(
            y=row_middle(line),
            label=fitted(label, label_end),
            segments=(BarPiece(left, (right - left) * float(bar.share or 0), DEEP),),
            end=same(f"{bar.cast} / {bar.issued}　{show_percent(bar.share)}"),
        )
        for line, ((_, bar), label) in enumerate(zip(bars, labels, strict=True))
    )
    return {"rows": rows, "label_end": label_end, "left": left, "right": right}


def _finding(bars: Sequence[Bar]) -> Text:
    whole = sum_turnout(turnout for _, turnout in bars)
    if not whole.issued:
        return Text("还没有发出评价码", "No codes have been issued yet")
    if whole.cast == whole.issued:
        return Text("发出的%(issued)s份全部收回", "All %(issued)s codes were used").filled(
            issued=whole.issued
        )
    issued = [bar for bar in bars if bar[1].issued]
    least = min((turnout for _, turnout in issued), key=lambda turnout: turnout.share or 0)
    lowest = name_tied([name for name, turnout in issued if turnout.share == least.share])
    return Text(
        "发出%(issued)s份，收回%(cast)s份（%(share)s），最低的是%(lowest)s（%(least)s）",
        "%(cast)s of %(issued)s codes were used (%(share)s), fewest by %(lowest)s (%(least)s)",
    ).filled(
        issued=whole.issued,
        cast=whole.cast,
        share=show_percent(whole.share),
        lowest=lowest,
        least=show_percent(least.share),
    )
