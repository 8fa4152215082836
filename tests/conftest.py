"""What every test may ask for, and a loud word on what did not run."""

import os
from pathlib import Path

import pytest

from tests import capability

# Before NumPy is loaded: small matrices, two workers, and threads that wait for each other.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

pytest_plugins = ["pytester", "tests.postgres", "tests.browser"]

# Files whose tests print documents, start programs or try hundreds of cases: more than the quick
# suite of a minute can hold. `./run test` and `.ci/run` run them all.
SLOW_FILES = {
    "tests/admin/test_access.py",
    "tests/admin/test_account.py",
    "tests/admin/test_approvals.py",
    "tests/admin/test_assessments.py",
    "tests/admin/test_assisted.py",
    "tests/admin/test_attachments.py",
    "tests/admin/test_comments.py",
    "tests/admin/test_exclusions.py",
    "tests/admin/test_foreign_ids.py",
    "tests/admin/test_history.py",
    "tests/admin/test_outcome_pages.py",
    "tests/admin/test_preview.py",
    "tests/admin/test_publication.py",
    "tests/admin/test_questionnaires.py",
    "tests/admin/test_results.py",
    "tests/admin/test_roster.py",
    "tests/admin/test_rounds.py",
    "tests/admin/test_scheme_desk.py",
    "tests/admin/test_second_factor.py",
    "tests/analysis/test_extreme_designs.py",
    "tests/analysis/test_methods.py",
    "tests/analysis/test_scoring_properties.py",
    "tests/backups/test_backup.py",
    "tests/doctor/test_doctor.py",
    "tests/domain/test_exclusions.py",
    "tests/domain/test_offline.py",
    "tests/domain/test_opening.py",
    "tests/domain/test_publishing.py",
    "tests/evidence/test_package_errors.py",
    "tests/integrity/test_byte_flips.py",
    "tests/integrity/test_hostile_input.py",
    "tests/integrity/test_tampering.py",
    "tests/integrity/test_verify_command.py",
    "tests/public/test_every_question.py",
    "tests/public/test_refusals.py",
    "tests/reports/test_diagnostics.py",
    "tests/reports/test_letters.py",
    "tests/reports/test_paper_form.py",
    "tests/reports/test_report.py",
    "tests/reports/test_unit_sheet.py",
    "tests/reports/test_workbook.py",
    "tests/scheme/test_wrong.py",
    "tests/test_capability.py",
    "tests/workbooks/test_jail.py",
    "tests/domain/test_file_kinds.py",
    "tests/worked/test_both_databases.py",
    "tests/worked/test_properties.py",
    "tests/xlsform/test_reading.py",
    "tests/xlsform/test_writing.py",
}

FIXTURE_MARKS = {"postgres_cluster": pytest.mark.postgres, "browser": pytest.mark.browser}


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty database for one test, which runs once on SQLite and once on PostgreSQL."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'evalsvc.db'}"
    url: str = request.getfixturevalue("fresh_postgres_url")
    return url


@pytest.hookimpl(tryfirst=True)  # before -m chooses
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Whoever uses the browser or the server is marked for it, so that no mark is forgotten."""
    for item in items:
        if item.nodeid.split("::")[0] in SLOW_FILES:
            item.add_marker(pytest.mark.slow)
        for fixture, mark in FIXTURE_MARKS.items():
            if fixture in getattr(item, "fixturenames", ()):
                item.add_marker(mark)


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
        report.longrepr[2] for report in reporter.stats.get("skipped", ())
        if isinstance(report.longrepr, tuple)
    ]  # fmt: skip
