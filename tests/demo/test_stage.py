"""The demonstration that a person looks around in."""

import re
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner

from evalsvc.clock import now
from evalsvc.commands.demo import demo
from evalsvc.db import connect
from evalsvc.demo.server import build_settings
from evalsvc.domain import seasons
from evalsvc.domain.concluding import results
from evalsvc.domain.people import staff
from evalsvc.domain.sealing import rounds
from evalsvc.domain.voting import casting
from evalsvc.results.turnout import Turnout

pytestmark = pytest.mark.slow

LINK = re.compile(r"http://127\.0\.0\.1:8000/office/link#(\S+)")
CODE = re.compile(r"http://127\.0\.0\.1:8000/r#(\S+)")


@pytest.fixture(scope="module")
def instance(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A demonstration, set up once for this file's tests."""
    folder = tmp_path_factory.mktemp("demo")
    _prepare(folder)
    return folder


def test_links_and_codes_of_the_welcome_are_good(instance: Path) -> None:
    settings = build_settings(instance, 8000)
    database = connect(settings.database_url, settings.peppers)
    welcome = _prepare(instance)
    moment = now()
    for secret, login in zip(LINK.findall(welcome), ("manager", "custodian"), strict=True):
        session = staff.use_link(database, secret, "一个足够长的演示密码", moment)
        actor = staff.find_actor(database, session, moment)
        assert actor is not None
        assert actor.login == login
    papers = [
        casting.get_paper(database, casting.admit(database, settings, token, moment), moment)
        for token in CODE.findall(welcome)
    ]
    assert [paper.group.code for paper in papers] == [
        "leader",
        "leader",
        "office",
        "mutual_town",
        "mutual_department",
        "leader",
        "leader",
        *["panel"] * 8,
    ]
    assert {paper.times_cast for paper in papers} == {0}
    database.close()


def test_one_season_is_finished_and_two_are_open(instance: Path) -> None:
    settings = build_settings(instance, 8000)
    database = connect(settings.database_url, settings.peppers)
    cards = seasons.list_seasons(database)
    states = {card.id: [one.state for one in card.rounds] for card in cards}
    assert states == {3: ["open"], 2: ["open", "preparing"], 1: ["counted", "counted"]}
    finished = results.get_result(database, 1)
    assert len(finished.units) == 59
    assert not finished.stale
    assert all(unit.published is not None for unit in finished.units)
    assert results.list_rejections(database, 1) == ()
    city = next(card for card in cards if card.id == 3).rounds[0]
    assert rounds.get_turnout(database, city.id) == (
        Turnout(city.code, "leader", 8, 3),
        Turnout(city.code, "panel", 1000, 300),
    )
    database.close()


def test_a_second_run_has_the_same_codes_and_new_links(instance: Path) -> None:
    first, second = _prepare(instance), _prepare(instance)
    assert CODE.findall(first) == CODE.findall(second)
    assert set(LINK.findall(first)).isdisjoint(LINK.findall(second))


def test_a_fresh_run_begins_anew(instance: Path, tmp_path: Path) -> None:
    copy = shutil.copytree(instance, tmp_path / "demo")
    first = CODE.findall(_prepare(copy))
    assert len(first) == 15
    assert set(CODE.findall(_prepare(copy, "--fresh"))).isdisjoint(first)


def test_another_folder_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "evalsvc.sqlite").write_text("a real office's data")
    ran = CliRunner().invoke(
        demo, ["--no-serve", "--fresh"], env={"EVALSVC_INSTANCE": str(tmp_path)}
    )
    assert ran.exit_code == 1
    assert "不是演示文件夹" in ran.output
    assert (tmp_path / "evalsvc.sqlite").read_text() == "a real office's data"


def test_an_unknown_preset_is_named(tmp_path: Path) -> None:
    ran = CliRunner().invoke(demo, ["--headless", str(tmp_path), "--scheme", "atlantis"])
    assert ran.exit_code == 2
    assert "panshan-2018" in ran.output


def _prepare(folder: Path, *arguments: str) -> str:
    ran = CliRunner().invoke(
        demo, ["--no-serve", *arguments], env={"EVALSVC_INSTANCE": str(folder)}
    )
    assert ran.exit_code == 0, ran.output
    return ran.output
