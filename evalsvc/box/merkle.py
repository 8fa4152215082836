"""The Merkle tree of RFC 9162 over the public list of leaves: root, inclusion proof, check."""

import hashlib
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class InclusionProof:
    """Where a leaf stands in the list, and the hashes beside its way up to the root."""

    index: int
    size: int
    path: tuple[bytes, ...]


def box_root(leaves: Iterable[bytes]) -> bytes:
    """The root over the leaves in sorted order, which tells nothing of their arrival."""
    return tree_root(sorted(leaves))


def build_proof(leaf: bytes, leaves: Iterable[bytes]) -> InclusionProof:
    """Prove that a leaf is in the tree of box_root; raises ValueError where it is not."""
    ordered = sorted(leaves)
    index = bisect_left(ordered, leaf)
    if index == len(ordered) or ordered[index] != leaf:
        raise ValueError(f"leaf {leaf.hex()} is not in the list")
    return InclusionProof(index, len(ordered), tree_path(index, ordered))


def verify_proof(leaf: bytes, proof: InclusionProof, root: bytes) -> bool:
    """RFC 9162 section 2.1.3.2: whether the path leads from this leaf to this root.

    The size is the proof's word: compare it with the number of ballots in the signed anchor.
    """
    if not 0 <= proof.index < proof.size:
        return False
    place, last, node = proof.index, proof.size - 1, leaf
    for beside in proof.path:
        # A path that is longer than the tree is high leads anywhere.
        if last == 0:
            return False
        if place % 2 or place == last:
            node = _hash_pair(beside, node)
            while place % 2 == 0 and place:  # levels where a lone node rose unpaired
                place, last = place // 2, last // 2
        else:
            node = _hash_pair(node, beside)
        place, last = place // 2, last // 2
    # And one that is shorter ends at an inner node, which is no root.
    return last == 0 and node == root


def hash_leaf(entry: bytes) -> bytes:
    """The leaf hash of an entry; its prefix keeps a leaf from posing as an inner node."""
    return hashlib.sha256(b"\x00" + entry).digest()


def tree_root(leaves: Sequence[bytes]) -> bytes:
    """MTH of RFC 9162 section 2.1.1 over leaf hashes in the given order."""
    if not leaves:
        # As RFC 9162 has it: a round's first anchor is over an empty box.
        return hashlib.sha256(b"").digest()
    level = leaves
    while len(level) > 1:
        level = _level_above(level)
    return level[0]


def tree_path(index: int, leaves: Sequence[bytes]) -> tuple[bytes, ...]:
    """PATH of RFC 9162 section 2.1.3.1 for the leaf at a place of the given order."""
    if not 0 <= index < len(leaves):
        raise ValueError(f"no leaf {index} among {len(leaves)}")
    path: list[bytes] = []
    level = leaves
    while len(level) > 1:
        beside = index ^ 1
        if beside < len(level):
            path.append(level[beside])
        level, index = _level_above(level), index // 2
    return tuple(path)


def _level_above(level: Sequence[bytes]) -> list[bytes]:
    """Pairs hashed together; a lone last node rises as it is, as the RFC's split makes it."""
    paired = len(level) - len(level) % 2
    above = [_hash_pair(level[left], level[left + 1]) for left in range(0, paired, 2)]
    above.extend(level[paired:])
    return above


def _hash_pair(left: bytes, right: bytes) -> bytes:
    # Another prefix than a leaf's, or an inner node could be given out as a ballot.
    return hashlib.sha256(b"\x01" + left + right).digest()
