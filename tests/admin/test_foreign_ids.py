"""Ids of another season, unit, body, task or job in every address: refused, and without a trace.

The table is made from the routes: liaison and assessor are tried on every route they may use,
with ids that stand in another season and with those of another unit or body of their own; the
office's roles on every route in which a second id must belong to the season.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from evalsvc.clock import now
from evalsvc.domain.acting import Act
from evalsvc.domain.assessing import assessments
from evalsvc.domain.concluding import publishing, results
from evalsvc.domain.concluding.periods import Period
from evalsvc.domain.office_days import office_day
from evalsvc.models.assessment import Task, TaskReport
from evalsvc.models.job import Job
from evalsvc.models.publication import ReviewRequest
from evalsvc.models.roster import Unit
from evalsvc.models.tables import METADATA
from tests.admin.conftest import Clerk, local
from tests.admin.test_access import EXPECTED, LOGINS, STAFF
from tests.cast import MANAGER, Installation
from tests.office_cast import (
    SAFETY,
    add_assessor,
    add_bodies_season,
    add_figures,
    add_liaison,
    complete,
)

pytestmark = pytest.mark.slow

# Every name in the other season has this in it, and must stand on no page of a stranger.
FOREIGN = "乙季"
# When somebody last asked for a page is kept beside their session.
LEFT_OUT = {"staff_session", "kept_diagnostics"}
# Fits every form, so that nothing but the ids is wrong.
POSTED = {
    "text": "请复核一项", "verdict": "agree", "reason": "写明白的理由，至少这么长",
    "ballot": "b-1", "grade": "good", "note": "好",
    "unit": "u01", "lead": "u02", "title": "农村公路", "target": "120公里", "weight": "1",
    "figure": "100", "last_year": "90", "account": "本单位的说明", "hand_in": "1",
    "round": "year_end", "due": local(now() + timedelta(days=3)),
    **{f"v|u{n:02d}|{SAFETY}": "88" for n in range(1, 11)},
    # Lists post for their rows by number.
    **{f"{part}.{n}": text for n in (2, 3) for part, text in (
        ("grade", "good"), ("note", ""), ("text", "已完成"), ("verdict", "agree"), ("why", ""))},
}  # a table, read by rows  # fmt: skip
REFUSED = {403, 404}
# For whoever sees every season it is enough that nothing is found or done.
NOT_DONE = REFUSED | {409, 422}
# Of a season as a whole: a stranger may get a page, and nothing stands on it.
LISTS = {"own_page", "own_sheets", "tasks_page", "adjustments_page"}

# Liaison and assessor belong to u01 and 应急局 of season 1. Tasks, reports and requests have odd
# numbers in season 1 and even ones in season 2; 3 is another unit's of season 1.
OTHER_SEASON = {"season_id": "2", "unit": "u01", "body": "emergency", "round_code": "year_end",
                "version": "1", "task_id": "2", "report_id": "2", "request_id": "2",
                "job_id": "two"}  # a table, read by rows  # fmt: skip
OTHER_UNIT = {
    **OTHER_SEASON,
    "season_id": "1",
    "unit": "u03",
    "body": "secrets",
    "task_id": "3",
    "report_id": "3",
    "request_id": "3",
}
# What only season 2 could have, asked for in season 1; 77 is nowhere.
MISMATCHED = {
    **OTHER_SEASON,
    "season_id": "1",
    "unit": "u77",
    "body": "nobody",
    "version": "2",
    "round_code": "no_round",
}


@dataclass(frozen=True)
class Route:
    """One method of one address, and the names that stand in it."""

    endpoint: str
    method: str
    rule: str
    names: frozenset[str]

    def fill(self, places: Mapping[str, str]) -> str:
        return re.sub(r"<(?:\w+:)?(\w+)>", lambda name: places.get(name[1], "77"), self.rule)


def list_routes(app: Flask) -> Iterator[Route]:
    for rule in app.url_map.iter_rules():
        if rule.endpoint.startswith("admin."):
            endpoint = rule.endpoint.removeprefix("admin.")
            for method in sorted({"GET", "POST"} & (rule.methods or set())):
                path = rule.rule.removeprefix("/office")
                yield Route(endpoint, method, path, frozenset(rule.arguments))


@pytest.fixture
def world(installation: Installation) -> Installation:
    """Two seasons with everything in them, and people who belong to one of them."""
    for season_id in (1, 2):
        add_season(installation, season_id)
    add_liaison(installation, 1)
    add_assessor(installation, 1)
    with installation.database.writing() as session:
        for number, season_id, unit in ((1, 1, "u01"), (2, 2, "u01"), (3, 1, "u03")):
            title = f"{FOREIGN}任务" if number > 1 else "任务"
            session.add(
                Task(
                    id=number,
                    season_id=season_id,
                    unit=unit,
                    lead="u05",
                    title=title,
                    target="目标",
                    weight="1",
                    proposed_by="x",
                    proposed_at=now(),
                )
            )
            session.flush()
            session.add(TaskReport(id=number, task_id=number, round="year_end", due=now()))
            session.add(
                ReviewRequest(
                    id=number,
                    season_id=season_id,
                    version=1,
                    unit=unit,
                    text=title,
                    asked_by="x",
                    asked_at=now(),
                    answer_until="2099-01-01",
                )
            )
        session.add(
            Job(
                id="two",
                kind="csv",
                season_id=2,
                staff_id=1,
                state="done",
                filename=f"{FOREIGN}.csv",
                started_at=now(),
                beat_at=now(),
            )
        )
    return installation


def add_season(installation: Installation, season_id: int) -> None:
    """Sheets asked for and a result published; the second season's names bear the mark."""
    database = installation.database
    assert add_bodies_season(installation) == season_id
    with database.writing() as session:
        for unit in session.scalars(select(Unit).where(Unit.season_id == 2)):
            unit.name = f"{FOREIGN}{unit.name}"
    assessments.ask_for_sheets(Act(database, MANAGER, now()), season_id, now() + timedelta(days=9))
    add_figures(installation, season_id)
    complete(installation, season_id)
    results.compute_result(Act(database, MANAGER, now()), installation.settings, season_id)
    publishing.propose(Act(database, MANAGER, now()), season_id, "")
    today = office_day(now())
    period = Period(today, today + timedelta(days=6), "public")
    publishing.begin_publicity(
        Act(database, MANAGER, now()), installation.settings, season_id, 1, period
    )


def dump(installation: Installation) -> dict[str, list[str]]:
    """Every row of every table."""
    with installation.database.reading() as session:
        return {
            table.name: sorted(map(repr, session.execute(select(table)).all()))
            for table in METADATA.sorted_tables
            if table.name not in LEFT_OUT
        }


def list_scoped(app: Flask, role: str, needed: frozenset[str]) -> Iterator[Route]:
    """The routes of a role that name one of these; not those that are every colleague's."""
    for route in list_routes(app):
        roles = EXPECTED[route.endpoint]
        if role in roles and roles != STAFF and route.names & needed:
            yield route


def try_all(
    app: Flask, clerk: Clerk, role: str, places: Mapping[str, str], needed: frozenset[str]
) -> list[tuple[str, str, int]]:
    """Ask for every route of a role that names one of these; what was not refused."""
    refused = REFUSED if role in ("liaison", "assessor") else NOT_DONE
    found = []
    for route in list_scoped(app, role, needed):
        path = route.fill(places)
        page = clerk.get(path) if route.method == "GET" else clerk.post(path, POSTED)
        harmless = route.endpoint in LISTS and FOREIGN not in page.text.replace(" ", "")
        if page.status not in refused and not (route.method == "GET" and harmless):
            found.append((route.endpoint, route.method, page.status))
    return found


SCOPED = frozenset({"season_id", "task_id", "report_id", "request_id", "job_id"})
BELOW_A_SEASON = frozenset({"unit", "body", "task_id", "report_id", "request_id", "job_id"})
IN_A_SEASON = frozenset({"unit", "body", "version", "round_code"})


def test_the_marked_season_can_be_seen_by_those_who_may(
    world: Installation, seat: Callable[[str], Clerk]
) -> None:
    """Else the searches below would find nothing anywhere."""
    assert world
    manager = seat("manager")
    assert FOREIGN in manager.get("/seasons/2/tasks").text
    assert FOREIGN in manager.get("/seasons/2/results").text
    assert seat("liaison").get("/seasons/1/own/u01").status == 200
    assert seat("assessor").get("/seasons/1/sheets/year_end/emergency").status == 200


@pytest.mark.parametrize("login", ["liaison", "assessor"])
@pytest.mark.parametrize(
    ("places", "needed"),
    [(OTHER_SEASON, SCOPED), (OTHER_UNIT, BELOW_A_SEASON)],
    ids=["another season", "another unit"],
)
def test_liaison_and_assessor_reach_nothing_beside_their_own(
    app: Flask,
    world: Installation,
    seat: Callable[[str], Clerk],
    login: str,
    places: Mapping[str, str],
    needed: frozenset[str],
) -> None:
    clerk = seat(login)
    before = dump(world)
    assert len(list(list_scoped(app, LOGINS[login], needed))) >= 4
    assert try_all(app, clerk, LOGINS[login], places, needed) == []
    assert dump(world) == before


@pytest.mark.parametrize("login", ["plain", "auditor", "admin"])
def test_what_is_not_of_the_season_is_not_there(
    app: Flask, world: Installation, seat: Callable[[str], Clerk], login: str
) -> None:
    """The office's roles see every season; an address must still hang together."""
    clerk = seat(login)
    before = dump(world)
    assert try_all(app, clerk, LOGINS[login], MISMATCHED, IN_A_SEASON) == []
    assert dump(world) == before


@pytest.mark.parametrize("login", sorted(LOGINS))
def test_anothers_job_is_not_there(
    app: Flask, world: Installation, seat: Callable[[str], Clerk], login: str
) -> None:
    clerk = seat(login)
    before = dump(world)
    assert try_all(app, clerk, LOGINS[login], OTHER_SEASON, frozenset({"job_id"})) == []
    assert dump(world) == before
