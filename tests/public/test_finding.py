"""Finding a unit in a long list: by its name, by first letters, by pinyin."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from evalsvc.app import create_app
from evalsvc.models.roster import Rater, Unit
from evalsvc.public.sounds import list_sounds
from tests.cast import _create, build_installation, get_card, get_round_id, open_with_cards
from tests.public.reading import list_violations
from tests.public.test_browser import begin
from tests.serving import serve

NAMES = (
    "教育局", "财政局", "公安局", "民政局", "司法局", "人社局", "自然资源局", "生态环境局",
    "住建局", "交通运输局", "水务局", "农业农村局", "商务局", "文旅局", "卫健局", "长江路街道",
)  # a table, read by rows  # fmt: skip


@pytest.mark.parametrize(
    ("name", "sounds"), [("长江", "zhang,chang jiang"), ("A区 12", "a qu,ou 1 2"), ("", "")]
)
def test_name_has_every_reading_of_its_characters(name: str, sounds: str) -> None:
    assert list_sounds(name) == sounds


@pytest.fixture
def site(tmp_path: Path) -> Iterator[tuple[str, str]]:
    installation = build_installation(tmp_path)
    season_id = _create(installation, "panshan-2018")
    with installation.database.writing() as session:
        for number, name in enumerate(NAMES, 1):
            session.add(
                Unit(
                    season_id=season_id,
                    position=number,
                    code=f"u{number:02d}",
                    name=name,
                    category="department",
                )
            )
        session.add(Rater(season_id=season_id, group="office", code="O1", name="考评办"))
    cards = open_with_cards(installation, get_round_id(installation, season_id))
    app = create_app(installation.settings)
    with serve(app) as address:
        yield address, get_card(cards, "office").token
    app.extensions["evalsvc"].database.close()
    installation.database.close()


@pytest.mark.browser
def test_units_are_found_by_name_and_by_sound(site: tuple[str, str], phone: Page) -> None:
    address, token = site
    begin(phone, address, token)
    field, rows = phone.get_by_label("按名称或拼音查找"), phone.locator("[data-unit]:visible h3")

    for typed, found in (
        ("教育", ["教育局"]),
        ("jyj", ["教育局"]),
        ("jiaoyuju", ["教育局"]),
        ("JiaoYJ", ["教育局"]),
        ("swj", ["水务局", "商务局"]),
        ("cjl", ["长江路街道"]),
        ("zhangjiang", ["长江路街道"]),
        ("njc", []),
        ("huanjing", ["生态环境局"]),
        ("", list(NAMES)),
    ):
        field.fill(typed)
        assert rows.all_text_contents() == found
    field.fill("jyj")
    expect(phone.locator(".found")).to_have_text("找到1个单位")
    assert list_violations(phone) == []
    field.press("Enter")  # looks for nothing more and sends nothing
    assert phone.url == f"{address}/answer"
