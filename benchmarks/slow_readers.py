"""慢读者：20人慢慢下载时，别人来访快慢如何 / slow readers: visits' slowest hundredth beside them.

按安装说明的 nginx 与 gunicorn。轮流测：没有慢读者时200次来访；10人以2 kB/s下载8 MB的打印批次、
10人同样慢地下载6.5 MB的公开清单时，再200次来访。最后所有人读完，逐字节核对。
nginx and gunicorn as installed. In turn: 200 visits with nobody else there, and 200 while ten
people take an 8 MB print run and ten a public list of 6.5 MB, at 2 kB/s each. In the end everybody
reads on, and every byte is compared.
"""

import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

from benchmarks.cast_cost import visit
from benchmarks.rated_form import open_form
from evalsvc.box.cards import Card
from tests.cast import get_round_id
from tests.front import Front, Reader, ask, running_front
from tests.integrity.slow_place import LEAVES, Place, build_place, lay_out_list

VISITS, ROUNDS, AT_ONCE = 200, 5, 4
READERS = 10  # of each kind
STEP_S, STEP_BYTES = 0.25, 500  # 2 kB/s
MOST_TIMES = 1.5


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        installation, cards = open_form(Path(folder), 2 * (ROUNDS + 1) * VISITS)
        place = build_place(installation, 1, get_round_id(installation, 1), cards[0].token)
        with running_front(installation.settings) as front:
            lay_out_list(front.lists, place.leaves)
            kept = compare(place, front, list(cards))
        installation.database.close()
    sys.exit(not kept)


def compare(place: Place, front: Front, cards: list[Card]) -> bool:
    """Visits without and with slow readers in turn; then the readers have all they came for."""
    alone: list[float] = []
    beside: list[float] = []
    _visit_all(front, [cards.pop() for _ in range(VISITS)])  # warm
    for turn in range(ROUNDS):
        alone += _visit_all(front, [cards.pop() for _ in range(VISITS)])
        readers = [place.open_print_run(front) for _ in range(READERS)]
        readers += [ask(front, LEAVES) for _ in range(READERS)]
        with _reading_slowly(readers):
            beside += _visit_all(front, [cards.pop() for _ in range(VISITS)])
        if turn < ROUNDS - 1:
            for reader in readers:
                reader.connection.close()
    slowly = min(len(reader.content) for reader in readers)
    whole = sum(reader.take_all() in (place.print_run, place.leaves) for reader in readers)
    times = _slowest(beside) / _slowest(alone)
    print(
        f"来访 visits: p50 {_middle(alone):.0f} ms, p99 {_slowest(alone):.0f} ms   "
        f"旁有慢读者 beside slow readers: p50 {_middle(beside):.0f} ms, "
        f"p99 {_slowest(beside):.0f} ms   × {times:.2f}  ≤ {MOST_TIMES}  "
        f"{'ok' if times <= MOST_TIMES else 'MISSED'}"
    )
    print(
        f"慢读者 slow readers: {len(readers)}，至此各收 taken so far {slowly / 1000:.0f} kB，"
        f"收完且逐字节相同 then whole, byte for byte: {whole}"
    )
    return times <= MOST_TIMES and whole == len(readers) == 2 * READERS


def _visit_all(front: Front, cards: list[Card]) -> list[float]:
    """Milliseconds that each visit took, some at once."""
    with ThreadPoolExecutor(AT_ONCE) as pool:
        return list(pool.map(lambda card: _time(front, card.token), cards))


def _time(front: Front, token: str) -> float:
    began = time.perf_counter()
    visit(front.address, token)
    return (time.perf_counter() - began) * 1000


@contextmanager
def _reading_slowly(readers: list[Reader]) -> Iterator[None]:
    """All of them take 2 kB/s until the block ends."""
    ended = threading.Event()

    def read() -> None:
        while not ended.is_set():
            for reader in readers:
                reader.take(STEP_BYTES)
            ended.wait(STEP_S)

    thread = threading.Thread(target=read)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()


def _middle(times: list[float]) -> float:
    return sorted(times)[len(times) // 2]


def _slowest(times: list[float]) -> float:
    return sorted(times)[int(len(times) * 0.99)]


if __name__ == "__main__":
    main()
