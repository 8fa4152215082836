"""Covers the rules of a score as a scheme has them: one module for each, and no part missing."""

import typing
from pathlib import Path

import pytest

from analysis.score import rules
from evalsvc.scheme.outline import build_outline, list_outline, say_rule
from evalsvc.scheme.presets import list_presets, load_preset
from evalsvc.scheme.rules.kind import Kind
from evalsvc.scheme.rules.kinds import KINDS, NAMES, READERS, TELLERS, get_kind
from tests.scheme.test_by_place import rated, sketch

PROJECT = Path(__file__).parents[2]
RULES = typing.get_args(rules.Rule)
# Shared by several rules, or about all of them.
BESIDE = {
    "__init__", "asked", "bounds", "by_place", "kind", "kinds", "marks", "node", "parts",
    "place_points", "telling",
}  # a table, read by rows  # fmt: skip


def list_modules(folder: str) -> set[str]:
    return {path.stem for path in (PROJECT / folder).glob("*.py")}


def test_every_rule_of_the_mathematics_is_on_the_list() -> None:
    assert [kind.rule for kind in KINDS] == list(RULES)
    assert [type(get_kind(kind.rule.__new__(kind.rule))) for kind in KINDS] == [Kind] * len(RULES)


def test_every_rule_has_a_module_here_and_in_the_mathematics() -> None:
    assert list_modules("evalsvc/scheme/rules") - BESIDE == list_modules("analysis/score/rules") - {
        "__init__"
    }
    assert len(list_modules("analysis/score/rules")) == len(RULES) + 1
    for kind in KINDS:
        assert kind.rule.__module__.startswith("analysis.score.rules.")


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.rule.__name__)
def test_no_rule_lacks_a_part(kind: Kind[rules.Rule]) -> None:
    assert kind.rule.kind.isidentifier()
    assert kind.name.zh
    assert kind.name.en
    # One word, `rated`, is read as one question or as several.
    assert bool(kind.readers) == (kind.rule is not rules.Rated)
    for part in ("below", "nodes", "span"):
        assert hasattr(kind.rule, part)


def test_no_two_rules_share_a_word() -> None:
    for words in (
        [kind.rule.kind for kind in KINDS],
        [kind.name.zh for kind in KINDS],
        [kind.name.en for kind in KINDS],
    ):
        assert len(set(words)) == len(KINDS)
    assert len(READERS) == sum(len(kind.readers) for kind in KINDS)
    assert list(NAMES) == list(TELLERS) == [kind.rule.kind for kind in KINDS]


def test_how_a_figure_comes_about_depends_on_the_settings() -> None:
    assert say_rule(rated()["order"]).zh == "按在每票上的名次得分，取平均"
    assert say_rule(sketch("full-order").score).zh == "下列各项加权"
    assert say_rule(load_preset("panshan-2018").score).zh == "下列各项加权，再加减分"
    assert say_rule(sketch("places-of-quarters").score).zh == "下列各项得分相加"
    assert say_rule(load_preset("zaozhuang-departments").score).zh == "下列各项得分相加，再加减分"


@pytest.mark.parametrize("preset", list_presets())
def test_the_whole_outline_has_every_branch_of_every_category(preset: str) -> None:
    scheme = load_preset(preset)
    whole = {(branch.code, branch.kind, branch.weight) for _, branch in list_outline(scheme)}
    for category in scheme.categories:
        own = build_outline(scheme, category.code)
        assert {(b.code, b.kind, b.weight) for b in own.walk()} <= whole
