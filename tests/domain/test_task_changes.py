"""Tasks mended, split, withdrawn, exempted: trail and volume; grades closed once shown."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from evalsvc.domain.acting import Act
from evalsvc.domain.actor import Actor
from evalsvc.domain.assessing import (
    task_changes,
    task_closing,
    task_list,
    task_pages,
    task_reports,
    tasks,
)
from evalsvc.domain.assessing.task_changes import ChangeView, Part
from evalsvc.domain.assessing.task_closing import Closing
from evalsvc.domain.assessing.tasks import Proposal
from evalsvc.domain.changing import OpenCorrection
from evalsvc.domain.preparing.figures import list_indicators
from evalsvc.errors import ACT_REFUSED, ENTRY_REFUSED, Kind, Problem
from evalsvc.models.assessment import TaskReport
from evalsvc.models.publication import Publication
from evalsvc.models.result import Result
from tests.cast import MANAGER, MORNING, Installation, build_installation
from tests.office_cast import add_liaison, add_months, add_staff

U03 = {"重点任务 03-1", "重点任务 03-2"}


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Installation]:
    """Three units with two tasks of weight 1 each, led by u01 and u02, asked for in two months."""
    built = build_installation(tmp_path)
    add_months(built, 3, 2, 2, ("m01", "m02"))
    with built.database.writing() as session:
        for report in session.query(TaskReport).filter_by(round="m02"):
            report.text, report.reported_by, report.reported_at = "", None, None
    yield built
    built.database.close()


@pytest.fixture
def act(place: Installation) -> Act:
    return Act(place.database, MANAGER, MORNING)


@pytest.fixture
def leads(place: Installation) -> dict[str, Actor]:
    return {f"u0{n}": add_staff(place, f"lead{n}", "assessor") for n in (1, 2)}


def refuses(kind: Kind, verb: Callable[[], object], said: str = "") -> None:
    with pytest.raises(Problem) as found:
        verb()
    assert found.value.kind is kind
    assert said in found.value.text.zh


def find(place: Installation, title: str) -> task_list.TaskView:
    return next(t for t in task_list.list_tasks(place.database, 1) if t.title == title)


def propose(task: task_list.TaskView, **words: str) -> Proposal:
    said = Proposal(task.unit, task.lead, task.title, task.target, "", "", task.weight)
    return replace(said, **words)


def grade_all(place: Installation, leads: dict[str, Actor], round_code: str) -> None:
    """All good, once every unit has reported."""
    with place.database.writing() as session:
        for row in session.query(TaskReport).filter_by(round=round_code):
            row.text, row.reported_at = "完成", MORNING
    for task in task_list.list_tasks(place.database, 1):
        act = Act(place.database, leads[task.lead], MORNING)
        for report in task.reports:
            if report.round == round_code and not report.exempt and not report.grade:
                task_reports.grade_report(act, report.id, f"tasks.{round_code}.b", "")


def read_good(place: Installation, unit: str, round_code: str) -> str | None:
    figures = {(f.unit, f.component): f.value for f in list_indicators(place.database, 1)}
    return figures[unit, f"tasks.{round_code}.b"]


def test_another_weight_counts_from_what_is_not_graded_yet(
    place: Installation, act: Act, leads: dict[str, Actor]
) -> None:
    """u03 has 1 + 1 in January; one task weighs 3 then: 1 + 1 as it was, 3 + 1 in February."""
    grade_all(place, leads, "m01")
    task = find(place, "重点任务 03-1")
    refuses(ENTRY_REFUSED, lambda: task_changes.mend_task(act, task.id, propose(task), ""), "理由")
    refuses(
        ENTRY_REFUSED, lambda: task_changes.mend_task(act, task.id, propose(task), "无"), "没有改动"
    )
    task_changes.mend_task(act, task.id, propose(task, weight="3"), "项目扩大")
    grade_all(place, leads, "m02")
    for code in ("m01", "m02"):
        task_reports.count_grades(act, 1, code)
    assert [read_good(place, "u03", code) for code in ("m01", "m02")] == ["2", "4"]
    assert task_changes.list_changes(place.database, task.id) == (
        ChangeView("mended", "", {"weight": ("1", "3")}, "项目扩大", MANAGER.name, MORNING),
    )


def test_rounds_taken_away_are_owed_no_more(place: Installation, act: Act) -> None:
    task = find(place, "重点任务 03-1")
    task_changes.mend_task(act, task.id, replace(propose(task), rounds=("m01",)), "改为年初一次")
    assert [(r.round, r.exempt) for r in find(place, task.title).reports] == [
        ("m01", False),
        ("m02", True),
    ]


def test_parts_weigh_what_the_task_weighed(
    place: Installation, act: Act, leads: dict[str, Actor]
) -> None:
    task = find(place, "重点任务 03-1")
    parts = (Part("公路", "改造", "0.4"), Part("桥梁", "修建", "0.6"))
    split = lambda chosen: task_changes.split_task(act, task.id, chosen, "分头推进")  # noqa: E731  (said four times)
    refuses(ACT_REFUSED, lambda: split(parts), "1 个已报的报告没有评档")
    grade_all(place, leads, "m01")
    refuses(ENTRY_REFUSED, lambda: split((replace(parts[0], weight="0.5"), parts[1])), "现为 1.1")
    refuses(ENTRY_REFUSED, lambda: split(parts[:1]), "2 至 6 项")
    split(parts)
    assert find(place, task.title).state == "split"
    assert [(find(place, t).state, find(place, t).lead == task.lead) for t in ("公路", "桥梁")] == [
        ("standing", True),
        ("standing", True),
    ]
    # The graded January stays with the whole, February is the parts'.
    assert [[r.round for r in find(place, t).reports] for t in ("公路", "桥梁")] == [["m02"]] * 2
    grade_all(place, leads, "m02")
    for code in ("m01", "m02"):
        task_reports.count_grades(act, 1, code)
    assert [read_good(place, "u03", code) for code in ("m01", "m02")] == ["2", "2"]
    (change,) = task_changes.list_changes(place.database, task.id)
    assert change.told == {"公路": ("1", "0.4"), "桥梁": ("1", "0.6")}
    refuses(ACT_REFUSED, lambda: split(parts), "只有审定的任务")


def test_what_is_withdrawn_counts_as_far_as_it_was_graded(
    place: Installation, act: Act, leads: dict[str, Actor]
) -> None:
    grade_all(place, leads, "m01")
    for title in U03:
        task_changes.withdraw_task(act, find(place, title).id, "上级取消")
    refuses(
        ACT_REFUSED,
        lambda: task_changes.withdraw_task(act, find(place, "重点任务 03-1").id, "又一次"),
        "已经不在了",
    )
    eyes = task_pages.read_eyes(place.database, 1, MANAGER)
    page = task_pages.list_page(
        place.database, 1, task_pages.TaskQuery("m02", unit="u03"), eyes, MORNING
    )
    assert (page.counts["unreported"], page.counts["late"]) == (0, 0)
    grade_all(place, leads, "m02")
    for code in ("m01", "m02"):
        task_reports.count_grades(act, 1, code)
    # In February u03 has no task left, and so does not carry the month.
    assert [read_good(place, "u03", code) for code in ("m01", "m02")] == ["2", None]
    assert task_reports.ask_for_reports(act, 1, "m03", MORNING) == 4


def test_an_exempt_round_is_neither_missing_nor_counted(
    place: Installation, act: Act, leads: dict[str, Actor]
) -> None:
    """u03's February is 1 of one task instead of 2 of two."""
    task = find(place, "重点任务 03-1")
    february = next(each.id for each in task.reports if each.round == "m02")
    told = task_changes.tell_exemptions(place.database, task)
    assert told["m02"] == (Decimal(2), Decimal(1))
    refuses(ENTRY_REFUSED, lambda: task_changes.exempt_report(act, february, " "), "理由")
    task_changes.exempt_report(act, february, "洪灾停工")
    refuses(ACT_REFUSED, lambda: task_changes.exempt_report(act, february, "再免"), "免报")
    liaison = add_liaison(place, 1, "u03")
    refuses(
        ACT_REFUSED,
        lambda: task_reports.report_task(Act(place.database, liaison, MORNING), february, "完成"),
        "这一轮免报",
    )
    grade_all(place, leads, "m02")
    task_reports.count_grades(act, 1, "m02")
    assert read_good(place, "u03", "m02") == "1"
    assert task_changes.list_changes(place.database, task.id) == (
        ChangeView("exempted", "m02", {"volume": ("2", "1")}, "洪灾停工", MANAGER.name, MORNING),
    )
    # Other rounds take the reason for this one away no more than a mistake is restored without one.
    words = replace(propose(task), title="改了名")
    task_changes.mend_task(act, task.id, words, "改名")
    assert find(place, "改了名").reports[1].exempt
    refuses(ENTRY_REFUSED, lambda: task_changes.restore_report(act, february, ""), "理由")
    task_changes.restore_report(act, february, "免错了")
    refuses(ACT_REFUSED, lambda: task_changes.restore_report(act, february, "再"), "没有免报")
    task_changes.mend_task(act, task.id, propose(task), "改回")
    assert not find(place, task.title).reports[1].exempt
    assert task_changes.tell_exemptions(place.database, find(place, task.title))["m02"] == (
        Decimal(2),
        Decimal(1),
    )
    # One that is withdrawn where it only waits for its levels holds nobody up.
    waits = tasks.propose_task(act, 1, propose(task, title="还在审的"))
    task_changes.withdraw_task(act, waits, "不再需要")
    assert find(place, "还在审的").state == "withdrawn"


def show(place: Installation, version: int) -> None:
    with place.database.writing() as session:
        session.add(
            Result(
                season_id=1, version=version, facts_sha256="", computed_by="x", computed_at=MORNING
            )
        )
        session.flush()
        session.add(
            Publication(
                season_id=1,
                version=version,
                state="shown",
                notice="",
                notice_sha256="",
                proposed_by="x",
                proposed_at=MORNING,
            )
        )


def test_what_is_shown_is_closed_until_a_correction_opens_it(
    place: Installation, act: Act, leads: dict[str, Actor]
) -> None:
    task = find(place, "重点任务 03-1")
    january = next(each.id for each in task.reports if each.round == "m01")
    grade = lambda code: task_reports.grade_report(  # noqa: E731  (said four times)
        Act(place.database, leads[task.lead], MORNING), january, f"tasks.m01.{code}", ""
    )
    refuses(ACT_REFUSED, lambda: task_closing.reopen_tasks(act, 1, "试试"), "还没有公示")
    grade("a")
    show(place, 1)
    assert task_closing.get_closing(place.database, 1) == Closing(1, ())
    for verb in (
        lambda: grade("d"),
        lambda: task_changes.mend_task(act, task.id, propose(task, weight="3"), "改"),
        lambda: task_changes.withdraw_task(act, task.id, "改"),
        lambda: task_changes.exempt_report(act, january, "改"),
        lambda: task_reports.count_grades(act, 1, "m01"),
        lambda: task_reports.ask_for_reports(act, 1, "m03", MORNING),
    ):
        refuses(ACT_REFUSED, verb, "第 1 版结果已经公示")
    refuses(ENTRY_REFUSED, lambda: task_closing.reopen_tasks(act, 1, ""), "理由")
    task_closing.reopen_tasks(act, 1, "一月档次录错")
    grade("d")
    assert task_closing.get_closing(place.database, 1) == Closing(
        None, (OpenCorrection(1, "一月档次录错", MANAGER.name, MORNING),)
    )
    # Shown again as a correction, it is closed again.
    show(place, 2)
    refuses(ACT_REFUSED, lambda: grade("b"), "第 2 版结果已经公示")
