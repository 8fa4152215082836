"""The public list of receipts, and its parts: whoever looks one up fetches a few kB of it.

A receipt's first four symbols say which part it is in. Receipts are digits of a hash, so that
parts are alike in length, and who hears which part was fetched has hundreds to choose from.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from evalsvc.box.tokens import ALPHABET, LENGTH

HIDDEN_AMONG = 512
# A page names the parts for browsers without scripts; beyond half a million receipts they grow.
MOST_PARTS = 1000
SYMBOLS = 4
# As printed: XXXX-XXXX-XXXX-XXXX and the end of its line.
LINE_BYTES = 20

# So many at once keep what is in the making below 20 MB.
_BATCH = 50_000
_PRIME = len(ALPHABET)
_STARTS: int = _PRIME**SYMBOLS
_SYMBOLS = np.frombuffer(ALPHABET.encode(), np.uint8)
# Lists are sorted as text, in which figures stand before letters.
_ORDER = "".join(sorted(ALPHABET))


@dataclass(frozen=True)
class ListPart:
    """A part of the list, and the four symbols of the first and the last receipt it could hold."""

    number: int
    first: str
    last: str


def count_parts(receipts: int) -> int:
    """In how many parts a list of so many receipts is given out."""
    # Down, so that no part has fewer on average; of a million receipts none had fewer than 400.
    return min(MOST_PARTS, max(1, receipts // HIDDEN_AMONG))


def find_part(receipt: str, parts: int) -> int:
    """The part in which a receipt stands, or would stand; static/box.js reckons the same."""
    number = 0
    for symbol in receipt[:SYMBOLS]:
        number = number * _PRIME + _ORDER.index(symbol)
    return number * parts // _STARTS


def list_parts(receipts: int) -> tuple[ListPart, ...]:
    """The parts of a list of so many receipts, by what each begins and ends with."""
    parts = count_parts(receipts)
    # Rounded up as `find_part` rounds down: a receipt is looked for where it was put.
    starts = [-(-part * _STARTS // parts) for part in range(parts + 1)]
    return tuple(
        ListPart(number, _name(start), _name(end - 1))
        for number, (start, end) in enumerate(pairwise(starts))
    )


def write_receipts(leaves: Sequence[bytes]) -> bytes:
    """The receipts of all leaves as printed, sorted, one a line.

    What `receipt_code` does with one, for a million of them within seconds.
    """
    batches = (leaves[start : start + _BATCH] for start in range(0, len(leaves), _BATCH))
    lines = b"".join(_write_batch(batch).tobytes() for batch in batches)
    return np.sort(np.frombuffer(lines, f"S{LINE_BYTES}")).tobytes()


def split_receipts(lines: bytes) -> Iterator[bytes]:
    """The parts of a written list, in their order; together they are the list."""
    later = list_parts(len(lines) // LINE_BYTES)[1:]
    starts = np.array([part.first.encode() for part in later], f"S{SYMBOLS}")
    found = np.searchsorted(np.frombuffer(lines, f"S{LINE_BYTES}"), starts) * LINE_BYTES
    edges = [0, *(int(edge) for edge in found), len(lines)]
    return (lines[begin:end] for begin, end in pairwise(edges))


def _write_batch(leaves: Sequence[bytes]) -> npt.NDArray[np.uint8]:
    """Digits to the base 31 by long division over all leaves at once, and the check symbol."""
    limbs = np.frombuffer(b"".join(leaves), ">u4").reshape(-1, 8).astype(np.uint64).T.copy()
    values = np.empty((LENGTH, len(leaves)), np.uint64)
    for place in range(LENGTH - 2, -1, -1):
        values[place] = _divide(limbs)
    weights = np.arange(1, LENGTH, dtype=np.uint64)
    values[LENGTH - 1] = weights @ values[:-1] % np.uint64(_PRIME)
    lines = np.full((len(leaves), LINE_BYTES), ord("-"), np.uint8)
    for group in range(0, LENGTH, 4):
        lines[:, group * 5 // 4 : group * 5 // 4 + 4] = _SYMBOLS[values[group : group + 4]].T
    lines[:, -1] = ord("\n")
    return lines


def _divide(limbs: npt.NDArray[np.uint64]) -> npt.NDArray[np.uint64]:
    """Divide numbers of eight 32-bit limbs by 31 in their place; what remains of each."""
    prime, width = np.uint64(_PRIME), np.uint64(32)
    rest = np.zeros(limbs.shape[1], np.uint64)
    for limb in limbs:
        number = rest << width | limb
        limb[:], rest = number // prime, number % prime
    return rest


def _name(number: int) -> str:
    symbols = ""
    for _ in range(SYMBOLS):
        number, digit = divmod(number, _PRIME)
        symbols = _ORDER[digit] + symbols
    return symbols
