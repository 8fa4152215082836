"""The page of days off, and publication pages of a season that counts working days."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from flask.testing import FlaskClient

from tests.admin.conftest import Clerk
from tests.cast import Installation
from tests.office_cast import add_liaison, add_working_season
from tests.sealed_cast import stop_the_clock

pytestmark = pytest.mark.slow

FIVE = "{count: working_days, shown_least: 5, shown_most: 5, review: 5, answer: 3}"
TUESDAY = datetime(2026, 9, 29, 1, tzinfo=UTC)
YEAR = {"year": "2027", "source": "国办发明电〔2026〕0号", "off": "元旦：1月1日至3日", "worked": ""}


@pytest.fixture(autouse=True)
def before_a_holiday(monkeypatch: pytest.MonkeyPatch) -> None:
    stop_the_clock(monkeypatch, TUESDAY)
    monkeypatch.setattr("tests.admin.conftest.now", lambda: TUESDAY)


def test_a_year_is_entered_from_its_notice(manager: Clerk) -> None:
    page = manager.get("/days-off")
    assert page.has("2026年", "国办发明电〔2025〕7号", "国庆节 10月1日至7日", "随程序提供")
    assert manager.post("/days-off", {**YEAR, "off": "元旦放三天"}).has(
        "“元旦放三天”：应写成“春节：2月15日至23日”或“2月14日”", "元旦放三天"
    )
    assert manager.post("/days-off", {**YEAR, "year": "明年"}).has("请填写四位年份")
    assert manager.post("/days-off", {**YEAR, "source": ""}).status == 422
    assert manager.post("/days-off", YEAR).location == "/office/days-off"
    assert manager.get("/days-off").has("2027年", "元旦 1月1日至3日", "manager 于 2026年9月29日")
    assert manager.get("/days-off?lang=en").has("Day 1–3 January", "Enter a year")


def test_the_last_day_is_shown_with_what_does_not_count(
    installation: Installation, manager: Clerk, seat: Callable[[str], Clerk], reader: FlaskClient
) -> None:
    season_id = add_working_season(installation, FIVE)
    path = f"/seasons/{season_id}/publication"
    counted = "5 个工作日；10月1日至7日（国庆节）不算；10月10日调休上班，算"
    manager.post(path, {})
    assert manager.get(path).has("公示期 5 个工作日", f"到2026年10月10日，共 {counted}")
    period = {"first_day": "2026-09-29", "audience": "public", "extent": "all"}
    assert manager.post(f"{path}/1/period", {**period, "last_day": "2026-10-04"}).has("现为 2 个")
    assert manager.post(f"{path}/1/period", period).status == 302
    assert manager.get(path).has("公示到2026年10月10日", f"公示期：{counted}。")
    assert counted in reader.get(f"/results/{season_id}").get_data(as_text=True)
    add_liaison(installation, season_id)
    assert seat("liaison").get(f"/seasons/{season_id}/own/u01").has(f"（{counted}）")


def test_an_unknown_year_is_said_before_anybody_presses(
    installation: Installation, manager: Clerk, monkeypatch: pytest.MonkeyPatch
) -> None:
    season_id = add_working_season(installation, FIVE)
    path = f"/seasons/{season_id}/publication"
    manager.post(path, {})
    with monkeypatch.context() as patch:
        patch.setattr(
            "evalsvc.admin.concluding.publication.now",
            lambda: datetime(2026, 12, 28, 1, tzinfo=UTC),
        )
        assert manager.get(path).has("2027年放假和调休的安排还没有录入", "去录入")


@pytest.fixture
def reader(manager: Clerk) -> FlaskClient:
    """A browser of anybody's."""
    client: FlaskClient = manager.client.application.test_client()
    return client
