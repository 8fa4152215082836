"""A line of the log is what stands before a line feed, whatever else people typed into it."""

import json

import pytest

from evalsvc.box.chain import GENESIS, ChainedEvent, Event, event_hash
from evalsvc.evidence.editions import LOG
from evalsvc.evidence.verify.files import read_log


@pytest.mark.parametrize("mark", ["\u2028", "\u2029", "\x85", "\x0b"], ids=ascii)
def test_a_reason_may_hold_what_other_programs_take_for_the_end_of_a_line(mark: str) -> None:
    event = Event(
        1, "2026-11-29T09:00:00+00:00", "wang", "revoke", "round 1", {"reason": f"遗失{mark}补发"}
    )
    chained = ChainedEvent(event, event_hash(GENESIS, event))
    line = json.dumps(
        {**vars(event), "hash": chained.hash.hex()}, ensure_ascii=False, sort_keys=True
    )

    assert read_log({LOG: f"{line}\n".encode()}) == [chained]
