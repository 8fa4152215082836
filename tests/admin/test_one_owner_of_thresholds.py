"""A sealed number that is changed changes everything that says it or acts on it.

Each watcher looks at one page, export, sentence or rule; the number that it watches is then set
to another, and what it sees must differ. A copy of the number anywhere would go on as before.
"""

import ast
from collections.abc import Callable
from dataclasses import fields, replace
from pathlib import Path

import pytest

from analysis.panel.dealing import deal_cells
from analysis.panel.small_cells import DEFAULTS, Thresholds
from analysis.score.facts import Count
from evalsvc.box.roll import RoundSeal
from evalsvc.domain import seasons
from evalsvc.domain.concluding import exclusions, satisfaction
from evalsvc.evidence.public import _distribution
from evalsvc.evidence.thresholds import write_thresholds
from evalsvc.language import translate
from evalsvc.models.anchor import SealedRound
from evalsvc.reports.words.explain import explain
from evalsvc.reports.words.own_view import list_own_lines, visible_tree
from evalsvc.results.exclusions import ExcludedBallots
from evalsvc.scheme.model import Scheme
from evalsvc.scheme.presets import get_preset_text, load_preset
from evalsvc.scheme.reader import load_scheme
from tests.admin.conftest import Clerk
from tests.admin.test_results import counted  # noqa: F401  # a fixture
from tests.cast import Installation, get_round_id
from tests.domain.test_replies import ENOUGH, count
from tests.reports.test_explain import SCHEME as CITIZENS
from tests.reports.test_explain import answers
from tests.reports.test_unit_notice import SCHEME, build_tree
from tests.saying import spoken
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


def only(name: str) -> Thresholds:
    """The usual numbers, and this one of another."""
    return replace(DEFAULTS, **{name: getattr(CHANGED, name)})


def change(place: Installation, season_id: int, name: str) -> None:
    """As if the season's round had been opened when this number was another."""
    with place.database.writing() as session:
        row = session.get_one(SealedRound, get_round_id(place, season_id))
        seal = RoundSeal.from_json(row.content)
        row.content = replace(seal, thresholds=write_thresholds(only(name))).to_json()


def read(text: str, thresholds: Thresholds) -> object:
    """How a season's scheme scores where its rounds sealed these numbers."""
    sealed = dict.fromkeys(("half_year", "year_end", "r1", "r2"), thresholds)
    return load_scheme(text, sealed).score


def seal_all(scheme: Scheme, thresholds: Thresholds) -> Scheme:
    return replace(
        scheme, rounds=tuple(replace(one, thresholds=thresholds) for one in scheme.rounds)
    )


def tells(n: int, thresholds: Thresholds) -> list[int]:
    scheme = seal_all(load_preset("panshan-2018"), thresholds)
    unit = next(group.code for group in scheme.groups if group.identity == "unit")
    return exclusions.list_telling((ExcludedBallots("year_end", unit, "x", n),), scheme)


def own_lines(language: str, thresholds: Thresholds, *leaders: int) -> list[str]:
    tree, scheme = build_tree(*leaders), seal_all(SCHEME, thresholds)
    return [line.sentence for line in spoken(list_own_lines(tree, scheme), language)]


PANSHAN = get_preset_text("panshan-2018")
TWO_RATERS = PANSHAN.replace(
    "mutual_least_raters:\n    value: 3", "mutual_least_raters:\n    value: 2"
)
COUNTS = [Count("year", "panel", "a", "u1", "satisfaction", "good", 30, 30)]

WATCHERS: dict[str, tuple[Callable[[Thresholds], object], ...]] = {
    "raters_for_unit_groups": (
        lambda own: read(TWO_RATERS, own),
        lambda own: own_lines("zh", own, 71, 72, 73),
        lambda own: own_lines("en", own, 71),
        lambda own: visible_tree(build_tree(71, 72, 73), seal_all(SCHEME, own)),
    ),
    "answers_for_score": (
        lambda own: read(SMALL.replace("min_valid: 30", "min_valid: 31"), own),
        lambda own: read(SMALL.replace("min_valid: 30", "min_valid: 2"), own),
    ),
    "answers_for_mean": (lambda own: own.may_show_mean(30),),
    "answers_for_distribution": (
        lambda own: spoken(explain(answers((10, 5, 5), (5, 5, 0)), seal_all(CITIZENS, own))),
        lambda own: spoken(explain(answers((4, 1, 0), (5, 0, 0)), seal_all(CITIZENS, own))).rows,
        lambda own: _distribution(COUNTS, seal_all(CITIZENS, own)),
    ),
    "answers_between_populations": (
        lambda own: tells(6, own),
        lambda own: tells(2, own),
        lambda own: own.may_show_both(30, 24),
    ),
    "people_per_form": (
        lambda own: deal_cells({"a": 23, "b": 20}, 8, 4, own.people_per_form),
        lambda own: deal_cells({"a": 9, "b": 90}, 8, 4, own.people_per_form),
    ),
    "ballots_per_cell": (lambda own: own.may_count_apart(30, [30]),),
    "answers_per_cell": (lambda own: own.may_count_apart(30, [7]), lambda own: own.may_keep(7)),
}


@pytest.mark.parametrize("name", [field.name for field in fields(Thresholds)])
def test_every_rule_and_sentence_follows(name: str) -> None:
    same = [n for n, see in enumerate(WATCHERS[name]) if see(only(name)) == see(DEFAULTS)]
    assert same == []
    assert WATCHERS.keys() == {field.name for field in fields(Thresholds)}


def test_pages_of_a_citizen_panel_follow(
    installation: Installation,
    manager: Clerk,
    counted: int,  # noqa: F811  # the fixture
) -> None:
    """Twelve answers and more show rates and distributions until the numbers say otherwise."""
    path = f"/seasons/{counted}/satisfaction/year_end/panel"

    def look() -> tuple[int, int]:
        lines = satisfaction.get_satisfaction(
            installation.database, counted, "year_end", "panel"
        ).rows
        return (
            sum(line.satisfied_rate is not None for line in lines),
            sum(line.levels is not None for line in lines),
        )

    means, distributions = look()
    assert means >= distributions > 0
    assert manager.get(path).has("不足5份不显示，不足10份不显示分布")
    change(installation, counted, "answers_for_mean")
    assert look() == (0, distributions)
    assert manager.get(path).has("不足60份不显示，不足10份不显示分布")
    change(installation, counted, "answers_for_distribution")
    assert look() == (means, 0)
    assert manager.get(path).has("不足5份不显示，不足70份不显示分布")


def test_pages_of_a_panels_cells_follow(
    installation: Installation,
    manager: Clerk,
    counted: int,  # noqa: F811  # the fixture
) -> None:
    path = f"/rounds/{get_round_id(installation, counted)}"
    assert manager.get(path).has("每格每套问卷至少发 5 人")
    change(installation, counted, "people_per_form")
    assert manager.get(path).has("每格每套问卷至少发 9 人")


def test_pages_of_replies_follow(installation: Installation, manager: Clerk) -> None:
    round_id = count(installation, commenting=ENOUGH)
    path = f"/rounds/{round_id}/replies"
    assert manager.get(path).has("人数不到10的不显示内容", f"咨询（{ENOUGH}）")
    season_id = seasons.get_round(installation.database, round_id).season_id
    change(installation, season_id, "answers_for_distribution")
    page = manager.get(path)
    assert page.has("人数不到70的不显示内容")
    assert "咨询" not in page.text


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


def test_only_who_seals_reads_or_tells_of_a_round_without_a_seal_knows_the_defaults() -> None:
    """Everybody else is handed the round's own numbers."""
    holding = {
        str(path.relative_to(PROJECT))
        for room in ("analysis", "evalsvc", "forms")
        for path in (PROJECT / room).rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.ImportFrom)
        and any(alias.name in ("DEFAULTS", "small_cells") for alias in node.names)
    }
    assert holding == {
        "evalsvc/counting/count.py",
        "evalsvc/evidence/thresholds.py",
        "evalsvc/evidence/verify/evidence.py",
        "evalsvc/scheme/model.py",
        "evalsvc/scheme/rules/asked.py",
    }
