"""Hostile schemes at the pages that take one: refused there, and no page breaks over one kept."""

import io

import pytest

from evalsvc.domain import seasons
from evalsvc.domain.acting import Act
from evalsvc.domain.preparing.trial import MOST_WORK, build_sample, list_tried
from evalsvc.models.season import Season
from evalsvc.scheme.presets import list_presets, load_preset, load_scheme
from tests.admin.conftest import Clerk
from tests.admin.test_seasons import NAMES
from tests.cast import MANAGER, MORNING, Installation, add_panshan
from tests.scheme.hostile import HOSTILE
from tests.scheme.test_errors import SMALL


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
    assert page.html.count('<th scope="row" class="figure"') == 50


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
        for kind, found in (
            ("categories", season.scheme.categories),
            ("rounds", season.scheme.rounds),
        )
        for each in found
        for tongue in ("zh", "en")
    }
    path = f"/seasons/{season_id}/scheme/edition"
    sent = {"sha256": season.scheme.sha256, **names, "value|title.en": "a, b: [c] #d"}
    assert manager.post(path, sent).status == 302
    after = seasons.get_season(installation.database, season_id).scheme
    assert [each.name.zh for each in after.categories] == [
        f"{each.name.zh}: 改 zh" for each in season.scheme.categories
    ]
    assert after.title.en == "a, b: [c] #d"


def large(categories: int, components: int, questions: int, groups: int = 0) -> str:
    """The small scheme with so many more of each; every group answers for every category."""
    kinds = "".join(f"  c{n}: {{zh: 类, en: Kind}}\n" for n in range(categories))
    sees = "".join(f"c{n}: {{units: all}}, " for n in range(categories))
    items = "".join(
        f"  k{n}: {{name: {{zh: 项, en: Item}}, round: r1}}\n" for n in range(components)
    )
    asked = "".join(
        f"      q{n}: {{kind: number, title: {{zh: 问, en: Asked}}}}\n" for n in range(questions)
    )
    raters = "".join(
        f"  g{n}:\n    name: {{zh: 组, en: Group}}\n    identity: named\n    questionnaire: marks\n"
        f"    sees: {{{sees}dep: {{units: all}}, town: {{units: all}}}}\n"
        for n in range(groups)
    )
    parts = "".join(f"    - {{weight: 0, component: k{n}}}\n" for n in range(components)) + "".join(
        f"    - {{weight: 0, code: p{n}, name: {{zh: 组, en: Group}}, rule: rated, round: r1, "
        f"group: g{n}, question: overall}}\n"
        for n in range(groups)
    )
    text = SMALL
    for old, new in (
        ("categories:\n", f"categories:\n{kinds}"),
        ("sees: {dep", f"sees: {{{sees}dep"),
        ("components:\n", f"components:\n{items}"),
        ("    - {weight: $most", f"{parts}    - {{weight: $most"),
        ("      overall: {", f"{asked}      overall: {{"),
        ("groups:\n", f"groups:\n{raters}"),
    ):
        text = text.replace(old, new)
    return text


@pytest.mark.slow
@pytest.mark.parametrize(
    ("scheme", "tried"), [(large(2, 199, 59), 4), (large(38, 399, 0), 8), (large(2, 10, 59, 8), 1)]
)
def test_the_trial_of_a_large_scheme_reckons_no_more_than_a_page_has_time_for(
    installation: Installation, manager: Clerk, scheme: str, tried: int
) -> None:
    season_id = add_panshan(installation)
    seasons.change_scheme(Act(installation.database, MANAGER, MORNING), season_id, scheme)
    found = load_scheme(scheme)
    assert len(list_tried(found)) == tried
    sample = build_sample(found, 1)
    answers = sum(len(ballot.answers) for ballot in sample.ballots)
    assert answers + len(sample.counts) + len(sample.indicators) <= MOST_WORK
    page = manager.get(f"/seasons/{season_id}/scheme/trial")
    assert page.status == 200
    assert ("没有试算" in page.text) == (tried < len(found.categories))
    comparison = manager.get(f"/seasons/{season_id}/scheme/comparison?other=preset:golmud")
    assert comparison.status == 200


def test_a_scheme_too_large_for_any_trial_says_so(
    installation: Installation, manager: Clerk
) -> None:
    season_id = add_panshan(installation)
    text = large(0, 0, 99, 50)
    seasons.change_scheme(Act(installation.database, MANAGER, MORNING), season_id, text)
    page = manager.get(f"/seasons/{season_id}/scheme/trial")
    assert page.status == 422
    assert page.has("不能在页面里试算")


@pytest.mark.parametrize("preset", list_presets())
def test_every_preset_is_tried_in_whole(preset: str) -> None:
    scheme = load_preset(preset)
    assert list_tried(scheme) == scheme.categories
