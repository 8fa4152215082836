"""An invented season of a preset: units with their quality, raters, relations and figures."""

import csv
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from evalsvc.demo.chance import draw
from evalsvc.demo.figures import invent_figures
from evalsvc.demo.history import invent_history
from evalsvc.domain.concluding.history import PastRow
from evalsvc.domain.preparing.figures import Figures
from evalsvc.domain.preparing.rosters import RaterRow, RelationRow, Roster, SeatsRow, UnitRow
from evalsvc.scheme.model import Group, Scheme, Sight
from evalsvc.scheme.presets import load_preset

DATA = Path(__file__).parent / "data"

# Of the invented seasons.
YEAR = 2018
UNITS_PER_CATEGORY = 6
RATERS_PER_GROUP = 6
SEATS_PER_STRATUM = 40
ACCOUNT = "本年按任务书完成了各项工作，重点任务均已办结。（演示）"


@dataclass(frozen=True)
class SeasonPlan:
    """What a season is called, and who evaluates in the groups that are entered by hand."""

    title: str
    office: str
    contact: str
    raters: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    seats: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Story:
    """All that is known of an invented season before anybody has answered.

    `qualities` says how good each unit is at heart, around 0; nobody in the product sees it.
    """

    preset: str
    scheme: Scheme
    title: str
    office: str
    contact: str
    roster: Roster
    figures: Figures
    year: int
    history: tuple[PastRow, ...]
    qualities: Mapping[str, float]
    categories: Mapping[str, str]


@dataclass(frozen=True)
class _Line:
    """A line of the list of units: the unit, and the numbers of the leaders in charge."""

    unit: UnitRow
    leaders: tuple[int, ...]


PLANS: Mapping[str, SeasonPlan] = {
    "panshan-2018": SeasonPlan(
        title="盘山县 2018 年度绩效考评（演示）",
        office="盘山县绩效考评办公室",
        contact="0427-0000000（演示）",
        raters={
            "leader": tuple(f"县领导{number}" for number in range(1, 10)),
            "office": ("专项行动领导小组办公室",),
        },
    ),
    "three-in-one": SeasonPlan(
        title="某市 2018 年度三位一体考评（演示）",
        office="市综合考评办公室",
        contact="0000-0000000（演示）",
        raters={"leader": tuple(f"市领导{number}" for number in range(1, 9))},
        seats={"grassroots": 450, "enterprises": 250, "deputies": 150, "organs": 150},
    ),
}


def tell_story(preset: str) -> Story:
    """The invented season of a preset: from its list of units, or from made-up ones."""
    scheme = load_preset(preset)
    path = DATA / f"{preset}.csv"
    lines = _read_lines(path) if path.exists() else list(_invent_lines(scheme))
    plan = PLANS.get(preset) or _invent_plan(scheme)
    units = tuple(line.unit for line in lines)
    qualities = {unit.code: draw("quality", unit.code).gauss(0, 1) for unit in units}
    return Story(
        preset=preset,
        scheme=scheme,
        title=plan.title,
        office=plan.office,
        contact=plan.contact,
        roster=_build_roster(scheme, plan, lines),
        figures=invent_figures(scheme, units, qualities),
        year=YEAR,
        history=invent_history(scheme, units, qualities, YEAR),
        qualities=qualities,
        categories={unit.code: unit.category for unit in units},
    )


def _read_lines(path: Path) -> list[_Line]:
    with path.open(encoding="utf-8", newline="") as file:
        return [
            _Line(
                UnitRow(row["code"], row["name"], row["category"], row["flags"], row["work"]),
                tuple(int(number) for number in row["leaders"].split()),
            )
            for row in csv.DictReader(file)
        ]


def _invent_lines(scheme: Scheme) -> Iterator[_Line]:
    for place, category in enumerate(scheme.categories):
        for number in range(1, UNITS_PER_CATEGORY + 1):
            code = f"u{place + 1}{number:02d}"
            name = f"{category.name.zh}{number:02d}"
            leaders = tuple(1 + (number + step) % RATERS_PER_GROUP for step in range(2))
            account = ACCOUNT if scheme.asks_accounts else ""
            yield _Line(UnitRow(code, name, category.code, account=account), leaders)


def _invent_plan(scheme: Scheme) -> SeasonPlan:
    return SeasonPlan(
        title=f"{scheme.title.zh}（演示）",
        office="考评办公室",
        contact="0000-0000000（演示）",
        raters={
            group.code: tuple(f"{group.name.zh}{n}" for n in range(1, RATERS_PER_GROUP + 1))
            for group in scheme.groups
            if group.identity == "named" and not group.members
        },
        seats={
            stratum.code: SEATS_PER_STRATUM for group in scheme.groups for stratum in group.strata
        },
    )


def _build_roster(scheme: Scheme, plan: SeasonPlan, lines: Sequence[_Line]) -> Roster:
    return Roster(
        units=tuple(line.unit for line in lines),
        raters=tuple(
            RaterRow(group, _code(number), name)
            for group, names in plan.raters.items()
            for number, name in enumerate(names, 1)
        ),
        relations=tuple(
            relation for group in scheme.groups for relation in _list_relations(group, lines)
        ),
        seats=tuple(
            SeatsRow(group.code, stratum.code, plan.seats[stratum.code])
            for group in scheme.groups
            if group.identity == "counts"
            for stratum in group.strata
        ),
    )


def _list_relations(group: Group, lines: Sequence[_Line]) -> Iterator[RelationRow]:
    """The leaders in charge of each unit, where this group's scheme asks for them."""
    sights = {sight.category: sight for sight in group.sights if _is_listed(sight)}
    for line in lines:
        sight = sights.get(line.unit.category)
        if sight:
            role = sight.roles[0] if sight.roles else ""
            for number in line.leaders:
                yield RelationRow(group.code, _code(number), line.unit.code, role)


def _is_listed(sight: Sight) -> bool:
    return sight.relation == "listed" or bool(sight.roles)


def _code(number: int) -> str:
    return f"L{number}"
