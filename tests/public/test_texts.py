"""Every Chinese text of the raters' pages has its English, with the same figures in it."""

import re
from pathlib import Path

from jinja2 import Environment

from evalsvc.language import load_catalogue
from evalsvc.settings import PROJECT

PLACEHOLDER = re.compile(r"%\(\w+\)s|\{\w+\}")


def list_texts() -> set[str]:
    reader = Environment(extensions=["jinja2.ext.i18n"], autoescape=True)
    reader.install_null_translations(newstyle=True)  # type: ignore[attr-defined]  # added by the extension
    found = set()
    for path in _list_templates():
        for _, _, message in reader.extract_translations(path.read_text()):
            found.add(message if isinstance(message, str) else message[0])
    return found


def test_every_text_is_translated() -> None:
    english = load_catalogue("en")

    assert [text for text in list_texts() if english.gettext(text) == text] == []


def test_translations_carry_the_same_figures() -> None:
    english = load_catalogue("en")

    differing = [
        text
        for text in list_texts()
        if sorted(PLACEHOLDER.findall(text)) != sorted(PLACEHOLDER.findall(english.gettext(text)))
    ]

    assert differing == []


def _list_templates() -> list[Path]:
    folder = PROJECT / "templates"
    return [folder / "layout_public.html", *sorted((folder / "public").rglob("*.html"))]
