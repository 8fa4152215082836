"""English is complete: every Chinese text of the documents has its counterpart."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from babel.messages.extract import extract_from_file

from evalsvc.language import load_catalogue

PROJECT = Path(__file__).parents[2]
CHINESE = re.compile("[\u3000-\u303f\u4e00-\u9fff\uff00-\uffef]")

# What is no sentence: numerals with their forms, signs that begin a formula, a space.
NOT_TEXTS = {"一二三四五六七八九十", "%s、", "（%s）", "=+-@＝＋－＠\t\r\n", "\u3000"}


def list_python_texts() -> Iterator[str]:
    """Every Chinese text in the package but docstrings and pieces of dates."""
    for path in sorted((PROJECT / "evalsvc/reports").rglob("*.py")):
        parsed = ast.parse(path.read_text(encoding="utf-8"))
        aside = set()
        for node in ast.walk(parsed):
            if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
                aside.add(id(node.value))
            elif isinstance(node, ast.JoinedStr):
                aside |= {id(piece) for piece in node.values}
        for node in ast.walk(parsed):
            value = node.value if isinstance(node, ast.Constant) else None
            if isinstance(value, str) and id(node) not in aside and CHINESE.search(value):
                yield value


def list_template_texts() -> Iterator[str]:
    for folder in ("reports", "charts"):
        for path in sorted((PROJECT / "templates" / folder).rglob("*.*")):
            for _, text, _, _ in extract_from_file(
                "jinja2.ext:babel_extract",
                str(path),
                keywords={"_": None},
                options={"encoding": "utf-8"},
            ):
                yield text if isinstance(text, str) else text[0]


def test_every_text_has_its_english():
    catalogue = load_catalogue("en")
    texts = {*list_python_texts(), *list_template_texts()} - NOT_TEXTS
    assert len(texts) > 150, "else this looks in the wrong place"
    assert {text for text in texts if catalogue.gettext(text) == text} == set()


def test_english_puts_in_the_same_figures():
    catalogue = load_catalogue("en")
    figures = re.compile(r"%\((\w+)\)s")
    for text in {*list_python_texts(), *list_template_texts()} - NOT_TEXTS:
        assert set(figures.findall(catalogue.gettext(text))) == set(figures.findall(text)), text


def test_no_chinese_sign_is_left_in_english():
    catalogue = load_catalogue("en")
    for text in {*list_python_texts(), *list_template_texts()} - NOT_TEXTS:
        assert not CHINESE.search(catalogue.gettext(text)), text
