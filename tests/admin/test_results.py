"""Results, unit sheets, satisfaction, exports and the log."""

import secrets
from collections.abc import Callable, Mapping
from fractions import Fraction
from functools import partial

import pytest

from analysis.score.facts import Answer
from analysis.score.tree import Node, UnitResult
from evalsvc.admin.concluding.ranking import build_rankings
from evalsvc.clock import now
from evalsvc.domain.acting import Act
from evalsvc.domain.concluding import results, satisfaction
from evalsvc.domain.sealing import opening, rounds
from evalsvc.domain.voting import casting
from evalsvc.models.roster import Unit
from evalsvc.results.season import ResultHead, SeasonResult
from evalsvc.scheme.presets import load_preset
from tests.admin.conftest import Clerk
from tests.cast import (
    CUSTODIAN,
    MANAGER,
    MORNING,
    PASSPHRASE,
    Installation,
    add_panel_city,
    add_panshan,
    get_round_id,
    ignore_progress,
    open_with_cards,
)
from tests.saying import spoken

pytestmark = pytest.mark.slow

Orders = list[tuple[str, Mapping[str, str]]]


@pytest.fixture
def counted(installation: Installation) -> int:
    """A panel city's season whose box is open: every citizen satisfied with what they saw."""
    database, settings = installation.database, installation.settings
    season_id = add_panel_city(installation, seats=5)
    round_id = get_round_id(installation, season_id)
    for card in open_with_cards(installation, round_id):
        if card.group == "panel":
            visit = casting.admit(database, settings, card.token, now())
            paper = casting.get_paper(database, visit, now())
            question = paper.questionnaire.questions[0]
            best = next(level.code for level in question.levels if level.satisfied)
            answers = tuple(Answer(unit.code, question.code, best) for unit in paper.units)
            casting.cast(database, visit, answers, secrets.token_bytes(16), now())
    rounds.close_round(Act(database, MANAGER, now()), settings, round_id)
    opening.open_box(
        Act(database, CUSTODIAN, now()), settings, round_id, PASSPHRASE, ignore_progress
    )
    return season_id


def test_says_that_there_is_no_result_yet(installation: Installation, manager: Clerk) -> None:
    season_id = add_panshan(installation)
    assert manager.get(f"/seasons/{season_id}/results").has("还没有结果。", "计算结果")
    assert manager.get(f"/seasons/{season_id}/exports").has("先计算结果")
    assert manager.get(f"/seasons/{season_id}/results/u01").status == 404


def test_computes_and_the_same_facts_give_no_second_version(
    installation: Installation, manager: Clerk
) -> None:
    season_id = add_panshan(installation)
    path = f"/seasons/{season_id}/results"
    assert manager.post(path).location == f"/office{path}"
    assert manager.get(path).has("第 1 次计算", "部门 6 个单位", "“半年、年终”的票箱还没有打开")
    manager.post(path)
    assert manager.get(path).has("第 1 次计算")


def test_a_season_without_units_cannot_be_computed(manager: Clerk) -> None:
    manager.post(
        "/seasons/new", {"title": "空", "office": "办", "contact": "1", "scheme": "panshan-2018"}
    )
    assert manager.post("/seasons/1/results").status == 409


def test_the_unit_sheet_unfolds_down_to_answers(
    installation: Installation, manager: Clerk, counted: int
) -> None:
    manager.post(f"/seasons/{counted}/results")
    page = manager.get(f"/seasons/{counted}/results/u01")
    assert page.has("单位01", "计分明细", "社会评议", "综合评议")
    unit = results.get_unit_result(installation.database, counted, "u01")
    assert page.html.count("<details") == len(list(unit.tree.walk()))
    assert manager.get(f"/seasons/{counted}/results/nowhere").status == 404


def test_satisfaction_shows_rates_and_hides_small_ones(
    manager: Clerk, counted: int, installation: Installation
) -> None:
    page = manager.get(f"/seasons/{counted}/satisfaction/year_end/panel")
    lines = satisfaction.get_satisfaction(installation.database, counted, "year_end", "panel").rows
    shown = [line for line in lines if line.satisfied_rate is not None]
    assert shown
    for line in shown:
        assert line.satisfied_rate == 1
        # Ten or twenty answers are shown, and are too few for a score.
        assert page.has(f"{line.name} 答卷太少，不计分 100.0%")
    assert manager.get(f"/seasons/{counted}/satisfaction/year_end/leader").status == 404
    assert manager.get(f"/seasons/{counted}/satisfaction/never/panel").status == 404


def test_each_export_is_a_job(
    installation: Installation, manager: Clerk, counted: int, started: Orders
) -> None:
    results.compute_result(
        Act(installation.database, MANAGER, MORNING), installation.settings, counted
    )
    path = f"/seasons/{counted}/exports"
    assert manager.get(path).has("结果工作簿（XLSX）", "审计数据包（ZIP）", "不得外传")
    for kind in ("workbook", "report", "csv", "audit", "public"):
        assert manager.post(f"{path}/{kind}").location.startswith("/office/jobs/")
    assert len(started) == 5
    assert manager.post(f"{path}/everything").status == 404


def test_the_ranking_asks_no_more_for_more_units(
    installation: Installation, manager: Clerk, count_queries: Callable[[Callable[[], object]], int]
) -> None:
    counts = []
    for more in (0, 30):
        season_id = add_panshan(installation)
        with installation.database.writing() as session:
            session.add_all(
                Unit(
                    season_id=season_id,
                    position=100 + number,
                    code=f"more{number}",
                    name=f"再加的单位{number}",
                    category="town",
                )
                for number in range(more)
            )
        results.compute_result(
            Act(installation.database, MANAGER, MORNING), installation.settings, season_id
        )
        counts.append(count_queries(partial(manager.get, f"/seasons/{season_id}/results")))
    assert counts[0] == counts[1]


def test_the_log_tells_who_did_what(installation: Installation, manager: Clerk) -> None:
    season_id = add_panshan(installation)
    manager.post(f"/seasons/{season_id}/results")
    page = manager.get("/log")
    assert page.has("manager 计算结果 season 1", "manager 新建考评年度 season 1")


def build_unit(code: str, total: int | None, own: int | None, rank: int | None) -> UnitResult:
    part = Node("function", "given", None if own is None else Fraction(own), Fraction(1))
    value = None if total is None else Fraction(total)
    tree = Node("total", "total", value, parts=(part,))
    return UnitResult(code, "economic", tree, None if total is None else str(total), rank)


UNITS = (build_unit("a", 70, 90, 2), build_unit("b", 80, None, 1), build_unit("c", None, 95, None))


@pytest.mark.parametrize(
    ("sort", "upwards", "order"),
    [
        ("", False, "bac"),
        ("function", False, "cab"),
        ("function", True, "acb"),
        ("no-such", False, "bac"),
    ],
)
def test_sorts_by_place_or_by_a_column_with_gaps_last(sort: str, upwards: bool, order: str) -> None:
    scheme = load_preset("three-in-one")
    head = ResultHead(1, MORNING, "manager", "")
    result = SeasonResult(head, UNITS, {"a": "甲", "b": "乙", "c": "丙"}, stale=False)
    (ranking,) = spoken(build_rankings(scheme, result, sort, upwards=upwards))
    assert ranking.columns == ("function",)
    assert "".join(line.unit for line in ranking.lines) == order


def test_the_season_page_names_the_newest_computation(
    installation: Installation, manager: Clerk
) -> None:
    season_id = add_panshan(installation)
    results.compute_result(
        Act(installation.database, MANAGER, MORNING), installation.settings, season_id
    )
    assert manager.get(f"/seasons/{season_id}").has("第 1 次计算，manager")
