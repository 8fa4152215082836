"""Deciding about a flagged ballot on the pages, and both scores wherever a result is shown."""

import io
import os
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from flask import Flask
from openpyxl import load_workbook

from evalsvc.app import create_app
from evalsvc.clock import now
from evalsvc.domain.acting import Act
from evalsvc.domain.concluding import exclusions, results
from evalsvc.domain.concluding.contents import get_content
from evalsvc.domain.people import approvals
from evalsvc.models.staff import Staff
from evalsvc.reports.documents.report import build_report
from evalsvc.reports.documents.workbook import render_workbook
from tests.admin.conftest import OTHERS, Clerk
from tests.admin.test_browser import address, sit_down
from tests.browser import open_desktop, open_phone
from tests.cast import MANAGER, Installation
from tests.flagged_cast import copy_installation, find_flagged_ballot, opened
from tests.saying import spoken

pytestmark = pytest.mark.slow

__all__ = ["address", "opened"]  # fixtures

REASON = "本人确认把次序看反了"


@pytest.fixture
def installation(opened: tuple[Installation, int], tmp_path: Path) -> Iterator[Installation]:
    copied = copy_installation(opened[0], tmp_path)
    with copied.database.writing() as session:
        for login, role in OTHERS.items():
            session.add(Staff(login=login, name=f"{login}同事", roles=role))
    yield copied
    copied.database.close()


@pytest.fixture
def season_id(opened: tuple[Installation, int]) -> int:
    return opened[1]


@pytest.fixture
def page(season_id: int) -> str:
    return f"/seasons/{season_id}/diagnostics/year_end"


@pytest.fixture
def app(installation: Installation) -> Iterator[Flask]:
    """An office of several people."""
    made = create_app(replace(installation.settings, small_office=False))
    made.testing = True
    yield made
    made.extensions["evalsvc"].database.close()


def propose(
    installation: Installation, manager: Clerk, page: str, season_id: int, group: str = "leader"
) -> str:
    ballot = find_flagged_ballot(installation, season_id, group)
    manager.post(f"{page}/exclusions", {"ballot": ballot, "reason": REASON})
    return ballot


def agree(installation: Installation, clerk: Clerk) -> str:
    (waiting,) = approvals.list_waiting(installation.database)
    return clerk.post(f"/approvals/{waiting.id}/decision", {"decision": "agree"}).location


def test_two_people_exclude_a_ballot_and_count_it_again(
    installation: Installation,
    season_id: int,
    page: str,
    manager: Clerk,
    seat: Callable[[str], Clerk],
) -> None:
    before = manager.get(page)
    assert before.has("带标记的票：由人决定", "领导7", "次序相反", "提出排除这张票", "匿名")
    assert manager.get(f"/seasons/{season_id}/results/t01").status == 200
    ballot = propose(installation, manager, page, season_id)
    assert manager.get(page).has("已有人提出排除，等另一位同事决定。", REASON)
    auditor = seat("auditor")
    assert auditor.get("/").has("排除一张带标记的票：领导7")
    assert agree(installation, auditor) == f"/office{page}"
    after = manager.get(page)
    assert after.has("已作的决定", "领导7", "已排除", f"理由：{REASON}", "（auditor同意）")
    (decision,) = exclusions.list_decisions(installation.database, season_id, "year_end")
    assert decision.ballot == ballot
    manager.post(f"{page}/exclusions/{decision.id}", {"reason": "核对有误"})
    agree(installation, seat("plain"))
    assert manager.get(page).has("已恢复计分", "核对有误", "提出排除这张票")
    assert manager.get("/log?verb=exclude_ballot").has("排除票", ballot, REASON)


def test_both_scores_stand_on_the_result_the_unit_the_workbook_and_the_report(
    installation: Installation,
    season_id: int,
    page: str,
    manager: Clerk,
    seat: Callable[[str], Clerk],
) -> None:
    database = installation.database
    plain = results.get_unit_result(database, season_id, "t01")
    propose(installation, manager, page, season_id)
    agree(installation, seat("auditor"))
    results.compute_result(Act(database, MANAGER, now()), installation.settings, season_id)
    new = results.get_unit_result(database, season_id, "t01")
    assert new.published != plain.published
    ranking = manager.get(f"/seasons/{season_id}/results")
    assert ranking.has("由人决定排除的票", "两种得分并列", str(plain.published))
    unit = manager.get(f"/seasons/{season_id}/results/t01")
    assert unit.has("公布口径排除了1张票", f"不排除任何票时：总分 {plain.published}")
    assert unit.has("由人决定排除1票")
    content = get_content(database, season_id)
    report = spoken(build_report(content))
    assert [note.text for note in report.excluded] == ["年终，县领导：次序相反，1票"]
    assert (plain.published, new.published) in {(b.plain, b.published) for b in report.both}
    book = load_workbook(io.BytesIO(render_workbook(content)))
    head, *rows = book.worksheets[0].iter_rows(values_only=True)
    (own,) = (row for row in rows if row[2] == "t01")
    assert own[head.index("不排除任何票的得分")] == float(plain.published or 0)
    # The half-year is missing yet.
    assert own[head.index("暂定得分")] == float(new.published or 0)


def test_few_ballots_without_names_are_only_counted(
    installation: Installation,
    season_id: int,
    page: str,
    manager: Clerk,
    seat: Callable[[str], Clerk],
) -> None:
    plain = results.get_unit_result(installation.database, season_id, "t01").published
    ballot = propose(installation, manager, page, season_id, "mutual_department")
    agree(installation, seat("auditor"))
    assert manager.get(page).has(f"票号 {ballot}")
    results.compute_result(
        Act(installation.database, MANAGER, now()), installation.settings, season_id
    )
    unit = manager.get(f"/seasons/{season_id}/results/t01")
    assert unit.has("公布口径排除了1张票", "只在审计数据包里")
    assert results.get_unit_result(installation.database, season_id, "t01").published != plain
    assert f"总分 {plain}" not in unit.text
    content = get_content(installation.database, season_id)
    report = spoken(build_report(content))
    assert len(report.excluded) == 2
    assert "审计数据包" in report.excluded[1].text
    assert report.both == ()
    book = load_workbook(io.BytesIO(render_workbook(content)))
    assert "不排除任何票的得分" not in next(book.worksheets[0].iter_rows(values_only=True))


@pytest.mark.parametrize(
    ("sent", "status", "said"),
    [
        ({"ballot": "b-none", "reason": REASON}, 409, "只有带标记的票"),
        ({"ballot": "b-none"}, 422, "请写明理由"),
        ({"reason": REASON}, 422, "请选择一张票"),
        ({"ballot": "b-none", "reason": "长" * 201}, 422, "最多200个字"),
    ],
)
def test_what_cannot_be_proposed_says_why(
    season_id: int, page: str, manager: Clerk, sent: dict[str, str], status: int, said: str
) -> None:
    answer = manager.post(f"{page}/exclusions", sent)
    assert answer.status == status
    assert answer.has(said)
    assert season_id


def test_only_managers_propose_and_only_what_is_there(
    season_id: int,
    page: str,
    manager: Clerk,
    custodian: Clerk,
    stranger: Clerk,
    seat: Callable[[str], Clerk],
) -> None:
    sent = {"ballot": "b-none", "reason": REASON}
    assert seat("auditor").post(f"{page}/exclusions", sent).status == 403
    assert custodian.post(f"{page}/exclusions", sent).status == 403
    assert "sign-in" in stranger.post(f"{page}/exclusions", sent).location
    assert manager.post(f"{page}/exclusions/99", {"reason": REASON}).status == 404
    assert "提出排除这张票" not in seat("auditor").get(page).text
    assert season_id


def test_the_decisions_are_told_in_english_too(
    installation: Installation, season_id: int, page: str, manager: Clerk
) -> None:
    manager.get("/?lang=en")
    propose(installation, manager, page, season_id)
    assert manager.get(page).has(
        "Flagged ballots: for people to decide", "Order reversed", "another colleague has to decide"
    )


@pytest.mark.slow
@pytest.mark.parametrize("screen", [open_desktop, open_phone], ids=["desktop", "phone"])
def test_the_decisions_pass_axe_and_fit_their_screen(
    browser: object,
    installation: Installation,
    season_id: int,
    page: str,
    manager: Clerk,
    seat: Callable[[str], Clerk],
    address: str,
    screen: Callable[..., object],
) -> None:
    propose(installation, manager, page, season_id)
    agree(installation, seat("auditor"))
    results.compute_result(
        Act(installation.database, MANAGER, now()), installation.settings, season_id
    )
    faults = []
    with screen(browser) as context:  # type: ignore[attr-defined]  # both are context managers
        shown = sit_down(context, manager, address)
        for path in (page, f"/seasons/{season_id}/results", f"/seasons/{season_id}/results/t01"):
            shown.goto(f"{address}{path}")
            faults += [(path, each["id"]) for each in Axe().run(shown).response["violations"]]
            if shown.evaluate("document.documentElement.scrollWidth > innerWidth"):
                faults.append((path, "wider than the screen"))
            if os.environ.get("DG_SHOTS"):
                width = shown.evaluate("innerWidth")
                name = f"{path.strip('/').replace('/', '_')}-{width}.png"
                shown.screenshot(path=Path(os.environ["DG_SHOTS"]) / name, full_page=True)
    assert faults == []
