"""One flipped bit anywhere in a package is noticed, and never more than noticed."""

import random
from collections.abc import Mapping

import pytest

from evalsvc.evidence.verify.verdict import verify
from tests.integrity.counted import Counted, build_counted, unpack

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def editions(tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, bytes], ...]:
    folder = tmp_path_factory.mktemp("flips")
    counted: Counted = build_counted(folder / "instance")
    packages = counted.packages()
    counted.installation.database.close()
    return unpack(packages.audit, folder), unpack(packages.public, folder)


def flip(files: Mapping[str, bytes], draw: random.Random, name: str) -> dict[str, bytes]:
    content = bytearray(files[name])
    content[draw.randrange(len(content))] ^= 1 << draw.randrange(8)
    return {**files, name: bytes(content)}


def list_unnoticed(files: Mapping[str, bytes], number: int, seed: int) -> list[str]:
    """Half of the flips fall on any byte, half on any file, so that small files get theirs."""
    draw = random.Random(seed)
    names, sizes = list(files), [len(content) for content in files.values()]
    chosen = [
        draw.choice(names) if each % 2 else draw.choices(names, sizes)[0] for each in range(number)
    ]
    return [name for name in chosen if verify(flip(files, draw, name)).passed]


def test_some_flips_are_noticed(editions: tuple[dict[str, bytes], ...]) -> None:
    for files in editions:
        assert verify(files).passed
        assert list_unnoticed(files, 20, seed=7) == []


@pytest.mark.slow
def test_a_thousand_flips_are_noticed(editions: tuple[dict[str, bytes], ...]) -> None:
    audit, public = editions
    assert list_unnoticed(audit, 700, seed=11) == []
    assert list_unnoticed(public, 300, seed=12) == []


def test_every_file_is_covered(editions: tuple[dict[str, bytes], ...]) -> None:
    draw = random.Random(3)
    for files in editions:
        for name in files:
            assert not verify(flip(files, draw, name)).passed, name
            less = {other: content for other, content in files.items() if other != name}
            assert not verify(less).passed, name
        assert not verify({**files, "box/year_end/more.txt": b""}).passed


@pytest.mark.parametrize(
    ("name", "old", "new", "check"),
    [
        ("sums.csv", b",panel,unit,", b",pafel,unit,", "sums"),
        ("distribution.csv", b"\n", b"\nyear_end\n", "thresholds"),
    ],
)
def test_a_strange_group_or_a_row_cut_short_is_told_and_stops_nothing(
    editions: tuple[dict[str, bytes], ...], name: str, old: bytes, new: bytes, check: str
) -> None:
    """What two of the thousand flips did, so that it stays tried where the draws change."""
    files = next(files for files in editions if name in files)
    failed = verify({**files, name: files[name].replace(old, new, 1)}).failed
    assert "manifest" in failed
    assert check in failed
