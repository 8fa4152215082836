"""Drives a real Chromium: pages of a phone and of a desktop, watched for errors."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    Request,
    expect,
    sync_playwright,
)

from tests.capability import skip_for_want_of
from tests.patience import PATIENCE_MS

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """The machine's Chromium, started once in each test process."""
    with running_browser() as started:
        yield started


@pytest.fixture
def expected_problems() -> set[str]:
    """Parts of messages that this test provokes on purpose; any other problem fails it."""
    return set()


@pytest.fixture
def phone(browser: Browser, expected_problems: set[str]) -> Iterator[Page]:
    """A page of a touch phone in Chinese, as a rater has after scanning a card."""
    with open_phone(browser) as context, watched_page(context, expected_problems) as page:
        yield page


@pytest.fixture
def desktop(browser: Browser, expected_problems: set[str]) -> Iterator[Page]:
    """A page of an office's desktop computer."""
    with open_desktop(browser) as context, watched_page(context, expected_problems) as page:
        yield page


@contextmanager
def running_browser() -> Iterator[Browser]:
    """Start Chromium; outside the suite, `./run screenshots` uses it too."""
    program = find_chromium()
    if program is None:
        skip_for_want_of("Chromium", "chromium")
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=program, args=FLAGS)
        expect.set_options(timeout=PATIENCE_MS)
        yield started
        started.close()


def find_chromium() -> Path | None:
    """A Chromium outside Ubuntu's snap store: inside, it cannot reach the folders given to it."""
    for name in ("chromium", "google-chrome-stable", "google-chrome"):
        found = shutil.which(name)
        if found and not found.startswith("/snap/"):
            return Path(found)
    return None


def new_context(browser: Browser, **settings: Any) -> BrowserContext:
    """A context of these settings, whose pages wait as long as a busy machine needs."""
    context = browser.new_context(**settings)
    context.set_default_timeout(PATIENCE_MS)
    return context


@contextmanager
def open_phone(browser: Browser) -> Iterator[BrowserContext]:
    context = new_context(
        browser,
        viewport={"width": 390, "height": 844},
        device_scale_factor=2,
        has_touch=True,
        is_mobile=True,
        locale="zh-CN",
        timezone_id="Asia/Shanghai",
    )
    yield context
    context.close()


@contextmanager
def open_desktop(browser: Browser) -> Iterator[BrowserContext]:
    context = new_context(
        browser,
        viewport={"width": 1280, "height": 800},
        locale="zh-CN",
        timezone_id="Asia/Shanghai",
    )
    yield context
    context.close()


@contextmanager
def watched_page(context: BrowserContext, expected: set[str]) -> Iterator[Page]:
    """A page that fails the test at its end on script or console errors and outside requests."""
    problems: list[str] = []

    def note_console(message: ConsoleMessage) -> None:
        if message.type == "error":
            problems.append(f"console: {message.text} ({message.location.get('url')})")

    def note_request(request: Request) -> None:
        if urlsplit(request.url).hostname not in {None, "127.0.0.1", "localhost", "::1"}:
            problems.append(f"asked another host: {request.url}")

    page = context.new_page()
    page.on("pageerror", lambda error: problems.append(f"script: {error}"))
    page.on("console", note_console)
    page.on("request", note_request)
    yield page
    unexpected = [each for each in problems if not any(part in each for part in expected)]
    assert unexpected == []
