"""数一只票箱一次，由 open_hundred_thousand 启动 / counts one box, for open_hundred_thousand."""

import hashlib
import resource
import sys
import time
from pathlib import Path

from evalsvc.db import connect
from evalsvc.domain.counting import build_outcome, count_ballots
from evalsvc.domain.custody import unlock_box
from evalsvc.domain.opening import build_plan, count_counting_ballots, list_sealed_ballots
from evalsvc.models.season import Round
from tests.cast import PASSPHRASE


def main() -> None:
    folder, round_id, processes = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
    database = connect(f"sqlite:///{folder / 'evalsvc.sqlite'}")
    began = time.perf_counter()
    with database.reading() as session:
        row = session.get_one(Round, round_id)
        private = unlock_box(row, PASSPHRASE)
        plan, papers = build_plan(session, row)
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        ballots = list_sealed_ballots(session, round_id, papers)
        total = count_counting_ballots(session, round_id)
        count = count_ballots(plan, private, ballots, total, lambda *_: None, processes)
    outcome = build_outcome(count)
    said = repr((outcome.counted, sorted(outcome.rejected.items()), outcome.levels, outcome.sums))
    digest = hashlib.sha256(said.encode()).hexdigest()
    print(digest, time.perf_counter() - began, _most_megabytes() - before)


def _most_megabytes() -> float:
    """The most memory that this process, or the largest of its children, has held."""
    kinds = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    return max(resource.getrusage(kind).ru_maxrss for kind in kinds) / 1024


if __name__ == "__main__":
    main()
