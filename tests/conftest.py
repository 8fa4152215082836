"""What every test may ask for, and a loud word on what did not run."""

import faulthandler
import gc
import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from _pytest.faulthandler import (
    fault_handler_stderr_fd_key,
    get_exit_on_timeout_config_value,
    get_timeout_config_value,
)

from tests import capability
from tests.compiled_routes import compile_routes_once
from tests.compiled_templates import compile_templates_once
from tests.in_memory import write_into_memory

if TYPE_CHECKING:
    from tests.cast import Installation

write_into_memory()
compile_templates_once()
compile_routes_once()
# Before NumPy is loaded: small matrices, two workers, and threads that wait for each other.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

pytest_plugins = ["pytester", "tests.postgres", "tests.browser"]

FIXTURE_MARKS = {"postgres_cluster": pytest.mark.postgres, "browser": pytest.mark.browser}


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty database for one test, which runs once on SQLite and once on PostgreSQL."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'evalsvc.db'}"
    url: str = request.getfixturevalue("fresh_postgres_url")
    return url


@pytest.fixture
def place(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator["Installation"]:
    """A new installation: on SQLite, and on both databases where a test uses `database_url`."""
    # Here, since the tests of the mathematics need nothing of the product.
    from tests.cast import build_installation

    asked = "database_url" in request.fixturenames
    url = request.getfixturevalue("database_url") if asked else None
    # With SQLite's file inside: what is sought in an installation's files is sought there, too.
    built = build_installation(tmp_path if asked else tmp_path / "instance", url)
    yield built
    built.database.close()


@pytest.hookimpl(tryfirst=True)  # before -m chooses
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Whoever uses the browser or the server is marked for it, so that no mark is forgotten."""
    for item in items:
        for fixture, mark in FIXTURE_MARKS.items():
            if fixture in getattr(item, "fixturenames", ()):
                item.add_marker(mark)


def pytest_collection_finish() -> None:
    """Modules and nine thousand tests stay to the end: no use in looking through them again.

    The collector did so at each of its rounds, for up to a third of a calculating test's time.
    """
    gc.collect()
    gc.freeze()


@pytest.hookimpl(trylast=True)  # after pytest itself, and after a debugger
def pytest_exception_interact(node: pytest.Item | pytest.Collector) -> None:
    """pytest takes its limit off a test that failed, whose end may hang all the same."""
    config = node.config
    limit = get_timeout_config_value(config)
    if limit and isinstance(node, pytest.Item):
        stderr = config.stash[fault_handler_stderr_fd_key]  # not the one that is captured
        exits = get_exit_on_timeout_config_value(config)
        faulthandler.dump_traceback_later(limit, exit=exits, file=stderr)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    for line in capability.build_lines(_list_skip_reasons(terminalreporter)):
        terminalreporter.write_line(f"!!! {line}", red=True, bold=True)


@pytest.hookimpl(tryfirst=True)  # before the last line is coloured by the result
def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    """In `.ci/run`, a test skipped for want of a program fails the run."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if exitstatus or not capability.is_strict() or reporter is None:
        return
    if capability.build_lines(_list_skip_reasons(reporter)):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def _list_skip_reasons(reporter: pytest.TerminalReporter) -> list[str]:
    return [
        report.longrepr[2]
        for report in reporter.stats.get("skipped", ())
        if isinstance(report.longrepr, tuple)
    ]
