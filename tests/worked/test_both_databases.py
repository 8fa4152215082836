"""Each preset's worked case, archived from SQLite and from PostgreSQL: the same digits."""

import json
from pathlib import Path

import pytest

from evalsvc.domain.acting import Act
from evalsvc.domain.concluding import archive, results
from evalsvc.evidence.archive import open_package
from evalsvc.evidence.package import read_package
from evalsvc.evidence.recompute import recompute
from evalsvc.scheme.presets import get_preset_text, list_presets, load_preset
from tests.cast import MANAGER, MORNING, build_installation
from tests.worked.cases import read_worked
from tests.worked.seeded import seed_season

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("code", list_presets())
def test_an_archived_package_gives_the_same_digits(
    code: str, tmp_path: Path, database_url: str
) -> None:
    worked, scheme = read_worked(code), load_preset(code)
    place = build_installation(tmp_path / "service", database_url)
    try:
        season_id = seed_season(
            place, get_preset_text(code), scheme, worked.package.facts, worked.package.raters
        )
        results.compute_result(Act(place.database, MANAGER, MORNING), place.settings, season_id)
        kept = results.get_result(place.database, season_id)
        packages = archive.build_packages(place.database, place.settings, season_id)
    finally:
        place.database.close()

    # Of persons the public package tells grades alone, and of whom the scheme says.
    public = () if scheme.evaluates == "persons" else worked.results
    # Every node of every tree, as exact fractions, through the database and back.
    assert kept.units == worked.results
    for edition, told in ((packages.audit, worked.results), (packages.public, public)):
        path = tmp_path / "package.zip"
        path.write_bytes(edition)
        files = open_package(path)
        again = recompute(read_package(files, scheme))
        assert again.differences == ()
        stated = json.loads(files["result.json"])
        assert {unit: (each["published"], each["rank"]) for unit, each in stated.items()} == {
            one.unit: (one.published, one.rank) for one in told
        }
