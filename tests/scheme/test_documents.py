"""The example in the documents is a scheme that can be read, the same in both languages."""

import re
from pathlib import Path

from evalsvc.scheme.presets import load_scheme
from evalsvc.scheme.questions import QUESTIONS
from evalsvc.scheme.score_tree import MISSING, RULES

DOCS = Path(__file__).parents[2] / "docs"
ENGLISH = (DOCS / "schemes.md").read_text(encoding="utf-8")
CHINESE = (DOCS / "schemes.zh.md").read_text(encoding="utf-8")


def example(document: str) -> str:
    found = re.search(r"```yaml\n(.*?)```", document, re.DOTALL)
    assert found
    return found[1]


def test_the_example_is_a_sound_scheme():
    assert load_scheme(example(ENGLISH)).code == "example"
    assert example(CHINESE) == example(ENGLISH)


def test_every_word_of_the_language_is_explained_in_both():
    for word in (*QUESTIONS, *RULES, *MISSING):
        for document in (ENGLISH, CHINESE):
            assert f"| `{word}` |" in document, word
