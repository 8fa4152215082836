"""Units renamed, merged, split, new or dissolved in the course of a year: said, then done."""

from collections.abc import Mapping, Sequence
from typing import get_args

from flask import g, redirect, render_template, request, url_for
from werkzeug.exceptions import NotFound
from wtforms import SelectChoice

from evalsvc.admin.door.access import allowed, current_act, door
from evalsvc.admin.door.doing import Answer
from evalsvc.domain import seasons
from evalsvc.domain.people.former_names import list_unit_changes
from evalsvc.domain.preparing import rosters, unit_changes
from evalsvc.domain.preparing.rosters import Roster
from evalsvc.domain.preparing.unit_changes import KINDS, Kind, Wanted
from evalsvc.domain.seasons import SeasonView
from evalsvc.errors import Problem
from evalsvc.extensions import current_service
from evalsvc.text import Text
from evalsvc.workbooks.corrections import check_relations
from evalsvc.workbooks.problems import CellProblem
from forms.unit_change import UnitChangeForm

PATH = "/seasons/<int:season_id>/roster/changes"
KIND_WORDS: Mapping[Kind, Text] = {
    "renamed": Text("改名", "renamed"),
    "merged": Text("并入另一单位", "merged into another"),
    "split": Text("分设", "split off"),
    "new": Text("新设", "new"),
    "dissolved": Text("撤销", "dissolved"),
}
# Which fields a kind asks for besides the day and the reason.
FIELDS: Mapping[Kind, tuple[str, ...]] = {
    "renamed": ("unit", "name"),
    "merged": ("unit", "other"),
    "split": ("unit", "name", "code"),
    "new": ("name", "code", "category"),
    "dissolved": ("unit",),
}


@door.get(PATH)
@allowed("manager", "auditor")
def unit_changes_page(season_id: int) -> str:
    season, roster = _load(season_id)
    form = _offer(UnitChangeForm(formdata=None), season, roster)
    form.unit.data = request.args.get("unit", "")
    return _render(season, form, _read_kind())


@door.post(f"{PATH}/plan")
@allowed("manager")
def plan_unit_change(season_id: int) -> Answer:
    """Say what a change brings with it; nothing is written."""
    return _answer(season_id, confirmed=False)


@door.post(PATH)
@allowed("manager")
def change_unit(season_id: int) -> Answer:
    """Change the roster as it was said, through the checks of an import."""
    return _answer(season_id, confirmed=True)


def _answer(season_id: int, *, confirmed: bool) -> Answer:
    season, roster = _load(season_id)
    kind, form = _read_kind(), _offer(UnitChangeForm(), season, roster)
    if not form.validate():
        return _render(season, form, kind), 422
    wanted = _read(form, kind)
    try:
        checked = check_relations(season.scheme, unit_changes.plan_roster(roster, wanted))
        if checked.roster is None:
            return _render(season, form, kind, wrong=checked.elsewhere), 422
        if not confirmed:
            database = current_service().database
            following = unit_changes.list_following(database, season_id, roster, wanted)
            return _render_plan(season, roster, form, wanted, following)
        unit_changes.change_unit(current_act(), season_id, wanted, roster, checked.roster)
    except Problem as problem:
        return _render(season, form, kind, problem), problem.kind.status
    return redirect(url_for("admin.unit_changes_page", season_id=season_id))


def _load(season_id: int) -> tuple[SeasonView, Roster]:
    database = current_service().database
    season = seasons.get_season(database, season_id)
    return season, rosters.get_roster(database, season_id)


def _read_kind() -> Kind:
    kind = request.values.get("kind", KINDS[0])
    if kind not in get_args(Kind):
        raise NotFound
    return kind  # type: ignore[return-value]  # looked up in the line above


def _read(form: UnitChangeForm, kind: Kind) -> Wanted:
    """What this kind asks for; a field that it doesn't is nobody's."""
    given = {name: (form[name].data or "").strip() for name in FIELDS[kind]}
    return Wanted(
        kind, **given, since=form.since.data.isoformat(), reason=(form.reason.data or "").strip()
    )


def _offer(form: UnitChangeForm, season: SeasonView, roster: Roster) -> UnitChangeForm:
    units = [SelectChoice(unit.code, f"{unit.name}（{unit.code}）") for unit in roster.units]
    form.unit.choices = form.other.choices = [SelectChoice("", ""), *units]
    form.category.choices = [
        SelectChoice(each.code, each.name.in_language(g.language))
        for each in season.scheme.categories
    ]
    return form


def _render(
    season: SeasonView,
    form: UnitChangeForm,
    kind: Kind,
    problem: Problem | None = None,
    *,
    wrong: Sequence[CellProblem] = (),
) -> str:
    return render_template(
        "admin/unit_changes.html",
        season=season,
        form=form,
        kind=kind,
        kinds=KIND_WORDS,
        fields=FIELDS[kind],
        changes=list_unit_changes(current_service().database, season.id),
        problem=problem,
        wrong=wrong,
    )


def _render_plan(
    season: SeasonView,
    roster: Roster,
    form: UnitChangeForm,
    wanted: Wanted,
    following: Sequence[Text],
) -> str:
    names = {unit.code: unit.name for unit in roster.units}
    return render_template(
        "admin/unit_change_plan.html",
        season=season,
        wanted=wanted,
        kinds=KIND_WORDS,
        unit=names.get(wanted.unit, ""),
        other=names.get(wanted.other, ""),
        following=following,
        posted={
            "kind": wanted.kind,
            **{name: form[name].data or "" for name in (*FIELDS[wanted.kind], "reason")},
            "since": wanted.since,
        },
    )
