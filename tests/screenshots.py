"""Takes pictures of every page with the demonstration's data: to look at, and for the manuals."""

import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import click
from PIL import Image
from playwright.sync_api import Browser, Page

from evalsvc.clock import now
from evalsvc.demo.server import build_settings, find_free_port, running_server
from evalsvc.demo.stage import renew_links, set_up
from evalsvc.settings import PROJECT, Settings, prepare_instance
from evalsvc.workbooks.templates import roster_template
from tests.browser import new_context, running_browser
from tests.journeys import worked_case

SCREENS = {"phone": (390, 844), "desktop": (1280, 900)}
PICTURES = PROJECT / "docs" / "pictures"
MOST_BYTES = 150_000
PASSWORD = "截图用的密码 2018"
CODE = re.compile(r"/r#(\S+)")

# The finished season, the one to try the forced ratio in, the one with the panel.
FINISHED, TRIAL, CITY = 1, 2, 3
UNIT = "d15"

OFFICE = {
    "board": "/",
    "new-season": "/seasons/new",
    "scheme-check": "/schemes/check",
    "season-finished": f"/seasons/{FINISHED}",
    "season-open": f"/seasons/{CITY}",
    "scheme": f"/seasons/{FINISHED}/scheme",
    "scheme-tree": f"/seasons/{FINISHED}/scheme/tree",
    "scheme-trial": f"/seasons/{FINISHED}/scheme/trial",
    "scheme-comparison": f"/seasons/{FINISHED}/scheme/comparison?other=preset:three-in-one",
    "scheme-edition": f"/seasons/{TRIAL}/scheme/edition",
    "questionnaires": f"/seasons/{CITY}/questionnaires",
    "history": f"/seasons/{FINISHED}/history",
    "roster": f"/seasons/{FINISHED}/roster",
    "panel-plan": f"/seasons/{CITY}/panel-plan",
    "figures": f"/seasons/{FINISHED}/figures",
    "round-open": "/rounds/5",
    "round-counted": "/rounds/1",
    "round-preparing": "/rounds/4",
    "preview": "/rounds/5/preview",
    "replies": "/rounds/1/replies",
    "diagnostics": f"/seasons/{FINISHED}/diagnostics",
    "diagnostics-year-end": f"/seasons/{FINISHED}/diagnostics/year_end",
    "adjustments": f"/seasons/{FINISHED}/adjustments",
    "bodies": f"/seasons/{FINISHED}/bodies",
    "tasks": f"/seasons/{FINISHED}/tasks",
    "comments": f"/seasons/{FINISHED}/comments",
    "publication": f"/seasons/{FINISHED}/publication",
    "reviews": f"/seasons/{FINISHED}/reviews",
    "results": f"/seasons/{FINISHED}/results",
    "unit": f"/seasons/{FINISHED}/results/{UNIT}",
    "exports": f"/seasons/{FINISHED}/exports",
    "staff": "/staff",
    "account": "/account",
    "log": "/log",
    "problem": "/seasons/99",
}


@dataclass(frozen=True)
class Place:
    """The served demonstration and the codes of its welcome, in order."""

    settings: Settings
    codes: list[str]

    @property
    def address(self) -> str:
        return self.settings.public_url


@click.command()
@click.argument("out", default="out/screenshots", type=click.Path(path_type=Path))
@click.option("--english", is_flag=True, help="英文页面 / the pages in English")
@click.option("--pictures", is_flag=True, help="只更新 docs/pictures / the manuals' pictures only")
def main(out: Path, english: bool, pictures: bool) -> None:
    """各页截图，默认放入 out/screenshots / Pictures of every page."""
    with served_demonstration() as place, running_browser() as browser:
        if pictures:
            take_manual_pictures(browser, place)
            return
        for screen in SCREENS:
            folder = out / f"{screen}-{'en' if english else 'zh'}"
            folder.mkdir(parents=True, exist_ok=True)
            take_all(browser, place, screen, folder, "en" if english else "zh")
        click.echo(f"截图在 pictures in {out}")


@contextmanager
def served_demonstration() -> Iterator[Place]:
    """The demonstration in a folder of its own, as long as pictures are taken."""
    with tempfile.TemporaryDirectory(prefix="evalsvc-screenshots-") as folder:
        settings = build_settings(Path(folder) / "instance", find_free_port())
        prepare_instance(settings)
        welcome = set_up(settings, now())
        with running_server(settings, Path(folder) / "server.log"):
            yield Place(settings, CODE.findall(welcome))


def take_all(browser: Browser, place: Place, screen: str, folder: Path, language: str) -> None:
    """Every page on one screen, each as one long picture."""
    with _open_page(browser, screen, place.address, language) as page:
        for name in _walk_as_rater(page, place):
            page.screenshot(path=folder / f"rater-{name}.png", full_page=True)
    with _open_page(browser, screen, place.address, language) as page:
        for name in _walk_as_office(page, place):
            page.screenshot(path=folder / f"office-{name}.png", full_page=True)


def take_manual_pictures(browser: Browser, place: Place) -> None:
    """The README's unit sheet, and what the office's manual shows."""
    PICTURES.mkdir(exist_ok=True)
    with _open_page(browser, "desktop", place.address, "zh") as page:
        _sign_in(page, place)
        for name, path in (("board", "/"), ("round", "/rounds/5"), ("results", OFFICE["results"])):
            page.goto(f"{place.address}/office{path}")
            _save(page, name)
        page.goto(f"{place.address}/office{OFFICE['roster']}")
        _check_wrong_roster(page)
        _save(page, "dry-run")
        page.goto(f"{place.address}/office{OFFICE['unit']}")
        _unfold_first(page)
        page.evaluate("scrollTo(0, 0)")
        _save(page, "unit", height=1240)
    with _open_page(browser, "phone", place.address, "zh") as page:
        _begin(page, place, place.codes[0])
        _choose_some(page)
        _save(page, "phone", height=844)


@contextmanager
def _open_page(browser: Browser, screen: str, address: str, language: str) -> Iterator[Page]:
    width, height = SCREENS[screen]
    context = new_context(
        browser,
        viewport={"width": width, "height": height},
        locale="zh-CN",
        timezone_id="Asia/Shanghai",
        has_touch=screen == "phone",
        is_mobile=screen == "phone",
    )
    context.add_cookies([{"name": "lang", "value": language, "url": address}])
    yield context.new_page()
    context.close()


def _walk_as_rater(page: Page, place: Place) -> Iterator[str]:
    """Every kind of page that a rater meets; nothing is cast, so that codes stay good."""
    page.goto(f"{place.address}/")
    yield "home"
    page.locator("#code").fill("ABCD")
    page.locator("main button").click()
    page.locator(".error").wait_for()
    yield "mistyped"
    page.goto(f"{place.address}/r#{place.codes[0]}")
    yield "card"
    page.goto(f"{place.address}/nowhere")
    yield "problem"
    for name, number in (("bands", 0), ("marks", 5), ("levels", 7)):
        _begin(page, place, place.codes[number])
        yield name
    _choose_all(page)
    page.locator(".bar .main").last.click()
    page.locator("input[name=nonce]").wait_for(state="attached")
    yield "check"
    page.locator(".acts .main").click()
    page.locator(".receipt").wait_for()
    yield "receipt"
    _begin(page, place, place.codes[0])
    _choose_some(page)
    yield "bands-half"


def _walk_as_office(page: Page, place: Place) -> Iterator[str]:
    page.goto(f"{place.address}/office/sign-in")
    yield "sign-in"
    page.goto(f"{place.address}/office/link")
    yield "link"
    _sign_in(page, place)
    for name, path in OFFICE.items():
        page.goto(f"{place.address}/office{path}")
        yield name
    page.goto(f"{place.address}/office{OFFICE['unit']}")
    _unfold_first(page)
    yield "unit-unfolded"
    page.goto(f"{place.address}/office/seasons/{FINISHED}/roster")
    _check_wrong_roster(page)
    yield "dry-run"
    page.goto(f"{place.address}/office{OFFICE['exports']}")
    page.locator("main form button").first.click()
    page.wait_for_url("**/jobs/*")
    yield "job"
    page.locator("form[action$='/file'] button").wait_for()
    yield "job-done"


def _sign_in(page: Page, place: Place) -> None:
    """As the manager, each time with a new one-time link."""
    link = renew_links(place.settings, now())["manager"]
    _open_with_fragment(page, f"{place.address}/office/link#{link}")
    page.locator("input[name=password]").fill(PASSWORD)
    page.locator("input[name=again]").fill(PASSWORD)
    page.locator("main form button").click()
    page.wait_for_url("**/office/")


def _begin(page: Page, place: Place, code: str) -> None:
    _open_with_fragment(page, f"{place.address}/r#{code}")
    page.locator("main button").click()
    page.locator("#questions").wait_for()


def _open_with_fragment(page: Page, address: str) -> None:
    """From the same page with another fragment, a browser would load nothing anew."""
    page.goto("about:blank")
    page.goto(address)


def _choose_all(page: Page) -> None:
    for unit in page.locator(".unit").all():
        unit.locator("input").nth(len(unit.text_content() or "") % 3).check()


def _choose_some(page: Page) -> None:
    """Half a section, so that some bands are full and some are not."""
    for place, unit in enumerate(page.locator(".unit").all()[:6]):
        unit.locator("input").nth((0, 1, 1, 2, 0, 1)[place]).check()
    page.locator("#questions").evaluate("one => one.scrollIntoView()")


def _unfold_first(page: Page) -> None:
    """The way down from the total to the other units' votes: appraisal, year-end, mutual."""
    fold = page.locator(".tree > details")
    for place in (1, 1, 2):
        fold = fold.locator("> .inner > details").nth(place)
        fold.locator("> summary").click()


def _check_wrong_roster(page: Page) -> None:
    """Upload a roster with a slip, so that the dry run has something to say."""
    template = roster_template(worked_case.SCHEME, "zh")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "名册.xlsx"
        path.write_bytes(worked_case.fill_roster(template, first_category="科室"))
        page.locator("input[type=file]").set_input_files(path)
        page.locator("form[enctype] button").click()
        page.wait_for_url("**/check")


def _save(page: Page, name: str, height: int = 800) -> None:
    """A picture for the manuals, with so few colours that it stays small."""
    path = PICTURES / f"{name}.png"
    width = page.viewport_size["width"] if page.viewport_size else 1280
    page.set_viewport_size({"width": width, "height": height})
    page.screenshot(path=path)
    with Image.open(path) as picture:
        few = picture.convert("RGB").quantize(64, method=Image.Quantize.MEDIANCUT)
    few.save(path, optimize=True)
    size = path.stat().st_size
    click.echo(f"{path.relative_to(PROJECT)}  {size // 1000} kB")
    if size > MOST_BYTES:
        raise click.ClickException(f"{path.name}: {size} bytes, at most {MOST_BYTES}")


if __name__ == "__main__":
    main()
