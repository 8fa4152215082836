"""How diagnostics name units and raters, and what can't be told apart."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from analysis.examining.citizen_tables import CitizenStanding
from analysis.examining.diagnostics import UnitStanding
from evalsvc.reports.charts.interval_chart import cover
from evalsvc.text import AND, NOTHING, SEMICOLON, Text

NAMED_MOST = 4
AND_OTHERS = Text("等", " and others")
Standing = UnitStanding | CitizenStanding


@dataclass(frozen=True)
class Names:
    """Units by code; raters by position, empty in documents, where nobody is named."""

    units: Mapping[str, str]
    raters: Sequence[Text]


def list_alike(
    alike: Sequence[Sequence[str]], units: Sequence[Standing], names: Names, *, known: bool
) -> Iterator[Text]:
    """Which units can't be told apart, in words: the chart's brackets for whoever reads no chart.

    `known`: whether the error is known at all.
    """
    told = [unit for unit in units if _figure(unit) is not None]
    if not known or len(told) < 2:
        return
    order = [u.unit for u in sorted(told, key=lambda u: -(_figure(u) or 0.0))]
    runs = cover(order, alike)
    if not runs:
        yield Text(
            "前后相邻的单位，得分的差别都超出误差，分得出高低。",
            "Neighbouring units can all be told apart: their scores differ by more than the error.",
        )
        return
    if len(runs[0]) == len(order):
        yield Text(
            "这%(n)s个单位彼此都分不出高低：得分的差别可能全是误差，先后不能当真。",
            "None of these %(n)s units can be told from another: the differences of their "
            "scores may be error alone, so their order means nothing.",
        ).filled(n=len(order))
        return
    listed = SEMICOLON.join(_run(run, names) for run in runs)
    alone = len(order) - len({unit for run in runs for unit in run})
    yield Text(
        "分不出高低的单位有%(n)s组：%(runs)s。同一组里得分的差别在误差以内，先后不能当真。",
        "Units that can't be told apart form %(n)s groups: %(runs)s. Inside a group the "
        "differences lie within the error, so the order means nothing.",
    ).filled(n=len(runs), runs=listed)
    if alone:
        yield Text(
            "其余%(n)s个单位与前后相邻的单位分得出高低。",
            "The other %(n)s units can be told from their neighbours.",
        ).filled(n=alone)


def name_rater(names: Names, place: int) -> Text:
    """The rater's label; in documents nobody has one."""
    return names.raters[place] if names.raters else Text("一位评价人", "one rater")


def _figure(unit: Standing) -> float | None:
    """What the units are ordered by: the reference figure, or the citizens' index."""
    return unit.index if isinstance(unit, CitizenStanding) else unit.reference


def _run(run: Sequence[str], names: Names) -> Text:
    if len(run) <= NAMED_MOST:
        return AND.join(names.units[code] for code in run)
    return Text("%(first)s到%(last)s（%(n)s个）", "%(first)s to %(last)s (%(n)s units)").filled(
        first=names.units[run[0]], last=names.units[run[-1]], n=len(run)
    )


def say_listed(codes: Sequence[str], names: Names) -> Text:
    listed = AND.join(names.units[code] for code in codes[:NAMED_MOST])
    return listed + (AND_OTHERS if len(codes) > NAMED_MOST else NOTHING)
