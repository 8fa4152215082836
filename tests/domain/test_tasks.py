"""Covers tasks of the year: four levels agree, units report, lead bodies grade, grades count."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from evalsvc.domain import seasons
from evalsvc.domain.acting import Act
from evalsvc.domain.actor import Actor
from evalsvc.domain.assessing import task_list, task_reports, tasks
from evalsvc.domain.assessing.task_reports import Grading, Progress
from evalsvc.domain.assessing.tasks import Decision, Proposal
from evalsvc.domain.people import bodies, liaisons
from evalsvc.domain.preparing.figures import list_indicators
from evalsvc.errors import (
    ACT_REFUSED,
    ENTRY_REFUSED,
    NOT_ALLOWED,
    NOT_FOUND,
    NOT_YOURS,
    Kind,
    Problem,
)
from evalsvc.models.staff import Staff
from evalsvc.scheme.presets import get_preset_text, load_preset
from tests.cast import MANAGER, MORNING, Installation, add_panshan
from tests.office_cast import add_liaison, add_staff

ROADS = Proposal("u01", "u02", "农村公路改造", "改造农村公路120公里", "120", "100", "2")


@pytest.fixture
def season_id(place: Installation) -> int:
    return add_panshan(place)


@pytest.fixture
def levels(place: Installation, season_id: int) -> dict[str, Actor]:
    """Whoever speaks for each of the four levels."""
    found = {"office": MANAGER}
    for login, body in (("lead", "u02"), ("leader", "leader"), ("group", "leading_group")):
        actor = add_staff(place, login, "assessor")
        bodies.bind_member(Act(place.database, MANAGER, MORNING), season_id, login, body)
        found["leading_group" if login == "group" else login] = actor
    return found


def refuses(kind: Kind, act: Callable[[], object], said: str = "") -> None:
    with pytest.raises(Problem) as found:
        act()
    assert found.value.kind is kind
    assert said in found.value.text.zh


def agree(place: Installation, task_id: int, actor: Actor) -> None:
    tasks.decide_task(Act(place.database, actor, MORNING), task_id, "", agreed=True)


def make_stand(
    place: Installation, season_id: int, levels: dict[str, Actor], task: Proposal
) -> int:
    task_id = tasks.propose_task(Act(place.database, MANAGER, MORNING), season_id, task)
    for level in ("lead", "office", "leader", "leading_group"):
        agree(place, task_id, levels[level])
    return task_id


def test_four_levels_agree_in_their_order(
    place: Installation, season_id: int, levels: dict[str, Actor]
) -> None:
    liaison = add_liaison(place, season_id, "u01")
    task_id = tasks.propose_task(Act(place.database, liaison, MORNING), season_id, ROADS)
    refuses(NOT_YOURS, lambda: agree(place, task_id, levels["leader"]))
    agree(place, task_id, levels["lead"])
    refuses(NOT_ALLOWED, lambda: agree(place, task_id, levels["lead"]))
    for level in ("office", "leader", "leading_group"):
        agree(place, task_id, levels[level])
    (task,) = task_list.list_tasks(place.database, season_id)
    assert (task.state, task.level) == ("standing", "")
    assert [each.level for each in task.decisions] == ["lead", "office", "leader", "leading_group"]
    refuses(ACT_REFUSED, lambda: agree(place, task_id, levels["leading_group"]))


def test_one_person_does_not_speak_for_two_levels(
    place: Installation, season_id: int, levels: dict[str, Actor]
) -> None:
    bodies.bind_member(Act(place.database, MANAGER, MORNING), season_id, "leader", "leading_group")
    task_id = tasks.propose_task(Act(place.database, MANAGER, MORNING), season_id, ROADS)
    for level in ("lead", "office", "leader"):
        agree(place, task_id, levels[level])
    refuses(ACT_REFUSED, lambda: agree(place, task_id, levels["leader"]), "不同的人")


def test_what_is_sent_back_is_mended_and_seen_anew(
    place: Installation, season_id: int, levels: dict[str, Actor]
) -> None:
    task_id = tasks.propose_task(Act(place.database, MANAGER, MORNING), season_id, ROADS)
    agree(place, task_id, levels["lead"])
    database = place.database
    refuses(
        ENTRY_REFUSED,
        lambda: tasks.decide_task(Act(database, MANAGER, MORNING), task_id, " ", agreed=False),
        "写明理由",
    )
    tasks.decide_task(Act(database, MANAGER, MORNING), task_id, "没有进展安排", agreed=False)
    (task,) = task_list.list_tasks(database, season_id)
    assert (task.state, task.level, task.decisions[-1].reason) == ("returned", "", "没有进展安排")
    mended = replace(ROADS, target="每季度改造30公里")
    tasks.resubmit_task(Act(database, MANAGER, MORNING), task_id, mended)
    refuses(
        ACT_REFUSED, lambda: tasks.resubmit_task(Act(database, MANAGER, MORNING), task_id, mended)
    )
    for level in ("lead", "office", "leader", "leading_group"):
        agree(place, task_id, levels[level])
    (task,) = task_list.list_tasks(database, season_id)
    assert (task.state, task.target, len(task.decisions)) == ("standing", "每季度改造30公里", 6)


@pytest.mark.parametrize(
    ("figure", "last_year", "lowers"),
    [("99.9", "100", True), ("100", "100.0", False), ("120", "100", False), ("90", "", False)],
)
def test_a_target_below_last_years_is_pointed_out(
    place: Installation, season_id: int, figure: str, last_year: str, lowers: bool
) -> None:
    proposal = replace(ROADS, figure=figure, last_year=last_year, lowered="情况有变")
    tasks.propose_task(Act(place.database, MANAGER, MORNING), season_id, proposal)
    (task,) = task_list.list_tasks(place.database, season_id)
    assert task.lowers_target is lowers


@pytest.mark.parametrize(
    "wrong",
    [
        {"title": " "},
        {"target": ""},
        {"figure": "很多"},
        {"last_year": "1e99"},
        {"weight": "0"},
        {"weight": ""},
        {"unit": "u99"},
        {"lead": "leader"},
        {"title": "长" * 121},
    ],
)
def test_a_proposal_that_says_too_little_is_refused(
    place: Installation, season_id: int, wrong: dict[str, str]
) -> None:
    proposal = replace(ROADS, **wrong)
    refuses(
        ENTRY_REFUSED,
        lambda: tasks.propose_task(Act(place.database, MANAGER, MORNING), season_id, proposal),
    )


def test_a_liaison_proposes_for_the_own_unit_only(place: Installation, season_id: int) -> None:
    liaison = add_liaison(place, season_id, "u03")
    refuses(
        NOT_YOURS,
        lambda: tasks.propose_task(Act(place.database, liaison, MORNING), season_id, ROADS),
    )


def test_reports_are_given_in_time_or_late_and_graded_by_the_lead(
    place: Installation, season_id: int, levels: dict[str, Actor]
) -> None:
    database = place.database
    liaison = add_liaison(place, season_id, "u01")
    refuses(
        ACT_REFUSED,
        lambda: task_reports.ask_for_reports(
            Act(database, MANAGER, MORNING), season_id, "year_end", MORNING
        ),
        "没有审定",
    )
    make_stand(place, season_id, levels, ROADS)
    due = MORNING + timedelta(days=3)
    assert (
        task_reports.ask_for_reports(Act(database, MANAGER, MORNING), season_id, "year_end", due)
        == 1
    )
    report = task_list.list_tasks(database, season_id)[0].reports[0]
    assert [report.is_overdue(due), report.is_overdue(due + timedelta(seconds=1))] == [False, True]
    refuses(
        ACT_REFUSED,
        lambda: task_reports.grade_report(
            Act(database, levels["lead"], MORNING), report.id, "good", ""
        ),
        "还没有报告",
    )
    refuses(
        NOT_YOURS,
        lambda: task_reports.report_task(
            Act(database, add_staff(place, "other", "liaison"), MORNING), report.id, "已完成"
        ),
    )
    late = due + timedelta(days=1)
    task_reports.report_task(Act(database, liaison, late), report.id, "完成60公里")
    refuses(
        NOT_YOURS,
        lambda: task_reports.grade_report(
            Act(database, levels["leader"], late), report.id, "good", ""
        ),
    )
    refuses(
        ENTRY_REFUSED,
        lambda: task_reports.grade_report(
            Act(database, levels["lead"], late), report.id, "superb", ""
        ),
    )
    task_reports.grade_report(Act(database, levels["lead"], late), report.id, "good", "进度过半")
    given = task_list.list_tasks(database, season_id)[0].reports[0]
    assert (given.was_late, given.is_overdue(late), given.grade, given.note) == (
        True,
        False,
        "good",
        "进度过半",
    )
    refuses(
        ACT_REFUSED,
        lambda: task_reports.report_task(Act(database, liaison, late), report.id, "完成80公里"),
        "已经评过",
    )
    # Panshan's score knows no grades of tasks.
    refuses(
        ACT_REFUSED,
        lambda: task_reports.count_grades(Act(database, MANAGER, late), season_id, "year_end"),
        "没有用到",
    )


def test_a_liaison_bound_twice_is_bound_once(place: Installation, season_id: int) -> None:
    for _ in range(2):
        add_liaison(place, season_id, "u01")
    assert [each.code for each in liaisons.list_liaisons(place.database, season_id)] == ["u01"]
    liaisons.unbind_liaison(Act(place.database, MANAGER, MORNING), season_id, "liaison", "u01")
    liaisons.unbind_liaison(Act(place.database, MANAGER, MORNING), season_id, "liaison", "u01")
    assert liaisons.list_liaisons(place.database, season_id) == ()


def test_grades_of_a_month_become_the_figures_that_the_score_asks_for(
    place: Installation, season_id: int, levels: dict[str, Actor]
) -> None:
    """u01 has tasks of weight 2 graded 优 and 0.5 graded 中; u03 one of weight 1 graded 差."""
    database = place.database
    seasons.change_scheme(Act(database, MANAGER, MORNING), season_id, get_preset_text("golmud"))
    reporters = {unit: add_staff(place, f"of-{unit}", "liaison") for unit in ("u01", "u03")}
    for unit, actor in reporters.items():
        liaisons.bind_liaison(Act(database, MANAGER, MORNING), season_id, actor.login, unit)
    for task in (ROADS, replace(ROADS, weight="0.5"), replace(ROADS, unit="u03", weight="1")):
        make_stand(place, season_id, levels, task)
    task_reports.ask_for_reports(Act(database, MANAGER, MORNING), season_id, "m01", MORNING)
    grades = ("tasks.m01.a", "tasks.m01.c", "tasks.m01.d")
    for found, grade in zip(task_list.list_tasks(database, season_id), grades, strict=True):
        report = found.reports[0].id
        refuses(
            ACT_REFUSED,
            lambda: task_reports.count_grades(Act(database, MANAGER, MORNING), season_id, "m01"),
            "没有评档",
        )
        task_reports.report_task(Act(database, reporters[found.unit], MORNING), report, "完成")
        task_reports.grade_report(Act(database, levels["lead"], MORNING), report, grade, "")
    assert task_reports.count_grades(Act(database, MANAGER, MORNING), season_id, "m01") == 2
    figures = list_indicators(database, season_id)
    assert {(f.unit, f.component[-1]): f.value for f in figures if f.unit <= "u03"} == {
        ("u01", "a"): "2",
        ("u01", "b"): "0",
        ("u01", "c"): "0.5",
        ("u01", "d"): "0",
        ("u02", "a"): None,
        ("u02", "b"): None,
        ("u02", "c"): None,
        ("u02", "d"): None,
        ("u03", "a"): "0",
        ("u03", "b"): "0",
        ("u03", "c"): "0",
        ("u03", "d"): "1",
    }


def test_grades_are_called_as_the_scheme_calls_them() -> None:
    scheme = load_preset("golmud")
    names = task_reports.list_grades(scheme, "m01")
    assert {code: (name.zh, name.en) for code, name in names.items()} == {
        "tasks.m01.a": ("优", "Excellent"),
        "tasks.m01.b": ("良", "Good"),
        "tasks.m01.c": ("中", "Fair"),
        "tasks.m01.d": ("差", "Poor"),
    }


def test_a_unit_that_leads_its_own_task_is_graded_by_the_office(
    place: Installation, season_id: int, levels: dict[str, Actor]
) -> None:
    own = replace(ROADS, unit="u02", lead="u02")
    task_id = make_stand(place, season_id, levels, own)
    act = Act(place.database, MANAGER, MORNING)
    task_reports.ask_for_reports(act, season_id, "year_end", MORNING + timedelta(days=1))
    report = task_list.get_task(place.database, task_id).reports[0].id
    liaison = add_liaison(place, season_id, "u02")
    task_reports.report_task(Act(place.database, liaison, MORNING), report, "已完成")
    lead = Act(place.database, levels["lead"], MORNING)
    refuses(ACT_REFUSED, lambda: task_reports.grade_report(lead, report, "good", ""), "考评办评档")
    task_reports.grade_report(act, report, "good", "")
    assert task_list.get_task(place.database, task_id).reports[0].grade == "good"


def test_nobody_grades_a_unit_that_they_speak_for(
    place: Installation, season_id: int, levels: dict[str, Actor]
) -> None:
    task_id = make_stand(place, season_id, levels, ROADS)
    act = Act(place.database, MANAGER, MORNING)
    task_reports.ask_for_reports(act, season_id, "year_end", MORNING + timedelta(days=1))
    report = task_list.get_task(place.database, task_id).reports[0].id
    liaison = add_liaison(place, season_id, "u01")
    task_reports.report_task(Act(place.database, liaison, MORNING), report, "已完成")
    with place.database.writing() as session:
        session.get_one(Staff, levels["lead"].staff_id).roles = "assessor,liaison"
    liaisons.bind_liaison(act, season_id, "lead", "u01")
    lead = Act(place.database, levels["lead"], MORNING)
    refuses(
        ACT_REFUSED, lambda: task_reports.grade_report(lead, report, "good", ""), "您联络的单位"
    )


def test_several_are_graded_together_or_not_at_all(
    place: Installation, season_id: int, levels: dict[str, Actor]
) -> None:
    for title in ("公路", "桥梁"):
        make_stand(place, season_id, levels, replace(ROADS, title=title))
    act = Act(place.database, MANAGER, MORNING)
    task_reports.ask_for_reports(act, season_id, "year_end", MORNING + timedelta(days=1))
    liaison = add_liaison(place, season_id, "u01")
    first, second = (task.reports[0].id for task in task_list.list_tasks(place.database, season_id))
    texts = {first: Progress("完成一半"), second: Progress("已完成")}
    task_reports.report_tasks(Act(place.database, liaison, MORNING), season_id, texts)
    lead = Act(place.database, levels["lead"], MORNING)
    wrong = [Grading(first, "good", ""), Grading(second, "moon", "")]
    refuses(ENTRY_REFUSED, lambda: task_reports.grade_reports(lead, season_id, wrong))
    refuses(ENTRY_REFUSED, lambda: task_reports.grade_reports(lead, season_id, ()))
    both = [Grading(first, "good", "再快些"), Grading(second, "excellent", "")]
    refuses(NOT_FOUND, lambda: task_reports.grade_reports(lead, season_id + 1, both))
    assert [t.reports[0].grade for t in task_list.list_tasks(place.database, season_id)] == ["", ""]
    task_reports.grade_reports(lead, season_id, both)
    found = [task.reports[0] for task in task_list.list_tasks(place.database, season_id)]
    assert [(r.grade, r.note) for r in found] == [("good", "再快些"), ("excellent", "")]


def test_a_list_of_tasks_is_agreed_to_with_remarks_by_row(
    place: Installation, season_id: int, levels: dict[str, Actor]
) -> None:
    act = Act(place.database, MANAGER, MORNING)
    ids = [
        tasks.propose_task(act, season_id, replace(ROADS, title=title)) for title in ("路", "桥梁")
    ]
    lead = Act(place.database, levels["lead"], MORNING)
    without = [Decision(ids[0], "", agreed=True), Decision(ids[1], "", agreed=False)]
    refuses(ENTRY_REFUSED, lambda: tasks.decide_tasks(lead, season_id, without), "“桥梁”没有写")
    said = [Decision(ids[0], "", agreed=True), Decision(ids[1], "目标不清", agreed=False)]
    tasks.decide_tasks(lead, season_id, said)
    found = task_list.list_tasks(place.database, season_id)
    assert [(t.state, t.level, t.decisions[-1].reason) for t in found] == [
        ("waiting", "office", ""),
        ("returned", "", "目标不清"),
    ]


def test_a_target_below_last_years_needs_a_reason_and_the_offices_word(
    place: Installation, season_id: int, levels: dict[str, Actor]
) -> None:
    act = Act(place.database, MANAGER, MORNING)
    low = replace(ROADS, figure="90", last_year="100")
    refuses(ENTRY_REFUSED, lambda: tasks.propose_task(act, season_id, low), "要写明理由")
    task_id = tasks.propose_task(act, season_id, replace(low, lowered="上年含一次性工程"))
    agree(place, task_id, levels["lead"])
    refuses(ENTRY_REFUSED, lambda: agree(place, task_id, MANAGER), "考评办同意要写明理由")
    tasks.decide_task(act, task_id, "核实过，同意调低", agreed=True)
    task = task_list.get_task(place.database, task_id)
    assert (task.lowered, task.level) == ("上年含一次性工程", "leader")


def test_a_reason_is_not_kept_where_nothing_is_lowered(place: Installation, season_id: int) -> None:
    act = Act(place.database, MANAGER, MORNING)
    task_id = tasks.propose_task(act, season_id, replace(ROADS, lowered="多余的话"))
    assert task_list.get_task(place.database, task_id).lowered == ""
