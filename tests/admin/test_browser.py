"""The office's pages in a real browser: readable by everybody, and their little script at work."""

from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from axe_playwright_python.sync_playwright import Axe
from flask import Flask
from playwright.sync_api import BrowserContext, Page

from evalsvc.clock import now
from evalsvc.domain import jobs
from evalsvc.domain.acting import Act
from evalsvc.domain.actor import build_outsider
from evalsvc.domain.concluding import results
from evalsvc.domain.people import staff
from tests.admin.conftest import Clerk
from tests.browser import open_desktop, open_phone
from tests.cast import (
    MANAGER,
    MORNING,
    Installation,
    add_panel_city,
    add_panshan,
    get_round_id,
    open_with_cards,
)
from tests.serving import serve

PATHS = (
    "/", "/seasons/new", "/seasons/1", "/seasons/1/scheme", "/seasons/1/roster",
    "/seasons/1/figures", "/seasons/1/results", "/seasons/1/results/u01", "/seasons/1/exports",
    "/seasons/2/satisfaction/year_end/panel", "/rounds/1", "/rounds/2", "/staff", "/log",
    "/seasons/99", "/seasons/1/roster/lines/raters", "/seasons/1/roster/lines/units/line?key=u01",
)  # a table, read by rows  # fmt: skip


@pytest.fixture
def address(app: Flask) -> Iterator[str]:
    """The application served on a free port of this machine."""
    with serve(app) as here:
        yield f"{here}/office"


def sit_down(context: BrowserContext, clerk: Clerk, address: str) -> Page:
    """Give a browser the cookie of a colleague who is signed in."""
    cookie = clerk.client.get_cookie("office")
    assert cookie
    context.add_cookies([{"name": "office", "value": cookie.value, "url": address}])
    return context.new_page()


@pytest.mark.slow
@pytest.mark.parametrize("opened", [open_desktop, open_phone], ids=["desktop", "phone"])
def test_every_page_passes_axe_and_fits_its_screen(
    browser: object,
    installation: Installation,
    manager: Clerk,
    address: str,
    opened: Callable[..., object],
) -> None:
    season_id = add_panshan(installation)
    add_panel_city(installation)
    open_with_cards(installation, get_round_id(installation, season_id))
    results.compute_result(
        Act(installation.database, MANAGER, MORNING), installation.settings, season_id
    )
    faults = []
    with opened(browser) as context:  # type: ignore[attr-defined]  # both are context managers
        page = sit_down(context, manager, address)
        for path in PATHS:
            page.goto(address + path)
            violations = Axe().run(page).response["violations"]
            faults += [(path, violation["id"]) for violation in violations]
            if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
                faults.append((path, "wider than the screen"))
    assert faults == []


def test_a_one_time_link_needs_no_pasting(
    desktop: Page, installation: Installation, address: str
) -> None:
    secret = staff.make_link(
        Act(installation.database, build_outsider("test"), now()), "zhao", "赵", ["manager"]
    )
    desktop.goto(f"{address}/link#{secret}")
    assert "#" not in desktop.url
    assert not desktop.get_by_label("一次性链接").is_visible()
    desktop.get_by_label("新密码", exact=True).fill("十个字以上的一句话一句话")
    desktop.get_by_label("再输一次新密码").fill("十个字以上的一句话一句话")
    desktop.get_by_role("button", name="启用并登录").click()
    desktop.wait_for_url(f"{address}/")
    assert desktop.get_by_text("没有考评年度").is_visible()


def test_a_jobs_page_moves_on_by_itself(
    desktop: Page,
    installation: Installation,
    manager: Clerk,
    address: str,
    started: list[tuple[str, dict[str, str]]],
) -> None:
    round_id = get_round_id(installation, add_panshan(installation))
    later = (now() + timedelta(days=9)).strftime("%Y-%m-%dT%H:%M")
    manager.post(f"/rounds/{round_id}/invitations", {"deadline": later})
    job_id, given = started[0]
    page = sit_down(desktop.context, manager, address)
    page.goto(f"{address}/jobs/{job_id}")
    jobs.report_progress(installation.database, job_id, 3, 4, now())
    page.get_by_text("已完成 3，共 4").wait_for()
    jobs.write_file(installation.settings, job_id, given["file_key"], b"the codes")
    jobs.finish_job(installation.database, job_id, "letters.zip")
    page.get_by_role("button", name="下载 letters.zip").wait_for()
