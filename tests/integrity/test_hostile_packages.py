"""Numbers and nesting without end in any file of a package: named by `verify`, never a crash."""

import re
from collections.abc import Callable, Mapping
from contextlib import suppress

import pytest

from evalsvc.evidence.model import PackageErrors
from evalsvc.evidence.package import read_package
from evalsvc.evidence.verify.verdict import verify
from tests.integrity.counted import Counted, build_counted, unpack

DIGITS = b"9" * 200_000


ALONE = re.compile(rb"(?<![\w.\-])[0-9]+(?![\w.\-])")


def replace_number(number: bytes) -> Callable[[bytes], bytes]:
    """The last number of a file that is no part of a name or hash is another."""

    def spoil(content: bytes) -> bytes:
        found = list(ALONE.finditer(content))
        if not found:
            return content
        return content[: found[-1].start()] + number + content[found[-1].end() :]

    return spoil


CELL = re.compile(rb"(?<=,)-?[0-9]+([./][0-9]+)?(?=[,\n])")


def replace_cells(number: bytes) -> Callable[[bytes], bytes]:
    """Whatever is a number or a fraction in a table is another, wherever it stands."""
    return lambda content: CELL.sub(number, content)


SPOILT: dict[str, Callable[[bytes], bytes]] = {
    "digits": replace_number(DIGITS),
    "an exponent": replace_number(b"1e9999999"),
    "an exponent beyond all": replace_number(b"1e99999999999999999999"),
    "a small exponent": replace_number(b"1e-30000000"),
    "exponents in all cells": replace_cells(b"1e9999999"),
    "exponents beyond all in all cells": replace_cells(b"1e99999999999999999999"),
    "digits in all cells": replace_cells(DIGITS[:5_000]),
    "no number": replace_number(b"NaN"),
    "lists": lambda _: b"[" * 200_000,
    "objects": lambda _: b'{"a":' * 100_000,
}


@pytest.fixture(scope="module")
def editions(tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, bytes], ...]:
    folder = tmp_path_factory.mktemp("hostile")
    counted: Counted = build_counted(folder / "instance")
    packages = counted.packages()
    counted.installation.database.close()
    return unpack(packages.audit, folder), unpack(packages.public, folder)


def read(files: Mapping[str, bytes]) -> None:
    with suppress(PackageErrors):
        read_package(files)


@pytest.mark.slow
@pytest.mark.parametrize("how", SPOILT)
def test_no_file_breaks_what_reads_it(editions: tuple[dict[str, bytes], ...], how: str) -> None:
    for files in editions:
        for name, content in files.items():
            spoilt = {**files, name: SPOILT[how](content)}
            if spoilt != files:
                assert not verify(spoilt).passed, name
                read(spoilt)
