"""The unit counts as started when a worker answers, and not before."""

import os
import re
import shlex
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from evalsvc.settings import PROJECT, build_environment
from tests.cast import Installation
from tests.patience import PATIENCE_S

pytestmark = pytest.mark.slow

UNIT = (PROJECT / "deploy/evalsvc.service").read_text(encoding="utf-8")
# An application that takes as long to load as the test wants.
SLOW = """
import time
from pathlib import Path
while not Path({flag!r}).exists():
    time.sleep(0.02)
from wsgi import application
"""
# Longer than gunicorn takes to its own word; a machine that is slower still misses nothing of ours.
A_WHILE_S = 3


@contextmanager
def starting(place: Installation, folder: Path, *more: str) -> Iterator[socket.socket]:
    """gunicorn by the unit's own line, told as systemd tells it where it is waited for."""
    (folder / "slow.py").write_text(SLOW.format(flag=str(folder / "loaded")))
    (line,) = re.findall(r"^ExecStart=\S+ (.*)$", UNIT, re.MULTILINE)
    line = line.replace("/run/evalsvc/", f"{folder}/").replace("wsgi:", "slow:")
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        manager.bind(str(folder / "notify"))
        process = subprocess.Popen(
            [sys.executable, *shlex.split(line), *more],
            cwd=PROJECT,
            env=build_environment(place.settings)
            | {
                "NOTIFY_SOCKET": str(folder / "notify"),
                "PYTHONPATH": os.pathsep.join((str(PROJECT), str(folder))),
            },
        )
        try:
            yield manager
        finally:
            process.send_signal(signal.SIGQUIT)  # at once, whatever a worker waits for
            process.wait(PATIENCE_S)


def hear(manager: socket.socket, within_s: float) -> str | None:
    manager.settimeout(within_s)
    try:
        return manager.recv(4096).decode()
    except TimeoutError:
        return None


def test_gunicorn_alone_says_it_is_ready_before_anything_is_loaded(
    place: Installation, tmp_path: Path
) -> None:
    with starting(place, tmp_path, "--config", "python:tests.installing") as manager:
        assert "READY=1" in (hear(manager, PATIENCE_S) or "")
        assert not (tmp_path / "loaded").exists()


def test_the_unit_is_ready_when_a_worker_is(place: Installation, tmp_path: Path) -> None:
    with starting(place, tmp_path) as manager:
        assert hear(manager, A_WHILE_S) is None
        (tmp_path / "loaded").touch()
        assert hear(manager, PATIENCE_S) == "READY=1"
        with socket.socket(socket.AF_UNIX) as visitor:
            visitor.settimeout(PATIENCE_S)
            visitor.connect(str(tmp_path / "web.sock"))
            visitor.sendall(b"GET / HTTP/1.0\r\nHost: localhost\r\n\r\n")
            assert visitor.recv(12).endswith(b" 200")


def test_systemd_waits_for_it_and_hears_workers() -> None:
    assert re.findall(r"^(Type|NotifyAccess)=(\w+)$", UNIT, re.MULTILINE) == [
        ("Type", "notify"),
        ("NotifyAccess", "all"),
    ]
