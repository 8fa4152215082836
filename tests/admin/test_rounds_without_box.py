"""Rounds without questionnaires have no box, keys or codes, in steps, words or acts."""

from collections.abc import Callable

import pytest

from evalsvc.admin.door.steps import list_season_steps
from evalsvc.domain import seasons
from evalsvc.domain.acting import Act
from evalsvc.domain.assessing import task_reports
from evalsvc.domain.people import approvals
from evalsvc.domain.preparing.figures import Figures, IndicatorRow, import_figures
from evalsvc.domain.sealing import custody, rounds
from evalsvc.errors import ACT_REFUSED, SCHEME_FROZEN, Problem
from evalsvc.scheme.presets import get_preset_text, list_presets, load_preset
from tests.admin.conftest import Clerk, get_standing
from tests.cast import CUSTODIAN, DEADLINE, MANAGER, MORNING, PASSPHRASE, Installation, get_round_id
from tests.office_cast import add_golmud

BOX = ("keys", "rehearsal", "invitations", "opening", "closing", "box")
MONTHS = tuple(f"m{number:02d}" for number in range(1, 13))


@pytest.fixture
def season_id(installation: Installation) -> int:
    return add_golmud(installation)


def test_presets_have_boxes_only_where_questionnaires_are_answered() -> None:
    assert {code: sorted(load_preset(code).boxed) for code in list_presets()} == {
        "bureau-400": [],
        "golmud": ["year_end"],
        "luoyang-2018": ["year_end"],
        "panshan-2018": ["half_year", "year_end"],
        "three-in-one": ["year_end"],
        "zaozhuang-departments": [],
        "zaozhuang-districts": [],
        "zaozhuang-staff": ["year_end"],
    }


def test_a_month_is_one_step_and_the_year_end_has_its_box(
    installation: Installation, season_id: int
) -> None:
    season = seasons.get_season(installation.database, season_id)
    steps = [
        (each.round.code if each.round else "", each.code)
        for each in list_season_steps(season, get_standing(installation, season.id), MORNING)
    ]
    assert steps == [
        ("", "scheme"),
        ("", "roster"),
        *((month, "entries") for month in MONTHS),
        *(("year_end", code) for code in BOX),
        ("", "figures"),
        ("", "result"),
        ("", "proposal"),
        ("", "publicity"),
        ("", "reviews"),
        ("", "final"),
        ("", "archive"),
        ("", "destruction"),
    ]


def test_a_month_is_done_once_its_figures_count(installation: Installation, season_id: int) -> None:
    rows = tuple(
        IndicatorRow("m01", unit, f"tasks.m01.{grade}", "1")
        for unit in ("u01", "u02")
        for grade in "abcd"
    )
    import_figures(Act(installation.database, MANAGER, MORNING), season_id, Figures(rows, ()))
    season = seasons.get_season(installation.database, season_id)
    standing = {
        each.round.code: each.standing
        for each in list_season_steps(season, get_standing(installation, season.id), MORNING)
        if each.code == "entries" and each.round
    }
    assert (standing["m01"], standing["m02"], standing["m03"]) == ("done", "next", "later")


@pytest.mark.parametrize("verb", ["keys", "issue", "propose", "open"])
def test_nothing_of_a_box_can_be_begun(
    installation: Installation, season_id: int, verb: str
) -> None:
    january = get_round_id(installation, season_id, "m01")
    manager = Act(installation.database, MANAGER, MORNING)
    settings = installation.settings
    acts: dict[str, Callable[[], object]] = {
        "keys": lambda: custody.make_keys(
            Act(installation.database, CUSTODIAN, MORNING), january, PASSPHRASE
        ),
        "issue": lambda: rounds.issue(manager, settings, january, DEADLINE),
        "propose": lambda: approvals.propose(
            manager, settings, "open_round", season_id, january, "", {}
        ),
        "open": lambda: rounds.open_round(manager, settings, january),
    }
    with pytest.raises(Problem) as found:
        acts[verb]()
    assert found.value.kind is ACT_REFUSED
    assert "不设票箱" in found.value.text.zh


def test_the_rules_are_fixed_once_a_months_grades_count(
    installation: Installation, season_id: int
) -> None:

    text = get_preset_text("golmud").replace("points_a: {value: 100", "points_a: {value: 95")
    act = Act(installation.database, MANAGER, MORNING)
    seasons.change_scheme(act, season_id, text)
    task_reports.count_grades(act, season_id, "m01")
    assert seasons.get_season(installation.database, season_id).frozen_at == MORNING
    with pytest.raises(Problem) as found:
        seasons.change_scheme(act, season_id, get_preset_text("golmud"))
    assert found.value.kind is SCHEME_FROZEN


def test_pages_speak_of_no_box_in_a_month(
    installation: Installation, manager: Clerk, season_id: int
) -> None:
    january = get_round_id(installation, season_id, "m01")
    page = manager.get(f"/rounds/{january}")
    assert page.has("没有问卷，不设票箱", "4 项指标要录入，已有 0 个数")
    for word in ("生成密钥", "演练开箱", "发码并印制", "接收答卷", "打开票箱"):
        assert word not in page.text
    refused = manager.post(f"/rounds/{january}/opening")
    assert refused.status == 409
    assert refused.has("这一轮没有问卷，不设票箱")


def test_boards_list_no_month_as_a_round_to_open(manager: Clerk, season_id: int) -> None:
    board = manager.get("/")
    assert board.has("测试年度 · 年终", "没有问卷的 12 轮")
    assert "一月" not in board.text
    season = manager.get(f"/seasons/{season_id}")
    assert season.text.replace(" ", "").count("生成票箱密钥") == 1
    assert season.has("录入这一轮的数据")


def test_a_season_without_questionnaires_offers_no_preview(
    installation: Installation, manager: Clerk
) -> None:
    season_id = seasons.create_season(
        Act(installation.database, MANAGER, MORNING),
        "局内考核",
        "局办公室",
        "0",
        get_preset_text("bureau-400"),
    )
    for page in (manager.get(f"/seasons/{season_id}"), manager.get(f"/seasons/{season_id}/scheme")):
        assert "预览问卷" not in page.text
    assert manager.get(f"/seasons/{season_id}/scheme").has("数据首次计入或结果首次公示时锁定")
