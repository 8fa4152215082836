"""The office's pages are complete in English: every Chinese text has its translation."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from jinja2 import Environment

from evalsvc.language import load_catalogue

PROJECT = Path(__file__).parents[2]
TEMPLATES = [
    PROJECT / "templates/layout_admin.html",
    *sorted((PROJECT / "templates/admin").rglob("*.html")),
]
MODULES = [
    *sorted((PROJECT / "evalsvc/admin").rglob("*.py")),
    *(
        PROJECT / f"forms/{name}.py"
        for name in (
            "sign_in",
            "staff",
            "season",
            "round",
            "upload",
            "publication",
            "assessment",
            "days_off",
        )
    ),
]
CHINESE = re.compile("[\u3000-\u9fff\uff00-\uffef]")
# The language's own name is never translated.
OWN_NAMES = {"中文"}
# What a colleague types to confirm is asked for in both languages by the field's own label.
TYPED = {"截止", "销毁"}
# Where a text goes on in the next line of its template.
SEAM = re.compile(r'"\n *"')


def list_marked(template: Path) -> Iterator[str]:
    """What a template hands to gettext."""
    environment = Environment(extensions=["jinja2.ext.i18n"], autoescape=True)
    source = template.read_text(encoding="utf-8")
    for _line, _function, message in environment.extract_translations(source, ("_",)):
        first = message[0] if isinstance(message, tuple) else message
        if first:  # a text held in a variable is found where it is written
            yield first


def list_literals(module: Path) -> Iterator[str]:
    """Chinese texts of a module that have no English beside them: the catalogue's."""
    parsed = ast.parse(module.read_text(encoding="utf-8"))
    beside = {
        id(part)
        for node in ast.walk(parsed)
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "Text"
        for part in ast.walk(node)
    }
    for node in ast.walk(parsed):
        text = node.value if isinstance(node, ast.Constant) and id(node) not in beside else None
        if isinstance(text, str) and CHINESE.search(text):
            yield text


def is_translated(text: str) -> bool:
    found = load_catalogue("en").gettext(text)
    placeholders = re.compile(r"%\(\w+\)s")
    return not CHINESE.search(found) and sorted(placeholders.findall(found)) == sorted(
        placeholders.findall(text)
    )


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.name)
def test_no_text_of_a_template_goes_past_the_catalogue(template: Path) -> None:
    source = SEAM.sub("", template.read_text(encoding="utf-8"))
    for text in sorted({*list_marked(template), *OWN_NAMES}, key=len, reverse=True):
        source = source.replace(f'"{text}"', "").replace(f"'{text}'", "")
    assert CHINESE.findall(re.sub(r"{#.*?#}", "", source, flags=re.DOTALL)) == []


@pytest.mark.parametrize("module", MODULES, ids=lambda path: path.name)
def test_every_text_of_a_module_has_its_english(module: Path) -> None:
    texts = set(list_literals(module)) - TYPED
    assert sorted(text for text in texts if not is_translated(text)) == []
