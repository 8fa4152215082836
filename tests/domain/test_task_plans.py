"""A plan goes through four levels as one list: whole, or sent back with remarks by row."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from evalsvc.domain import seasons
from evalsvc.domain.acting import Act
from evalsvc.domain.actor import Actor
from evalsvc.domain.assessing import task_list, task_pages, task_plans, task_reports, tasks
from evalsvc.domain.assessing.task_plans import PlanRow, Said
from evalsvc.domain.assessing.tasks import Decision, Proposal
from evalsvc.domain.concluding import pending
from evalsvc.domain.people import bodies
from evalsvc.domain.preparing.figures import list_indicators
from evalsvc.errors import ACT_REFUSED, ENTRY_REFUSED, NOT_YOURS, Kind, Problem
from evalsvc.scheme.presets import get_preset_text
from tests.cast import MANAGER, MORNING, Installation, build_installation
from tests.office_cast import add_golmud, add_liaison, add_staff

LEVELS = ("lead1", "lead2", "manager", "leader", "leading_group")


def propose(unit: str, lead: str, title: str) -> PlanRow:
    return PlanRow(Proposal(unit, lead, title, "按季度推进", "", "", "1"))


ROWS = (propose("u03", "u01", "公路"), propose("u03", "u02", "桥梁"), propose("u03", "u02", "供水"))


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Installation]:
    built = build_installation(tmp_path)
    add_golmud(built)
    yield built
    built.database.close()


@pytest.fixture
def people(place: Installation) -> dict[str, Actor]:
    """Leads of u01 and u02, the office, a leader, and the leading group."""
    found = {"manager": MANAGER, "liaison": add_liaison(place, 1, "u03")}
    bound = {"lead1": "u01", "lead2": "u02", "leader": "leader", "leading_group": "leading_group"}
    for login, body in bound.items():
        found[login] = add_staff(place, login, "assessor")
        bodies.bind_member(Act(place.database, MANAGER, MORNING), 1, login, body)
    return found


def refuses(kind: Kind, act: Callable[[], object], said: str = "") -> None:
    with pytest.raises(Problem) as found:
        act()
    assert found.value.kind is kind
    assert said in found.value.text.zh


def waiting(place: Installation, actor: Actor) -> tuple[int, ...]:
    return task_pages.list_waiting(
        place.database, 1, task_pages.read_eyes(place.database, 1, actor)
    )


def agree(place: Installation, actor: Actor, **returned: str) -> None:
    """To all that waits for them, but those that are sent back with a remark."""
    titles = {task.id: task.title for task in task_list.list_tasks(place.database, 1)}
    said = [
        Decision(task, returned.get(titles[task], ""), titles[task] not in returned)
        for task in waiting(place, actor)
    ]
    tasks.decide_tasks(Act(place.database, actor, MORNING), 1, said)


def stand(place: Installation) -> dict[str, tuple[str, str]]:
    found = task_list.list_tasks(place.database, 1)
    return {task.title: (task.state, task.level) for task in found}


def view(place: Installation) -> task_plans.PlanView:
    eyes = task_pages.read_eyes(place.database, 1, MANAGER)
    (found,) = task_plans.list_plans(place.database, 1, eyes)
    return found


def test_a_whole_plan_is_agreed_to_in_one_act_a_level(
    place: Installation, people: dict[str, Actor]
) -> None:
    assert task_plans.enter_plan(Act(place.database, people["liaison"], MORNING), 1, ROWS) == (3, 0)
    assert (view(place).level, [lead.zh for lead in view(place).leads]) == (
        "lead",
        ["部门01", "部门02"],
    )
    agree(place, people["lead1"])
    # Of two leads one has not said anything yet, so that the office has no list to decide on.
    assert waiting(place, MANAGER) == ()
    assert [each.kind for each in pending.list_pending(Act(place.database, MANAGER, MORNING))] == []
    agree(place, people["lead2"])
    for level in LEVELS[2:]:
        assert len(waiting(place, people[level])) == 3
        agree(place, people[level])
    assert set(stand(place).values()) == {("standing", "")}
    assert view(place).said == tuple(
        Said(level, by, n, 0, MORNING, MORNING)
        for level, by, n in (
            ("lead", "lead1", 1),
            ("lead", "lead2", 2),
            ("office", "manager", 3),
            ("leader", "leader", 3),
            ("leading_group", "leading_group", 3),
        )
    )
    assert (view(place).level, view(place).counts) == ("", {"standing": 3})


def test_what_is_sent_back_by_row_is_mended_alone_and_the_rest_waits_for_it(
    place: Installation, people: dict[str, Actor]
) -> None:
    act = Act(place.database, people["liaison"], MORNING)
    task_plans.enter_plan(act, 1, ROWS)
    agree(place, people["lead1"])
    agree(place, people["lead2"])
    agree(place, MANAGER, 桥梁="目标不清")
    assert stand(place) == {
        "公路": ("waiting", "leader"),
        "桥梁": ("returned", ""),
        "供水": ("waiting", "leader"),
    }
    # The leader decides on a whole list, and so not yet on this one.
    assert waiting(place, people["leader"]) == ()
    road = task_list.list_tasks(place.database, 1)[0]
    refuses(
        ACT_REFUSED,
        lambda: tasks.decide_task(
            Act(place.database, people["leader"], MORNING), road.id, "", agreed=True
        ),
        "等齐了一起审",
    )
    (back,) = pending.list_returned(act)
    assert (back.title, back.reason) == ("桥梁", "目标不清")
    mended = replace(ROWS[1].proposal, target="建成桥梁两座")
    assert task_plans.enter_plan(act, 1, (PlanRow(mended, back.task_id),)) == (0, 1)
    # Only the mended row is seen again by those who have agreed to the rest.
    assert len(waiting(place, people["lead2"])) == 1
    agree(place, people["lead2"])
    assert len(waiting(place, MANAGER)) == 1
    agree(place, MANAGER)
    assert len(waiting(place, people["leader"])) == 3
    for level in ("leader", "leading_group"):
        agree(place, people[level])
    assert set(stand(place).values()) == {("standing", "")}
    assert [(each.level, each.by, each.agreed, each.returned) for each in view(place).said] == [
        ("lead", "lead1", 1, 0),
        ("lead", "lead2", 3, 0),
        ("office", "manager", 3, 1),
        ("leader", "leader", 3, 0),
        ("leading_group", "leading_group", 3, 0),
    ]


def test_all_rows_of_a_plan_are_proposed_or_none(
    place: Installation, people: dict[str, Actor]
) -> None:
    act = Act(place.database, people["liaison"], MORNING)
    other = (*ROWS, propose("u02", "u01", "别家的任务"))
    refuses(NOT_YOURS, lambda: task_plans.enter_plan(act, 1, other))
    refuses(ENTRY_REFUSED, lambda: task_plans.enter_plan(act, 1, ()), "没有任务")
    wrong = (*ROWS, propose("u03", "u99", "没有牵头单位"))
    refuses(ENTRY_REFUSED, lambda: task_plans.enter_plan(act, 1, wrong))
    assert stand(place) == {}


def test_tasks_that_join_alone_wait_for_no_list(
    place: Installation, people: dict[str, Actor]
) -> None:
    act = Act(place.database, people["liaison"], MORNING)
    task_plans.enter_plan(act, 1, ROWS)
    alone = tasks.propose_task(act, 1, propose("u03", "u01", "单独提的").proposal)
    agree(place, people["lead1"])
    assert waiting(place, MANAGER) == (alone,)


def test_a_task_is_reported_on_in_its_rounds_alone_and_missing_in_no_other(
    place: Installation, people: dict[str, Actor]
) -> None:
    """公路 every month, 桥梁 in March; u04's one task is due in March alone.

    In January u03 carries 公路 (weight 1, good), and u04 nothing at all: it has no January.
    """
    seasons.change_scheme(Act(place.database, MANAGER, MORNING), 1, get_preset_text("golmud"))
    march = ("m03",)
    rows = (
        ROWS[0],
        PlanRow(replace(ROWS[1].proposal, rounds=march)),
        PlanRow(replace(propose("u04", "u02", "年初不报的").proposal, rounds=march)),
    )
    act = Act(place.database, MANAGER, MORNING)
    task_plans.enter_plan(act, 1, rows)
    for level in ("lead1", "lead2", "manager", "leader", "leading_group"):
        agree(place, people[level])
    refuses(
        ENTRY_REFUSED,
        lambda: tasks.propose_task(act, 1, replace(ROWS[0].proposal, rounds=("m13",))),
        "没有这个轮次",
    )
    assert [task_reports.ask_for_reports(act, 1, code, MORNING) for code in ("m01", "m03")] == [
        1,
        3,
    ]
    eyes = task_pages.read_eyes(place.database, 1, MANAGER)
    query = task_pages.TaskQuery("m01")
    page = task_pages.list_page(place.database, 1, query, eyes, MORNING)
    assert (page.counts["all"], page.counts["unreported"]) == (1, 1)
    report = task_list.list_tasks(place.database, 1)[0].reports[0].id
    task_reports.report_task(Act(place.database, people["liaison"], MORNING), report, "完成")
    grade = Act(place.database, people["lead1"], MORNING)
    task_reports.grade_report(grade, report, "tasks.m01.b", "")
    assert task_reports.count_grades(act, 1, "m01") == 1
    figures = {(f.unit, f.component): f.value for f in list_indicators(place.database, 1)}
    assert figures["u03", "tasks.m01.b"] == "1"
    assert figures["u04", "tasks.m01.b"] is None


def test_a_round_in_which_nothing_is_due_asks_for_nothing(
    place: Installation, people: dict[str, Actor]
) -> None:
    act = Act(place.database, MANAGER, MORNING)
    task_plans.enter_plan(act, 1, (PlanRow(replace(ROWS[0].proposal, rounds=("m03",))),))
    for level in ("lead1", "manager", "leader", "leading_group"):
        agree(place, people[level])
    refuses(
        ACT_REFUSED, lambda: task_reports.ask_for_reports(act, 1, "m02", MORNING), "没有要报的任务"
    )
