"""Names the programs that some tests need, and makes every test skipped for want of one visible."""

import os
import shutil
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import NoReturn

import pytest

PREFIX = "MISSING PROGRAM "


def get_program(name: str, package: str) -> Path:
    """Find a program on the path, or skip the test loudly, naming the package that brings it."""
    found = shutil.which(name)
    if found is None:
        skip_for_want_of(name, package)
    return Path(found)


def skip_for_want_of(program: str, package: str) -> NoReturn:
    """Skip the running test; the summary counts it and `.ci/run` fails on it."""
    pytest.skip(f"{PREFIX}{program} (apt-get install {package})")


def build_lines(skip_reasons: Iterable[str]) -> list[str]:
    """One line for each missing program, with the number of tests that it cost."""
    lacking = Counter(reason.split(PREFIX, 1)[1] for reason in skip_reasons if PREFIX in reason)
    return [f"{count} tests NOT RUN: {program}" for program, count in sorted(lacking.items())]


def is_strict() -> bool:
    """Whether a test skipped for want of a program fails the run, as in `.ci/run`."""
    return os.environ.get("EVALSVC_STRICT") == "1"
