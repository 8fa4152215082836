"""A sealed number that is changed changes everything that says it or acts on it.

Each watcher looks at one page, export, sentence or rule; the number that it watches is then set
to another, and what it sees must differ. A copy of the number anywhere would go on as before.
"""

import ast
from collections.abc import Callable
from dataclasses import fields, replace
from pathlib import Path

import pytest

from analysis.panel import small_cells
from analysis.panel.dealing import deal_cells
from analysis.panel.small_cells import Thresholds
from analysis.score.facts import Count
from evalsvc.domain.concluding import exclusions, results
from evalsvc.domain.concluding.exclusions import ExcludedCount
from evalsvc.evidence.public import _distribution
from evalsvc.evidence.thresholds import list_thresholds
from evalsvc.evidence.verify.count_checks import _check_distribution
from evalsvc.language import translate
from evalsvc.reports.words.explain import explain
from evalsvc.reports.words.own_view import list_own_lines, visible_tree
from evalsvc.scheme.errors import SchemeErrors
from evalsvc.scheme.presets import get_preset_text, load_preset
from evalsvc.scheme.reader import load_scheme
from tests.admin.conftest import Clerk
from tests.admin.test_results import counted  # noqa: F401  # a fixture
from tests.cast import Installation, get_round_id
from tests.domain.test_replies import ENOUGH, count
from tests.reports.test_explain import SCHEME as CITIZENS
from tests.reports.test_explain import answers
from tests.reports.test_unit_notice import SCHEME, build_tree
from tests.scheme.test_errors import SMALL

PROJECT = Path(__file__).parents[2]
CHANGED = Thresholds(
    raters_for_unit_groups=6,
    answers_for_score=40,
    answers_for_mean=60,
    answers_for_distribution=70,
    answers_between_populations=8,
    people_per_form=9,
    ballots_per_cell=80,
    answers_per_cell=12,
)


def change(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """Only this number."""
    only = replace(Thresholds(), **{name: getattr(CHANGED, name)})
    monkeypatch.setattr(small_cells, "THRESHOLDS", only)


def read(text: str) -> list[str]:
    try:
        load_scheme(text)
    except SchemeErrors as wrong:
        return [error.message() for error in wrong.errors]
    return []


def tells(n: int) -> bool:
    scheme = load_preset("panshan-2018")
    unit = next(group.code for group in scheme.groups if group.identity == "unit")
    return exclusions.tells_ballots((ExcludedCount("year_end", unit, "x", n),), scheme)


COUNTS = [Count("year_end", "panel", "a", "u1", "satisfaction", "good", 30, 30)]

WATCHERS: dict[str, tuple[Callable[[], object], ...]] = {
    "raters_for_unit_groups": (
        lambda: read(
            get_preset_text("panshan-2018").replace(
                "mutual_least_raters:\n    value: 3", "mutual_least_raters:\n    value: 2"
            )
        ),
        lambda: [line.sentence for line in list_own_lines(build_tree(71, 72, 73), SCHEME, "zh")],
        lambda: [line.sentence for line in list_own_lines(build_tree(71), SCHEME, "en")],
        lambda: visible_tree(build_tree(71, 72, 73)),
    ),
    "answers_for_score": (
        lambda: read(SMALL.replace("min_valid: 30", "min_valid: 31")),
        lambda: read(SMALL.replace("min_valid: 30", "min_valid: 2")),
    ),
    "answers_for_mean": (lambda: small_cells.may_show_mean(30),),
    "answers_for_distribution": (
        lambda: explain(answers((10, 5, 5), (5, 5, 0)), CITIZENS),
        lambda: explain(answers((4, 1, 0), (5, 0, 0)), CITIZENS).rows,
        lambda: _distribution(COUNTS),
        lambda: list(_check_distribution({("year_end", "panel", "u1", "satisfaction"): 30})),
    ),
    "answers_between_populations": (lambda: tells(6), lambda: small_cells.may_show_both(30, 24)),
    "people_per_form": (
        lambda: deal_cells({"a": 23, "b": 20}, 8, 4),
        lambda: deal_cells({"a": 9, "b": 90}, 8, 4),
    ),
    "ballots_per_cell": (lambda: small_cells.may_count_apart(30, [30]),),
    "answers_per_cell": (
        lambda: small_cells.may_count_apart(30, [7]),
        lambda: small_cells.may_keep(7),
    ),
}


@pytest.mark.parametrize("name", [field.name for field in fields(Thresholds)])
def test_every_rule_and_sentence_follows(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    before = [watch() for watch in WATCHERS[name]]
    sealed = list_thresholds()
    change(monkeypatch, name)
    assert [n for n, watch in enumerate(WATCHERS[name]) if watch() == before[n]] == []
    assert list_thresholds() == {**sealed, name: getattr(CHANGED, name)}


def test_pages_of_a_citizen_panel_follow(
    installation: Installation,
    manager: Clerk,
    monkeypatch: pytest.MonkeyPatch,
    counted: int,  # noqa: F811  # the fixture
) -> None:
    """Twelve answers and more show rates and distributions until the numbers say otherwise."""
    path = f"/seasons/{counted}/satisfaction/year_end/panel"

    def look() -> tuple[int, int]:
        lines = results.list_satisfaction(installation.database, counted, "year_end", "panel")
        return (
            sum(line.satisfied_rate is not None for line in lines),
            sum(line.levels is not None for line in lines),
        )

    means, distributions = look()
    assert means >= distributions > 0
    assert manager.get(path).has("不足5份不显示，不足10份不显示分布")
    change(monkeypatch, "answers_for_mean")
    assert look() == (0, distributions)
    assert manager.get(path).has("不足60份不显示，不足10份不显示分布")
    change(monkeypatch, "answers_for_distribution")
    assert look() == (means, 0)
    assert manager.get(path).has("不足5份不显示，不足70份不显示分布")


def test_pages_of_a_panels_cells_follow(
    installation: Installation,
    manager: Clerk,
    monkeypatch: pytest.MonkeyPatch,
    counted: int,  # noqa: F811  # the fixture
) -> None:
    path = f"/rounds/{get_round_id(installation, counted)}"
    assert manager.get(path).has("每格每套问卷至少发 5 人")
    change(monkeypatch, "people_per_form")
    assert manager.get(path).has("每格每套问卷至少发 9 人")


def test_pages_of_replies_follow(
    installation: Installation, manager: Clerk, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = f"/rounds/{count(installation, commenting=ENOUGH)}/replies"
    assert manager.get(path).has("人数不到10的不显示内容", f"咨询（{ENOUGH}）")
    change(monkeypatch, "answers_for_distribution")
    page = manager.get(path)
    assert page.has("人数不到70的不显示内容")
    assert "咨询" not in page.text


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("ballots_per_cell", "一格的有效票不到 %(n)s 张"),
        ("answers_per_cell", "说到某个单位的有人但不到 %(few)s 人"),
        ("people_per_form", "剩下不到 %(n)s 张有效卡"),
        ("raters_for_unit_groups", "由不足%(n)s票得出的分数"),
        ("answers_between_populations", "这样的主体排除不足%(n)s张票时"),
    ],
)
def test_sentences_that_few_seasons_show_take_their_number_from_the_owner(
    name: str, sentence: str
) -> None:
    found = [
        line
        for path in (PROJECT / "templates").rglob("*.html")
        for line in path.read_text(encoding="utf-8").splitlines()
        if sentence in line
    ]
    assert found
    assert all(f"thresholds().{name}" in line for line in found)


def test_every_sentence_of_them_has_its_english_with_the_number() -> None:
    said = translate(
        "原因：一格的有效票不到 %(n)s 张，或者格里说到某个单位的有人但不到 %(few)s 人。"
        "合并以前的数没有保存。",
        "en",
        n=80,
        few=12,
    )
    assert "80" in said
    assert "12" in said


def test_nobody_keeps_a_copy() -> None:
    """Whoever imports the object, or a number of it, has yesterday's when it is changed."""
    held = [
        f"{path.relative_to(PROJECT)}:{node.lineno}"
        for room in ("analysis", "evalsvc", "forms")
        for path in (PROJECT / room).rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.ImportFrom)
        and node.module == "analysis.panel.small_cells"
        and any(not alias.name.islower() for alias in node.names)
    ]
    assert held == []
    assert WATCHERS.keys() == {field.name for field in fields(Thresholds)}
