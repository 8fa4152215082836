"""What pages and documents show below their sentences: a chart and the table behind it."""

from dataclasses import dataclass

from evalsvc.reports.charts.drawing import Chart
from evalsvc.text import Text

Cells = tuple[Text | str, ...]
"""A row of a table: names and figures as they are, words in both languages."""


@dataclass(frozen=True)
class Exhibit:
    """A heading with its chart, and the table behind it; the first column names the rows.

    `prose`: the last column holds sentences, not figures.
    """

    heading: Text
    chart: Chart | None
    heads: tuple[Text, ...]
    rows: tuple[Cells, ...]
    prose: bool = False
