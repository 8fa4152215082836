"""The public list of receipts: all at once as one by one, and in parts that hide whoever asks."""

import hashlib

import pytest

from evalsvc.box.receipt_list import (
    HIDDEN_AMONG,
    LINE_BYTES,
    MOST_PARTS,
    ListPart,
    count_parts,
    find_part,
    list_parts,
    split_receipts,
    write_receipts,
)
from evalsvc.box.receipts import receipt_code
from evalsvc.box.tokens import format_token


def make_leaves(count: int) -> list[bytes]:
    return [hashlib.sha256(str(number).encode()).digest() for number in range(count)]


@pytest.mark.parametrize("count", [0, 1, 2, 3000])
def test_all_at_once_are_what_each_alone_is(count: int) -> None:
    leaves = make_leaves(count)
    expected = sorted(format_token(receipt_code(leaf)) for leaf in leaves)
    assert write_receipts(leaves).decode().splitlines() == expected


def test_the_ends_of_the_number_line() -> None:
    """All zeros, all ones, and what 31^15 makes of carries."""
    leaves = [bytes(32), b"\xff" * 32, (31**15).to_bytes(32), (31**15 - 1).to_bytes(32)]
    expected = sorted(format_token(receipt_code(leaf)) for leaf in leaves)
    assert write_receipts(leaves).decode().splitlines() == expected


def test_more_than_one_batch_is_sorted_as_one() -> None:
    leaves = make_leaves(50_001)
    lines = write_receipts(leaves).decode().splitlines()
    assert lines == sorted(lines)
    assert format_token(receipt_code(leaves[-1])) in lines


@pytest.mark.parametrize(
    ("receipts", "parts"),
    [(0, 1), (1, 1), (1023, 1), (1024, 2), (100_000, 195), (512_000, 1000), (10**7, 1000)],
)
def test_parts_grow_only_where_a_page_could_not_name_them(receipts: int, parts: int) -> None:
    assert count_parts(receipts) == len(list_parts(receipts)) == parts


@pytest.mark.parametrize("count", [1, 1023, 1024, 20_000])
def test_the_parts_are_the_list_and_each_receipt_is_in_its_own(count: int) -> None:
    lines = write_receipts(make_leaves(count))
    parts = list(split_receipts(lines))
    assert b"".join(parts) == lines
    for part, content in zip(list_parts(count), parts, strict=True):
        for receipt in content.decode().splitlines():
            assert find_part(receipt, len(parts)) == part.number
            assert part.first <= receipt[:4] <= part.last


def test_whoever_fetches_a_part_hides_among_hundreds() -> None:
    """Binomial with a mean of 512 or more: 400 lies five standard deviations below."""
    for count in (1024, 5000, 50_000):
        parts = split_receipts(write_receipts(make_leaves(count)))
        sizes = [len(part) // LINE_BYTES for part in parts]
        assert min(sizes) > 400
        assert max(sizes) * LINE_BYTES < 25_000


def test_parts_follow_each_other_without_a_gap() -> None:
    """Worked by hand: 31^4 = 923,521 beginnings, halved at 461,761, which is
    15·31³ + 15·31² + 15·31 + 16.
    """
    assert list_parts(1024) == (ListPart(0, "2222", "HHHH"), ListPart(1, "HHHJ", "ZZZZ"))
    assert (HIDDEN_AMONG, MOST_PARTS) == (512, 1000)
