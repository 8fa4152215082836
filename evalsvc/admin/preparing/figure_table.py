"""The entered figures as a table units × indicators, and each on a page of its own: to correct."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from flask import redirect, render_template, request, url_for

from evalsvc.admin.door.access import allowed, current_act, door
from evalsvc.admin.door.doing import Answer
from evalsvc.domain import seasons
from evalsvc.domain.assessing.counted import Key
from evalsvc.domain.assessing.figure_page import get_figure
from evalsvc.domain.assessing.figure_table import Part, get_table
from evalsvc.domain.people.former_names import list_sayings
from evalsvc.domain.preparing import correcting, figures, rosters
from evalsvc.domain.preparing.figures import Figures
from evalsvc.domain.seasons import SeasonView
from evalsvc.errors import Problem
from evalsvc.extensions import current_service
from evalsvc.text import Text
from evalsvc.workbooks.figures import say_figure
from evalsvc.workbooks.typed import Typed, check_typed
from forms.figures import NOT_CARRIED, CellsForm, FigureForm, TypedCell, read_cells, spell

TABLE = "/seasons/<int:season_id>/figures/table"
ONE = f"{TABLE}/<round_code>/<unit>/<component>"
SOURCES: Mapping[str, Text] = {
    "import": Text("导入", "import"),
    "page": Text("页面", "page"),
    "sheet": Text("评分表", "sheet"),
    "grades": Text("任务档次", "task grades"),
    "asked": Text("转由考核主体报", "handed to the body"),
}


@dataclass(frozen=True)
class Wrong:
    """What keeps typed figures from being saved, and what they were; `unusual` asks again."""

    typed: Mapping[Key, str]
    wrong: Mapping[Key, tuple[Text, ...]]
    unusual: Mapping[Key, tuple[Text, ...]]
    problem: Problem | None = None


NOTHING_WRONG = Wrong({}, {}, {})


@door.get(TABLE)
@allowed("manager", "auditor")
def figures_table_page(season_id: int) -> str:
    return _render_table(season_id)


@door.post(TABLE)
@allowed("manager")
def correct_figures(season_id: int) -> Answer:
    """Save what was changed in the table: all of it, or nothing."""
    if not CellsForm().validate():
        return _render_table(season_id), 422
    part = _read_part()
    typed = {
        (part.round, cell.unit, cell.component): cell
        for cell in read_cells(request.form)
        if cell.is_changed
    }
    found, wrong = _check(season_id, typed)
    if found is None:
        return _render_table(season_id, wrong), 422
    if typed:
        try:
            correcting.correct_figures(current_act(), season_id, found, _list_seen(typed))
        except Problem as problem:
            page = _render_table(season_id, replace(wrong, problem=problem))
            return page, problem.kind.status
    return redirect(_get_address(season_id, part, saved=len(typed)))


@door.get(ONE)
@allowed("manager", "auditor")
def figure_page(season_id: int, round_code: str, unit: str, component: str) -> str:
    return _render_one(season_id, (round_code, unit, component), FigureForm(formdata=None))


@door.post(ONE)
@allowed("manager")
def correct_figure(season_id: int, round_code: str, unit: str, component: str) -> Answer:
    """Put one figure right: the office's own, or with a reason what somebody else handed in."""
    key, form = (round_code, unit, component), FigureForm()
    if not form.validate():
        return _render_one(season_id, key, form), 422
    view = get_figure(current_service().database, season_id, key)
    cell = TypedCell(
        unit, component, spell(form.value.data or ""), form.seen.data or "", form.sure.data or ""
    )
    found, wrong = _check(season_id, {key: cell}, owned=view.way == "overrule")
    if found is None:
        return _render_one(season_id, key, form, wrong), 422
    seen, reason = _list_seen({key: cell}), form.reason.data or ""
    try:
        if view.way == "own":
            correcting.correct_figures(current_act(), season_id, found, seen, reason)
        else:
            correcting.overrule_figure(current_act(), season_id, found, seen, reason)
    except Problem as problem:
        page = _render_one(season_id, key, form, replace(wrong, problem=problem))
        return page, problem.kind.status
    return redirect(request.path)


def _check(
    season_id: int, typed: Mapping[Key, TypedCell], *, owned: bool = False
) -> tuple[Figures | None, Wrong]:
    """What was typed, as an import would read it; `owned`: it is somebody else's, and known to be.

    None where something is wrong, or where an unusual figure has to be looked at once more.
    """
    database = current_service().database
    scheme = seasons.get_season(database, season_id).scheme
    units = rosters.list_units(database, season_id)
    standing = figures.get_standing(database, season_id)
    if owned:
        free = {(key[0], key[2]) for key in typed}
        kept = {key: owner for key, owner in standing.owners.items() if key not in free}
        standing = replace(standing, owners=kept)
    texts = {key: cell.text for key, cell in typed.items()}
    known = {(each.round, each.code) for each in scheme.components}
    places = {unit.code for unit in units}
    texts = {k: text for k, text in texts.items() if (k[0], k[2]) in known and k[1] in places}
    found = check_typed(scheme, units, standing, texts) if texts else Typed(Figures(), {}, {})
    unsure = {key: why for key, why in found.unusual.items() if not typed[key].is_sure}
    wrong = Wrong(texts, found.wrong, {} if found.wrong else unsure)
    return (None if unsure else found.figures), wrong


def _list_seen(typed: Mapping[Key, TypedCell]) -> dict[Key, str | None]:
    """The figures that stood where something was typed; an empty cell had none."""
    return {
        key: None if cell.seen == NOT_CARRIED else cell.seen
        for key, cell in typed.items()
        if cell.seen
    }


def _read_part() -> Part:
    given = request.values
    return Part(
        round=given.get("round", ""),
        category=given.get("category", ""),
        component=given.get("component", ""),
        owner=given.get("owner", ""),
        word=given.get("word", ""),
        gaps=bool(given.get("gaps")),
        page=given.get("page", 1, int),
        columns=given.get("columns", 1, int),
    )


def _get_address(season_id: int, part: Part, **other: object) -> str:
    """The table's page with this part of the figures, or with something else of it."""
    asked: dict[str, object] = {
        "round": part.round,
        "category": part.category,
        "component": part.component or None,
        "owner": part.owner or None,
        "word": part.word or None,
        "gaps": "on" if part.gaps else None,
        "page": part.page if part.page > 1 else None,
        "columns": part.columns if part.columns > 1 else None,
        **other,
    }
    return url_for("admin.figures_table_page", season_id=season_id, **asked)  # type: ignore[arg-type]  # Flask leaves out what is None


def _render_table(season_id: int, wrong: Wrong = NOTHING_WRONG) -> str:
    database = current_service().database
    season = seasons.get_season(database, season_id)
    table = get_table(database, season_id, _read_part())
    return render_template(
        "admin/figure_table.html",
        season=season,
        table=table,
        part=table.part,
        editing=bool(request.values.get("edit")),
        saved=request.args.get("saved", type=int),
        wrong=wrong,
        named=_name_wrong(season, {**wrong.wrong, **wrong.unusual}),
        sources=SOURCES,
        former=list_sayings(database, season_id),
        say_figure=say_figure,
        address=lambda **other: _get_address(season_id, table.part, **other),
    )


def _render_one(season_id: int, key: Key, form: FigureForm, wrong: Wrong = NOTHING_WRONG) -> str:
    database = current_service().database
    season = seasons.get_season(database, season_id)
    view = get_figure(database, season_id, key)
    return render_template(
        "admin/figure.html",
        season=season,
        view=view,
        form=form,
        typed=wrong.typed.get(key),
        wrong=wrong,
        named=_name_wrong(season, {k: v for k, v in wrong.wrong.items() if k != key}),
        sources=SOURCES,
        former=list_sayings(database, season_id),
        say_figure=say_figure,
        table=_get_address(season_id, Part(key[0], view.category, word=view.unit)),
    )


def _name_wrong(
    season: SeasonView, wrong: Mapping[Key, Sequence[Text]]
) -> list[tuple[str, Text, Sequence[Text]]]:
    """Each cell with something wrong by its unit and its indicator."""
    if not wrong:
        return []
    units = rosters.list_units(current_service().database, season.id)
    names = {unit.code: unit.name for unit in units}
    return [
        (names.get(unit, unit), season.scheme.get_component(round_code, code).name, texts)
        for (round_code, unit, code), texts in wrong.items()
    ]
