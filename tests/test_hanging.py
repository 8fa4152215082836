"""A test that hangs fails by its name, and keeps no other from running."""

from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[1]
# Less than the suite's own limit, far more than a test that does not hang takes here.
LIMIT_S = 4
CONFTEST = "from tests.conftest import pytest_exception_interact\n"
TESTS = """
from threading import Event

import pytest

@pytest.fixture
def never_ends():
    yield
    Event().wait()

def test_hangs(): Event().wait()
def test_that_follows(): pass
def test_fails_and_hangs_at_its_end(never_ends): assert False
@pytest.mark.parametrize("number", range(7))
def test_others(number): pass
"""


@pytest.mark.slow
def test_one_that_hangs_fails_by_its_name_and_the_others_run(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHONPATH", str(PROJECT))
    pytester.makeconftest(CONFTEST)
    tests = pytester.makepyfile(test_ends=TESTS)
    settings = ("-c", PROJECT / "pyproject.toml", f"--rootdir={pytester.path}")

    result = pytester.runpytest_subprocess(
        *settings, "-n2", "--dist=worksteal", "-o", f"faulthandler_timeout={LIMIT_S}", tests
    )

    result.assert_outcomes(passed=8, failed=3)  # one failed, then hung
    result.stdout.fnmatch_lines_random(
        [
            "worker 'gw*' crashed while running 'test_ends.py::test_hangs'",
            "worker 'gw*' crashed while running 'test_ends.py::test_fails_and_hangs_at_its_end'",
        ]
    )
    for where in ("test_hangs", "never_ends"):
        assert f"in {where}\n" in result.stderr.str()
