"""Which version of the program it is: in the foot of the office's pages and in packages."""

from dataclasses import replace
from pathlib import Path

import pytest

from evalsvc.domain.concluding import archive, results
from evalsvc.domain.sealing.signing import load_signing_key
from evalsvc.evidence.archive import read_zip
from evalsvc.evidence.manifest import MANIFEST, read_manifest
from evalsvc.evidence.verify.verdict import verify
from evalsvc.releases import VERSION
from tests.admin.conftest import Clerk
from tests.cast import Installation
from tests.flagged_cast import copy_installation, opened

__all__ = ["opened"]  # a fixture
MOST_BYTES = 100_000_000


def test_the_foot_of_a_page_names_it_to_colleagues_alone(manager: Clerk, stranger: Clerk) -> None:
    assert manager.get("/").has(f"程序版本 {VERSION}")
    assert manager.get("/?lang=en").has(f"program version {VERSION}")
    assert VERSION not in stranger.get("/sign-in").html


def test_a_package_names_the_program_that_computed_its_result(
    opened: tuple[Installation, int],  # the fixture
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    place = copy_installation(opened[0], tmp_path)
    packages = archive.build_packages(place.database, place.settings, opened[1])
    monkeypatch.setattr(results, "VERSION", "9.9.9")
    again = archive.build_packages(place.database, place.settings, opened[1])
    key = load_signing_key(place.settings)
    place.database.close()
    assert again == packages
    for package in (packages.audit, packages.public):
        files = read_zip(package, MOST_BYTES)
        signed = read_manifest(files[MANIFEST])
        assert signed.manifest.program == VERSION
        assert verify(files).passed
        for other in ("9.9.9", ""):
            forged = replace(signed.manifest, program=other).sign(key).to_json()
            assert "computed" in verify({**files, MANIFEST: forged}).failed
