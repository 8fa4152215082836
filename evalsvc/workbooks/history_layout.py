"""Which sheet earlier years have, and what its cells may say."""

from collections.abc import Mapping

from evalsvc.scheme.model import Scheme
from evalsvc.text import Text
from evalsvc.workbooks.layout import Column, SheetLayout, first_of, unit_column

# What a cell may say for a place in an earlier year.
PAST_PLACES: Mapping[str, Text] = {
    "first": Text("第一名", "first"),
    "last": Text("末位", "last"),
    "between": Text("中间", "between"),
}


def history_layouts(scheme: Scheme) -> tuple[SheetLayout, ...]:
    """The sheet of earlier years; grades are asked for where the scheme has any."""
    return (_history(scheme),)


def _history(scheme: Scheme) -> SheetLayout:
    grades = tuple(scheme.outcome_names.grades.values())
    grade = Column(
        "grade",
        Text("等次", "Grade"),
        Text("可不填；从下拉列表中选择", "May stay empty; choose from the list"),
        first_of(grades),
        16,
        required=False,
    )
    return SheetLayout(
        "history",
        Text("历年结果", "Earlier years"),
        Text(
            "每个单位每年一行；不知道的年份空着，不要填 0",
            "A row for each unit and year; leave years that nobody knows empty, never 0",
        ),
        (
            unit_column(),
            Column(
                "year",
                Text("年度", "Year"),
                Text("四位年份，早于本考评年度", "Four digits, before the season's own year"),
                Text("2025", "2025"),
                10,
            ),
            Column(
                "score",
                Text("得分", "Score"),
                Text("可不填；当年公布的得分", "May stay empty; the figure as published"),
                Text("91.25", "91.25"),
                12,
                required=False,
            ),
            *((grade,) if grades else ()),
            Column(
                "place",
                Text("名次", "Place"),
                Text(
                    "可不填；不填时按同类单位当年的得分排",
                    "May stay empty: then it follows from the scores of that year",
                ),
                PAST_PLACES["first"],
                14,
                required=False,
            ),
        ),
    )
