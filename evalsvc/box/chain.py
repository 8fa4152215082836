"""The hash chain of the event log: each event's hash covers the one before it."""

import hashlib
import hmac
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

from evalsvc.box.sealing import canonical_json

GENESIS = bytes(32)  # what the first event, number 1, follows
_EVENT_DOMAIN = b"evalsvc event 1\x00"

# gap: an event is missing before this one; order: its number does not rise; link: its hash does
# not follow from the hash before and its text; head: the log does not end where it should.
ProblemKind = Literal["gap", "order", "link", "head"]


@dataclass(frozen=True)
class Event:
    """One act of the staff; `at` is ISO 8601 text, hashed as written."""

    seq: int
    at: str
    actor: str
    verb: str
    subject: str
    detail: Mapping[str, str]


@dataclass(frozen=True)
class ChainedEvent:
    """An event with the hash recorded for it."""

    event: Event
    hash: bytes


@dataclass(frozen=True)
class ChainProblem:
    """What is wrong, and at the event of which number."""

    seq: int
    kind: ProblemKind


@dataclass(frozen=True)
class Gap:
    """Numbers that no event bears, both ends included."""

    first: int
    last: int


def event_hash(previous: bytes, event: Event) -> bytes:
    """SHA-256 over a label, the hash before (GENESIS for the first) and the whole event."""
    if len(previous) != len(GENESIS):
        raise ValueError(f"the hash before has {len(GENESIS)} bytes, not {len(previous)}")
    # The label keeps a hash of anything else from passing for an event's.
    return hashlib.sha256(_EVENT_DOMAIN + previous + _written(event)).digest()


def build_chain(events: Iterable[Event], previous: bytes = GENESIS) -> list[ChainedEvent]:
    """Chain events in the given order after the hash before them."""
    chain: list[ChainedEvent] = []
    for event in events:
        previous = event_hash(previous, event)
        chain.append(ChainedEvent(event, previous))
    return chain


def verify_chain(chain: Sequence[ChainedEvent], head: bytes | None = None) -> list[ChainProblem]:
    """Every broken place in the order of the log; the first names the first broken link.

    A log whose last events were dropped is in itself whole: only an anchored `head` shows it.
    """
    problems: list[ChainProblem] = []
    number, previous = 0, GENESIS
    for chained in chain:
        if problem := _problem(chained, number, previous):
            problems.append(problem)
        # By what stands there and not by what should: one broken
        # link is told once, and not at every event after it.
        number, previous = chained.event.seq, chained.hash
    if head is not None and not hmac.compare_digest(previous, head):
        problems.append(ChainProblem(number, "head"))
    return problems


def find_gaps(numbers: Iterable[int]) -> list[Gap]:
    """The numbers missing between 0 and the highest one, as stretches."""
    ordered = sorted({0, *numbers})
    return [Gap(low + 1, high - 1) for low, high in pairwise(ordered) if high - low > 1]


def _problem(chained: ChainedEvent, number: int, previous: bytes) -> ChainProblem | None:
    """What is wrong with one event after the event of that number and hash."""
    seq = chained.event.seq
    if seq <= number:
        return ChainProblem(seq, "order")
    if seq > number + 1:  # its link can't be judged: what it follows is not here
        return ChainProblem(seq, "gap")
    if event_hash(previous, chained.event) != chained.hash:
        return ChainProblem(seq, "link")
    return None


def _written(event: Event) -> bytes:
    for name, value in event.detail.items():
        if not isinstance(value, str):  # a database's JSON column may give 1 back for 1.0
            raise TypeError(f"event {event.seq}: detail {name!r} must be text")
    return canonical_json(
        {
            "seq": event.seq,
            "at": event.at,
            "actor": event.actor,
            "verb": event.verb,
            "subject": event.subject,
            "detail": dict(event.detail),
        }
    )
