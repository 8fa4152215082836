"""Sets the demonstration up: one season finished, one being answered, one to try the forms in."""

from datetime import datetime, timedelta
from pathlib import Path

import click

from evalsvc.box.cards import Card
from evalsvc.db import connect
from evalsvc.demo.season import (
    Office,
    cast_all,
    conclude,
    count_round,
    end_of_day,
    found_season,
    hire,
    make_links,
    new_passphrase,
    open_round,
    pick_cards,
)
from evalsvc.demo.story import tell_story
from evalsvc.demo.welcome import OpenTrial, write_welcome
from evalsvc.migrating import migrate
from evalsvc.settings import Settings, prepare_instance
from evalsvc.text import Text

ROUND_NAMES = {"half_year": "半年 half-year", "year_end": "年终 year-end"}
# How long ago the finished season's boxes were counted, so that the log reads like a year's.
COUNTED_AGO = {"half_year": timedelta(days=150), "year_end": timedelta(days=12)}
# How long codes can be tried before `--fresh` is needed.
TRYING = timedelta(days=60)
PANEL_ANSWERED = 300
LEADERS_ANSWERED = 3

TRY_FORCED_RATIO = Text(
    "正在进行：试一试按比例排序，怎么填都可以", "Open now: try the forced ratio, answer as you like"
)
TRY_PANEL = Text(
    "正在进行：领导打分和千人评议团；已有部分答卷，参评率在考评办的轮次页",
    "Open now: leaders' marks and the panel; some have answered, the office sees the turnout",
)


def set_up(settings: Settings, moment: datetime) -> str:
    """Prepare an empty installation; returns the welcome to keep."""
    prepare_instance(settings)
    migrate(settings.database_url)
    database = connect(settings.database_url, settings.peppers)
    try:
        office = hire(database, settings, new_passphrase(), moment - timedelta(days=170))
        _play_panshan(office, moment)
        trials = (_open_trial(office, moment), _open_city(office, moment))
        return write_welcome(office, trials)
    finally:
        database.close()


def renew_links(settings: Settings, moment: datetime) -> dict[str, str]:
    """New one-time links by login; passwords chosen before stay good."""
    database = connect(settings.database_url, settings.peppers)
    try:
        return make_links(database, moment)
    finally:
        database.close()


def is_ready(instance: Path) -> bool:
    """Whether a demonstration stands in this folder, complete."""
    path = welcome_path(instance)
    return path.exists() and bool(path.read_text(encoding="utf-8"))


def welcome_path(instance: Path) -> Path:
    """Where the welcome waits for the next run; an empty one marks a set-up under way."""
    return instance / "welcome.txt"


def _play_panshan(office: Office, moment: datetime) -> None:
    """The finished season, from its founding to its result."""
    story = tell_story("panshan-2018")
    season_id = found_season(office, story, story.title, moment - timedelta(days=169))
    for code, ago in COUNTED_AGO.items():
        counted = moment - ago
        opened = counted - timedelta(days=8)
        cards = open_round(office, season_id, code, opened, end_of_day(counted))
        label = f"{story.scheme.title.zh}：{ROUND_NAMES[code]}"
        cast_all(office, story, code, cards, label, opened + timedelta(days=3))
        count_round(office, season_id, code, counted)
    conclude(office, season_id, story, moment - timedelta(days=11))
    click.echo("结果已算出  The result is computed.")


def _open_trial(office: Office, moment: datetime) -> OpenTrial:
    """A season of the same preset whose first box is open and empty."""
    story = tell_story("panshan-2018")
    title = "盘山县 2019 年度绩效考评（试填）"
    season_id = found_season(office, story, title, moment - timedelta(days=2))
    cards = _open_to_try(office, season_id, "half_year", moment)
    tried = ("县领导1", "县领导2", "专项行动领导小组办公室", "沙岭镇", "县教育局")
    return OpenTrial(title, TRY_FORCED_RATIO, story.scheme, pick_cards(cards, tried))


def _open_city(office: Office, moment: datetime) -> OpenTrial:
    """A season with a panel, answered in part."""
    story = tell_story("three-in-one")
    season_id = found_season(office, story, story.title, moment - timedelta(days=2))
    cards = _open_to_try(office, season_id, "year_end", moment)
    leaders = [card for card in cards if card.group == "leader"]
    panel = [card for card in cards if card.group == "panel"]
    answered = leaders[:LEADERS_ANSWERED] + panel[:: len(panel) // PANEL_ANSWERED][:PANEL_ANSWERED]
    label = f"{story.scheme.title.zh}：{PANEL_ANSWERED} / {len(panel)}"
    cast_all(office, story, "year_end", answered, label, moment)
    kept = [card for card in cards if card not in answered]
    return OpenTrial(story.title, TRY_PANEL, story.scheme, _two_of_each(kept))


def _open_to_try(office: Office, season_id: int, code: str, moment: datetime) -> tuple[Card, ...]:
    until = end_of_day(moment + TRYING)
    return open_round(office, season_id, code, moment - timedelta(days=1), until)


def _two_of_each(cards: list[Card]) -> tuple[Card, ...]:
    """Two codes of every group and stratum."""
    kinds: dict[tuple[str, str], list[Card]] = {}
    for card in cards:
        kinds.setdefault((card.group, card.stratum), []).append(card)
    return tuple(card for found in kinds.values() for card in found[:2])
