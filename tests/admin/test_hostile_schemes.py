"""Hostile schemes at the pages that take one: refused there, and no page breaks over one kept."""

import io

import pytest

from evalsvc.domain import seasons
from evalsvc.models.season import Season
from tests.admin.conftest import Clerk
from tests.admin.test_seasons import NAMES
from tests.cast import Installation, add_panshan
from tests.scheme.hostile import HOSTILE


@pytest.mark.slow
def test_every_hostile_scheme_is_refused_on_the_page(
    installation: Installation, manager: Clerk
) -> None:
    for name, (build, _) in HOSTILE.items():
        sent = {"scheme": "file", "file": (io.BytesIO(build().encode()), "scheme.yaml")}
        page = manager.post("/seasons/new", {**NAMES, **sent})
        assert page.status == 422, name
        assert len(page.html) < 60_000, name
    assert seasons.list_seasons(installation.database) == ()


def test_a_page_of_fifty_mistakes_says_that_there_are_more(manager: Clerk) -> None:
    text = HOSTILE["unknown names inside"][0]()
    sent = {"scheme": "file", "file": (io.BytesIO(text.encode()), "scheme.yaml")}
    page = manager.post("/seasons/new", {**NAMES, **sent})
    assert page.has("方案文件有 50 处要改", "可能还有：改好这些再上传")
    assert page.html.count('<th scope="row" class="figure">') == 50


def test_a_scheme_that_an_earlier_version_took_is_told_and_no_fault(
    installation: Installation, manager: Clerk
) -> None:
    season_id = add_panshan(installation)
    with installation.database.writing() as session:
        session.get_one(Season, season_id).scheme = HOSTILE["places beyond reason"][0]()
    for path in ("/", f"/seasons/{season_id}", f"/seasons/{season_id}/scheme"):
        page = manager.get(path)
        assert page.status == 409
        assert page.has("读不出来", "publication.places：现为“999999999”")


def test_many_values_are_changed_at_once(installation: Installation, manager: Clerk) -> None:
    """One reading for all of them, where each had two of its own."""
    season_id = add_panshan(installation)
    season = seasons.get_season(installation.database, season_id)
    names = {
        f"value|{kind}.{each.code}.{tongue}": f"{each.name.zh}: 改 {tongue}"
        for kind, found in (("categories", season.scheme.categories),
                            ("rounds", season.scheme.rounds))
        for each in found for tongue in ("zh", "en")
    }  # fmt: skip
    path = f"/seasons/{season_id}/scheme/edition"
    sent = {"sha256": season.scheme.sha256, **names, "value|title.en": "a, b: [c] #d"}
    assert manager.post(path, sent).status == 302
    after = seasons.get_season(installation.database, season_id).scheme
    assert [each.name.zh for each in after.categories] == [
        f"{each.name.zh}: 改 zh" for each in season.scheme.categories
    ]
    assert after.title.en == "a, b: [c] #d"
