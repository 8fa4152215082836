"""The served application as a process of its own, in a folder of its own, for one walk-through."""

import random
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from evalsvc.demo.browser import Browser
from evalsvc.demo.page import Trouble
from evalsvc.settings import PROJECT, Settings, build_environment

STARTS_WITHIN_S = 60.0
STOPS_WITHIN_S = 40.0
FIXED_PORTS = range(20_000, 32_000)


def build_settings(instance: Path, port: int) -> Settings:
    """An installation in a folder, reached on this machine only, whatever is set for service."""
    return Settings(
        instance=instance,
        database_url=f"sqlite:///{instance / 'demo.sqlite'}",
        public_url=f"http://127.0.0.1:{port}",
        trusted_hosts=(),
        secure_cookies=False,
        small_office=True,
        second_factor=False,
    )


def find_free_port() -> int:
    """A port that nobody uses at this moment.

    Below the range from which the system takes the near ends of outgoing connections: one of
    those could take the port before the server does.
    """
    for port in random.SystemRandom().sample(FIXED_PORTS, 50):
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    raise Trouble("没有空闲的端口 no free port")


@contextmanager
def running_server(settings: Settings, log: Path) -> Iterator[None]:
    """`serve`, until the block ends; what it has to say goes to the log."""
    bind = settings.public_url.removeprefix("http://")
    with log.open("wb") as output:
        process = subprocess.Popen(  # noqa: S603 (our own program)
            [sys.executable, "-m", "evalsvc", "serve", "--bind", bind],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            cwd=PROJECT,
            env=build_environment(settings),
        )
    try:
        _wait_until_up(process, settings.public_url, log)
        yield
    finally:
        process.terminate()
        try:
            process.wait(STOPS_WITHIN_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _wait_until_up(process: subprocess.Popen[bytes], address: str, log: Path) -> None:
    deadline = time.monotonic() + STARTS_WITHIN_S
    while process.poll() is None and time.monotonic() < deadline:
        try:
            Browser(address).open("/").expect("/")
        except Trouble:
            time.sleep(0.1)
        else:
            return
    said = log.read_text(encoding="utf-8", errors="replace")[-2000:]
    raise Trouble(f"服务没有启动 the server did not start:\n{said}")
