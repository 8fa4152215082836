"""Pieces of a scheme that docs/schemes shows or describes in a sentence, put into a whole one."""

import textwrap

import pytest

from evalsvc.scheme.file.source import read_source
from evalsvc.scheme.model import Scheme
from tests.scheme.test_documents import ENGLISH, blocks
from tests.scheme.test_errors import errors, read

TASKS = "    - {weight: $most, component: tasks}"


def piece(begin: str) -> str:
    """The one block of the page that begins so."""
    (found,) = [block for block in blocks(ENGLISH, "yaml") if block.startswith(begin)]
    return found


def test_a_matrix_and_what_its_items_are_called():
    scheme = read(
        (
            "      satisfaction:\n        kind: levels\n",
            textwrap.indent(piece("service:"), "      ")
            + "      satisfaction:\n        kind: levels\n",
        ),
        ("question: satisfaction", "question: service.speed"),
    )
    codes = [question.code for question in scheme.questionnaires["panel"].questions]
    assert codes == ["service.speed", "service.manner", "satisfaction"]


def by_category() -> Scheme:
    branches = textwrap.indent(piece("- weight: 70\n  rule: by_category"), "    ")
    branches = branches.replace("weight: 70", "weight: $most").replace("department:", "dep:")
    return read(
        (TASKS, branches.rstrip()), ("round: r2}\nadj", "round: r2, from: 0, to: 100}\nadj")
    )


def test_branches_by_category_have_the_first_ones_name():
    scheme = by_category()
    assert scheme.node_names["tasks.points"].en == "Tasks"


def test_a_weight_by_category_names_all_of_them():
    found = errors(
        (TASKS, "    - {weight: {dep: 60}, component: tasks}"), ("60, about", "0, about")
    )
    assert "expected category town" in [error.expected.en for error in found]


def test_a_deduction_without_full_marks_is_an_extra():
    deduction = (
        "rule: sum, code: s, name: {zh: 一, en: One}, missing: zero, parts: [{full: 100, "
        "component: b}, {full: 0, code: d, name: {zh: 二, en: Two}, rule: tally, start: 0, "
        "events: [{component: tasks, points: -1}], most: 0}]"
    )
    assert read(
        (TASKS, f"    - {{weight: $most, {deduction}}}"),
        ("  tasks: {", "  b: {name: {zh: 三, en: Three}, round: r2, from: 0, to: 100}\n  tasks: {"),
    )


@pytest.mark.parametrize("sign", "\"'[]{}%@&*!|>#-?")
def test_a_text_that_begins_with_one_of_these_needs_quotes(sign: str):
    quoted = sign.replace('"', '\\"')
    content = read_source(f'a: {{en: "{quoted} x"}}').content["a"].content["en"].content
    assert content == f"{sign} x"


def test_texts_that_need_no_quotes():
    content = read_source("a: {zh: 甲，乙：“丙”, en: it's}").content["a"].content
    assert {name: field.content for name, field in content.items()} == {
        "zh": "甲，乙：“丙”",
        "en": "it's",
    }
