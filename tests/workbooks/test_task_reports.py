"""The workbook of reports both ways: what is open, what came back, and what is refused."""

import io
from collections.abc import Callable, Iterator
from pathlib import Path

import openpyxl
import pytest

from evalsvc.domain import seasons
from evalsvc.domain.acting import Act
from evalsvc.domain.actor import Actor
from evalsvc.domain.assessing import task_books, task_pages, task_reports
from evalsvc.domain.assessing.task_books import BookChange, BookRow, build_stamp
from evalsvc.domain.assessing.task_pages import TaskQuery
from evalsvc.domain.assessing.task_reports import Grading, Progress
from evalsvc.errors import ACT_REFUSED, Problem
from evalsvc.models.assessment import Task, TaskReport
from evalsvc.scheme.presets import load_preset
from evalsvc.workbooks.task_reports import TaskBookReading, read_task_book, task_book
from tests.cast import MANAGER, MORNING, Installation, build_installation
from tests.office_cast import add_liaison, add_months, add_staff
from tests.workbooks.filling import save

SCHEME = load_preset("golmud")
# The columns by letter, as the workbook has them.
NUMBER, TITLE, ACTUAL, TEXT, GRADE, NOTE, STAMP = "A", "E", "I", "J", "K", "L", "M"


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Installation]:
    """Three departments and a town, two tasks each, led by u01 and u02, reported for January."""
    built = build_installation(tmp_path)
    add_months(built, 3, 2, 2, ("m01",))
    yield built
    built.database.close()


@pytest.fixture
def lead(place: Installation) -> Actor:
    return add_staff(place, "lead1", "assessor")


def list_book(place: Installation, actor: Actor) -> list[BookRow]:
    eyes = task_pages.read_eyes(place.database, 1, actor)
    rows = task_pages.list_rows(place.database, 1, TaskQuery("m01"), eyes, MORNING)
    return [task_books.build_row(row.task, row.report, eyes) for row in rows if row.report]


def give(place: Installation, actor: Actor) -> bytes:
    return task_book(SCHEME, list_book(place, actor))


def change(book: bytes, change: Callable[[openpyxl.worksheet.worksheet.Worksheet], None]) -> bytes:
    opened = openpyxl.load_workbook(io.BytesIO(book))
    change(opened["任务报告"])
    return save(opened)


def read(place: Installation, actor: Actor, book: bytes) -> TaskBookReading:
    database = place.database
    eyes = task_pages.read_eyes(database, 1, actor)
    return read_task_book(
        book,
        seasons.get_season(database, 1).scheme,
        lambda numbers: task_books.find_rows(database, 1, eyes, numbers),
        lambda changes: task_books.judge_changes(database, 1, actor, changes),
    )


def list_said(reading: TaskBookReading) -> list[tuple[str, str]]:
    return [(f"{each.column}{each.row}", each.text.zh) for each in reading.problems]


def test_a_leads_book_has_its_own_tasks_with_grades_alone_open(
    place: Installation, lead: Actor
) -> None:
    sheet = openpyxl.load_workbook(io.BytesIO(give(place, lead)))["任务报告"]
    rows = list(sheet.iter_rows(min_row=2, values_only=True))
    assert sheet.protection.sheet
    assert {row[3] for row in rows} == {"部门01"}
    assert len(rows) == sum(row.task.lead == "u01" for row in list_book(place, MANAGER))
    open_cells = {cell.column_letter for cell in sheet[2] if not cell.protection.locked}
    assert open_cells == {GRADE, NOTE}
    assert {each.formula1 for each in sheet.data_validations.dataValidation} == {'"优,良,中,差"'}


def test_a_units_book_has_progress_open_until_it_is_graded(
    place: Installation, lead: Actor
) -> None:
    liaison = add_liaison(place, 1, "u03")
    first, second = (row.report.id for row in list_book(place, liaison))
    graded = next(row for row in list_book(place, lead) if row.task.unit == "u03")
    act = Act(place.database, lead, MORNING)
    task_reports.grade_report(act, graded.report.id, "tasks.m01.b", "")
    opened = {row.report.id: row.writes for row in list_book(place, liaison)}
    assert opened == {first: first != graded.report.id, second: second != graded.report.id}
    sheet = openpyxl.load_workbook(io.BytesIO(give(place, liaison)))["任务报告"]
    for cells in sheet.iter_rows(min_row=2):
        free = {cell.column_letter for cell in cells if not cell.protection.locked}
        assert free == ({ACTUAL, TEXT} if opened[cells[0].value] else set())


def test_what_nobody_touched_changes_nothing(place: Installation, lead: Actor) -> None:
    reading = read(place, lead, give(place, lead))
    assert (reading.changes, reading.differences, reading.problems) == ((), (), ())


def test_grades_and_remarks_come_back_with_what_they_change(
    place: Installation, lead: Actor
) -> None:
    def grade(sheet: openpyxl.worksheet.worksheet.Worksheet) -> None:
        sheet["K2"], sheet["L2"], sheet["K3"] = "优", "提前完成", "Poor"

    rows = list_book(place, lead)
    reading = read(place, lead, change(give(place, lead), grade))
    assert reading.problems == ()
    assert reading.changes == (
        BookChange(
            rows[0].report.id,
            rows[0].stamp,
            None,
            Grading(rows[0].report.id, "tasks.m01.a", "提前完成"),
        ),
        BookChange(
            rows[1].report.id, rows[1].stamp, None, Grading(rows[1].report.id, "tasks.m01.d", "")
        ),
    )  # as the rows stand
    (sheet,) = reading.differences
    said = [[(c.heading.zh, c.before.zh, c.after.zh) for c in row.cells] for row in sheet.rows]
    assert said == [[("档次", "", "优"), ("评语", "", "提前完成")], [("档次", "", "差")]]
    assert sheet.kept == len(rows) - 2
    act = Act(place.database, lead, MORNING)
    assert task_books.enter_changes(act, 1, reading.changes) == 2
    found = [row.report for row in list_book(place, lead)]
    assert [(r.grade, r.note) for r in found][:3] == [
        ("tasks.m01.a", "提前完成"),
        ("tasks.m01.d", ""),
        ("", ""),
    ]
    # The same file once more: what it says stands now, and nothing is done twice.
    again = read(place, lead, change(give(place, lead), grade))
    assert (again.changes, again.problems) == ((), ())


def test_a_row_that_somebody_graded_meanwhile_is_refused_and_others_stay(
    place: Installation, lead: Actor
) -> None:
    """Two colleagues of one lead: the second's file is older than the first's grade."""
    book = give(place, lead)
    first = list_book(place, lead)[0].report.id
    task_reports.grade_report(Act(place.database, lead, MORNING), first, "tasks.m01.a", "")

    def regrade(sheet: openpyxl.worksheet.worksheet.Worksheet) -> None:
        sheet["K2"], sheet["K3"] = "差", "良"

    reading = read(place, lead, change(book, regrade))
    assert reading.changes is None
    assert list_said(reading) == [
        ("M2", "给出以后别人改过：现为 优，lead1同事。请重新下载，再填这一行")
    ]
    # Untouched in the older file, the same row takes nothing away.
    reading = read(place, lead, change(book, lambda sheet: sheet.__setitem__("K3", "良")))
    assert [each.report for each in reading.changes or ()] == [list_book(place, lead)[1].report.id]


def test_a_grade_that_comes_between_check_and_confirmation_is_not_overwritten(
    place: Installation, lead: Actor
) -> None:
    book = change(give(place, lead), lambda sheet: sheet.__setitem__("K2", "差"))
    changes = read(place, lead, book).changes
    assert changes
    act = Act(place.database, lead, MORNING)
    task_reports.grade_report(act, changes[0].report, "tasks.m01.a", "")
    with pytest.raises(Problem) as found:
        task_books.enter_changes(act, 1, changes)
    assert found.value.kind is ACT_REFUSED
    assert "刚刚被别人改过" in found.value.text.zh
    assert list_book(place, lead)[0].report.grade == "tasks.m01.a"


def test_what_a_page_would_refuse_is_refused_in_its_cell(place: Installation, lead: Actor) -> None:
    """Another's task, an unknown grade, a remark alone, locked cells, numbers of nobody, twice."""

    def spoil(sheet: openpyxl.worksheet.worksheet.Worksheet) -> None:
        sheet["K2"] = "特优"
        sheet["L3"] = "只有评语"
        sheet["E4"] = "另一项任务"
        sheet["A5"] = 999
        sheet["A6"] = sheet["A2"].value

    # Five rows at least.
    with place.database.writing() as session:
        for task in session.query(Task):
            task.lead = "u01" if task.unit != "u01" else "u02"
    said = list_said(read(place, lead, change(give(place, lead), spoil)))
    assert [cell for cell, _ in said] == ["A6", "A5", "K2", "K3", "E4"]
    told = dict(said)
    assert told["A6"] == "与第2行是同一个报告"
    assert "没有这个报告，或者不归您看" in told["A5"]
    assert "没有这个档次" in told["K2"]
    assert told["K3"] == "评了语，还要选档次"
    assert "这一格锁住，不在这里改；现为“重点任务" in told["E4"]


def test_another_leads_report_is_not_there(place: Installation, lead: Actor) -> None:
    """The office sees all of them, and grades none that has another lead."""
    book = change(give(place, MANAGER), lambda sheet: sheet.__setitem__("K2", "优"))
    said = list_said(read(place, MANAGER, book))
    assert [cell for cell, _ in said] == ["K2"]
    unseen = list_said(read(place, lead, book))
    assert {text[:6] for _, text in unseen} == {"这一年没有这"}


def test_a_unit_reports_in_lines_with_the_figure_reached(place: Installation) -> None:
    liaison = add_liaison(place, 1, "u03")

    def report(sheet: openpyxl.worksheet.worksheet.Worksheet) -> None:
        sheet["J2"], sheet["I2"] = "完成路基。\n  桥梁 开工。", "６０.50"
        sheet["I3"] = "很多"

    row = list_book(place, liaison)[0]
    (said,) = list_said(read(place, liaison, change(give(place, liaison), report)))
    assert said[0] == "J3"
    assert "完成数应为数字，现为 很多" in said[1]
    book = change(give(place, liaison), report)
    book = change(book, lambda sheet: sheet.__setitem__("I3", None))
    changes = read(place, liaison, book).changes
    progress = Progress("完成路基。\n桥梁 开工。", "60.5")
    assert changes == (BookChange(row.report.id, row.stamp, progress, None),)
    task_books.enter_changes(Act(place.database, liaison, MORNING), 1, changes or ())
    stands = list_book(place, liaison)[0].report
    assert (stands.text, stands.actual) == ("完成路基。\n桥梁 开工。", "60.5")
    # With its lines it comes back as it is, though a cell may break them otherwise.
    again = read(place, liaison, give(place, liaison))
    assert (again.changes, again.problems) == ((), ())


def test_a_sheet_without_its_columns_is_refused(place: Installation, lead: Actor) -> None:
    book = change(give(place, lead), lambda sheet: sheet.delete_cols(13))
    reading = read(place, lead, book)
    assert reading.changes is None


def test_a_report_left_to_somebody_else_keeps_its_figure(place: Installation) -> None:
    """A list's row with a text alone leaves the figure that stands."""
    liaison = add_liaison(place, 1, "u03")
    act, report = Act(place.database, liaison, MORNING), list_book(place, liaison)[0].report.id
    task_reports.report_tasks(act, 1, {report: Progress("开工", "12")})
    task_reports.report_tasks(act, 1, {report: Progress("过半")})
    with place.database.reading() as session:
        row = session.get_one(TaskReport, report)
        assert (row.text, row.actual) == ("过半", "12")


def test_a_check_code_is_of_what_is_said_and_not_of_how_it_is_spaced() -> None:
    assert build_stamp("甲 乙\n丙", "1", "a", "") == build_stamp("甲乙丙", "1", "a", "")
    assert build_stamp("甲", "1", "a", "") != build_stamp("甲1", "", "a", "")
    assert len(build_stamp("", "", "", "")) == 8
