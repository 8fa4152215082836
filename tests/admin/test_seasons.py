"""The board, creating a season, its checklist and its scheme."""

import io
import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from evalsvc.admin.door.steps import build_board, find_next_step, list_season_steps
from evalsvc.clock import now
from evalsvc.domain import seasons
from evalsvc.domain.acting import Act
from evalsvc.domain.events import list_events
from evalsvc.domain.seasons import RoundView, SeasonCard
from evalsvc.scheme.presets import get_preset_text, list_presets, load_preset
from evalsvc.text import Text
from tests.admin.conftest import Clerk, get_standing
from tests.cast import (
    MANAGER,
    MORNING,
    Installation,
    add_panel_city,
    add_panshan,
    get_round_id,
    issue_cards,
    open_with_cards,
    set_deadline,
)

NAMES = {"title": "2018年度考评", "office": "盘县考评办", "contact": "0427-1"}
NOON = datetime(2026, 12, 1, 4, tzinfo=UTC)
PREPARING = RoundView(
    id=1, uid="", season_id=1, code="r", name=Text("半年", "half"), state="preparing",
    deadline=None, custodian=None, custody=None, has_keys=False, rehearsed_at=None, opened_at=None,
    closed_at=None, counted_at=None, destroyed_at=None, has_box=True,
)  # a table, read by rows  # fmt: skip
KEYED = replace(PREPARING, has_keys=True)
REHEARSED = replace(KEYED, rehearsed_at=NOON)
ISSUED = replace(REHEARSED, state="issued", deadline=NOON + timedelta(days=1))
OPEN = replace(ISSUED, state="open", opened_at=NOON)
LATE = replace(OPEN, deadline=NOON)
CLOSED = replace(OPEN, state="closed", closed_at=NOON)
COUNTED = replace(CLOSED, state="counted", counted_at=NOON)


@pytest.mark.parametrize(
    ("found", "code", "standing"),
    [
        (PREPARING, "keys", "next"),
        (KEYED, "rehearsal", "next"),
        (REHEARSED, "invitations", "next"),
        (ISSUED, "opening", "next"),
        (OPEN, "closing", "running"),
        (LATE, "closing", "next"),
        (CLOSED, "box", "next"),
        (COUNTED, "result", "next"),
    ],
)
def test_a_round_waits_for_one_step(found: RoundView, code: str, standing: str) -> None:
    step = find_next_step(found, NOON)
    assert (step.code, step.standing) == (code, standing)


def test_the_board_puts_each_round_in_one_place() -> None:
    rows = (PREPARING, ISSUED, OPEN, LATE, CLOSED, COUNTED)
    card = SeasonCard(1, "年度", "办", "电话", Text("方案", "scheme"), rows)
    board = build_board([card], {}, frozenset({"custodian"}), NOON)
    places = (board.open, board.late, board.mine, board.rest)
    assert [[row.round for row in place] for place in places] == [
        [OPEN],
        [LATE],
        [PREPARING, CLOSED],
        [ISSUED, COUNTED],
    ]


def test_only_the_first_open_step_of_a_season_is_next(installation: Installation) -> None:
    season = seasons.get_season(installation.database, add_panshan(installation))
    standings = [
        step.standing
        for step in list_season_steps(season, get_standing(installation, season.id), NOON)
    ]
    # Figures need not wait for any box.
    assert standings == ["done", "done", "next", *["later"] * 11, "next", *["later"] * 7]


def test_an_empty_board_says_so(manager: Clerk) -> None:
    assert manager.get("/").has("还没有考评年度", "新建考评年度")


def test_the_board_tells_open_from_late_and_mine(
    installation: Installation, manager: Clerk, custodian: Clerk
) -> None:
    season_id = add_panshan(installation)
    open_with_cards(installation, get_round_id(installation, season_id))
    assert manager.get("/").has("正在进行 测试年度 · 年终", "等我办 测试年度 · 导入指标和加减分")
    assert custodian.get("/").has("等我办 测试年度 · 半年", "下一步：生成票箱密钥")
    set_deadline(installation, get_round_id(installation, season_id), now() - timedelta(days=1))
    assert manager.get("/").has("已过期，要截止 测试年度 · 年终")


@pytest.mark.parametrize("path", ["/", "/log"])
def test_lists_ask_the_database_no_more_for_thirty_rows(
    installation: Installation,
    manager: Clerk,
    count_queries: Callable[[Callable[[], object]], int],
    path: str,
) -> None:
    add_panshan(installation)
    one = count_queries(lambda: manager.get(path))
    for _ in range(29):
        add_panshan(installation)
    assert count_queries(lambda: manager.get(path)) == one


def test_creates_a_season_from_a_preset(manager: Clerk) -> None:
    titles = [load_preset(code).title.zh for code in list_presets()]
    assert manager.get("/seasons/new").has(*titles)
    made = manager.post("/seasons/new", {**NAMES, "scheme": "panshan-2018"})
    assert made.location == "/office/seasons/1"
    assert manager.get("/seasons/1").has("2018年度考评", "盘县考评办", "方案未锁定", "导入名册")


def test_asks_for_what_is_missing(manager: Clerk) -> None:
    page = manager.post("/seasons/new", {"title": "", "scheme": "no-such"})
    assert page.status == 422
    assert page.has("请填写名称。", "请填写主办单位。", "请选一个考评方案。")
    nothing = manager.post("/seasons/new", {**NAMES, "scheme": "file"})
    assert nothing.has("请选择方案文件。")


def test_lists_each_error_of_a_scheme_with_its_place(
    installation: Installation, manager: Clerk
) -> None:
    text = get_preset_text("panshan-2018").replace("rule: total", "rule: nonsense")
    line = 1 + text[: text.index("rule: nonsense")].count("\n")
    sent = {**NAMES, "scheme": "file", "file": (io.BytesIO(text.encode()), "scheme.yaml")}
    page = manager.post("/seasons/new", sent)
    assert page.status == 422
    assert page.has(f"{line} 9 score.rule nonsense")
    assert seasons.list_seasons(installation.database) == ()


@pytest.mark.parametrize(
    ("content", "said"),
    [(b"\xff\xfe\x00", "不是 UTF-8 编码"), (b"#" * (256 * 1024 + 1), "最多256千字节")],
)
def test_refuses_what_is_no_scheme_file(manager: Clerk, content: bytes, said: str) -> None:
    sent = {**NAMES, "scheme": "file", "file": (io.BytesIO(content), "scheme.yaml")}
    page = manager.post("/seasons/new", sent)
    assert page.status == 422
    assert page.has(said)


def test_the_scheme_page_shows_what_was_decided(installation: Installation, manager: Clerk) -> None:
    season_id = add_panel_city(installation)
    scheme = seasons.get_season(installation.database, season_id).scheme
    page = manager.get(f"/seasons/{season_id}/scheme")
    assert page.has(scheme.sha256, "社会评议 50.0% 千人评议团", "匿名：只保存汇总数")
    for parameter in scheme.parameters:
        assert page.has(parameter.about.zh)
    text = manager.get(f"/seasons/{season_id}/scheme.yaml").bytes.decode()
    assert text == get_preset_text("three-in-one")


def test_the_scheme_can_change_until_codes_are_issued(
    installation: Installation, manager: Clerk
) -> None:
    season_id = add_panshan(installation)
    text = get_preset_text("panshan-2018").replace('version: "1"', 'version: "2"')

    def send(content: str) -> object:
        file = (io.BytesIO(content.encode()), "scheme.yaml")
        return manager.post(f"/seasons/{season_id}/scheme", {"file": file}).status

    assert send("nonsense") == 422
    assert send(text) == 302
    assert seasons.get_season(installation.database, season_id).scheme.version == "2"
    issue_cards(installation, get_round_id(installation, season_id))
    assert send(get_preset_text("panshan-2018")) == 409
    assert "更换考评方案" not in manager.get(f"/seasons/{season_id}/scheme").text


def test_a_page_in_english(installation: Installation, manager: Clerk) -> None:
    season_id = seasons.create_season(
        Act(installation.database, MANAGER, MORNING),
        "Year",
        "Office",
        "1",
        get_preset_text("panshan-2018"),
    )
    page = manager.get(f"/seasons/{season_id}?lang=en")
    assert page.has("Progress", "Import the roster", "Half-year being prepared")


def test_a_season_takes_over_an_earlier_one(installation: Installation, manager: Clerk) -> None:
    assert "沿用哪一年度" not in manager.get("/seasons/new").text
    add_panshan(installation)
    page = manager.get("/seasons/new")
    assert page.has("沿用哪一年度", "测试年度", "与所沿用的年度相同")
    assert 'value="考评办公室"' in page.html  # as it was typed the year before
    same = {**NAMES, "scheme": "same"}
    assert manager.post("/seasons/new", same).has("请选沿用哪一年度，或者另选方案。")
    assert manager.post("/seasons/new", {**same, "earlier": "9"}).status == 422
    made = manager.post("/seasons/new", {**same, "earlier": "1"})
    assert made.location == "/office/seasons/2/inherited/1"
    assert manager.get("/seasons/2/inherited/1").has("从“测试年度”带过来的", "全部带过来了")
    assert manager.get("/seasons/2/inherited/9").status == 404
    other = manager.post("/seasons/new", {**NAMES, "scheme": "zaozhuang-districts", "earlier": "1"})
    assert other.location == "/office/seasons/3/inherited/1"
    assert manager.get("/seasons/3/inherited/1").has("没有带过来的", "单位（10）", "部门01")
    assert manager.get("/seasons/3/inherited/1?lang=en").has("What stayed behind", "Units (10)")


def test_a_seasons_names_are_put_right(installation: Installation, manager: Clerk) -> None:
    season_id = add_panshan(installation)
    path = f"/seasons/{season_id}/names"
    assert manager.get(f"/seasons/{season_id}").has("改名称、单位、电话")
    assert 'value="测试年度"' in manager.get(path).html
    right = {"title": "2026年度考评", "office": "考评办公室", "contact": "0427-1111111"}
    assert manager.post(path, {**right, "title": ""}).has("请填写名称。")
    assert manager.post(path, {**right, "title": "长" * 121}).status == 422
    assert manager.post(path, {**right, "office": " "}).status == 422
    assert manager.post(path, right).location == f"/office/seasons/{season_id}"
    assert manager.get(f"/seasons/{season_id}").has("2026年度考评", "0427-1111111")
    assert manager.post(path, right).status == 302  # the same again tells the log nothing
    told = [each for each in list_events(installation.database) if each.verb == "amend_season"]
    assert [json.loads(each.detail) for each in told] == [
        {
            "title_before": "测试年度",
            "title": "2026年度考评",
            "contact_before": "0427-0000000",
            "contact": "0427-1111111",
        }
    ]
    assert manager.get("/seasons/99/names").status == 404


def test_printed_letters_that_say_otherwise_are_named(
    installation: Installation, manager: Clerk
) -> None:
    season_id = add_panshan(installation)
    issue_cards(installation, get_round_id(installation, season_id, "half_year"))
    open_with_cards(installation, get_round_id(installation, season_id))
    assert manager.get(f"/seasons/{season_id}/names").has(
        "“半年”的信已经印好，上面是原来的", "“年终”正在进行，发出的信上是原来的"
    )
