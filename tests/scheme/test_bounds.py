"""Schemes that would hold or break the service are refused by line and field, soon and shortly."""

import json
import re
import resource
import subprocess
import sys
from pathlib import Path

import pytest

from evalsvc.scheme.file.limits import LONGEST_CODE, MOST_MISTAKES, list_limits
from evalsvc.scheme.presets import load_scheme
from tests.scheme.hostile import HOSTILE, branched, component, number, part, places, weight
from tests.scheme.test_errors import SMALL

PROJECT = Path(__file__).parents[2]
# For all of them together, so that a loaded machine is no matter; without bounds one needs more.
SECONDS = len(HOSTILE)
BYTES = 1024**3


def bound() -> None:
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (BYTES, BYTES))


@pytest.fixture(scope="module")
def told() -> dict[str, list[tuple[int, str, str, str]]]:
    """What the reader says to each of them, in a process that the kernel bounds."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.scheme.hostile"],
        cwd=PROJECT,
        capture_output=True,
        check=True,
        preexec_fn=bound,
    )
    return {name: [tuple(e) for e in said[:-1]] for name, said in json.loads(done.stdout).items()}


@pytest.mark.slow
@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_scheme_is_refused_by_line_and_field(told, name: str):
    found = told[name]
    assert HOSTILE[name][1] in [field for _, field, _, _ in found]
    assert len(found) <= MOST_MISTAKES
    assert all(line >= 1 for line, _, _, _ in found)
    assert max(len(zh) for _, _, zh, _ in found) < 1_000
    assert max(len(en) for _, _, _, en in found) < 1_000


def test_there_are_fifty_and_more():
    assert len(HOSTILE) >= 50


@pytest.mark.parametrize(
    "text",
    [
        number("1000"),
        number("999999"),
        number("99.5"),
        number("100.000000"),
        number("+100"),
        weight("40.0"),
        places("0"),
        places("6"),
        part("A.b-c_1"),
        part("领导"),
        component("x").replace(
            "component: tasks}", "component: tasks}\n    - {weight: 0, component: x}"
        ),
        branched(4),
    ],
)
def test_what_is_plain_is_still_read(text: str):
    # As a file that was taken: full marks of 1,000 beside others of 100 are another matter.
    assert load_scheme(text, sealed={})


def test_a_scheme_as_large_as_may_be_is_read():
    """The most categories, components and questions at once."""
    categories = "".join(f"  c{n}: {{zh: 类, en: Kind}}\n" for n in range(38))
    sees = ", ".join(f"c{n}: {{units: all}}" for n in range(38))
    components = "".join(f"  k{n}: {{name: {{zh: 项, en: Item}}, round: r1}}\n" for n in range(399))
    parts = "".join(f"    - {{weight: 0, component: k{n}}}\n" for n in range(399))
    questions = "".join(
        f"      q{n}: {{kind: number, title: {{zh: 问, en: Asked}}}}\n" for n in range(99)
    )
    text = SMALL
    for old, new in (
        ("categories:\n", f"categories:\n{categories}"),
        ("sees: {", f"sees: {{{sees}, "),
        ("components:\n", f"components:\n{components}"),
        ("    - {weight: $most", f"{parts}    - {{weight: $most"),
        ("      overall: {", f"{questions}      overall: {{"),
    ):
        text = text.replace(old, new)
    scheme = load_scheme(text)
    assert len(scheme.categories) == 40
    assert len(scheme.components) == 400
    assert len(scheme.questionnaires["marks"].questions) == 100


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_documents_state_every_bound(language: str):
    name = "schemes.md" if language == "en" else "schemes.zh.md"
    lines = (PROJECT / "docs" / name).read_text(encoding="utf-8").splitlines()
    stated = [line for line in lines if re.fullmatch(r"\| .+ \| .+ \|", line)]
    wanted = [
        f"| {each.what.in_language(language)} | {each.most.in_language(language)} |"
        for each in list_limits()
    ]
    assert [line for line in wanted if line not in stated] == []


def test_a_long_code_is_one_of_eighty_and_more():
    assert load_scheme(part("x" * LONGEST_CODE))
