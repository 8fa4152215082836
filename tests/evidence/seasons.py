"""Invented seasons of every preset, played to the end: their packages, and the anchors to fetch."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from evalsvc.demo import season as play
from evalsvc.demo.story import tell_story
from evalsvc.domain.concluding import archive
from evalsvc.domain.sealing import public_box
from evalsvc.domain.sealing.anchors import list_anchors
from evalsvc.domain.sealing.signing import load_signing_key
from evalsvc.domain.seasons import get_season_row
from evalsvc.evidence.archive import read_zip
from evalsvc.evidence.editions import ANCHORS, write_anchors
from tests.cast import Installation, build_installation

MOMENT = datetime(2026, 11, 2, 1, 0, tzinfo=UTC)
MOST_BYTES = 200_000_000


@dataclass(frozen=True)
class Played:
    """A season played to its result, as an auditor gets it from the office and the public page.

    `published` are all anchors in one file, `fetched` the files of the boxes' pages, one a round;
    `key` is the service's signing key: what its holder could do is tried with it.
    """

    key: bytes
    season_id: int
    audit: Mapping[str, bytes]
    public: Mapping[str, bytes]
    published: Mapping[str, bytes]
    fetched: tuple[Mapping[str, bytes], ...]

    @property
    def anchors_files(self) -> list[bytes]:
        """What an auditor has downloaded, as it is."""
        return [one[ANCHORS] for one in self.fetched]


@cache
def play_season(preset: str) -> Played:
    """All rounds of a preset's invented season, and its result; played once in a test process."""
    with TemporaryDirectory() as folder:
        return _play(build_installation(Path(folder)), preset)


def _play(place: Installation, preset: str) -> Played:
    story = tell_story(preset)
    office = play.hire(place.database, place.settings, "correct horse battery", MOMENT)
    season_id = play.found_season(office, story, story.title, MOMENT)
    voted = [
        one
        for one in story.scheme.rounds
        if any(group.identity != "entries" for group in story.scheme.list_groups(one.code))
    ]
    for day, one in enumerate(voted, 1):
        moment = MOMENT + timedelta(days=day)
        deadline = moment + timedelta(hours=9)
        cards = play.open_round(office, season_id, one.code, moment, deadline)
        play.cast_all(office, story, one.code, cards, "", moment)
        play.count_round(office, season_id, one.code, moment + timedelta(hours=8))
    play.conclude(office, season_id, story, MOMENT + timedelta(days=9))
    packages = archive.build_packages(place.database, place.settings, season_id)
    with place.database.reading() as session:
        rounds = get_season_row(session, season_id).rounds
        anchors = write_anchors({row.code: list_anchors(session, row) for row in rounds})
        boxes = [row.uid for row in rounds if list_anchors(session, row)]
    fetched = [public_box.get_anchors_file(place.database, uid) for uid in boxes]
    place.database.close()
    return Played(
        bytes(load_signing_key(place.settings)),
        season_id,
        read_zip(packages.audit, MOST_BYTES),
        read_zip(packages.public, MOST_BYTES),
        {ANCHORS: anchors},
        tuple({ANCHORS: one.encode()} for one in fetched),
    )
