"""Receipts: computable by anyone from the public line, and telling nothing but that."""

import hashlib

from evalsvc.box.receipts import leaf_hash, receipt_code, receipt_matches
from evalsvc.box.tokens import ALPHABET, check_code, clean_token, format_token

SEALED = b"a sealed ballot"
LEAF = leaf_hash(SEALED)


def test_leaf_is_the_rfc_9162_leaf_of_the_ciphertexts_hash() -> None:
    assert hashlib.sha256(b"\x00" + hashlib.sha256(SEALED).digest()).digest() == LEAF


def test_small_leaves_worked_by_hand() -> None:
    # 33 = 1·31 + 2 → …BC; the weights 14 and 15 give 14·1 + 15·2 = 44 = 31 + 13 → check symbol Q
    assert receipt_code((33).to_bytes(32)) == "A" * 13 + "BC" + "Q"
    assert receipt_code(bytes(32)) == "A" * 16
    # 31 to the 15th falls out at the top: only 15 symbols are kept
    assert receipt_code((31**15 + 30).to_bytes(32)) == "A" * 14 + "9" + check_code("A" * 14 + "9")


def test_a_code_is_the_leafs_lowest_digits() -> None:
    code = receipt_code(LEAF)
    number = 0
    for symbol in code[:15]:
        number = 31 * number + ALPHABET.index(symbol)
    assert number == int.from_bytes(LEAF) % 31**15
    assert code[15] == check_code(code[:15])
    assert clean_token(format_token(code)) == code


def test_a_receipt_matches_however_it_is_typed() -> None:
    code = receipt_code(LEAF)
    for typed in (code, format_token(code), code.lower(), f" {format_token(code)}\n"):
        assert receipt_matches(typed, LEAF)


def test_a_receipt_matches_no_other_leaf() -> None:
    code = receipt_code(LEAF)
    assert not receipt_matches(code, leaf_hash(SEALED + b"."))
    assert not receipt_matches("", LEAF)
    assert not receipt_matches(code[:-1], LEAF)


def test_ten_thousand_receipts_differ() -> None:
    codes = {receipt_code(leaf_hash(number.to_bytes(4))) for number in range(10_000)}
    assert len(codes) == 10_000
