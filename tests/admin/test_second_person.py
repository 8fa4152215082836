"""Publishing, finality, archive and destruction take two people, who see what they agree to."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import delete

from evalsvc.app import create_app
from evalsvc.clock import now
from evalsvc.domain.acting import Act
from evalsvc.domain.concluding import publications, publishing
from evalsvc.domain.concluding.results import compute_result
from evalsvc.domain.facts_mark import of_season
from evalsvc.domain.office_days import office_day
from evalsvc.domain.people import approvals
from evalsvc.errors import SECOND_PERSON, Problem
from evalsvc.models.figures import Indicator
from evalsvc.models.publication import Publication
from tests.admin.conftest import Clerk
from tests.cast import AUDITOR, MANAGER, MORNING, Installation
from tests.office_cast import SECRETS, add_computed, shut_boxes


@pytest.fixture
def app(installation: Installation) -> Iterator[Flask]:
    """An office that is not a small one."""
    made = create_app(replace(installation.settings, small_office=False))
    made.testing = True
    yield made
    made.extensions["evalsvc"].database.close()


def get_state(installation: Installation, season_id: int) -> str:
    return publications.list_publications(installation.database, season_id)[0].state


def end_periods(installation: Installation, season_id: int) -> None:
    """As if the periods were over."""
    with installation.database.writing() as session:
        row = session.get_one(Publication, (season_id, 1))
        row.first_day, row.last_day, row.review_until = "2018-12-01", "2018-12-05", "2018-12-10"


def test_two_people_publish_make_final_and_archive(
    installation: Installation,
    manager: Clerk,
    seat: Callable[[str], Clerk],
    started: list[tuple[str, Mapping[str, str]]],
) -> None:
    season_id = add_computed(installation)
    place, auditor = f"/seasons/{season_id}/publication", seat("auditor")
    today = office_day(now())
    manager.post(place)
    period = {
        "first_day": today.isoformat(),
        "last_day": (today + timedelta(days=6)).isoformat(),
        "audience": "public",
        "extent": "all",
    }
    for verb, data, before, after in (
        ("period", period, "proposed", "shown"),
        ("final", {}, "shown", "final"),
    ):
        assert manager.post(f"{place}/1/{verb}", data).status == 302
        assert get_state(installation, season_id) == before
        assert manager.post(f"{place}/1/{verb}", data).has("已经有人提出，等第二人决定")
        assert manager.get(place).has("等第二个人决定")
        number = 1 if verb == "period" else 2
        # Not by oneself.
        own = manager.post(f"/approvals/{number}/decision", {"decision": "agree"})
        assert own.status == 403
        agreed = auditor.post(f"/approvals/{number}/decision", {"decision": "agree"})
        assert agreed.location == f"/office{place}"
        assert get_state(installation, season_id) == after
        end_periods(installation, season_id)
    manager.post(f"{place}/1/archive")
    assert started == []
    auditor.post("/approvals/3/decision", {"decision": "agree"})
    (_, given), *others = started
    assert others == []
    assert {"approval": "3", "version": "1"}.items() <= given.items()


def test_what_is_wrong_is_said_to_who_proposes(installation: Installation, manager: Clerk) -> None:
    season_id = add_computed(installation)
    place = f"/seasons/{season_id}/publication"
    manager.post(place)
    past = {"first_day": "2018-12-01", "last_day": "2018-12-05", "audience": "public"}
    page = manager.post(f"{place}/1/period", {**past, "extent": "all"})
    assert page.has("公示第一天不能早于今天")
    assert manager.post(f"{place}/1/archive").has("这个版本现在是“拟定”")


def test_what_was_agreed_and_cannot_be_done_any_more_stands_in_nobodys_way(
    installation: Installation, seat: Callable[[str], Clerk]
) -> None:
    """The period has begun before the second person agreed, and the proposer is away."""
    season_id = add_computed(installation)
    act = Act(installation.database, MANAGER, MORNING)
    today = office_day(now()).isoformat()
    settings = replace(installation.settings, small_office=False)
    said = {"version": "1", "first_day": today, "last_day": today, "audience": "public"}
    number = approvals.propose(act, settings, "begin_publicity", season_id, None, "", said)
    agreed = approvals.decide(Act(installation.database, AUDITOR, MORNING), number, agreed=True)
    assert agreed.state == "approved"
    other = seat("plain")
    assert other.get(f"/seasons/{season_id}/publication").has("撤回")
    assert seat("auditor").post(f"/approvals/{number}/withdrawal").status == 404
    assert other.post(f"/approvals/{number}/withdrawal").status == 302
    assert approvals.list_waiting(installation.database, season_id=season_id) == ()


def test_no_verb_is_done_by_one(installation: Installation) -> None:
    season_id = add_computed(installation)
    act = Act(installation.database, MANAGER, MORNING)
    settings = replace(installation.settings, small_office=False)
    publishing.propose(act, season_id, "")
    period = publishing.Period(office_day(MORNING), office_day(MORNING) + timedelta(days=6))
    with pytest.raises(Problem) as refused:
        publishing.begin_publicity(act, settings, season_id, 1, period)
    assert refused.value.kind is SECOND_PERSON
    assert get_state(installation, season_id) == "proposed"


def test_a_result_without_its_rounds_is_refused_by_name(
    installation: Installation, manager: Clerk
) -> None:
    season_id = add_computed(installation)
    shut_boxes(installation, season_id)
    with installation.database.writing() as session:
        session.execute(
            delete(Indicator).where(Indicator.component == SECRETS),
            execution_options=of_season(season_id),
        )
    place = f"/seasons/{season_id}/publication"
    assert manager.get(place).has(
        "结果还不完整，是暂定的，不能公布：",
        "“半年”的票箱还没有打开，结果里没有这些答卷",
        "“年终”的票箱还没有打开，结果里没有这些答卷",
        "“年终”还有 10 个指标数没有录入",
    )
    compute_result(Act(installation.database, MANAGER, MORNING), installation.settings, season_id)
    missing = "“半年、年终”的票箱还没有打开，“年终”还有10个数没有录入"
    refused = manager.post(place)
    assert refused.status == 409
    assert refused.has(f"结果还是暂定的：{missing}")
    assert publications.list_publications(installation.database, season_id) == ()
    page = manager.get(f"/seasons/{season_id}/results")
    assert page.has("暂定，不是结果：", missing, "暂定名次", "暂定总分")
    assert manager.get(f"/seasons/{season_id}/results/u01").has("暂定，不是结果：", missing)
