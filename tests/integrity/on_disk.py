"""Attackers who read an order out of files: of rows in a dump, of bytes in heap, pages and log."""

import os
import re
import subprocess
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import numpy as np
from scipy.stats import spearmanr

from tests.postgres import Cluster

# A file tells an order where it holds nearly all of what is looked for.
SHARE = 0.95
PAGES = (4096, 8192)  # SQLite's and PostgreSQL's


def dump_table(url: str, table: str) -> str:
    """What `pg_dump --data-only -t table` writes."""
    address = url.replace("+psycopg", "")
    command = ["pg_dump", "--data-only", "-t", table, address]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def by_dump(dump: str, marks: Iterable[bytes]) -> list[bytes]:
    """The marks in the order in which a dump has them."""
    found = (bytes.fromhex(one) for one in re.findall(r"\\\\x([0-9a-f]{64})", dump))
    wanted = set(marks)
    return list(dict.fromkeys(one for one in found if one in wanted))


def by_place_in_file(content: bytes, marks: Sequence[bytes]) -> dict[bytes, int]:
    """Where the marks, all of one length, first stand in a file."""
    size = len(marks[0])
    if len(content) < size * len(marks):
        return {}
    column = np.frombuffer(content, np.uint8).astype(np.uint32)
    words = column[:-3] | column[1:-2] << 8 | column[2:-1] << 16 | column[3:] << 24
    begins = [int.from_bytes(mark[:4], "little") for mark in marks]
    likely = np.flatnonzero(np.isin(words, begins))
    places: dict[bytes, int] = {}
    for at in likely.tolist():
        places.setdefault(content[at : at + size], at)
    wanted = set(marks)
    return {mark: at for mark, at in places.items() if mark in wanted}


def list_orders(folder: Path, marks: Sequence[bytes]) -> dict[str, list[bytes]]:
    """Every file under a folder that holds the marks, and the order in which it has them.

    Both databases fill a page from its end, so that pages are read backward as well.
    """
    orders: dict[str, list[bytes]] = {}
    for path in sorted(folder.rglob("*")):
        if not path.is_file() or path.is_socket():
            continue
        places = by_place_in_file(path.read_bytes(), marks)
        if len(places) >= SHARE * len(marks):
            name = str(path.relative_to(folder))
            orders[name] = sorted(places, key=places.__getitem__)
            for page in PAGES:
                orders[f"{name}, pages of {page} backward"] = sorted(
                    places, key=lambda mark: (places[mark] // page, -places[mark])
                )
    return orders


def checkpoint(cluster: Cluster) -> None:
    """Have the server write its tables into their files."""
    command = ["psql", "-q", "-h", str(cluster.folder), "-U", "postgres", "-c", "CHECKPOINT"]
    subprocess.run(command, check=True, env={**os.environ, "PGDATABASE": "postgres"})


def worst_correlation(
    orders: Mapping[str, Sequence[bytes]], truth: Sequence[bytes]
) -> tuple[float, str]:
    """The greatest |Spearman| of any order with the true one, and whose it is."""
    return max((abs(correlate(order, truth)), name) for name, order in orders.items())


def correlate(order: Sequence[bytes], truth: Sequence[bytes]) -> float:
    """Spearman's correlation of the places in one order with those in the other."""
    places = {mark: place for place, mark in enumerate(truth)}
    return float(spearmanr(range(len(order)), [places[mark] for mark in order]).statistic)
