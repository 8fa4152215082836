"""A served installation for whole journeys: real pages, real jobs in processes of their own."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from evalsvc.app import create_app
from evalsvc.clock import now
from evalsvc.demo.server import find_free_port
from evalsvc.domain.acting import Act
from evalsvc.domain.actor import build_outsider
from evalsvc.domain.people import staff
from evalsvc.domain.sealing import rounds
from tests.browser import new_context, watched_page
from tests.cast import Installation, build_installation
from tests.serving import serve

PASSWORD = "办公室的密码 一句话就行"


@dataclass(frozen=True)
class Served:
    """An installation that people reach under an address, which its letters print."""

    installation: Installation
    address: str

    def get_cast(self, round_id: int) -> dict[str, tuple[int, int]]:
        """Codes issued and used by group, by the office's verb."""
        found = rounds.get_turnout(self.installation.database, round_id)
        return {one.group: (one.issued, one.cast) for one in found}


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Served]:
    port = find_free_port()
    address = f"http://127.0.0.1:{port}"
    built = build_installation(tmp_path)
    installation = replace(built, settings=replace(built.settings, public_url=address))
    app = create_app(installation.settings)
    with serve(app, port):
        yield Served(installation, address)
    app.extensions["evalsvc"].database.close()
    installation.database.close()


@pytest.fixture
def plain_phone(browser: Browser, expected_problems: set[str]) -> Iterator[Page]:
    """The same phone with its scripts switched off."""
    context = new_context(
        browser,
        viewport={"width": 390, "height": 844},
        has_touch=True,
        is_mobile=True,
        java_script_enabled=False,
        locale="zh-CN",
        timezone_id="Asia/Shanghai",
    )
    with watched_page(context, expected_problems) as page:
        yield page
    context.close()


def sign_in(page: Page, served: Served, login: str, name: str, roles: list[str]) -> None:
    """A colleague begins an account by the one-time link, as on the first day."""
    database = served.installation.database
    secret = staff.make_link(Act(database, build_outsider("test"), now()), login, name, roles)
    use_link(page, f"{served.address}/office/link#{secret}")


def use_link(page: Page, link: str) -> None:
    page.goto(link)
    page.get_by_label("新密码", exact=True).fill(PASSWORD)
    page.get_by_label("再输一次新密码").fill(PASSWORD)
    page.get_by_role("button", name="启用并登录").click()
    page.wait_for_url("**/office/")


def read_turnout(page: Page, served: Served, round_id: int) -> dict[str, tuple[int, int]]:
    """Codes issued and used by the group's name, as the office's page shows them."""
    page.goto(f"{served.address}/office/rounds/{round_id}")
    rows = page.get_by_role("region", name="参评情况").locator("tbody tr")
    cells = [row.locator("th, td").all_text_contents() for row in rows.all()]
    return {name: (int(issued), int(cast)) for name, issued, cast, *_ in cells}
