"""Gathers what a group's questionnaires on paper say: one form for each distinct list of units."""

from dataclasses import replace

from evalsvc.ballots.lengths import measure_paper
from evalsvc.ballots.limits import list_limits, list_limits_by_size
from evalsvc.ballots.paper import Paper
from evalsvc.db import Database
from evalsvc.domain import seasons
from evalsvc.domain.voting import preview
from evalsvc.domain.voting.preview import GroupSheets, PreviewSheet
from evalsvc.errors import ROSTER_EMPTY, Problem
from evalsvc.questions.questionnaire import Questionnaire
from evalsvc.questions.unit import PaperUnit
from evalsvc.reports.documents.paper_form import PaperForm, PaperSheet
from evalsvc.text import Text


def build_paper_form(database: Database, round_id: int, group: str) -> PaperForm:
    """The forms of one group; refused before there is a roster, for samples are not to be used."""
    found = preview.list_sheets(database, round_id, group)
    if found.has_sample_units:
        raise Problem(ROSTER_EMPTY, what=Text("单位", "units"))
    paper = preview.get_preview_paper(database, round_id, group, 0, b"")
    season_id = seasons.get_round(database, round_id).season_id
    categories = seasons.get_season(database, season_id).scheme.categories
    asked = replace(paper, categories=categories)
    return PaperForm(
        season_title=paper.season_title,
        office=paper.office,
        contact=paper.contact,
        round_name=paper.round_name,
        deadline=paper.deadline,
        group=paper.group,
        questionnaire=paper.questionnaire,
        categories=categories,
        sheets=tuple(_build_sheet(asked, one) for one in _list_lists(found, paper.questionnaire)),
    )


def _list_lists(found: GroupSheets, questionnaire: Questionnaire) -> list[PreviewSheet]:
    """Each distinct list once; the names of all who have it are joined."""
    if found.group.identity == "counts":
        return _list_dealt(found, questionnaire)
    lists: dict[tuple[PaperUnit, ...], list[PreviewSheet]] = {}
    for sheet in found.sheets:
        lists.setdefault(sheet.units, []).append(sheet)
    return [
        replace(
            alike[0],
            name="" if len(lists) == 1 < len(alike) else "、".join(one.name for one in alike),
            left_out=alike[0].left_out if len(alike) == 1 else "",
        )
        for alike in lists.values()
    ]


def _list_dealt(found: GroupSheets, questionnaire: Questionnaire) -> list[PreviewSheet]:
    """One form with all units, of which each code is asked about some: no card says its list.

    Where units are weighed against each other, it takes the very list.
    """
    if any(one.question.weighed for one in questionnaire.asked):
        return [
            replace(one, name=f"题单{one.number + 1}" if len(found.sheets) > 1 else "")
            for one in found.sheets
        ]
    return [replace(found.sheets[0], units=found.units)]


def _build_sheet(paper: Paper, sheet: PreviewSheet) -> PaperSheet:
    shown = {unit.category for unit in sheet.units}
    own = replace(
        paper,
        units=sheet.units,
        categories=tuple(one for one in paper.categories if one.code in shown),
    )
    return PaperSheet(
        names=(sheet.name,) if sheet.name else (),
        left_out=sheet.left_out,
        units=sheet.units,
        limits=list_limits(own),
        sizes=list_limits_by_size(own) if own.may_leave_out else {},
        words=measure_paper(
            own.questionnaire, [(unit.code, unit.category) for unit in sheet.units]
        ).words,
    )
