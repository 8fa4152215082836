"""Begins to count ballots that never end; a process of its own, to be killed."""

import time
from collections.abc import Iterator
from dataclasses import replace
from itertools import count

from evalsvc.box.keys import new_box_keys
from evalsvc.counting.count import BATCH, LEAST_FOR_PROCESSES, Plan, SealedBallot, count_ballots
from evalsvc.scheme.presets import get_preset_text

# Nobody signed it: it is counted as rejected.
UNSIGNED = SealedBallot(bytes(32), "panel", "organs", 0, "", 1, bytes(16), bytes(64), bytes(64))


def main() -> None:
    plan = Plan("round", get_preset_text("three-in-one"), {}, ((),))
    total = LEAST_FOR_PROCESSES
    count_ballots(plan, new_box_keys().private, list_slowly(), total, say, processes=2)


def list_slowly() -> Iterator[SealedBallot]:
    for number in count():
        if number >= 8 * BATCH:
            time.sleep(60)
        yield replace(UNSIGNED, seq=number)


def say(done: int, _total: int) -> None:
    print(done, flush=True)


if __name__ == "__main__":
    main()
