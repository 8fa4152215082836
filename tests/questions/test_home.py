"""A kind of question has one home and one adapter in each room; one that lacks any is named."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from evalsvc.questions.kinds import KINDS, READERS, SEVERAL
from evalsvc.questions.question import Question
from evalsvc.xlsform.kinds.adapters import ADAPTERS
from forms.fields import FIELDS
from tests.test_architecture import MODULES, PROJECT

HOME = "evalsvc.questions"
# What a kind looks like: to raters, on paper, to the office.
TEMPLATES = (
    "public/questions/{}/hint.html",
    "public/questions/{}/field.html",
    "public/questions/{}/bar.html",
    "public/questions/{}/summary.html",
    "reports/questions/{}.html",
    "admin/questions/{}.html",
)
# Modules outside the home that name a kind: each one's rows in a workbook, the list of fields, and
# what stands for a question whose kind can't be read.
MOST_NAMING = len(KINDS) + 2
OF_PAPER = {"hint", "head", "cell", "foot"}


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.kind)
def test_every_kind_has_a_module_under_its_name(kind: type[Question]) -> None:
    assert kind.__module__ == f"{HOME}.{kind.kind}"


def test_every_module_of_a_kind_is_on_the_list() -> None:
    homes = {name for name in MODULES if name.startswith(f"{HOME}.")}
    beside = {
        "breach",
        "conditions",
        "count_limits",
        "kinds",
        "level_limits",
        "question",
        "questionnaire",
        "reaching",
        "recusal",
        "unit",
        "values",
    }
    assert homes == {kind.__module__ for kind in KINDS} | {f"{HOME}.{name}" for name in beside}


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.kind)
def test_every_kind_has_its_field(kind: type[Question]) -> None:
    assert kind in FIELDS, f"forms/fields.py has no field for {kind.kind}"


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.kind)
def test_every_kind_has_its_rows_in_a_workbook(kind: type[Question]) -> None:
    assert [one.kind for one in ADAPTERS].count(kind) == 1, f"xlsform/kinds lacks {kind.kind}"


@pytest.mark.parametrize("template", TEMPLATES)
@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.kind)
def test_every_kind_has_its_templates(kind: type[Question], template: str) -> None:
    path = PROJECT / "templates" / template.format(kind.kind)
    assert path.is_file(), f"{path.relative_to(PROJECT)} is missing"


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.kind)
def test_every_kind_says_all_that_paper_needs(kind: type[Question]) -> None:
    text = (PROJECT / "templates" / f"reports/questions/{kind.kind}.html").read_text()
    assert set(re.findall(r"macro (\w+)\(", text)) == OF_PAPER


def test_no_folder_has_templates_of_a_kind_that_is_none() -> None:
    templates = PROJECT / "templates"
    public = {path.name for path in (templates / "public/questions").iterdir() if path.is_dir()}
    single = {
        path.stem
        for folder in ("reports/questions", "admin/questions")
        for path in (templates / folder).iterdir()
    }
    assert public | single == {kind.kind for kind in KINDS}


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.kind)
def test_a_scheme_says_every_kind_by_its_name(kind: type[Question]) -> None:
    assert kind.kind in READERS


def test_no_word_of_a_scheme_means_two_kinds() -> None:
    words = [
        word for kind in KINDS for word in (*kind.list_readers(), *kind.list_several_readers())
    ]
    assert sorted(words) == sorted({*READERS, *SEVERAL})


def test_hardly_anybody_else_knows_a_kind() -> None:
    naming = sorted(module for module, path in MODULES.items() if _names_a_kind(module, path))
    assert len(naming) <= MOST_NAMING, naming


def test_no_template_asks_for_a_kind() -> None:
    """Whatever differs by kind stands in the kind's own template."""
    asks = re.compile(r"question\.kind\s*(==|!=|in\b)")
    templates = PROJECT / "templates"
    asking = [
        str(path.relative_to(templates))
        for path in sorted(templates.rglob("*.html"))
        if asks.search(path.read_text(encoding="utf-8"))
    ]
    assert asking == []


def _names_a_kind(module: str, path: Path) -> bool:
    if module.startswith(f"{HOME}."):
        return False
    names = {kind.__name__ for kind in KINDS}
    return not names.isdisjoint(_list_names(ast.parse(path.read_text(encoding="utf-8"))))


def _list_names(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Name):
            yield node.id
        elif isinstance(node, ast.Attribute):
            yield node.attr
        elif isinstance(node, ast.alias):
            yield node.name
