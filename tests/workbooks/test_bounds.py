"""Figures outside what the scheme takes are refused in their cell; choices go by name."""

from evalsvc.domain.preparing.figures import Figures, IndicatorRow
from evalsvc.domain.preparing.rosters import UnitRow
from evalsvc.scheme.presets import load_preset
from evalsvc.workbooks.figures import FiguresReading, read_figures
from evalsvc.workbooks.templates import figures_template
from tests.workbooks.filling import Value, fill, show

SCHEME = load_preset("three-in-one")
UNIT = UnitRow("b1", "市财政局", "economic")


def read(*figures: Value) -> FiguresReading:
    """The five figures of one unit: two agreed segments with their scores, and common goals."""
    template = figures_template(SCHEME, (UNIT,))
    return read_figures(fill(template, {"指标": [["市财政局", *figures]]}), SCHEME, (UNIT,))


def test_a_choice_is_written_by_its_name_or_number():
    reading = read("B+", 88, 5, 85, "不承担")
    assert show(reading.problems) == []
    assert reading.figures == Figures(
        (
            IndicatorRow("year_end", "b1", "function.daily.agreed", "4"),
            IndicatorRow("year_end", "b1", "function.daily.score", "88"),
            IndicatorRow("year_end", "b1", "function.year_end.agreed", "5"),
            IndicatorRow("year_end", "b1", "function.year_end.score", "85"),
            IndicatorRow("year_end", "b1", "common", None),
        )
    )


def test_what_the_scheme_does_not_take_is_refused():
    reading = read(10, 100.5, "D+", 90, -1)
    assert reading.figures is None
    choices = "、".join(
        f"{n}（{name}）"
        for n, name in enumerate(("A+", "A0", "A-", "B+", "B0", "B-", "C+", "C0", "C-"), start=1)
    )
    assert show(reading.problems) == [
        ("指标!B2", f"应填以下之一：{choices}"),
        ("指标!C2", "应填 0 到 100 的数"),
        ("指标!D2", "应为数字"),
        ("指标!F2", "应填 0 到 100 的数"),
    ]
