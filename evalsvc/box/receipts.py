"""Receipts: what a rater keeps to find the sealed ballot in the public list, and no more."""

import hashlib

from evalsvc.box.merkle import hash_leaf
from evalsvc.box.tokens import ALPHABET, LENGTH, check_code, clean_token


def leaf_hash(sealed: bytes) -> bytes:
    """The ballot's line in the public list: RFC 9162 leaf hash of the ciphertext's SHA-256.

    Of the ciphertext alone: with the credential or the sequence in it, whoever holds the roll
    could test lines and see whose they are, or that a receipt was superseded.
    """
    return hash_leaf(hashlib.sha256(sealed).digest())


def receipt_code(leaf: bytes) -> str:
    """The leaf in 15 symbols (74 bits) and a check symbol; printed through format_token."""
    fifteen = _symbols(int.from_bytes(leaf), LENGTH - 1)
    return fifteen + check_code(fifteen)


def receipt_matches(code: str, leaf: bytes) -> bool:
    """Whether a receipt, however it was typed, belongs to this leaf."""
    return clean_token(code) == receipt_code(leaf)


def _symbols(number: int, count: int) -> str:
    """The lowest `count` digits to the base 31, highest first."""
    symbols = ""
    for _ in range(count):
        number, digit = divmod(number, len(ALPHABET))
        symbols = ALPHABET[digit] + symbols
    return symbols
