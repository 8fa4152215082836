"""Places by tasks 月排名: each unit's points of a month, or the mean of several, in its category.

They follow from the figures that count, as the result does: a month whose grades the office has
not let count yet gives nobody points.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from sqlalchemy import select

from analysis.score.rounding import half_up
from analysis.score.rules import Given, TaskGrades
from evalsvc.db import Database
from evalsvc.domain.assessing.task_reports import list_rounds
from evalsvc.domain.seasons import get_season_row, read_scheme
from evalsvc.models.figures import Indicator
from evalsvc.models.roster import Unit
from evalsvc.scheme.model import Scheme, list_rules
from evalsvc.text import Text

# As many as results are published with.
PLACES = 2
_A_YEAR = 12
_QUARTERS = (
    Text("第一季度", "first quarter"),
    Text("第二季度", "second quarter"),
    Text("第三季度", "third quarter"),
    Text("第四季度", "fourth quarter"),
)
_HALVES = (Text("上半年", "first half-year"), Text("下半年", "second half-year"))


@dataclass(frozen=True)
class Period:
    """A month, a quarter or a half-year, by code; `rounds` are the months that it is made of."""

    code: str
    name: Text
    rounds: tuple[str, ...]


@dataclass(frozen=True)
class UnitPlace:
    """A unit's points by month and over the period, as published; its place among `of`.

    None: it carries no tasks, the month doesn't count yet, or it takes no place.
    """

    unit: str
    name: str
    category: Text
    months: Mapping[str, str | None]
    points: str | None
    place: int | None
    of: int


def list_periods(scheme: Scheme) -> tuple[Period, ...]:
    """Every round of tasks, and where there are twelve of them the quarters and half-years."""
    rounds = list_rounds(scheme)
    found = [Period(code, scheme.get_round(code).name, (code,)) for code in rounds]
    if len(rounds) == _A_YEAR:
        found += [
            Period(f"q{n + 1}", name, rounds[3 * n : 3 * n + 3]) for n, name in enumerate(_QUARTERS)
        ]
        found += [
            Period(f"h{n + 1}", name, rounds[6 * n : 6 * n + 6]) for n, name in enumerate(_HALVES)
        ]
    return tuple(found)


def list_places(database: Database, season_id: int, rounds: Sequence[str]) -> tuple[UnitPlace, ...]:
    """All units by category and place; equal points are one place."""
    with database.reading() as session:
        scheme = read_scheme(get_season_row(session, season_id))
        units = session.scalars(
            select(Unit).where(Unit.season_id == season_id).order_by(Unit.position)
        ).all()
        rows = session.execute(
            select(Indicator.round, Indicator.unit, Indicator.component, Indicator.value).where(
                Indicator.season_id == season_id, Indicator.round.in_(rounds)
            )
        )
        figures = {(r.round, r.unit, r.component): r.value for r in rows}
    rules = _list_month_rules(scheme)
    found = []
    for category in scheme.categories:
        members = [unit for unit in units if unit.category == category.code]
        months = {
            unit.code: {
                code: _find_points(rules.get(code), code, unit.code, figures) for code in rounds
            }
            for unit in members
        }
        found += _place(category.name, members, months)
    return tuple(found)


def _list_month_rules(scheme: Scheme) -> Mapping[str, TaskGrades]:
    """The rule that turns grades into points, by the round of its figures."""
    return {
        part.node.round: rule
        for rule in list_rules(scheme.score)
        if isinstance(rule, TaskGrades)
        for part in rule.grades
        if isinstance(part.node, Given)
    }


def _find_points(
    rule: TaskGrades | None,
    round_code: str,
    unit: str,
    figures: Mapping[tuple[str, str, str], str | None],
) -> Fraction | None:
    if rule is None:
        return None
    given = [part.node.code for part in rule.grades if isinstance(part.node, Given)]
    amounts = [figures.get((round_code, unit, code)) for code in given]
    value, _ = rule.points(*(None if each is None else Fraction(each) for each in amounts))
    return value


def _place(
    category: Text, units: Sequence[Unit], months: Mapping[str, Mapping[str, Fraction | None]]
) -> list[UnitPlace]:
    points = {unit.code: _mean(months[unit.code].values()) for unit in units}
    ranked = sorted(
        (Decimal(value) for unit in units if (value := points[unit.code]) and not _is_apart(unit)),
        reverse=True,
    )
    found = [
        UnitPlace(
            unit.code,
            unit.name,
            category,
            {code: _say(value) for code, value in months[unit.code].items()},
            value,
            ranked.index(Decimal(value)) + 1 if value and not _is_apart(unit) else None,
            len(ranked),
        )
        for unit in units
        for value in (points[unit.code],)
    ]
    return sorted(found, key=lambda each: (each.place is None, each.place or 0))


def _mean(months: Iterable[Fraction | None]) -> str | None:
    """Over the months in which the unit carries tasks, from exact figures, rounded once."""
    carried = [value for value in months if value is not None]
    return _say(sum(carried, Fraction(0)) / len(carried)) if carried else None


def _say(value: Fraction | None) -> str | None:
    return None if value is None else half_up(value, PLACES)


def _is_apart(unit: Unit) -> bool:
    """Evaluated, and without a place."""
    return "no_award" in unit.flags.split()
