"""Covers the suite's own ground: a real database for each test, watched pages, and loud skips."""

from pathlib import Path

import pytest
import sqlalchemy
from playwright.sync_api import Browser, BrowserContext, Page

from tests.browser import open_phone, watched_page
from tests.postgres import Cluster, find_binaries, running_cluster

pytestmark = pytest.mark.slow

CONFTEST = "from tests.conftest import pytest_sessionfinish, pytest_terminal_summary\n"
SKIPPING_TESTS = """
from tests.capability import get_program

def test_one(): get_program("no-such-program", "no-such-package")
def test_two(): get_program("no-such-program", "no-such-package")
def test_three(): pass
"""
LOUD_LINE = "!!! 2 tests NOT RUN: no-such-program (apt-get install no-such-package)"


@pytest.mark.parametrize("strict", ["0", "1"])
@pytest.mark.parametrize("workers", ["0", "2"])
def test_skips_for_want_of_a_program_are_loud_and_fail_in_strict_mode(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch, strict: str, workers: str
) -> None:
    monkeypatch.setenv("EVALSVC_STRICT", strict)
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parents[1]))
    pytester.makeconftest(CONFTEST)
    pytester.makepyfile(SKIPPING_TESTS)

    result = pytester.runpytest_subprocess("-n", workers)

    assert LOUD_LINE in result.outlines
    assert result.ret == int(strict)


def test_every_test_has_an_empty_database(database_url: str) -> None:
    engine = sqlalchemy.create_engine(database_url)
    try:
        assert sqlalchemy.inspect(engine).get_table_names() == []
        with engine.begin() as connection:
            connection.execute(sqlalchemy.text("CREATE TABLE note (words TEXT)"))
        assert sqlalchemy.inspect(engine).get_table_names() == ["note"]
    finally:
        engine.dispose()


def test_database_may_be_copied_from_a_template(postgres_cluster: Cluster) -> None:
    template = postgres_cluster.create_database()
    _execute(template, "CREATE TABLE note (words TEXT)")

    copy = postgres_cluster.create_database(template=sqlalchemy.make_url(template).database or "")

    _execute(copy, "INSERT INTO note VALUES ('评议')")
    postgres_cluster.drop_database(copy)
    postgres_cluster.drop_database(template)


def test_server_writes_all_as_it_answers_and_listens_on_its_socket_alone(postgres_url: str) -> None:
    """Only the wait for the disk is spared: the files hold what an office's server writes there."""
    settings = ("fsync", "synchronous_commit", "full_page_writes", "listen_addresses")
    assert [_value(postgres_url, f"SHOW {name}") for name in settings] == ["off", "on", "on", ""]


@pytest.mark.postgres
def test_nothing_is_left_of_a_cluster_after_use(postgres_cluster: Cluster) -> None:
    binaries = find_binaries()
    assert binaries == postgres_cluster.binaries

    with running_cluster(postgres_cluster.binaries) as cluster:
        process_id = int((cluster.data / "postmaster.pid").read_text().splitlines()[0])
        assert Path(f"/proc/{process_id}").exists()

    assert not cluster.folder.exists()
    assert not Path(f"/proc/{process_id}").exists()


def test_phone_is_a_touch_phone_that_speaks_chinese(phone: Page) -> None:
    phone.set_content("<p>评议</p>")

    seen = phone.evaluate("[screen.width, navigator.maxTouchPoints > 0, navigator.language]")

    assert seen == [390, True, "zh-CN"]


def test_desktop_is_wide(desktop: Page) -> None:
    assert desktop.evaluate("innerWidth") == 1280


@pytest.mark.parametrize(
    ("markup", "problem"),
    [
        ("<script>throw new Error('broken')</script>", "script: broken"),
        ("<script>console.error('complaint')</script>", "console: complaint"),
        ("<img src='http://outside.invalid/a.png'>", "asked another host: http://outside.invalid"),
    ],
)
def test_watched_page_fails_on_problems(browser: Browser, markup: str, problem: str) -> None:
    with open_phone(browser) as context:
        with pytest.raises(AssertionError, match=problem):
            _show(context, markup, expected=set())

        _show(context, markup, expected={problem, "ERR_"})


def _show(context: BrowserContext, markup: str, expected: set[str]) -> None:
    with watched_page(context, expected) as page:
        page.set_content(markup)


def _execute(url: str, statement: str) -> None:
    engine = sqlalchemy.create_engine(url)
    with engine.begin() as connection:
        connection.execute(sqlalchemy.text(statement))
    engine.dispose()


def _value(url: str, statement: str) -> object:
    engine = sqlalchemy.create_engine(url)
    with engine.connect() as connection:
        found = connection.execute(sqlalchemy.text(statement)).scalar_one()
    engine.dispose()
    return found
