"""The Merkle tree against Certificate Transparency's published vectors and its own definition."""

import hashlib
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evalsvc.box.merkle import (
    InclusionProof,
    box_root,
    build_proof,
    hash_leaf,
    tree_path,
    tree_root,
    verify_proof,
)

# The reference tree of Certificate Transparency's own tests (merkle_tree_test in its repository,
# repeated in Trillian and others): eight entries, the root at each size, and four paths.
ENTRIES = [
    bytes.fromhex(entry)
    for entry in (
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    )
]
LEAVES = [hash_leaf(entry) for entry in ENTRIES]
ROOTS = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
PATHS = [
    (
        0,
        8,
        (
            "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
            "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
            "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
        ),
    ),
    (
        5,
        8,
        (
            "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
            "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
            "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        ),
    ),
    (2, 3, ("fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",)),
    (
        1,
        5,
        (
            "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
            "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
            "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
        ),
    ),
]


def numbered_leaves(count: int) -> list[bytes]:
    return [hash_leaf(number.to_bytes(4)) for number in range(count)]


def defined_root(leaves: list[bytes]) -> bytes:
    """RFC 9162 section 2.1.1 word for word: split at the largest power of two below the size."""
    if len(leaves) == 1:
        return leaves[0]
    split = 1 << ((len(leaves) - 1).bit_length() - 1)
    pair = defined_root(leaves[:split]) + defined_root(leaves[split:])
    return hashlib.sha256(b"\x01" + pair).digest()


@pytest.mark.parametrize("size", range(9))
def test_published_roots(size: int) -> None:
    assert tree_root(LEAVES[:size]).hex() == ROOTS[size]


@pytest.mark.parametrize(("index", "size", "path"), PATHS)
def test_published_paths(index: int, size: int, path: tuple[str, ...]) -> None:
    assert tuple(step.hex() for step in tree_path(index, LEAVES[:size])) == path
    proof = InclusionProof(index, size, tuple(map(bytes.fromhex, path)))
    assert verify_proof(LEAVES[index], proof, bytes.fromhex(ROOTS[size]))


@pytest.mark.parametrize("size", range(1, 70))
def test_the_root_is_the_rfcs(size: int) -> None:
    leaves = numbered_leaves(size)
    assert tree_root(leaves) == defined_root(leaves)


@settings(deadline=None)  # the suite shares its processors
@given(st.sets(st.binary(min_size=32, max_size=32), min_size=1), st.randoms())
def test_the_box_root_tells_nothing_of_the_order(leaves: set[bytes], order) -> None:  # type: ignore[no-untyped-def]  # hypothesis gives no public type
    shuffled = sorted(leaves)
    order.shuffle(shuffled)
    assert box_root(shuffled) == defined_root(sorted(leaves))


def test_an_empty_box_has_a_root() -> None:
    assert box_root([]) == hashlib.sha256(b"").digest()


@pytest.mark.parametrize("size", range(1, 34))
def test_every_leaf_is_proved_and_nothing_else(size: int) -> None:
    leaves = numbered_leaves(size)
    root = box_root(leaves)
    for leaf in leaves:
        proof = build_proof(leaf, leaves)
        assert verify_proof(leaf, proof, root)
        assert not verify_proof(hash_leaf(b"stranger"), proof, root)
        assert not verify_proof(leaf, proof, hash_leaf(b"another root"))


@settings(deadline=None)  # the suite shares its processors
@given(st.sets(st.binary(min_size=32, max_size=32), min_size=2, max_size=60), st.data())
def test_an_altered_proof_fails(leaves: set[bytes], data: st.DataObject) -> None:
    leaf = data.draw(st.sampled_from(sorted(leaves)))
    root, proof = box_root(leaves), build_proof(leaf, leaves)
    step = data.draw(st.integers(0, len(proof.path) - 1))
    altered = list(proof.path)
    altered[step] = bytes([altered[step][0] ^ 1]) + altered[step][1:]
    assert verify_proof(leaf, proof, root)
    assert not verify_proof(leaf, replace(proof, path=tuple(altered)), root)
    assert not verify_proof(leaf, replace(proof, path=proof.path[:-1]), root)
    assert not verify_proof(leaf, replace(proof, path=(*proof.path, root)), root)


@pytest.mark.parametrize(("index", "size"), [(-1, 8), (8, 8), (0, 0), (1, 8), (5, 1), (4, 8)])
def test_a_proof_for_another_place_fails(index: int, size: int) -> None:
    proof = InclusionProof(index, size, tree_path(5, LEAVES))
    assert not verify_proof(LEAVES[5], proof, tree_root(LEAVES))


@pytest.mark.parametrize(("index", "size"), [(3, 4), (-1, 8), (15, 8), (15, 16), (7, 16)])
def test_the_last_leafs_path_proves_no_other_place(index: int, size: int) -> None:
    """Only left neighbours stand on it, so that a careless check takes it for these places."""
    path, root = tree_path(7, LEAVES), tree_root(LEAVES)
    assert verify_proof(LEAVES[7], InclusionProof(7, 8, path), root)
    assert not verify_proof(LEAVES[7], InclusionProof(index, size, path), root)


def test_the_first_leafs_path_proves_no_larger_list() -> None:
    proof = InclusionProof(0, 16, tree_path(0, LEAVES))
    assert not verify_proof(LEAVES[0], proof, tree_root(LEAVES))


def test_a_leaf_that_is_not_in_the_list_has_no_proof() -> None:
    for stranger in (bytes(32), b"\xff" * 32, hash_leaf(b"stranger")):
        with pytest.raises(ValueError, match="not in the list"):
            build_proof(stranger, LEAVES)


@pytest.mark.parametrize("index", [-1, 8])
def test_a_path_needs_a_place_in_the_list(index: int) -> None:
    with pytest.raises(ValueError, match="no leaf"):
        tree_path(index, LEAVES)


def test_a_leaf_can_not_pose_as_an_inner_node() -> None:
    left, right = LEAVES[:2]
    assert hash_leaf(left + right) != tree_root([left, right])
