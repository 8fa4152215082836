"""The office's year in its browsers, from the first link to the archive, with the worked case."""

import csv
import io
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import openpyxl
import pypdf
import pytest
from playwright.sync_api import Browser, FilePayload, Page, expect

from evalsvc.clock import now
from evalsvc.db import connect
from evalsvc.demo import office
from evalsvc.demo.season import CUSTODIAN_ROLES, MANAGER_ROLES
from evalsvc.demo.server import build_settings, find_free_port, running_server
from evalsvc.domain.acting import Act
from evalsvc.domain.actor import build_outsider
from evalsvc.domain.people import staff
from evalsvc.migrating import migrate
from evalsvc.settings import PROJECT, Settings, prepare_instance
from tests.browser import open_desktop, watched_page
from tests.cast import PASSPHRASE
from tests.evidence.panshan import EXPECTED
from tests.journeys import worked_case
from tests.journeys.conftest import use_link
from tests.journeys.reading import list_violations, list_violations_in_both

pytestmark = [pytest.mark.slow, pytest.mark.browser]

SEATS = {
    "县领导": 7,
    "专项行动领导小组办公室": 1,
    "部门评镇（街道）、园区": 9,
    "镇（街道）、园区评部门": 7,
}


@dataclass
class Desk:
    """A colleague's browser, and what axe has found on the pages seen in it."""

    page: Page
    address: str
    violations: list[str] = field(default_factory=list)

    def open(self, path: str) -> None:
        self.page.goto(f"{self.address}/office{path}")

    def press(self, name: str) -> None:
        self.page.get_by_role("button", name=name, exact=True).click()

    def look(self) -> None:
        """Have axe look at the page in both languages."""
        self.violations += list_violations_in_both(self.page)

    def glance(self) -> None:
        """Have axe look at a page that can't be loaded again, as it stands."""
        self.violations += list_violations(self.page)

    def fetch(self, name: str) -> bytes:
        """Download what a link or a button offers."""
        offered = self.page.get_by_role("link", name=name).or_(
            self.page.get_by_role("button", name=name)
        )
        with self.page.expect_download() as found:
            offered.click()
        return Path(found.value.path()).read_bytes()

    def upload(self, label: str, content: bytes, button: str) -> None:
        workbook = FilePayload(name="填好的.xlsx", mimeType="application/xlsx", buffer=content)
        self.page.get_by_label(label).set_input_files(files=[workbook])
        self.press(button)

    def has(self, text: str) -> None:
        expect(self.page.locator("main")).to_contain_text(text)


@dataclass(frozen=True)
class House:
    """A served installation with a manager and a custodian, and receipts brought home."""

    settings: Settings
    manager: Desk
    custodian: Desk
    receipts: list[str] = field(default_factory=list)


@pytest.fixture
def house(browser: Browser, tmp_path: Path, expected_problems: set[str]) -> Iterator[House]:
    # A word that was not typed, and a wrong pass-phrase of the box.
    expected_problems |= {"422", "403"}
    settings = build_settings(tmp_path / "instance", find_free_port())
    link = make_first_link(settings)
    with (
        running_server(settings, tmp_path / "server.log"),
        sitting(browser, settings, expected_problems) as manager,
        sitting(browser, settings, expected_problems) as custodian,
    ):
        manager.open("/link")
        manager.look()
        use_link(manager.page, f"{settings.public_url}/office/link#{link}")
        yield House(settings, manager, custodian)


@contextmanager
def sitting(browser: Browser, settings: Settings, expected: set[str]) -> Iterator[Desk]:
    with open_desktop(browser) as context, watched_page(context, expected) as page:
        yield Desk(page, settings.public_url)


def test_the_worked_case_from_the_first_link_to_the_archive(house: House, tmp_path: Path) -> None:
    invite_custodian(house)
    found_season(house.manager)
    import_roster(house.manager)
    for round_id, code in ((1, "half_year"), (2, "year_end")):
        hold_round(house, round_id, code)
    import_figures(house.manager)
    compute(house.manager)
    unfold(house.manager)
    check_exports(house, tmp_path)
    assert house.manager.violations + house.custodian.violations == []


def make_first_link(settings: Settings) -> str:
    """What `first-staff` prints on a new installation."""
    prepare_instance(settings)
    migrate(settings.database_url)
    database = connect(settings.database_url)
    secret = staff.make_link(
        Act(database, build_outsider("shell"), now()), "manager", "考评管理员", MANAGER_ROLES
    )
    database.close()
    return secret


def invite_custodian(house: House) -> None:
    """The manager makes the second account; the custodian starts it at another desk."""
    desk = house.manager
    desk.look()
    desk.open("/staff")
    desk.look()
    desk.page.get_by_label("用户名").fill("custodian")
    desk.page.get_by_label("姓名").fill("票箱保管员")
    for role in CUSTODIAN_ROLES:
        desk.page.locator(f"input[value={role}]").check()
    desk.page.locator("form button.filled").click()
    link = desk.page.locator(".once").text_content() or ""
    desk.glance()
    use_link(house.custodian.page, link)


def found_season(desk: Desk) -> None:
    desk.open("/")
    desk.page.get_by_role("link", name="新建考评年度").click()
    desk.look()
    desk.page.locator("input[name=title]").fill("盘山县2018年度绩效考评")
    desk.page.locator("input[name=office]").fill("盘山县绩效考评办公室")
    desk.page.locator("input[name=contact]").fill("0427-0000000")
    desk.page.locator("input[value=panshan-2018]").check()
    desk.press("新建")
    desk.page.wait_for_url("**/office/seasons/1")
    desk.look()
    desk.open("/seasons/1/scheme")
    desk.look()


def import_roster(desk: Desk) -> None:
    """A workbook with a slip changes nothing; mended, it is imported."""
    desk.open("/seasons/1/roster")
    desk.look()
    template = desk.fetch("下载名册模板")
    wrong = worked_case.fill_roster(template, first_category="科室")
    desk.upload("填好的工作簿", wrong, "上传并核对")

    desk.has("有要改的地方，还不能导入。没有写入任何内容。")
    expect(desk.page.locator(".problems .place").first).to_have_text("单位 C2")
    expect(desk.page.locator("td.marked")).to_have_count(1)
    expect(desk.page.locator("td.marked")).to_contain_text("科室")
    expect(desk.page.get_by_role("button", name="确认导入")).to_have_count(0)
    desk.look()
    desk.open("/seasons/1/roster")
    desk.has("0 个单位，0 个评价人")

    desk.open("/seasons/1/roster/check")
    desk.upload("改好的文件", worked_case.fill_roster(template), "重新上传")
    desk.has("可以导入。现在还没有写入任何内容。")
    expect(desk.page.locator(".problems")).to_have_count(0)
    desk.look()
    # The button says how many lines are new, changed and gone.
    desk.page.get_by_role("button", name="确认导入：新增").click()
    desk.has("已导入：新增")
    desk.has("16 个单位，24 个评价人")
    desk.glance()


def hold_round(house: House, round_id: int, code: str) -> None:
    """One round, from its keys to its count."""
    manager, custodian = house.manager, house.custodian
    make_keys(custodian, round_id)
    bundle = issue(manager, round_id, code)
    manager.open(f"/rounds/{round_id}")
    manager.look()
    manager.press("开始接收答卷")
    manager.has("正在接收答卷")
    letters = office.read_letters(bundle, worked_case.SCHEME)
    house.receipts.extend(worked_case.cast_all(manager.address, code, letters))
    close(manager, round_id)
    open_box(custodian, round_id)


def make_keys(desk: Desk, round_id: int) -> None:
    desk.open(f"/rounds/{round_id}")
    desk.look()
    desk.open(f"/rounds/{round_id}?again=keys")
    desk.page.locator("form[action$='/keys'] input[name=passphrase]").fill(PASSPHRASE)
    desk.page.locator("form[action$='/keys'] input[name=again]").fill(PASSPHRASE)
    desk.press("生成密钥")
    desk.has("用口令试开一次空箱")
    desk.look()
    desk.page.locator("input[name=passphrase]").fill(PASSPHRASE)
    desk.press("演练开箱")
    desk.has("等发码员或考评管理员发码")


def issue(desk: Desk, round_id: int, code: str) -> bytes:
    """Codes and letters: watched until they are made, fetched, said to be safe, then gone."""
    desk.open(f"/rounds/{round_id}")
    desk.look()
    desk.page.get_by_label("截止时间").fill("2099-12-15T18:00")
    desk.press("发码并印制评价信")
    expect(desk.page.get_by_role("progressbar")).to_be_visible()
    desk.glance()
    bundle = desk.fetch(f"下载 invitations-{code}.zip")
    desk.press("已保存，删除")
    desk.has("文件已从服务器删除。")
    desk.look()
    with zipfile.ZipFile(io.BytesIO(bundle)) as archive:
        letters = pypdf.PdfReader(io.BytesIO(archive.read("letters.pdf")))
        assert len(letters.pages) == sum(SEATS.values())
    return bundle


def close(desk: Desk, round_id: int) -> None:
    """Closing wants its word; everybody has answered."""
    desk.open(f"/rounds/{round_id}")
    assert read_turnout(desk) == {name: [str(n), str(n), "100.0%"] for name, n in SEATS.items()}
    desk.look()
    desk.page.get_by_label("输入“截止”两个字确认").fill("好")
    desk.press("截止这一轮")
    desk.has("请输入“截止”两个字。")
    desk.glance()
    desk.page.get_by_label("输入“截止”两个字确认").fill("截止")
    desk.press("截止这一轮")
    desk.has("已截止，未开箱")


def open_box(desk: Desk, round_id: int) -> None:
    """A wrong pass-phrase opens nothing; the right one does."""
    desk.open(f"/rounds/{round_id}")
    desk.look()
    desk.page.locator("input[name=passphrase]").fill(PASSPHRASE + "！")
    desk.press("打开票箱")
    desk.has("口令不对，票箱没有打开，什么都没有改变。")
    desk.open(f"/rounds/{round_id}")
    desk.page.locator("input[name=passphrase]").fill(PASSPHRASE)
    desk.press("打开票箱")
    desk.has("已完成。")
    desk.look()
    desk.open(f"/rounds/{round_id}")
    desk.has("票箱已经打开并计票。")


def import_figures(desk: Desk) -> None:
    desk.open("/seasons/1/figures")
    desk.look()
    template = desk.fetch("下载模板")
    desk.upload("填好的工作簿", worked_case.fill_figures(template), "上传并核对")
    desk.has("可以导入。现在还没有写入任何内容。")
    assert desk.page.locator(".problems .is-error").count() == 0
    desk.look()
    desk.press("确认导入")
    desk.has("已导入：新增")


def compute(desk: Desk) -> None:
    """The ranking is the worked case's, unit by unit."""
    desk.open("/seasons/1/results")
    desk.look()
    desk.press("计算结果")
    desk.has("第 1 次计算")
    rows = desk.page.locator("tbody tr")
    shown = [row.locator("th, td").all_text_contents()[:3] for row in rows.all()]
    assert {name: (rank, total.rstrip("*")) for name, rank, total in shown} == {
        worked_case.UNITS[unit]["name"]: (str(found["rank"]), found["published"])
        for unit, found in EXPECTED.items()
    }
    desk.look()


def unfold(desk: Desk) -> None:
    """The first department's sheet, every fold opened, down to the ballots' points."""
    desk.page.get_by_role("link", name="县民政局").click()
    desk.has("总分 91.29")
    desk.look()
    folds = desk.page.locator("details")
    for fold in folds.all():
        if fold.get_attribute("open") is None:
            fold.locator("summary").first.click()
    expect(desk.page.locator("details:not([open])")).to_have_count(0)
    votes = desk.page.get_by_role("region", name="年终互评").locator("tbody tr")
    shown = [row.locator("th, td").all_text_contents() for row in votes.all()]
    # Of seven, the highest and the lowest are cut; five that are alike share a row.
    assert shown == [
        ["一票", "好", "100.00", "0%", "最低，去掉"],
        ["一票 × 5", "好", "100.00", "100%", ""],
        ["一票", "好", "100.00", "0%", "最高，去掉"],
    ]
    desk.glance()


def check_exports(house: House, folder: Path) -> None:
    """Every export downloads and opens in another program than wrote it."""
    desk = house.manager
    desk.open("/seasons/1/exports")
    desk.look()
    made = {
        kind: export(desk, place, filename)
        for place, (kind, filename) in enumerate(
            {
                "workbook": "result.xlsx",
                "report": "report.pdf",
                "csv": "result.csv",
                "audit": "package-audit.zip",
                "public": "package-public.zip",
            }.items()
        )
    }
    book = openpyxl.load_workbook(io.BytesIO(made["workbook"]))
    assert "91.29" in {str(cell.value) for row in book.worksheets[0] for cell in row}
    report = pypdf.PdfReader(io.BytesIO(made["report"]))
    text = "".join("".join(page.extract_text().split()) for page in report.pages)
    assert "盘山县2018年度绩效考评" in text
    assert "91.29" in text
    rows = csv.DictReader(io.StringIO(made["csv"].decode("utf-8-sig")))
    assert {row["单位代码"]: row["得分"] for row in rows} == {
        unit: found["published"] for unit, found in EXPECTED.items()
    }
    for kind in ("audit", "public"):
        path = folder / f"{kind}.zip"
        path.write_bytes(made[kind])
        recompute(path)


def export(desk: Desk, place: int, filename: str) -> bytes:
    desk.open("/seasons/1/exports")
    desk.page.get_by_role("button", name="生成").nth(place).click()
    return desk.fetch(f"下载 {filename}")


def recompute(package: Path) -> None:
    """As an auditor does it, with the package alone."""
    ran = subprocess.run(
        [sys.executable, "-m", "evalsvc", "recompute", str(package)],
        cwd=PROJECT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert "县民政局" in ran.stdout
    assert "91.29" in ran.stdout


def read_turnout(desk: Desk) -> dict[str, list[str]]:
    rows = desk.page.get_by_role("region", name="参评情况").locator("tbody tr")
    cells = [row.locator("th, td").all_text_contents() for row in rows.all()]
    return {name: figures[:3] for name, *figures in cells}
