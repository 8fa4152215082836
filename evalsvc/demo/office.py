"""Colleagues of the office in their browsers: one function for each thing they do on the pages."""

import io
import re
import time
import zipfile
from collections.abc import Callable, Mapping
from datetime import datetime

from python_calamine import CalamineWorkbook

from evalsvc.demo.browser import Browser, ChosenFile, Values
from evalsvc.demo.colleague import OfficeBrowser
from evalsvc.demo.page import Page
from evalsvc.demo.raters import Letter
from evalsvc.demo.story import Story
from evalsvc.scheme.model import Scheme

JOB_WITHIN_S = 600.0

Progress = Callable[[int, int], None]


def begin_account(browser: OfficeBrowser, secret: str) -> None:
    """Use a one-time link: choose the colleague's password and be signed in."""
    page = browser.open("/office/link").expect("/office/link")
    values = {"link": secret, "password": browser.password, "again": browser.password}
    browser.submit(page, page.get_form("/office/link"), values).expect("/office/")


def invite(browser: Browser, login: str, name: str, roles: list[str]) -> str:
    """Make a colleague's account; returns the one-time link that the page shows once."""
    page = browser.open("/office/staff").expect("/office/staff")
    values: Values = {"login": login, "name": name, "roles": roles}
    page = browser.submit(page, page.get_form("/office/staff"), values).expect("/office/staff")
    link = page.marked.get("once", "")
    if "#" not in link:
        raise page.trouble("没有显示一次性链接 no one-time link")
    return link


def found_season(browser: Browser, story: Story) -> int:
    """Create the season from the preset."""
    page = browser.open("/office/seasons/new").expect("/office/seasons/new")
    values = {
        "title": story.title,
        "office": story.office,
        "contact": story.contact,
        "scheme": story.preset,
    }
    page = browser.submit(page, page.get_form("/office/seasons/new"), values)
    found = re.fullmatch(r"/office/seasons/(\d+)", page.path)
    if found is None or page.status != 200:
        raise page.trouble("没有建立考评年度 the season was not created")
    return int(found[1])


def list_rounds(browser: Browser, season_id: int) -> list[int]:
    """The ids of the season's rounds, in their order, by the links of its page.

    They were made in that order. The page may name the round whose turn it is before all others.
    """
    page = browser.open(f"/office/seasons/{season_id}").expect("/office/seasons/")
    found = (re.fullmatch(r"/office/rounds/(\d+)", link) for link in page.links)
    return sorted({int(each[1]) for each in found if each})


def import_workbook(
    browser: Browser, season_id: int, noun: str, fill: Callable[[bytes], bytes]
) -> None:
    """Download a template, upload it filled in, look at the dry run, import."""
    address = f"/office/seasons/{season_id}/{noun}"
    template = browser.open(f"{address}.xlsx")
    if not template.filename:
        raise template.trouble("没有下载到模板 no template")
    page = browser.open(address).expect(address)
    workbook = ChosenFile(f"{noun}.xlsx", fill(template.body))
    page = browser.submit(page, page.get_form(address), {"workbook": workbook})
    page.expect(f"{address}/check")
    page = browser.submit(page, page.get_form(f"{address}/import"))
    page.expect(address)


def say_year(browser: Browser, season_id: int, year: int) -> None:
    """Say which year the season is, before earlier ones can be imported."""
    address = f"/office/seasons/{season_id}/history"
    page = browser.open(address).expect(address)
    form = page.get_form(f"{address}/year")
    browser.submit(page, form, {"year": str(year)}).expect(address)


def make_keys(browser: Browser, round_id: int, passphrase: str) -> None:
    """The custodian's keys, and the rehearsal without which no round opens.

    They are made for all rounds of the season at once, so that a later round has them already.
    """
    page = browser.open(f"/office/rounds/{round_id}").expect("/office/rounds/")
    if not any(form.action.endswith("/keys") for form in page.forms):
        return
    values = {"passphrase": passphrase, "again": passphrase}
    _do(browser, round_id, "keys", values)
    _do(browser, round_id, "rehearsal", {"passphrase": passphrase})


def issue(browser: Browser, round_id: int, deadline: datetime, progress: Progress) -> bytes:
    """Issue the codes; the ZIP with letters, labels and the list, fetched at once."""
    page = _do(browser, round_id, "invitations", {"deadline": f"{deadline:%Y-%m-%dT%H:%M}"})
    return fetch_file(browser, wait_for_job(browser, page, progress))


def open_round(browser: Browser, round_id: int) -> None:
    """Begin to take answers."""
    _do(browser, round_id, "opening", {})


def close_round(browser: Browser, round_id: int) -> None:
    """Stop taking answers, with the word that has to be typed."""
    _do(browser, round_id, "closing", {"word": "截止"})


def open_box(browser: Browser, round_id: int, passphrase: str, progress: Progress) -> None:
    """The custodian opens the box."""
    page = _do(browser, round_id, "box", {"passphrase": passphrase})
    wait_for_job(browser, page, progress)


def compute(browser: Browser, season_id: int, progress: Progress) -> None:
    """Compute the result."""
    address = f"/office/seasons/{season_id}/results"
    page = browser.open(address).expect(address)
    page = browser.submit(page, page.get_form(address))
    if "/jobs/" in page.path:
        wait_for_job(browser, page, progress)
    else:
        page.expect(address)


def export(browser: Browser, season_id: int, kind: str, progress: Progress) -> bytes:
    """Have a document or package made, and download it."""
    page = browser.open(f"/office/seasons/{season_id}/exports").expect("/office/seasons/")
    page = browser.submit(page, page.get_form(f"/exports/{kind}"))
    return fetch_file(browser, wait_for_job(browser, page, progress))


def list_turnout(browser: Browser, round_id: int, scheme: Scheme) -> Mapping[str, tuple[int, int]]:
    """Codes issued and used by group, from the table on the round's page."""
    page = browser.open(f"/office/rounds/{round_id}").expect("/office/rounds/")
    groups = {group.name.zh: group.code for group in scheme.groups}
    return {
        groups[row[0]]: (int(row[1]), int(row[2]))
        for row in page.rows
        if len(row) > 2 and row[0] in groups
    }


def read_letters(bundle: bytes, scheme: Scheme) -> list[Letter]:
    """The list of cards in an issued ZIP."""
    groups = {group.name.zh: group.code for group in scheme.groups}
    with zipfile.ZipFile(io.BytesIO(bundle)) as archive, archive.open("list.xlsx") as file:
        book = CalamineWorkbook.from_filelike(io.BytesIO(file.read()))
    _headings, *rows = book.get_sheet_by_index(0).to_python()
    return [Letter(groups[str(row[0])], str(row[1]), str(row[2])) for row in rows]


def wait_for_job(browser: Browser, page: Page, progress: Progress) -> Page:
    """Reload a job's page until it is done."""
    page.expect("/office/jobs/")
    deadline = time.monotonic() + JOB_WITHIN_S
    while time.monotonic() < deadline:
        bar = page.progress
        if bar is None:
            if page.alerts:
                raise page.trouble("工作没有完成 the work was not done")
            return page
        progress(*bar)
        time.sleep(0.4)
        page = browser.open(page.path).expect("/office/jobs/")
    raise page.trouble("工作没有结束 the work does not end")


def fetch_file(browser: Browser, page: Page) -> bytes:
    """What a job has made."""
    answer = browser.submit(page, page.get_form(f"{page.path}/file"))
    if answer.status != 200 or not answer.filename:
        raise answer.trouble("没有取到文件 no file")
    return answer.body


def _do(browser: Browser, round_id: int, step: str, values: Mapping[str, str]) -> Page:
    """Fill in the form of a round's next step."""
    page = browser.open(f"/office/rounds/{round_id}").expect("/office/rounds/")
    page = browser.submit(page, page.get_form(f"/{step}"), values)
    if page.status != 200:
        raise page.trouble(f"这一步没有完成 not done: {step}")
    return page
