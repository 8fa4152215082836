"""Visits that are over before their time, so that a copy of the cookie opens nothing any more.

The cookie carries all of a visit and the server keeps none; what is kept here is that some visit
has ended, and not which: marks on a field of four million cells, at places that follow from a
number that only the visit's own cookie has. Nobody gets from a mark to a card or a ballot, with
the database, the keys and the card in hand either, and a field has no order and one time.
"""

import hashlib
import os
from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path

from evalsvc.domain.voting.visit import LENGTH
from evalsvc.settings import Settings

CELLS = 2**22
# With ten thousand visits ended in one field, one in 10^14 others is taken for one of them.
MARKS = 8


def end_visits(settings: Settings, numbers: Iterable[bytes], moment: datetime) -> None:
    """Mark the visits of these numbers as over, in their order; twice is no different."""
    field = _count_fields(moment)
    descriptor = os.open(f"{settings.ended_visits}/{field}", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        # Of two who begin a field at once both may fill it up: that changes nothing.
        is_new = os.fstat(descriptor).st_size < CELLS
        if is_new:
            os.ftruncate(descriptor, CELLS)
        for number in numbers:
            for place in _list_places(number):
                os.pwrite(descriptor, b"\1", place)  # a byte each, so that processes need no lock
        # The time of the last mark would say when somebody finished. The file's change time, which
        # no program can set, still does (decision 0014).
        begin = field * LENGTH.total_seconds()
        os.utime(descriptor, (begin, begin))
    finally:
        os.close(descriptor)
    if is_new:
        _forget_before(settings.ended_visits, field - 1)


def has_ended(
    settings: Settings, number: bytes, moment: datetime, begun: datetime | None = None
) -> bool:
    """Whether the visit of this number was marked within the time that a visit lasts.

    `begun`: when it began, where that is known; nobody ended it before.
    """
    field = _count_fields(moment)
    places = tuple(_list_places(number))
    folder = str(settings.ended_visits)  # every page asks: a Path for each file costs more
    # A visit of two hours may have begun before the field did. Few have, and every page asks: a
    # file that need not be opened is three calls of the system less.
    since = field - 1 if begun is None else _count_fields(begun)
    fields = (field,) if since >= field else (field, field - 1)
    return any(_is_marked(f"{folder}/{each}", places) for each in fields)


def _count_fields(moment: datetime) -> int:
    """Fields follow each other at fixed hours; a mark matters in its own and the next."""
    return int(moment.timestamp() // LENGTH.total_seconds())


def _list_places(number: bytes) -> Iterator[int]:
    digest = hashlib.sha256(number).digest()
    # Eight times four bytes: the digest is used up.
    for begin in range(0, 4 * MARKS, 4):
        yield int.from_bytes(digest[begin : begin + 4]) % CELLS


def _is_marked(path: str, places: tuple[int, ...]) -> bool:
    try:
        descriptor = os.open(path, os.O_RDONLY)
    # No field, nobody has left yet.
    except FileNotFoundError:
        return False
    try:
        return all(os.pread(descriptor, 1, place) == b"\1" for place in places)
    finally:
        os.close(descriptor)


def _forget_before(folder: Path, field: int) -> None:
    for path in folder.iterdir():
        if path.name.isdecimal() and int(path.name) < field:
            path.unlink(missing_ok=True)
