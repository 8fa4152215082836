"""How much work it is to open a round: actions from signing in to an open round, counted.

An action is a press on a link or a button, a choice that is pressed, a form sent, or a file that
is chosen or fetched. Typing is none, nor is a page that goes on by itself. Everybody signs in with
password and second factor; keys are made by three custodians on the page; two people begin.
"""

import re
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path

import pyotp
import pytest
from playwright.sync_api import Browser, FilePayload, Locator, Page, expect

from evalsvc.clock import now
from evalsvc.db import Database, connect
from evalsvc.demo.server import build_settings, find_free_port, running_server
from evalsvc.domain import seasons
from evalsvc.domain.acting import Act
from evalsvc.domain.actor import build_outsider
from evalsvc.domain.people import second_factor, staff
from evalsvc.migrating import migrate
from evalsvc.settings import Settings, prepare_instance
from tests.browser import open_desktop, watched_page
from tests.journeys import worked_case

pytestmark = [pytest.mark.slow, pytest.mark.browser]

PASSWORD = "办公室的密码 一句话就行"
FIRST_ROUND, FURTHER_ROUND = 20, 8
PEOPLE = {
    "manager": "manager",
    "deputy": "manager",
    "custodian": "custodian",
    "auditor": "auditor",
    "second": "auditor",
}
PHRASES = ["甲的口令 一句自己记得住的话", "乙的口令 也是一句话记得住", "丙的口令 又一句话很容易记"]


@dataclass
class Tally:
    """What was done so far, in words, so that a count that grows says where."""

    done: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Desk:
    """A colleague's browser; whatever is done at it is counted."""

    page: Page
    tally: Tally
    address: str
    login: str
    secret: str

    def sign_in(self) -> None:
        self.page.goto(f"{self.address}/office/sign-in")
        self.page.get_by_label("用户名").fill(self.login)
        self.page.get_by_label("密码").fill(PASSWORD)
        self.page.get_by_label("动态码").fill(pyotp.TOTP(self.secret).now())
        self.press("登录")
        self.page.wait_for_url("**/office/")

    def press(self, name: str | re.Pattern[str]) -> None:
        self._act(str(name), self.page.get_by_role("button", name=name).first)

    def follow(self, name: str | re.Pattern[str]) -> None:
        self._act(str(name), self.page.locator("main").get_by_role("link", name=name).first)

    def choose(self, place: str) -> None:
        self._act(place, self.page.locator(place))

    def hand_in(self, label: str, content: bytes) -> None:
        self.tally.done.append(f"{self.login}: file")
        workbook = FilePayload(name="名册.xlsx", mimeType="application/xlsx", buffer=content)
        self.page.get_by_label(label).set_input_files(files=[workbook])

    def fetch(self, name: str | re.Pattern[str]) -> bytes:
        main = self.page.locator("main")
        there = main.get_by_role("link", name=name).or_(main.get_by_role("button", name=name))
        with self.page.expect_download() as found:
            self._act(str(name), there.first)
        return Path(found.value.path()).read_bytes()

    def has(self, text: str) -> None:
        expect(self.page.locator("main")).to_contain_text(text)

    def _act(self, name: str, thing: Locator) -> None:
        self.tally.done.append(f"{self.login}: {name}")
        thing.click()


@dataclass(frozen=True)
class Office:
    """A served office of several people, and whoever sits down in it."""

    browser: Browser
    settings: Settings
    secrets: dict[str, str]
    stack: ExitStack
    expected: set[str]

    def seat(self, login: str, tally: Tally) -> Desk:
        context = self.stack.enter_context(open_desktop(self.browser))
        page = self.stack.enter_context(watched_page(context, self.expected))
        desk = Desk(page, tally, self.settings.public_url, login, self.secrets[login])
        desk.sign_in()
        return desk


@pytest.fixture
def house(browser: Browser, tmp_path: Path, expected_problems: set[str]) -> Iterator[Office]:
    usual = build_settings(tmp_path / "instance", find_free_port())
    settings = replace(usual, small_office=False, second_factor=True)
    prepare_instance(settings)
    migrate(settings.database_url)
    database = connect(settings.database_url)
    secrets = {login: employ(database, settings, login) for login in PEOPLE}
    database.close()
    with running_server(settings, tmp_path / "server.log"), ExitStack() as stack:
        yield Office(browser, settings, secrets, stack, expected_problems)


def employ(database: Database, settings: Settings, login: str) -> str:
    """An account whose link was used and whose second factor is enrolled, some time ago."""
    moment = now() - timedelta(minutes=10)
    act = Act(database, build_outsider("shell"), moment)
    link = staff.make_link(act, login, login, [PEOPLE[login]])
    session = staff.use_link(database, link, PASSWORD, moment, wants_factor=True)
    secret = second_factor.offer_enrolment(database, settings, session, moment).secret
    number = pyotp.TOTP(secret).at(moment)
    second_factor.confirm_enrolment(database, settings, session, number, moment)
    return secret


def test_opening_rounds_takes_few_actions(house: Office) -> None:
    first = Tally()
    manager = house.seat("manager", first)
    manager.follow("新建考评年度")
    manager.page.locator("input[name=title]").fill("盘山县2018年度绩效考评")
    manager.page.locator("input[name=office]").fill("盘山县绩效考评办公室")
    manager.page.locator("input[name=contact]").fill("0427-0000000")
    manager.choose("input[value=panshan-2018]")
    manager.press("新建")
    manager.follow("名册")
    template = manager.fetch("下载名册模板")
    manager.hand_in("填好的工作簿", worked_case.fill_roster(template))
    manager.press("上传并核对")
    manager.press(re.compile("确认导入"))
    manager.has("16 个单位，24 个评价人")
    make_keys(house.seat("custodian", first))
    begin_round(house, manager, "auditor", "半年", first)
    assert len(first.done) <= FIRST_ROUND, first.done

    further = Tally()
    begin_round(house, house.seat("deputy", further), "second", "年终", further)
    assert len(further.done) <= FURTHER_ROUND, further.done

    database = connect(house.settings.database_url)
    states = [each.state for each in seasons.get_season(database, 1).rounds]
    database.close()
    assert states == ["open", "open"]


def make_keys(custodian: Desk) -> None:
    """For both rounds at once, as the page offers it."""
    custodian.follow(re.compile("半年"))
    for place, phrase in enumerate(PHRASES, 1):
        custodian.page.locator(f"input[name=name_{place}]").fill(f"保管人{place}")
        custodian.page.locator(f"input[name=passphrase_{place}]").fill(phrase)
        custodian.page.locator(f"input[name=again_{place}]").fill(phrase)
    custodian.press("生成三人密钥")
    custodian.has("2 轮共用一次口令")
    for place, phrase in enumerate(PHRASES, 1):
        custodian.page.locator(f"input[name=passphrase_{place}]").fill(phrase)
    custodian.press("演练开箱")
    custodian.has("等发码员或考评管理员发码")


def begin_round(house: Office, manager: Desk, second: str, name: str, tally: Tally) -> None:
    """Codes and letters made and fetched, the round proposed to begin, a second person agrees."""
    if manager.page.url.endswith("/office/"):
        manager.follow(re.compile(name))
    else:
        manager.tally.done.append(f"{manager.login}: navigation")
        manager.page.locator("nav").get_by_role("link", name=name).click()
    manager.page.get_by_label("截止时间").fill("2099-12-15T18:00")
    manager.press("发码并印制评价信")
    manager.fetch(re.compile("下载 invitations-"))
    manager.press("已保存，提出开始")
    manager.has("等另一位同事用自己的账号同意")
    other = house.seat(second, tally)
    other.press("同意")
    other.has("正在接收答卷")
