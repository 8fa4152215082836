"""What has been shown stands: every verb that changes a fact of the score, in every state."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from evalsvc.domain import changing, seasons
from evalsvc.domain.acting import Act
from evalsvc.domain.actor import Actor
from evalsvc.domain.assessing import assessments, task_books, task_reports
from evalsvc.domain.assessing.task_books import BookChange, build_stamp
from evalsvc.domain.assessing.task_reports import Grading
from evalsvc.domain.concluding import earlier_results, history, publications, publishing
from evalsvc.domain.concluding.earlier_results import Taken
from evalsvc.domain.concluding.history import PastRow
from evalsvc.domain.concluding.periods import Period
from evalsvc.domain.office_days import office_day
from evalsvc.domain.preparing import correcting, figures, rosters
from evalsvc.domain.preparing.figures import AdjustmentRow, Figures, IndicatorRow
from evalsvc.errors import ACT_REFUSED, ENTRY_REFUSED, Problem
from evalsvc.models.assessment import Task, TaskReopening, TaskReport
from evalsvc.models.publication import Publication
from evalsvc.models.result import Result
from tests.cast import MANAGER, MORNING, Installation, add_panshan, build_installation
from tests.domain.test_assessments import hand_in
from tests.office_cast import (
    SAFETY,
    add_assessor,
    add_bodies_season,
    add_computed,
    add_figures,
    add_months,
    add_staff,
    ask,
    change_figure,
)

STATES = ("nothing", "proposed", "shown", "final", "archived")
OPEN = ("nothing", "proposed")
OWN = "I.common.信息工作"


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Installation]:
    built = build_installation(tmp_path)
    yield built
    built.database.close()


def act(place: Installation, actor: Actor = MANAGER, moment: datetime = MORNING) -> Act:
    return Act(place.database, actor, moment)


def bring_to(place: Installation, season_id: int, state: str) -> None:
    """A first version in this state, computed after all that was entered so far."""
    if state == "nothing":
        return
    with place.database.writing() as session:
        session.add(
            Result(
                season_id=season_id,
                version=1,
                computed_at=MORNING + timedelta(minutes=1),
                computed_by="manager",
                facts_sha256="0" * 64,
            )
        )
        session.flush()
        session.add(
            Publication(
                season_id=season_id,
                version=1,
                state=state,
                notice='{"units":[]}',
                notice_sha256="0" * 64,
                proposed_by="manager",
                proposed_at=MORNING,
            )
        )


@dataclass(frozen=True)
class Case:
    """A verb that changes a fact of the score, and the season that it is tried in."""

    build: Callable[[Installation], int]
    verb: Callable[[Installation, int], object]


def office(place: Installation) -> int:
    season_id = add_panshan(place)
    add_figures(place, season_id)
    return season_id


def figure(place: Installation, season_id: int) -> IndicatorRow:
    component = seasons.get_season(place.database, season_id).scheme.get_component("year_end", OWN)
    return IndicatorRow(component.round, "u01", component.code, "77")


def import_figure(place: Installation, season_id: int) -> None:
    rows = (figure(place, season_id),)
    figures.import_figures(act(place), season_id, Figures(rows))


def import_adjustment(place: Installation, season_id: int) -> None:
    kind = seasons.get_season(place.database, season_id).scheme.adjustments[0]
    row = AdjustmentRow("year_end", "u01", kind.code, 1, None, "2018-11-30", "文件")
    figures.import_figures(act(place), season_id, Figures(adjustments=(row,)))


def correct(place: Installation, season_id: int) -> None:
    row = figure(place, season_id)
    seen = {(row.round, row.unit, row.component): "91"}
    correcting.correct_figures(act(place), season_id, Figures((row,)), seen)


def with_sheet(place: Installation) -> int:
    season_id = add_bodies_season(place)
    add_figures(place, season_id)
    add_assessor(place, season_id)
    ask(place, season_id)
    hand_in(place, season_id)
    return season_id


def with_accepted(place: Installation) -> int:
    season_id = with_sheet(place)
    assessments.accept_sheet(act(place), season_id, "year_end", "emergency")
    return season_id


def accept(place: Installation, season_id: int) -> None:
    assessments.accept_sheet(act(place), season_id, "year_end", "emergency")


def overrule(place: Installation, season_id: int) -> None:
    row = IndicatorRow("year_end", "u01", SAFETY, "60")
    seen = {("year_end", "u01", SAFETY): "88.5"}
    correcting.overrule_figure(act(place), season_id, Figures((row,)), seen, "核对有误")


def month(place: Installation) -> int:
    return add_months(place, 3, 1, 2, ("m01",))


def first_report(place: Installation) -> tuple[int, str]:
    with place.database.reading() as session:
        report = session.scalars(select(TaskReport).order_by(TaskReport.id)).first()
        assert report is not None
        return report.id, build_stamp(report.text, report.actual, report.grade, report.note)


def lead(place: Installation) -> Actor:
    """Whoever may grade the first report."""
    with place.database.reading() as session:
        report = session.scalars(select(TaskReport).order_by(TaskReport.id)).first()
        assert report is not None
        code = session.get_one(Task, report.task_id).lead
    return add_staff(place, f"lead{int(code[1:])}", "assessor")


def grades(place: Installation, season_id: int) -> tuple[str, ...]:
    scheme = seasons.get_season(place.database, season_id).scheme
    return tuple(task_reports.list_grades(scheme, "m01"))


def grade(place: Installation, season_id: int) -> None:
    report, _ = first_report(place)
    code = grades(place, season_id)[-1]
    task_reports.grade_report(act(place, lead(place)), report, code, "")


def grade_several(place: Installation, season_id: int) -> None:
    report, _ = first_report(place)
    given = (Grading(report, grades(place, season_id)[-1], ""),)
    task_reports.grade_reports(act(place, lead(place)), season_id, given)


def grade_by_workbook(place: Installation, season_id: int) -> None:
    report, stamp = first_report(place)
    given = Grading(report, grades(place, season_id)[-1], "")
    change = BookChange(report=report, stamp=stamp, progress=None, grading=given)
    task_books.enter_changes(act(place, lead(place)), season_id, (change,))


def count(place: Installation, season_id: int) -> None:
    code = grades(place, season_id)[0]
    with place.database.writing() as session:
        for report in session.scalars(select(TaskReport)):
            report.grade = code
    task_reports.count_grades(act(place), season_id, "m01")


def rename_unit(place: Installation, season_id: int) -> None:
    roster = rosters.get_roster(place.database, season_id)
    first, *others = roster.units
    units = (replace(first, flags="no_award"), *others)
    rosters.import_roster(act(place), season_id, replace(roster, units=units))


def set_year(place: Installation, season_id: int) -> None:
    history.set_year(act(place), season_id, 2018)


def dated(place: Installation) -> int:
    season_id = office(place)
    set_year(place, season_id)
    return season_id


def import_past(place: Installation, season_id: int) -> None:
    history.import_history(act(place), season_id, (PastRow("u01", 2017, "80"),))


def take_over(place: Installation, season_id: int) -> None:
    taken = Taken(2017, (PastRow("u01", 2017, "80"),), "package x", (), ())
    earlier_results.take_over_package(act(place), season_id, taken)


CASES: Mapping[str, Case] = {
    "import of figures": Case(office, import_figure),
    "import of adjustments": Case(office, import_adjustment),
    "correction in the table": Case(office, correct),
    "another figure than the owner's": Case(with_accepted, overrule),
    "acceptance of a sheet": Case(with_sheet, accept),
    "grade of a report": Case(month, grade),
    "grades of several reports": Case(month, grade_several),
    "grades by workbook": Case(month, grade_by_workbook),
    "count of grades": Case(month, count),
    "the roster": Case(office, rename_unit),
    "the season's year": Case(office, set_year),
    "earlier years": Case(dated, import_past),
    "an earlier package": Case(dated, take_over),
}


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("name", CASES)
def test_what_is_shown_stands_until_a_correction_opens_it(
    place: Installation, name: str, state: str
) -> None:
    case = CASES[name]
    season_id = case.build(place)
    bring_to(place, season_id, state)
    if state not in OPEN:
        with pytest.raises(Problem) as found:
            case.verb(place, season_id)
        assert (found.value.kind, "开启更正" in found.value.text.zh) == (ACT_REFUSED, True)
        changing.open_correction(act(place), season_id, "数据抄错")
    case.verb(place, season_id)


def test_a_correction_has_reason_name_and_time_and_ends_when_it_is_shown(
    place: Installation,
) -> None:
    season_id = add_computed(place)
    with pytest.raises(Problem) as found:
        changing.open_correction(act(place), season_id, "抄错")
    assert "还没有公示" in found.value.text.zh
    _show(place, season_id, 1)
    with pytest.raises(Problem) as found:
        changing.open_correction(act(place), season_id, "  ")
    assert found.value.kind is ENTRY_REFUSED
    changing.open_correction(act(place), season_id, "u01 抄错")
    opened = changing.find_correction(place.database, season_id)
    assert opened is not None
    assert (opened.version, opened.reason, opened.by, opened.at) == (
        1,
        "u01 抄错",
        MANAGER.name,
        MORNING,
    )
    with pytest.raises(Problem):
        changing.open_correction(act(place), season_id, "再来一次")
    change_figure(place, season_id, "u01", "99")
    _show(place, season_id, 2)
    # The reason that opened it is the one that is read, unless another was given.
    newest, _ = publications.list_publications(place.database, season_id)
    assert (newest.corrects, newest.reason) == (1, "u01 抄错")
    assert changing.find_correction(place.database, season_id) is None
    with pytest.raises(Problem):
        import_figure(place, season_id)


def _show(place: Installation, season_id: int, version: int) -> None:
    publishing.propose(act(place), season_id, "")
    today = office_day(MORNING)
    period = Period(today, today + timedelta(days=6))
    publishing.begin_publicity(act(place), place.settings, season_id, version, period)


def test_who_opens_a_correction_is_in_the_log(place: Installation) -> None:
    season_id = office(place)
    bring_to(place, season_id, "final")
    changing.open_correction(act(place), season_id, "经复核有误")
    with place.database.reading() as session:
        (row,) = session.scalars(select(TaskReopening))
        assert (row.season_id, row.version, row.closed_at) == (season_id, 1, None)
