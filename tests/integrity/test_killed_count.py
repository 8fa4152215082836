"""An opening that is killed leaves no process behind: each of them holds the private key."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from evalsvc.settings import PROJECT
from tests.patience import PATIENCE_S


@pytest.mark.slow
def test_no_counting_process_outlives_a_killed_opening() -> None:
    opening = subprocess.Popen(
        [sys.executable, "-m", "tests.integrity.count_and_wait"],
        cwd=PROJECT,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    try:
        assert opening.stdout
        opening.stdout.readline()  # a batch has been counted
        family = [pid for pid in list_family(opening.pid) if pid != opening.pid]
        assert len(family) >= 3  # the two that count, and the one that started them
        opening.kill()
        opening.wait()
        opening.stdout.close()
        deadline = time.monotonic() + PATIENCE_S
        while (left := [pid for pid in family if is_there(pid)]) and time.monotonic() < deadline:
            time.sleep(0.05)
        assert left == []
    finally:
        with suppress(ProcessLookupError):  # as it should be: nobody is left
            os.killpg(opening.pid, signal.SIGKILL)


def list_family(pid: int) -> Iterator[int]:
    yield pid
    for thread in Path(f"/proc/{pid}/task").glob("*/children"):
        for child in thread.read_text(encoding="ascii").split():
            yield from list_family(int(child))


def is_there(pid: int) -> bool:
    """Running; what has ended and waits for its parent to ask is not."""
    try:
        said = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8")
    except OSError:
        return False
    return said.rpartition(")")[2].split()[0] != "Z"
