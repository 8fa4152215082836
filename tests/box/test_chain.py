"""The event log: every edit, drop, insertion and exchange is named by its number."""

import hashlib
from dataclasses import replace

import pytest

from evalsvc.box.chain import (
    GENESIS,
    ChainedEvent,
    ChainProblem,
    Event,
    Gap,
    build_chain,
    event_hash,
    find_gaps,
    verify_chain,
)


def event(seq: int) -> Event:
    return Event(
        seq=seq,
        at=f"2026-03-01T09:00:{seq:02}+08:00",
        actor="王敏",
        verb="reissue",
        subject=f"group {seq}",
        detail={"reason": "卡片遗失", "second": "李强"},
    )


CHAIN = build_chain(event(seq) for seq in range(1, 11))
HEAD = CHAIN[-1].hash


def test_a_hash_worked_from_its_definition() -> None:
    written = (
        '{"actor":"王敏","at":"2026-03-01T09:00:01+08:00",'
        '"detail":{"reason":"卡片遗失","second":"李强"},'
        '"seq":1,"subject":"group 1","verb":"reissue"}'
    )
    expected = hashlib.sha256(b"evalsvc event 1\x00" + bytes(32) + written.encode()).digest()
    assert event_hash(GENESIS, event(1)) == expected == CHAIN[0].hash
    assert event_hash(expected, event(2)) == CHAIN[1].hash


def test_a_whole_log_has_no_problems() -> None:
    assert verify_chain(CHAIN, HEAD) == []
    assert verify_chain([]) == []
    assert verify_chain([], GENESIS) == []


def test_a_log_can_be_continued() -> None:
    head = build_chain([event(1)])
    assert head + build_chain([event(2)], head[-1].hash) == CHAIN[:2]


@pytest.mark.parametrize("seq", range(1, 11))
@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("at", "2026-03-02T09:00:00+08:00"),
        ("actor", "李强"),
        ("verb", "issue"),
        ("subject", ""),
        ("detail", {}),
        ("detail", {"reason": "卡片遗失", "second": "王敏"}),
        ("detail", {"reason": "卡片遗失", "second": "李强", "note": ""}),
    ],
)
def test_an_edited_event_is_named(seq: int, field: str, value: object) -> None:
    chain = list(CHAIN)
    edited = replace(event(seq), **{field: value})  # type: ignore[arg-type]  # each field in turn
    chain[seq - 1] = ChainedEvent(edited, CHAIN[seq - 1].hash)
    assert verify_chain(chain, HEAD) == [ChainProblem(seq, "link")]


def test_an_edited_event_with_its_hash_made_anew_breaks_the_next_link() -> None:
    chain = list(CHAIN)
    edited = replace(event(4), actor="李强")
    chain[3] = ChainedEvent(edited, event_hash(CHAIN[2].hash, edited))
    assert verify_chain(chain, HEAD) == [ChainProblem(5, "link")]


def test_a_log_forged_from_one_event_on_is_betrayed_by_the_anchored_head_only() -> None:
    forged = [replace(event(seq), actor="李强") for seq in range(4, 11)]
    chain = CHAIN[:3] + build_chain(forged, CHAIN[2].hash)
    assert verify_chain(chain) == []
    assert verify_chain(chain, HEAD) == [ChainProblem(10, "head")]


def test_a_dropped_event_is_a_gap_before_the_next() -> None:
    chain = CHAIN[:4] + CHAIN[5:]
    assert verify_chain(chain, HEAD) == [ChainProblem(6, "gap")]
    assert verify_chain(CHAIN[1:], HEAD) == [ChainProblem(2, "gap")]


def test_dropped_last_events_are_seen_by_the_head() -> None:
    assert verify_chain(CHAIN[:8]) == []
    assert verify_chain(CHAIN[:8], HEAD) == [ChainProblem(8, "head")]
    assert verify_chain([], HEAD) == [ChainProblem(0, "head")]


def test_a_dropped_event_with_the_rest_renumbered_is_named() -> None:
    renumbered = [
        replace(chained, event=replace(chained.event, seq=chained.event.seq - 1))
        for chained in CHAIN[5:]
    ]
    problems = verify_chain(CHAIN[:4] + renumbered, HEAD)
    assert problems[0] == ChainProblem(5, "link")


def test_an_event_told_twice_and_exchanged_events_are_named() -> None:
    assert verify_chain([*CHAIN[:3], CHAIN[2], *CHAIN[3:]], HEAD) == [ChainProblem(3, "order")]
    exchanged = [*CHAIN[:3], CHAIN[4], CHAIN[3], *CHAIN[5:]]
    assert verify_chain(exchanged, HEAD)[:2] == [ChainProblem(5, "gap"), ChainProblem(4, "order")]


def test_all_broken_places_are_named_in_order() -> None:
    chain = list(CHAIN)
    for seq in (3, 7):
        chain[seq - 1] = ChainedEvent(replace(event(seq), verb="void"), CHAIN[seq - 1].hash)
    assert verify_chain(chain, HEAD) == [ChainProblem(3, "link"), ChainProblem(7, "link")]


def test_every_flipped_byte_of_a_hash_is_noticed() -> None:
    for place in range(32):
        altered = bytearray(CHAIN[4].hash)
        altered[place] ^= 0x01
        chain = [*CHAIN[:4], replace(CHAIN[4], hash=bytes(altered)), *CHAIN[5:]]
        assert verify_chain(chain, HEAD) == [ChainProblem(5, "link"), ChainProblem(6, "link")]


@pytest.mark.parametrize("previous", [b"", bytes(31), bytes(33)])
def test_the_hash_before_has_32_bytes(previous: bytes) -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        event_hash(previous, event(1))


def test_a_detail_is_text() -> None:
    numbered = replace(event(1), detail={"cards": 3})  # type: ignore[dict-item]  # what is refused
    with pytest.raises(TypeError, match="event 1: detail 'cards' must be text"):
        event_hash(GENESIS, numbered)


@pytest.mark.parametrize(
    ("numbers", "gaps"),
    [
        ([], []),
        ([1, 2, 3], []),
        ([3, 1, 2, 2], []),
        ([2], [Gap(1, 1)]),
        ([1, 3, 4, 9], [Gap(2, 2), Gap(5, 8)]),
        ([10**12], [Gap(1, 10**12 - 1)]),
    ],
)
def test_gaps(numbers: list[int], gaps: list[Gap]) -> None:
    assert find_gaps(numbers) == gaps
