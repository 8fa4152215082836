"""两个版本轮流投票，速度与代价之比 / casting beside another version: what this one takes of it.

--other 指另一版本的文件夹，其中须已 ./run setup dev。两种数据库上，16个连接的投票与一次来访的五个
请求由两个版本轮流做，每段之后换另一个；这台机器上别人做什么，对两者一样。先后次序逐对交换。
--visits 只量来访，用 SQLite。
`--other` is a folder with another version, set up with `./run setup dev`. On both databases both
versions cast in turns at 16 connections, and serve whole visits of five requests; what else the
machine does weighs on both alike. Which one begins changes from pair to pair. `--visits` measures
visits alone, on SQLite.
"""

import argparse
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import IO, Any

from benchmarks.cast_cost import Browser, fill, server_seconds
from evalsvc.settings import PROJECT
from tests.postgres import Cluster, find_binaries, running_cluster

PAIRS = 12
# Casts in a turn and visits in a turn; the first turn of each is for warming up.
CASTS, VISITS = 200, 25
STEPS = ("start", "answer", "check", "submit", "receipt")


def main() -> None:
    asked = argparse.ArgumentParser()
    asked.add_argument("--other", type=Path, required=True)
    asked.add_argument("--pairs", type=int, default=PAIRS)
    asked.add_argument("--visits", action="store_true")
    options = asked.parse_args()
    if options.visits:
        compare("SQLite", options.other, options.pairs, None, casting=False)
        return
    binaries = find_binaries()
    if binaries is None:
        sys.exit("没有 PostgreSQL / no PostgreSQL")
    compare("SQLite", options.other, options.pairs, None)
    with running_cluster(binaries) as cluster:
        compare("PostgreSQL", options.other, options.pairs, cluster)


@dataclass
class Version:
    """One version at work, and what it took in each turn."""

    told: IO[str]
    answers: IO[str]
    address: str
    tokens: Iterator[str]
    cluster: Cluster | None
    turns: list[dict[str, Any]] = field(default_factory=list)
    # By step, the seconds of each turn.
    visits: dict[str, list[float]] = field(default_factory=lambda: {step: [] for step in STEPS})

    def cast(self) -> None:
        before = _database_seconds(self.cluster)
        print(CASTS, file=self.told, flush=True)
        turn = json.loads(self.answers.readline())
        turn["cpu"] += _database_seconds(self.cluster) - before
        self.turns.append(turn)

    def serve(self) -> None:
        """Whole visits side by side, a step of all of them after the other, so that each shows."""
        visitors = [Visitor(Browser(self.address), next(self.tokens)) for _ in range(VISITS)]
        for step in STEPS:
            before = server_seconds(self.address)
            for visitor in visitors:
                visitor.take(step)
            self.visits[step].append(server_seconds(self.address) - before)


@dataclass
class Visitor:
    """Somebody who fills in a questionnaire, looks at the check and casts."""

    browser: Browser
    token: str
    filled: dict[str, str] = field(default_factory=dict)

    def take(self, step: str) -> None:
        if step == "start":
            self.browser.ask("POST", "/start", {"code": self.token})
        elif step == "answer":
            self.filled = fill(self.browser.ask("GET", "/answer"))
        elif step == "receipt":
            self.browser.ask("GET", "/receipt")
        else:
            self.browser.ask("POST", f"/{step}", self.filled)


def compare(
    name: str, other: Path, pairs: int, cluster: Cluster | None, *, casting: bool = True
) -> None:
    """Both versions in turns, then the medians of the pairs' ratios."""
    with ExitStack() as both:
        here, there = (
            both.enter_context(_running(folder, (pairs + 1) * casting, pairs + 1, cluster))
            for folder in (PROJECT, other)
        )
        for pair in range(pairs + 1):
            order = (here, there) if pair % 2 else (there, here)
            for version in order * casting:
                version.cast()
            for version in order:
                version.serve()
    print(name)
    for line in (*(_say_casts(here, there) if casting else ()), *_say_visits(here, there)):
        print(f"  {line}", flush=True)


def _say_visits(here: Version, there: Version) -> Iterator[str]:
    yield _ratio("来访 CPU ms of a visit", _visits(here), _visits(there), "{:.2f}")
    for step in STEPS:
        yield _ratio(f"  {step}", _visits(here, step), _visits(there, step), "{:.2f}")


def _say_casts(here: Version, there: Version) -> Iterator[str]:
    for version in (here, there):
        del version.turns[0]
    slow = [_slowest(version) * 1000 for version in (here, there)]
    yield _ratio("每秒投票 casts a second", _rates(here), _rates(there), "{:.0f}")
    yield f"p99: {slow[0]:.0f} ms : {slow[1]:.0f} ms = {slow[0] / slow[1]:.2f}"
    yield _ratio("一票 CPU ms of a cast", _costs(here), _costs(there), "{:.2f}")


def _ratio(what: str, here: list[float], there: list[float], shape: str) -> str:
    ratios = sorted(one / other for one, other in zip(here, there, strict=True))
    figures = " : ".join(shape.format(median(one)) for one in (here, there))
    return f"{what}: {figures} = {median(ratios):.2f} ({ratios[0]:.2f}–{ratios[-1]:.2f})"


def _rates(version: Version) -> list[float]:
    return [len(turn["times"]) / turn["wall"] for turn in version.turns]


def _costs(version: Version) -> list[float]:
    return [turn["cpu"] / len(turn["times"]) * 1000 for turn in version.turns]


def _visits(version: Version, *steps: str) -> list[float]:
    """Milliseconds of a visit in each turn but the first, or of some of its steps."""
    turns = zip(*(version.visits[step][1:] for step in steps or STEPS), strict=True)
    return [sum(turn) / VISITS * 1000 for turn in turns]


def _slowest(version: Version) -> float:
    """The slowest hundredth of all casts, for one turn has too few."""
    times = sorted(one for turn in version.turns for one in turn["times"])
    return float(times[int(len(times) * 0.99)])


@contextmanager
def _running(folder: Path, casts: int, visits: int, cluster: Cluster | None) -> Iterator[Version]:
    """A version's caster, by its own interpreter and with its own code."""
    url = cluster.create_database() if cluster else ""
    caster = Path(__file__).with_name("caster.py")
    arguments = [str(casts * CASTS), str(visits * VISITS), url]
    process = subprocess.Popen(
        [folder / ".venv/bin/python", "-P", caster, *arguments],
        cwd=folder, env=os.environ | {"PYTHONPATH": str(folder)}, text=True,
        stdin=subprocess.PIPE, stdout=subprocess.PIPE,
    )  # a table, read by rows  # fmt: skip
    assert process.stdin is not None
    assert process.stdout is not None
    begun = json.loads(process.stdout.readline())
    yield Version(process.stdin, process.stdout, begun["address"], iter(begun["tokens"]), cluster)
    process.stdin.close()
    process.wait()


def _database_seconds(cluster: Cluster | None) -> float:
    """CPU seconds of PostgreSQL's processes, ended ones too; SQLite has none of its own."""
    if cluster is None:
        return 0.0
    server = (cluster.data / "postmaster.pid").read_text().splitlines()[0]
    children = Path(f"/proc/{server}/task/{server}/children").read_text().split()
    spent = sum(map(int, _read_stat(server)[11:15]))
    for child in children:
        with suppress(OSError):  # it has just ended
            spent += sum(map(int, _read_stat(child)[11:13]))
    return spent / os.sysconf("SC_CLK_TCK")


def _read_stat(process: str) -> list[str]:
    """What the kernel counts of a process, from its state on."""
    return Path(f"/proc/{process}/stat").read_text().rpartition(") ")[2].split()


if __name__ == "__main__":
    main()
