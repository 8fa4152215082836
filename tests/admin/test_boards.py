"""At every state of a season each role's board names its next act, or says that there is none."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from evalsvc.app import create_app
from evalsvc.clock import now
from evalsvc.domain.acting import Act
from evalsvc.domain.concluding import publishing, results
from evalsvc.domain.office_days import office_day
from evalsvc.domain.people import approvals
from evalsvc.models.approval import Approval
from evalsvc.models.publication import Publication, ReviewRequest
from evalsvc.models.season import Round
from tests.admin.conftest import Clerk
from tests.cast import MANAGER, Installation, add_panshan
from tests.office_cast import add_figures, add_liaison, complete

ROLES = ("plain", "dist", "custodian", "auditor", "liaison", "assessor", "counter", "admin")
NOBODY: Mapping[str, str] = {}
MANAGERS = "plain"


@pytest.fixture
def app(installation: Installation) -> Iterator[Flask]:
    """An office of more than one."""
    made = create_app(replace(installation.settings, small_office=False))
    made.testing = True
    yield made
    made.extensions["evalsvc"].database.close()


class Year:
    """A season set from state to state: how each verb gets there is tested where it belongs."""

    def __init__(self, installation: Installation) -> None:
        self.place = installation
        self.season_id = add_panshan(installation)
        add_liaison(installation, self.season_id)

    @property
    def act(self) -> Act:
        return Act(self.place.database, MANAGER, now())

    def set_rounds(self, **columns: Any) -> None:
        with self.place.database.writing() as session:
            for row in session.scalars(select(Round)):
                for name, value in columns.items():
                    setattr(row, name, value)

    def set_version(self, **columns: Any) -> None:
        with self.place.database.writing() as session:
            row = session.get_one(Publication, (self.season_id, 1))
            for name, value in columns.items():
                setattr(row, name, value)

    def compute(self) -> None:
        results.compute_result(self.act, self.place.settings, self.season_id)

    def ask(self, kind: str, round_id: int | None = None) -> None:
        settings = replace(self.place.settings, small_office=False)
        approvals.propose(self.act, settings, kind, self.season_id, round_id, "", {})

    def end_asking(self) -> None:
        with self.place.database.writing() as session:
            for row in session.scalars(select(Approval)):
                row.state = "done"

    def ask_review(self, state: str) -> None:
        with self.place.database.writing() as session:
            row = session.scalar(select(ReviewRequest)) or ReviewRequest(
                season_id=self.season_id,
                version=1,
                unit="u01",
                text="请复核",
                asked_by="liaison",
                asked_at=now(),
                answer_until=office_day(now()).isoformat(),
            )
            row.state = state
            session.add(row)


@pytest.mark.slow
def test_every_board_names_what_waits_for_it_at_every_state(
    installation: Installation, seat: Callable[[str], Clerk]
) -> None:
    clerks = {login: seat(login) for login in ROLES}
    year, moment, today = Year(installation), now(), office_day(now())

    def look(state: str, named: Mapping[str, str]) -> None:
        for login, clerk in clerks.items():
            page = clerk.get("/")
            idle = "没有等您办的事" in page.text
            assert idle is (login not in named), (state, login, page.text)
            if login in named:
                assert page.has(named[login]), (state, login)

    figures = {MANAGERS: "导入指标和加减分"}
    look("roster", {**figures, "custodian": "生成票箱密钥"})
    year.set_rounds(public_key=b"k" * 32)
    look("keys", {**figures, "custodian": "演练开箱"})
    year.set_rounds(rehearsed_at=moment)
    look("rehearsed", {**figures, "dist": "发码、印制评价信"})
    year.set_rounds(state="issued", deadline=moment + timedelta(days=9))
    add_figures(installation, year.season_id)
    look("issued", {MANAGERS: "开始接收答卷"})
    with installation.database.reading() as session:
        rounds = session.scalars(select(Round.id)).all()
    for round_id in rounds:
        year.ask("open_round", round_id)
    look("asked to open", {MANAGERS: "同意", "auditor": "封存名册、开始接收答卷"})
    year.end_asking()
    year.set_rounds(state="open", opened_at=moment)
    look("open", NOBODY)
    year.set_rounds(state="closed", closed_at=moment)
    look("closed", {"custodian": "打开票箱"})
    year.set_rounds(state="counted", counted_at=moment)
    look("counted", {MANAGERS: "计算结果"})
    year.compute()
    look("computed", {MANAGERS: "拟定公布的版本"})
    publishing.propose(year.act, year.season_id, "")
    look("proposed", {MANAGERS: "开始公示"})
    year.ask("begin_publicity")
    look("asked to show", {MANAGERS: "同意", "auditor": "开始公示"})
    year.end_asking()
    year.set_version(state="shown", **_days(today))
    own = {"liaison": "部门01 · 本单位的结果"}
    look("shown", own)
    year.ask_review("waiting")
    look("asked about", {**own, MANAGERS: "公示期和复核"})
    year.ask_review("upheld")
    year.set_version(**_days(today - timedelta(days=30)))
    look("periods over", {**own, MANAGERS: "定案"})
    year.set_version(state="final", final_at=moment, final_by="manager")
    look("final", {**own, MANAGERS: "归档"})
    year.set_version(state="archived", archived_at=moment)
    look("archived", {**own, MANAGERS: "销毁票箱密钥", "custodian": "销毁票箱密钥"})
    year.set_rounds(destroyed_at=moment)
    look("destroyed", own)


def _days(first: date) -> dict[str, str]:
    return {
        "first_day": first.isoformat(),
        "last_day": (first + timedelta(days=6)).isoformat(),
        "review_until": (first + timedelta(days=10)).isoformat(),
    }


def test_the_public_notice_is_linked_from_board_and_season(
    installation: Installation, seat: Callable[[str], Clerk]
) -> None:
    year = Year(installation)
    add_figures(installation, year.season_id)
    complete(installation, year.season_id)
    year.compute()
    publishing.propose(year.act, year.season_id, "")
    clerk, link = seat("auditor"), f'href="/results/{year.season_id}"'
    assert link not in clerk.get("/").html
    year.set_version(state="shown", **_days(office_day(now())))
    for path in ("/", f"/seasons/{year.season_id}"):
        assert link in clerk.get(path).html


def test_a_result_from_before_the_last_box_is_not_the_years(
    installation: Installation, seat: Callable[[str], Clerk]
) -> None:
    year = Year(installation)
    add_figures(installation, year.season_id)
    year.compute()
    assert "计算结果" not in seat("plain").get("/").text
    year.set_rounds(state="counted", counted_at=now() + timedelta(minutes=1))
    assert seat("plain").get("/").has("计算结果")


def test_the_board_costs_the_same_statements_for_more_seasons(
    installation: Installation,
    seat: Callable[[str], Clerk],
    count_queries: Callable[[Callable[[], object]], int],
) -> None:
    clerk = seat("plain")
    Year(installation)
    one = count_queries(lambda: clerk.get("/"))
    add_panshan(installation)
    assert count_queries(lambda: clerk.get("/")) == one
