"""Covers what waits on the board: each colleague sees their own matters, and what is late."""

from datetime import timedelta

import pytest

from evalsvc.domain.acting import Act
from evalsvc.domain.assessing import assessments, task_reports, tasks
from evalsvc.domain.concluding import reviews
from evalsvc.domain.concluding.pending import Pending, Returned, list_pending, list_returned
from tests.cast import AUDITOR, MANAGER, MORNING, Installation
from tests.domain.test_attachments import add_report
from tests.office_cast import (
    LATER,
    add_assessor,
    add_bodies_season,
    add_liaison,
    add_published,
    add_staff,
    ask,
    fill,
)


def test_an_empty_office_waits_for_nothing(place: Installation) -> None:
    assert list_pending(Act(place.database, MANAGER, MORNING)) == ()


def test_sheets_wait_for_their_body_and_then_for_the_office(place: Installation) -> None:
    season_id = add_bodies_season(place)
    ask(place, season_id)
    assessor = add_assessor(place, season_id)
    assert list_pending(Act(place.database, MANAGER, MORNING)) == ()
    assert list_pending(Act(place.database, assessor, MORNING)) == (
        Pending("own_sheets", season_id, 1, 0),
    )
    # The deadline was ten days after the morning; both bodies' sheets are late by then.
    assert list_pending(Act(place.database, MANAGER, LATER)) == (
        Pending("late_sheets", season_id, 2, 2),
    )
    assert list_pending(Act(place.database, AUDITOR, LATER)) == ()
    sheet = (season_id, "year_end", "emergency")
    assessments.save_entries(Act(place.database, assessor, LATER), *sheet, fill(), ())
    assessments.hand_in(Act(place.database, assessor, LATER), *sheet)
    assert list_pending(Act(place.database, assessor, LATER)) == ()
    assert list_pending(Act(place.database, MANAGER, LATER)) == (
        Pending("sheets", season_id, 1, 1),
        Pending("late_sheets", season_id, 1, 1),
    )


@pytest.mark.usefixtures("database_url")
def test_tasks_and_reports_wait_for_whoever_is_next(place: Installation) -> None:
    season_id = add_bodies_season(place)
    report = add_report(place, season_id)
    liaison, lead = add_liaison(place, season_id), add_staff(place, "lead", "assessor")
    assert list_pending(Act(place.database, liaison, MORNING)) == (
        Pending("own_reports", season_id, 1, 0),
    )
    assert list_pending(Act(place.database, liaison, MORNING + timedelta(days=6))) == (
        Pending("own_reports", season_id, 1, 1),
    )
    task_reports.report_task(Act(place.database, liaison, MORNING), report, "已完工")
    assert list_pending(Act(place.database, liaison, LATER)) == ()
    assert list_pending(Act(place.database, lead, MORNING)) == (Pending("grades", season_id, 1, 0),)
    proposal = tasks.Proposal("u01", "u02", "农村供水", "覆盖全县", "", "", "1")
    number = tasks.propose_task(Act(place.database, liaison, MORNING), season_id, proposal)
    assert list_pending(Act(place.database, lead, MORNING)) == (
        Pending("tasks", season_id, 1, 0),
        Pending("grades", season_id, 1, 0),
    )
    tasks.decide_task(Act(place.database, lead, MORNING), number, "", agreed=True)
    assert list_pending(Act(place.database, MANAGER, MORNING)) == (
        Pending("tasks", season_id, 1, 0),
    )


def test_review_requests_wait_for_the_office(place: Installation) -> None:
    season_id = add_published(place)
    liaison = add_liaison(place, season_id)
    text = "对本单位的个性指标得分有疑问，请复核。"
    reviews.ask_review(Act(place.database, liaison, MORNING), season_id, "u01", text)
    assert list_pending(Act(place.database, MANAGER, MORNING)) == (
        Pending("reviews", season_id, 1, 0),
    )
    # Ten days for an answer.
    assert list_pending(Act(place.database, MANAGER, LATER)) == (
        Pending("reviews", season_id, 1, 1),
    )


def test_what_was_sent_back_and_what_is_late_stand_on_their_boards(place: Installation) -> None:
    season_id = add_bodies_season(place)
    add_report(place, season_id)
    liaison, late = add_liaison(place, season_id), MORNING + timedelta(days=6)
    assert Pending("late_reports", season_id, 1, 1) in list_pending(
        Act(place.database, MANAGER, late)
    )
    assert "late_reports" not in {
        each.kind for each in list_pending(Act(place.database, liaison, late))
    }
    lead = add_staff(place, "lead", "assessor")
    proposal = tasks.Proposal("u01", "u02", "农村供水", "覆盖全县", "", "", "1")
    number = tasks.propose_task(Act(place.database, liaison, MORNING), season_id, proposal)
    tasks.decide_task(Act(place.database, lead, MORNING), number, "没有进度安排", agreed=False)
    returned = Returned(season_id, number, "农村供水", "lead", "没有进度安排")
    assert list_returned(Act(place.database, liaison, MORNING)) == (returned,)
    assert list_returned(Act(place.database, lead, MORNING)) == ()
