"""数一只票箱一次，由 open_hundred_thousand 启动 / counts one box, for open_hundred_thousand.

Prints a line for every few batches, so that whoever started it can kill it half way, and a last
one with what it found. With `open` instead of a number of processes it opens the box for good.
"""

import hashlib
import os
import sys
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, fields
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from evalsvc.counting.count import build_outcome, count_ballots
from evalsvc.counting.panel import CountRow, SumRow
from evalsvc.db import Database, connect
from evalsvc.domain.acting import Act
from evalsvc.domain.sealing.custody import unlock_box
from evalsvc.domain.sealing.opening import (
    build_plan,
    count_counting_ballots,
    list_sealed_ballots,
    open_box,
)
from evalsvc.models.opened import LevelCount, PanelSum, Rejection
from evalsvc.models.season import Round
from evalsvc.settings import Settings
from tests.cast import CUSTODIAN, MORNING, PASSPHRASE

# Looking at the memory takes some milliseconds: not after every batch.
BALLOTS_A_LOOK = 2_000


def main() -> None:
    folder, round_id, how = Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
    database = connect(f"sqlite:///{folder / 'evalsvc.sqlite'}")
    watch = Watch()
    if how == "open":
        settings = Settings(folder, str(database.engine.url), "", (), False)
        open_box(Act(database, CUSTODIAN, MORNING), settings, round_id, PASSPHRASE, watch.note)
        with database.reading() as session:
            digest = _digest_kept(session, round_id)
    else:
        digest = _count(database, round_id, int(how), watch)
    print("end", digest, watch.seconds, watch.steady, *watch.memory)


def _read_megabytes() -> float:
    """What this process and its children hold; pages that they share count once.

    Not the kernel's greatest ever (`ru_maxrss`): a process inherits that of whoever started it.
    """
    return sum(_read_share(pid) for pid in _list_family(str(os.getpid())))


def _list_family(pid: str) -> Iterator[str]:
    yield pid
    for thread in Path(f"/proc/{pid}/task").glob("*/children"):
        try:
            children = thread.read_text(encoding="ascii").split()
        except OSError:  # it has just ended
            continue
        for child in children:
            yield from _list_family(child)


def _read_share(pid: str) -> float:
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii").splitlines()
    except OSError:
        return 0.0
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith("Pss:"))


@dataclass
class Watch:
    """Time and memory of a count, looked at after some of its batches."""

    began: float = field(default_factory=time.perf_counter)
    looks: list[tuple[int, float, float]] = field(default_factory=list)
    before: float = field(default_factory=_read_megabytes)

    def note(self, done: int, total: int) -> None:
        if done < total and self.looks and done < self.looks[-1][0] + BALLOTS_A_LOOK:
            return
        self.looks.append((done, time.perf_counter(), _read_megabytes()))
        print("done", done, flush=True)

    @property
    def seconds(self) -> float:
        return time.perf_counter() - self.began

    @property
    def steady(self) -> float:
        """Ballots a second once all processes are there: after the first quarter."""
        quarter, (done, at, _) = self._first_quarter, self.looks[-1]
        return (done - quarter[0]) / max(at - quarter[1], 1e-9)

    @property
    def memory(self) -> tuple[float, float]:
        """The most held above the start, and above the first quarter, in megabytes."""
        most = max(megabytes for _, _, megabytes in self.looks)
        return most - self.before, most - self._first_quarter[2]

    @property
    def _first_quarter(self) -> tuple[int, float, float]:
        return self.looks[len(self.looks) // 4]


def _count(database: Database, round_id: int, processes: int, watch: Watch) -> str:
    with database.reading() as session:
        row = session.get_one(Round, round_id)
        private = unlock_box(row, PASSPHRASE)
        plan, papers = build_plan(session, row)
        ballots = list_sealed_ballots(session, round_id, papers)
        total = count_counting_ballots(session, round_id)
        count = count_ballots(plan, private, ballots, total, watch.note, processes)
    outcome = build_outcome(plan, count)
    levels = (row for rows in outcome.levels.values() for row in rows)
    sums = (row for rows in outcome.sums.values() for row in rows)
    return _digest(outcome.rejected.items(), levels, sums)


def _digest_kept(session: Session, round_id: int) -> str:
    """Over the same figures as they stand in the database."""

    def list_rows(table: type[LevelCount] | type[PanelSum]) -> Iterable[object]:
        return session.scalars(select(table).where(table.round_id == round_id))

    rejected = session.scalars(select(Rejection).where(Rejection.round_id == round_id))
    return _digest(
        [((one.group, one.reason), one.n) for one in rejected],
        (_read_as(CountRow, row) for row in list_rows(LevelCount)),
        (_read_as(SumRow, row) for row in list_rows(PanelSum)),
    )


def _read_as(kind: type[CountRow] | type[SumRow], row: object) -> CountRow | SumRow:
    return kind(**{each.name: getattr(row, each.name) for each in fields(kind)})


def _digest(*parts: Iterable[object]) -> str:
    said = repr([sorted(map(repr, part)) for part in parts])
    return hashlib.sha256(said.encode()).hexdigest()


if __name__ == "__main__":
    main()
