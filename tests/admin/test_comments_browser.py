"""The review of comments in a real browser: on any screen, by thumb, and by keyboard alone."""

from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe

from evalsvc.domain.acting import Act
from evalsvc.domain.words import comments
from evalsvc.domain.words.comments import CommentQuery
from tests.admin.conftest import Clerk
from tests.admin.test_browser import address, sit_down  # noqa: F401  (a fixture)
from tests.browser import open_desktop, open_phone
from tests.cast import MANAGER, MORNING, Installation, add_panel_city, get_round_id, issue_cards
from tests.comment_cast import add_commented

WRITTEN = {
    "u01": ["办事快，窗口态度好。"] * 2 + ["等了三次才办成，建议把材料一次说清楚。"],
    "u02": ["打我电话13804270000，我要说说单位05的事。" + "一次说不完。" * 20],
    "": ["办事快，窗口态度好。"],
}
SCREENS = pytest.mark.parametrize("opened", [open_desktop, open_phone], ids=["desktop", "phone"])
pytestmark = pytest.mark.slow


@SCREENS
@pytest.mark.parametrize("language", ["zh", "en"])
def test_pages_pass_axe_and_fit_the_screen(
    browser: object,
    installation: Installation,
    manager: Clerk,
    address: str,  # noqa: F811  (the fixture)
    opened: Callable[..., object],
    language: str,
) -> None:
    season_id, round_id = add_commented(installation, WRITTEN)
    verdict = comments.CommentVerdict(round_id, 1, "public", "", "办事快。")
    comments.decide_comments(Act(installation.database, MANAGER, MORNING), season_id, [verdict])
    dealt_round = get_round_id(installation, add_panel_city(installation, seats=9))
    issue_cards(installation, dealt_round)
    faults = []
    with opened(browser) as context:  # type: ignore[attr-defined]  # both are context managers
        page = sit_down(context, manager, address)
        for path in (
            f"/seasons/{season_id}/comments",
            f"/seasons/{season_id}/comments?state=all",
            f"/rounds/{dealt_round}",
        ):
            page.goto(f"{address}{path}{'&' if '?' in path else '?'}lang={language}")
            faults += [(path, one["id"]) for one in Axe().run(page).response["violations"]]
            if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
                faults.append((path, "wider than the screen"))
    assert faults == []


@SCREENS
def test_a_page_is_reviewed_without_a_mouse(
    browser: object,
    installation: Installation,
    manager: Clerk,
    address: str,  # noqa: F811  (the fixture)
    opened: Callable[..., object],
) -> None:
    season_id, _ = add_commented(installation, WRITTEN)
    with opened(browser) as context:  # type: ignore[attr-defined]  # both are context managers
        page = sit_down(context, manager, address)
        page.goto(f"{address}/seasons/{season_id}/comments")
        assert page.locator("[data-for]:visible").count() == 0
        page.keyboard.press("j")
        page.keyboard.press("1")  # the first is public, and the second is next
        page.keyboard.press("2")  # reworded: the field has the keys now
        page.keyboard.type("J1 请联系1号窗口")
        page.keyboard.press("Tab")
        page.keyboard.press("j")
        page.keyboard.press("4")
        page.keyboard.press("ArrowDown")
        page.keyboard.press("Enter")
        page.get_by_text("记下这一页的决定").click()
        page.get_by_text("都审过了").wait_for()
    found = comments.list_for_review(installation.database, season_id, CommentQuery(""), MANAGER)
    assert [(row.state, row.reason, row.wording) for row in found.rows] == [
        ("public", "", ""),
        ("public", "", "J1 请联系1号窗口"),
        ("withheld", "personal", ""),
    ]
