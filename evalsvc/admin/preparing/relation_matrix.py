"""Who rates whom as a matrix raters × units: seen, painted, looked at again before it counts."""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import get_args

from flask import g, redirect, render_template, request, url_for
from werkzeug.exceptions import NotFound

from evalsvc.admin.door.access import allowed, current_act, door
from evalsvc.admin.door.doing import Answer
from evalsvc.domain import seasons
from evalsvc.domain.preparing import relations, rosters
from evalsvc.domain.preparing.relations import MOST_CHANGES, Matrix, Part, Pattern, RelationChange
from evalsvc.domain.preparing.rosters import Correction, Roster
from evalsvc.domain.seasons import SeasonView
from evalsvc.errors import ENTRY_REFUSED, ROSTER_CHANGED, Problem
from evalsvc.extensions import current_service
from evalsvc.scheme.model import Group
from evalsvc.text import Text
from evalsvc.workbooks.corrections import check_relations
from evalsvc.workbooks.layout import name_role
from evalsvc.workbooks.problems import CellProblem
from forms.relations import MatrixForm, read_boxes, read_changes

PATH = "/seasons/<int:season_id>/roster/matrix/<group>"
PATTERNS: Mapping[Pattern, Text] = {
    "all": Text("全部单位", "all units"),
    "same_category": Text("同一类别的单位", "units of the same category"),
    "other_category": Text("其他类别的单位", "units of the other categories"),
    "same_cluster": Text("同一片区（分管口）的单位", "units of the same area"),
    "none": Text("一个都不评", "none"),
}
# Of each kind; what goes is listed first, and all of them are counted.
SHOWN_RATERS = 200
_TOO_MANY = Text(
    "一次要改 %(n)s 个评价关系，最多 %(most)s 个；请分批筛选，或在方案里写成评全部单位",
    "this would change %(n)s relations, and at most %(most)s go at once; please filter, or let the "
    "scheme say that all units are rated",
)
_NOTHING = Text("没有变化", "nothing would change")


@dataclass(frozen=True)
class RaterChanges:
    """What changes for one rater: units that come, go, and change their role."""

    name: str
    come: tuple[str, ...]
    go: tuple[str, ...]


@door.get(PATH)
@allowed("manager", "auditor")
def relation_matrix_page(season_id: int, group: str) -> str:
    return _render(season_id, group)


@door.post(f"{PATH}/plan")
@allowed("manager")
def plan_relations(season_id: int, group: str) -> Answer:
    """Say what the boxes or a pattern would change; nothing is written."""
    season, roster, found = _load(season_id, group)
    if not MatrixForm().validate():
        return _render(season_id, group), 422
    changes = _plan(season, roster, found)
    refused = _find_refusal(changes)
    if refused:
        return _render(season_id, group, refused), 422
    return _render_plan(season, roster, found, changes)


@door.post(PATH)
@allowed("manager")
def change_relations(season_id: int, group: str) -> Answer:
    """Write what was looked at, through the checks of an import."""
    season, roster, found = _load(season_id, group)
    changes = tuple(RelationChange(*each) for each in read_changes(request.form))
    if not MatrixForm().validate() or _find_refusal(changes):
        return _render(season_id, group, _find_refusal(changes)), 422
    new = relations.apply_changes(roster, found, changes)
    if new is None:
        problem = Problem(ROSTER_CHANGED)
        return _render(season_id, group, problem), problem.kind.status
    checked = check_relations(season.scheme, new)
    if checked.roster is None:
        return _render_plan(season, roster, found, changes, wrong=checked.elsewhere), 422
    come = sum(each.after is not None for each in changes)
    try:
        line = f"relations {group} +{come} -{len(changes) - come}"
        rosters.import_roster(current_act(), season_id, checked.roster, Correction(line, roster))
    except Problem as problem:
        return _render(season_id, group, problem), problem.kind.status
    part = _read_part()
    return redirect(_get_address(season_id, group, part, changed=len(changes)))


def _load(season_id: int, code: str) -> tuple[SeasonView, Roster, Group]:
    database = current_service().database
    season = seasons.get_season(database, season_id)
    group = relations.find_group(season.scheme, code)
    if group is None:
        raise NotFound
    return season, rosters.get_roster(database, season_id), group


def _plan(season: SeasonView, roster: Roster, group: Group) -> tuple[RelationChange, ...]:
    part, given = _read_part(), request.form
    if part.role not in relations.list_roles(group):
        raise NotFound
    pattern = given.get("pattern", "")
    if "paint" in given or pattern not in get_args(Pattern):
        boxes = read_boxes(given)
        shown = (boxes.raters, boxes.units)
        return relations.plan_boxes(season.scheme, roster, group, part, shown, boxes.ticked)
    return relations.plan_pattern(season.scheme, roster, group, part, pattern)  # type: ignore[arg-type]  # looked up in the line above


def _find_refusal(changes: Sequence[RelationChange]) -> Problem | None:
    if not changes:
        return ENTRY_REFUSED.because(_NOTHING)
    if len(changes) > MOST_CHANGES:
        return ENTRY_REFUSED.because(_TOO_MANY.filled(n=len(changes), most=MOST_CHANGES))
    return None


def _read_part() -> Part:
    given = request.values
    return Part(
        role=given.get("role", ""),
        category=given.get("category", ""),
        raters=given.get("raters", ""),
        units=given.get("units", ""),
        page=given.get("page", 1, int),
        columns=given.get("columns", 1, int),
    )


def _get_address(season_id: int, group: str, part: Part, **other: object) -> str:
    """The matrix's page with this part, or with something else of it."""
    asked: dict[str, object] = {
        "role": part.role or None,
        "category": part.category or None,
        "raters": part.raters or None,
        "units": part.units or None,
        "page": part.page if part.page > 1 else None,
        "columns": part.columns if part.columns > 1 else None,
        **other,
    }
    return url_for("admin.relation_matrix_page", season_id=season_id, group=group, **asked)  # type: ignore[arg-type]  # Flask leaves out what is None


def _render(season_id: int, group: str, problem: Problem | None = None) -> str:
    database = current_service().database
    season = seasons.get_season(database, season_id)
    matrix = relations.get_matrix(database, season_id, group, _read_part())
    return render_template(
        "admin/roster_matrix.html",
        season=season,
        matrix=matrix,
        part=matrix.part,
        groups=relations.list_matrix_groups(season.scheme),
        problem=problem,
        changed=request.args.get("changed", type=int),
        patterns=_offer_patterns(matrix),
        name_role=name_role,
        address=lambda **other: _get_address(season_id, group, matrix.part, **other),
    )


def _offer_patterns(matrix: Matrix) -> dict[Pattern, Text]:
    """Patterns by a rater's own unit are for groups whose raters have one."""
    by_own = matrix.group.members or any(each.unit for each in matrix.raters)
    return {
        code: name
        for code, name in PATTERNS.items()
        if code in ("all", "none") or (by_own and (code != "same_cluster" or matrix.has_clusters))
    }


def _render_plan(
    season: SeasonView,
    roster: Roster,
    group: Group,
    changes: Sequence[RelationChange],
    *,
    wrong: Sequence[CellProblem] = (),
) -> str:
    rows = _sum_up(roster, group, changes)
    part = _read_part()
    return render_template(
        "admin/roster_matrix_plan.html",
        season=season,
        group=group,
        part=part,
        role=name_role(part.role).in_language(g.language) if part.role else "",
        rows=rows[:SHOWN_RATERS],
        n_raters=len(rows),
        n_come=sum(each.after is not None for each in changes),
        n_go=sum(each.after is None for each in changes),
        idle=_count_idle(roster, group, changes),
        changes=json.dumps(
            [[each.rater, each.unit, each.before, each.after] for each in changes],
            ensure_ascii=False,
            separators=(",", ":"),
        ),
        wrong=wrong,
        back=_get_address(season.id, group.code, part),
    )


def _sum_up(roster: Roster, group: Group, changes: Sequence[RelationChange]) -> list[RaterChanges]:
    """By rater, in the order of the roster."""
    units = {unit.code: unit.name for unit in roster.units}
    raters = {each.code: each.name for each in roster.raters if each.group == group.code}
    by_rater: dict[str, list[RelationChange]] = {}
    for each in changes:
        by_rater.setdefault(each.rater, []).append(each)
    return [
        RaterChanges(
            name,
            tuple(units.get(c.unit, c.unit) for c in by_rater[code] if c.after is not None),
            tuple(units.get(c.unit, c.unit) for c in by_rater[code] if c.after is None),
        )
        for code, name in raters.items()
        if code in by_rater
    ]


def _count_idle(roster: Roster, group: Group, changes: Sequence[RelationChange]) -> int:
    """Raters whom the change leaves without any unit, where nothing but the list gives them one."""
    if any(sight.relation != "listed" for sight in group.sights):
        return 0
    rates = Counter(each.rater for each in roster.relations if each.group == group.code)
    lost = Counter(each.rater for each in changes if each.after is None)
    come = Counter(each.rater for each in changes if each.before is None)
    return sum(rates[code] + come[code] == n for code, n in lost.items())
