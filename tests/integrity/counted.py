"""A season counted and computed, to be tampered with: copies of one installation."""

import shutil
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

from evalsvc.box.anchors import SignedAnchor
from evalsvc.db import connect
from evalsvc.domain.acting import Act
from evalsvc.domain.concluding import archive, results
from evalsvc.domain.sealing import anchors, rounds
from evalsvc.domain.sealing.opening import open_box
from evalsvc.domain.sealing.signing import load_signing_key
from evalsvc.domain.voting import casting
from evalsvc.evidence.archive import open_package
from evalsvc.evidence.manifest import MANIFEST, Manifest, hash_files, read_manifest
from evalsvc.evidence.verify.verdict import verify
from tests.cast import (
    CUSTODIAN,
    MANAGER,
    MORNING,
    PASSPHRASE,
    Installation,
    add_panel_city,
    build_installation,
    get_round_id,
    ignore_progress,
    open_with_cards,
)
from tests.domain.test_casting import visit_and_fill

SEATS = 12  # times four strata, and two leaders
ABSENT = 3  # citizens who do not answer


@dataclass(frozen=True)
class Counted:
    """An installation with one counted round, and the receipts that raters took home."""

    installation: Installation
    season_id: int
    round_id: int
    receipts: tuple[str, ...]
    timed: SignedAnchor

    def copy(self, folder: Path) -> "Counted":
        """The same again in a folder of its own."""
        shutil.copytree(self.installation.settings.instance, folder, dirs_exist_ok=True)
        settings = replace(
            self.installation.settings,
            instance=folder,
            database_url=f"sqlite:///{folder / 'evalsvc.sqlite'}",
        )
        database = connect(settings.database_url, settings.peppers)
        return replace(self, installation=Installation(settings, database))

    def packages(self) -> archive.Packages:
        place = self.installation
        return archive.build_packages(place.database, place.settings, self.season_id)

    def audit_files(self, folder: Path) -> dict[str, bytes]:
        return unpack(self.packages().audit, folder)


def build_counted(folder: Path) -> Counted:
    """A small panel city: half answer, an anchor is published, the rest answer; one again."""
    place = build_installation(folder)
    season_id = add_panel_city(place, seats=SEATS)
    round_id = get_round_id(place, season_id)
    cards = open_with_cards(place, round_id)[:-ABSENT]
    receipts, timed = [], None
    for number, card in enumerate((*cards, cards[0])):
        visit, answers = visit_and_fill(place, card.token)
        given = casting.cast(place.database, visit, answers, casting.new_nonce(), MORNING)
        receipts.append(given.code)
        if number == len(cards) // 2:
            noon = MORNING + timedelta(hours=4)
            timed = anchors.publish_anchor(place.database, place.settings, round_id, noon)
    assert timed is not None
    evening = MORNING + timedelta(hours=12)
    rounds.close_round(Act(place.database, MANAGER, evening), place.settings, round_id)
    open_box(
        Act(place.database, CUSTODIAN, evening),
        place.settings,
        round_id,
        PASSPHRASE,
        ignore_progress,
    )
    results.compute_result(Act(place.database, MANAGER, evening), place.settings, season_id)
    place.database.close()
    return Counted(place, season_id, round_id, tuple(receipts), timed)


def unpack(package: bytes, folder: Path) -> dict[str, bytes]:
    path = folder / "package.zip"
    path.write_bytes(package)
    return open_package(path)


def sign_again(files: Mapping[str, bytes], counted: Counted) -> dict[str, bytes]:
    """What somebody who holds the service's signing key would make of changed files."""
    old = read_manifest(files[MANIFEST]).manifest
    new: Manifest = replace(old, files=hash_files(files))
    key = load_signing_key(counted.installation.settings)
    return {**files, MANIFEST: new.sign(key).to_json()}


def failed(files: Mapping[str, bytes]) -> set[str]:
    return set(verify(files).failed)
