"""一个版本的投票，由 casts_beside 逐段叫它投 / one version's casting, told turn by turn.

Run with another version's code as well, so it asks only for what both have.
"""

import json
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from itertools import islice
from pathlib import Path

from benchmarks.cast_cost import CONNECTIONS, _read
from benchmarks.rated_form import list_answers, open_form, running_server
from evalsvc.db import Database
from evalsvc.domain.voting import casting
from evalsvc.domain.voting.visit import Visit
from tests.cast import MORNING


@dataclass(frozen=True)
class Turn:
    """What some casts took together in seconds, and each of them; `cpu` is of this process."""

    wall: float
    cpu: float
    times: list[float]


def main() -> None:
    """Say where the server is and the VISITS tokens for it; then cast as many as each line says."""
    casts, visits, url = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3] or None
    with tempfile.TemporaryDirectory() as folder:
        place, cards = open_form(Path(folder), casts + visits, url)
        admitted = iter(
            [
                casting.admit(place.database, place.settings, card.token, MORNING)
                for card in cards[visits:]
            ]
        )
        with running_server(place, workers=1) as address, ThreadPoolExecutor(CONNECTIONS) as pool:
            _say({"address": address, "tokens": [card.token for card in cards[:visits]]})
            for line in sys.stdin:
                some = list(islice(admitted, int(line)))
                _say(asdict(_cast(pool, place.database, some)))
        place.database.close()


def _cast(pool: ThreadPoolExecutor, database: Database, visits: list[Visit]) -> Turn:
    answers = [_read(*one) for one in list_answers().items()]

    def cast(visit: Visit) -> float:
        began = time.perf_counter()
        casting.cast(database, visit, answers, casting.new_nonce(), MORNING)
        return time.perf_counter() - began

    began, cpu = time.perf_counter(), time.process_time()
    times = list(pool.map(cast, visits))
    return Turn(time.perf_counter() - began, time.process_time() - cpu, times)


def _say(said: dict[str, object]) -> None:
    print(json.dumps(said), flush=True)


if __name__ == "__main__":
    main()
