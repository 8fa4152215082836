"""The satisfaction chart: diverging bars, best first, don't-know set apart at the right."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import partial

from evalsvc.figures import show_figure
from evalsvc.questions.question import Level
from evalsvc.reports.charts.drawing import (
    DEEP,
    GAP,
    HEAD,
    HOT,
    NEUTRAL,
    ON_DARK,
    ON_LIGHT,
    PALE,
    ROW,
    WARM,
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
    stacked,
    text_width,
)
from evalsvc.results.satisfaction import SatisfactionTable, UnitSatisfaction
from evalsvc.scheme.wording import show_percent
from evalsvc.text import Text, same

APART = 62  # the column of don't-know
NUMBERS = 40  # the column of n


@dataclass(frozen=True)
class Side:
    """A scale cut in the middle: levels from the middle outwards; `neutral` lies on both sides."""

    good: tuple[Level, ...]
    neutral: Level | None
    bad: tuple[Level, ...]


def build_satisfaction_chart(table: SatisfactionTable) -> Chart:
    """One bar a unit: satisfied levels to the right of the middle, dissatisfied to the left."""
    ordered = list_by_rate(table.rows)
    side = _side(tuple(level for level in table.question.scale if level.points is not None))
    label_end = label_width(row.name for row in ordered)
    left, right = label_end + GAP, WIDTH - APART - NUMBERS - 2 * GAP
    shares = [_shares(row) for row in ordered if row.levels]
    most_left = max((_left_of(side, share) for share in shares), default=Fraction(0))
    most_right = max((1 - _left_of(side, share) for share in shares), default=Fraction(1))
    unit = (right - left) / float(most_left + most_right)
    middle = left + float(most_left) * unit
    rows = [
        _row(row_middle(line), row, label_end, side, middle, unit)
        for line, row in enumerate(ordered)
    ]
    finding = _finding(table.rows)
    drawing = build_drawing(
        "charts/satisfaction.svg", in_each_language(partial(_lay_out_key, side, left)),
        title=finding, rows=rows, middle=middle, row=ROW, label_end=label_end, left=left,
        apart=right + GAP, numbers_end=WIDTH - 2, width=WIDTH, top=HEAD,
        bottom=HEAD + ROW * len(rows),
    )  # a table, read by rows  # fmt: skip
    return Chart(
        finding,
        drawing,
        Text("n为有效答卷份数，不含不了解。", 'n: valid answers, without "don\'t know".'),
    )


def list_by_rate(rows: Sequence[UnitSatisfaction]) -> list[UnitSatisfaction]:
    """Best first, as chart and table show them; units with too few answers last."""
    return sorted(rows, key=_place)


def _place(row: UnitSatisfaction) -> tuple[bool, Fraction, Fraction, str]:
    rates = (-(row.basically_rate or Fraction(0)), -(row.satisfied_rate or Fraction(0)))
    return (row.levels is None, *rates, row.unit)


def _side(levels: tuple[Level, ...]) -> Side:
    good = tuple(level for level in levels if level.satisfied or level.basically)
    rest = tuple(level for level in levels if level not in good)
    neutral = None
    if len(levels) % 2 and rest and rest[0] == levels[len(levels) // 2] and len(rest) > 1:
        neutral, rest = rest[0], rest[1:]
    return Side(tuple(reversed(good)), neutral, rest)


def _shares(row: UnitSatisfaction) -> dict[str, Fraction]:
    return {level: Fraction(n, row.n_valid) for level, n in (row.levels or {}).items()}


def _left_of(side: Side, shares: Mapping[str, Fraction]) -> Fraction:
    bad = sum((shares.get(level.code, Fraction(0)) for level in side.bad), Fraction(0))
    return bad + (shares.get(side.neutral.code, Fraction(0)) / 2 if side.neutral else 0)


def _row(
    y: float, row: UnitSatisfaction, label_end: float, side: Side, middle: float, unit: float
) -> BarRow:
    name = fitted(row.name, label_end)
    if not row.levels:
        return BarRow(y, name, (), Text("答卷太少，不显示", "too few answers to be shown"))
    shares = _shares(row)
    pieces = [
        (float(shares.get(level.code, 0)) * unit, fill, _whole_percent(shares.get(level.code)), ink)
        for level, fill, ink in _coloured(side)
    ]
    unknown = Fraction(row.dont_know, row.n_valid + row.dont_know)
    return BarRow(
        y,
        name,
        stacked(middle - float(_left_of(side, shares)) * unit, pieces),
        same(row.n_valid),
        BarPiece(0, float(unknown) * APART, NEUTRAL, _whole_percent(unknown)),
    )


def _whole_percent(share: Fraction | None) -> str:
    return f"{show_figure((share or Fraction(0)) * 100, 0)}%"


def _coloured(side: Side) -> list[tuple[Level, str, str]]:
    """All levels from left to right with their colours: the outer, the darker."""
    bad, good = _shaded(side.bad, WARM, HOT), _shaded(side.good, PALE, DEEP)
    neutral = [(side.neutral, NEUTRAL, ON_LIGHT)] if side.neutral else []
    return [*reversed(bad), *neutral, *good]


def _shaded(levels: Sequence[Level], light: str, dark: str) -> list[tuple[Level, str, str]]:
    outermost = len(levels) - 1
    return [
        (level, dark, ON_DARK) if place == outermost else (level, light, ON_LIGHT)
        for place, level in enumerate(levels)
    ]


def _lay_out_key(side: Side, left: float, language: str) -> Mapping[str, object]:
    """The levels' names over the bars, from left to right, each with its colour."""
    found = []
    for level, fill, _ in _coloured(side):
        text = fitted(level.name.in_language(language), 90)
        found.append(BarPiece(left, 9, fill, text))
        left += 9 + 4 + text_width(text) + GAP
    return {"key": found}


def _finding(rows: Sequence[UnitSatisfaction]) -> Text:
    rated = [
        (show_percent(row.basically_rate), row.basically_rate, row.name)
        for row in rows
        # Who has too few answers for a score is not called the lowest, nor the highest.
        if row.levels and row.basically_rate is not None and row.is_scored
    ]
    if not rated:
        if any(row.basically_rate is not None for row in rows):
            return Text("各单位的答卷都太少，不计分", "Every unit has too few answers for a score")
        return Text("各单位的答卷都太少，不显示", "Every unit has too few answers to be shown")
    high, low = (show_percent(choose(rate for _, rate, _ in rated)) for choose in (max, min))
    if high == low:
        return Text(
            "各单位的满意和基本满意率都是%(high)s",
            "Satisfied or basically satisfied: %(high)s for every unit",
        ).filled(high=high)
    # As shown: units that nobody can tell apart here are all the highest.
    best, worst = (name_tied([n for told, _, n in rated if told == end]) for end in (high, low))
    return Text(
        "满意和基本满意率最高的是%(best)s（%(high)s），最低的是%(worst)s（%(low)s）",
        "Satisfied or basically satisfied: highest for %(best)s (%(high)s), lowest for "
        "%(worst)s (%(low)s)",
    ).filled(best=best, high=high, worst=worst, low=low)
