"""What a weak network does to a rater: nothing is lost, nothing doubles, the page says so."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, Page, Route, expect
from sqlalchemy import func, select

from evalsvc.models.box import PendingBallot
from evalsvc.models.draft import Draft
from tests.browser import open_phone, watched_page
from tests.public.conftest import Place
from tests.public.test_browser import SOUND, begin, check, choose, choose_all, token_of

pytestmark = pytest.mark.browser

OFFLINE = {"net::ERR_INTERNET_DISCONNECTED", "net::ERR_FAILED", "ERR_ABORTED"}
# A 2G phone: 50 kbit/s, 500 ms.
GPRS = {"offline": False, "latency": 500, "downloadThroughput": 6250, "uploadThroughput": 6250}
SAVED = "#questions [data-state]"


def count_rows(place: Place, table: type[PendingBallot] | type[Draft]) -> int:
    with place.installation.database.reading() as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


def wait_for_draft(page: Page, act: Callable[[], object]) -> None:
    with page.expect_response(lambda answer: answer.url.endswith("/draft")) as answer:
        act()
    assert answer.value.status == 204


def test_killed_browser_and_second_phone_go_on_where_it_stopped(
    place: Place, address: str, browser: Browser
) -> None:
    token = token_of(place, "office")
    with open_phone(browser) as first, watched_page(first, set()) as page:
        begin(page, address, token)
        wait_for_draft(page, lambda: choose_all(page, SOUND[:7]))
    # Its context is gone with cookies and storage, as when the system kills the browser.
    with open_phone(browser) as second, watched_page(second, set()) as page:
        begin(page, address, token)

        expect(page.locator(".notice")).to_contain_text("上次填到一半的内容已经取回")
        assert page.locator("#questions input:checked").count() == 7
        for unit in (8, 9, 10):
            choose(page, unit, SOUND[unit - 1])
        check(page)
        page.locator(".acts .main").click()
        page.locator(".receipt").wait_for()

    assert (count_rows(place, PendingBallot), count_rows(place, Draft)) == (1, 0)


def test_draft_waits_for_the_network_and_says_so(
    place: Place, address: str, phone: Page, expected_problems: set[str]
) -> None:
    expected_problems.update(OFFLINE)
    begin(phone, address, token_of(place, "office"))
    phone.context.set_offline(True)
    choose(phone, 1, "A")

    expect(phone.locator(SAVED).first).to_contain_text("网络不通，还没有保存")
    expect(phone.locator("[role=status][data-state]")).to_contain_text("网络不通，还没有保存")
    assert count_rows(place, Draft) == 0
    wait_for_draft(phone, lambda: phone.context.set_offline(False))

    expect(phone.locator(SAVED).first).to_have_text("已自动保存")
    assert count_rows(place, Draft) == 1


def test_answers_that_never_got_out_survive_a_reload(
    place: Place, address: str, phone: Page, expected_problems: set[str]
) -> None:
    expected_problems.update(OFFLINE)
    begin(phone, address, token_of(place, "office"))
    wait_for_draft(phone, lambda: choose(phone, 1, "A"))
    phone.route("**/draft", lambda route: route.abort())
    choose(phone, 1, "B")
    choose(phone, 2, "A")
    expect(phone.locator(SAVED).first).to_contain_text("网络不通")

    phone.reload()

    expect(phone.locator("input[name='a.overall.u01'][value='B']")).to_be_checked()
    expect(phone.locator("input[name='a.overall.u02'][value='A']")).to_be_checked()


def test_check_waits_while_there_is_no_network(
    place: Place, address: str, phone: Page, expected_problems: set[str]
) -> None:
    expected_problems.update(OFFLINE)
    begin(phone, address, token_of(place, "office"))
    choose_all(phone, SOUND)
    phone.context.set_offline(True)

    check(phone)
    expect(phone.locator(SAVED).first).to_contain_text("还没有发出")
    assert phone.url.endswith("/answer")
    phone.context.set_offline(False)

    phone.locator("input[name=nonce]").wait_for(state="attached")


def test_offline_at_the_moment_of_submitting_counts_once(
    place: Place, address: str, phone: Page, expected_problems: set[str]
) -> None:
    expected_problems.update(OFFLINE)
    begin(phone, address, token_of(place, "office"))
    choose_all(phone, SOUND)
    check(phone)
    phone.locator("input[name=nonce]").wait_for(state="attached")
    phone.context.set_offline(True)

    phone.locator(".acts .main").click()
    expect(phone.locator("[data-word]")).to_contain_text("答卷还没有提交")
    assert count_rows(place, PendingBallot) == 0
    phone.locator(".acts .main").click()  # impatience sends nothing twice
    phone.context.set_offline(False)

    phone.locator(".receipt").wait_for()
    assert count_rows(place, PendingBallot) == 1


def test_reply_that_is_lost_is_asked_for_again_and_counts_once(
    place: Place, address: str, phone: Page, expected_problems: set[str]
) -> None:
    expected_problems.update(OFFLINE)
    lost: list[int] = []

    def lose_the_first(route: Route) -> None:
        if lost:
            route.continue_()
            return
        lost.append(route.fetch(max_redirects=0).status)
        route.abort()

    begin(phone, address, token_of(place, "office"))
    choose_all(phone, SOUND)
    check(phone)
    phone.locator("input[name=nonce]").wait_for(state="attached")
    phone.route("**/submit", lose_the_first)
    phone.locator(".acts .main").click()
    expect(phone.locator("[data-word]")).to_contain_text("答卷还没有提交")

    phone.locator(".receipt").wait_for()

    assert lost == [303]
    assert count_rows(place, PendingBallot) == 1


@pytest.mark.slow
def test_whole_visit_on_a_2g_phone(place: Place, address: str, phone: Page) -> None:
    session = phone.context.new_cdp_session(phone)
    session.send("Network.enable")
    session.send("Network.emulateNetworkConditions", GPRS)
    begin(phone, address, token_of(place, "office"))

    wait_for_draft(phone, lambda: choose_all(phone, SOUND))
    phone.reload()
    assert phone.locator("#questions input:checked").count() == len(SOUND)
    check(phone)
    phone.locator(".acts .main").click()
    phone.locator(".receipt").wait_for()

    assert (count_rows(place, PendingBallot), count_rows(place, Draft)) == (1, 0)
